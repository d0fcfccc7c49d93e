"""Letters and texts of options: finding them in questions and in answers."""

from __future__ import annotations

import re
from functools import lru_cache

from mmverifiers.words import normalise

LETTERS = "ABCDEFGHIJ"
"""A letter's place is its option's place."""

_WRAPPER = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mbox|bf|rm|textsf)\s*\{([^{}]*)\}")
_SPACES = re.compile(r"\\(?:[ ,;:!~]|q?quad(?![A-Za-z]))|~")
_SEVERAL = re.compile(
    r"(?:both\s+|either\s+|all of\s+)?[(\[]?([A-Ja-j])[)\]]?(?:\s*(?:,|;|/|&|\+|\band\b|\bor\b)\s*(?:(?:and"
    r"|or)\s+)?(?:option\s+)?[(\[]?[A-Ja-j][)\]]?)+\s*\.?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"[*_]{0,2}(?:[(\[（]\s*([A-Ja-j])\s*[)\]）][*_]{0,2}\s*[:.,：-]?|([A-J])[*_]{0,2}\s*(?:[).:,：、)]|\s[-–—]))[*_]{0,2}\s*(\S.*)",
    re.DOTALL,
)
_LOOSE_LABEL = re.compile(r"([A-J])\s+(\S.*)", re.DOTALL)
_OPTION = re.compile(
    r"(?:(?<=[\s(,;])|^)(?:\\(?:textbf|text|mathrm|mathbf)\s*\{\s*\(?|\(|\*\*\(?)?(?P<letter>[A-J])(?:\)\s*\}|\s*\}\s*\)?|[.):：、]\**|\*\*[.:)]?)[\s~\\]+",
    re.MULTILINE,
)


def tidy(text: str) -> str:
    r"""An answer without `\text{…}` wrappers, spacing commands, dollar signs around formulas and outer emphasis."""
    if "\\" in text:
        for _ in range(2):
            text = _WRAPPER.sub(r"\1", text)
        text = _SPACES.sub(" ", text).replace("\\(", "").replace("\\)", "")
    text = text.strip().strip("*_\"'`“”‘’").strip()
    if text.startswith("$") and text.endswith("$") and len(text) > 2:
        text = text[1:-1].strip()
    return text


@lru_cache(maxsize=1024)
def options_in(question: str) -> tuple[str, ...]:
    """The options that a question lists as `(A) …`, `A. …`, `A) …` or `\\textbf{(A)} …`, from A on without a gap; empty
    where there are not at least two."""
    marks: list[re.Match[str]] = []
    for mark in _OPTION.finditer(question[-8000:]):
        if mark["letter"] == LETTERS[len(marks)] if len(marks) < len(LETTERS) else False:
            marks.append(mark)
    if len(marks) < 2:
        return ()
    tail = question[-8000:]
    ends = [mark.start() for mark in marks[1:]] + [len(tail)]
    texts = [tail[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    texts[-1] = texts[-1].split("\n")[0]
    return tuple(_SPACES.sub(" ", text).strip().strip("$,; ").strip() for text in texts)


def unlabelled(choices: tuple[str, ...]) -> tuple[str, ...]:
    """The options without the letters that some sets write before them (`A. a lake`); only where all have theirs."""
    labels = [label(choice.strip()) for choice in choices]
    if all(found and found[0] == letter for found, letter in zip(labels, LETTERS, strict=False)):
        return tuple(found[1] for found in labels if found)
    return choices


def by_text(answer: str, choices: tuple[str, ...]) -> set[str]:
    """Letters of the options with this text. One-letter texts must match in case too."""
    if not choices:
        return set()
    options = list(zip(LETTERS, map(str.strip, choices), strict=False))
    answer = answer.strip()
    if len(answer) == 2 and answer[1] in ".,!":
        answer = answer[0]
    if len(answer) == 1:
        return {letter for letter, text in options if text == answer}
    exact = {letter for letter, text in options if text.casefold() == answer.casefold()}
    form = _form(answer)
    return exact or {letter for letter, text in options if len(text) > 1 and form and _form(text) == form}


def label(text: str) -> tuple[str, str] | None:
    """(letter, rest) of `C. rest`, `(C) rest`, `C: rest`, `C - rest`; None where no letter is set off."""
    found = _LABEL.fullmatch(text)
    return ((found.group(1) or found.group(2)).upper(), found.group(3).strip()) if found else None


def letters_listed(text: str, either: bool = True) -> frozenset[str] | None:
    """The letters of a text that is nothing but letters: `A, C`, `both B and D`, with `either` also `B or C`."""
    if not _SEVERAL.fullmatch(text) or (not either and re.search(r"\bor\b|/", text)):
        return None
    return frozenset(letter.upper() for letter in re.findall(r"(?<![A-Za-z])[A-Ja-j](?![A-Za-z])", text))


def mentioned(text: str, choices: tuple[str, ...]) -> set[str]:
    """Letters of the options whose texts stand in a text as whole words; one inside a longer one that stands there too
    does not count. Numbers and single letters are never looked for."""
    words = f" {_spaced(text)} "
    found: dict[str, str] = {}
    for letter, option in zip(LETTERS, choices, strict=False):
        form = _spaced(option)
        if len(form) > 2 and any(c.isalpha() for c in form) and f" {form} " in words:
            found[letter] = form
    if letter_text := _LOOSE_LABEL.fullmatch(text):
        form = _spaced(letter_text.group(2))
        if found.get(letter_text.group(1)) == form:
            return {letter_text.group(1)}
    return {
        letter
        for letter, form in found.items()
        if not any(form != other and f" {form} " in f" {other} " for other in found.values())
    }


@lru_cache(maxsize=8192)
def _form(text: str) -> str:
    return normalise("".join(_WRAPPER.sub(r"\1", text).replace("$", "").split("\\ ")))


def _spaced(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+(?:[.'’/-][^\W_]+)*|[-+]?\d+", normalise(_WRAPPER.sub(r"\1", text))))
