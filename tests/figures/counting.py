"""What is asked about scenes of shapes, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, by counting what the caption names."""
    things = [(int(n), c, s) for n, c, s in re.findall(r"(\d+) (\w+) (circle|square|triangle|star)s?\b", caption)]

    def count(word: str) -> int:
        return sum(n for n, color, shape in things if word in (color, shape))

    colors = re.findall(r"\b(?:red|blue|green|yellow|purple|orange|black|gray)\b", question)
    shapes = re.findall(r"\b(?:circle|square|triangle|star)", question)
    if choices:
        return "ABCD"[max(range(len(choices)), key=lambda i: count(choices[i]))]
    if colors and shapes:
        return "yes" if any((colors[0], shapes[0]) == (c, s) for _, c, s in things) else "no"
    if re.match(r"Are there more|Do ", question):
        return "yes" if count(colors[0]) > count(colors[1]) else "no"
    if len(colors) == 2:
        one, two = count(colors[0]), count(colors[1])
        return str(one - two if re.search("more|outnumber", question) else one + two)
    return str(count((colors + shapes)[0]) if colors or shapes else sum(n for n, _, _ in things))
