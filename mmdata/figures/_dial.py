"""Faces and hands of clocks."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from mmdata.figures._canvas import Canvas, Point

_LIGHT = ("#ffffff", "#fffdf3", "#f6f9fc", "#fff6ea", "#f2f7ef")
_DARK = ("#22303c", "#2b2a3a", "#1f3a34")
_INKS = ("#111111", "#1b2a49", "#4a2511", "#24402a", "#3a1f4d")
_HANDS = (
    ("#111111", "#d62728"), ("#111111", "#1f5fd0"), ("#1b2a49", "#c2410c"), ("#7a1f1f", "#1f5fd0"),
    ("#1f5fd0", "#d62728"), ("#24402a", "#8e3fbf"), ("#d62728", "#111111"), ("#111111", "#2a8a2a"),
)  # fmt: skip
"""Colours of the hour hand and of the minute hand on a light face."""
_HANDS_ON_DARK = (("#ffffff", "#ffcc33"), ("#ffb454", "#ffffff"), ("#8fd3ff", "#ffe08a"))
_ROMAN = ("XII", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI")


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a clock looks."""

    face: str
    ink: str
    """Of rim, numbers and ticks."""
    hands: tuple[str, str]
    numbers: str
    """`all`, `quarters`, `roman` or `none`."""
    ticks: int
    """12 or 60."""
    rim: int
    thick: float
    """Of the minute hand, as a share of the radius; the hour hand is twice as thick."""
    tapered: bool
    square: bool


def style(rng: random.Random, bold: bool) -> Style:
    """A look drawn at random: with `bold`, thick hands and ticks at the hours only."""
    dark = rng.random() < 0.2
    return Style(
        face=rng.choice(_DARK if dark else _LIGHT),
        ink="#f2f2f2" if dark else rng.choice(_INKS),
        hands=rng.choice(_HANDS_ON_DARK if dark else _HANDS),
        numbers=rng.choice(("all", "all", "quarters", "roman", "none")),
        ticks=12 if bold else 60,
        rim=rng.randint(2, 5),
        thick=rng.randint(56, 72) / 1000 if bold else rng.randint(30, 42) / 1000,
        tapered=rng.random() < 0.4,
        square=rng.random() < 0.25,
    )


def draw_dial(canvas: Canvas, style: Style, center: Point, radius: float, hour: int, minute: int) -> None:
    """One clock, the hour hand below the minute hand."""
    x, y = center
    if style.square:
        canvas.rectangle(x - radius, y - radius, x + radius, y + radius, style.face, style.ink, style.rim, 16)
    else:
        canvas.circle((x, y), radius, style.face, style.ink, style.rim)
    inside = radius - style.rim
    # Numbers stand between the ring of ticks and the rim, where no hand crosses them.
    ring = 0.95 * inside if style.numbers == "none" else 0.72 * radius
    for i in range(style.ticks):
        full = i % (style.ticks // 12) == 0
        turn = 360 * i / style.ticks
        inner = ring - (0.085 if full else 0.045) * radius
        canvas.line([_at(center, turn, inner), _at(center, turn, ring)], style.ink, 2.5 if full else 1.2)
    for i in range(12):
        if style.numbers == "none" or (style.numbers == "quarters" and i % 3):
            continue
        words = _ROMAN[i] if style.numbers == "roman" else str(i or 12)
        size = (0.125 if style.numbers == "roman" else 0.155) * radius
        far = (ring + 0.99 * inside) / 2 + (0.025 * radius if style.square else 0)
        canvas.text(_at(center, 30 * i, far), words, size, style.ink, bold=style.ticks == 12)
    reach = ring - 0.05 * radius
    wide = style.thick * radius
    _hand(canvas, style, center, hour % 12 * 30 + minute / 2, 0.62 * reach, 2 * wide, style.hands[0])
    _hand(canvas, style, center, 6 * minute, reach, wide, style.hands[1])
    canvas.circle(center, 1.4 * wide, fill=style.hands[1])


def _hand(
    canvas: Canvas, style: Style, center: Point, turn: float, length: float, width: float, color: str
) -> None:  # fmt: skip
    if not style.tapered:
        canvas.line([_at(center, turn, -0.12 * length), _at(center, turn, length)], color, width)
        return
    # A leaf, broadest a third of the way out.
    broad = _at(center, turn, 0.33 * length)
    sides = [_at(broad, turn + quarter, 0.75 * width) for quarter in (-90, 90)]
    canvas.polygon([_at(center, turn, -0.12 * length), sides[0], _at(center, turn, length), sides[1]], fill=color)


def _at(start: Point, turn: float, far: float) -> Point:
    """The point that far from another, in degrees clockwise from straight up."""
    return start[0] + far * math.sin(math.radians(turn)), start[1] - far * math.cos(math.radians(turn))
