"""What is asked about coordinate grids, answered from the caption alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import dist


def derive(caption: str, question: str, choices: Sequence[str]) -> str:
    """The answer, from the points that the caption gives."""
    points = {n: (int(x), int(y)) for n, x, y in re.findall(r"([A-Z])\((-?\d+), (-?\d+)\)", caption)}
    places = [(int(x), int(y)) for x, y in re.findall(r"\((-?\d+), (-?\d+)\)", question)]
    names = [n for n in re.findall(r"\b[A-Z]\b", question) if n in points]
    (x, y) = points[names[0]] if names else (0, 0)
    if line := re.search(r"line (\w) runs through (\w) and (\w)", caption):
        (p, q), (r, s) = points[line[2]], points[line[3]]
        slope = Fraction(s - q, r - p)
        height = q - slope * p
        if places:
            return "yes" if slope * places[0][0] + height == places[0][1] else "no"
        if "equation" in question:
            return f"y = {_tex(slope)}x + {height}"
        if at := re.search(r"x (?:=|is) (-?\d+)", question):
            return str(slope * int(at[1]) + height)
    if choices:
        return "ABCD"[choices.index({(1, 1): "I", (0, 1): "II", (0, 0): "III", (1, 0): "IV"}[x > 0, y > 0])]
    if re.search("right|high", question):
        axis = 0 if "right" in question else 1
        return "yes" if points[names[0]][axis] > points[names[1]][axis] else "no"
    if "parallelogram" in question:
        a, b, c = (points[n] for n in re.findall(r"[A-Z]{4}", question)[0][:3])
        return str((a[0] + c[0] - b[0], a[1] + c[1] - b[1]))
    if "area" in question:
        a, b, c = (points[n] for n in re.findall(r"[A-Z]{3}", question)[0])
        return f"{abs(a[0] * (b[1] - c[1]) + b[0] * (c[1] - a[1]) + c[0] * (a[1] - b[1])) / 2:g}"
    if segment := re.search(r"segment (\w)(\w)", question):
        one, two = points[segment[1]], points[segment[2]]
        middle = (Fraction(one[0] + two[0], 2), Fraction(one[1] + two[1], 2))
        if places:
            return "yes" if places[0] == middle else "no"
        if "midpoint" in question:
            return f"({middle[0]}, {middle[1]})"
        return _tex(Fraction(two[1] - one[1], two[0] - one[0])) if "slope" in question else f"{dist(one, two):g}"
    if places:
        return next(n for n, place in points.items() if place == places[0])
    if "reflected" in question:
        return str((x, -y) if "x-axis" in question else (-x, y))
    return str(x if "x-coordinate" in question else y if "y-coordinate" in question else (x, y))


def _tex(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
