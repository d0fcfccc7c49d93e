"""Taking math delimiters, emphasis and boxes off an answer."""

from __future__ import annotations

import re
import unicodedata

_FENCES = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("__", "__"), ("`", "`"), ("*", "*"))
_OPENINGS = frozenset(left[0] for left, _ in _FENCES)
"""What a wrapped text begins with; a box begins with a backslash, as a fence does."""
_BOX = re.compile(r"\\(?:boxed|fbox|framebox)\s*\{|<\|begin_of_box\|>")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BOX_END = "<|end_of_box|>"
_INTRO = re.compile(r"\\(?:text|mbox|textbf|mathrm)\s*\{[^{}]*(?:\bis|\bare|:|=)\s*\}\s*(?=\S)")
"""Words inside a box before the answer itself."""
_DISPLAY = re.compile(r"\\begin\{(?:align|aligned|equation|gather|gathered)\*?\}(.*)\\end\{\w+\*?\}", re.DOTALL)


def unwrap(text: str) -> str:
    """The text without whitespace, math delimiters, bold, backquotes or a box around the whole of it."""
    text = text.strip()
    if not text.isascii():
        while text and (text[-1] >= "\u2600" and unicodedata.category(text[-1]) in ("So", "Mn")):  # ticks and faces
            text = text[:-1].rstrip()
    if text[:1] not in _OPENINGS:  # most answers: nothing wraps them
        return text
    for _ in range(6):
        before = text
        for left, right in _FENCES:
            inner = text[len(left) : len(text) - len(right)]
            if len(text) > len(left) + len(right) and text.startswith(left) and text.endswith(right):
                # Not `$a$ or $b$`, nor a price ending in a lone escaped dollar.
                if left not in inner and right not in inner and not inner.endswith("\\"):
                    text = inner.strip()
                break
        if text.startswith(("\\boxed", "\\fbox")):
            found = boxes(text)
            if len(found) == 1 and found[0][:2] == (0, len(text)):
                text = found[0][2].strip()
        elif text.startswith("\\begin") and (display := _DISPLAY.fullmatch(text)):
            text = display.group(1).replace("&", " ").strip().removesuffix("\\\\").strip()
        if intro := _INTRO.match(text):
            text = text[intro.end() :].strip()
        if text == before:
            break
    return text


def boxes(text: str) -> list[tuple[int, int, str]]:
    """(start, end, content) of the balanced boxes that lie in no other box, left to right, in linear time.

    A box that holds nothing but another box gives the inner one's content.
    """
    found: list[tuple[int, int, str]] = []
    opening = _BOX.search(text)
    if opening is None:
        return found
    closing = _matching(text, opening.start())
    while opening:
        start, inside = opening.span()
        if text[start] == "<":
            end = text.find(_BOX_END, inside)
            after = end + len(_BOX_END)
        else:
            end = closing.get(inside - 1, -1)
            after = end + 1
        if end < 0:
            opening = _BOX.search(text, inside)
            continue
        nested = _BOX.match(text, inside)
        while nested and text[inside] == "\\" and closing.get(nested.end() - 1, -1) == end - 1:
            inside, end = nested.end(), end - 1
            nested = _BOX.match(text, inside)
        found.append((start, after, text[inside:end]))
        opening = _BOX.search(text, after)
    return found


def closing_brace(text: str, start: int) -> int:
    """The place of the brace that closes one that was opened just before `start`; -1 where there is none."""
    depth = 1
    for token in _BRACES.finditer(text, start):
        mark = token.group()
        if mark in "{}":
            depth += 1 if mark == "{" else -1
            if not depth:
                return token.start()
    return -1


def _matching(text: str, start: int) -> dict[int, int]:
    """Place of each opening brace from start on → place of its closing one."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for token in _BRACES.finditer(text, start):
        mark = token.group()
        if mark == "{":
            opened.append(token.start())
        elif mark == "}" and opened:
            pairs[opened.pop()] = token.start()
    return pairs
