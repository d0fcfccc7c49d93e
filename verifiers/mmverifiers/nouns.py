"""What is counted rather than measured: `3 red apples` has the unit `word apple`."""

from __future__ import annotations

import re

from mmverifiers.units import Unit, parse_unit

_WORDS = re.compile(r"[A-Za-z]+(?:[ '-][A-Za-z]+){0,5}")
_AFTER = re.compile(
    r"\s+(?:of|in|per|for|on|from|at|each|every|left|remaining|total|altogether|tall|long|wide|high|deep|old|away|apart"
    r"|who|that|which|were|are|is|with)\b.*"
)
_NEVER = frozenset(
    "or and to more less fewer than times plus minus over mod modulo base remainder million thousand hundred billion "
    "trillion dozen half halves third thirds quarter quarters point squared cubed factorial pi sqrt root sin cos tan "
    "log ln exp if when but except not no maybe perhaps approximately about st nd rd th pm am infinity divided "
    "multiplied only through until nor between either both versus vs choose percent mixed tenths hundredths e i x y z "
    "n k because since so as".split()
)
"""A text with one of these words is no noun: they make another number of the one before them, or a second answer."""
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "teeth": "tooth",
}
_ALIKE = (
    {"degree", "degree_Celsius"},
    {"degree", "degree_Fahrenheit"},
    {"coulomb", "degree_Celsius"},
    {"farad", "degree_Fahrenheit"},
    {"pound", "GBP"},
)


def noun(text: str) -> Unit | None:
    """The unit `word <noun>` for what is counted: the last word before "of", "in", "left", …, in the singular."""
    if not _WORDS.fullmatch(text) or len(text) < 3:
        return None
    words = text.casefold().split()
    if _NEVER.intersection(re.split(r"[ '-]", text.casefold())) or any(len(word) < 2 for word in words[:1]):
        return None
    if words[0].endswith("s") and parse_unit(words[0]):
        return None  # "degrees north": a unit, and something that is not
    head = _AFTER.sub("", text.casefold()).split()
    if not head:
        return None
    last = _singular(head[-1])
    return (("word square unit" if last == "unit" and head[0] == "square" else "word " + last, 1),)


def is_noun(unit: Unit) -> bool:
    """Is it something counted, not a known unit?"""
    return any(name.startswith("word ") for name, _ in unit)


def alike(left: Unit, right: Unit) -> bool:
    """Do two spellings leave open that they are the same unit? Bare degrees may be of temperature, `C` and `F` too;
    pounds may be money; "units" may be any."""
    names = [unit[0][0] for unit in (left, right) if len(unit) == 1 and unit[0][1] == 1]
    if "word unit" in names or ("word square unit" in names and any(power == 2 for _, power in left + right)):
        return True
    return len(names) == 2 and any(set(names) == set(pair) for pair in _ALIKE)


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word
