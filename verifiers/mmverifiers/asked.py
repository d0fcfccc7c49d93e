"""The unit that a question wants its answer in."""

from __future__ import annotations

import re
from functools import lru_cache

from mmverifiers.units import ENGLISH, MONEY, parse_unit

_ASKED = (
    re.compile(r"\bhow (?:many|much) ((?:square |cubic )?[A-Za-z]+(?: per [a-z]+)?)\b", re.IGNORECASE),
    re.compile(r"\(\s*(?:in|unit:?|units:?)\s+([^()]{1,40})\)", re.IGNORECASE),
    re.compile(
        r"\b(?:in|to the nearest|as a|as an|into)\s+"
        r"((?:square |cubic |sq\.? )?[A-Za-z°/²³^µ]+\d?(?: (?:per|squared|cubed)\b ?[a-z]*)?)"
        r"(?=\s*(?:$|[?.,;:)]|(?:and|is|of|does|did|will|that|if|when|to|from|between)\b))",
        re.IGNORECASE,
    ),
)
_LATEX_UNIT = re.compile(r"\$?\s*\\(?:text|mathrm|textrm)\s*\{\s*([^{}]{1,30}?)\s*\}(?:\^\{?([23])\}?)?\s*\$?")


@lru_cache(maxsize=2048)
def asked_unit(question: str) -> str:
    """The known unit in which a question wants its answer ("in metres", "how many dollars"), or "".

    "" also where it names two in such words.
    """
    if len(question) > 10_000:
        return ""
    question = _LATEX_UNIT.sub(r" \1\2 ", question) if "\\" in question else question
    for pattern in _ASKED:
        found = {}
        for match in pattern.finditer(question):
            spelled = match.group(1).strip()
            spelled = re.sub(r"\s+(?:are|is|does|did|do|will|in|of|to|can|per)$", "", spelled)
            unit = parse_unit(spelled)
            if unit and "nearest" in match.group() and any(name in MONEY for name, _ in unit):
                continue  # a precision
            if unit and (len(spelled) > 1 or "(" in match.group()) and spelled.casefold() not in ENGLISH:
                found[unit] = spelled
        if found:
            return found.popitem()[1] if len(found) == 1 else ""
    return "percent" if re.search(r"\bwhat percent(?:age)?\b", question, re.IGNORECASE) else ""
