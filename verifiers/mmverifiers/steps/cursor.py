"""A place in the tokens, and the units that it steps over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mmverifiers.steps.nodes import Node
from mmverifiers.steps.tokens import Token
from mmverifiers.steps.words import GLUED, MEASURES, SCALES, SHORT, STOPS

MAX_TOKENS = 160
"""Longest formula, in tokens; a longer one is read in part."""
MAX_DEPTH = 24
"""Deepest nesting of brackets, signs and exponents."""

TIMES = frozenset(("*", "×", "·", "times", "cdot", "ast", "bullet"))
"""Signs and words of multiplication; `x` is another where a number follows it."""
OVER = frozenset(("/", "÷", "div"))
"""Signs of division."""
FUNCTIONS = frozenset(
    "sin cos tan cot sec csc arcsin arccos arctan ln log exp gcd lcm gcf hcf max min abs floor ceil sqrt".split()
)
"""Names of functions, with or without a backslash."""
_END = Token("end", "", 0, 0, True, True)


class Stop(Exception):
    """There is no operand here."""


@dataclass(slots=True)
class Cursor:
    """Where a formula has been read to."""

    tokens: list[Token]
    at: int
    """Index of the next token."""
    inner: Callable[[Cursor, int], Node]
    """Reads a whole formula at a depth, for what stands in brackets."""
    dead: set[int]
    """Indices of brackets that hold no formula; shared by all cursors of a text, so that none is tried twice."""
    last: int = 0
    """Index after the last token that may be read."""
    units: list[str] = field(default_factory=list)
    """Words that stood beside its numbers."""

    def __post_init__(self) -> None:
        self.last = min(len(self.tokens), self.at + MAX_TOKENS)

    def peek(self, ahead: int = 0) -> Token:
        """A token that is to come; after the end, an empty one."""
        at = self.at + ahead
        return self.tokens[at] if at < self.last else _END

    def back_to(self, at: int, units: int) -> None:
        """Forget what was read since."""
        self.at = at
        del self.units[units:]


def sign(token: Token) -> str:
    """The operation that a token may stand for: its sign, or its name."""
    if token.kind == "cmd":
        return {"pm": "±", "mp": "±", "bmod": "mod"}.get(token.text, token.text)
    return token.text if token.kind in ("op", "word") else ""


def unit(cursor: Cursor) -> bool:
    """Step over the words of a unit after a number, where something follows that needs the number."""
    start, words = cursor.at, list[str]()
    while len(words) < 6 and (word := _word(cursor, later=bool(words))):
        words.append(word)
        _exponent(cursor)
    if not words:
        return False
    token, after = cursor.peek(), cursor.peek(1)
    joins = sign(token) in TIMES | OVER | {"+", "-", "±", "plus", "minus", "x", "X", "multiplied", "divided"}
    follows = joins and (after.kind in ("num", "rep", "vulgar", "open", "cmd") or after.text == "by")
    if not follows and token.kind not in ("rel", "close") and not _sure(cursor.tokens[start]):
        cursor.at = start
        return False
    cursor.units += words
    return True


def _sure(token: Token) -> bool:
    """Is the token a unit wherever it stands?"""
    return token.kind == "text" or (token.text in GLUED and not token.gap)


def _exponent(cursor: Cursor) -> None:
    """Step over the exponent of a unit, as in cm²."""
    token, after = cursor.peek(), cursor.peek(1)
    if token.kind == "sup":
        cursor.at += 1
    elif token.text == "^" and after.kind == "num":
        cursor.at += 2
    elif token.text == "^" and after.text == "{" and cursor.peek(2).kind == "num" and cursor.peek(3).text == "}":
        cursor.at += 4


def _word(cursor: Cursor, *, later: bool) -> str:
    """Step over one word of a unit and return it, or nothing. Some words cannot be its first."""
    token, after = cursor.peek(), cursor.peek(1)
    if token.text == "/" and after.kind in ("word", "text") and after.text.lower() not in STOPS:
        per = after.text.strip()
        if len(per) > 1 or (per in tuple("smhL") and not after.spaced):
            cursor.at += 2
            return "/" + per.lower()
        return ""
    word = token.text.strip().lower()
    if (
        later
        and token.kind == "word"
        and (token.text in ("each", "every", "total") or (word == "of" and after.kind == "word"))
    ):
        cursor.at += 1
        return word
    if token.kind == "text" and word not in STOPS and word not in FUNCTIONS:
        cursor.at += 1
        return word or "text"
    if token.kind != "word" or (word in STOPS and word != "per") or word in FUNCTIONS or token.text in SCALES:
        return ""
    if token.text[0].isupper() and token.text[1:].islower():
        return ""  # a name, of what comes next
    noun = len(word) >= 4 or word in SHORT or word in MEASURES or word == "per"
    if len(word) < 2 or not ((token.spaced and noun) or token.text in GLUED):
        return ""
    cursor.at += 1
    return word
