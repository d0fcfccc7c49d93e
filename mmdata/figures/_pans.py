"""Balances with things and weights on their pans: how they are set up and drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise

from mmdata.figures import Drawing
from mmdata.figures._canvas import Canvas
from mmdata.figures._instruments import GROUNDS

KINDS = ("ball", "cube", "cone", "can", "sack", "vase")
_PAINTS = ("#d62728", "#1f5fd0", "#2ca02c", "#8e3fbf", "#e07b00", "#008b8b", "#c2185b", "#a0762c")
_METALS = (
    ("#b9c1c9", "#4b545e", "#111111"), ("#d9b24c", "#7d5f14", "#2b1f04"), ("#4b545e", "#23282e", "#ffffff"),
    ("#c9a58a", "#7a543a", "#2a1608"), ("#e3e6ea", "#7b838c", "#111111"),
)  # fmt: skip
"""Colours of a weight, of its edge and of its letters."""
_FRAMES = ("#5b4636", "#37474f", "#7a5c2e", "#444444", "#2f4f6f", "#6b3434")


@dataclass(frozen=True, kw_only=True)
class Pan:
    """What lies on one pan."""

    things: tuple[str, ...]
    weights: tuple[int, ...]

    def count(self, kind: str) -> int:
        """How many things of a kind there are."""
        return self.things.count(kind)

    @property
    def load(self) -> int:
        """All weights together."""
        return sum(self.weights)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One level balance, or two; the first has one kind of things only."""

    level: int
    unit: str
    step: int
    """What all weights are multiples of."""
    kinds: tuple[str, ...]
    values: tuple[int, ...]
    """What one thing of each kind weighs."""
    balances: tuple[tuple[Pan, Pan], ...]
    """Left and right."""
    paints: tuple[str, ...]
    metal: tuple[str, str, str]
    frame: str
    ground: str
    pan: int
    """Its width in pixels; likewise the others."""
    gap: int
    margin: int
    high: int
    """Of one balance."""
    size: float
    swapped: bool
    """Do the weights stand left of the things?"""
    curved: bool

    def value(self, kind: str) -> int:
        """What one thing of a kind weighs."""
        return self.values[self.kinds.index(kind)]

    def say(self, value: int) -> str:
        """A weight with its unit."""
        return f"{value} {self.unit}"


def setup(rng: random.Random, level: int) -> Scene:
    """A thing and weights (level 1), several things, perhaps on both pans (2), two balances (3)."""
    unit = rng.choice(("g", "g", "kg"))
    step = 1 if unit == "kg" else rng.choice((5, 10, 10, 10, 50) if level == 1 else (5, 10, 10, 20))
    most = {1: (20, 400), 2: (12, 240), 3: (10, 180)}[level][unit == "g"]
    values = [step * rng.randint(2, most // step) for _ in range(2)]
    while values[0] == values[1]:
        values[1] = step * rng.randint(2, most // step)
    kinds = rng.sample(KINDS, 2)
    first, second = kinds
    many = 1 if level == 1 else rng.randint(2, 4) if level == 2 else rng.randint(2, 3)
    back = min(rng.choice((0, 1, 1, 2)), many - 1) if level == 2 else 0
    balances = [_balance(rng, step, many * (first,), back * (first,), (many - back) * values[0])]
    if level == 3:
        one, two = rng.randint(1, 2), rng.randint(1, 2)
        if rng.random() < 0.5 and two * values[1] > one * values[0]:
            balances.append(_balance(rng, step, two * (second,), one * (first,), two * values[1] - one * values[0]))
        else:
            both = one * (first,) + two * (second,)
            balances.append(_balance(rng, step, both, (), one * values[0] + two * values[1]))
    return Scene(
        level=level, unit=unit, step=step, kinds=tuple(kinds[: 1 + (level == 3)]),
        values=tuple(values[: 1 + (level == 3)]), balances=tuple(balances),
        paints=tuple(rng.sample(_PAINTS, 2)), metal=rng.choice(_METALS), frame=rng.choice(_FRAMES),
        ground=rng.choice(GROUNDS), pan=rng.randint(236, 252), gap=rng.randint(20, 44), margin=rng.randint(14, 26),
        high=rng.randint(160, 184), size=rng.choice((11, 11.5, 12)), swapped=rng.random() < 0.5,
        curved=rng.random() < 0.5,
    )  # fmt: skip


def _balance(
    rng: random.Random, step: int, one: tuple[str, ...], two: tuple[str, ...], heavier: int
) -> tuple[Pan, Pan]:
    """Pans with these things; the weights on the second outweigh those on the first by `heavier`."""
    extra = step * rng.randint(1, max(2, heavier // step // 2)) if rng.random() < 0.55 and len(one) < 4 else 0
    total = heavier + extra
    parts = max(rng.randint(1, 3), -(-total // 900), 1 if extra or len(one) > 1 else 2)
    cuts = sorted(rng.sample(range(1, total // step), min(parts, total // step) - 1))
    edges = [0, *(step * cut for cut in cuts), total]
    weights = tuple(right - left for left, right in pairwise(edges))
    pans = (Pan(things=one, weights=(extra,) if extra else ()), Pan(things=two, weights=weights))
    return pans if rng.random() < 0.6 else pans[::-1]


def draw(scene: Scene) -> Drawing:
    """The balances, one under the other."""
    width = 2 * scene.margin + 2 * scene.pan + scene.gap
    count = len(scene.balances)
    canvas = Canvas(width, max(200, count * scene.high + 20), scene.ground)
    middle = width / 2
    for i, balance in enumerate(scene.balances):
        floor = (i + 0.5) * canvas.height / count + 50
        pans = floor - 52
        arm = (scene.pan + scene.gap) / 2
        canvas.polygon(
            [(middle - 8, pans + 18), (middle + 8, pans + 18), (middle + 20, floor), (middle - 20, floor)], scene.frame
        )
        canvas.rectangle(middle - 60, floor - 7, middle + 60, floor, fill=scene.frame, radius=3)
        canvas.rectangle(middle - arm - 8, pans + 16, middle + arm + 8, pans + 23, fill=scene.frame, radius=3)
        canvas.circle((middle, pans + 19.5), 8, fill=scene.metal[0], outline=scene.frame, width=2)
        for pan, x in zip(balance, (middle - arm, middle + arm), strict=True):
            half = scene.pan / 2
            canvas.line([(x, pans + 4), (x, pans + 18)], scene.frame, 6)
            if scene.curved:
                rim = [(x - half, pans), (x + half, pans), (x + half - 22, pans + 8), (x - half + 22, pans + 8)]
                canvas.polygon(rim, scene.metal[0], scene.frame, 1.5)
            else:
                canvas.rectangle(x - half, pans, x + half, pans + 6, scene.metal[0], scene.frame, 1.5, radius=3)
            _load(canvas, scene, pan, x, pans - 1)
    return canvas.done()


def _load(canvas: Canvas, scene: Scene, pan: Pan, x: float, y: float) -> None:
    """The things and the weights side by side."""
    things: list[str | int] = list(pan.things)
    shown = [*pan.weights, *things] if scene.swapped else [*things, *pan.weights]
    for i, thing in enumerate(shown):
        at = x + (i - (len(shown) - 1) / 2) * 47
        if isinstance(thing, str):
            _thing(canvas, thing, scene.paints[scene.kinds.index(thing)], at, y)
            continue
        body, edge, ink = scene.metal
        canvas.rectangle(at - 7, y - 41, at + 7, y - 30, body, edge, 1.5, radius=4)
        canvas.polygon([(at - 17, y - 32), (at + 17, y - 32), (at + 21.5, y), (at - 21.5, y)], body, edge, 1.5)
        canvas.text((at, y - 22), str(thing), scene.size + 0.5, ink, bold=True)
        canvas.text((at, y - 8), scene.unit, scene.size - 0.5, ink)


def _thing(canvas: Canvas, kind: str, paint: str, x: float, y: float) -> None:
    edge = "#222222"
    if kind == "ball":
        canvas.circle((x, y - 19), 19, paint, edge, 1.5)
        canvas.circle((x - 6, y - 26), 4, fill="#ffffff")
    elif kind == "cube":
        canvas.polygon(
            [(x - 18, y - 29), (x - 10, y - 38), (x + 20, y - 38), (x + 20, y - 9), (x + 12, y)], "#e9e9e9", edge, 1.5
        )
        canvas.rectangle(x - 18, y - 29, x + 12, y, paint, edge, 1.5)
        canvas.line([(x + 12, y - 29), (x + 20, y - 38)], edge, 1.5)
    elif kind == "cone":
        canvas.polygon([(x - 20, y), (x, y - 42), (x + 20, y)], paint, edge, 1.5)
    elif kind == "can":
        canvas.rectangle(x - 16, y - 38, x + 16, y, paint, edge, 1.5, radius=3)
        canvas.ellipse((x, y - 37), 16, 4.5, "#dddddd", edge, 1.5)
        canvas.rectangle(x - 16, y - 25, x + 16, y - 10, "#ffffff", edge, 1)
    elif kind == "sack":
        canvas.ellipse((x, y - 15), 20, 15, paint, edge, 1.5)
        canvas.polygon([(x - 5, y - 28), (x + 5, y - 28), (x + 11, y - 41), (x - 11, y - 41)], paint, edge, 1.5)
    else:
        outline = [(x - 11, y), (x + 11, y), (x + 18, y - 18), (x + 7, y - 31), (x + 12, y - 41),
                   (x - 12, y - 41), (x - 7, y - 31), (x - 18, y - 18)]  # fmt: skip
        canvas.polygon(outline, paint, edge, 1.5)
