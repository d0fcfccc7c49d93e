"""Thermometers to read, compare and reckon with."""

from __future__ import annotations

import random
from collections.abc import Mapping

from mmdata.figures import Question
from mmdata.figures._instruments import added, compared, near, put, taken, tidy
from mmdata.figures._tubes import Meter, Scene, draw, scene
from mmdata.figures._words import join

__all__ = ["DOMAIN", "FORMS", "TITLE", "ask", "caption", "draw", "labels", "scene"]
TITLE = "Thermometer"
DOMAIN = "measurement"
FORMS = {
    "read": (1, 2, 3), "pick": (1,), "compare": (1, 2), "change": (1, 2), "reach": (2,), "difference": (2, 3),
    "extreme": (3,), "order": (3,), "after": (3,), "mean": (3,),
}  # fmt: skip


def caption(scene: Scene) -> str:
    """What each thermometer shows, and how its scale runs."""
    shown = join([scene.say(meter.value) + scene.where(meter) for meter in scene.meters])
    many = "s show" if len(scene.meters) > 1 else " shows"
    scales = dict.fromkeys((m.low, m.high, m.minor) for m in scene.meters)
    runs = [f"from {tidy(a / 10)} to {tidy(b / 10)} with a mark every {scene.say(c)}" for a, b, c in scales]
    return f"The thermometer{many} {shown}. {'The scale runs' if len(runs) < 2 else 'Their scales run'} {join(runs)}."


def labels(scene: Scene) -> Mapping[str, str]:
    """How many thermometers there are, how fine the first scale is, how many show less than zero."""
    below = sum(meter.value < 0 for meter in scene.meters)
    facts = {"thermometers": len(scene.meters), "below zero": below, "mark every": scene.meters[0].minor / 10}
    return {name: tidy(fact) for name, fact in facts.items()} | {"unit": scene.unit}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def _reading(scene: Scene, meter: Meter) -> tuple[str, ...]:
    """How to read a thermometer."""
    over, parts = meter.value % meter.major, meter.major // meter.minor
    marks, below = over // meter.minor, tidy((meter.value - over) / 10)
    if not over:
        return (f"The liquid ends exactly at {scene.say(meter.value)}{scene.where(meter)}.",)
    wide, narrow = tidy(meter.major / 10), tidy(meter.minor / 10)
    return (
        f"From one number to the next there are {parts} divisions: {wide} ÷ {parts} = {narrow}.",
        f"The liquid ends {marks} mark{'s' * (marks > 1)} above {below}{scene.where(meter)}:"
        f" {below} + {marks} × {narrow} = {tidy(meter.value / 10)}.",
    )


def _read(scene: Scene, rng: random.Random) -> Question:
    meter = rng.choice(scene.meters)
    words = ("What temperature is shown{}?", "Read the temperature{}. What is it?", "How warm is it{}?")
    text = put(rng, words, scene.where(meter))
    return Question(text=text, answer=scene.say(meter.value), kind="quantity", steps=_reading(scene, meter))


def _pick(scene: Scene, rng: random.Random) -> Question:
    meter = scene.meters[0]
    shown, letter = near(meter.value, rng.choice((meter.minor, 2 * meter.minor, meter.major)), rng)
    text = put(rng, ("Which temperature does the thermometer show?", "Which of these is the temperature shown?"))
    choices, steps = tuple(map(scene.say, shown)), _reading(scene, meter)
    return Question(text=text, answer=letter, kind="choice", steps=steps, choices=choices)


def _compare(scene: Scene, rng: random.Random) -> Question:
    meter, yes, warmer = rng.choice(scene.meters), rng.random() < 0.5, rng.random() < 0.5
    limit = meter.value + (-1 if yes == warmer else 1) * meter.minor * rng.randint(1, 5)
    words = ("Is it {} than {}{}?", "Is the temperature{2} {3} than {1}?")
    two = ("warmer", "higher") if warmer else ("colder", "lower")
    text = put(rng, words, two[0], scene.say(limit), scene.where(meter), two[1])
    steps = (scene.seen(meter), f"{compared(meter.value / 10, limit / 10)}.")
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _change(scene: Scene, rng: random.Random) -> Question:
    meter, up = rng.choice(scene.meters), rng.random() < 0.5
    by = rng.randint(2, 9 if scene.level == 1 else 19) * 10
    words = (
        "Next, the temperature{} {} by {} degrees. What does the thermometer show then?",
        "What will the temperature{} be after it {} by {} degrees?",
    )
    text = put(rng, words, scene.where(meter), "rises" if up else "falls", by // 10)
    steps = (*_reading(scene, meter), f"{(added if up else taken)(meter.value / 10, by / 10)}.")
    return Question(text=text, answer=scene.say(meter.value + (by if up else -by)), kind="quantity", steps=steps)


def _reach(scene: Scene, rng: random.Random) -> Question:
    meter, up = rng.choice(scene.meters), rng.random() < 0.5
    goal = (meter.value // 10 + (rng.randint(3, 20) if up else -rng.randint(2, 18))) * 10
    words = (
        "By how many degrees must the temperature{} {} to reach {}?",
        "How many degrees does the temperature{} still have to {} until it is {}?",
    )
    text = put(rng, words, scene.where(meter), "rise" if up else "fall", scene.say(goal))
    small, big = sorted((goal / 10, meter.value / 10))
    steps = (*_reading(scene, meter), f"{taken(big, small)}.")
    return Question(text=text, answer=tidy(big - small), kind="number", steps=steps)


def _difference(scene: Scene, rng: random.Random) -> Question:
    one, two = sorted(rng.sample(scene.meters, 2), key=lambda meter: -meter.value)
    words = (
        "How many degrees warmer is it{} than{}?", "By how many degrees is it colder{1} than{0}?",
        "How many degrees apart are the temperatures{} and{}?",
    )  # fmt: skip
    text = put(rng, words, scene.where(one), scene.where(two))
    steps = (scene.seen(one), scene.seen(two), f"{taken(one.value / 10, two.value / 10)}.")
    return Question(text=text, answer=tidy((one.value - two.value) / 10), kind="number", steps=steps)


def _extreme(scene: Scene, rng: random.Random) -> Question:
    rank = rng.randrange(3)
    order = sorted(scene.meters, key=lambda meter: meter.value)
    words = ("Which {0} is {1}?", "Of the {0}s shown, which is {1}?", "Which {0} has {2} temperature?")
    two = (
        ("the coldest", "the lowest"),
        ("neither the warmest nor the coldest", "the middle"),
        ("the warmest", "the highest"),
    )
    text = put(rng, words, scene.place, *two[rank]).replace("citys", "cities")
    steps = (*map(scene.seen, scene.meters), f"{' < '.join(tidy(meter.value / 10) for meter in order)}.")
    return Question(text=text, answer=order[rank].name, kind="text", steps=steps)


def _order(scene: Scene, rng: random.Random) -> Question:
    up = rng.random() < 0.5
    order = sorted(scene.meters, key=lambda meter: meter.value if up else -meter.value)
    words = ("List the {}s from {} to {}.", "Put the {}s in order from {} to {}.")
    ends = ("coldest", "warmest") if up else ("warmest", "coldest")
    text = put(rng, words, scene.place, *ends).replace("citys", "cities")
    row = (" < " if up else " > ").join(tidy(meter.value / 10) for meter in order)
    steps = (*map(scene.seen, scene.meters), f"{row}.")
    return Question(text=text, answer=", ".join(meter.name for meter in order), kind="list", steps=steps)


def _after(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.meters, 2)
    up, down = rng.randint(2, 12), rng.randint(2, 12)
    up += one.value + 10 * up == two.value - 10 * down
    ends = (one.value / 10 + up, two.value / 10 - down)
    words = (
        "The temperature{} rises by {} degrees and{} it falls by {} degrees. How many degrees apart are they then?",
        "Suppose it gets {1} degrees warmer{0} and {3} degrees colder{2}."
        " By how many degrees do the two temperatures differ then?",
    )
    text = put(rng, words, scene.where(one), up, scene.where(two), down)
    changes = (added(one.value / 10, up), taken(two.value / 10, down), taken(max(ends), min(ends)))
    steps = (scene.seen(one), f"{changes[0]}.", scene.seen(two), f"{changes[1]}.", f"{changes[2]}.")
    return Question(text=text, answer=tidy(max(ends) - min(ends)), kind="number", steps=steps)


def _mean(scene: Scene, rng: random.Random) -> Question:
    pairs = [(a, b) for a in scene.meters for b in scene.meters if a != b and (a.value + b.value) % 2 == 0]
    one, two = rng.choice(pairs)
    words = ("What is the average of the temperatures{} and{}?", "Find the mean of the temperatures{} and{}.")
    text, total = put(rng, words, scene.where(one), scene.where(two)), one.value + two.value
    half = f"{tidy(total / 10)} ÷ 2 = {tidy(total / 20)}."
    steps = (scene.seen(one), scene.seen(two), f"{added(one.value / 10, two.value / 10)}.", half)
    return Question(text=text, answer=scene.say(total // 2), kind="quantity", steps=steps)


_ASK = {
    "read": _read, "pick": _pick, "compare": _compare, "change": _change, "reach": _reach,
    "difference": _difference, "extreme": _extreme, "order": _order, "after": _after, "mean": _mean,
}  # fmt: skip
