"""What the geometry families share: a look, and a sketch that is to scale and finds free places for its labels."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas, Point, text_size

UNITS = ("cm", "m", "mm", "km", "ft")
_GROUNDS = ("#ffffff", "#ffffff", "#fbf8f0", "#f1f6fa", "#f6f2f8", "#f2f7f1", "#fdf4f1")
_FILLS = ("", "#dbe9f6", "#fde7cf", "#dff0d8", "#eadff2", "#fbe0e0", "#fff3c4", "#d9f0ee", "#ececec")
_INKS = ("#111111", "#20324d", "#3b2a1a", "#1f3d2b", "#40224a")
_MARKS = ("#b3261e", "#1c55b0", "#1f6f2f", "#7a2d96", "#a34a00", "#0b6d75")


@dataclass(frozen=True, kw_only=True)
class Look:
    """The style of a picture."""

    width: int
    """Of the picture at most, in pixels; likewise `height`."""
    height: int
    ground: str
    fill: str
    """Of the shape; empty for none."""
    ink: str
    """Of outlines and labels."""
    mark: str
    """Of arcs, ticks and helping lines."""
    size: int
    """Of letters."""
    stroke: float
    bold: bool
    air: int
    """Free pixels beside the figure."""
    push: tuple[int, int]
    """How far the figure is off the middle: percent of the air."""


def look(rng: random.Random, wide: tuple[int, int] = (280, 380), high: tuple[int, int] = (240, 320)) -> Look:
    """A style at random, the picture's width and height within these bounds."""
    return Look(
        width=rng.randint(*wide), height=rng.randint(*high), ground=rng.choice(_GROUNDS), fill=rng.choice(_FILLS),
        ink=rng.choice(_INKS), mark=rng.choice(_MARKS), size=rng.randint(13, 16), stroke=rng.choice((1.5, 2, 2.5, 3)),
        bold=rng.random() < 0.2, air=rng.randint(0, 30), push=(rng.randint(-40, 40), rng.randint(-40, 40)),
    )  # fmt: skip


def polar(center: Point, radius: float, degrees: float) -> Point:
    """The point at this distance and angle, counted from the x axis, y upwards."""
    angle = math.radians(degrees)
    return center[0] + radius * math.cos(angle), center[1] + radius * math.sin(angle)


def third(angle: float, other: float) -> list[Point]:
    """A triangle on the base from (0, 0) to (1, 0) with these angles there, in degrees."""
    one, two = math.radians(angle), math.radians(other)
    far = math.sin(two) / math.sin(one + two)
    return [(0.0, 0.0), (1.0, 0.0), (far * math.cos(one), far * math.sin(one))]


class Sketch:
    """A figure to scale. Points are given by name, y upwards; lines are drawn first and labels last, each label at the
    first of its places where it touches neither a line nor another label."""

    def __init__(
        self, look: Look, points: Mapping[str, Point], extent: Iterable[Point] = (),
        turn: float = 0, mirror: bool = False, margin: tuple[float, float] = (40, 40),
    ) -> None:  # fmt: skip
        turned = {name: _turned(point, turn, mirror) for name, point in points.items()}
        axes = zip(*turned.values(), *(_turned(point, turn, mirror) for point in extent), strict=True)
        (left, right), (low, high) = ((min(axis), max(axis)) for axis in axes)
        free = look.width - look.air - 2 * margin[0], look.height - look.air - 2 * margin[1]
        self.scale = min(free[0] / (right - left), free[1] / (high - low))
        # The picture is cut to the figure, but for some air on each side.
        sizes = self.scale * (right - left), self.scale * (high - low)
        self.width, self.height = (max(200, round(s + 2 * m + look.air)) for s, m in zip(sizes, margin, strict=True))
        x = (self.width - sizes[0]) / 2 + look.push[0] / 100 * look.air
        y = (self.height - sizes[1]) / 2 + look.push[1] / 100 * look.air
        self.look = look
        self.canvas = Canvas(self.width, self.height, look.ground)
        self._lines: list[tuple[float, float, float, float, Point, Point]] = []
        self._boxes: list[tuple[float, float, float, float]] = []
        self._labels: list[tuple[str, Iterable[Point], str, bool, int]] = []
        self.at = {n: (x + self.scale * (p[0] - left), y + self.scale * (high - p[1])) for n, p in turned.items()}

    def line(self, ends: Sequence[str], color: str = "", width: float = 0, dash: float | None = None) -> None:
        """A line through the named points."""
        self._path([self.at[end] for end in ends], color or self.look.ink, width or self.look.stroke, dash)

    def shape(self, corners: Sequence[str], fill: str = "") -> None:
        """A closed shape."""
        points = [self.at[corner] for corner in corners]
        self.canvas.polygon(points, fill or self.look.fill or None, self.look.ink, self.look.stroke)
        self._block([*points, points[0]])

    def circle(self, center: str, radius: float, fill: str = "") -> None:
        """A circle, its radius in the figure's own measure."""
        middle, far = self.at[center], radius * self.scale
        self.canvas.circle(middle, far, fill or None, self.look.ink, self.look.stroke)
        self._block([polar(middle, far, degrees) for degrees in range(0, 361, 10)])

    def dot(self, name: str, radius: float = 3) -> None:
        """A point, drawn."""
        self.canvas.circle(self.at[name], radius, fill=self.look.ink)
        x, y = self.at[name]
        self._block([(x - radius, y), (x + radius, y), (x, y), (x, y - radius), (x, y + radius)])

    def tick(self, ends: Sequence[str], count: int = 1) -> None:
        """The marks of equally long lines."""
        one, two = tuple(ends)
        (x, y), along = self._between(one, two, 0.5), self._along(one, two)
        for i in range(count):
            far = 5 * (i - (count - 1) / 2)
            middle = x + far * along[0], y + far * along[1]
            short = [(middle[0] - s * along[1], middle[1] + s * along[0]) for s in (-6, 6)]
            self._path(short, self.look.mark, 2)

    def angle(self, points: Sequence[str], words: str = "", radius: float = 0) -> None:
        """An arc, or the sign of a right angle, and its label if it has one."""
        one, corner, two = tuple(points)
        start, end = self._bearing(corner, one), self._bearing(corner, two)
        if (end - start) % 360 > 180:
            start, end = end, start
        wide, middle = (end - start) % 360, self.at[corner]
        if abs(wide - 90) < 1e-6 and not words:
            sides = [polar(middle, 12, start), polar(middle, 12 * math.sqrt(2), start + 45), polar(middle, 12, end)]
            self._path(sides, self.look.mark, 1.5)
            return
        # Narrow angles get a wider arc, so that it can be seen.
        radius = radius or min(34, max(17, 700 / wide))
        self.sweep(corner, radius, start, wide, words)

    def sweep(self, corner: str, radius: float, start: float, wide: float, words: str = "") -> None:
        """An arc of any width from a bearing on, clockwise on the picture, with its label."""
        middle, pieces = self.at[corner], max(2, round(wide / 15))
        self.canvas.arc(middle, radius, start, start + wide, self.look.mark, 1.5)
        self._block([polar(middle, radius, start + wide * i / pieces) for i in range(pieces + 1)])
        if words:
            steps = ((step, part) for step in range(6, 120, 4) for part in (0.5, 0.4, 0.6))
            spots = (polar(middle, radius + 4 + step, start + wide * part) for step, part in steps)
            self.write(words, spots, self.look.mark, bold=False)

    def along(self, ends: Sequence[str], words: str, inside: Point | None = None) -> None:
        """The label of a line, beside its middle; away from the point `inside`, if there is one."""
        one, two = tuple(ends)
        across = text_size(words, self.look.size, self.look.bold)
        (u, v), middle = self._along(one, two), self._between(one, two, 0.5)
        x, y = -v, u
        if inside and (inside[0] - middle[0]) * x + (inside[1] - middle[1]) * y > 0:
            x, y = -x, -y
        least = (abs(x) * across[0] + abs(y) * across[1]) / 2 + 5
        parts = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
        places = ((side * (least + step), part) for side in (1, -1) for step in (0, 3, 6, 10, 15) for part in parts)
        lines = ((far, self._between(one, two, part)) for far, part in places)
        self.write(words, ((near[0] + far * x, near[1] + far * y) for far, near in lines))

    def name(self, point: str, inside: Point | None = None) -> None:
        """The name of a point, beside it; away from the point `inside`, if there is one."""
        x, y = self.at[point]
        away = math.degrees(math.atan2(y - inside[1], x - inside[0])) if inside else -60
        turns = (0, 20, -20, 40, -40, 60, -60, 90, -90, 120, -120, 150, -150, 180)
        spots = (polar((x, y), far, away + turn) for far in range(13, 47, 3) for turn in turns)
        self.write(point, spots, self.look.ink, bold=True)

    def write(self, words: str, spots: Iterable[Point], ink: str = "", bold: bool | None = None, size: int = 0) -> None:
        """A text, when all is drawn, with its middle at the first spot that is free, else where it touches least."""
        bold = self.look.bold if bold is None else bold
        self._labels.append((words, spots, ink or self.look.ink, bold, size or self.look.size))

    def middle(self, names: Sequence[str]) -> Point:
        """The centre of the named points on the picture."""
        xs, ys = zip(*(self.at[name] for name in names), strict=True)
        return sum(xs) / len(xs), sum(ys) / len(ys)

    def done(self) -> Drawing:
        """The finished picture."""
        for words, spots, color, bold, high in self._labels:
            wide, best, least = text_size(words, high, bold)[0], (0.0, 0.0), math.inf
            for spot in spots:
                box = spot[0] - wide / 2, spot[1] - high / 2, spot[0] + wide / 2, spot[1] + high / 2
                # Where there is no choice there is nothing to weigh.
                cost = 0 if isinstance(spots, tuple) and len(spots) == 1 else self._cost(box)
                if cost < least:
                    best, least = spot, cost
                if not cost:
                    break
            self._boxes.append((best[0] - wide / 2, best[1] - high / 2, best[0] + wide / 2, best[1] + high / 2))
            self.canvas.text(best, words, high, color, bold=bold)
        return self.canvas.done()

    def _path(self, points: Sequence[Point], color: str, width: float, dash: float | None = None) -> None:
        self.canvas.line(points, color, width, dash)
        self._block(points)

    def _block(self, points: Sequence[Point]) -> None:
        """Keeps labels off the lines through the points."""
        for one, two in pairwise(points):
            (x, y), (u, v) = one, two
            self._lines.append((min(x, u), max(x, u), min(y, v), max(y, v), one, two))

    def _bearing(self, start: str, end: str) -> float:
        """Degrees clockwise from three o'clock on the picture."""
        x, y = self._along(start, end)
        return math.degrees(math.atan2(y, x))

    def _along(self, one: str, two: str) -> Point:
        (x, y), (u, v) = self.at[one], self.at[two]
        far = math.dist((x, y), (u, v))
        return (u - x) / far, (v - y) / far

    def _between(self, one: str, two: str, part: float) -> Point:
        (x, y), (u, v) = self.at[one], self.at[two]
        return x + part * (u - x), y + part * (v - y)

    def _cost(self, box: tuple[float, float, float, float]) -> float:
        left, top, right, bottom = box[0] - 3, box[1] - 3, box[2] + 3, box[3] + 3
        cost = 0.0
        if left < 2 or top < 2 or right > self.width - 2 or bottom > self.height - 2:
            cost += 100
        for other in self._boxes:
            if left < other[2] and other[0] < right and top < other[3] and other[1] < bottom:
                cost += 50
        for least, most, high, low, one, two in self._lines:
            if least < right and most > left and high < bottom and low > top:
                cost += _crosses(one, two, left, top, right, bottom)
        return cost


def _turned(point: Point, turn: float, mirror: bool) -> Point:
    x, y = (-point[0] if mirror else point[0]), point[1]
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x * cos - y * sin, x * sin + y * cos


def _crosses(one: Point, two: Point, left: float, top: float, right: float, bottom: float) -> bool:
    """Does the line touch the rectangle? (It is clipped at each side in turn.)"""
    (x, y), (u, v), first, last = one, two, 0.0, 1.0
    for step, low, high in ((u - x, left - x, right - x), (v - y, top - y, bottom - y)):
        if abs(step) < 1e-9:
            continue
        enter, leave = sorted((low / step, high / step))
        first, last = max(first, enter), min(last, leave)
    return first <= last
