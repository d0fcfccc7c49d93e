"""What is asked about thermometers, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the temperatures that the caption names."""
    shown = caption.split(". ")[0]
    found = re.findall(r"(-?[\d.]+) °[CF]((?: on| in|,|\.|$)(?: thermometer| the)?(?: (\w+))?)?", shown)
    values = {name: Fraction(value) for value, _, name in found}
    unit = re.search(r"°[CF]", caption)
    assert unit

    def out(value: Fraction) -> str:
        return f"{float(value):g}"

    if choices:
        return "ABCD"[list(choices).index(f"{out(next(iter(values.values())))} {unit[0]}")]
    rank = sorted(values, key=lambda name: values[name])
    if re.match(r"List|Put", question):
        return ", ".join(rank if "from coldest" in question else reversed(rank))
    if re.match(r"Which|Of the", question):
        if re.search("neither|middle", question):
            return rank[1]
        return rank[-1 if re.search("warmest|highest", question) else 0]
    named = [word for word in re.findall(r"\w+", question) if word in values] or [""]
    one, two = values[named[0]], values[named[-1]]
    numbers = [Fraction(n) for n in re.findall(r"-?\d+(?:\.\d+)?", question)]
    if re.match(r"Is|Does", question):
        limit = numbers[0] if numbers else two
        return "yes" if (one > limit if re.search("warmer|higher", question) else one < limit) else "no"
    if "average" in question or "mean of" in question:
        return f"{out((one + two) / 2)} {unit[0]}"
    if len(numbers) == 2:
        return out(abs(one + numbers[0] - two + numbers[1]))
    if "reach" in question or "until" in question:
        return out(abs(one - numbers[0]))
    if numbers:
        return f"{out(one + numbers[0] if 'rises' in question else one - numbers[0])} {unit[0]}"
    if len(named) == 2:
        return out(abs(one - two))
    return f"{out(one)} {unit[0]}"
