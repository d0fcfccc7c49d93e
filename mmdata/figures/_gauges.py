"""Beakers, speedometers and dial scales: how they are set up and drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas
from mmdata.figures._instruments import GROUNDS, INKS, Dial, Style, draw_dial, style, tidy

_SCALES: dict[str, dict[int, tuple[tuple[int, int, int], ...]]] = {
    "beaker": {
        1: ((500, 50, 100), (1000, 100, 200), (250, 25, 50), (100, 10, 20), (600, 50, 100), (300, 50, 100)),
        2: ((500, 20, 100), (500, 25, 100), (1000, 50, 200), (200, 10, 50), (250, 10, 50), (800, 40, 200)),
        3: ((200, 5, 50), (250, 5, 50), (500, 10, 100), (100, 2, 20), (400, 10, 100), (1000, 20, 200), (1000, 25, 100)),
    },
    "speedometer": {
        1: ((120, 10, 20), (160, 10, 20), (140, 10, 20), (100, 5, 10), (200, 20, 40), (240, 20, 40)),
        2: ((120, 5, 20), (160, 5, 20), (180, 5, 20), (200, 5, 20), (240, 10, 40), (100, 2, 10)),
        3: ((120, 2, 20), (80, 2, 10), (160, 4, 20), (100, 2, 20), (180, 4, 20), (60, 1, 10)),
    },
    "scale": {
        1: ((500, 25, 50), (1000, 50, 100), (2000, 100, 200), (10_000, 500, 1000), (5000, 500, 1000)),
        2: ((500, 10, 50), (1000, 20, 100), (800, 20, 100), (5000, 100, 500), (10_000, 200, 1000), (6000, 100, 1000)),
        3: ((300, 5, 50), (800, 10, 100), (400, 5, 50), (4000, 50, 500), (3000, 50, 500), (8000, 100, 1000)),
    },
}  # fmt: skip
"""By sort and level: the end of the scale, from mark to mark, from label to label; ml, km/h or mph, g."""
_WATERS = ("#a9d6f5", "#b7e4c7", "#f7c6c7", "#fbe29a", "#d9c7f2", "#9fe0e0", "#ffcf9e")


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """One instrument; in small units."""

    name: str
    value: int
    top: int
    minor: int
    major: int


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One instrument, or two of a sort."""

    level: int
    sort: str
    unit: str
    per: int
    """Small units to a unit: 1000 where grams are told in kilograms."""
    gauges: tuple[Gauge, ...]
    width: int
    height: int
    ground: str
    ink: str
    look: Style
    radius: int
    """Of a dial, or half of a beaker's width."""
    sweep: int
    water: str
    left: bool
    """Do a beaker's numbers stand at its left?"""

    def say(self, value: float) -> str:
        """A value with its unit."""
        return f"{tidy(value / self.per)} {self.unit}"

    def bare(self, value: float) -> str:
        """A value without its unit."""
        return tidy(value / self.per)


def setup(rng: random.Random, level: int) -> Scene:
    """One instrument (levels 1 and 2), or two with finer scales (3)."""
    sort = rng.choice(("beaker", "beaker", "speedometer", "scale"))
    scales = [rng.choice(_SCALES[sort][level])] * 2
    heavy = scales[0][0] > 2000
    if level == 3 and rng.random() < 0.5:
        scales = rng.sample([s for s in _SCALES[sort][level] if (s[0] > 2000) == heavy], 2)
    gauges: list[Gauge] = []
    for name, (top, minor, major) in zip("AB", scales[: 2 if level == 3 else 1], strict=False):
        values = [value for value in range(minor, top, minor) if value not in [g.value for g in gauges]]
        if level > 1 and rng.random() < 0.85:
            values = [value for value in values if value % major]
        value = rng.choice(values)
        gauges.append(Gauge(name=name if level == 3 else "", value=value, top=top, minor=minor, major=major))
    unit = {"beaker": "ml", "speedometer": rng.choice(("km/h", "km/h", "mph")), "scale": "kg" if heavy else "g"}[sort]
    radius = rng.randint(62, 82) if sort == "beaker" else rng.randint(124, 140)
    sides = 2 if level == 3 else 1
    height = 2 * radius + rng.randint(22, 44) + (28 if level == 3 else 0)
    if sort == "beaker":
        height = rng.randint(290, 380) + (76 if level == 3 else 0)
    return Scene(
        level=level, sort=sort, unit=unit, per=1000 if unit == "kg" else 1, gauges=tuple(gauges),
        width=sides * (2 * radius + (84 if sort == "beaker" else 24)) + rng.randint(4, 22),
        height=height, ground=rng.choice(GROUNDS), ink=rng.choice(INKS), look=style(rng), radius=radius,
        sweep=rng.choice((240, 252, 264, 270, 280)) if sort == "speedometer" else rng.choice((300, 320, 360)),
        water=rng.choice(_WATERS), left=rng.random() < 0.5,
    )  # fmt: skip


def draw(scene: Scene) -> Drawing:
    """The instruments side by side."""
    canvas = Canvas(max(200, scene.width), scene.height, scene.ground)
    step = canvas.width / len(scene.gauges)
    for i, gauge in enumerate(scene.gauges):
        x, low = (i + 0.5) * step, scene.height - (28 if gauge.name else 0)
        if gauge.name:
            canvas.text((x, scene.height - 20), gauge.name, 16, scene.ink, bold=True)
        if scene.sort == "beaker":
            _beaker(canvas, scene, gauge, x, low - 14)
            continue
        start = -90 if scene.sweep == 360 else 90 + (360 - scene.sweep) // 2
        dial = Dial(top=gauge.top, minor=gauge.minor, major=gauge.major, start=start, sweep=scene.sweep)
        draw_dial(canvas, (x, low / 2), scene.radius, dial, gauge.value, scene.look, scene.per, scene.unit)
    return canvas.done()


def _beaker(canvas: Canvas, scene: Scene, gauge: Gauge, x: float, bottom: float) -> None:
    side = -1 if scene.left else 1
    middle, half, ink = x - side * 21, scene.radius, scene.ink
    top = 40.0
    last = top + 26

    def height(value: int) -> float:
        return bottom - (bottom - last) * value / gauge.top

    level = height(gauge.value)
    for y, fill in ((top, "#fdfeff"), (level, scene.water)):
        inner, side_end = max(6 - (bottom - y), 0), max(y, bottom - 6)
        edge = [(half - inner, y), (half - inner, side_end), (half - 6, bottom)]
        canvas.polygon([(middle + u, v) for u, v in edge] + [(middle - u, v) for u, v in reversed(edge)], fill)
    canvas.line([(middle - half, level), (middle + half, level)], "#33536b", 1.6)
    lip = [
        (middle - half - 7, top - 5),
        (middle - half, top + 4),
        (middle - half, bottom - 6),
        (middle - half + 6, bottom),
    ]
    canvas.line([*lip, *[(2 * middle - u, v) for u, v in reversed(lip)]], "#6b7883", 3)
    wall = middle + side * half
    for value in range(gauge.minor, gauge.top + 1, gauge.minor):
        labelled, y = value % gauge.major == 0, height(value)
        length = 26 if labelled else 19 if value * 2 % gauge.major == 0 else 13
        canvas.line([(wall, y), (wall - side * length, y)], ink, 1.8 if labelled else 1)
        if labelled:
            canvas.text((wall + side * 9, y), str(value), scene.look.size, ink, "lm" if side > 0 else "rm")
    canvas.text((wall + side * 24, last - 22), scene.unit, scene.look.size + 1, ink, bold=True)
