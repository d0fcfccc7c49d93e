"""From an Item to a Verdict, or to a Question that only a worker process may answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mmverifiers import choice, expression, number, text
from mmverifiers.extract import extract_answer, unwrap
from mmverifiers.target import wrap_target
from mmverifiers.verdict import Item, Verdict, ruling

Fast = Callable[[str, str, tuple[str, ...], str], Verdict | None]
"""(extracted answer, gold, choices, question) → a Verdict, or None where only the kind's slow rule can
tell."""
Slow = Callable[[str, str], str]
"""(extracted answer, gold) → a reason code; may hang, so it runs in worker processes only."""

FAST: Mapping[str, Fast] = MappingProxyType(
    {
        "choice": choice.fast,
        "math": expression.fast,
        "number": number.fast,
        "text": text.fast_text,
        "yesno": text.fast_yesno,
    }
)
SLOW: Mapping[str, tuple[Slow, str]] = MappingProxyType({"math": (expression.slow, "math-verify")})
"""Of each kind that has one, its slow rule and the method that its verdicts name."""

KINDS = tuple(FAST)
"""Every kind of answer, in alphabetical order."""

_NOTATION = re.compile(r"\\[A-Za-z]|[√π²³∞≤≥±]")
_OPERATION = re.compile(
    r"[0-9A-Za-z)\]}]\s*[-+*/^=<>_]\s*[-0-9A-Za-z(\[{]"  # an operator between operands
    r"|^[(\[{][^A-Za-z]*\d[^A-Za-z]*[)\]}]$|^-?\d[^A-Za-z]*,"  # a tuple, an interval, a list of numbers
    r"|(?:sqrt|sin|cos|tan|log|ln|exp)\s*\("
)
_WORD = re.compile(r"(?<![A-Za-z])(?!sqrt|sin|cos|tan|log|exp|pi)[A-Za-z]{3,}")


@dataclass(frozen=True)
class Question:
    """What a slow rule is asked. Equal questions have equal verdicts, so each is asked once."""

    kind: str
    gold: str
    answer: str
    """As extracted from the response."""
    choices: tuple[str, ...] = ()

    def verdict(self, reason: str, method: str | None = None) -> Verdict:
        """The Verdict for a reason code that the slow rule, or the pool in its place, gave."""
        return ruling(reason, extracted=self.answer, method=method or SLOW[self.kind][1], kind=self.kind)


def resolve_kind(answer: str, kind: str = "auto", choices: tuple[str, ...] = ()) -> str:
    """The kind that a gold is judged as. ValueError for an unknown name.

    `auto`: `yesno` for yes, no, true, false; `choice` for a letter of the given choices; `number` for a plain
    number; `math` for LaTeX, and for operators, tuples and lists of numbers without words; `text` for everything else.
    """
    if kind != "auto":
        if kind not in FAST:
            raise ValueError(f"kind must be auto or one of {', '.join(KINDS)}, not {kind!r}")
        return kind
    gold = unwrap(answer)
    if text.truth(gold) is not None:
        return "yesno"
    if choices and choice.gold_letter(gold, choices):
        return "choice"
    if number.parse_number(gold) is not None:
        return "number"
    if len(gold) <= expression.MAX_LENGTH and (
        _NOTATION.search(gold) or (_OPERATION.search(gold) and not _WORD.search(gold))
    ):
        return "math"
    return "text"


def decide(item: Item) -> Verdict | Question:
    """The Verdict where no slow rule is needed, else the Question for one. Runs in microseconds, needs no
    sympy.

    ValueError for an unknown kind or way of extraction: those are the caller's mistakes.
    """
    kind = resolve_kind(item.answer, item.kind, item.choices)
    if item.finish_reason == "length":
        return ruling("truncated", extracted=None, method="finish_reason", kind=kind)
    found = extract_answer(item.response, item.extract)
    if found.answer is None:
        return ruling(found.reason, extracted=None, method=found.method, kind=kind)
    gold = unwrap(item.answer)
    if not gold:
        return ruling("gold_unverifiable", extracted=found.answer, method="string", kind=kind)
    verdict = FAST[kind](found.answer, gold, item.choices, item.question)
    return verdict or Question(kind, gold, found.answer, item.choices)


def check_gold(answer: str, kind: str = "auto", choices: tuple[str, ...] = ()) -> Item:
    """An Item whose response is the gold itself in the target format: a sound verifier gives it 1.0."""
    return Item(response=wrap_target(answer), answer=answer, kind=kind, choices=choices, extract="strict")
