"""How thermometers are set up and drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas
from mmdata.figures._instruments import GROUNDS, INKS, tidy

_SCALES = {
    1: ((10, 50, 200), (10, 50, 250), (20, 100, 400), (20, 100, 500), (50, 100, 600), (50, 100, 800), (50, 100, 1000)),
    2: ((10, 50, 350), (10, 100, 400), (10, 100, 500), (20, 100, 700), (20, 100, 600), (5, 50, 200)),
    3: ((5, 50, 200), (5, 50, 250), (5, 10, 120), (2, 10, 80), (10, 100, 500), (10, 50, 400), (20, 100, 700)),
}
"""By level: tenths of a degree from mark to mark, from number to number, and from the lowest to the highest mark."""
PLACES = {
    "city": ("in", ("Oslo", "Rome", "Lima", "Cairo", "Quito", "Perth", "Delhi", "Paris", "Tokyo", "Berlin", "Milan")),
    "day": ("on", ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")),
    "place": ("in the", ("kitchen", "cellar", "attic", "garage", "garden", "shed", "office", "hall", "yard", "barn")),
}
_FLUIDS = ("#d62728", "#c2185b", "#1f5fd0", "#b5371f", "#7b2fa8", "#16803c", "#d9480f")
_BODIES = ("#ffffff", "#fffaf0", "#f3f7fb", "#f7f3ea", "#eef4ee", "#fdeee6", "#f1eef8")


@dataclass(frozen=True, kw_only=True)
class Meter:
    """One thermometer; temperatures in tenths of a degree."""

    name: str
    value: int
    low: int
    high: int
    minor: int
    major: int


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One to three thermometers, alike in style."""

    level: int
    unit: str
    place: str
    """What the names are: a key of `PLACES`."""
    meters: tuple[Meter, ...]
    width: int
    height: int
    panel: int
    """Width of one thermometer's board."""
    gap: int
    ground: str
    body: str
    ink: str
    fluid: str
    tube: float
    """Half its width."""
    bulb: int
    size: float
    """Of the letters."""
    left: bool
    """Do the numbers stand left of the tube?"""
    both: bool
    """Are there marks on both sides?"""
    top: bool
    """Do the names stand above?"""

    def say(self, value: int) -> str:
        """A temperature with its unit."""
        return f"{tidy(value / 10)} {self.unit}"

    def where(self, meter: Meter) -> str:
        """` in Oslo`; for a single thermometer nothing."""
        return f" {PLACES[self.place][0]} {meter.name}" if meter.name else ""

    def seen(self, meter: Meter) -> str:
        """A sentence."""
        return f"The thermometer shows {self.say(meter.value)}{self.where(meter)}."


def scene(rng: random.Random, level: int) -> Scene:
    """One thermometer (level 1), two that share a scale (2) or three (3)."""
    place = rng.choice(list(PLACES))
    unit = "°F" if level > 1 and rng.random() < 0.12 else "°C"
    scales = [rng.choice(_SCALES[level])] * level
    if level == 3 and rng.random() < 0.4:
        scales = rng.sample(_SCALES[level], 3)
    lowest = 0 if unit == "°F" else -100 if level == 1 else -300
    lows: dict[tuple[int, int, int], int] = {}
    meters: list[Meter] = []
    for name, sort in zip(rng.sample(PLACES[place][1], level), scales, strict=True):
        minor, major, span = sort
        highest = 200 if span < 300 and level > 1 else 0
        low = lows.setdefault(sort, major * rng.randint(lowest // major, highest // major))
        shown = [meter.value for meter in meters]
        values = [value for value in range(low + minor, low + span, minor) if value not in shown]
        if level > 1 and rng.random() < 0.85:
            values = [value for value in values if value % major]
        if level == 1 and rng.random() < 0.8:
            values = [value for value in values if value > 0]
        name, value = name if level > 1 else "", rng.choice(values)
        meters.append(Meter(name=name, value=value, low=low, high=low + span, minor=minor, major=major))
    marks = max(max((m.high - m.low) / m.minor, 2.4 * (m.high - m.low) / m.major) for m in meters)
    panel, gap = rng.randint(106, 132), rng.randint(10, 20)
    return Scene(
        level=level, unit=unit, place=place, meters=tuple(meters),
        width=max(200, level * (panel + gap) + gap) + (rng.randint(0, 50) if level == 1 else 0),
        height=max(round(marks * 6.2) + 140, 280) + rng.randint(0, 60), panel=panel, gap=gap,
        ground=rng.choice(GROUNDS), body=rng.choice(_BODIES), ink=rng.choice(INKS), fluid=rng.choice(_FLUIDS),
        tube=rng.choice((5, 5.5, 6, 7)), bulb=rng.randint(12, 17), size=rng.choice((12, 12.5, 13, 13.5)),
        left=rng.random() < 0.4, both=rng.random() < 0.5, top=rng.random() < 0.5,
    )  # fmt: skip


def draw(scene: Scene) -> Drawing:
    """The thermometers side by side on their boards."""
    canvas = Canvas(scene.width, scene.height, scene.ground)
    free = scene.width - len(scene.meters) * (scene.panel + scene.gap) + scene.gap
    for i, meter in enumerate(scene.meters):
        _draw_meter(canvas, scene, meter, free / 2 + i * (scene.panel + scene.gap))
    return canvas.done()


def _draw_meter(canvas: Canvas, scene: Scene, meter: Meter, x: float) -> None:
    top, bottom, ink = 10.0, scene.height - 10.0, scene.ink
    canvas.rectangle(x, top, x + scene.panel, bottom, fill=scene.body, outline="#a9adb3", width=1.5, radius=10)
    if meter.name:
        y = top + 16 if scene.top else bottom - 16
        top, bottom = (top + 24, bottom) if scene.top else (top, bottom - 24)
        canvas.text((x + scene.panel / 2, y), meter.name, scene.size, ink, bold=True)
    side = -1 if scene.left else 1
    middle, tube = x + scene.panel / 2 - side * scene.panel * 0.12, scene.tube
    bulb = bottom - scene.bulb - 8
    first, last = bulb - scene.bulb - 12, top + 38

    def height(value: int) -> float:
        return first - (first - last) * (value - meter.low) / (meter.high - meter.low)

    canvas.rectangle(middle - tube, last - 14, middle + tube, bulb, "white", "#8b9199", 1.5, radius=tube)
    canvas.circle((middle, bulb), scene.bulb, fill="white", outline="#8b9199", width=1.5)
    canvas.circle((middle, bulb), scene.bulb - 2.5, fill=scene.fluid)
    canvas.rectangle(middle - tube + 2.5, height(meter.value), middle + tube - 2.5, bulb, fill=scene.fluid)
    canvas.text((middle + side * (tube + 30), last - 21), scene.unit, scene.size, ink, bold=True)
    for value in range(meter.low, meter.high + 1, meter.minor):
        numbered, y = value % meter.major == 0, height(value)
        length = 13 if numbered else 10 if value * 2 % meter.major == 0 else 6
        for way in (side, -side) if scene.both else (side,):
            start = middle + way * (tube + 2)
            canvas.line([(start, y), (start + way * length, y)], ink, 1.8 if numbered else 1)
        if numbered:
            words = tidy(value / 10).replace("-", "−")
            canvas.text((middle + side * (tube + 19), y), words, scene.size, ink, "rm" if scene.left else "lm")
