"""transformers' own `generate`, for machines on which vLLM has no build: slow and simple, one request at a time.

Sample i is drawn with a generator of its own, seeded with `request.seed + i`: it depends on the prompt and on that
seed, not on how many samples are drawn beside it (but for the last bits of a matrix product, which may differ with
the size of the batch). Four samples raised to eight get the same eight as eight asked at once.

Temperature, top_p and stop texts come from the recipe alone, not from the model's generation_config.json.
"""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mmdata.engines import Identity, Reply, Request
from mmdata.engines.packaged import quiet
from mmdata.engines.weights import cpu_dtype, resolve
from mmdata.errors import EngineError
from mmdata.recipe import Sampling, Teacher

ROWS = 16
"""Samples drawn in one batch: the rest of a request's follow, so that memory has a bound."""
TAGS = frozenset({"<think>", "</think>", "<answer>", "</answer>"})
"""Kept in the text even where a tokenizer lists them as special tokens."""


def open_engine(teacher: Teacher, base: Path) -> Transformers:
    """Find the weights; the model itself is loaded with the first request. Raises EngineError if there are none."""
    return Transformers(teacher, base)


class Transformers:
    """A model in this process, on the GPU if there is one."""

    def __init__(self, teacher: Teacher, base: Path) -> None:
        self._teacher, self._who = teacher, f"teacher {teacher.name!r}"
        for package in ("torch", "transformers"):
            if not importlib.util.find_spec(package):
                raise EngineError(
                    f"{self._who}: {package} is not installed: pip install 'mmdata-toolkit[transformers]'"
                )
        self._weights = resolve(teacher.model, teacher.revision, base)
        versions = {name: importlib.metadata.version(name) for name in ("transformers", "torch")}
        self.identity = Identity(
            model=self._weights.identity,
            engine="transformers",
            details={**self._weights.details, **versions},
        )
        self._model: Any = None
        self._processor: Any = None
        self._tokenizer: Any = None
        self._vision, self._threads = False, 0

    def ask(self, requests: Iterator[Request]) -> Iterator[Reply]:
        """Replies, a request at a time; a prompt that cannot be read is an error of that request."""
        for request in requests:
            if self._model is None:
                self._load()
            started = time.monotonic()
            try:
                inputs = self._inputs(request)
                room = self._room(inputs["input_ids"].shape[1])
                found = self._generate(inputs, request, room)
            except (_Refused, _template_error()) as refusal:
                found = [("", "error", 0, str(refusal) or "the chat template refuses the messages")] * request.count
                inputs = None
            except RuntimeError as failure:  # such as "CUDA out of memory"
                why = " ".join(str(failure).split())[:300]
                raise EngineError(
                    f"{self._who}: transformers failed while answering: {why}; what is finished is kept: build again"
                ) from None
            seconds = time.monotonic() - started
            for i, (text, reason, tokens, error) in enumerate(found):
                yield Reply(
                    request=request,
                    sample=request.first + i,
                    text=text,
                    finish_reason=reason,
                    prompt_tokens=0 if inputs is None else inputs["input_ids"].shape[1],
                    completion_tokens=tokens,
                    seconds=seconds,
                    error=error,
                )

    def close(self) -> None:
        """Let go of the model; harmless to call twice."""
        if self._model is not None:
            self._model = self._processor = self._tokenizer = None
            gc.collect()
        if self._threads:
            import torch

            torch.set_num_threads(self._threads)
            self._threads = 0

    def _load(self) -> None:
        import torch
        import transformers
        from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GenerationConfig

        cuda, path = torch.cuda.is_available(), self._weights.path
        dtype: str = self._teacher.dtype
        if not cuda:
            dtype = cpu_dtype(dtype)
            if "OMP_NUM_THREADS" not in os.environ:
                # with a thread on every core, all wait for whichever shares its core: ten times slower
                self._threads = torch.get_num_threads()
                torch.set_num_threads(max(1, (os.cpu_count() or 1) - 1))
        try:
            with quiet():
                config = AutoConfig.from_pretrained(path)
                self._vision = hasattr(config, "vision_config")
                if self._vision:
                    self._processor = transformers.AutoProcessor.from_pretrained(path)
                    self._tokenizer = self._processor.tokenizer
                    auto: Any = transformers.AutoModelForImageTextToText
                else:
                    self._processor = self._tokenizer = AutoTokenizer.from_pretrained(path)
                    auto = AutoModelForCausalLM
                model = auto.from_pretrained(path, dtype=dtype, device_map="auto" if cuda else None)
        except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
            why = " ".join(str(error).split())[:300]
            raise EngineError(f"{self._who}: cannot load {self._teacher.model} ({why})") from None
        if not self._processor.chat_template:
            raise EngineError(f"{self._who}: {self._teacher.model} has no chat template: take an instruct model")
        own = model.generation_config.eos_token_id
        ends = {*(own if isinstance(own, list) else [own]), self._tokenizer.eos_token_id} - {None}
        pad = self._tokenizer.pad_token_id
        # generate() fills what a caller leaves open from this object: nothing but the ends may be in it
        model.generation_config = GenerationConfig(
            eos_token_id=sorted(ends) or None, pad_token_id=min(ends, default=0) if pad is None else pad
        )
        self._model = model.eval()

    def _inputs(self, request: Request) -> Any:
        """The prompt as tensors."""
        if request.images and not self._vision:
            raise EngineError(
                f"{self._who}: {self._teacher.model} cannot see images: set `see: caption`, "
                "or `serve: {modality: text}`"
            )
        images = iter(request.images)
        messages = [self._message(m, images) for m in request.messages]
        return self._processor.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
        ).to(self._model.device)

    def _message(self, message: Mapping[str, Any], images: Iterator[Path]) -> dict[str, Any]:
        """A message in the shape that the chat templates of text models, or of vision models, expect."""
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if self._vision:
            shown = [p if p["type"] == "text" else {"type": "image", "image": _picture(images)} for p in parts]
            return {**message, "content": shown}
        return {**message, "content": "\n".join(p["text"] for p in parts if p["type"] == "text")}

    def _room(self, prompt: int) -> int:
        """Tokens that the context has left for an answer."""
        context = getattr(self._model.config.get_text_config(), "max_position_embeddings", None) or 2**31
        context = min(context, self._teacher.max_model_len or context)
        if prompt >= context:
            raise _Refused(f"prompt of {prompt} tokens is longer than the model's context of {context}")
        return int(context - prompt)

    def _generate(self, inputs: Any, request: Request, room: int) -> list[tuple[str, str, int, str]]:
        """Text, finish reason, tokens and error of each sample."""
        import torch

        sampling, found = request.sampling, []
        greedy = sampling.temperature == 0
        last = request.first + (1 if greedy else request.count)
        seeds = range(request.seed + request.first, request.seed + last)
        prompt = inputs["input_ids"].shape[1]
        for at in range(0, len(seeds), ROWS):
            rows = seeds[at : at + ROWS]
            with torch.inference_mode():
                made = self._model.generate(
                    **inputs,
                    **self._shared(inputs, len(rows)),
                    max_new_tokens=min(sampling.max_tokens, room),
                    do_sample=not greedy,
                    **({} if greedy else {"temperature": 1.0, "top_p": 1.0, "top_k": 0}),
                    num_return_sequences=len(rows),
                    logits_processor=[] if greedy else [_drawn(sampling, rows, self._model.device)],
                    stopping_criteria=[_stopped(sampling.stop, self._tokenizer, prompt)] if sampling.stop else [],
                )
            found += [self._read(ids, sampling) for ids in made[:, prompt:].tolist()]
        return found * (request.count if greedy else 1)

    def _shared(self, inputs: Any, rows: int) -> dict[str, Any]:
        """The prompt's keys and values, computed once for all rows; generate() would compute them for each."""
        from transformers import DynamicCache

        ids = inputs["input_ids"]
        if rows == 1 or self._vision or self._model._is_stateful or ids.shape[1] < 2:
            return {}
        cache = DynamicCache(config=self._model.config)
        self._model(ids[:, :-1], past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache.batch_repeat_interleave(rows)
        return {"past_key_values": cache}

    def _read(self, ids: list[int], sampling: Sampling) -> tuple[str, str, int, str]:
        config, tokenizer = self._model.generation_config, self._tokenizer
        ends = config.eos_token_id or []
        while ids and ids[-1] == config.pad_token_id and ids[-1] not in ends:
            ids = ids[:-1]  # what follows a stop text while other rows go on
        end = next((i for i, token in enumerate(ids) if token in ends), None)
        tags = set(tokenizer.convert_tokens_to_ids([t for t in tokenizer.all_special_tokens if t in TAGS]))
        hidden = set(tokenizer.all_special_ids) - tags
        kept = ids[:end]
        text = tokenizer.decode([t for t in kept if t not in hidden], skip_special_tokens=False)
        stops = [text.index(stop) + len(stop) for stop in sampling.stop if stop in text]
        if stops:
            return text[: min(stops)], "stop", len(kept), ""
        return text, "length" if end is None else "stop", len(kept) + (end is not None), ""


class _Refused(Exception):
    """A prompt that cannot be answered, and why."""


def _template_error() -> type[Exception]:
    from jinja2 import TemplateError

    return TemplateError


def _picture(images: Iterator[Path]) -> Any:
    from PIL import Image

    path = next(images, None)
    if path is None:
        raise _Refused("more places for images than images")
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _Refused(f"the image {path.name} cannot be read: {error}") from None


def _drawn(sampling: Sampling, seeds: range, device: Any) -> Callable[[Any, Any], Any]:
    """A logits processor that draws each row's token with that row's generator and leaves no other possible.

    Dividing probabilities by exponential noise and taking the largest draws from the distribution itself.
    """
    import torch
    from transformers import TopPLogitsWarper

    generators = [torch.Generator(device).manual_seed(seed % 2**63) for seed in seeds]
    nucleus = TopPLogitsWarper(sampling.top_p) if sampling.top_p < 1 else None

    def draw(ids: Any, scores: Any) -> Any:
        scores = scores.float() / sampling.temperature
        if nucleus:
            scores = nucleus(ids, scores)
        noise = torch.stack([torch.empty_like(scores[0]).exponential_(generator=g) for g in generators])
        token = (scores - noise.log()).argmax(-1, keepdim=True)
        return torch.full_like(scores, -torch.inf).scatter_(1, token, 0.0)

    return draw


def _stopped(stops: tuple[str, ...], tokenizer: Any, prompt: int) -> Callable[..., Any]:
    """A stopping criterion on the text itself; that of transformers indexes the vocabulary anew for every prompt."""
    import torch

    tail = max(len(stop.encode()) for stop in stops) + 4  # tokens: hardly one is shorter than a byte

    def stopped(ids: Any, scores: Any, **_: Any) -> Any:
        texts = tokenizer.batch_decode(ids[:, max(prompt, ids.shape[1] - tail) :])
        return torch.tensor([any(stop in text for stop in stops) for text in texts], device=ids.device)

    return stopped
