"""Objects on a ruler: how they are set up and drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas, Point
from mmdata.figures._instruments import GROUNDS, tidy

_KINDS = ("pencil", "crayon", "ribbon", "nail", "paintbrush", "matchstick", "straw", "bar")
_PAINTS = ("#d62728", "#1f5fd0", "#2ca02c", "#8e3fbf", "#e07b00", "#008b8b", "#c2185b", "#5b6b2f")
_RULERS = (
    ("#f3d9a4", "#8a6a2f", "#3b2a10"), ("#ffe27a", "#a98c1a", "#2b2b10"), ("#dfe6ec", "#75818d", "#111111"),
    ("#cfe8f7", "#4f86a6", "#10304a"), ("#ffffff", "#777777", "#111111"), ("#d9f0d3", "#5f9457", "#173312"),
    ("#f7d6dc", "#a8606e", "#3d1018"), ("#f7ecd9", "#9a7b4f", "#222222"),
)  # fmt: skip
"""Colours of body, edge and marks."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One object; where it starts and ends, in the scene's parts of a unit."""

    kind: str
    paint: str
    start: int
    end: int
    flipped: bool
    thick: int

    @property
    def length(self) -> int:
        """In the same parts."""
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One object above a ruler, or one above and one below."""

    level: int
    unit: str
    per: int
    """Parts to a unit: 10 for cm, 4 for inches."""
    first: int
    """The ruler's first number; likewise the last."""
    last: int
    fine: int
    """Parts from mark to mark."""
    step: int
    """What all lengths are multiples of."""
    things: tuple[Thing, ...]
    left: int
    """Pixels to the ruler's first mark; likewise the others."""
    pitch: int
    """Pixels to a unit."""
    top: int
    tall: int
    lift: int
    """Between an object and the ruler."""
    ground: str
    colors: tuple[str, str, str]
    size: float
    guides: bool
    broken: bool

    def say(self, value: int) -> str:
        """A length with its unit."""
        return f"{tidy(value / self.per)} {self.unit}"

    def bare(self, value: int) -> str:
        """A length without its unit."""
        return tidy(value / self.per)


def setup(rng: random.Random, level: int) -> Scene:
    """An object from zero (level 1), one that starts elsewhere (2), or two of them (3)."""
    inches = rng.random() < 0.35
    per, unit = (4, "in") if inches else (10, "cm")
    fine = 2 if inches and level == 1 else 1 if inches or level == 3 else rng.choice((1, 5))
    span = rng.randint(5, 7) if inches else rng.randint(9, 12) if level == 3 else rng.randint(8, 15)
    first = rng.randint(1, 8) if level > 1 and rng.random() < 0.45 else 0
    step = (2 if level == 1 else 1) if inches else {1: 10 if fine == 5 else 5, 2: 5, 3: 1}[level]
    shortest = max(6 if inches else 15, 4 * step)
    things: list[Thing] = []
    kinds = rng.sample(_KINDS, 2)
    low, high = first * per, (first + span) * per
    while len(things) < (2 if level == 3 else 1):
        room = high - low if level == 1 else high - low - 2 * step
        length = step * rng.randint(-(-shortest // step), room // step)
        start = 0 if level == 1 else low + step * rng.randint(1, (room - length) // step + 1)
        if all(abs(start - t.start) > 1 < abs(length - t.length) for t in things):
            things.append(
                Thing(kind=kinds[len(things)], paint=rng.choice(_PAINTS), start=start, end=start + length,
                      flipped=rng.random() < 0.4, thick=rng.randint(16, 24))
            )  # fmt: skip
    widest = min(640 - 108, span * (100 if inches else 58))
    pitch = rng.randint(max(28 if inches else 34, widest * 7 // 8 // span), widest // span)
    left = rng.randint(30, 42)
    return Scene(
        level=level, unit=unit, per=per, first=first, last=first + span, fine=fine, step=step, things=tuple(things),
        left=left, pitch=pitch, top=rng.randint(66, 96), tall=rng.randint(60, 72), lift=rng.randint(10, 22),
        ground=rng.choice(GROUNDS), colors=rng.choice(_RULERS), size=rng.choice((12, 13, 14, 15)),
        guides=level > 1 or rng.random() < 0.5, broken=first > 0,
    )  # fmt: skip


def draw(scene: Scene) -> Drawing:
    """The ruler with its objects; dashed lines show where they end."""
    body, edge, ink = scene.colors
    both, wide = len(scene.things) > 1, (scene.last - scene.first) * scene.pitch
    bottom = scene.top + scene.tall
    canvas = Canvas(scene.left + wide + 66, max(200, bottom + (scene.top if both else 28)), scene.ground)
    start, end, per = scene.left - (22 if scene.broken else 14), scene.left + wide + 46, scene.per
    if scene.broken:  # A jagged left end: the ruler's zero is missing.
        jags = [(start + (0, 7)[i % 2], scene.top + scene.tall * i / 6) for i in range(7)]
        outline: list[Point] = [*jags, (end, bottom), (end, scene.top)]
        canvas.polygon(outline, fill=body, outline=edge, width=1.5)
    else:
        canvas.rectangle(start, scene.top, end, bottom, fill=body, outline=edge, width=1.5, radius=3)

    def place(value: int) -> float:
        return scene.left + (value - scene.first * per) * scene.pitch / per

    for value in range(scene.first * per, scene.last * per + 1, scene.fine):
        numbered, x = value % per == 0, place(value)
        length = 18 if numbered else 13 if value * 2 % per == 0 else 8
        canvas.line([(x, scene.top), (x, scene.top + length)], ink, 1.6 if numbered else 1)
        if both:
            canvas.line([(x, bottom), (x, bottom - length)], ink, 1.6 if numbered else 1)
        if numbered:
            y = scene.top + (scene.tall / 2 if both else 29)
            canvas.text((x, y), str(value // per), scene.size, ink)
    canvas.text((end - 16, scene.top + scene.tall / 2 + (0 if both else 12)), scene.unit, scene.size, ink, bold=True)
    for thing, rim, way in zip(scene.things, (scene.top, bottom), (-1, 1), strict=False):
        y = rim + way * (scene.lift + thing.thick / 2)
        ends = (place(thing.start), place(thing.end))
        for x in ends if scene.guides else ():
            canvas.line([(x, y), (x, rim)], "#444444", 1, dash=3)
        _draw_thing(canvas, thing, ends, y)
    return canvas.done()


def _draw_thing(canvas: Canvas, thing: Thing, ends: tuple[float, float], y: float) -> None:
    wide, half = ends[1] - ends[0], thing.thick / 2

    def box(left: float, right: float, share: float, fill: str) -> None:
        """A part from `left` to `right` pixels from the start, of a share of the thickness."""
        x = sorted((ends[1] - left, ends[1] - right) if thing.flipped else (ends[0] + left, ends[0] + right))
        canvas.polygon([(x[0], y - share * half), (x[1], y - share * half), (x[1], y + share * half),
                        (x[0], y + share * half)], fill=fill)  # fmt: skip

    def tip(left: float, share: float, blunt: float, fill: str) -> None:
        """What narrows from `left` to the end."""
        x, top = (ends[1] - left, ends[0]) if thing.flipped else (ends[0] + left, ends[1])
        canvas.polygon(
            [(x, y - share * half), (top, y - blunt * half), (top, y + blunt * half), (x, y + share * half)], fill
        )

    paint, kind = thing.paint, thing.kind
    if kind == "pencil":
        box(0, 9, 1, "#f2a5a5")
        box(9, 15, 1, "#b9bec4")
        box(15, wide - 20, 1, paint)
        tip(wide - 20, 1, 0, "#efd3a7")
        tip(wide - 7, 0.35, 0, "#333333")
    elif kind == "crayon":
        box(0, wide - 14, 1, paint)
        box(8, 13, 1, "#ffffff")
        box(wide - 26, wide - 21, 1, "#ffffff")
        tip(wide - 14, 0.75, 0.3, paint)
    elif kind == "nail":
        box(0, 5, 0.9, "#5d656e")
        box(5, wide - 12, 0.35, "#8b949e")
        tip(wide - 12, 0.35, 0, "#8b949e")
    elif kind == "paintbrush":
        tip(wide - 1, 0.2, 0.2, "#5a3a22")
        box(0, wide - 38, 0.45, paint)
        box(wide - 38, wide - 22, 0.7, "#c7ccd2")
        tip(wide - 22, 0.7, 0.25, "#5a3a22")
    elif kind == "matchstick":
        box(0, wide - 12, 0.4, "#e2bd85")
        box(wide - 12, wide, 0.62, paint)
    else:
        box(0, wide, 0.5 if kind == "straw" else 0.9, paint)
        if kind == "ribbon":
            box(0, wide, 0.28, "#ffffff")
        for i in range(1, round(wide / 16)) if kind == "straw" else ():
            box(wide * i / round(wide / 16) - 2.5, wide * i / round(wide / 16) + 2.5, 0.5, "#ffffff")
        share = 0.5 if kind == "straw" else 0.9
        rim = [(ends[i], y + way * share * half) for i, way in ((0, -1), (1, -1), (1, 1), (0, 1))]
        canvas.polygon(rim, outline="#333333", width=1)
