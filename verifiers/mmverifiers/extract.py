"""Finding the final answer in a response. No mode ever falls back to "some number in the text"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmverifiers.number import parse_number
from mmverifiers.target import Target, parse_target

MODES = ("strict", "lenient", "none")

_BRACES = re.compile(r"\\(?:boxed|fbox)\s*\{|\\.|[{}]", re.DOTALL)
_STATED = re.compile(
    r"\banswer\b(?:[ \t]+(?:to|for|of)\b[^.:\n]{0,80}?)?[ \t*_]{0,6}(?:\bis\b|[:=：])[ \t*_:：]{0,8}",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=\S)[.。](?=\s|$)")
_FENCES = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("`", "`"))
_OPENINGS = frozenset(left[0] for left, _ in _FENCES)
"""What a wrapped text begins with; a box begins with a backslash, as a fence does."""


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """Where looking for the answer led."""

    answer: str | None
    """The answer without wrapping, or None."""
    reason: str
    """`ok`, `format`, `no_answer` or `ambiguous`."""
    method: str
    """`target`, `answer_tag`, `boxed`, `stated`, `whole` or `extract`."""


def extract_answer(response: str, mode: str) -> Extraction:
    """Find the final answer. ValueError for a mode that is not in `MODES`.

    `strict`: the response holds the target format, or it is `format`.
    `lenient`: the target format where it holds; else, in what follows the reasoning block, an `<answer>`
    block, the last balanced box, or a stated answer ("the answer is X", "Answer: X"), in that order. Answers
    that differ from one another are `ambiguous`: two stated ones, two on the last box's line, a stated one
    after the last box.
    `none`: the whole text. Time is linear in the length of the response in every mode.
    """
    if mode not in MODES:
        raise ValueError(f"extract must be one of {', '.join(MODES)}, not {mode!r}")
    if mode == "none":
        return _found([response], "whole")
    target = parse_target(response)
    if isinstance(target, Target):
        return _found([target.answer], "target")
    if mode == "strict":
        return Extraction(answer=None, reason="format", method="target")
    rest = response[response.rfind("</think>") + len("</think>") :] if "</think>" in response else response
    if "<think>" in rest:
        rest = rest[: rest.find("<think>")]
    tagged = _tagged(rest)
    if tagged:
        return _found(tagged, "answer_tag")
    boxes = _boxes(rest)
    if boxes:
        last_start, last_end, _ = boxes[-1]
        line = rest.rfind("\n", 0, last_start) + 1
        contents = [content for start, _, content in boxes if start >= line]
        return _found([*contents, *_stated(rest[last_end:])], "boxed")
    return _found(_stated(rest), "stated")


def unwrap(text: str) -> str:
    """The text without whitespace, math delimiters, bold, backquotes or a box around the whole of it."""
    text = text.strip()
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
            boxes = _boxes(text)
            if len(boxes) == 1 and boxes[0][:2] == (0, len(text)):
                text = boxes[0][2].strip()
        if text == before:
            break
    return text


def same_text(left: str, right: str) -> bool:
    """Do two extracted answers plainly say the same: equal text but for case and spaces, or equal numbers?"""
    if "".join(left.split()).casefold() == "".join(right.split()).casefold():
        return True
    a, b = parse_number(left), parse_number(right)
    return a is not None and a == b


def _found(candidates: list[str], method: str) -> Extraction:
    last_first = dict.fromkeys(reversed(candidates))  # a repeated candidate is looked at once
    answers = [answer for answer in map(unwrap, reversed(last_first)) if answer]
    if not answers:
        return Extraction(answer=None, reason="no_answer", method="extract")
    if any(not same_text(answers[-1], other) for other in answers[:-1]):
        return Extraction(answer=None, reason="ambiguous", method=method)
    return Extraction(answer=answers[-1], reason="ok", method=method)


def _tagged(text: str) -> list[str]:
    """Contents of the `<answer>` blocks, left to right; a block ends at the first closing tag."""
    found: list[str] = []
    start = text.find("<answer>")
    while start >= 0:
        start += len("<answer>")
        end = text.find("</answer>", start)
        if end < 0:
            break
        found.append(text[start:end])
        start = text.find("<answer>", end)
    return found


def _boxes(text: str) -> list[tuple[int, int, str]]:
    """(start, end, content) of the balanced boxes that lie in no other box, left to right, in one pass.

    A box that holds nothing but another box gives the inner one's content.
    """
    opened: list[tuple[int, int] | None] = []
    closed: list[tuple[int, int, int]] = []
    for token in _BRACES.finditer(text):
        mark = token.group()
        if mark == "}":
            box = opened.pop() if opened else None
            if box is not None:
                closed.append((*box, token.end()))
        elif mark == "{":
            opened.append(None)
        elif mark.endswith("{") and len(mark) > 2:
            opened.append((token.start(), token.end()))
    spans: list[tuple[int, int, int, int]] = []  # start and end of the outer box, then of the content
    for start, inside, end in reversed(closed):
        if spans and start >= spans[-1][0]:
            outer, outer_end, inner_start, inner_end = spans[-1]
            if (start, end) == (inner_start, inner_end):
                spans[-1] = (outer, outer_end, inside, end - 1)
        else:
            spans.append((start, end, inside, end - 1))
    return [(start, end, text[i:j]) for start, end, i, j in reversed(spans)]


def _stated(text: str) -> list[str]:
    """What follows each "answer is" or "answer:", up to the sentence's end, the line's end or the next
    one."""
    anchors = list(_STATED.finditer(text))
    found: list[str] = []
    for i, anchor in enumerate(anchors):
        limit = anchors[i + 1].start() if i + 1 < len(anchors) else len(text)
        start = anchor.end()
        while start < limit and text[start].isspace():
            start += 1
        line_end = text.find("\n", start, limit)
        stated = text[start : limit if line_end < 0 else line_end]
        stop = _SENTENCE_END.search(stated)
        stated = (stated[: stop.start()] if stop else stated).strip().strip("*").strip()
        if stated and not re.match(r"(?:not|n't)\b", stated, re.IGNORECASE):
            found.append(stated)
    return found
