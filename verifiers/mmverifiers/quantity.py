"""Kind `quantity`: a number with a unit; both must be right. Units convert by pint's definitions."""

from __future__ import annotations

import re
from typing import Any

from mmverifiers.asked import asked_unit
from mmverifiers.gold import Gold, Ruling
from mmverifiers.leaf import same_leaf, same_number
from mmverifiers.measure import LONGEST, Part, compare, parse_quantity, same_measure, strip_unit
from mmverifiers.nouns import alike, is_noun
from mmverifiers.units import parse_unit

__all__ = ["asked_unit", "fast", "read", "same_in_asked_unit", "slow", "strip_unit"]

_LEAD = re.compile(
    r"(?:(?:it|this|that|there|the [^=\d]{1,60}?|[A-Za-z](?:_\{?\w{1,8}\}?)?)\s*(?:is|are|was|=|:|\bequals)\s*)?"
    r"(?:(?:exactly|about|approximately|approx\.|roughly|around|a total of)\s+|\\approx\s*|[≈~=]\s*)*",
    re.IGNORECASE,
)
_EQUALS = re.compile(r"\s*(?:=|≈|\\approx|\bor\b(?=.{1,40}\bin\b)|\()\s*")
_SEVERAL = re.compile(r"\bor\b|\beither\b|\bmaybe\b|\bpossibly\b", re.IGNORECASE)


def read(text: str, choices: tuple[str, ...] = (), question: str = "") -> tuple[Part, ...] | None:
    """The gold's parts: one for `5 cm`, two for `5 ft 11 in`; None where it is no number with or without a unit."""
    return parse_quantity(text) or None


def fast(answer: str, gold: Gold) -> Ruling | None:
    """Judge an extracted answer where nothing has to be converted or simplified; None where something has.

    An answer without a unit is taken to be in the gold's; a gold without one takes any, save one that is not the
    unit the question asks for. `unit`: the right number of something else that is counted. `parse_failed`: no
    number with a unit. `ambiguous`: several.
    """
    if answer == gold.text:
        return "ok", "string"
    if len(answer) > 2 * LONGEST:
        return "parse_failed", "length"
    told = _told(answer)
    if not told:
        return ("ambiguous" if _SEVERAL.search(answer) else "parse_failed"), "quantity"
    if len(told) > 1:
        return None
    return _compare(told[0], gold.value, gold.question)


def slow(answer: str, gold: Gold) -> Ruling:
    """Judge where a unit must be converted, or a value be simplified. An answer in two units ("10 m/s (36 km/h)") is
    right where both are, and `ambiguous` where one is."""
    reasons = [_measured(parts, gold) for parts in _told(answer)]
    right = sum(reason == "ok" for reason in reasons)
    return ("ambiguous" if 0 < right < len(reasons) else reasons[-1]), "pint"


def same_in_asked_unit(answer: str, gold: str, question: str) -> str | None:
    """The reason code for an answer with a known unit against a number in the unit that the question asks for; None
    where the answer has no unit or the question asks for none. For workers only."""
    value, unit = strip_unit(answer)
    if not parse_unit(unit) or not asked_unit(question):
        return None
    return same_measure(value, unit, gold, "", question, same_leaf)


def _told(answer: str) -> list[tuple[Part, ...]]:
    """The quantities that an answer says to be one another: one as a rule; none where a part of it is no quantity."""
    answer = answer.strip().strip("*_").strip()
    lead = _LEAD.match(answer)
    pieces = [answer] if parse_quantity(answer) else _EQUALS.split(answer[lead.end() :] if lead else answer)
    found = [
        parse_quantity(piece.strip().removesuffix(")") if "(" not in piece else piece) for piece in pieces if piece
    ]
    return found if len(found) < 4 and all(found) else []


def _compare(told: tuple[Part, ...], want: tuple[Part, ...], question: str) -> Ruling | None:
    if len(told) > 1 or len(want) > 1:
        return ("ok", "quantity") if _values(told) == _values(want) else None
    got, gold = told[0], want[0]
    asked: Any = parse_unit(asked_unit(question)) if got.unit and not gold.unit else None
    foreign = asked and asked != got.unit and not is_noun(got.unit)
    if got.number is None or gold.number is None:
        same_unit = got.unit == gold.unit or not got.unit or (not gold.unit and not foreign)
        return ("ok", "string") if got.text == gold.text and same_unit else None
    if got.unit == gold.unit or not got.unit or (not gold.unit and not foreign) or alike(got.unit, gold.unit):
        return same_number(got.number, gold.number, question), "quantity"
    if is_noun(got.unit) or is_noun(gold.unit):
        return ("unit" if got.number == gold.number else "wrong_answer"), "quantity"
    return None


def _values(parts: tuple[Part, ...]) -> list[tuple[Any, Any]]:
    return [(part.number and part.number.value, part.unit) for part in parts]


def _measured(told: tuple[Part, ...], gold: Gold) -> str:
    want: tuple[Part, ...] = gold.value
    if len(told) == 1 == len(want):
        ruled = _compare(told, want, gold.question)
        if ruled is not None:
            return ruled[0]
        got, wanted = told[0], want[0]
        unit = got.unit
        if not unit and wanted.unit == (("degree", 1),) and "π" in got.text.replace("\\pi", "π"):
            unit = (("radian", 1),)  # π/6 for 30°
        return compare(got.text, unit, wanted.text, wanted.unit, gold.question, same_leaf)
    totals = [_total(parts, want[0]) for parts in (told, want)]
    if totals[0] is None or totals[1] is None:
        return "wrong_answer"
    return "ok" if totals[0] == totals[1] else "wrong_answer"


def _total(parts: tuple[Part, ...], unit: Part) -> Any:
    """The sum of all parts in the unit of one; None where a part does not convert or is no plain number."""
    from mmverifiers.convert import conversion

    total: Any = 0
    for part in parts:
        found = conversion(part.unit, unit.unit) if part.unit else None
        if found is None or part.number is None or found[1] or found[2]:
            return None
        total += part.number.value * found[0]
    return total
