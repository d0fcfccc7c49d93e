"""Circles: radius, diameter, circumference and area in terms of pi, sectors, central and inscribed angles, rings."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from mmdata.figures import Drawing, Question, _circles
from mmdata.figures._circles import Scene
from mmdata.figures._geometry import UNITS, Sketch, look, polar

TITLE = "Circle"
DOMAIN = "geometry"
FORMS = {
    "read": (1, 2), "convert": (1, 2), "length": (1, 2, 3), "area": (1, 2, 3), "angle": (2, 3), "share": (2, 3),
    "check": (1, 2, 3),
}  # fmt: skip
_SORTS = {1: ("radius", "diameter"), 2: ("sector", "central", "inscribed"), 3: ("half", "three", "ring")}
_SHADES = ("#9ec5ea", "#f6c28b", "#a9d8a2", "#cdb4e0", "#f2a9a9", "#f3df7e", "#9fd8d3", "#c4c4c4")
_PAIRS = [
    (radius, wide) for wide in range(36, 172, 2) for radius in range(2, 37)
    if radius * wide % 180 == 0 and radius * radius * wide % 360 == 0
]  # fmt: skip
"""A radius and an angle whose arc and sector are whole multiples of pi."""


def scene(rng: random.Random, level: int) -> Scene:
    """A circle with whole lengths and angles."""
    sort = rng.choice(_SORTS[level])
    radius, wide, other = rng.randint(2, 40), 0, 0
    # Angles that leave room for the labels.
    least, most = {"central": (70, 160), "inscribed": (70, 160), "half": (60, 130), "ring": (60, 170)}.get(
        sort, (36, 170)
    )
    pairs = [(r, w) for r, w in _PAIRS if least <= w <= most and (sort != "ring" or _inner(r, w))]
    if level > 1:
        # The angle first, since some go with many radii.
        wide = rng.choice(sorted({w for _, w in pairs}))
        radius = rng.choice([r for r, w in pairs if w == wide])
    if sort == "ring":
        other = rng.choice(_inner(radius, wide))
    if sort == "three":
        other = rng.randint(max(50, 195 - wide), min(165, 310 - wide))
    style = look(rng, (280, 350), (280, 350))
    if sort == "ring":  # labels must fit into it
        style = replace(style, width=style.width + 60, height=style.height + 60, size=13, bold=False)
    return Scene(
        level=level, sort=sort, center=rng.choice("OOM"),
        names="".join(rng.sample(rng.choice(("ABCD", "PQRS", "DEFG", "KLNP", "UVWX")), 4)),
        radius=radius, wide=wide, other=other, place=rng.randint(25, 75), unit=rng.choice(UNITS),
        symbol=rng.choice("xy?"), start=rng.randrange(360), shade=rng.choice(_SHADES),
        look=style,
    )  # fmt: skip


def caption(scene: Scene) -> str:
    """What is given."""
    return _circles.told(scene)


def _inner(radius: int, wide: int) -> list[int]:
    """The inner radii that a ring may have."""
    return [r for r, w in _PAIRS if w == wide and 0.44 * radius <= r < 0.62 * radius]


def labels(scene: Scene) -> Mapping[str, str]:
    """What sort of picture it is."""
    return {"shows": scene.sort, "unit": scene.unit}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    r, unit, wide, level = scene.radius, scene.unit, scene.wide, scene.level
    first, name = _circles.radius(scene)
    if form in ("read", "convert"):
        whole = (name == "diameter") == (form == "read")
        value, what = (2 * r, "diameter") if whole else (r, "radius")
        text = rng.choice(("What is the {} of the circle?", "How long is the {} of the circle?", "Give the {}."))
        steps = [f"The {name} is labelled {2 * r if name == 'diameter' else r} {unit}."]
        if form == "convert":
            steps += [f"2 × {r} = {2 * r}." if whole else f"{2 * r} / 2 = {r}."]
        return _made(text.format(what), f"{value} {unit}", "quantity", steps)
    if form == "angle":
        angle, size, steps = _circles.angle(scene)
        wordings = ("How large is {}?", "What is the size of {}, in degrees?", "Work out {}.")
        return _made(rng.choice(wordings).format(angle), f"{size}°", "quantity", steps)
    if form == "check":
        return _check(scene, rng)
    turn, part = _circles.sector(scene)
    if form == "share":
        share = Fraction(wide, 360)
        whole_name = "ring" if scene.sort == "ring" else "disc"
        text = rng.choice(("What fraction of the {} is {}?", "As a fraction, what part of the {} is {}?"))
        steps = [*turn, f"{wide}/360 = {share}."]
        answer = f"\\frac{{{share.numerator}}}{{{share.denominator}}}"
        return _made(text.format(whole_name, part), answer, "math", steps)
    if form == "length":
        count = r * wide // 180 if wide else 2 * r
        steps = [*turn, *first, f"{wide}/360 × 2 × π × {r} = {_pi(count)}." if wide else f"2 × π × {r} = {_pi(count)}."]
        what = f"the length of {_circles.arc(scene)}" if wide else "the circumference of the circle"
    else:
        square, less = r * r, scene.other**2 if scene.sort == "ring" else 0
        count = (square - less) * wide // 360 if wide else square
        steps = [*turn, *first, f"π × {r}² = {_pi(square)}."]
        if less:
            steps += [f"π × {scene.other}² = {_pi(less)}.", f"{_pi(square)} - {_pi(less)} = {_pi(square - less)}."]
        if wide:
            steps.append(f"{wide}/360 × {_pi(square - less)} = {_pi(count)}.")
        what, unit = f"the area of {part}" if wide else "the area of the circle", f"{unit}²"
    wordings = ("What is {}, in {}? Give it in terms of π.", "Work out {} in terms of π (in {}).",
                "Express {} as a multiple of π (in {}).")  # fmt: skip
    answer = "\\pi" if count == 1 else f"{count}\\pi"
    return _made(rng.choice(wordings).format(what, unit), answer, "math", steps if level > 1 else [*first, steps[-1]])


def draw(scene: Scene) -> Drawing:
    """The circle, its lines and labels, to scale."""
    look, o, r, wide = scene.look, scene.center, float(scene.radius), scene.wide
    a, b, c, d = tuple(scene.names)
    turns = {a: 0.0, b: float(wide)}
    if scene.sort in ("central", "inscribed"):
        turns[c] = 180 + wide * scene.place / 100
    elif scene.sort == "half":
        turns = {a: 180, b: 0, c: wide}
    elif scene.sort == "three":
        turns = {a: 0, c: wide, b: 360 - scene.other}
    elif scene.sort in ("radius", "diameter"):
        turns = {a: 0, b: 180} if scene.sort == "diameter" else {a: 0}
    points = {o: (0.0, 0.0)} | {name: polar((0, 0), r, scene.start + turn) for name, turn in turns.items()}
    if scene.sort == "ring":
        points |= {n: polar((0, 0), scene.other, scene.start + turn) for n, turn in ((c, 0), (d, wide))}
    sketch = Sketch(look, points, ((-r, -r), (r, r)), margin=(32, 32))
    sketch.circle(o, r, look.fill)
    if scene.sort not in ("radius", "diameter", "central", "inscribed"):
        begin = -scene.start - wide
        sketch.canvas.slice(sketch.at[o], r * sketch.scale, begin, begin + wide, scene.shade, look.ink, look.stroke)
    if scene.sort == "ring":
        sketch.circle(o, scene.other, look.ground)
    for line in _circles.lines(scene):
        sketch.line(line)
    sketch.dot(o, 3.5)
    for name in turns:
        sketch.dot(name, 2.5)
    given, near = (
        f"{wide // 2}°" if scene.sort in ("half", "inscribed") else f"{wide}°",
        sketch.at[b] if b in turns else None,
    )
    if scene.sort == "ring":
        sketch.sweep(o, 15, -scene.start, 360 - wide, f"{360 - wide}°")
        sketch.along([o, c], f"{scene.other} {scene.unit}", sketch.at[b])
        sketch.along([c, a], f"{scene.radius - scene.other} {scene.unit}", sketch.at[b])
    elif scene.sort == "half":
        sketch.angle([c, a, b], given)
        sketch.along([a, b], f"d = {2 * scene.radius} {scene.unit}", sketch.at[c])
    elif scene.sort == "diameter":
        sketch.along([a, b], f"d = {2 * scene.radius} {scene.unit}")
    else:
        if scene.sort == "three":
            sketch.angle([a, o, b], f"{scene.other}°", 16)
            sketch.angle([b, o, c], f"{360 - wide - scene.other}°", 22)
            sketch.angle([c, o, a], scene.symbol, 28)
        elif wide:
            sketch.angle([a, o, b], scene.symbol if scene.sort == "inscribed" else given)
        if scene.sort in ("central", "inscribed"):
            sketch.angle([a, c, b], given if scene.sort == "inscribed" else scene.symbol)
        sketch.along([o, a], f"{scene.radius} {scene.unit}", near if scene.sort != "three" else None)
    for name in points:
        sketch.name(
            name, sketch.at[o] if name != o else None if scene.sort == "diameter" else sketch.middle(list(turns))
        )
    return sketch.done()


def _made(text: str, answer: str, kind: str, steps: list[str]) -> Question:
    return Question(text=text, answer=answer, kind=kind, steps=tuple(steps))


def _pi(count: int) -> str:
    return "π" if count == 1 else f"{count}π"


def _check(scene: Scene, rng: random.Random) -> Question:
    yes, more = rng.random() < 0.5, rng.random() < 0.5
    if scene.level == 1:
        r = scene.radius
        name, value, steps = "the diameter", 2 * r, [f"2 × {r} = {2 * r}."]
        if scene.sort == "diameter":
            name, value, steps = "the radius", r, [f"{2 * r} / 2 = {r}."]
        unit, words = f" {scene.unit}", ("longer", "shorter")
    else:
        (name, value, steps), unit, words = _circles.angle(scene), "°", ("larger", "smaller")
    by = rng.randint(1, max(2, value // 4))
    bound = value - by if yes == more else value + by
    wording = rng.choice(("Is {} {} than {}?", "Judge from the picture: is {} {} than {}?"))
    text = wording.format(name, words[0] if more else words[1], f"{bound}{unit}")
    return _made(text, "yes" if yes else "no", "yesno", [*steps, f"{value} {'>' if value > bound else '<'} {bound}."])
