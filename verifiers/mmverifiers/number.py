"""Kind `number`: plain numbers, compared exactly. There is no tolerance: 0.333 is not 1/3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from mmverifiers.verdict import Verdict, ruling

MAX_DIGITS = 4000
"""Longest number that is read, in digits; Python refuses to convert longer than 4,300 at its defaults."""
MAX_EXPONENT = 4000
"""Largest power of ten that is read, either way."""

_UNICODE = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "－": "-",
        "＋": "+",
        "．": ".",
        "，": ",",
        "％": "%",
        "＄": "$",
        "／": "/",
        "\u00a0": " ",
    }
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)
_INTEGER = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_DECIMAL = rf"(?:{_INTEGER}(?:\.\d*)?|\.\d+)"
_PLAIN = re.compile(rf"({_DECIMAL})(?:(?:[eE]|\s*(?:\\times|\\cdot|×|\*)\s*10\^)(\{{?[+-]?\d{{1,6}}\}}?))?", re.ASCII)
_RATIO = re.compile(rf"(?:({_INTEGER})\s+)?({_DECIMAL})\s*/\s*([+-]?)({_DECIMAL})", re.ASCII)
_FRAC = re.compile(
    rf"(?:({_INTEGER})\s*)?\\frac\s*(?:\{{\s*([+-]?)\s*({_DECIMAL})\s*\}}|(\d))"
    rf"\s*(?:\{{\s*([+-]?)\s*({_DECIMAL})\s*\}}|(\d))",
    re.ASCII,
)


@dataclass(frozen=True, kw_only=True)
class Number:
    """A plain number as it was written."""

    value: Fraction
    """Exact; for `10%` it is 10."""
    percent: bool = False
    """Was there a percent sign?"""


@lru_cache(maxsize=1024)
def parse_number(text: str) -> Number | None:
    r"""Read a plain number, or None for anything else; never raises.

    Read: integers, decimals, `a/b`, `\frac{a}{b}` (also `\dfrac`, `\tfrac`), mixed numbers, thousands in
    groups of three, powers of ten, a leading dollar sign, a trailing percent sign or full stop, unicode minus
    and full-width digits. Not read: other units, words, roots, operators.
    """
    if len(text) > MAX_DIGITS + 100:
        return None
    text = text.translate(_UNICODE).replace("{,}", ",").replace("\\!", "").replace("\\,", "")
    text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").strip()
    if len(text) > 2 and text[0] == text[-1] == "$":
        text = text[1:-1].strip()
    if text.endswith(".") and len(text) > 1:
        text = text[:-1].rstrip()
    sign = 1
    if text[:1] in ("-", "+"):
        sign, text = (-1 if text[0] == "-" else 1), text[1:].lstrip()
    text = text.removeprefix("\\$").removeprefix("$").lstrip()
    if sign == 1 and text[:1] == "-":
        sign, text = -1, text[1:].lstrip()
    percent = text.endswith("%")
    if percent:
        text = text[:-1].removesuffix("\\").rstrip()
    value = _magnitude(text)
    return None if value is None else Number(value=sign * value, percent=percent)


def equal(response: Number, gold: Number) -> bool:
    """Is the response's number the gold's? A percent sign is only welcome where the gold has one."""
    return response.value == gold.value and response.percent <= gold.percent


def fast(answer: str, gold: str, choices: tuple[str, ...] = (), question: str = "") -> Verdict:
    """Judge an extracted answer; always decides.

    A gold that is no plain number is `gold_unverifiable`, an answer that is none is `parse_failed`.
    """
    want, got = parse_number(gold), parse_number(answer)
    if want is None or got is None:
        reason = "gold_unverifiable" if want is None else "parse_failed"
    else:
        reason = "ok" if equal(got, want) else "wrong_answer"
    return ruling(reason, extracted=answer, method="number", kind="number")


def _magnitude(text: str) -> Fraction | None:
    if found := _PLAIN.fullmatch(text):
        digits, power = found.groups()
        value = _decimal(digits)
        if not power:
            return value
        exponent = int(power.strip("{}"))
        if value is None or abs(exponent) > MAX_EXPONENT:
            return None
        return value * Fraction(10) ** exponent
    if found := _RATIO.fullmatch(text):
        whole, top, minus, bottom = found.groups()
        return _quotient(whole, top, minus, bottom)
    if found := _FRAC.fullmatch(text):
        whole, minus, top, top_digit, minus_below, bottom, bottom_digit = found.groups()
        signs = (minus or "") + (minus_below or "")
        return _quotient(whole, top or top_digit, "-" if signs.count("-") == 1 else "", bottom or bottom_digit)
    return None


def _quotient(whole: str | None, top: str, minus: str, bottom: str) -> Fraction | None:
    parts = [_decimal(part) for part in (whole or "0", top, bottom)]
    if parts[0] is None or parts[1] is None or not parts[2]:
        return None
    if whole and (minus or "." in top + bottom):
        return None  # `3 -1/2` is a subtraction, not a mixed number
    value = parts[1] / parts[2]
    return parts[0] + (-value if minus == "-" else value)


def _decimal(digits: str) -> Fraction | None:
    digits = digits.replace(",", "")
    if len(digits) > MAX_DIGITS:
        return None
    if digits.isdigit():
        return Fraction(int(digits))
    whole, _, part = digits.partition(".")
    return Fraction(int((whole + part) or "0"), 10 ** len(part))
