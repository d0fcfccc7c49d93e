"""Triangles with angles and sides labelled: angle sums, isosceles triangles, exterior angles, Pythagoras, area."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass

from mmdata.figures import Drawing, Question
from mmdata.figures._geometry import UNITS, Look, Sketch, look
from mmdata.figures._triangles import Plan, inner, plan
from mmdata.figures._words import options

TITLE = "Triangle"
DOMAIN = "geometry"
FORMS = {"read": (1, 2), "type": (1,), "find": (1, 2, 3), "check": (1, 2, 3), "which": (2, 3), "further": (2, 3)}
_SORTS = {
    1: ("angles", "sides"), 2: ("isosceles", "exterior", "right", "right"), 3: ("terms", "cevian", "height", "height"),
}  # fmt: skip
_NAMES = ("ABCD", "ABCD", "PQRS", "KLMN", "EFGH", "STUV", "UVWX", "RSTU", "XYZW", "JKLM", "DEFG")


_TRIPLES = ((3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A triangle and what is told of it."""

    level: int
    sort: str
    names: str
    """Of three corners and, where there is one, of a further point."""
    values: tuple[int, ...]
    """Angles in degrees or lengths; which, the sort decides."""
    mode: int
    """Which of the values are given."""
    unit: str
    symbol: str
    """On the value that is asked for."""
    turn: int
    mirror: bool
    look: Look


def scene(rng: random.Random, level: int) -> Scene:
    """A triangle without very narrow angles."""
    sort = rng.choice(_SORTS[level])
    letters = rng.choice(_NAMES)
    names = "".join(rng.sample(letters[:3], 3)) + letters[3]
    # Long terms fit into the corners when the base lies level.
    level_base = level == 1 or sort == "terms" or rng.random() < 0.4
    turn = rng.randint(-12, 12) if level_base else rng.randint(-180, 180)
    return Scene(
        level=level, sort=sort, names=names, values=_values(rng, sort), mode=rng.randrange(6), unit=rng.choice(UNITS),
        symbol=rng.choice("xxy?") if sort != "terms" else rng.choice("xxya"), turn=turn, mirror=rng.random() < 0.5,
        look=look(rng) if level < 3 else look(rng, (380, 460), (330, 400)),
    )  # fmt: skip


def caption(scene: Scene) -> str:
    """What is given."""
    return " ".join([f"The picture shows triangle {_name(scene)}.", *_follows(scene).says])


def labels(scene: Scene) -> Mapping[str, str]:
    """What sort of picture it is, and the kind of triangle."""
    corners = _follows(scene).corners
    return {"shows": scene.sort} | ({"triangle": _by_angles(corners)} if corners else {})


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    known = _follows(scene)
    unit = "°" if "angle" in known.asked else f" {scene.unit}"
    if form == "check":
        return _check(scene, known, unit, rng)
    if form in ("type", "which"):
        return _type(known, rng) if form == "type" else _which(scene, known, rng)
    if form == "read":
        name, value = rng.choice(known.given)
        steps = [f"{name[0].upper()}{name[1:]} is labelled {value}{unit}."]
    elif form == "find":
        name, value, steps = known.asked, known.value, known.why
    else:
        name, value, unit, steps = rng.choice(known.further)
        if scene.sort != "right" or scene.mode % 3 < 2 or "area" not in name:
            steps = [*known.why, *steps]
    if name == "value":
        text = rng.choice(("What is the value of {}?", "Find the value of {}.", "Work out {}.")).format(scene.symbol)
        return Question(text=text, answer=str(value), kind="number", steps=tuple(steps))
    if unit == "°":
        wordings = ["How large is {}?", "What is the measure of {}, in degrees?", "Give the size of {}."]
    elif "area" in name or "perimeter" in name:
        wordings = ["What is {}?", "Work out {}.", "Find {}, with its unit."]
    else:
        wordings = ["How long is {}?", "What is the length of {}?", "Give the length of {}."]
    text = rng.choice(wordings).format(name)
    return Question(text=text, answer=f"{value}{unit}", kind="quantity", steps=tuple(steps))


def draw(scene: Scene) -> Drawing:
    """The triangle, to scale."""
    known = _follows(scene)
    margin = (58, 42 if scene.sort == "sides" else 36) if known.sides else (36, 36)
    points = dict(zip(scene.names, known.points, strict=False))
    sketch = Sketch(scene.look, points, (), scene.turn, scene.mirror, margin)
    sketch.shape(scene.names[:3])
    a, c, d, inside = scene.names[0], *scene.names[2:], sketch.middle(scene.names[:3])
    if scene.sort == "exterior":
        sketch.line([c, d])
    elif len(known.points) == 4:
        sketch.line([a if scene.sort == "cevian" else c, d], scene.look.mark, 2, None if scene.sort == "cevian" else 6)
    for ends in known.ticks:
        sketch.tick(ends)
    for turn, words in known.angles:
        sketch.angle(turn, words)
    for ends, words in known.sides:
        sketch.along(ends, words, inside=None if set(ends) == {c, d} else inside)
    for name in scene.names[: len(known.points)]:
        sketch.name(name, inside)
    if scene.sort == "sides" and scene.mode % 2:
        spots = [(sketch.width / 2 + x, y) for y in (sketch.height - 13, 13) for x in (0, -50, 50)]
        sketch.write(f"Perimeter: {sum(scene.values)} {scene.unit}", spots, scene.look.mark)
    return sketch.done()


def _follows(scene: Scene) -> Plan:
    return plan(scene.sort, scene.names, scene.values, scene.mode, scene.unit, scene.symbol)


def _values(rng: random.Random, sort: str) -> tuple[int, ...]:
    """Numbers that make a triangle of the sort, by trying."""
    kind = rng.randrange(3)  # outside the loop: each kind as often
    while True:
        if sort == "angles":
            one = (rng.randrange(50, 90, 5), 90, rng.randrange(95, 121, 5))[kind]
            two = rng.randrange(25, 90, 5)
            found = [one, two, 180 - one - two]
            good = min(found) >= 25 and _by_angles(tuple(found)) == ("acute", "right", "obtuse")[kind]
            rng.shuffle(found)
        elif sort == "sides":
            one, two = rng.randint(3, 25), rng.randint(3, 25)
            found = [one, one if kind < 2 else rng.randint(3, 25), one if kind == 0 else two]
            good = len(set(found)) == kind + 1 and min(inner(found)) > 26 and max(inner(found)) < 125
            rng.shuffle(found)
        elif sort == "isosceles":
            found = [apex := rng.randrange(32, 117, 2), (180 - apex) // 2, (180 - apex) // 2]
            good = apex != 60
        elif sort in ("exterior", "cevian"):
            found = [rng.randint(28, 100), rng.randint(28, 80)]
            found.append(180 - sum(found))
            good = len(set(found)) == 3 and min(found) >= 28
            if sort == "cevian":
                found = [*found, rng.randint(28, max(28, found[0] - 28))]
                good = good and found[0] >= 56 and 40 < found[1] + found[3] < 140
        elif sort == "right":
            triple, factor = rng.choice(_TRIPLES), rng.randint(1, 8)
            found = [factor * side for side in (*rng.sample(triple[:2], 2), triple[2])]
            good = found[2] <= 60
        elif sort == "terms":
            x, p, q, r = rng.randint(14, 50), rng.randint(1, 3), rng.randint(1, 3), 5 * rng.randint(-6, 8)
            found = [x, p, q, r, s := 180 - (1 + p + q) * x - r]
            sizes = [x, p * x + r, q * x + s]
            # The largest angle, at the top, has room for its term.
            good = abs(s) <= 60 and min(sizes) >= 30 and max(sizes[:2]) < sizes[2] <= 118 and x != sizes[1]
        else:
            first, second = rng.choice(_TRIPLES), rng.choice(_TRIPLES)
            (p, h), (q, g) = rng.sample(first[:2], 2), rng.sample(second[:2], 2)
            common, by = math.lcm(h, g), rng.randint(1, 2)
            found = [by * side for side in (p * common // h, q * common // g, common)]
            long = [math.isqrt(found[2] ** 2 + foot**2) for foot in found[:2]]
            fits = all(0.35 * found[2] < foot < 2 * found[2] for foot in found[:2])
            good = fits and found[2] <= 60 and len({*long, sum(found[:2])}) == 3 and sum(found[:2]) * found[2] % 2 == 0
        if good:
            return tuple(found)


def _name(scene: Scene) -> str:
    """In the alphabet's order: the scene's own would tell which corner is which."""
    return "".join(sorted(scene.names[:3]))


def _by_angles(corners: tuple[int, ...]) -> str:
    return "acute" if max(corners) < 90 else "right" if max(corners) == 90 else "obtuse"


def _type(known: Plan, rng: random.Random) -> Question:
    if known.corners:
        right, every = _by_angles(known.corners), ("acute", "right", "obtuse")
        steps = [*known.why, f"The largest angle is {max(known.corners)}°, so the triangle is {right}."]
        wordings = ("What kind of triangle is this, judged by its angles?", "By its angles, the triangle is ...")
    else:
        every = ("equilateral", "isosceles", "scalene")
        kinds = len(set(known.lengths))
        right = every[kinds - 1]
        told = ("All sides are equally long", "Two sides are equally long", "All sides differ in length")[kinds - 1]
        steps = [*(known.why if len(known.given) == 2 else ()), f"{told}, so the triangle is {right}."]
        wordings = ("What kind of triangle is this, judged by its sides?", "By its sides, the triangle is ...")
    shown, letter = options(right, every, rng)
    return Question(text=rng.choice(wordings), answer=letter, kind="choice", steps=tuple(steps), choices=shown)


def _which(scene: Scene, known: Plan, rng: random.Random) -> Question:
    a, b, c = tuple(scene.names[:3])
    sides, sizes = (b + c, c + a, a + b), known.lengths or known.corners
    most = rng.choice([pick for pick in (max, min) if sizes.count(pick(sizes)) == 1])
    place = sizes.index(most(sizes))
    word = "longest" if most is max else "shortest"
    if known.lengths:
        told = (
            f"The sides are {a}{b} {sizes[2]}, {b}{c} {sizes[0]} and {c}{a} {sizes[1]}: the {word} is {sides[place]}."
        )
    else:
        told = f"The {word} side lies opposite the {'largest' if most is max else 'smallest'} angle, "
        told += f"which is at {scene.names[place]} with {sizes[place]}°: {sides[place]}."
    wordings = ["Which side of triangle {} is the {}?", "Of the sides of triangle {}, which one is the {}?"]
    text = rng.choice(wordings).format(_name(scene), word)
    if scene.sort == "right" and most is max and rng.random() < 0.5:
        text, told = (
            "Which side is the hypotenuse?",
            f"The hypotenuse lies opposite the right angle {c}: {sides[place]}.",
        )
    shown, letter = options(sides[place], sides, rng)
    return Question(text=text, answer=letter, kind="choice", steps=(*known.why, told), choices=shown)


def _check(scene: Scene, known: Plan, unit: str, rng: random.Random) -> Question:
    yes, more = rng.random() < 0.5, rng.random() < 0.5
    pairs = [(n, v, o, w) for n, v in known.given for o, w in known.given if (v > w) == (yes == more) and v != w]
    if scene.level == 1 and pairs:
        name, value, other, bound = rng.choice(pairs)
        steps = [f"{name[0].upper()}{name[1:]} is {value}{unit}, {other} is {bound}{unit}."]
        limit = other
    else:
        name, value, steps = known.asked, known.value, list(known.why)
        if name == "value":
            name, value, unit = f"angle {scene.names[2]}", known.corners[2], "°"
            factor, more_by = scene.values[2], scene.values[4]
            term = f"{factor} × {scene.values[0]} {'-' if more_by < 0 else '+'} {abs(more_by)}"
            steps.append(f"A{name[1:]} is {term} = {value}.")
        by = rng.randint(1, max(2, value // 3))
        bound = value - by if yes == more else value + by
        limit = f"{bound}{unit}"
    steps.append(f"{value} {'>' if value > bound else '<'} {bound}.")
    words = ("greater", "less") if "the" in name else ("larger", "smaller") if unit == "°" else ("longer", "shorter")
    wording = rng.choice(("Is {} {} than {}?", "Judge from the picture: is {} {} than {}?"))
    text = wording.format(name, words[0] if more else words[1], limit)
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=tuple(steps))
