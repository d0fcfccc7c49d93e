"""A number line with named points: what it says and how it looks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas
from mmdata.figures._instruments import GROUNDS, INKS

_COLORS = ("#c62828", "#1f5fd0", "#1b7f3b", "#8e3fbf", "#b8480b", "#111111", "#00707f", "#a01a6b")
_NAMES = ("ABCDE", "ABCDE", "PQRST", "KLMNR", "UVWXY", "EFGHJ")
_FINE = {
    "1/10": ((10, 5), (10, 10), (15, 5), (20, 5), (20, 10)), "1/5": ((10, 5), (10, 10), (15, 5), (20, 5)),
    "1/2": ((10, 10), (12, 4), (16, 4), (18, 6), (20, 10)), "1/4": ((12, 4), (16, 4), (20, 4), (16, 8)),
    "1/20": ((10, 10), (20, 10), (10, 5), (16, 4)), "3/10": ((10, 10), (15, 5), (20, 10)), "2/5": ((15, 5), (20, 5)),
}  # fmt: skip
"""Steps shown as decimals: how many ticks a line may have, and from label to label."""
_LABELLED = {
    1: "each of them", 2: "every second", 3: "every third", 4: "every fourth", 5: "every fifth", 6: "every sixth",
    7: "every seventh", 8: "every eighth", 10: "every tenth",
}  # fmt: skip
_SPLIT = {2: (4, 8), 3: (3, 6), 4: (3, 5), 5: (2, 4), 6: (2, 3), 7: (2, 2), 8: (2, 2)}
"""By denominator of a step shown as a fraction: how many whole numbers the line may span."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One line; places on it are counted in ticks from its left end."""

    level: int
    step: tuple[int, int]
    """Numerator and denominator of what lies between two ticks."""
    low: int
    """Value of the left end, in steps."""
    ticks: int
    """How many steps the line has."""
    every: int
    """From label to label, in ticks."""
    decimal: bool
    points: tuple[tuple[str, int], ...]
    """Names and ticks, by name."""
    width: int
    height: int
    margin: int
    line: int
    """Pixels from the top."""
    shape: str
    color: str
    size: float
    stroke: float
    tick: int
    ground: str
    ink: str
    arrows: bool

    def at(self, tick: int) -> Fraction:
        """The number at a tick."""
        return (self.low + tick) * Fraction(*self.step)

    def say(self, value: Fraction) -> str:
        """A number as this line writes it."""
        return f"{float(value):g}" if self.decimal else str(value)

    def part(self, value: Fraction) -> str:
        """The number inside a sum: negative ones in brackets."""
        return f"({self.say(value)})" if value < 0 else self.say(value)


def page(rng: random.Random, level: int) -> Scene:
    """A line with three to five points on its ticks."""
    decimal, step = False, Fraction(1)
    width, margin = rng.randint(540, 640), rng.randint(34, 44)
    if level < 3:
        step = Fraction(rng.choice((1, 2, 3, 4, 5, 10, 20, 25, 50) if level == 1 else (1, 2, 3, 4, 5, 10, 20)))
        ticks = rng.choice((8, 10, 12, 15, 16)) if level == 1 else rng.choice((12, 15, 16, 18, 20))
        fits = [n for n in range(1, 7) if ticks % n == 0 and (width - 2 * margin) / ticks * n >= 50]
        every = rng.choice(fits[: level + 1])
        low = rng.choice((0, 0, every, 2 * every, 10)) if level == 1 else -every * rng.randint(1, ticks // every - 1)
    elif rng.random() < 0.5:
        fine = rng.choice(list(_FINE))
        decimal, step = True, Fraction(fine)
        ticks, every = rng.choice(_FINE[fine])
        low = every * rng.randint(-4, 3)
    else:
        bottom = rng.choice(list(_SPLIT))
        step, span = Fraction(1, bottom), rng.randint(*_SPLIT[bottom])
        ticks, every, low = bottom * span, bottom, bottom * rng.randint(-4, 2)
    names = rng.choice(_NAMES)[: rng.randint(3, 4) if level == 1 else rng.randint(4, 5)]
    places = rng.sample(range(ticks + 1), len(names))
    return Scene(
        level=level, step=(step.numerator, step.denominator), low=low, ticks=ticks, every=every, decimal=decimal,
        points=tuple(zip(names, places, strict=True)), width=width, height=rng.randint(200, 216), margin=margin,
        line=rng.randint(108, 124), shape=rng.choice(("dot", "ring", "diamond", "arrow")),
        color=rng.choice(_COLORS), size=rng.choice((14, 14.5, 15, 15.5, 16)),
        stroke=rng.choice((1.5, 2, 2.5)), tick=rng.randint(6, 9), ground=rng.choice(GROUNDS), ink=rng.choice(INKS),
        arrows=rng.random() < 0.6,
    )  # fmt: skip


def told(scene: Scene) -> str:
    """The line in words."""
    s = scene
    points = [f"{name} is at {s.say(s.at(tick))}" for name, tick in s.points]
    return (
        f"A number line from {s.say(s.at(0))} to {s.say(s.at(s.ticks))} with a tick every {s.say(Fraction(*s.step))}, "
        f"{_LABELLED[s.every]} labelled. Point {', point '.join(points)}."
    )


def draw(scene: Scene) -> Drawing:
    """The line with its labels below and its points' names above."""
    s, y, left = scene, scene.line, scene.margin
    canvas = Canvas(s.width, s.height, s.ground)
    wide = (s.width - 2 * left) / s.ticks
    for side, end in ((-1, left), (1, s.width - left)) if s.arrows else ():
        canvas.arrow((s.width / 2, y), (end + side * 24, y), s.ink, s.stroke, 10)
    canvas.line([(left, y), (s.width - left, y)], s.ink, s.stroke)
    for tick in range(s.ticks + 1):
        x, labelled = left + tick * wide, tick % s.every == 0
        half = s.tick + (4 if labelled and s.every > 1 else 0)
        canvas.line([(x, y - half), (x, y + half)], s.ink, s.stroke if labelled else 1.5)
        if labelled:
            canvas.text((x, y + half + 15), s.say(s.at(tick)).replace("-", "−"), s.size, s.ink)
    color = s.color
    for name, tick in s.points:
        x = left + tick * wide
        if s.shape == "arrow":
            canvas.arrow((x, y - 42), (x, y - 3), color, 2.5, 11)
        elif s.shape == "diamond":
            canvas.polygon([(x - 7, y), (x, y - 8), (x + 7, y), (x, y + 8)], fill=color)
        else:
            canvas.circle((x, y), 6, color if s.shape == "dot" else s.ground, color, 2.5)
        canvas.text((x, y - (55 if s.shape == "arrow" else 30)), name, s.size + 2, color, bold=True)
    return canvas.done()
