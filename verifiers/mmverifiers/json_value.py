"""Kind `json`: JSON values, with objects in any order, numbers exact and texts to the letter."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from mmverifiers.gold import Gold, Ruling

LONGEST = 1_000_000
"""Characters. Nothing longer is parsed."""
DEEPEST = 64
"""Objects and arrays within one another."""

_FENCE = re.compile(r"```[A-Za-z0-9]*[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL)
_TOKEN = re.compile(r'\\.|["\[{\]}]', re.DOTALL)


def read_json(text: str, choices: tuple[str, ...] = (), question: str = "") -> tuple[Any] | None:
    """(the value,) of a gold in JSON; None where it is none by the rules of `parse`."""
    try:
        return (parse(text),)
    except ValueError:
        return None


def fast_json(answer: str, gold: Gold) -> Ruling:
    """Judge an extracted answer as JSON; always decides. `parse_failed` where it is no JSON by the rules of `parse`.

    Objects are equal in any order of their keys, arrays only in order. 1 is 1.0 and neither is true or "1".
    """
    try:
        told = parse(answer)
    except ValueError:
        return "parse_failed", "json"
    return ("ok" if told == gold.value[0] else "wrong_answer"), "json"


def parse(text: str) -> Any:
    """A JSON text as nested tuples that are equal where the values are. A code fence around it is taken off.

    ValueError: it is no JSON; a key stands twice in one object; it has NaN or an infinity; it is longer or deeper than
    the bounds; a number has more digits than Python converts.
    """
    text = text.strip()
    if found := _FENCE.fullmatch(text):
        text = found.group(1).strip()
    if len(text) > LONGEST:
        raise ValueError("too long")
    if _depth(text) > DEEPEST:
        raise ValueError("too deep")
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refused, parse_float=Decimal, parse_int=Decimal
        )
    except (InvalidOperation, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}") from None
    return _value(found)


def _depth(text: str) -> int:
    """How many objects and arrays lie within one another at most, outside strings."""
    depth = deepest = 0
    quoted = False
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark, 0)
            deepest = max(deepest, depth)
    return deepest


def _value(found: Any) -> Any:
    """A value with its type: true is not 1, and "1" is neither."""
    if isinstance(found, list):
        return "array", tuple(map(_value, found))
    if isinstance(found, str):
        return "text", _text(found)
    if isinstance(found, tuple):
        return found
    return type(found).__name__, found


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found = {_text(key): _value(value) for key, value in pairs}
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return "object", tuple(sorted(found.items(), key=lambda pair: pair[0]))


def _text(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")
