"""What makes another question of nearly the same words: a word that turns it, or another name.

Near twins share these as they share their numbers. Both are kept sorted, so that a sentence that moved changes
nothing.
"""

from __future__ import annotations

import re

_SAME = (
    "more greater larger bigger exceeds exceed", "fewer less smaller", "longer", "shorter", "taller higher", "lower",
    "heavier", "lighter", "older", "younger", "faster quicker", "slower", "warmer hotter", "colder cooler",
    "most greatest largest biggest maximum maximal max highest", "least fewest smallest minimum minimal min lowest",
    "longest", "shortest", "tallest", "heaviest", "lightest", "oldest", "youngest", "fastest", "slowest", "nearest "
    "closest", "farthest furthest",
    "increase increases increased increasing rise rises rose rising grow grows grew", "decrease decreases decreased "
    "decreasing fall falls fell falling drop drops dropped decline declines declined", "gain gains gained",
    "lose loses lost", "gives give gave", "owes owe owed", "into", "out",
    "before earlier prior", "after later", "until", "since", "during", "first", "second", "third", "fourth", "fifth",
    "sixth", "last final", "next following", "previous preceding", "noon midday", "midnight", "morning", "evening",
    "night", "am", "pm", "yesterday", "tomorrow",
    "left", "right", "above", "below beneath under", "inside within", "outside", "top uppermost", "bottom", "upper",
    "front", "behind", "north northern", "south southern", "east eastern", "west western", "northeast", "northwest",
    "southeast", "southwest", "inner", "outer",
    "plus add added adding", "minus subtract subtracted", "times multiply multiplied", "divide divided", "sum total",
    "difference", "product", "quotient", "remainder", "average mean", "median", "mode", "range", "variance",
    "ratio", "square", "cube",
    "area", "perimeter circumference", "volume", "radius", "diameter", "height", "width", "length", "depth",
    "horizontal", "vertical", "row rows", "column columns", "odd", "even", "prime", "positive", "negative", "parallel",
    "perpendicular", "acute", "obtuse", "clockwise", "counterclockwise anticlockwise", "interior", "exterior",
    "not no never nor neither none without except cannot isn doesn don didn aren wasn weren won", "true correct",
    "false incorrect wrong untrue", "same equal", "different unequal", "open", "closed", "buys buy bought purchases "
    "purchase purchased", "sells sell sold",
    "seconds second", "minutes minute", "hours hour", "days day", "weeks week", "months month", "years year",
    "cm centimetres centimetre centimeters centimeter", "mm millimetres millimetre millimeters millimeter",
    "m metres metre meters meter", "km kilometres kilometre kilometers kilometer", "feet foot ft", "inches inch",
    "miles mile", "grams gram", "kg kilograms kilogram", "percent %", "degrees", "radians",
    *"red blue green yellow orange purple pink brown black white gray cyan magenta violet".split(),
    *"monday tuesday wednesday thursday friday saturday sunday".split(),
    *"january february march april june july august september october november december".split(),
)  # fmt: skip
_CLASS = {word: each.split()[0] for each in reversed(_SAME) for word in each.split()} | {"grey": "gray"}
_CAPITAL = re.compile(r"(?<![^\W\d_])(?<!\\)[^\W\d_]*[A-Z][^\W\d_]*")
_COMMAND = re.compile(r"\\[A-Za-z]+")
_BEGINS = re.compile(r"(?:^|[.?!:;)\n])[\s\"'“‘(\[*_#>$\\]*$")


def turning(said: str) -> tuple[str, ...]:
    """The words of a canonical text that turn it, sorted, each as often as it is there; of words that mean the same,
    always the same one."""
    return tuple(sorted(_CLASS[word] for word in said.split(" ") if word in _CLASS))


def names(text: str) -> tuple[str, ...] | None:
    """What a text writes with capitals within its sentences (names, labels of points), sorted; None where capitals
    say nothing, because it has no small letters. Takes linear time."""
    if text.upper() == text:
        return None
    text = _COMMAND.sub(lambda found: " " * len(found[0]), text)
    found = {
        each[0].casefold() for each in _CAPITAL.finditer(text)
        if not _BEGINS.search(text, max(0, each.start() - 8), each.start())
    }  # fmt: skip
    return tuple(sorted(found))
