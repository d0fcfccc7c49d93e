"""Kind `number`: plain numbers, compared exactly. There is no tolerance but a precision that the question states."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from mmverifiers.numerals import read_words

MAX_DIGITS = 4000
"""Longest number that is read, in digits; Python refuses to convert longer than 4,300 at its defaults."""
MAX_EXPONENT = 4000
"""Largest power of ten that is read, either way."""

_UNICODE = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-",
        "－": "-", "﹣": "-", "＋": "+", "．": ".", "，": ",", "％": "%",
        "﹪": "%", "＄": "$", "／": "/", "⁄": "/", "∕": "/",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "’": "'", "×": "*",
        "·": "*", "⋅": "*", "∙": "*", "…": "...",
        "½": " 1/2", "⅓": " 1/3", "⅔": " 2/3", "¼": " 1/4",
        "¾": " 3/4", "⅕": " 1/5", "⅖": " 2/5", "⅗": " 3/5", "⅘": " 4/5",
        "⅙": " 1/6", "⅚": " 5/6", "⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8",
    }
)  # fmt: skip
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_RAISED = re.compile(r"10([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)$")
_CURRENCY = re.compile(r"(?:US|A|C|AU|CA|R|HK|NT)?\\?[$€£¥₹₩₽]|(?:USD|EUR|GBP|INR|Rs\.?)(?![A-Za-z])\s*", re.IGNORECASE)
_INTEGER = r"(?:\d{1,3}(?:(?P<sep>[,' ])\d{3})(?:(?P=sep)\d{3})*|\d{1,2}(?:,\d{2})+,\d{3}|\d+)"
_GROUPED = re.compile(rf"{_INTEGER}(?:\.\d*)?", re.ASCII)
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", re.ASCII)
_DECIMAL = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)"
_POWER = re.compile(
    rf"(?:({_DECIMAL})\s*(?:[eE]|(?:\\times|\\cdot|\*|x)\s*10\s*(?:\^|\*\*)\s*)|10\s*(?:\^|\*\*)\s*)[{{(]?\s*([+-]?\d{{1,6}})\s*[)}}]?",
    re.ASCII,
)
_RATIO = re.compile(rf"(?:(\d+)\s+)?({_DECIMAL})\s*/\s*([+-]?)({_DECIMAL})", re.ASCII)
_FRAC = re.compile(
    rf"(?:(\d+)\s*)?\\frac\s*(?:\{{\s*([+-]?)\s*({_DECIMAL})\s*\}}|(\d))"
    rf"\s*(?:\{{\s*([+-]?)\s*({_DECIMAL})\s*\}}|(\d))",
    re.ASCII,
)
_REPEATING = re.compile(
    r"(\d*)\.(\d*)(?:\\overline\s*\{?(\d+)\}?|\\bar\s*\{?(\d+)\}?|\\dot\s*\{?(\d)\}?|\((\d+)\)|(\d)\3*\u0305|(\d)\8{2,}\s*(?:\.\.\.|\\l?dots))",
    re.ASCII,
)
_WRAPPED = re.compile(r"\\(?:text|textbf|mathbf|mathrm|textrm|mbox|bf|boldsymbol)\s*\{([^{}]*)\}")


class Number(NamedTuple):
    """A plain number as it was written."""

    value: Fraction
    """Exact; for `10%` it is 10."""
    percent: bool = False
    """Was there a percent sign?"""


@lru_cache(maxsize=8192)
def parse_number(text: str) -> Number | None:
    r"""Read a plain number, or None for anything else; never raises.

    Read: integers, decimals, `a/b`, `\frac{a}{b}` (also `\dfrac`, `\tfrac`), mixed numbers, thousands in groups of
    three set off by commas, spaces, apostrophes or `{,}`, groups of two as in India, powers of ten, repeating decimals
    (`0.\overline{3}`, `0.(3)`), a currency sign, a percent sign, a full stop at the end, English number words,
    unicode digits, fractions and minus. Not read: other units, roots, operators, infinity.
    """
    if text.isdigit() and len(text) < 19 and text.isascii():
        return Number(value=Fraction(int(text)))
    if len(text) > MAX_DIGITS + 100:
        return None
    text = _tidy(text)
    sign, text = _sign(text)
    text, had_currency = _currency(text)
    if had_currency and sign == 1:
        sign, text = _sign(text)
    percent = text.endswith(("%", " percent", " per cent"))
    if percent:
        text = re.sub(r"(?:\\?%|per ?cent)$", "", text).rstrip()
    value = _magnitude(text)
    if value is None and text[:1].isalnum():
        value = read_words(text)
    return None if value is None else Number(value=sign * value, percent=percent)


def _tidy(text: str) -> str:
    if not text.isascii():
        text = _RAISED.sub(lambda found: "10^" + found.group(1).translate(_SUPERSCRIPT), text.strip())
        text = text.translate(_UNICODE)
        text = "".join(str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in text)
        text = text.replace("  ", " ").strip()
    if "\\" in text or "{" in text:
        text = text.replace("{,}", ",").replace("\\!", "").replace("\\,", " ").replace("\\ ", " ").replace("\\;", " ")
        text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").replace("\\cfrac", "\\frac")
        text = _WRAPPED.sub(r"\1", text)
    text = text.strip()
    if "_" in text:
        text = re.sub(r"(?<=\d)_(?=\d{3}(?!\d))", "", text)
    if len(text) > 2 and text[0] == text[-1] == "$":
        text = text[1:-1].strip()
    if text[:1] in "({" and text[-1:] in ")}" and len(text) > 2 and text.count(text[0]) == 1:
        text = text[1:-1].strip() if text[0] == "{" or text[1:-1].strip().isdigit() else text
    return text[:-1].rstrip() if len(text) > 1 and text.endswith(".") and not text.endswith("..") else text


def _sign(text: str) -> tuple[int, str]:
    if text[:1] in ("-", "+"):
        return (-1 if text[0] == "-" else 1), text[1:].lstrip()
    if text[:1] in "mnMN" and (word := re.match(r"(?:minus|negative)\s+(?=[\d$])", text, re.IGNORECASE)):
        return -1, text[word.end() :]
    return 1, text


def _currency(text: str) -> tuple[str, bool]:
    if found := _CURRENCY.match(text):
        return text[found.end() :].lstrip(), True
    if text[-1:] in ("€", "£", "¥", "₹", "$"):
        return text[:-1].removesuffix("\\").rstrip(), True
    return text, False


def _magnitude(text: str) -> Fraction | None:
    if _GROUPED.fullmatch(text):
        return _decimal(text.replace("'", "").replace(" ", ""))
    if found := _POWER.fullmatch(text):
        digits, power = found.groups()
        value, exponent = _decimal(digits or "1"), int(power)
        return None if value is None or abs(exponent) > MAX_EXPONENT else value * Fraction(10) ** exponent
    if found := _RATIO.fullmatch(text):
        whole, top, minus, bottom = found.groups()
        return _quotient(whole, top, minus, bottom)
    if found := _FRAC.fullmatch(text):
        whole, minus, top, top_digit, minus_below, bottom, bottom_digit = found.groups()
        signs = (minus or "") + (minus_below or "")
        return _quotient(whole, top or top_digit, "-" if signs.count("-") == 1 else "", bottom or bottom_digit)
    if text[:1] == "." and text[1:].isdigit():
        return _decimal("0" + text)
    if _EUROPEAN.fullmatch(text):
        return _decimal(text.replace(".", "").replace(",", "."))
    return _repeating(text) if "." in text else None


def _repeating(text: str) -> Fraction | None:
    found = _REPEATING.fullmatch(text)
    if not found or len(text) > 200:
        return None
    whole, fixed, *repeats = found.groups()
    period = next(group for group in repeats if group)
    head = Fraction(int((whole or "0") + fixed or "0"), 10 ** len(fixed))
    return head + Fraction(int(period), (10 ** len(period) - 1) * 10 ** len(fixed))


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
