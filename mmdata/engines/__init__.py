"""Engines: what answers a prompt. One protocol, one engine a file, found by its file name.

`ask` takes requests lazily and yields replies as they finish, in whatever order that is. The window of requests
it holds at once is bounded, so memory stays flat however many there are.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from mmdata.recipe import Sampling, Teacher


@dataclass(frozen=True, kw_only=True)
class Request:
    """One prompt and the samples wanted of it: one request with n samples, never n requests, so that an image
    is processed once (vLLM #50111)."""

    key: str
    """Hash of problem id, messages, images, sampling parameters and seed: the same in every run."""
    problem_id: str
    """The problem it asks about."""
    messages: tuple[Mapping[str, Any], ...]
    """OpenAI chat messages. Content is a string, or a list of `{"type": "text", "text": …}` and
    `{"type": "image"}` parts; the n-th image part stands for `images[n]`."""
    images: tuple[Path, ...] = ()
    """Checked image files."""
    first: int = 0
    """Index of the first sample wanted."""
    count: int = 1
    """How many samples: indices `first` to `first + count - 1`."""
    solutions: tuple[str, ...] = ()
    """The source's own solutions of the problem; only the engine `source` is given them."""
    seed: int = 0
    """Sample i is drawn with seed `seed + i` where the engine can seed a sample."""
    sampling: Sampling
    """Temperature and the like."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One sample of one request."""

    request: Request
    """What was asked."""
    sample: int
    """Which of its samples this is."""
    text: str = ""
    """What the model wrote."""
    finish_reason: str = "stop"
    """`stop`, `length`, or what else the engine says."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    """From asking to having it: for the request log, never for a table."""
    error: str = ""
    """Not empty: there is no answer, and this is why. An error is not a wrong answer: it is asked again at
    the next build."""
    final: bool = False
    """Of an error: asking the same again cannot end otherwise (the prompt is too long), so nobody does."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who answers. `model` is part of every request's key; the rest goes into the manifest."""

    model: str
    """`<model id>@<revision or weights' hash>`."""
    engine: str
    """`vllm`, `openai`, `transformers`, `replay` or `source`."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """Where the weights came from, versions, the server's address without credentials."""


class Engine(Protocol):
    """What every engine module's `open_engine(teacher, base)` returns.

    Raises EngineError when opening if nobody can answer (no weights, no server, no recording).
    """

    identity: Identity

    def ask(self, requests: Iterator[Request]) -> Iterator[Reply]:
        """Replies as they finish. Raises EngineError when the engine as a whole has failed (a dead server);
        a single request's failure is a Reply with an `error`."""
        ...

    def close(self) -> None:
        """Free what it holds; harmless to call twice."""
        ...


def choose(engine: str) -> str:
    """The engine that `auto` stands for: vllm where it can be imported, else transformers."""
    if engine != "auto":
        return engine
    return "vllm" if importlib.util.find_spec("vllm") else "transformers"


def open_engine(teacher: Teacher, base: Path) -> Engine:
    """Open the engine that `teacher` names; `base` is the recipe's folder. `auto` goes on with transformers where vllm
    is installed but broken, and the identity says why."""
    name, broken = choose(teacher.engine), ""
    if teacher.engine == "auto" and name == "vllm":
        broken = _import_error("vllm")
        name = "transformers" if broken else name
    module = importlib.import_module(f"{__name__}.{name}")
    engine: Engine = module.open_engine(teacher, base)
    if broken:
        engine.identity = replace(engine.identity, details={**engine.identity.details, "instead of vllm": broken})
    return engine


def _import_error(module: str) -> str:
    try:
        importlib.import_module(module)
    except Exception as error:  # a build for other hardware fails in ways of its own
        return f"{type(error).__name__}: {error}"[:200]
    return ""
