"""Kinds `list` and `set`: several elements, in order or not. Elements are numbers, words, formulas, or lists again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from mmverifiers.gold import Gold, Ruling
from mmverifiers.json_value import fast_json, read_json
from mmverifiers.listing import Element, Reading, alternatives, readings
from mmverifiers.measure import strip_unit
from mmverifiers.number import Number, parse_number
from mmverifiers.text import same
from mmverifiers.words import form

__all__ = ["fast_json", "fast_list", "fast_set", "read_json", "read_list", "read_set", "slow_list", "slow_set"]

MOST = 2500
"""Pairs of elements that are compared for two sets; larger ones only by equal form."""

_ASSIGNED = re.compile(r"([A-Za-z](?:_\{?\w{1,3}\}?)?)\s*=\s*(.+)", re.DOTALL)
_FORMULA = re.compile(r"[\\√π^]|\d\s*[a-zA-Z(/*+]|[a-zA-Z]\s*[-+*/=]\s*\w|[a-zA-Z]\(")
_EITHER_SIGN = re.compile(r"(?:±|\\pm(?![A-Za-z]))\s*(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Leaf:
    """An element as a number and as words."""

    number: Number | None
    without_unit: Number | None
    """The number of an element that is one with a unit or a noun."""
    form: str
    formula: bool
    """Does it look like one?"""


Same = Callable[[str, str], bool | None]
"""Are two elements equal? None where only the slow rules can tell."""


def read_list(text: str, choices: tuple[str, ...] = (), question: str = "") -> tuple[Reading, ...] | None:
    """The ways to read a gold as a list; None where there is none."""
    return readings(text) or None


read_set = read_list


def fast_list(answer: str, gold: Gold) -> Ruling | None:
    """Judge an extracted answer element by element, in order; None where formulas have to be compared.

    "A > B > C", "A, B, C", "1. A 2. B 3. C" and "A → B → C" are one order, and "C < B < A" is that of "A > B > C".
    `parse_failed`: its brackets do not match. `ambiguous`: two lists joined by "or".
    """
    return _judge(answer, gold, _ordered, _equal)


def fast_set(answer: str, gold: Gold) -> Ruling | None:
    """As `fast_list`, in any order, repeated elements counted once; "x = 1 or x = 2" and "x = ±1" are sets too."""
    return _judge(answer, gold, _unordered, _equal)


def slow_list(answer: str, gold: Gold) -> Ruling:
    """As `fast_list`, with formulas and units compared by value."""
    return _judge(answer, gold, _ordered, partial(_by_value, gold.question)) or ("parse_failed", gold.kind)


def slow_set(answer: str, gold: Gold) -> Ruling:
    """As `fast_set`, with formulas and units compared by value."""
    return _judge(answer, gold, _unordered, partial(_by_value, gold.question)) or ("parse_failed", gold.kind)


def _judge(
    answer: str, gold: Gold, compare: Callable[[Reading, Reading, Same], bool | None], equal: Same
) -> Ruling | None:
    want: tuple[Reading, ...] = gold.value
    several = alternatives(answer) if " or " in answer and len(answer) < 2000 else []
    if len(several) > 1 and " or " not in gold.text:
        if gold.kind != "set" or not _ASSIGNED.match(several[0].strip(" ${(")):
            return "ambiguous", gold.kind
        answer = ", ".join(several)
    told = readings(answer)
    if not told:
        return "parse_failed", gold.kind
    results = {compare(mine, theirs, equal) for mine in told for theirs in want}
    if True in results or _joined(answer, want):
        return "ok", gold.kind
    return None if None in results else ("wrong_answer", gold.kind)


def _ordered(told: Reading, want: Reading, equal: Same) -> bool | None:
    if {told.sign, want.sign} == {"<", ">"}:
        told = replace(told, elements=told.elements[::-1])
    return _same_elements(told.elements, want.elements, equal)


def _unordered(told: Reading, want: Reading, equal: Same) -> bool | None:
    mine, theirs = _signs(told.elements), _signs(want.elements)
    if len(mine) * len(theirs) > MOST:
        return set(map(_key, mine)) == set(map(_key, theirs))
    found = True
    table = [[_same_element(left, right, equal) for right in theirs] for left in mine]
    for verdicts in (*map(set, table), *map(set, zip(*table, strict=True))):
        if True not in verdicts:
            if None not in verdicts:
                return False
            found = False
    return (found or None) if mine and theirs else not mine and not theirs


def _same_elements(told: tuple[Element, ...], want: tuple[Element, ...], equal: Same) -> bool | None:
    if len(told) != len(want):
        return False
    verdicts = [_same_element(left, right, equal) for left, right in zip(told, want, strict=True)]
    return False if False in verdicts else None if None in verdicts else True


def _same_element(told: Element, want: Element, equal: Same) -> bool | None:
    if isinstance(told, str) and isinstance(want, str):
        return equal(told, want) if told != want else True
    left, right = ((side,) if isinstance(side, str) else side for side in (told, want))
    return _same_elements(left, right, equal)


def _equal(told: str, want: str) -> bool | None:
    """Equal as numbers, or as words; None where it takes a look at formulas or units."""
    mine, theirs = _leaf(_bare(told, want)), _leaf(want)
    if mine.number is not None and theirs.number is not None:
        return mine.number.value == theirs.number.value and mine.number.percent <= theirs.number.percent
    if mine.without_unit is not None and theirs.number is not None:
        return mine.without_unit.value == theirs.number.value
    if same(mine.form, theirs.form):
        return True
    unsure = mine.formula or theirs.formula or mine.number is not None or theirs.number is not None
    return None if unsure else False


@lru_cache(maxsize=8192)
def _leaf(text: str) -> _Leaf:
    number = parse_number(text)
    return _Leaf(
        number=number,
        without_unit=None if number is not None else parse_number(strip_unit(text)[0]),
        form=form(text),
        formula=bool(_FORMULA.search(text)),
    )


def _bare(told: str, want: str) -> str:
    """`5` of `x = 5`, where the gold has no name."""
    if "=" in told and "=" not in want and (assigned := _ASSIGNED.fullmatch(told)):
        return assigned.group(2)
    return told


def _by_value(question: str, told: str, want: str) -> bool | None:
    fast = _equal(told, want)
    if fast is not None:
        return fast
    from mmverifiers.latex import tidy
    from mmverifiers.leaf import same_leaf

    return same_leaf(tidy(_bare(told, want)), tidy(want), question) == "ok"


def _signs(elements: tuple[Element, ...]) -> list[Element]:
    """The elements, with both values of one such as `±2` or `x = \\pm 2`."""
    found: list[Element] = []
    for element in elements:
        bare = element
        if isinstance(element, str) and (assigned := _ASSIGNED.fullmatch(element)):
            bare = assigned.group(2)
        either = _EITHER_SIGN.fullmatch(bare) if isinstance(bare, str) else None
        found += [either.group(1), f"-{either.group(1)}"] if either else [element]
    return found


def _key(element: Element) -> object:
    if not isinstance(element, str):
        return tuple(map(_key, element))
    number = parse_number(element)
    return form(element) if number is None else number.value


def _joined(answer: str, want: tuple[Reading, ...]) -> bool:
    """Is it `ABCD` or `A-B-C-D` for a list of single letters?"""
    letters = "".join(answer.upper().replace("-", " ").split())
    return 1 < len(letters) < 30 and any(
        all(isinstance(element, str) and len(element) == 1 and element.isalpha() for element in way.elements)
        and letters == "".join(element.upper() for element in way.elements if isinstance(element, str))
        for way in want
    )
