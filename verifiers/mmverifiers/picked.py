"""Options that a response says to be right in other words than "the answer is": "so (C)", "B is correct"."""

from __future__ import annotations

import re

from mmverifiers.stated import TAIL, Candidate

_L = r"[*_\"'`]{{0,3}}\(?(?P<{0}>[A-J])\)?[*_\"'`]{{0,3}}"
"""An option's letter, perhaps in brackets or emphasised; to be given a group's name."""
_PICKED = re.compile(
    r"\b(?i:option|choice|statement|alternative)s?\s+" + _L.format("a") + r"\s+(?:is|seems|would be|must be|appears)\s+"
    r"(?:therefore\s+|thus\s+|the\s+)*(?:correct|right|best|answer|true)"
    r"|(?<![\w(])" + _L.format("b") + r"\s+is\s+"
    r"(?:therefore\s+|thus\s+|the\s+)*(?:only\s+)?(?:correct|right|best|answer)\b"
    r"|\b(?i:I'd|I'll|I'm|we'd|I|we|would|will|must|should|can)\s+(?:therefore\s+)?(?:choose|select|pick|go with"
    r"|going with|opt for|say|conclude|answer)\s+(?:option\s+|choice\s+|answer\s+)?"
    + _L.format("c") + r"(?![\w'’])(?!(?<=A)\s+[a-z])"
    r"|\b(?i:so|therefore|thus|hence|leaving|leaves|which is|matches|corresponds to|it is|it's|it must be"
    r"|must be),?\s+(?:only\s+)?"
    r"(?:(?:the\s+)?(?:option|choice|letter)\s+[*_]{0,3}\(?(?P<d>[A-J])\)?|[*_]{0,3}\((?P<e>[A-J])\))(?![\w'’])"
    r"|\b(?i:only)\s+(?:option\s+|choice\s+)?[*_]{0,3}\(?(?P<g>[A-J])\)?[*_]{0,3}\s+(?:holds|works|remains|fits|is|satisf|matches|can|makes)"
    r"|\b(?i:definitely|clearly|surely|it has to be|it must be|it's"
    r"|letter)\s+[*_]{0,3}\(?(?P<i>[A-J])\)?[*_]{0,3}(?=\s*(?:[.,!;]|$))"
    r"|^\s*(?P<j>[A-J])\s+it\s+is\b"
    r"|\b(?i:leaves|leaving|left with|down to)\s+(?:us with\s+)?(?:only\s+)?[*_]{0,3}\(?(?P<h>[A-J])\)?[*_]{0,3}"
    r"(?=\s*(?:[.,!;]|$|as\b))"
    r"|\b(?i:so|therefore|thus|hence),?\s+(?:it(?:'s| is| must be)\s+)?[*_]{0,3}(?P<f>[A-J])[*_]{0,3}(?=\s*(?:[.!]|$))",
    re.MULTILINE,
)  # fmt: skip
_CAPITAL = re.compile(r"(?<![A-Za-z])[A-J](?![A-Za-z'’])")
_NOT_BEFORE = re.compile(r"\b(?:not|n't|if|whether|suppose|eliminate|rule out|neither|nor)\b[^.\n]*\Z", re.IGNORECASE)


def choices_stated(text: str) -> list[Candidate]:
    """The options that a text says to be right in other words than "the answer is": "so (C)", "B is correct"."""
    found: list[Candidate] = []
    for letter_at in _CAPITAL.finditer(text, max(0, len(text) - TAIL)):
        place = letter_at.start()
        match = _PICKED.search(text, max(place - 60, found[-1].end if found else 0), place + 80)
        if not match or (found and match.start() < found[-1].end):
            continue
        if not _NOT_BEFORE.search(text[max(0, match.start() - 30) : match.start()]):
            letter = next(group for group in match.groups() if group)
            found.append(Candidate(match.start(), match.end(), letter, False))
    return found
