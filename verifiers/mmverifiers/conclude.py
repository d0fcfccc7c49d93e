"""Answers that are not marked as such: the conclusion of a text, a bare answer."""

from __future__ import annotations

import re

from mmverifiers.sentence import CONNECTIVE, DENIED, conclusion, pure, reader
from mmverifiers.unwrap import unwrap

NUMERIC = frozenset({"number", "math", "quantity", "relaxed", "list", "set"})
MAX_BARE = 1500
"""Longest response, in characters, that may be an answer without a word around it."""
_FIRST_LINE = re.compile(r"\s*[*_]{0,2}\(?([A-J])[*_]{0,2}(?:[).:]|\s[-–—])[*_]{0,2}\s*\S")
_NOTE = re.compile(r"<<[^<>]{0,200}>>")
"""GSM8K's calculator annotations."""
_RESULT = re.compile(r"=\s*((?:[-−]\s?)?[$€£]?\d[\d.,/]*\s?%?(?:\s+[A-Za-z]+){0,4})[\s.!]*$")
"""What the last line's calculation comes to."""
_BLOCK = re.compile(r"```[A-Za-z]{0,12}\n(.*?)```", re.DOTALL)
_POLITE = re.compile(
    r"\b(?:let me know|hope (?:this|that|it) (?:helps|is)|is there anything|would you like|feel free|do you want"
    r"|if you (?:have|need|would)|happy to help|anything else|good luck|glad to|need (?:any )?(?:more )?help)\b",
    re.IGNORECASE,
)
_ASIDE_LINE = re.compile(r"[\W_]{0,8}(?:tip|note|remark|hint|fun fact|disclaimer|source)\b", re.IGNORECASE)
_WORDED_LABEL = re.compile(r"(?:\*\*[A-Za-z ]{2,40}:\*\*|[A-Z][a-z ]{2,24}:)\s*(\S.{0,200})")
_FILLER = re.compile(
    r",?\s+(?:of course|obviously|clearly|for sure|definitely|certainly|indeed|I think|I believe)[\s.!]*$",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\bI(?:'m| am) sorry\b|\b(?:I|we) (?:cannot|can't|can not|am unable to|are unable to)\s+(?:\w+\s+){0,3}"
    r"(?:see|determine|answer|view|tell|solve|read|find|help|provide)\b"
)
_CHECK = re.compile(
    r"^[\W\d]{0,8}(?:check|checking|verification|verify|note|tip|why|explanation|proof|remark"
    r"|sanity check|quick check)\b",
    re.IGNORECASE | re.MULTILINE,
)
_ALIGNED = re.compile(
    r"\\begin\{(?:align|aligned|gather|eqnarray)\*?\}((?:(?!\\end).)*)\\end\{\w+\*?\}[\s$\\\]]*$", re.DOTALL
)
_BOLD = re.compile(r"\*\*([^*\n]{1,120}?)\*\*(?!\s*:)")
_BOLD_END = re.compile(r"\*\*([^*\n]{1,120}?)\*\*[\s.!]*$")
_DISPLAY = re.compile(r"(?:\$\$((?:(?!\$\$).)+)\$\$|\\\[((?:(?!\\\]).)+)\\\])[\s.]*$", re.DOTALL)


def concluded(text: str, kind: str) -> list[str]:
    """The answers of a text that marks none: what it is, where it is one; its conclusion; else nothing.

    Never a number from the midst of a text: the last sentence must hold one number only, end in it, or emphasise it.
    Polite closings and checks that follow the conclusion are passed over.
    """
    text = _without_closing(text.strip())
    if not text:
        return []
    if _REFUSAL.search(text):
        return []
    if kind == "yesno":
        return [text[:4000]] if len(text) < 20000 else []
    lines = [line.strip() for line in text[-MAX_BARE * 4 :].splitlines() if line.strip()]
    if kind == "choice":
        return _choice(text, lines)
    if kind in (*NUMERIC, "json") and (blocks := _BLOCK.findall(text[-20000:])):
        return [blocks[-1].strip()]
    if kind not in NUMERIC and len(lines) > 1 and (part := _worded(text, lines)):
        return [part]
    if kind not in NUMERIC:
        text = _FILLER.sub("", text)
        return [text] if len(text) <= MAX_BARE and len(lines) <= 40 else []
    answer = _numeric(text, lines, kind)
    if not answer and (check := _CHECK.search(text)) and check.start():
        before = text[: check.start()].rstrip()
        answer = _numeric(before, [line.strip() for line in before.splitlines() if line.strip()], kind)
    if not answer and len(lines) > 1 and (display := _DISPLAY.match(lines[0])):
        answer = unwrap(display.group(1) or display.group(2))  # the answer first, then its reasons
    return [answer] if answer else []


def _numeric(text: str, lines: list[str], kind: str) -> str:
    if len(lines) > 1 and (display := _DISPLAY.search(text[-MAX_BARE:])):
        return unwrap(display.group(1) or display.group(2))
    if rows := _ALIGNED.search(text[-MAX_BARE:]):
        row = [row for row in rows.group(1).split("\\\\") if row.strip()][-1]
        return re.split(r",?\s*\\q?quad", row.replace("&", " ").rpartition("=")[2], maxsplit=1)[0].strip(" ,.")
    if len(lines) > 1 and pure(text) and len(text) <= MAX_BARE and "\\begin" in text:
        return text
    last = _NOTE.sub("", lines[-1]).lstrip("# ")
    if (ending := _BOLD_END.search(last)) and reader(kind)(ending.group(1).strip()) and not DENIED.search(last):
        return ending.group(1).strip()
    concluding = len(lines) == 1 or pure(last) or CONNECTIVE.match(last)
    if concluding and (answer := conclusion(last, kind, loose=True)):
        return answer
    if kind == "math" and (answer := conclusion(last, kind)):
        return answer
    if (result := _RESULT.search(last)) and not DENIED.search(last):
        return result.group(1).strip()
    for line in lines[-1:-4:-1]:
        marked = _BOLD.findall(line)
        if len(marked) == 1 and not DENIED.search(line):
            content: str = marked[0].strip()
            return content if reader(kind)(content) else conclusion(content, kind)
        if line == lines[-1] and (answer := conclusion(last, kind)):
            return answer
    return ""


def _worded(text: str, lines: list[str]) -> str:
    """The part of several lines that is an answer in words: a code block, a last line with a label or in quotes, a
    short first line that its explanation follows."""
    if (blocks := _BLOCK.findall(text[-4000:])) and text.endswith("```"):
        return str(blocks[-1]).strip()
    if labelled := _WORDED_LABEL.fullmatch(lines[-1]):
        return labelled.group(1)
    if lines[-1].startswith(">") or (lines[-1][:1] in '"“' and lines[-1][-1:] in '"”'):
        return lines[-1].lstrip("> ")
    first = lines[0].strip("*_ ")
    if len(first.split()) <= 5 and not first.endswith((":", "?")) and text.split("\n", 2)[1:2] == [""]:
        return first
    return ""


def _without_closing(text: str) -> str:
    """The text without the polite lines at its end."""
    if "\n" not in text:
        return text
    lines = text.rstrip().split("\n")
    while len(lines) > 1 and (not lines[-1].strip() or _POLITE.search(lines[-1]) or _ASIDE_LINE.match(lines[-1])):
        lines.pop()
    return "\n".join(lines)


def _choice(text: str, lines: list[str]) -> list[str]:
    if len(text) <= MAX_BARE and len(lines) == 1:
        return [text]
    first, last = _FIRST_LINE.match(lines[0]), lines[-1]
    labels = {found.group(1) for line in lines if (found := _FIRST_LINE.match(line))}
    if len(labels) > 1 and _FIRST_LINE.match(last):
        return []  # the options one after another
    marked = _BOLD.findall(last)
    if len(marked) == 1 and not first:
        return [marked[0]]
    if len(last) < 12 or (_FIRST_LINE.match(last) and not first):
        return [lines[0], last] if first and len(text) < 20000 else [last]
    if first or len(lines[0]) < 4:
        return [lines[0]]
    return [last] if len(last) < 400 else []
