"""What is asked about pie charts, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the percentages of the slices."""
    listed = re.findall(r"(\w+) (\?|\d+%)[,.]", caption.split(" The question")[0])
    shares = {name: int(value[:-1]) for name, value in listed if value != "?"}
    hidden = next((name for name, value in listed if value == "?"), "")
    if hidden:
        shares[hidden] = 100 - sum(shares.values())
    total = int((re.search(r"shares of (\d+)", caption) or [0, 0])[1])
    spots = {name: found.start() for name in shares if (found := re.search(rf"\b{name}\b", question))}
    named = sorted(spots, key=lambda name: spots[name])
    values = [shares[name] for name in named]
    up = sorted(shares, key=lambda name: shares[name])
    if choices:
        share = int(re.findall(r"(\d+)%", question)[0])
        return "ABCD"[[shares[choice] for choice in choices].index(share)]
    if limit := re.search(r"(more|less) than (\d+)%", question):
        found = [n for n in shares if (shares[n] > int(limit[2]) if limit[1] == "more" else shares[n] < int(limit[2]))]
        return str(len(found)) if re.search("How many|Count", question) else ", ".join(found)
    if re.match("Order|Sort", question):
        return ", ".join(sorted(named, key=lambda name: shares[name], reverse="largest to" in question))
    if re.match("Is|Do", question):
        if len(values) == 2:
            return "yes" if (values[0] > values[1]) == ("larger" in question) else "no"
        return "yes" if values[0] + values[1] > values[2] + values[-1] else "no"
    if place := re.search("(second |third |)(largest|smallest)", question):
        nth = ["", "second ", "third "].index(place[1])
        return (up[::-1] if place[2] == "largest" else up)[nth]
    if re.search("question mark|missing|does not tell", question):
        return f"{shares[hidden]}%"
    if re.search("percentage points", question):
        return str(abs(values[0] - values[1]))
    if re.search("neither|left without", question):
        return f"{100 - sum(values)}%"
    if re.search("fraction", question):
        part = Fraction(sum(values), 100)
        return f"\\frac{{{part.numerator}}}{{{part.denominator}}}"
    if "angle" in question:
        return f"{values[0] * 3.6:.4g}"
    if part_ := re.search(r"same.*?(\d+)", question):
        return str(int(part_[1]) * 100 // values[0])
    if re.search("[Pp]ercent|combined", question):
        return f"{sum(values)}%"
    if re.search("more|exceed", question):
        return str(total * (values[0] - values[1]) // 100)
    return str(total * values[0] // 100)
