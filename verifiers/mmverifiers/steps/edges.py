"""Is a formula whole? What stands before and after it in the text tells, by rules about the nearest words.

`5 + 3 = 8` is a statement on its own; in "another 5 + 3 = 20", "5 boxes of 12 + 3 = 63" and "10 = 3 more than 7" a part
of what is meant stands outside. In doubt a formula is not whole, and then nothing that holds it is called false.
"""

from __future__ import annotations

from mmverifiers.steps.tokens import Token
from mmverifiers.steps.words import (
    CHANGES,
    ENDS,
    GLUED,
    HEADS,
    JOINTS,
    LEADS,
    MEASURES,
    OPERANDS_OF,
    PAIRS,
    PARTS,
    SCALES,
    SHORT,
    STOPS,
    TOTALS,
)

_BULLETS = ("-", "*", "+", "·")
_PARTS_OF_A_NUMBER = ("op", "num", "close", "cmd", "sup")


def is_bullet(seen: list[Token], at: int) -> bool:
    """Is the token a list's bullet: a sign with space after it at the start of a line?"""
    if seen[at].text not in _BULLETS or (at and seen[at - 1].kind not in ("nl", "wall")):
        return False
    return at + 1 < len(seen) and seen[at + 1].spaced


def starts_whole(seen: list[Token], at: int, bare: bool) -> bool:
    """Does a whole formula start at this token? For a single number (`bare`), also: is it no label?"""
    if at == 0:
        return True
    token, before = seen[at], seen[at - 1]
    earlier = seen[at - 2] if at > 1 else None
    if before.kind == "op" and is_bullet(seen, at - 1):
        return not bare and _fresh_line(seen, at - 1)
    if before.kind in ("wall", "arrow", "rel"):
        return token.text != "+"
    if before.kind == "open":
        return earlier is None or earlier.kind not in _PARTS_OF_A_NUMBER
    if before.kind == "nl":
        return _after_line(seen, at)
    if before.kind == "mark":
        return _after_mark(seen, at)
    if before.kind in ("word", "text"):
        if token.text in ("-", "+") and before.text.lower() not in LEADS:
            return False
        return (token.spaced or token.gap) and _after_word(seen, at - 1, bare)
    if before.text == "|":
        return before.spaced and token.spaced  # a cell of a table
    return before.text == ")" and token.spaced and _is_label(seen, at - 1)


def _after_line(seen: list[Token], at: int) -> bool:
    token, line, earlier = seen[at], seen[at - 1], seen[at - 2] if at > 1 else None
    if token.text in ("-", "+"):
        return False
    if earlier is None or "\n\n" in line.text:
        return True
    if earlier.kind == token.kind == "num" and at > 2 and seen[at - 3].kind == "op":
        return False  # 2 + 1 and, on the next line, 1/2
    if earlier.kind == "op":
        return earlier.text == "|"
    return earlier.kind != "word" or earlier.text.lower() not in HEADS | JOINTS | {"and", "or"}


def _after_mark(seen: list[Token], at: int) -> bool:
    token, mark, earlier = seen[at], seen[at - 1], seen[at - 2] if at > 1 else None
    if earlier is None:
        return True
    if earlier.kind in ("op", "rel"):
        return False  # .8 + . 84
    if mark.text == "," and earlier.kind == token.kind == "num":
        return len(earlier.text) > 3 or len(token.text.partition(".")[0]) != 3  # 14, 400
    if mark.text == ":" and earlier.kind in ("num", "close", "sup"):
        first = seen[at - 3] if at > 2 else None
        labelled = first is None or first.kind in ("word", "nl", "wall", "open", "mark")
        return token.spaced and earlier.kind == "num" and labelled and (first is None or first.text.lower() != "ratio")
    return True


def _fresh_line(seen: list[Token], at: int) -> bool:
    """Is a sign at the start of a line a bullet for sure: does the line before it not end in an unfinished sum?"""
    last = start = at - 2
    while last >= 0 and at - last < 6 and seen[last].kind == "word":
        last -= 1
    if last < 0 or seen[last].kind not in ("num", "close", "sup"):
        return True
    if last > 0 and seen[last - 1].kind == "rel":
        return True
    while start >= 0 and seen[start].kind != "nl" and at - start < 60:
        start -= 1
    return seen[start + 1].text == seen[at].text  # another item of the list


def label_end(seen: list[Token], at: int) -> int:
    """The index after a label such as `(1)` at the start of a line, or the same index where there is none."""
    if seen[at].text == "(" and at + 3 < len(seen) and seen[at + 2].text == ")" and seen[at + 3].spaced:
        return at + 3 if _is_label(seen, at + 2) else at
    return at


def _is_label(seen: list[Token], at: int) -> bool:
    """Does a bracket that closes here end a label at the start of a line, such as `(1)` or `2)`?"""
    first = at - 1
    if first < 0 or seen[first].kind not in ("num", "word") or len(seen[first].text) > 3:
        return False
    first -= first > 0 and seen[first - 1].text == "("
    return first <= 0 or seen[first - 1].kind in ("nl", "wall")


def _after_word(seen: list[Token], at: int, bare: bool) -> bool:
    """Can a whole formula follow this word? For a single number, only after a word that cannot name it."""
    word = seen[at].text.strip().lower().rpartition(" ")[2]
    earlier = seen[max(at - 6, 0) : at][::-1]
    for cut, token in enumerate(earlier):
        if token.kind in ("nl", "wall", "rel", "arrow") or (token.kind == "mark" and token.text != "."):
            earlier = earlier[:cut]
            break
    last = earlier[0].text.lower() if earlier else ""
    numbers = any(token.kind in ("num", "vulgar", "rep") for token in earlier[:5])
    if word in HEADS or any(token.kind == "op" and token.spaced and token.text != "%" for token in earlier[:4]):
        return False
    if word == "of":
        return not bare and (last in OPERANDS_OF or (not numbers and last not in HEADS | PARTS))
    if word == "by" and any(token.text.lower().startswith(("divid", "multipl")) for token in earlier):
        return False
    if word in JOINTS:
        return not bare and (not numbers or (word == "to" and last in TOTALS))
    if word == "and":
        compound = last in MEASURES or last in SCALES or (bool(earlier) and earlier[0].kind == "num")
        return not bare and not compound and not {token.text.lower() for token in earlier} & PAIRS
    if word in MEASURES and earlier and earlier[0].kind == "num":
        return False
    return not bare or word in LEADS


def ends_whole(seen: list[Token], at: int, part: bool) -> bool:
    """Does a formula that ends before this token end for sure? A share (`part`) may go on with "of"."""
    if at >= len(seen):
        return True
    token, after = seen[at], seen[at + 1] if at + 1 < len(seen) else None
    if token.kind == "nl":
        return after is None or after.kind != "op" or (after.text != "+" and is_bullet(seen, at + 1))
    if token.kind == "arrow":
        return after is None or after.kind != "op"
    if token.kind in ("wall", "rel", "quote", "close"):
        return True
    if token.kind == "mark":
        return token.text != ":" or after is None or after.kind != "num"
    if token.kind == "open":
        return token.text == "(" or token.spaced
    if token.kind == "text":
        return not set(token.text.lower().split()) & CHANGES
    if token.kind == "word":
        return _before_word(seen, at, part)
    if token.text == "/" and after is not None and after.kind in ("word", "text"):
        return len(after.text) > 1 and after.text.lower() not in STOPS  # 5/day
    if token.text == "*":
        return not token.spaced and (after is None or after.spaced)
    return token.text == "|" or (token.kind == "cmd" and token.text == "}")


def _before_word(seen: list[Token], at: int, part: bool) -> bool:
    token, after = seen[at], seen[at + 1] if at + 1 < len(seen) else None
    word = token.text.lower()
    if not token.spaced and not token.gap:
        return token.text in GLUED
    if word in ("times", "of"):
        if after is None or after.kind in ("nl", "mark", "wall"):
            return True
        return after.kind == "word" and not (part and word == "of") and word + after.text != "timesthe"
    if word in CHANGES or word == "than" or (after is not None and after.text == "than"):
        return False
    if word in MEASURES and after is not None:
        further = seen[at + 2] if after.text == "and" and at + 2 < len(seen) else after
        return further.kind != "num"  # 2 hours and 30 minutes
    if token.gap or len(word) >= 4 or word in ENDS | SHORT | MEASURES or word in ("more", "less", "per", "a", "i"):
        return True
    return len(word) == 3 and not set(word).isdisjoint("aeiouy")


def trailing_unit(seen: list[Token], at: int) -> tuple[str, ...]:
    """The word of a unit right after a formula."""
    if at < len(seen) and seen[at].kind in ("word", "text"):
        word = seen[at].text.strip().lower()
        if word not in STOPS and word not in CHANGES:
            return (word,)
    return ()
