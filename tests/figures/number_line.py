"""What is asked about number lines, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

NUMBER = r"-?\d+(?:[./]\d+)?"


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the points' numbers."""
    points = {name: Fraction(value) for name, value in re.findall(rf"oint ([A-Z]) is at ({NUMBER})", caption)}
    names = re.findall(r"\b[A-Z]\b", question)
    values = [points[name] for name in names if name in points]
    numbers = [Fraction(n) for n in re.findall(NUMBER, question)]

    def shown(value: Fraction) -> str:
        return str(value)

    if choices:
        low, high = sorted(values)
        return "ABCD"[next(i for i, choice in enumerate(choices) if low < Fraction(choice) < high)]
    if re.search("tick to", question) or "one tick" in question:
        return shown(Fraction(re.findall(rf"tick every ({NUMBER})", caption)[0]))
    if re.match("Order|List", question):
        if numbers:
            return ", ".join(sorted(points, key=lambda name: abs(points[name] - numbers[0])))
        return ", ".join(sorted(points, key=lambda name: points[name], reverse="greatest" in question))
    if re.search("farther away|farther from", question):
        return "yes" if abs(values[0] - values[1]) > abs(values[0] - values[2]) else "no"
    if found := re.search("greater|less", question):
        return "yes" if (values[0] > values[1]) == (found[0] == "greater") else "no"
    if moves := re.findall(rf"({NUMBER}) to the (left|right)", question):
        return shown(values[0] + sum(Fraction(n) * (1 if side == "right" else -1) for n, side in moves))
    if numbers:
        return min(points, key=lambda name: abs(points[name] - numbers[0]))
    if "mirror" in question:
        return shown(2 * values[1] - values[0])
    if "and which" in question:
        return shown(2 * values[0] - values[1])
    if len(values) == 2:
        return shown(sum(values) / 2 if re.search("halfway|midpoint", question) else abs(values[0] - values[1]))
    return shown(values[0])
