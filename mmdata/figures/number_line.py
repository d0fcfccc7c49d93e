"""Number lines: whole numbers, then negative ones, then decimals and fractions."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise, permutations

from mmdata.figures import Drawing, Question, _number_line
from mmdata.figures._number_line import Scene
from mmdata.figures._words import join, options, plural

TITLE = "Number line"
DOMAIN = "math"
FORMS = {
    "value": (1, 2, 3), "point": (1,), "step": (1, 2), "greater": (1, 2), "distance": (1, 2, 3), "between": (1, 2),
    "shift": (2,), "midpoint": (2, 3), "closest": (2,), "order": (2, 3), "walk": (3,), "mirror": (3,), "farther": (3,),
}  # fmt: skip


def scene(rng: random.Random, level: int) -> Scene:
    """A line with three to five points on its ticks."""
    return _number_line.page(rng, level)


def caption(scene: Scene) -> str:
    """The line's ends and ticks, and where its points are."""
    return _number_line.told(scene)


def labels(scene: Scene) -> Mapping[str, str]:
    """How the line is divided, and how many points it has."""
    kind = "decimals" if scene.decimal else "whole numbers" if scene.step[1] == 1 else "fractions"
    negative = sum(scene.at(tick) < 0 for _, tick in scene.points)
    return {
        "numbers": kind, "step": scene.say(Fraction(*scene.step)), "points": str(len(scene.points)),
        "negative points": str(negative),
    }  # fmt: skip


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def draw(scene: Scene) -> Drawing:
    """The line."""
    return _number_line.draw(scene)


def _number(scene: Scene, text: str, answer: Fraction, *steps: str) -> Question:
    return Question(text=text, answer=scene.say(answer), kind="number", steps=steps)


def _points(scene: Scene, rng: random.Random, count: int) -> list[tuple[str, Fraction]]:
    """Different points with their numbers, in random order."""
    return [(name, scene.at(tick)) for name, tick in rng.sample(scene.points, count)]


def _seen(scene: Scene, *points: tuple[str, Fraction]) -> str:
    """The sentence that reads points."""
    return f"{join([f'{name} stands at {scene.say(value)}' for name, value in points])}."


def _apart(scene: Scene, one: Fraction, two: Fraction) -> str:
    """The equation of a distance."""
    low, high = sorted((one, two))
    return f"{scene.say(high)} - {scene.part(low)} = {scene.say(high - low)}"


def _ticks(scene: Scene) -> str:
    """The sentence that finds the step between ticks."""
    apart, step = _apart(scene, scene.at(scene.every), scene.at(0)), Fraction(*scene.step)
    if scene.every == 1:
        return f"From the first label to the next it is {apart}, one tick."
    total = scene.say(step * scene.every)
    return f"From label to label it is {apart}, so a tick is {total} ÷ {scene.every} = {scene.say(step)}."


def _value(scene: Scene, rng: random.Random) -> Question:
    name, tick = rng.choice(scene.points)
    wording = rng.choice(("What number is at point {}?", "Which number does point {} mark?", "Read the value of {}."))
    ahead, value = tick % scene.every, scene.at(tick)
    steps = [f"Point {name} stands at the label {scene.say(value)}."]
    if ahead:
        base, step = scene.say(scene.at(tick - ahead)), scene.say(Fraction(*scene.step))
        steps = [_ticks(scene), f"Point {name} is {plural(ahead, 'tick')} to the right of the label {base}."]
        steps.append(f"{base} + {ahead} × {step} = {scene.say(value)}.")
    return _number(scene, wording.format(name), value, *steps)


def _point(scene: Scene, rng: random.Random) -> Question:
    point = _points(scene, rng, 1)[0]
    wording = rng.choice(("Which point is at {}?", "Which letter marks the number {}?", "Name the point at {}."))
    text = wording.format(scene.say(point[1]))
    return Question(text=text, answer=point[0], kind="text", steps=(_seen(scene, point),))


def _step(scene: Scene, rng: random.Random) -> Question:
    text = rng.choice(("How far is it from one tick to the next?", "By how much do numbers grow from tick to tick?"))
    return _number(scene, text, Fraction(*scene.step), _ticks(scene))


def _greater(scene: Scene, rng: random.Random) -> Question:
    more, less = sorted(_points(scene, rng, 2), key=lambda point: -point[1])
    yes, word = rng.random() < 0.5, rng.choice(("greater", "less"))
    first, second = (more, less) if yes == (word == "greater") else (less, more)
    wording = rng.choice(("Is the number at {} {} than the number at {}?", "Does {} mark a number {} than that of {}?"))
    steps = (_seen(scene, first, second), f"{scene.say(more[1])} > {scene.say(less[1])}.")
    text = wording.format(first[0], word, second[0])
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _distance(scene: Scene, rng: random.Random) -> Question:
    one, two = _points(scene, rng, 2)
    wording = rng.choice(("How far apart are {} and {}?", "What is the distance between points {} and {}?"))
    text = wording.format(one[0], two[0])
    return _number(scene, text, abs(one[1] - two[1]), _seen(scene, one, two), f"{_apart(scene, one[1], two[1])}.")


def _between(scene: Scene, rng: random.Random) -> Question:
    pairs = [(a, b) for a, b in permutations(scene.points, 2) if abs(a[1] - b[1]) > 1]
    one, two = rng.choice(pairs)
    low, high = sorted((one[1], two[1]))
    right = scene.at(rng.randint(low + 1, high - 1))
    wrong = [scene.say(scene.at(tick)) for tick in range(scene.ticks + 4) if not low <= tick <= high]
    shown, letter = options(scene.say(right), wrong, rng)
    wording = rng.choice(
        ("Which of these numbers lies between {} and {}?", "Which number is between points {} and {}?")
    )
    steps = [_seen(scene, (one[0], scene.at(one[1])), (two[0], scene.at(two[1])))]
    steps += [f"{scene.say(scene.at(low))} < {scene.say(right)}.", f"{scene.say(right)} < {scene.say(scene.at(high))}."]
    text = wording.format(one[0], two[0])
    return Question(text=text, answer=letter, kind="choice", steps=tuple(steps), choices=shown)


def _moved(scene: Scene, rng: random.Random, tick: int) -> tuple[int, str, str]:
    """Another tick, the way there in words, and the sum without its result."""
    end = rng.choice([t for t in range(scene.ticks + 1) if abs(t - tick) > 1])
    far = scene.say(abs(end - tick) * Fraction(*scene.step))
    right = end > tick
    total = f"{scene.say(scene.at(tick))} {'+' if right else '-'} {far} = {scene.say(scene.at(end))}."
    return end, f"{far} to the {'right' if right else 'left'}", total


def _shift(scene: Scene, rng: random.Random) -> Question:
    name, tick = rng.choice(scene.points)
    end, way, total = _moved(scene, rng, tick)
    wording = rng.choice(("Which number is {} of point {}?", "What number lies {} of point {}?"))
    return _number(scene, wording.format(way, name), scene.at(end), _seen(scene, (name, scene.at(tick))), total)


def _walk(scene: Scene, rng: random.Random) -> Question:
    name, tick = rng.choice(scene.points)
    middle, way, total = _moved(scene, rng, tick)
    end, second, result = _moved(scene, rng, middle)
    wording = rng.choice(
        ("Start at {}, go {}, then {}. Where do you end?", "From {} go {} and then {}. Where is that?")
    )
    steps = (_seen(scene, (name, scene.at(tick))), total, result)
    return _number(scene, wording.format(name, way, second), scene.at(end), *steps)


def _midpoint(scene: Scene, rng: random.Random) -> Question:
    one, two = _points(scene, rng, 2)
    # Halves of whole numbers only where the level has fractions.
    pairs = [(a, b) for a, b in permutations(scene.points, 2) if (scene.at(a[1]) + scene.at(b[1])) % 2 == 0]
    if scene.level < 3 and pairs:
        one, two = ((name, scene.at(tick)) for name, tick in rng.choice(pairs))
    total = one[1] + two[1]
    wording = rng.choice(("Which number is exactly halfway between {} and {}?", "What is the midpoint of {} and {}?"))
    steps = (
        _seen(scene, one, two), f"{scene.say(one[1])} + {scene.part(two[1])} = {scene.say(total)}.",
        f"{scene.say(total)} ÷ 2 = {scene.say(total / 2)}.",
    )  # fmt: skip
    return _number(scene, wording.format(one[0], two[0]), total / 2, *steps)


def _mirror(scene: Scene, rng: random.Random) -> Question:
    one, two = _points(scene, rng, 2)
    end = 2 * two[1] - one[1]
    wording = rng.choice(
        ("{1} is halfway between {0} and which number?", "Which number is the mirror image of {0} in {1}?")
    )
    far = two[1] - one[1]
    steps = (
        _seen(scene, one, two),
        f"From {one[0]} to {two[0]}: {scene.say(two[1])} - {scene.part(one[1])} = {scene.say(far)}.",
        f"As far again: {scene.say(two[1])} + {scene.part(far)} = {scene.say(end)}.",
    )  # fmt: skip
    return _number(scene, wording.format(one[0], two[0]), end, *steps)


def _order(scene: Scene, rng: random.Random) -> Question:
    points = _points(scene, rng, len(scene.points))
    if scene.level == 2:
        low = rng.random() < 0.5
        points.sort(key=lambda point: point[1] if low else -point[1])
        text = rng.choice(("Order the points by their numbers, {} first.", "List the points, {} number first."))
        text = text.format("least" if low else "greatest")
        steps = [f"{scene.say(a[1])} {'<' if low else '>'} {scene.say(b[1])}." for a, b in pairwise(points)]
    else:
        places = [scene.at(t) for t in range(scene.ticks + 1)]
        goals = [n for n in places if len({abs(value - n) for _, value in points}) == len(points)]
        goal = rng.choice([n for n in goals if n == int(n)] or goals)
        points.sort(key=lambda point: abs(point[1] - goal))
        text = rng.choice(
            ("List points by distance from {}, nearest first.", "Order the points from nearest to {} to farthest.")
        )
        text = text.format(scene.say(goal))
        steps = [f"{name}: {_apart(scene, value, goal)}." for name, value in points]
    answer = ", ".join(name for name, _ in points)
    return Question(text=text, answer=answer, kind="list", steps=(_seen(scene, *points), *steps))


def _closest(scene: Scene, rng: random.Random) -> Question:
    points = [(name, scene.at(tick)) for name, tick in scene.points]
    name, value = rng.choice(points)
    goals = [scene.at(t) for t in range(scene.ticks + 1)]
    near = [n for n in goals if n != value and all(abs(value - n) < abs(v - n) for p, v in points if p != name)]
    if not near:  # hemmed in by two neighbours
        name, value = max(points, key=lambda point: point[1])
        near = [value + Fraction(*scene.step)]
    goal = rng.choice(near)
    text = rng.choice(("Which point is closest to {}?", "Which of the points is nearest to the number {}?"))
    steps = (_seen(scene, *points), *(f"{p}: {_apart(scene, v, goal)}." for p, v in points))
    steps += (f"The least distance is that of {name}.",)
    return Question(text=text.format(scene.say(goal)), answer=name, kind="text", steps=steps)


def _farther(scene: Scene, rng: random.Random) -> Question:
    trios = [t for t in permutations(scene.points, 3) if abs(t[0][1] - t[1][1]) > abs(t[0][1] - t[2][1])]
    base, far, near = ((name, scene.at(tick)) for name, tick in rng.choice(trios))
    yes = rng.random() < 0.5
    first, second = (far, near) if yes else (near, far)
    wording = rng.choice(("Is {} farther from {} than from {}?", "Does {} lie farther away from {} than from {}?"))
    steps = (
        _seen(scene, base, first, second), f"To {first[0]}: {_apart(scene, base[1], first[1])}.",
        f"To {second[0]}: {_apart(scene, base[1], second[1])}.",
    )  # fmt: skip
    text = wording.format(base[0], first[0], second[0])
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


_ASK = {
    "value": _value, "point": _point, "step": _step, "greater": _greater, "distance": _distance, "between": _between,
    "shift": _shift, "midpoint": _midpoint, "closest": _closest, "order": _order, "walk": _walk, "mirror": _mirror,
    "farther": _farther,
}  # fmt: skip
