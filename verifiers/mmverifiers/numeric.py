"""Kind `number`: a number, whatever the words, units and notation around it; formulas as in `math`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

from mmverifiers import expression, quantity
from mmverifiers.asked import asked_unit
from mmverifiers.conclude import concluded
from mmverifiers.gold import Gold, Ruling
from mmverifiers.leaf import same_number
from mmverifiers.measure import strip_unit
from mmverifiers.number import MAX_DIGITS, Number, parse_number
from mmverifiers.numerals import read_words
from mmverifiers.units import parse_unit
from mmverifiers.words import plain

_APPROXIMATELY = re.compile(
    r"(?:\\approx|≈|~|\\sim|=|about|approximately|approx\.?|around|roughly|nearly|exactly|only|simply|just"
    r"|a total of|there are|is)(?![A-Za-z])\s*",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(r"[^=<>≤≥\d]{0,60}=\s*([^=<>]+)", re.DOTALL)
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_COMMA = re.compile(r"-?\d{1,3},\d{1,6}", re.ASCII)
_MONEY = re.compile(r"^(?:R|US)?[$€£]\s?|\s?€$")
_LABEL = re.compile(r"[A-Za-z][A-Za-z ]{0,40}:[*_]{0,2}\s+(?=\S)")
_COUNTED = re.compile(
    r"([-+]?\s?[$€£]?[\d.,]+(?:/\d+)?%?|[a-z]+(?:[ -][a-z]+){0,5}?) ((?:of|a|an|per|each|every|in) [A-Za-z' -]{1,60})"
)
_OPERATION = re.compile(
    r"\b(?:or|and|to|more|less|than|times|minus|plus|over|under|half|point|hundred|thousand|million|billion|not|percent|squared|cubed|root)\b",
    re.IGNORECASE,
)
_RANGE = re.compile(r"[/–-]|\bto\b")
_HEAD = re.compile(
    r"([^:(—;]{1,60}?)\s*(?:(?<=[a-z]):(?=\s*[-(\d$])|\(|—|,\s(?:namely|which|including|because|since|i\.e\.))\s*\S"
)
"""A number and what explains it: "4 solutions: -2, …"."""
_CJK = re.compile(
    r"[\u3000-\u9fff\uac00-\ud7af（）。：]*?\s*([-−]?[$¥￥]?\d[\d.,]*(?:/\d+)?%?)\s*[\u3040-\u9fff\uac00-\ud7af()（）。]*[.]?"
)
"""A number among Chinese, Japanese or Korean words: a counter, a unit."""
_CJK_HEDGE = re.compile(r"[不或非]|또는")
_SCALED = re.compile(
    r"\b(?:in|of)\s+(?:US\s+)?(?:dollars?\s+)?(thousand|million|billion)s?\b|\((?:in\s+)?[^()]*?(thousand|million|billion)s?[^()]*\)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?:\\(?:text|mbox)\s*\{)?[\w\s.,$%'’°+-]*[A-Za-z]{2,}\s[\w\s.,$%'’°()+-]*\}?")
_BOUNDED = re.compile(
    r"(?:between\s+|from\s+)?([$€£]?\d[\d.,]*%?)\s*(?:-|–|—|\bto\b|\band\b)\s*([$€£]?\d[\d.,]*%?)", re.IGNORECASE
)
_NOTHING = re.compile(
    r"(?:none|nothing|nobody|no one|(?:there (?:is|are|was|were) )?no \w+(?: left| remaining)?)\.?", re.IGNORECASE
)
_COUNTING = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_OUT_OF = re.compile(r"(\d{1,9})\s+(?:out of|in|of)\s+(\d{1,9})")
"""A share: "3 out of 4", "1 in 5"."""
_SUFFIXES = {"k": 10**3, "K": 10**3, "M": 10**6, "bn": 10**9, "B": 10**9}
_SUFFIXED = re.compile(r"(-?[$€£]?\d+(?:[.,]\d+)*)(k|K|M|bn|B)")
_DOLLARS_AND_CENTS = re.compile(r"(\d{1,9}) dollars?,? and (\d{1,2}) cents?", re.IGNORECASE)
_LEAST = re.compile(r"at (?:least|most)\s+", re.IGNORECASE)
_LEAST_ASKED = re.compile(
    r"\bat (?:least|most)\b|\b(?:least|smallest|fewest|minimum|maximum|most|largest)\b", re.IGNORECASE
)
_LONG = re.compile(r"([-+]?)(\d+)(?:\.(\d*))?", re.ASCII)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_SEVERAL = re.compile(r"\s*(?:,|;|/|\bor\b|\band\b|\bto\b|-|–)\s*(?:or\s+|and\s+)?", re.IGNORECASE)


class Measured(NamedTuple):
    """A gold with a unit, judged as a quantity."""

    parts: Any


class Bounds(NamedTuple):
    """A gold that is a range."""

    low: Number
    high: Number


def _measured(gold: Gold) -> Gold:
    return Gold(kind="quantity", text=gold.text, question=gold.question, value=gold.value.parts)


def _bounds(text: str) -> Bounds | None:
    found = _BOUNDED.fullmatch(text.strip())
    low, high = (parse_number(found.group(1)), parse_number(found.group(2))) if found else (None, None)
    return Bounds(low, high) if low is not None and high is not None else None


def read(text: str, choices: tuple[str, ...] = (), question: str = "") -> Any:
    """A Number, or what `math` reads of a gold that is a formula; None where the gold is neither."""
    found = read_number(text)
    if found is None and _COMMA.fullmatch(text):
        found = parse_number(text.replace(",", "."))
    if found is not None:
        return found
    if len(text) > MAX_DIGITS:
        return _digits(text) or None
    if bounds := _bounds(text):
        return bounds
    if (parts := quantity.read(text)) is not None:
        return Measured(parts)
    value = expression.read(text, choices, question)
    return (
        value
        if value is not None and any(c.isdigit() or c == "\\" for c in text) and not expression.wordy(text)
        else None
    )


def fast(answer: str, gold: Gold) -> Ruling | None:
    """Judge an extracted answer where both are plain numbers; a formula is for `slow`."""
    if answer == gold.text:
        return "ok", "string"
    want = gold.value
    if isinstance(want, str):
        return ("ok" if _digits(answer) == want else "wrong_answer" if _digits(answer) else "parse_failed"), "length"
    if isinstance(want, Bounds):
        return ("ok" if _bounds(answer) == want else "wrong_answer"), "range"
    if isinstance(want, Measured):
        return quantity.fast(answer, _measured(gold))
    if not isinstance(want, Number):
        return expression.fast(answer, gold)
    if want.value == 0 and _NOTHING.fullmatch(answer.strip()) and _COUNTING.search(gold.question):
        return "ok", "number"
    got = parse_number(answer)
    if got is None:
        got = read_number(answer)
        if got is None and want.value.denominator != 1 and (comma := _COMMA.fullmatch(_MONEY.sub("", answer))):
            got = parse_number(comma.group().replace(",", "."))
    unit = ""
    if got is None and (least := _LEAST.match(answer)) and _LEAST_ASKED.search(gold.question):
        return fast(answer[least.end() :], gold)
    if got is None and (money := _DOLLARS_AND_CENTS.fullmatch(bare(answer))):
        got = Number(value=int(money[1]) + Fraction(int(money[2]), 100))
    if got is None and (suffixed := _SUFFIXED.fullmatch(answer.strip())) and (head := parse_number(suffixed[1])):
        got = Number(value=head.value * _SUFFIXES[suffixed[2]])
    if (
        got is None
        and want.value.denominator != 1
        and (share := _OUT_OF.fullmatch(answer.strip(" .")))
        and int(share[2])
    ):
        got = Number(value=Fraction(int(share[1]), int(share[2])))
    if got is None:
        got, unit = read_measured(answer)
    if got is not None:
        if unit.startswith("cent") and gold.text.lstrip("\\").startswith("$"):
            got = Number(value=got.value / 100)
        if unit and asked_unit(gold.question) and parse_unit(unit):
            return None  # it may be another unit than the one that is asked for
        scale = _SCALED.search(gold.question) if gold.question else None
        if scale and (scale[1] or scale[2]).lower() in answer.lower():
            got = Number(value=got.value / _SCALES[(scale[1] or scale[2]).lower()])  # in the unit that is asked for
        return same_number(got, want, gold.question), "number"
    if len(answer) > expression.MAX_LENGTH:
        return ("ok" if _digits(answer) == _digits(gold.text) else "wrong_answer") if _digits(
            answer
        ) else "parse_failed", "length"
    if (
        len(answer) < 300
        and _SENTENCE.fullmatch(answer)
        and (told := concluded(plain(answer), "number"))
        and told[0] != answer.strip()
    ):
        return fast(told[0], gold)
    parts = [read_number(part) for part in _SEVERAL.split(answer)] if len(answer) < 200 else []
    if len(parts) > 1 and all(part is not None for part in parts):
        hits = sum(part is not None and part.value == want.value for part in parts)
        return (
            "ok" if hits == len(parts) and not _RANGE.search(answer) else "ambiguous" if hits else "wrong_answer"
        ), "number"
    return expression.fast(answer, gold)


def slow(answer: str, gold: Gold) -> Ruling:
    """Judge a formula, or a number with a unit, against the gold."""
    from mmverifiers.quantity import same_in_asked_unit

    if isinstance(gold.value, Measured):
        return quantity.slow(answer, _measured(gold))
    if isinstance(gold.value, Number):
        reason = same_in_asked_unit(bare(answer), gold.text, gold.question)
        if reason is not None:
            return reason, "pint"
    return expression.slow(answer, gold)


def _digits(text: str) -> str:
    """A number too long to be converted, in one spelling; empty for anything else."""
    found = _LONG.fullmatch(text.strip())
    if not found:
        return ""
    sign, whole, part = found.groups()
    whole, part = whole.lstrip("0") or "0", (part or "").rstrip("0")
    return ("-" if sign == "-" and (whole, part) != ("0", "") else "") + whole + ("." + part if part else "")


def read_number(text: str) -> Number | None:
    """A number with what people write around it: "about", a name and an equals sign, an ordinal's ending."""
    if len(text) > 400:
        return None
    return parse_number(text) or parse_number(bare(text))


def read_measured(text: str) -> tuple[Number | None, str]:
    """(number, unit) of a number with a unit, a noun, "a day" after it; (None, "") for anything else."""
    if len(text) > 400:
        return None, ""
    value, unit = strip_unit(bare(text))
    numeral = bool(unit) and read_words(unit.split()[0]) is not None  # "twenty one of them" is no twenty
    found = parse_number(value) if unit and not numeral else None
    if found is None and (counted := _COUNTED.fullmatch(bare(text))) and not _OPERATION.search(counted.group(2)):
        found, unit = parse_number(counted.group(1).strip()), counted.group(2)
    if found is None and (head := _HEAD.match(bare(text))) and not _OPERATION.search(text[head.end() - 1 :]):
        return read_number(head.group(1)) or read_measured(head.group(1))[0], ""
    return found, unit if found else ""


def bare(text: str) -> str:
    """A number without emphasis, a label, "about", a name and an equals sign, or an ordinal's ending."""
    text = text.strip().strip("*_\"'`").strip()
    if not text.isascii() and (found := _CJK.fullmatch(text)) and not _CJK_HEDGE.search(text):
        text = found.group(1)
    if label := _LABEL.match(text):
        text = text[label.end() :]
    if lead := _APPROXIMATELY.match(text):
        text = text[lead.end() :]
    if assigned := _ASSIGNED.fullmatch(text):
        text = assigned.group(1).strip()
    if ordinal := _ORDINAL.fullmatch(text):
        text = ordinal.group(1)
    return text.strip("*_").strip()
