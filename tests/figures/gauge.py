"""What is asked about beakers, speedometers and scales, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

NUMBER = r"(\d+(?:\.\d+)?)"


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the readings that the caption names."""
    kinds = r"(?:beaker|speedometer|scale)"
    found = re.findall(rf"(?i:{kinds}) ?([AB]?) has marks up to {NUMBER}.*? shows {NUMBER} (\S+)", caption)
    unit = found[0][3].rstrip(".")
    tops = {name: Fraction(top) for name, top, _, _ in found}
    values = {name: Fraction(value) for name, _, value, _ in found}
    told = re.findall(r"(?:[Bb]eaker|[Ss]peedometer|[Ss]cale) ([AB])\b", question) or list(values)
    one, two = values[told[0]], values[told[-1]]
    numbers = [Fraction(n) for n in re.findall(NUMBER, question)]

    def out(value: Fraction, what: str = unit) -> str:
        return f"{float(value):.10g} {what}"

    if choices:
        return "ABCD"[list(choices).index(out(one))]
    if re.match(r"Is|Does", question):
        bound = numbers[0] if numbers else two
        return "yes" if (one > bound if re.search("more|higher|larger", question) else one < bound) else "no"
    if re.search("average|halfway", question):
        return out((one + two) / 2)
    if len(numbers) == 2:
        return out(abs(one + numbers[0] - two + numbers[1]))
    if re.search("(?:top|last) mark", question):
        return out(tops[told[0]] - one)
    if "hours" in question:
        return out(one * numbers[0], "km" if "kilometers" in question else "miles")
    if re.search("such|loads", question):
        return out(one * numbers[0])
    if numbers:
        down = re.search("out|falls|lower|off|removed", question)
        return out(one - numbers[0] if down else one + numbers[0])
    return out(abs(one - two) if len(told) == 2 else one)
