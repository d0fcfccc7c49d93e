"""What is asked about dice, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

NAMES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the numbers of each color."""
    dice: dict[str, list[int]] = {
        color: [int(n) for n in re.findall(r"\d", numbers)]
        for color, numbers in re.findall(r"The (\w+) (?:die shows|dice show) ([^.]+)\.", caption)
    }
    everything = sorted(n for numbers in dice.values() for n in numbers)
    colors = [word for word in re.findall(r"\w+", question) if word in dice]
    sums = [sum(dice[color]) for color in colors]
    if choices:
        counts = [sum(dice.get(choice, [])) for choice in choices]
        best = max(counts) if "the most" in question else min(counts)
        assert counts.count(best) == 1
        return "ABCD"[counts.index(best)]
    if named := re.search(r"\ba (one|two|three|four|five|six)\b", question):
        return "yes" if NAMES[named[1]] in everything else "no"
    if parity := re.search(r"^Is the .* (even|odd)\?", question):
        return "yes" if sum(everything) % 2 == ("even", "odd").index(parity[1]) else "no"
    if kind := re.search(r"an (even|odd) number", question):
        return str(sum(n % 2 == ("even", "odd").index(kind[1]) for n in everything))
    if bound := re.search(r"(greater|less) than (\d)", question):
        limit = int(bound[2])
        return str(sum(n > limit if bound[1] == "greater" else n < limit for n in everything))
    if "smallest" in question:
        order = everything if "from smallest" in question else everything[::-1]
        return ", ".join(map(str, order))
    if "highest" in question:
        low, high = everything[0], everything[-1]
        return str(high * low if "product" in question else high + low if "sum" in question else high - low)
    if "pposite" in question:
        return str(sum(7 - n for n in dice[colors[0]]))
    if len(colors) == 2:
        return str(sums[0] - sums[1])
    if "not" in question or "Leave out" in question:
        return str(sum(everything) - sums[0])
    return str(sums[0] if colors else sum(everything))
