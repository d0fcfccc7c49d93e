"""What goes into a verifier and what comes out: Item, Verdict, and the version that a verdict is kept
under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

RULES = 3
"""Raised by one whenever any rule of this package would score some response differently."""

SCORES: Mapping[str, float | None] = MappingProxyType(
    {
        "ok": 1.0,
        "wrong_answer": 0.0,
        "format": 0.0,
        "no_answer": 0.0,
        "truncated": 0.0,
        "ambiguous": None,
        "unit": None,
        "parse_failed": None,
        "gold_unverifiable": None,
        "timeout": None,
        "memory": None,
        "error": None,
        "step_error": 1.0,
    }
)
"""Every reason code and the score that it always carries; None = cannot be judged.

`step_error` is a right answer whose reasoning states something provably false: what uses verdicts decides.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One response to judge."""

    response: str
    """What the model wrote, to the letter."""
    answer: str | tuple[str, ...]
    """The gold; of several, any is right. For the kind `choice`, the letter or the text of the right option."""
    kind: str = "auto"
    """A name from `KINDS`, or `auto`: read off the gold and the choices."""
    choices: tuple[str, ...] = ()
    """Texts of the options without letters, first is A; at most ten."""
    question: str = ""
    """The question's text, for rules that depend on it."""
    extract: str = "lenient"
    """How the answer is found in the response: `strict`, `lenient` or `none` (the response is the answer)."""
    finish_reason: str = "stop"
    """Why generation ended; `length` means that the response was cut off."""
    metadata: str = ""
    """JSON with what a source's own scorer needs; see the kind `reasoning_gym`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a verifier decided about one response."""

    score: float | None
    """1.0 right, 0.0 wrong, None = cannot be judged, which is never to be counted as wrong."""
    extracted: str | None
    """The answer found in the response; None where none was found or looked for."""
    method: str
    """Which rule decided: `finish_reason`, `extract`, `string`, `number`, `math-verify`, …"""
    reason: str
    """A key of `SCORES`."""
    kind: str
    """The kind that it was judged as; never `auto`."""


@lru_cache(maxsize=4096)
def ruling(reason: str, *, extracted: str | None, method: str, kind: str) -> Verdict:
    """The Verdict for a reason code, with the score that `SCORES` gives it. KeyError for an unknown code."""
    return Verdict(score=SCORES[reason], extracted=extracted, method=method, reason=reason, kind=kind)


def version() -> str:
    """`<rules>+math-verify <version>`: verdicts made under different versions may differ.

    Reads package metadata only; math-verify is not imported. `absent` where it is not installed.
    """
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        found = installed("math-verify")
    except PackageNotFoundError:
        found = "absent"
    return f"{RULES}+math-verify {found}"
