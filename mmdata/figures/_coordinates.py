"""The mathematics of the coordinate grid family: where points may lie, and steps in words."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction

Place = tuple[int, int]
_STEPS = ((3, 4), (6, 8), (5, 12), (0, 1))
"""Ways whose length is a whole number."""


def loose(rng: random.Random, low: int, high: int) -> list[Place]:
    """Four to six points."""
    spots = [(rng.randint(low, high), rng.randint(low, high)) for _ in range(rng.randint(4, 6))]
    return spots if _apart(spots, 2.2) else []


def segments(rng: random.Random, low: int, high: int) -> list[Place]:
    """The ends of two segments, the second of whole length, and one more point."""
    spots = [(rng.randint(low, high), rng.randint(low, high)) for _ in range(5)]
    (p, q), (r, s), (t, u), _, loose = spots
    size, step = rng.randint(3, 14), rng.choices(_STEPS, (1, 4, 9, 4))[0]
    across, up = step if rng.random() < 0.5 else step[::-1]
    if 0 in step:
        across, up = across * size, up * size
    spots[3] = (v, w) = t + rng.choice((-1, 1)) * across, u + rng.choice((-1, 1)) * up
    if p == r or q == s or (p + r) % 2 or (q + s) % 2 or 0 in loose or not (low <= v <= high and low <= w <= high):
        return []
    one, two = between(spots[0], spots[1]), between(spots[2], spots[3])
    far = min(math.dist(m, n) for m in one for n in two)
    return spots if _apart(spots, 3) and far > 1.3 and min(math.dist(m, loose) for m in one + two) > 1.3 else []


def figure(rng: random.Random, low: int, high: int) -> list[Place]:
    """The corners of a triangle, and two points on a line beside it. Nothing, if the numbers drawn do not fit."""
    spots = [(rng.randint(low + 1, high - 1), rng.randint(low + 1, high - 1)) for _ in range(5)]
    (p, q), (r, s), (t, u), d, e = spots
    if d[0] == e[0] or d[1] == e[1]:
        return []
    slope, height = through(d, e)
    if height.denominator > 1 or abs(height) > 8 or slope.denominator > 3 or abs(slope) > 4:
        return []
    above = [float(y - slope * x - height) / math.hypot(1, slope) for x, y in spots[:3]]
    good = min(above) > 1.4 or max(above) < -1.4
    area = abs((r - p) * (u - q) - (t - p) * (s - q)) / 2
    slim = 2 * area / max(math.dist(spots[i], spots[i - 1]) for i in range(3))
    return spots if good and area >= 6 and slim >= 2 and _apart(spots[:3], 4) and _apart(spots, 2.2) else []


def _apart(spots: list[Place], least: float) -> bool:
    return all(math.dist(spots[i], spots[j]) >= least for i in range(len(spots)) for j in range(i))


def between(one: Place, two: Place) -> list[tuple[float, float]]:
    """Points along a segment."""
    return [(one[0] + (two[0] - one[0]) * t / 20, one[1] + (two[1] - one[1]) * t / 20) for t in range(21)]


def through(one: Place, two: Place) -> tuple[Fraction, Fraction]:
    """Slope and y-intercept of the line through two points."""
    slope = Fraction(two[1] - one[1], two[0] - one[0])
    return slope, one[1] - slope * one[0]


def found(line: str, one: Place, two: Place) -> list[str]:
    """Steps to the equation of the line."""
    slope, height = through(one, two)
    told = f"{line} runs through {pair(one)} and {pair(two)}."
    if one[0]:
        return [
            told,
            slope_step(one, two),
            f"Its height at x = 0 is {one[1]} - {put(slope)} × {put(one[0])} = {height}.",
        ]
    return [told, slope_step(one, two), f"At x = 0 it has y = {height}."]


def slope_step(one: Place, two: Place) -> str:
    """The slope between two points, worked out."""
    up, across = f"({two[1]} - {put(one[1])})", f"({two[0]} - {put(one[0])})"
    return f"The slope is {up}/{across} = {Fraction(two[1] - one[1], two[0] - one[0])}."


def middle(one: Place, two: Place) -> list[str]:
    """Steps to the midpoint."""
    return [f"({m} + {put(n)})/2 = {(m + n) // 2}." for m, n in zip(one, two, strict=True)]


def height_at(slope: Fraction, x: int, height: Fraction) -> str:
    """What the equation gives at x."""
    return f"{slope} × {put(x)} + {put(height)}"


def term(slope: Fraction, height: Fraction) -> str:
    """The right side of a line's equation."""
    first = {1: "x", -1: "-x"}.get(int(slope) if slope.denominator == 1 else 0, f"{latex(slope)}x")
    return f"{first} {'-' if height < 0 else '+'} {abs(height)}" if height else first


def latex(value: Fraction) -> str:
    """A fraction as LaTeX writes it."""
    if value.denominator == 1:
        return str(value)
    return f"{'-' if value < 0 else ''}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def put(value: int | Fraction) -> str:
    """A number behind a sign."""
    return f"({value})" if value < 0 or Fraction(value).denominator > 1 else str(value)


def pair(place: Place) -> str:
    """`(3, -4)`."""
    return f"({place[0]}, {place[1]})"


def length(first: str, last: str, one: Place, two: Place) -> tuple[int, list[str]]:
    """How long a segment is, with steps."""
    across, up = abs(one[0] - two[0]), abs(one[1] - two[1])
    size = math.isqrt(across * across + up * up)
    steps = [f"From {first} to {last} it is {across} across and {up} up or down."]
    if across and up:
        steps.append(f"{across}² + {up}² = {size * size} and √{size * size} = {size}.")
    return size, steps


def area(names: Sequence[str], spots: Sequence[Place]) -> tuple[int, list[str]]:
    """Twice a triangle's area, with steps."""
    (a, b, c), ((p, q), (r, s), (t, u)) = names, spots[:3]
    across, up, along, over = r - p, s - q, t - p, u - q
    twice = across * over - along * up
    steps = [f"From {a} to {b} it is {across} in x and {up} in y, from {a} to {c} {along} in x and {over} in y."]
    steps.append(f"{across} × {put(over)} - {put(along)} × {put(up)} = {twice}.")
    return abs(twice), [*steps, f"|{twice}| / 2 = {abs(twice) / 2:g}."]


def far(place: tuple[float, float], one: tuple[float, float], two: tuple[float, float]) -> float:
    """From a place to the line between two others."""
    u, v = two[0] - one[0], two[1] - one[1]
    part = ((place[0] - one[0]) * u + (place[1] - one[1]) * v) / (u * u + v * v or 1)
    part = min(1.0, max(0.0, part))
    return math.dist(place, (one[0] + part * u, one[1] + part * v))
