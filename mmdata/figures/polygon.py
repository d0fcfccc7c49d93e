"""Rectangles, parallelograms, trapezoids and shapes with right angles only: perimeter, area, missing lengths."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from mmdata.figures import Drawing, Question
from mmdata.figures._canvas import Point
from mmdata.figures._geometry import UNITS, Look, Sketch, look
from mmdata.figures._polygons import Plan, plan
from mmdata.figures._words import a, options

TITLE = "Polygon"
DOMAIN = "geometry"
FORMS = {
    "read": (1, 2), "kind": (1,), "measure": (1, 2, 3), "missing": (2, 3), "check": (1, 2, 3), "cost": (3,),
}  # fmt: skip
_KINDS = ("square", "rectangle", "parallelogram", "trapezoid")
_SORTS = {
    1: _KINDS, 2: ("rectangle", "parallelogram", "trapezoid", "L-shape"),
    3: ("L-shape", "T-shape", "U-shape", "trapezoid", "frame"),
}  # fmt: skip
_NAMES = ("ABCDEFGH", "ABCDEFGH", "PQRSTUVW", "GHJKLMNP", "EFGHJKLM", "STUVWXYZ")
_TRIPLES = ((3, 4, 5), (4, 3, 5), (5, 12, 13), (8, 15, 17), (6, 8, 10), (8, 6, 10), (9, 12, 15), (12, 9, 15))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A polygon and which of its lengths are told."""

    level: int
    sort: str
    names: str
    """Of the corners, in order around the figure."""
    values: tuple[int, ...]
    """Lengths; which, the sort decides."""
    mode: int
    """Decides which lengths are told."""
    unit: str
    symbol: str
    turn: int
    mirror: bool
    look: Look


def scene(rng: random.Random, level: int) -> Scene:
    """A polygon with whole lengths."""
    sort = rng.choice(_SORTS[level])
    letters, turn = rng.choice(_NAMES), rng.randint(-8, 8) if rng.random() < 0.5 else 0
    wide, high = ((320, 420), (270, 350)) if level < 3 else ((360, 440), (310, 370))
    return Scene(
        level=level, sort=sort, names=letters, values=_values(rng, sort), mode=rng.randrange(720),
        unit=rng.choice(UNITS), symbol=rng.choice("xy?"), turn=turn + rng.choice((0, 0, 90, 180, 270)),
        mirror=rng.random() < 0.5, look=look(rng, wide, high),
    )  # fmt: skip


def caption(scene: Scene) -> str:
    """What is given."""
    known, unit = _follows(scene), scene.unit
    told = []
    for ends, size in known.marks.items():
        name = "The height" if ends == known.height else ends
        told.append(f"{name} is {size} {unit} long." if size else f"{name} is marked {scene.symbol}.")
    if known.printed:
        told.append(f"{known.printed}.")
    return " ".join([*known.says, *told])


def labels(scene: Scene) -> Mapping[str, str]:
    """The kind of polygon."""
    return {"shape": scene.sort, "given lengths": str(sum(bool(size) for size in _follows(scene).marks.values()))}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    known, unit = _follows(scene), f" {scene.unit}"
    part = {"frame": "shaded frame"}.get(scene.sort, "figure")
    if form == "kind":
        reason = {
            "square": "All angles are right angles and neighboring sides are marked as equally long",
            "rectangle": "All angles are right angles, and neighboring sides differ in length",
            "parallelogram": "Both pairs of opposite sides are parallel, and the corners are no right angles",
            "trapezoid": "Just one pair of sides is parallel",
        }[scene.sort]
        shown, letter = options(scene.sort, _KINDS, rng)
        text = rng.choice(("Which name fits this figure best?", "What is the most exact name of the figure?"))
        steps = [f"{reason}: it is {a(scene.sort)}."]
        return Question(text=text, answer=letter, kind="choice", steps=tuple(steps), choices=shown)
    if form == "read":
        name, size = rng.choice([(name, size) for name, size in known.marks.items() if size])
        name = "the height" if name == known.height else name
        text = rng.choice(("How long is {}?", "What is the length of {}?", "Which length is given for {}?"))
        told = f"{name[0].upper()}{name[1:]} is labelled {size}{unit}."
        return Question(text=text.format(name), answer=f"{size}{unit}", kind="quantity", steps=(told,))
    name, value, steps = rng.choice(known.measures)
    if form == "cost":
        price = rng.randint(2, 9)
        each = scene.unit if name == "perimeter" else f"{scene.unit}²"
        what = "tape along its whole edge" if name == "perimeter" else "paint to cover it"
        text = rng.choice(("The {} needs {}, which costs {} cents for each {}. How many cents is that altogether?",
                           "The {} gets {}, at {} cents for each {}. What is the total price in cents?"))  # fmt: skip
        steps = [*steps, f"{value} × {price} = {value * price}."]
        text = text.format(part, what, price, each)
        return Question(text=text, answer=str(value * price), kind="number", steps=tuple(steps))
    if form == "missing" or (form == "check" and known.asked and rng.random() < 0.5):
        name, value, steps = known.asked, known.value, known.why
    else:
        unit += "²" * (name == "area")
        name = f"the {name} of the {part}"
    if form == "check":
        yes, more, by = rng.random() < 0.5, rng.random() < 0.5, rng.randint(1, max(2, value // 3))
        bound = value - by if yes == more else value + by
        wording = rng.choice(("Is {} {} than {}?", "Judge from the lengths: is {} {} than {}?"))
        words = ("greater", "less") if "the " in name else ("longer", "shorter")
        steps = [*steps, f"{value} {'>' if value > bound else '<'} {bound}."]
        text = wording.format(name, words[0] if more else words[1], f"{bound}{unit}")
        return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=tuple(steps))
    text = rng.choice(("What is {}?", "Work out {}.", "Find {}, with its unit."))
    if "the " not in name:
        text = rng.choice(("How long is {}?", "What is the length of {}?", "Work out the length of {}."))
    return Question(text=text.format(name), answer=f"{value}{unit}", kind="quantity", steps=tuple(steps))


def draw(scene: Scene) -> Drawing:
    """The polygon, to scale."""
    known = _follows(scene)
    sketch = Sketch(scene.look, known.points, (), scene.turn, scene.mirror, (68, 44))
    around = list(known.points)[: 4 if scene.sort in (*_KINDS, "frame") else None]
    hole = list(known.points)[4:] if scene.sort == "frame" else []
    sketch.shape(around, "#d9d9d9" if hole and not scene.look.fill else "")
    if hole:
        sketch.shape(hole, scene.look.ground)
    if known.height:
        sketch.line(known.height, scene.look.mark, 1.5, 6)
    for ends in known.ticks:
        sketch.tick(ends)
    for turn in known.right:
        sketch.angle(turn)
    for ends, size in known.marks.items():
        words = scene.symbol if size is None else f"{size} {scene.unit}"
        beside = _inner(sketch, around, ends) if ends[0] in around else _inner(sketch, hole[::-1], ends)
        sketch.along(ends, words, None if ends == known.height else beside)
    for name in known.points:
        if name != "f":
            sketch.name(name, _inner(sketch, around, name) if name in around else _inner(sketch, hole[::-1], name))
    if known.printed:
        words = known.printed.removeprefix("The ").replace(" is ", ": ").capitalize()
        sketch.write(words, [(sketch.width / 2 + x, sketch.height - 13) for x in (0, -40, 40)], scene.look.mark)
    return sketch.done()


def _values(rng: random.Random, sort: str) -> tuple[int, ...]:
    """Lengths that make a handy figure of the sort, by trying."""
    while True:
        if sort == "square":
            return (rng.randint(3, 25),)
        if sort == "rectangle":
            found = [rng.randint(3, 25), rng.randint(3, 25)]
            good = found[0] > found[1] * 1.15 and found[0] < 3 * found[1]
        elif sort in ("parallelogram", "trapezoid"):
            (p, h, c), by = rng.choice(_TRIPLES), rng.randint(1, 2)
            p, h, c, long, pair = by * p, by * h, by * c, rng.randint(4, 30), rng.randint(0, 1)
            # `pair` counts the slanted sides beyond the first; the longer base comes first.
            found = [long, p, h, c] if sort == "parallelogram" else [long + p + pair * p, long, p, h, c, pair]
            good = long > p and 0.6 * h < long < found[0] + p < 3.2 * h and long not in (h, c) and found[0] <= 40
        elif sort == "frame":
            found = [rng.randint(9, 30), rng.randint(7, 24), rng.randint(1, 4)]
            good = found[0] > found[1] + 1 and found[0] < 2 * found[1] and found[1] > 5 * found[2] > 0.6 * found[0]
        else:
            r, s, t, u, v, w = (rng.randint(2, 14) for _ in range(6))
            if sort == "L-shape":
                found = [r + s, t, s, u, r, t + u]
            elif sort == "T-shape":
                found = [r, t, s, u, r + s + v, u, v, t]
            else:
                found = [r + s + v, t + w, r, t, s, u, v, w + u]
            # No side too short for its label, no gap too narrow for two.
            good = (
                min(found) > 0.24 * max(found)
                and (sort != "U-shape" or s > 0.38 * max(found))
                and max(found) <= 30
                and len(set(found)) >= 4
            )
        if good:
            return tuple(found)


def _follows(scene: Scene) -> Plan:
    return plan(scene.sort, scene.names, scene.values, scene.level, scene.mode, scene.unit)


def _inner(sketch: Sketch, around: list[str], place: str) -> Point:
    """A point just inside the figure, beside a corner or a side."""
    spots = [sketch.at[name] for name in around]
    area = sum(u[0] * v[1] - v[0] * u[1] for u, v in zip(spots, [*spots[1:], spots[0]], strict=True))
    (x, y), (u, v), sign = sketch.at[place[0]], sketch.at[place[-1]], math.copysign(1, area)
    if len(place) > 1:
        return (x + u) / 2 - sign * (v - y) / 9, (y + v) / 2 + sign * (u - x) / 9
    i = around.index(place)
    before, after = spots[i - 1], spots[(i + 1) % len(spots)]
    one, two = math.dist(before, (x, y)), math.dist(after, (x, y))
    way, on = ((before[0] - x) / one, (before[1] - y) / one), ((after[0] - x) / two, (after[1] - y) / two)
    # At a corner that points inwards the inside lies on the other side.
    sign *= math.copysign(1, way[1] * on[0] - way[0] * on[1])
    return x + sign * (way[0] + on[0]), y + sign * (way[1] + on[1])
