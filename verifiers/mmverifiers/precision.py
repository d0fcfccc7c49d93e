"""Roundings: a decimal stands for an exact number only where the question states a precision."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

_PLACES = {
    "tenth": 1, "hundredth": 2, "thousandth": 3, "ten-thousandth": 4, "ten thousandth": 4, "cent": 2, "penny": 2,
    "integer": 0, "whole number": 0, "whole": 0, "unit": 0, "one": 0, "degree": 0, "dollar": 0, "percent": 0,
    "ten": -1, "hundred": -2, "thousand": -3, "million": -6,
}  # fmt: skip
_COUNTS = {word: i for i, word in enumerate("zero one two three four five six seven eight nine".split())}
_NEAREST = re.compile(
    rf"nearest\s+(?:whole\s+)?({'|'.join(sorted(_PLACES, key=len, reverse=True))})s?\b|nearest\s+(0\.\d{{1,8}}"
    rf"|\d{{1,7}})\b|nearest\s+[a-z]+\b",
    re.IGNORECASE,
)
_DECIMALS = re.compile(
    rf"(\d|{'|'.join(_COUNTS)})\s*(?:-\s*)?(?:decimal\s*(?:place|point|digit)?s?|d\.?p\.?\b|places)", re.IGNORECASE
)
_FIGURES = re.compile(
    rf"(\d|{'|'.join(_COUNTS)})\s*(?:-\s*)?(?:significant|sig\.?)\s*(?:figure|digit|fig)", re.IGNORECASE
)
_LOOSE = re.compile(r"\bapproximat|\bround(?:ed)?\b|\bestimat|\babout how\b|\\approx|≈", re.IGNORECASE)


@lru_cache(maxsize=4096)
def stated(question: str) -> tuple[str, int] | None:
    """(`places`, n) digits after the point, (`figures`, n) significant digits, (`loose`, 3) for "approximately"; None
    where the question asks for no rounding."""
    question = question[-6000:]
    if found := _NEAREST.search(question):
        if found.group(2):
            step = found.group(2)
            return ("places", len(step.split(".")[1])) if "." in step else ("places", 1 - len(step))
        return "places", _PLACES.get((found.group(1) or "whole").lower(), 0)
    if found := _DECIMALS.search(question):
        return "places", _count(found.group(1))
    if found := _FIGURES.search(question):
        return "figures", max(1, _count(found.group(1)))
    return ("loose", 3) if _LOOSE.search(question) else None


def agrees(left: Fraction, right: Fraction, question: str) -> bool:
    """Are the two the same number to the precision that the question states?

    One must be the other's rounding (half up or half to even): 3.14 and 3.1416, never 3.13 and 3.14.
    """
    asked = stated(question)
    if asked is None:
        return False
    how, digits = asked
    if how == "places":
        return _rounds(left, right, digits) or _rounds(right, left, digits)
    for value, rounded in ((left, right), (right, left)):
        if value and _rounds(value, rounded, digits - 1 - _magnitude(value)):
            return True
    return False


def _rounds(value: Fraction, rounded: Fraction, places: int) -> bool:
    step = Fraction(10) ** -places
    return rounded % step == 0 and abs(value - rounded) <= step / 2


def _magnitude(value: Fraction) -> int:
    """The power of ten of the leading digit."""
    power = len(str(abs(value.numerator))) - len(str(value.denominator))
    return power if abs(value) >= Fraction(10) ** power else power - 1


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[word.lower()]
