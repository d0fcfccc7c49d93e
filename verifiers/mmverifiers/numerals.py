"""Numbers in English words: `twenty-one`, `two and a half`, `three quarters`, `1.5 million`."""

from __future__ import annotations

import re
from fractions import Fraction

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4,
    "fifth": 5, "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8,
    "ninth": 9, "ninths": 9, "tenth": 10, "tenths": 10, "hundredth": 100, "hundredths": 100,
}  # fmt: skip
_FIRST = frozenset(
    (*_SMALL, *_TENS, *_SCALES, *_PARTS, "a", "an", "hundred", "dozen", "minus", "negative", "nil", "none")
)
_COUNTED = re.compile(r"([-+]?\d+(?:[.,]\d+)*) (hundred|thousand|million|billion|trillion|dozen)s?", re.ASCII)


def read_words(text: str) -> Fraction | None:
    """The number that a text in English words denotes, or None for anything else. Never raises.

    Ordinals are none ("third" alone), nor are words that only contain a number ("someone").
    """
    if len(text) > 120:
        return None
    text = text.casefold().replace("-", " ").replace(",", " ") if not text[:1].isdigit() else text.casefold()
    if found := _COUNTED.fullmatch(text.strip()):
        digits = found.group(1).replace(",", "")
        if digits.count(".") > 1:
            return None
        return Fraction(digits) * _scale(found.group(2))
    words = text.split()
    if not words or words[0] not in _FIRST:
        return None
    sign = 1
    if words[0] in ("minus", "negative"):
        sign, words = -1, words[1:]
    value = _signless(words)
    return None if value is None else sign * value


def _scale(word: str) -> int:
    return {"hundred": 100, "dozen": 12}.get(word) or _SCALES[word]


def _signless(words: list[str]) -> Fraction | None:
    if not words:
        return None
    if words[-1] in _PARTS:
        return _with_part(words)
    if "point" in words:
        at = words.index("point")
        whole, places = _whole(words[:at]), [_SMALL.get(word, 10) for word in words[at + 1 :]]
        if whole is None or not places or max(places) > 9:
            return None
        return Fraction(whole) + Fraction(int("".join(map(str, places))), 10 ** len(places))
    whole = _whole(words)
    if whole is None and len(words) > 2 and words[-1] in _SCALES:
        part = _signless(words[:-1])  # one and a half million
        return None if part is None else part * _SCALES[words[-1]]
    return None if whole is None else Fraction(whole)


def _with_part(words: list[str]) -> Fraction | None:
    """`a half`, `three quarters`, `two and a half`, `one and three quarters`, `half`."""
    below, before = _PARTS[words[-1]], words[:-1]
    if not before:
        return Fraction(1, below) if words[-1] in ("half", "quarter") else None
    if before[-1] in ("a", "an"):
        above: int | None = 1
        before = before[:-1]
    else:
        above = _SMALL.get(before[-1])
        before = before[:-1]
    if above is None:
        return None
    if not before:
        return Fraction(above, below)
    if before[-1] != "and":
        return None
    whole = _whole(before[:-1])
    return None if whole is None else whole + Fraction(above, below)


def _whole(words: list[str]) -> int | None:
    """A whole number below 10^15; None where the words do not follow one another as in a number."""
    total = group = 0
    last = 10**15  # the scale that was used last: scales must fall
    tens_open = units_open = True
    seen = False
    for word in words:
        if word == "and" and seen:
            continue
        if word in ("a", "an") and not seen:
            group, units_open, tens_open = 1, False, False
        elif word in _SMALL and units_open and (tens_open or 0 < _SMALL[word] < 10):
            group += _SMALL[word]
            units_open = tens_open = False
        elif word in _TENS and tens_open:
            group += _TENS[word]
            tens_open = False
        elif word == "hundred" and 0 < group < 100:
            group *= 100
            tens_open = units_open = True
        elif word == "dozen" and group and not total:
            group *= 12
        elif word in _SCALES and group and _SCALES[word] < last:
            last = _SCALES[word]
            total, group = total + group * last, 0
            tens_open = units_open = True
        else:
            return None
        seen = True
    if words and words[-1] in ("and", "a", "an"):
        return None
    return total + group if seen else None
