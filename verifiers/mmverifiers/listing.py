"""Reading a text as a list: brackets, commas, semicolons, lines, bullets, numbers, arrows, `A > B`, "A, B and C"."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise

LONGEST = 20_000
"""Characters. Nothing longer is read as a list."""
DEEPEST = 6
"""Lists within lists that are read."""

Element = str | tuple["Element", ...]
"""An element's text, or the elements of a list within the list."""

_SPACING = re.compile(r"\\left\s*|\\right\s*|\\[,;:! ]|\\q?quad\b|\\displaystyle\b")
_COMMANDS = re.compile(r"\\(?:text|mathrm|mbox|textbf|operatorname)\s*\{([^{}]*)\}")
_SUBSTITUTES = str.maketrans(
    {"，": ",", "、": ",", "；": ";", "（": "(", "）": ")", "＞": ">", "＜": "<", "\u00a0": " "}
)
_ARROW = re.compile(
    r"→|⟶|⇒|➔|➜|\\(?:long)?rightarrow(?![A-Za-z])|\\to(?![A-Za-z])|\\Rightarrow(?![A-Za-z])|-{1,3}>|=>|⟹|≻|\\succ(?![A-Za-z])"
)
_GREATER = re.compile(r">|\\gt(?![A-Za-z])")
_LESS = re.compile(r"<|\\lt(?![A-Za-z])")
_LINE = re.compile(r"\n+")
_SEMICOLON = re.compile(r";")
_COMMA = re.compile(r",")
_SPACED_COMMA = re.compile(r",(?!\d{3}(?!\d))")
_AND = re.compile(r"\s+and\s+|\s*&\s*", re.IGNORECASE)
_OR = re.compile(r"\s*,?\s+or\s+", re.IGNORECASE)
_SPACES = re.compile(r"\s\s+")
_BULLET = re.compile(r"\s*(?:[-*•‣·]|\(?\d{1,3}[.):])\s+")
_NUMBERED = re.compile(r"(?<!\S)\(?(\d{1,3})[.):]\s+")
_NUMBERS = re.compile(r"[-+]?\d+(?:\.\d+)?(?:\s+[-+]?\d+(?:\.\d+)?)+", re.ASCII)
_LABEL = re.compile(
    r"(?:[^:\n,;(\[{]{1,80}:|(?:the\s+)?(?:[a-z]+\s+){0,4}(?:order|answer|list|sequence|ranking|points?|coordinates?|set"
    r"|solutions?|vertices)\s+(?:is|are))\s+(?=\S)",
    re.IGNORECASE,
)
_BEFORE_BRACKET = re.compile(
    r"(?:(?:[Tt]he\s+)?[Pp]oints?\s+)?(?:[A-Z]\s*)?=?\s*(?=\()|[A-Za-z](?:_\w)?\s*=\s*(?=[(\[{])"
)
_COORDINATES = re.compile(r"\(\s*[A-Za-z]\s*(?:,\s*[A-Za-z]\s*){1,3}\)\s*=\s*(?=\()")
_CLOSING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}
_EMPTY = frozenset(("", "∅", "\\emptyset", "\\varnothing", "empty", "empty list", "empty set", "none"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text as a list."""

    elements: tuple[Element, ...]
    """As they stand in the text."""
    sign: str = ""
    """`>` or `<` where such signs stood between them."""


def readings(text: str) -> tuple[Reading, ...]:
    """The ways to read a text as a list; none where its brackets do not match or it is too long.

    Two ways where an "and" may join two elements or stand within one. A text without any separator is a list of
    one. A comma between digits belongs to a number where other commas have a space behind them.
    """
    text = text.strip().strip("`").strip()
    if len(text) > LONGEST:
        return ()
    text = _SPACES.sub(lambda found: "\n" if "\n" in found.group() else " ", text)
    if text.startswith("["):
        try:
            found = json.loads(text, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list):
            elements = _from_json(found, DEEPEST)
            return () if elements is None else (Reading(elements),)
    text = _COMMANDS.sub(r" \1 ", _SPACING.sub(" ", text)) if "\\" in text else text
    text = text.replace("\\{", "{").replace("\\}", "}").translate(_SUBSTITUTES).strip()
    text = text[:-1].rstrip() if text.endswith((".", "。")) else text
    if label := _LABEL.match(text):
        text = text[label.end() :].strip()
    if text.casefold() in _EMPTY:
        return (Reading(()),)
    if lead := _COORDINATES.match(text) or _BEFORE_BRACKET.match(text):
        text = text[lead.end() :]
    inner = _inside(text)
    if inner is not None and not inner.strip():
        return (Reading(()),)
    found_ways = _ways(text if inner is None else inner)
    nested = [(tuple(_nested(part, DEEPEST) for part in parts), sign) for parts, sign in found_ways]
    return tuple(
        Reading(tuple(part for part in parts if part is not None), sign) for parts, sign in nested if None not in parts
    )


def alternatives(text: str) -> list[str]:
    """The parts of a text between "or"s, outside brackets."""
    return _split(text, _OR) or [text]


def _ways(text: str) -> list[tuple[list[str], str]]:
    """(parts, sign between them) for each way to split a text that has no brackets around the whole of it."""
    if "\n" in text and (lines := _split(text.strip(), _LINE)):
        parts = [_BULLET.sub("", line, count=1) if _BULLET.match(line) else line for line in lines if line.strip()]
        return [([part.strip().rstrip(",;").strip() for part in parts], "")]
    numbered = list(_NUMBERED.finditer(text))
    if len(numbered) > 1 and numbered[0].start() == 0 and [n.group(1) for n in numbered] == _counted(len(numbered)):
        ends = [after.start() for after in numbered[1:]] + [len(text)]
        return [([text[n.end() : end].strip(" ,;") for n, end in zip(numbered, ends, strict=True)], "")]
    for pattern, sign in ((_ARROW, ""), (_GREATER, ">"), (_LESS, "<"), (_SEMICOLON, "")):
        if pieces := _split(text, pattern):
            return [([piece.strip() for piece in pieces], sign)]
    spaced = re.search(r",\s", text)
    parts = [part.strip() for part in _split(text, _SPACED_COMMA if spaced else _COMMA) or []]
    if parts and not parts[-1]:
        parts.pop()
    if len(parts) > 1 and parts[-1].casefold().startswith("and "):
        return [([*parts[:-1], parts[-1][4:].strip()], "")]
    whole = parts or [text.strip()]
    if joined := _split(whole[-1], _AND):
        return [([*whole[:-1], *(part.strip() for part in joined)], ""), (whole, "")]
    if not parts and _NUMBERS.fullmatch(whole[0]):
        return [(whole[0].split(), ""), (whole, "")]
    return [(whole, "")]


def _counted(n: int) -> list[str]:
    return [str(i) for i in range(1, n + 1)]


def _split(text: str, separator: re.Pattern[str]) -> list[str] | None:
    """The parts between separators outside brackets; None where there is no separator, or brackets do not match."""
    places = _outside(text)
    if places is None:
        return None
    found = [match for match in separator.finditer(text) if places[match.start()]]
    if not found:
        return None
    edges = [(0, 0), *((match.start(), match.end()) for match in found), (len(text), len(text))]
    return [text[left[1] : right[0]] for left, right in pairwise(edges)]


def _outside(text: str) -> bytearray | None:
    """For each character whether it is outside all brackets; None where they do not match."""
    places = bytearray(len(text))
    open_: list[str] = []
    for at, c in enumerate(text):
        places[at] = not open_
        if c in _CLOSING:
            open_.append(_CLOSING[c])
        elif open_ and c == open_[-1]:
            open_.pop()
        elif c in ")]}⟩":
            return None
    return None if open_ else places


def _inside(text: str) -> str | None:
    """What stands in the brackets around the whole of a text; None where there are none."""
    if len(text) < 2 or text[-1] != _CLOSING.get(text[0]):
        return None
    depth = 0
    for at, c in enumerate(text):
        depth += (c in _CLOSING) - (c in ")]}⟩")
        if depth == 0 and at < len(text) - 1:
            return None
    return text[1:-1] if depth == 0 else None


def _nested(part: str, deep: int) -> Element | None:
    if _outside(part) is None:
        return None
    part = _BEFORE_BRACKET.sub("", part, count=1) if part.endswith(")") and _BEFORE_BRACKET.match(part) else part
    inner = _inside(part)
    if inner is None or not deep:
        return part
    inside = [_nested(piece, deep - 1) for piece in _ways(inner)[0][0]]
    return None if None in inside else tuple(piece for piece in inside if piece is not None)


def _from_json(found: list[object], deep: int) -> tuple[Element, ...] | None:
    elements: list[Element] = []
    for item in found:
        if isinstance(item, list):
            inner = _from_json(item, deep - 1) if deep else None
            if inner is None:
                return None
            elements.append(inner)
        elif isinstance(item, str):
            elements.append(item.strip())
        elif item is None or isinstance(item, bool):
            elements.append({None: "null", True: "true", False: "false"}[item])
        else:
            return None
    return tuple(elements)
