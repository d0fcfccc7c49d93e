"""Points, segments, triangles and lines on a coordinate grid."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mmdata.figures import Drawing, Question
from mmdata.figures import _coordinates as plane
from mmdata.figures._coordinates import Place
from mmdata.figures._geometry import Look, Sketch, look
from mmdata.figures._words import join, options

TITLE = "Coordinate grid"
DOMAIN = "geometry"
FORMS = {
    "read": (1, 2), "value": (1,), "which": (1,), "quadrant": (2,), "midpoint": (2,), "distance": (2,), "slope": (2,),
    "reflect": (2,), "line": (3,), "area": (3,), "fourth": (3,), "extend": (3,), "check": (1, 2, 3),
}  # fmt: skip
_NAMES = ("ABCDEF", "PQRSTU", "KLMNPQ", "DEFGHL", "RSTUVW", "EFGHKL")
_GRIDS = ("#d6d6d6", "#cfdae6", "#d9d3c7", "#cfe0d4", "#ddd3e2")


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Named points on a grid. By level: loose points; two segments, from the first to the second and from the third to
    the fourth point, and a loose one; a triangle of three points and a line through two more."""

    level: int
    names: str
    spots: tuple[Place, ...]
    low: int
    """The least number on the axes."""
    high: int
    line: str
    grid: str
    dot: float
    every: int
    """How many grid lines each number on an axis stands for."""
    look: Look

    def at(self, name: str) -> Place:
        """Where the named point lies."""
        return self.spots[self.names.index(name)]


def scene(rng: random.Random, level: int) -> Scene:
    """Points at crossings of the grid, none close to another or to a line that it is not on."""
    low, high = {1: rng.choice(((0, 10), (-5, 5), (-6, 6))), 2: (-8, 8), 3: (-8, 8)}[level]
    spots: list[Place] = []
    while not spots:
        spots = (plane.loose, plane.segments, plane.figure)[level - 1](rng, low, high)
    names = rng.choice(_NAMES)[: len(spots)]
    size = rng.randint(320, 370) if level == 1 else rng.randint(400, 450)
    return Scene(
        level=level, names="".join(rng.sample(names, len(names))), spots=tuple(spots), low=low, high=high,
        line=rng.choice("ghk"), grid=rng.choice(_GRIDS), dot=rng.choice((3, 3.5, 4, 4.5)),
        every=(1, rng.choice((1, 2)), 2)[level - 1], look=look(rng, (size, size), (size, size)),
    )  # fmt: skip


def caption(scene: Scene) -> str:
    """Where all points lie, and what is drawn through them."""
    order = sorted(scene.names)
    told = f"The picture shows points on a coordinate grid: {join([f'{n}{plane.pair(scene.at(n))}' for n in order])}."
    a, b, c, d = tuple(scene.names[:4])
    if scene.level == 2:
        told += f" {a} and {b} are joined by a segment, and so are {c} and {d}."
    if scene.level == 3:
        told += f" {join(sorted((a, b, c)))} are the corners of a triangle, and line {scene.line} runs through {d} and "
        told += f"{scene.names[4]}."
    return told


def labels(scene: Scene) -> Mapping[str, str]:
    """The range of the axes and how many points there are."""
    return {"axes": f"{scene.low} to {scene.high}", "points": str(len(scene.names))}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    a, b, c, d = tuple(scene.names[:4])
    # Points on an axis lie in no quadrant, and may be their own image.
    off = [n for n in scene.names if 0 not in scene.at(n) or form not in ("quadrant", "reflect")]
    name = rng.choice(off)
    x, y = scene.at(name)
    here = f"{name} lies at {plane.pair((x, y))}."
    (p, q), (r, s), (t, u), (v, w) = scene.spots[:4]
    if form == "read":
        wordings: Sequence[str] = (
            "What are the coordinates of point {}?", "Where is point {}? Give its coordinates as (x, y).",
            "Read off the coordinates of {}.",
        )  # fmt: skip
        told = f"Straight lines from {name} to the axes meet {x} on the x-axis and {y} on the y-axis."
        return _made(rng, wordings, [name], plane.pair((x, y)), "math", [told])
    if form == "value":
        axis = rng.randint(0, 1)
        wordings = ("What is the {1}-coordinate of point {0}?", "Give the {1}-coordinate of {0}.")
        return _made(rng, wordings, [name, "xy"[axis]], str((x, y)[axis]), "number", [here])
    if form == "which":
        wordings = ("Which point lies at {}?", "Which of the points has the coordinates {}?", "Name the point at {}.")
        return _made(rng, wordings, [plane.pair((x, y))], name, "text", [here])
    if form == "quadrant":
        place = {(False, False): "I", (True, False): "II", (True, True): "III", (False, True): "IV"}[x < 0, y < 0]
        shown, letter = options(place, ("I", "II", "III", "IV"), rng)
        signs = [f"{axis} is {'negative' if size < 0 else 'positive'}" for axis, size in (("x", x), ("y", y))]
        told = f"{name} lies at {plane.pair((x, y))}: {join(signs)}, which is quadrant {place}."
        wordings = ("In which quadrant is point {}?", "Point {} lies in which quadrant?")
        return _made(rng, wordings, [name], letter, "choice", [told], shown)
    if form == "reflect":
        axis = rng.randint(0, 1)
        image = (x, -y) if axis == 0 else (-x, y)
        told = f"Only the {'yx'[axis]}-coordinate changes its sign: {plane.pair(image)}."
        wordings = ("Point {} is reflected in the {}-axis. What are the coordinates of its image?",
                    "Where does point {} go when it is reflected in the {}-axis?")  # fmt: skip
        return _made(rng, wordings, [name, "xy"[axis]], plane.pair(image), "math", [here, told])
    if form == "midpoint":
        middle = ((p + r) // 2, (q + s) // 2)
        steps = [f"{a} lies at {plane.pair((p, q))} and {b} at {plane.pair((r, s))}.", *plane.middle((p, q), (r, s))]
        wordings = ("What is the midpoint of segment {}?", "Find the coordinates of the midpoint of segment {}.")
        return _made(rng, wordings, [a + b], plane.pair(middle), "math", steps)
    if form == "distance":
        size, steps = plane.length(c, d, (t, u), (v, w))
        wordings = ("How long is segment {}, in grid units?", "What is the distance between the ends of segment {}?",
                    "Work out the length of segment {} in grid units.")  # fmt: skip
        return _made(rng, wordings, [c + d], str(size), "number", steps)
    if form == "slope":
        steps = [f"{a} lies at {plane.pair((p, q))} and {b} at {plane.pair((r, s))}.", plane.slope_step((p, q), (r, s))]
        wordings = ("What is the slope of segment {}?", "Find the slope of the line through the ends of segment {}.")
        return _made(rng, wordings, [a + b], plane.latex(Fraction(s - q, r - p)), "math", steps)
    if form == "area":
        size, steps = plane.area((a, b, c), scene.spots)
        wordings = ("What is the area of triangle {}, in square units?", "Work out the area of triangle {} in squares.")
        return _made(rng, wordings, ["".join(sorted((a, b, c)))], f"{size / 2:g}", "number", steps)
    if form == "fourth":
        corner = p + t - r, q + u - s
        wordings = ("{0}{1}{2}{3} is to be a parallelogram, in this order. What are the coordinates of {3}?",
                    "Where must {3} lie, so that {0}{1}{2}{3} (in this order) is a parallelogram?")  # fmt: skip
        steps = [f"The way from {a} to the new corner is the way from {b} to {c}: {plane.pair((t - r, u - s))}."]
        steps += [f"{m} + {plane.put(n)} = {m + n}." for m, n in ((p, t - r), (q, u - s))]
        new = next(n for n in "ZYXW" if n not in scene.names)
        return _made(rng, wordings, [a, b, c, new], plane.pair(corner), "math", steps)
    return _check(scene, rng) if form == "check" else _line(scene, form, rng)


def draw(scene: Scene) -> Drawing:
    """The grid with its axes, and what lies on it."""
    low, high, look = scene.low, scene.high, scene.look
    points = {n: (float(x), float(y)) for n, (x, y) in zip(scene.names, scene.spots, strict=True)}
    a, b, c, d = tuple(scene.names[:4])
    ends: dict[str, tuple[float, float]] = {}
    if scene.level == 3:
        slope, height = map(float, plane.through(scene.spots[3], scene.spots[4]))
        inside = [x / 20 for x in range(20 * low, 20 * high + 1) if low <= slope * x / 20 + height <= high]
        ends = {end: (x, slope * x + height) for end, x in (("from", inside[0]), ("to", inside[-1]))}
    marks = {"0": (0.0, 0.0), "1": (1.0, 0.0), "left": (low, 0.0), "right": (high + 0.6, 0.0)}
    marks |= {"foot": (0.0, low), "top": (0.0, high + 0.6)}
    corners = ((low - 0.1, low - 0.1), (high + 0.7, high + 0.7))
    sketch = Sketch(look, points | ends | marks, corners, margin=(24, 22))
    (x, y), step = sketch.at["0"], sketch.scale
    if scene.level == 3 and look.fill:
        sketch.canvas.polygon([sketch.at[n] for n in (a, b, c)], look.fill)
    for i in range(low, high + 1):
        sketch.canvas.line([(x + i * step, y - low * step), (x + i * step, y - high * step)], scene.grid, 1)
        sketch.canvas.line([(x + low * step, y - i * step), (x + high * step, y - i * step)], scene.grid, 1)
    for start, tip in (("left", "right"), ("foot", "top")):
        sketch.line([start, tip], "#333333", 1)
        sketch.canvas.arrow(sketch.at[start], sketch.at[tip], "#333333", 1.5, 8)
    sketch.write("x", ((sketch.at["right"][0] + 2, y - 11),), "#333333")
    sketch.write("y", ((x + 11, sketch.at["top"][1]),), "#333333")
    paths = [[a, b], [c, d]] if scene.level == 2 else [[a, b], [b, c], [c, a], [*ends]] if ends else []
    lines = [(sketch.at[path[0]], sketch.at[path[1]]) for path in paths]
    lines += [(sketch.at[name], sketch.at[name]) for name in scene.names]
    for i in range(low, high + 1):
        for place in ((x + i * step, y + 10), (x - 10, y - i * step)) if i else ((x - 8, y + 10),):
            # A number that a line would cross is left out: its neighbors tell it.
            if i % scene.every == 0 and all(plane.far(place, *line) > 8 for line in lines):
                sketch.write(str(i), (place,), "#555555", False, 11)
    for path in paths:
        sketch.line(path, look.mark if scene.level == 2 or len(path[0]) > 1 else "", 2)
    if ends:
        (u, v), (r, s) = (sketch.at[end] for end in ends)
        across, up = (r - u) / math.dist((u, v), (r, s)), (s - v) / math.dist((u, v), (r, s))
        spots = ((u + t * (r - u) - side * up, v + t * (s - v) + side * across)
                 for t in (0.97, 0.03, 0.93, 0.07, 0.88, 0.12) for side in (13, -13, 16, -16))  # fmt: skip
        sketch.write(scene.line, spots, look.mark, True)
    for name in scene.names:
        sketch.dot(name, scene.dot)
    for name in scene.names:
        sketch.name(name, sketch.middle([a, b, c]) if scene.level == 3 and name in (a, b, c) else None)
    return sketch.done()


def _check(scene: Scene, rng: random.Random) -> Question:
    yes = rng.random() < 0.5
    answer = "yes" if yes else "no"
    if scene.level == 1:
        axis = rng.randint(0, 1)
        pairs = [(m, n) for m in scene.names for n in scene.names if scene.at(m)[axis] > scene.at(n)[axis]]
        more, less = rng.choice(pairs)
        first, second = (more, less) if yes else (less, more)
        one, two = scene.at(first)[axis], scene.at(second)[axis]
        steps = [f"The {'xy'[axis]}-coordinates are {one} and {two}.", f"{one} {'>' if yes else '<'} {two}."]
        wordings = ("Is point {0} further to the right than point {1}?", "Does {0} lie to the right of {1}?")
        if axis:
            wordings = ("Is point {0} higher up than point {1}?", "Does {0} lie higher than {1}?")
        return _made(rng, wordings, [first, second], answer, "yesno", steps)
    off = (0, 0) if yes else rng.choice([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j])
    if scene.level == 2:
        (p, q), (r, s) = scene.spots[:2]
        place = ((p + r) // 2 + off[0], (q + s) // 2 + off[1])
        wordings = ("Is {} the midpoint of segment {}?", "Does the point {} halve segment {}?")
        steps = [*plane.middle((p, q), (r, s)), f"So the midpoint is {plane.pair(((p + r) // 2, (q + s) // 2))}."]
        return _made(rng, wordings, [plane.pair(place), scene.names[:2]], answer, "yesno", steps)
    slope, height = plane.through(scene.spots[3], scene.spots[4])
    x = slope.denominator * rng.choice([k for k in range(-12, 13) if abs(k) > 4])
    y = int(slope * x + height)
    shown = y if yes else y + rng.choice((-3, -2, -1, 1, 2, 3))
    wordings = ("Does the point {} lie on line {}?", "Line {1} goes on beyond the picture. Does it pass through {0}?")
    steps = [f"At x = {x} the line has y = {plane.height_at(slope, x, height)} = {y}{'' if yes else f', not {shown}'}."]
    steps = [*plane.found(scene.line, *scene.spots[3:]), *steps]
    return _made(rng, wordings, [plane.pair((x, shown)), scene.line], answer, "yesno", steps)


def _line(scene: Scene, form: str, rng: random.Random) -> Question:
    slope, height = plane.through(scene.spots[3], scene.spots[4])
    if form == "line":
        wordings = ("What is the equation of line {}, in the form y = mx + b?", "Give the equation of {} as y = ...")
        steps = plane.found(scene.line, *scene.spots[3:])
        return _made(rng, wordings, [scene.line], f"y = {plane.term(slope, height)}", "math", steps)
    x = slope.denominator * rng.choice([k for k in range(-12, 13) if abs(k * slope.denominator) > 9])
    y = int(slope * x + height)
    wordings = ("Line {0} goes on beyond the picture. Which y-coordinate does it have at x = {1}?",
                "What is y on line {0} where x is {1}?")  # fmt: skip
    steps = [*plane.found(scene.line, *scene.spots[3:]), f"At x = {x}: {plane.height_at(slope, x, height)} = {y}."]
    return _made(rng, wordings, [scene.line, str(x)], str(y), "number", steps)


def _made(
    rng: random.Random, wordings: Sequence[str], words: Sequence[str], answer: str, kind: str, steps: Sequence[str],
    choices: tuple[str, ...] = (),
) -> Question:  # fmt: skip
    text = rng.choice(wordings).format(*words)
    return Question(text=text, answer=answer, kind=kind, steps=tuple(steps), choices=choices)
