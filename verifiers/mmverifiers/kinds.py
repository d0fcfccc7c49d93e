"""Every kind of answer, how it is judged, and which kind a gold is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from mmverifiers import (
    choice,
    dates,
    expression,
    json_value,
    number,
    numeric,
    puzzle,
    quantity,
    spans,
    structured,
    text,
    yesno,
)
from mmverifiers.gold import Gold, Kind
from mmverifiers.measure import parse_quantity
from mmverifiers.unwrap import unwrap

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "anls": Kind(read=spans.read_anls, fast=spans.fast_anls),
        "choice": Kind(read=choice.read, fast=choice.fast, slow=choice.slow),
        "date": Kind(read=dates.read_date, fast=dates.fast_date),
        "json": Kind(read=json_value.read_json, fast=json_value.fast_json),
        "list": Kind(read=structured.read_list, fast=structured.fast_list, slow=structured.slow_list),
        "math": Kind(read=expression.read, fast=expression.fast, slow=expression.slow),
        "number": Kind(read=numeric.read, fast=numeric.fast, slow=numeric.slow),
        "quantity": Kind(read=quantity.read, fast=quantity.fast, slow=quantity.slow),
        "reasoning_gym": Kind(read=puzzle.read, fast=puzzle.fast, slow=puzzle.slow),
        "relaxed": Kind(read=spans.read_relaxed, fast=spans.fast_relaxed),
        "set": Kind(read=structured.read_list, fast=structured.fast_set, slow=structured.slow_set),
        "text": Kind(read=text.read_text, fast=text.fast_text),
        "time": Kind(read=dates.read_time, fast=dates.fast_time),
        "vqa": Kind(read=spans.read_anls, fast=spans.fast_vqa),
        "yesno": Kind(read=yesno.read_yesno, fast=yesno.fast_yesno),
    }
)
"""Every kind of answer and how it is judged, in alphabetical order."""

_DATED = re.compile(
    r"^\d{4}-\d\d-\d\d$|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.*\d",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:all real(?: number)?s|no (?:real )?solutions?|infinity|infinitely many(?: solutions)?|DNE)\.?", re.IGNORECASE
)
_RATIO = re.compile(r"\d+(?:\.\d+)?\s*:\s*(?!\d\d$)\d+(?:\.\d+)?")
_NOTATION = re.compile(r"\\[A-Za-z{]|[√π²³∞≤≥±]")
_OPERATION = re.compile(
    r"[0-9A-Za-z)\]}]\s*[-+*/^=<>_]\s*[-0-9A-Za-z(\[{]"  # an operator between operands
    r"|^[(\[{][^A-Za-z]*\d[^A-Za-z]*[)\]}]$|^-?\d[^A-Za-z]*,"  # a tuple, an interval, a list of numbers
    r"|(?:sqrt|sin|cos|tan|log|ln|exp)\s*\("
)
_WORD = re.compile(r"(?<![A-Za-z])(?!sqrt|sin|cos|tan|log|exp|pi)[A-Za-z]{3,}")


@lru_cache(maxsize=4096)
def read_gold(answer: str, kind: str, choices: tuple[str, ...], question: str, metadata: str) -> Gold:
    """The gold of a question, read once for all answers to it; the kind is never `auto`."""
    gold = unwrap(answer)
    if (
        kind == "text"
        and _DATED.search(gold)
        and (date := dates.read_date(gold))
        and None not in (date.month, date.day)
    ):
        kind = "date"
    value = KINDS[kind].read(gold, choices, question) if gold else None
    return Gold(kind=kind, text=gold, choices=choices, question=question, metadata=metadata, value=value)


def resolve_kind(answer: str, kind: str = "auto", choices: tuple[str, ...] = ()) -> str:
    """The kind that a gold is judged as. ValueError for an unknown name.

    `auto`: `yesno` for yes, no, true, false; `choice` for an option's letter or text, and for a capital letter
    alone; `number` for a plain number; `date`; `quantity` for a number with a unit; `math` for LaTeX, and for
    operators, tuples and lists of numbers without words; `text` for everything else.
    """
    if kind != "auto":
        if kind not in KINDS:
            raise ValueError(f"kind must be auto or one of {', '.join(KINDS)}, not {kind!r}")
        return kind
    gold = unwrap(answer)
    if not choices and gold.isdigit():
        return "number"
    if choices and choice.read(gold, choices, "") is not None:
        return "choice"
    if yesno.truth(gold) is not None:
        return "yesno"
    if re.fullmatch(r"[(\[]?[A-J][)\]]?", text.plain(gold)):
        return "choice"
    if number.parse_number(gold) is not None:
        return "number"
    if _DATED.search(gold) and dates.read_date(gold) is not None:
        return "date"
    if _unit_of(gold):
        return "quantity"
    if _NAMED.fullmatch(gold):
        return "math"
    if len(gold) <= expression.MAX_LENGTH and (
        _RATIO.fullmatch(gold) or _NOTATION.search(gold) or (_OPERATION.search(gold) and not _WORD.search(gold))
    ):
        return "math"
    return "text"


def _unit_of(gold: str) -> bool:
    """Is it a number with a unit that converts? LaTeX's degree sign may also be part of a formula."""
    parts = parse_quantity(gold) if len(gold) < 80 and "\\circ" not in gold else ()
    return len(parts) == 1 and parts[0].number is not None and bool(parts[0].unit)
