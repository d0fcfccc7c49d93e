"""What is asked about objects on a ruler, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from where the objects start and end."""
    found = re.findall(r"an? (\w+) that reaches from ([\d.]+) (?:cm|in) to ([\d.]+) (cm|in)", caption)
    unit = found[0][3]
    ends = {kind: (Fraction(start), Fraction(end)) for kind, start, end, _ in found}
    named = [word for word in re.findall(r"[a-z]+", question.replace("brushes", "brushs")) if word.rstrip("s") in ends]
    kinds = [word.rstrip("s") for word in named]
    lengths = [ends[kind][1] - ends[kind][0] for kind in kinds]

    def out(value: Fraction) -> str:
        return f"{float(value):g} {unit}"

    numbers = [Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?", question)]
    side = re.search(r"(left|right) end of", question)
    if choices:
        return "ABCD"[list(choices).index(out(lengths[0]))]
    if re.search(r"left end of .* left end of|left ends of", question):
        return out(abs(ends[kinds[0]][0] - ends[kinds[1]][0]))
    if side:
        return out(ends[kinds[0]][side[1] == "right"])
    if re.match(r"Is|Does|Compare", question):
        limit = numbers[0] if numbers else lengths[1]
        return "yes" if (lengths[0] > limit if re.search("longer|more", question) else lengths[0] < limit) else "no"
    if re.search(r"end to end", question) and numbers:
        return out(numbers[0] * lengths[0])
    if re.search(r"longer|shorter than", question):
        return out(abs(lengths[0] - lengths[1]))
    if len(kinds) == 2:
        return out(lengths[0] + lengths[1])
    return out(lengths[0] - (numbers[0] if numbers else 0))
