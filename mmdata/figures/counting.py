"""Scenes of coloured shapes to count and compare."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

from mmdata.figures import Drawing, Question
from mmdata.figures._canvas import Canvas
from mmdata.figures._words import COLORS, a, join, options, plural

TITLE = "Scene of shapes"
DOMAIN = "counting"
FORMS = {
    "count": (1, 2, 3),
    "count_color": (1, 2, 3),
    "count_shape": (1, 2, 3),
    "presence": (1, 2, 3),
    "most": (2, 3),
    "more": (2, 3),
    "sum": (2, 3),
    "difference": (3,),
}
SIDE = 256
_SHAPES = ("circle", "square", "triangle", "star")
_GROUNDS = ("#ffffff", "#f4f1e8", "#eaf2f7", "#f2ecf5")
_SIZES = {1: (1, 5, 3, 4), 2: (4, 9, 4, 6), 3: (8, 14, 4, 8)}
"""By level: fewest and most shapes, how many kinds of shapes, how many colours."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One shape on the picture."""

    shape: str
    color: str
    x: int
    """Of its middle, in pixels; likewise `y`."""
    y: int
    size: int
    """Radius of the circle around it."""
    turn: int
    """Degrees."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """All shapes, none of which overlap."""

    level: int
    ground: str
    things: tuple[Thing, ...]

    def count(self, color: str = "", shape: str = "") -> int:
        """How many shapes there are, of a colour or a shape if one is given."""
        return sum((not color or t.color == color) and (not shape or t.shape == shape) for t in self.things)

    @property
    def shapes(self) -> tuple[str, ...]:
        """The shapes that pictures of this level may show."""
        return _SHAPES[: _SIZES[self.level][2]]

    @property
    def colors(self) -> tuple[str, ...]:
        """The colours that pictures of this level may show."""
        return tuple(COLORS)[: _SIZES[self.level][3]]


def scene(rng: random.Random, level: int) -> Scene:
    """Shapes in different cells of an invisible grid, jittered."""
    fewest, most, shapes, colors = _SIZES[level]
    across = 3 if level == 1 else 4
    cell = SIDE // across
    things = []
    # Few colours a picture, so that counts of one colour vary.
    shown = rng.sample(list(COLORS)[:colors], rng.randint(2, min(colors, 2 + level)))
    for place in rng.sample(range(across * across), rng.randint(fewest, most)):
        size = rng.randint(27, 34) if level == 1 else rng.randint(15, 24)
        slack = cell // 2 - size - 2
        things.append(
            Thing(
                shape=rng.choice(_SHAPES[:shapes]),
                color=rng.choice(shown),
                x=cell * (place % across) + cell // 2 + rng.randint(-slack, slack),
                y=cell * (place // across) + cell // 2 + rng.randint(-slack, slack),
                size=size,
                turn=rng.randint(-20, 20) if level > 1 else 0,
            )
        )
    return Scene(level=level, ground=rng.choice(_GROUNDS), things=tuple(things))


def caption(scene: Scene) -> str:
    """How many shapes of each sort there are."""
    return f"The picture shows {join(_sorts(scene))}."


def labels(scene: Scene) -> Mapping[str, str]:
    """How many shapes there are in all and of each sort that the level may show."""
    counts = {"shapes": len(scene.things)}
    counts |= {f"{c} {s}": scene.count(c, s) for c in scene.colors for s in scene.shapes}
    return {name: str(count) for name, count in counts.items()}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def draw(scene: Scene) -> Drawing:
    """The shapes on a plain ground."""
    canvas = Canvas(SIDE, SIDE, scene.ground)
    for thing in scene.things:
        color, center, size = COLORS[thing.color], (thing.x, thing.y), thing.size
        if thing.shape == "circle":
            canvas.circle(center, size, fill=color)
            continue
        corners = {"square": (4, 45), "triangle": (3, -90), "star": (10, -90)}[thing.shape]
        points = []
        for i in range(corners[0]):
            far = size * (0.45 if thing.shape == "star" and i % 2 else 1.15)
            angle = math.radians(corners[1] + thing.turn + 360 * i / corners[0])
            points.append((thing.x + far * math.cos(angle), thing.y + far * math.sin(angle)))
        canvas.polygon(points, fill=color)
    return canvas.done()


def _sorts(scene: Scene, color: str = "", shape: str = "") -> list[str]:
    """`2 red circles` for each sort of shape that there is, of a colour or a shape if one is given."""
    sorts = Counter((t.color, t.shape) for t in scene.things)
    order = sorted(sorts, key=lambda sort: (tuple(COLORS).index(sort[0]), _SHAPES.index(sort[1])))
    return [plural(sorts[c, s], f"{c} {s}") for c, s in order if color in ("", c) and shape in ("", s)]


def _added(scene: Scene, color: str = "", shape: str = "") -> str:
    """One sentence that counts the shapes of a colour or a shape, sort by sort."""
    name = f"{color} shapes" if color else f"{shape}s" if shape else "shapes"
    sorts = _sorts(scene, color, shape)
    total = scene.count(color, shape)
    if len(sorts) < 2:
        return f"There {'is' if total == 1 else 'are'} {sorts[0]}." if sorts else f"There are no {name}."
    parts = " + ".join(sort.split()[0] for sort in sorts)
    return f"There are {join(sorts)}: {parts} = {total} {name}."


def _count(scene: Scene, rng: random.Random) -> Question:
    text = rng.choice(
        (
            "How many shapes are there in the picture?",
            "Count the shapes. How many are there?",
            "What is the total number of shapes shown?",
        )
    )
    return Question(text=text, answer=str(len(scene.things)), kind="number", steps=(_added(scene),))


def _count_color(scene: Scene, rng: random.Random) -> Question:
    color = rng.choice(scene.colors if rng.random() < 0.15 else [t.color for t in scene.things])
    wording = rng.choice(("How many {} shapes are there?", "How many of the shapes are {}?", "Count the {} shapes."))
    steps = (_added(scene, color),)
    return Question(text=wording.format(color), answer=str(scene.count(color)), kind="number", steps=steps)


def _count_shape(scene: Scene, rng: random.Random) -> Question:
    shape = rng.choice(scene.shapes if rng.random() < 0.15 else [t.shape for t in scene.things])
    wording = rng.choice(("How many {}s are there?", "How many {}s does the picture show?", "Count the {}s."))
    steps = (_added(scene, shape=shape),)
    return Question(text=wording.format(shape), answer=str(scene.count(shape=shape)), kind="number", steps=steps)


def _presence(scene: Scene, rng: random.Random) -> Question:
    there = sorted({(t.color, t.shape) for t in scene.things})
    every = [(color, shape) for color in scene.colors for shape in scene.shapes]
    yes = rng.random() < 0.5
    color, shape = rng.choice(there if yes else [sort for sort in every if sort not in there])
    wording = rng.choice(("Is there {}?", "Does the picture show {}?", "Can you see {} here?"))
    seen = _sorts(scene, color)
    steps = (f"Of {color} shapes there {'is' if seen and seen[0][:2] == '1 ' else 'are'} {join(seen) or 'none'}.",)
    return Question(
        text=wording.format(a(f"{color} {shape}")), answer="yes" if yes else "no", kind="yesno", steps=steps
    )


def _most(scene: Scene, rng: random.Random) -> Question:
    counts = Counter(t.color for t in scene.things).most_common()
    best = [color for color, count in counts if count == counts[0][1]]
    others = [color for color in scene.colors if color not in best]
    shown, letter = options(best[0], others, rng)
    text = rng.choice(
        ("Which of these colors do most shapes have?", "Which of these colors is the most common among the shapes?")
    )
    steps = [f"Counting: {join([f'{color} {scene.count(color)}' for color in sorted(shown)])}."]
    steps.append(f"The largest count is {counts[0][1]}, for {best[0]}.")
    return Question(text=text, answer=letter, kind="choice", steps=tuple(steps), choices=shown)


def _more(scene: Scene, rng: random.Random) -> Question:
    pairs = [pair for pair in permutations(scene.colors, 2) if scene.count(pair[0]) > scene.count(pair[1])]
    first, second = rng.choice(pairs)
    if rng.random() < 0.5:
        first, second = second, first
    one, two = scene.count(first), scene.count(second)
    wording = rng.choice(("Are there more {} shapes than {} shapes?", "Do {} shapes outnumber {} shapes?"))
    steps = (f"There are {one} {first} and {two} {second} shapes.", f"{one} {'>' if one > two else '<'} {two}.")
    answer = "yes" if one > two else "no"
    return Question(text=wording.format(first, second), answer=answer, kind="yesno", steps=steps)


def _sum(scene: Scene, rng: random.Random) -> Question:
    first, second = _two_colors(scene, rng)
    one, two = scene.count(first), scene.count(second)
    wording = rng.choice(("How many shapes are {} or {}?", "How many {} and {} shapes are there together?"))
    steps = (_added(scene, first), _added(scene, second), f"{one} + {two} = {one + two}.")
    return Question(text=wording.format(first, second), answer=str(one + two), kind="number", steps=steps)


def _difference(scene: Scene, rng: random.Random) -> Question:
    first, second = sorted(_two_colors(scene, rng), key=lambda color: -scene.count(color))
    one, two = scene.count(first), scene.count(second)
    wording = rng.choice(("How many more {} than {} shapes are there?", "By how many do {} shapes outnumber {} ones?"))
    steps = (_added(scene, first), _added(scene, second), f"{one} - {two} = {one - two}.")
    return Question(text=wording.format(first, second), answer=str(one - two), kind="number", steps=steps)


def _two_colors(scene: Scene, rng: random.Random) -> list[str]:
    shown = sorted({t.color for t in scene.things})
    return rng.sample(shown if len(shown) > 1 else list(scene.colors), 2)


_ASK = {
    "count": _count, "count_color": _count_color, "count_shape": _count_shape, "presence": _presence, "most": _most,
    "more": _more, "sum": _sum, "difference": _difference,
}  # fmt: skip
