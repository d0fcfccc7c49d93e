"""The wire format of OpenAI's chat completions: a request's messages out, choices in. What `openai` sends."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from mmdata.engines import Reply, Request
from mmdata.images import FORMATS

IMAGES = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
"""What an image file that servers read begins with, and the subtype of its MIME type. Others go out as PNG."""
MOST_TOKENS = 2**31 - 1
"""No count of tokens is larger, whatever a server says."""
KEEP_STOPS = "include_stop_str_in_output"
"""Known to vLLM and SGLang; other servers pass over it or refuse it."""


class Failure(Exception):
    """One request has no answer, and this is why. `refused`: the server did not accept its form."""

    def __init__(self, why: str, refused: bool = False) -> None:
        super().__init__(why)
        self.refused = refused


@dataclass(frozen=True)
class Choice:
    """One sample as it came back, or the `error` that stands for it."""

    text: str = ""
    finish_reason: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    error: str = ""


def messages(request: Request) -> list[Any]:
    """The request's messages with every image as a data URI."""
    images = iter(request.images)

    def part(part: Mapping[str, Any]) -> Any:
        if part["type"] != "image":
            return dict(part)
        path = next(images, None)
        if path is None:
            raise Failure("more places for images than images")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Failure(f"the image {path.name} cannot be read: {error.strerror or error}") from None
        kind = next((kind for magic, kind in IMAGES.items() if data.startswith(magic)), None)
        if not kind:
            kind, data = "png", _png(data, path)
        url = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
        return {"type": "image_url", "image_url": {"url": url}}

    return [
        {**m, "content": c if isinstance(c := m["content"], str) else [part(p) for p in c]} for m in request.messages
    ]


def _png(data: bytes, path: Path) -> bytes:
    """The same picture as a PNG."""
    from PIL import Image

    Image.init()  # with a list of formats, `open` tries only the decoders that are loaded already
    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            image.convert("RGB").save(made, "PNG")
    except Exception:  # Pillow's decoders raise almost anything on broken bytes
        raise Failure(f"the image {path.name} is of no type that servers read") from None
    return made.getvalue()


def form(model: str, asked: list[Any], request: Request, at: int, n: int, keep_stops: bool) -> bytes:
    """The body that asks for `n` samples of a request, from its sample `at` on."""
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": model,
        "messages": asked,
        "n": n,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
        "seed": (request.seed + request.first + at) % 2**63,
    }
    if sampling.stop:
        body |= {"stop": list(sampling.stop)} | ({KEEP_STOPS: True} if keep_stops else {})
    return json.dumps(body).encode()


def replies(request: Request, at: int, choices: list[Choice], seconds: float) -> list[Reply]:
    """The choices as a request's samples, from its sample `at` on."""
    return [
        Reply(
            request=request,
            sample=request.first + at + i,
            text=choice.text,
            finish_reason="error" if choice.error else choice.finish_reason,
            prompt_tokens=choice.prompt_tokens,
            completion_tokens=choice.completion_tokens,
            seconds=seconds,
            error=choice.error,
        )
        for i, choice in enumerate(choices)
    ]


def stopped(choice: Choice, stops: tuple[str, ...]) -> Choice:
    """The choice with the stop text that the server took off its end; with several, nobody knows which it was."""
    if choice.error or choice.finish_reason != "stop" or len(stops) != 1 or choice.text.endswith(stops[0]):
        return choice
    return replace(choice, text=choice.text + stops[0])


def parse(answer: bytes) -> list[Choice]:
    """The choices of a chat completion, ordered by index."""
    try:
        data = json.loads(answer)
        listed = [(c.get("index") or 0, c["message"], c.get("finish_reason")) for c in data["choices"]]
        listed.sort(key=lambda found: int(found[0]))
        usage = data.get("usage")
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        raise Failure(f"not a chat completion: {answer[:100].decode(errors='replace')!r}") from None
    if not listed:
        raise Failure("an answer without choices")
    prompt, completion = _tokens(usage, "prompt_tokens"), _tokens(usage, "completion_tokens")
    return [
        _choice(message, str(reason or "unknown"), prompt, completion if len(listed) == 1 else 0)
        for _, message, reason in listed
    ]


def _tokens(usage: Any, key: str) -> int:
    said = usage.get(key) if isinstance(usage, dict) else None
    return min(max(0, said), MOST_TOKENS) if type(said) is int else 0


def _choice(message: Any, reason: str, prompt: int, completion: int) -> Choice:
    if not isinstance(message, dict):
        return Choice(error="a choice without a message")
    text = message.get("content")
    thought = message.get("reasoning_content") or message.get("reasoning")
    if not isinstance(text, str | None):
        return Choice(error="a message whose content is not a text")
    if isinstance(thought, str) and thought and "<think>" not in (text or ""):
        cut = not text and reason == "length"  # it never came to an end of its thinking
        text = f"<think>{thought}" + ("" if cut else f"</think>{text or ''}")
    if text is None:
        return Choice(error="no text")
    try:
        text.encode()
    except UnicodeEncodeError:
        return Choice(error="a text that is not valid Unicode")
    return Choice(text, reason, prompt, completion)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, as the server says: a number or a date."""
    said = headers.get("retry-after", "")
    try:
        return max(0.0, float(said))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
