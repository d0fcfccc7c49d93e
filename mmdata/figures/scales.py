"""Level balances: what do the things on the pans weigh?"""

from __future__ import annotations

import random
from collections.abc import Mapping

from mmdata.figures import Question
from mmdata.figures._instruments import added, compared, near, put, taken
from mmdata.figures._pans import Pan, Scene, draw, setup
from mmdata.figures._words import join, plural

__all__ = ["DOMAIN", "FORMS", "TITLE", "ask", "caption", "draw", "labels", "scene"]
TITLE = "Balance"
DOMAIN = "measurement"
FORMS = {
    "weigh": (1, 2, 3), "pick": (1, 2), "exceeds": (1, 2), "several": (1, 2), "expression": (2, 3),
    "heavier": (3,), "together": (3,), "difference": (3,),
}  # fmt: skip


def scene(rng: random.Random, level: int) -> Scene:
    """A thing and weights (level 1), several things, perhaps on both pans (2), two balances (3)."""
    return setup(rng, level)


def caption(scene: Scene) -> str:
    """What lies on the pans."""
    told = []
    for name, pans in zip(("first", "second"), scene.balances, strict=False):
        which = "A balance" if len(scene.balances) == 1 else f"The {name} balance"
        left, right = (_told(scene, pan) for pan in pans)
        told.append(f"{which} is level: on its left pan there are {left}; on its right pan there are {right}.")
    return " ".join(told).replace("there are 1 ", "there is 1 ")


def _told(scene: Scene, pan: Pan) -> str:
    things = [plural(pan.count(kind), kind) for kind in scene.kinds if pan.count(kind)]
    weights = [f"1 weight of {scene.say(weight)}" for weight in pan.weights]
    return join([*things, *weights])


def labels(scene: Scene) -> Mapping[str, str]:
    """How many balances there are, the first kind of thing, how often it is there, how many weights there are."""
    pans = [pan for balance in scene.balances for pan in balance]
    return {
        "balances": str(len(scene.balances)),
        "unit": scene.unit,
        "thing": scene.kinds[0],
        "things": str(sum(len(pan.things) for pan in pans)),
        "weights": str(sum(len(pan.weights) for pan in pans)),
    }


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def _solved(scene: Scene, kind: str) -> tuple[str, ...]:
    """How to find what a thing of a kind weighs."""
    at = scene.kinds.index(kind)
    first = scene.kinds[0]
    steps = list(_solved(scene, first)) if at else []
    one, two = scene.balances[at]
    if one.count(kind) < two.count(kind):
        one, two = two, one
    if len(two.weights) > 1:
        steps.append(f"The weights on the other pan: {' + '.join(map(str, two.weights))} = {two.load}.")
    loads = []
    for pan in (one, two):
        load, many = pan.load, pan.count(first) if at else 0
        if many:
            known = many * scene.values[0]
            steps.append(f"{plural(many, first)} there: {many} × {scene.values[0]} = {known}.")
            steps += [f"With the weights: {added(load, known)}."] if load else []
            load += known
        loads.append(load)
    left = one.count(kind) - two.count(kind)
    if two.count(kind):
        steps.append(f"Take {plural(two.count(kind), kind)} off both pans: {taken(one.count(kind), two.count(kind))}.")
    rest = loads[1] - loads[0]
    if loads[0]:
        steps.append(f"Without what else is on that pan: {taken(loads[1], loads[0])}.")
    if left > 1:
        steps.append(f"{plural(left, kind)} weigh {scene.say(rest)}: {rest} ÷ {left} = {rest // left}.")
    return (*steps, f"So one {kind} weighs {scene.say(rest // left)}.")


def _weigh(scene: Scene, rng: random.Random) -> Question:
    kind = scene.kinds[-1]
    words = (
        "How heavy is one {}?",
        "What does one {} weigh?",
        "Find the weight of one {}.",
        "How much does a {} weigh?",
    )
    text = put(rng, words, kind)
    return Question(text=text, answer=scene.say(scene.value(kind)), kind="quantity", steps=_solved(scene, kind))


def _pick(scene: Scene, rng: random.Random) -> Question:
    kind, value = scene.kinds[0], scene.values[0]
    steps = [step for step in (scene.step, 2 * scene.step, 5 * scene.step) if value > 3 * step]
    shown, letter = near(value, rng.choice(steps or [scene.step]), rng, scene.step)
    text = put(rng, ("Which of these is the weight of one {}?", "What does one {} weigh? Choose."), kind)
    choices = tuple(map(scene.say, shown))
    return Question(text=text, answer=letter, kind="choice", steps=_solved(scene, kind), choices=choices)


def _exceeds(scene: Scene, rng: random.Random) -> Question:
    kind, value = scene.kinds[0], scene.values[0]
    yes, more = rng.random() < 0.5, rng.random() < 0.5
    limit = value + (-1 if yes == more else 1) * scene.step * rng.randint(1, min(4, value // scene.step - 1))
    words = ("Is one {} {} than {}?", "Does one {0} weigh {3} than {2}?")
    pair = ("heavier", "more") if more else ("lighter", "less")
    text = put(rng, words, kind, pair[0], scene.say(limit), pair[1])
    steps = (*_solved(scene, kind), f"{compared(value, limit)}.")
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _several(scene: Scene, rng: random.Random) -> Question:
    kind, value = scene.kinds[0], scene.values[0]
    count = rng.choice([n for n in range(2, 8) if all(n != pan.count(kind) for pan in scene.balances[0])])
    words = ("How heavy are {} such {}s together?", "What do {} of these {}s weigh together?")
    text = put(rng, words, count, kind)
    steps = (*_solved(scene, kind), f"{count} × {value} = {count * value}.")
    return Question(text=text, answer=scene.say(count * value), kind="quantity", steps=steps)


def _expression(scene: Scene, rng: random.Random) -> Question:
    kind, letter = scene.kinds[0], rng.choice("xnmw")
    sides = [(pan, side) for pan, side in zip(scene.balances[0], ("left", "right"), strict=True) if pan.count(kind)]
    pan, side = rng.choice(sides)
    where = f"{side} pan" + (" of the first balance" if len(scene.balances) > 1 else "")
    unit = "grams" if scene.unit == "g" else "kilograms"
    words = (
        "One {0} weighs {1} {2}. Write what the {3} carries, in {2}, as an expression in {1}, without solving.",
        "Let {1} stand for the weight of one {0} in {2}. Which expression in {1} gives the weight on the {3}?",
    )
    text = put(rng, words, kind, letter, unit, where)
    count = pan.count(kind)
    term = f"{count}{letter}" if count > 1 else letter
    steps = [f"On the {where} there {'is' if count == 1 else 'are'} {plural(count, kind)}: {term}."]
    if len(pan.weights) > 1:
        steps.append(f"The weights there: {' + '.join(map(str, pan.weights))} = {pan.load}.")
    answer = f"{term} + {pan.load}" if pan.load else term
    return Question(text=text, answer=answer, kind="math", steps=(*steps, f"Together: {answer}."))


def _heavier(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.kinds, 2)
    heavier = rng.random() < 0.5
    words = ("Is one {} {} than one {}?", "Does a {0} weigh {3} than a {2}?")
    text = put(rng, words, one, "heavier" if heavier else "lighter", two, "more" if heavier else "less")
    steps = (*_solved(scene, scene.kinds[1]), f"{compared(scene.value(one), scene.value(two))}.")
    answer = "yes" if (scene.value(one) > scene.value(two)) == heavier else "no"
    return Question(text=text, answer=answer, kind="yesno", steps=steps)


def _together(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.kinds, 2)
    counts = rng.choice(((1, 1), (1, 2), (1, 3), (2, 3), (3, 1)))
    parts = [count * scene.value(kind) for count, kind in zip(counts, (one, two), strict=True)]
    words = ("How heavy are {} and {} together?", "What do {} and {} weigh together?")
    text = put(rng, words, plural(counts[0], one), plural(counts[1], two))
    times = [
        f"{count} × {scene.value(kind)} = {part}."
        for count, kind, part in zip(counts, (one, two), parts, strict=True)
        if count > 1
    ]
    steps = (*_solved(scene, scene.kinds[1]), *times, f"{added(*parts)}.")
    return Question(text=text, answer=scene.say(sum(parts)), kind="quantity", steps=steps)


def _difference(scene: Scene, rng: random.Random) -> Question:
    one, two = sorted(scene.kinds, key=lambda kind: -scene.value(kind))
    words = (
        "By how much is one {} heavier than one {}?",
        "What is the difference in weight between one {} and one {}?",
    )
    text = put(rng, words, one, two)
    steps = (*_solved(scene, scene.kinds[1]), f"{taken(scene.value(one), scene.value(two))}.")
    return Question(text=text, answer=scene.say(scene.value(one) - scene.value(two)), kind="quantity", steps=steps)


_ASK = {
    "weigh": _weigh, "pick": _pick, "exceeds": _exceeds, "several": _several, "expression": _expression,
    "heavier": _heavier, "together": _together, "difference": _difference,
}  # fmt: skip
