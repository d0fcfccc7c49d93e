"""Kind `choice`: one option out of at most ten, given as its letter, as its text, or as both."""

from __future__ import annotations

import re

from mmverifiers.text import normalise, plain
from mmverifiers.verdict import Verdict, ruling

LETTERS = "ABCDEFGHIJ"
"""A letter's place is its option's place."""

_LETTER = r"[(\[]?\s*([A-Ja-j])\s*[)\]]?"
_PREFIX = r"(?i:(?:the\s+)?(?:correct\s+|final\s+)?(?:answer|option|choice)\s*(?:is|:)?\s*(?:option\s+|choice\s+)?)"
_ALONE = re.compile(rf"{_PREFIX}?{_LETTER}\s*[.:,]?", re.IGNORECASE)
_LABELLED = re.compile(
    rf"{_PREFIX}?(?:[(\[]\s*([A-J])\s*[)\]]\s*[:.,-]?|(?<![A-Za-z])([A-J])\s*(?:[).:,]|\s[-–—]))\s*(\S.*)",
    re.DOTALL,
)
_SEVERAL = re.compile(
    rf"{_PREFIX}?(?:both\s+|either\s+)?{_LETTER}(?:\s*(?:,|;|/|&|\band\b|\bor\b)+\s*(?:or\s+|and\s+)?{_LETTER})+\.?",
    re.IGNORECASE,
)
_OTHER_LETTER = re.compile(r"(?<![A-Za-z])(?:\(([A-J])\)|([B-HJ]))(?![A-Za-z'’])")
_NEGATED = re.compile(r"\b(?:wrong|incorrect|not|false|isn't|cannot)\b", re.IGNORECASE)


def gold_letter(gold: str, choices: tuple[str, ...] = ()) -> str | None:
    r"""The letter, upper-case, of a gold such as `B`, `(B)` or `\text{(B)}`; None where it names no option."""
    found = re.fullmatch(rf"{_LETTER}\.?", plain(gold))
    if not found:
        return None
    letter = found.group(1).upper()
    return letter if not choices or LETTERS.index(letter) < len(choices) else None


def fast(answer: str, gold: str, choices: tuple[str, ...] = (), question: str = "") -> Verdict:
    """Judge an extracted answer; always decides.

    `gold_unverifiable` where the gold names no option; `parse_failed` where the answer names none;
    `ambiguous` where it names two, or a letter and another option's text, or is a letter that is also another
    option's whole text.
    """
    want = gold_letter(gold, choices)
    if want is None or len(choices) > len(LETTERS):
        return ruling("gold_unverifiable", extracted=answer, method="choice", kind="choice")
    named = read_choice(answer, choices)
    if len(named) == 1:
        reason = "ok" if want in named else "wrong_answer"
    else:
        reason = "ambiguous" if named else "parse_failed"
    return ruling(reason, extracted=answer, method="choice", kind="choice")


def read_choice(answer: str, choices: tuple[str, ...] = ()) -> set[str]:
    """The letters of the options that an answer names: none, one, or several where it cannot be told which.

    A letter counts only where it stands alone or is set off by a bracket or punctuation: never the article in
    "A triangle", never the first letter of a word.
    """
    answer = plain(answer.strip().strip("*_\"'`").strip())
    if len(answer) > 2000:
        return set()
    letters = LETTERS[: len(choices)] if choices else LETTERS
    texts = _by_text(answer, choices)
    if alone := _ALONE.fullmatch(answer):
        letter = alone.group(1).upper()
        return texts | {letter}
    if texts:
        return texts
    if _SEVERAL.fullmatch(answer):
        return {letter.upper() for letter in re.findall(r"(?<![A-Za-z])[A-Ja-j](?![A-Za-z])", answer)}
    labelled = _LABELLED.fullmatch(answer)
    if not labelled:
        return set()
    letter, rest = labelled.group(1) or labelled.group(2), labelled.group(3)
    texts = _by_text(rest, choices)
    if texts:
        return {letter} if letter in texts else texts | {letter}
    others = {a or b for a, b in _OTHER_LETTER.findall(rest)} & set(letters)
    if others - {letter}:
        return others | {letter}
    return set() if _NEGATED.search(rest) else {letter}


def _by_text(answer: str, choices: tuple[str, ...]) -> set[str]:
    """Letters of the options with this text. One-letter texts must match in case too."""
    options = list(zip(LETTERS, map(str.strip, choices), strict=False))
    if len(answer.strip()) == 1:
        return {letter for letter, text in options if text == answer.strip()}
    exact = {letter for letter, text in options if text.casefold() == answer.strip().casefold()}
    form = normalise(answer)
    return exact or {letter for letter, text in options if len(text) > 1 and normalise(text) == form}
