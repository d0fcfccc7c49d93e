"""What the instruments share: grounds, numbers as texts, fair rows of options, a round dial."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from mmdata.figures._canvas import Canvas, Point, text_size

GROUNDS = ("#ffffff", "#f6f3ea", "#ecf3f8", "#f4eef7", "#eef5ec", "#fbf1ea", "#f0f1f4", "#fdf8e8")
"""Tints for the ground of a picture."""
INKS = ("#111111", "#1b2a49", "#3b2a20", "#24402a", "#333333")
"""Dark colours for scales and letters."""


def tidy(value: float) -> str:
    """The number without needless zeros."""
    return f"{round(value, 6) + 0.0:g}" if abs(value) < 1e5 else str(round(value))


def bracket(value: float) -> str:
    """The number, in brackets if it is negative."""
    return f"({tidy(value)})" if value < 0 else tidy(value)


def near(value: int, step: int, rng: random.Random, least: int | None = None) -> tuple[list[int], str]:
    """Four values one step apart, none below `least`, `value` among them at any rank, in random order; its letter."""
    below = 3 if least is None else min(3, (value - least) // step)
    first = value - step * rng.randint(0, below)
    shown = [first + step * i for i in range(4)]
    rng.shuffle(shown)
    return shown, "ABCD"[shown.index(value)]


def compared(one: float, two: float) -> str:
    """`3 > 2`, whichever sign is right."""
    return f"{tidy(one)} {'<' if one < two else '>' if one > two else '='} {tidy(two)}"


def added(one: float, two: float) -> str:
    """`3 + (-2) = 1`."""
    return f"{tidy(one)} + {bracket(two)} = {tidy(one + two)}"


def taken(one: float, two: float) -> str:
    """`3 - (-2) = 5`."""
    return f"{tidy(one)} - {bracket(two)} = {tidy(one - two)}"


def put(rng: random.Random, words: Sequence[str], *parts: object) -> str:
    """One of several wordings, filled in."""
    return rng.choice(words).format(*parts)


@dataclass(frozen=True, kw_only=True)
class Dial:
    """A round scale with a needle: whole numbers of some small unit."""

    top: int
    """The scale runs from 0 to here."""
    minor: int
    """From mark to mark."""
    major: int
    """From label to label."""
    start: int
    """Where 0 is: degrees clockwise from three o'clock."""
    sweep: int
    """Degrees from 0 to the top, clockwise."""

    def angle(self, value: float) -> float:
        """Where a value is, in degrees."""
        return self.start + self.sweep * value / self.top


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a dial looks."""

    face: str
    ink: str
    rim: str
    needle: str
    thick: float
    """Of the needle."""
    size: float
    """Of the labels."""
    tapered: bool


LOOKS = (
    ("#ffffff", "#111111", "#555555"), ("#fffdf3", "#3b2a20", "#8a6d3b"), ("#f6f9fc", "#1b2a49", "#1b2a49"),
    ("#1f2a36", "#f4f4f4", "#9aa5b1"), ("#222222", "#f4f4f4", "#8a8a8a"), ("#fff6ea", "#111111", "#b5532a"),
    ("#f2f7ef", "#24402a", "#4d7a55"),
)  # fmt: skip
"""Colours of face, ink and rim that go together; dark faces have light ink."""


def style(rng: random.Random) -> Style:
    """A look at random."""
    face, ink, rim = rng.choice(LOOKS)
    needle = rng.choice(("#ff5a3c", "#ffb454", "#5ac8fa") if ink == "#f4f4f4" else ("#c81e1e", "#1f5fd0", "#d9480f"))
    return Style(
        face=face, ink=ink, rim=rim, needle=needle, thick=rng.choice((2.5, 3, 3.5, 4)),
        size=rng.choice((12.5, 13, 13.5, 14)), tapered=rng.random() < 0.5,
    )  # fmt: skip


def draw_dial(
    canvas: Canvas,
    center: Point,
    radius: float,
    dial: Dial,
    value: float,
    look: Style,
    scale: float = 1,
    unit: str = "",
) -> None:
    """A dial with labels in `scale` small units, the needle at `value`, and the unit."""
    canvas.circle(center, radius, fill=look.face, outline=look.rim, width=4)

    def at(far: float, degrees: float) -> Point:
        turn = math.radians(degrees)
        return center[0] + far * math.cos(turn), center[1] + far * math.sin(turn)

    # The labels stand outside the marks, so that the needle crosses none of them.
    marks = range(0, dial.top + (dial.sweep < 360), dial.minor)
    widths = {mark: text_size(tidy(mark / scale), look.size)[0] for mark in marks if mark % dial.major == 0}
    edge = radius - 12 - max(look.size, *widths.values())
    for mark in marks:
        turn = dial.angle(mark)
        on_half = mark * 2 % dial.major == 0
        length = 12 if mark in widths else 9 if on_half else 6
        canvas.line([at(edge, turn), at(edge - length, turn)], look.ink, 2.2 if mark in widths else 1.1)
        if mark in widths:
            x, y = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            far = edge + 5 + abs(x) * widths[mark] / 2 + abs(y) * look.size / 2
            canvas.text(at(far, turn), tidy(mark / scale), look.size, look.ink)
    if unit:
        way = -0.5 if math.sin(math.radians(dial.angle(value))) > 0.5 else 0.56  # Not under the needle.
        canvas.text((center[0], center[1] + edge * way), unit, look.size + 1, look.ink, bold=True)
    turn, tip = dial.angle(value), at(edge - 1, dial.angle(value))
    if look.tapered:
        sides = [at(look.thick + 1, turn + 90), at(look.thick + 1, turn - 90)]
        canvas.polygon([tip, *sides], fill=look.needle)
    else:
        canvas.line([at(-radius * 0.13, turn), at(edge - 10, turn)], look.needle, look.thick)
        canvas.line([center, tip], look.needle, 1.5)
    canvas.circle(center, 6.5, fill=look.needle, outline=look.ink, width=1.5)
