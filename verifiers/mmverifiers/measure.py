r"""Taking apart what is a number with a unit: `10\text{ m/s}`, `$18`, `5 ft 11 in`, `three apples`. Without pint."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from mmverifiers.asked import asked_unit
from mmverifiers.nouns import alike, is_noun, noun
from mmverifiers.number import Number, parse_number
from mmverifiers.units import ENGLISH, MONEY, Unit, parse_unit

LONGEST = 300
"""Characters. Nothing longer is a number with a unit."""

_COMMAND = re.compile(
    r"\\(?:text|textrm|textit|textbf|mathrm|mathit|mathbf|mathsf|rm|mbox|operatorname|unit)\s*\{([^{}]*)\}"
)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}\d\\]*)\}\s*\{([^{}\\]*)\}")
_POWER = re.compile(r"(?<=[A-Za-z}])\s*\^\s*\{\s*([+-]?\d{1,2})\s*\}")
_TIDY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"\\[,;:! ]|~|\\q?quad\b", " "),
        (r"\s*(?:\^\s*\{?\s*\\circ\s*\}?|\\circ\b|\\degree\b|\\textdegree\b|[º˚])", "°"),
        (r"°\s+(?=[CF]\b)", "°"),
        (r"\\cdot\b|[·⋅∙]", "*"),
        (r"\\mu\b\s*|μ", "µ"),
        (r"\\Omega\b|[ΩΩ]", "ohm"),
        (r"\\AA\b|Å", "Å"),
        (r"\\([%$#])", r"\1"),
        (r"\{,\}", ","),
        (r"[’′]|\^\{?\\prime\}?", "'"),
        (r"[″“”]|''", '"'),
        (r"[−–]", "-"),
    )
)
_RAISED = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_MONEY_FIRST = re.compile(
    r"([-+]?)\s*((?:US|A|C)?[$€£¥₹₩₽]|(?:USD|EUR|GBP|INR|JPY|CNY|RMB|Rs\.?)(?![A-Za-z]))\s*(?=[-\d.])"
)
_BOUNDARY = re.compile(r"(?<=[\d)}\].π])(?=[A-Za-zµ°%$€£¥¢₹元Å'\"])|\s+(?=[A-Za-zµ°%$€£¥¢₹元Å'\"])")
_EXACT = re.compile(
    r"(?:[\d\s+\-*/^().,{}\[\]√π]|\\(?:sqrt|frac|dfrac|tfrac|pi|left|right|times)(?![A-Za-z])|\bsqrt|\bpi\b)+"
)
_COMPOUND = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)\s*([A-Za-z°'\"$]+\.?)(?:\s*,)?\s*(?:and\s+)?")
_PERCENT: Unit = (("percent", 1),)


@dataclass(frozen=True, slots=True)
class Part:
    """A number with its unit."""

    text: str
    """The number or exact expression as it was written, tidied."""
    number: Number | None
    """None for an expression such as `5\\sqrt{2}`."""
    unit: Unit
    """Empty where there is none; a plain noun is one unit named `word <noun>`."""


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> tuple[Part, ...]:
    """The parts of a quantity: one for `5 cm`, two for `5 ft 11 in`, none where the text is no quantity.

    A number without a unit is a part with the empty unit.
    """
    text = tidy(text)
    if not text:
        return ()
    if several := _compound(text):
        return several
    value, spelled = _split(text)
    if not spelled:
        number = parse_number(text)
        if number is not None and number.percent:
            return (Part(text.rstrip("%").rstrip(), Number(value=number.value, percent=True), _PERCENT),)
        return (Part(text, number, ()),) if number is not None or _is_exact(text) else ()
    unit = parse_unit(spelled) or noun(spelled)
    number = parse_number(value)
    if unit == _PERCENT and number is not None:
        number = Number(value=number.value, percent=True)
    return (Part(value, number, unit),) if unit else ()


def strip_unit(text: str) -> tuple[str, str]:
    r"""(number or expression, unit): `5\text{ cm}` gives ("5", "cm"), `18 dollars` ("18", "dollars").

    The unit is "" and the text unchanged wherever it is not certain that what follows is a unit or a noun that
    is counted ("5 or 6", "3 million", "5 more than x", "50 %"); a letter right behind a number may be a variable
    ("5m") and stays unless it stands apart or in `\text{…}`.
    """
    tidied = tidy(text)
    if not tidied:
        return text, ""
    value, unit = _split(tidied)
    if not unit or unit in ("%", "percent") or unit.startswith("per cent"):
        return text, ""
    if len(unit) == 1 and unit.isalpha() and unit.isascii():
        apart = tidied[: -len(unit)].endswith(" ")
        if not apart or (unit in "MBTKGkbedi" and "\\" not in text):
            return text, ""
    return value, unit


def same_measure(
    answer: str, unit: str, gold: str, gold_unit: str, question: str, same: Callable[[str, str, str], str]
) -> str:
    """The reason code for a value and its unit against a gold value and its unit, each "" where there is none.

    same: gives the reason code for two values and the question. Loads pint where units differ: for workers only.
    """
    mine, wanted = read_unit(unit), read_unit(gold_unit)
    if mine is None or wanted is None:
        return "undecided"
    return compare(answer, mine, gold, wanted, question, same)


def compare(
    answer: str, unit: Unit, gold: str, gold_unit: Unit, question: str, same: Callable[[str, str, str], str]
) -> str:
    """As `same_measure`, for units that were read."""
    target = gold_unit
    if unit and not gold_unit and not is_noun(unit):
        target = parse_unit(asked_unit(question)) or ()
    if not unit or not target or unit == target or alike(unit, target):
        return same(answer, gold, question)
    if is_noun(unit) or is_noun(target):
        return "unit" if same(answer, gold, question) == "ok" else "wrong_answer"
    from mmverifiers.convert import converted

    value = converted(answer, unit, gold, target)
    if value is None:
        return "unit" if not gold_unit and same(answer, gold, question) == "ok" else "wrong_answer"
    return "ok" if value == gold else same(value, gold, question)


def read_unit(spelled: str) -> Unit | None:
    """A known unit, or what a noun stands for; empty for "", None for anything else."""
    return (parse_unit(spelled) or noun(spelled)) if spelled else ()


def tidy(text: str) -> str:
    """The text without LaTeX around units and numbers; "" where it is too long for a quantity."""
    if len(text) > LONGEST:
        return ""
    if "\\" in text or "^" in text:
        text = _POWER.sub(r"^\1", text)
        text = _COMMAND.sub(r" \1 ", _COMMAND.sub(r" \1 ", text))
        text = _FRACTION.sub(r" \1/(\2)", text).replace(" ^", "^")
    if "\\" in text or not text.isascii() or "''" in text or "~" in text or "{,}" in text or "° " in text:
        for pattern, replacement in _TIDY:
            text = pattern.sub(replacement, text)
        text = _RAISED.sub(lambda found: "^" + found.group().translate(_RAISED_DIGITS), text)
    text = " ".join(text.split())
    return text[:-1].rstrip() if text.endswith(".") and not text.endswith(("..", "sq.", "ft.", "in.", "lb.")) else text


def _split(text: str) -> tuple[str, str]:
    if found := _MONEY_FIRST.match(text):
        value, spelled = found.group(1) + text[found.end() :], found.group(2)
        if parse_number(value) is not None or _is_exact(value):
            return value, spelled
        value, more = value.split("/", 1) if "/" in value else _split(value)
        behind = parse_unit(more)
        if "/" not in text and behind and all(name in MONEY for name, _ in behind):
            return value, more
        whole = f"{spelled}/{more.removeprefix('per ')}"
        return (value, whole) if parse_unit(whole) and parse_number(value) else (text, "")
    places = [match for match, _ in zip(_BOUNDARY.finditer(text), range(24), strict=False)]
    for known in (True, False):
        for place in places:
            value, spelled = text[: place.start()].rstrip(" *"), text[place.end() :]
            if value and (parse_unit(spelled) if known else noun(spelled)) and _before_unit(value, spelled):
                return value, spelled
    return text, ""


def _before_unit(value: str, spelled: str) -> bool:
    """Can this be the number before that unit? A variable can, before a unit that is no word."""
    if parse_number(value) is not None:
        return value[-1].isdigit() or value[-1] in "}). " or spelled not in ENGLISH
    if _is_exact(value):
        return True
    variable = len(value) == 1 and value.isalpha()
    return variable and len(spelled) > 1 and spelled not in ENGLISH and parse_unit(spelled) is not None


def _is_exact(text: str) -> bool:
    return bool(_EXACT.fullmatch(text)) and any(c.isdigit() or c == "π" for c in text.replace("\\pi", "π"))


def _compound(text: str) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = 0
    while at < len(text) and len(parts) < 4 and (found := _COMPOUND.match(text, at)):
        spelled = found.group(2)
        if parts and parts[0].unit == (("degree", 1),) and spelled in ("'", '"'):
            spelled = "arcminute" if spelled == "'" else "arcsecond"
        number, unit = parse_number(found.group(1)), parse_unit(spelled)
        if number is None or not unit or (parts and number.value < 0):
            return ()
        parts.append(Part(found.group(1), number, unit))
        at = found.end()
    if at < len(text) or len(parts) < 2 or len({part.unit for part in parts}) < len(parts):
        return ()
    sign = -1 if parts[0].text.startswith("-") else 1
    return (
        parts[0],
        *(Part(part.text, Number(value=sign * part.number.value), part.unit) for part in parts[1:] if part.number),
    )
