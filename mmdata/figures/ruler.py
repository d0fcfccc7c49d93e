"""Objects to measure on a ruler."""

from __future__ import annotations

import random
from collections.abc import Mapping

from mmdata.figures import Question
from mmdata.figures._instruments import added, compared, near, put, taken
from mmdata.figures._lengths import Scene, Thing, draw, setup
from mmdata.figures._words import a, join

__all__ = ["DOMAIN", "FORMS", "TITLE", "ask", "caption", "draw", "labels", "scene"]
TITLE = "Ruler"
DOMAIN = "measurement"
FORMS = {
    "length": (1, 2, 3), "pick": (1, 2), "exceeds": (1, 2), "cut": (1, 2), "mark": (2,), "copies": (2,),
    "longer": (3,), "difference": (3,), "total": (3,), "offset": (3,),
}  # fmt: skip


def scene(rng: random.Random, level: int) -> Scene:
    """An object from zero (level 1), one that starts elsewhere (2), or two of them (3)."""
    return setup(rng, level)


def caption(scene: Scene) -> str:
    """Where each object starts and ends."""
    told = [
        f"{a(t.kind)} that reaches from {scene.bare(t.start)} {scene.unit} to {scene.say(t.end)}" for t in scene.things
    ]
    return f"On a ruler that shows {scene.first} {scene.unit} to {scene.last} {scene.unit} lies {join(told)}."


def labels(scene: Scene) -> Mapping[str, str]:
    """Which objects and unit there are, and what the ruler starts with."""
    facts = {"objects": str(len(scene.things)), "unit": scene.unit, "object": scene.things[0].kind}
    return facts | {"starts at zero": "no" if scene.first else "yes"}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def _measured(scene: Scene, thing: Thing) -> tuple[str, ...]:
    """How long an object is."""
    if thing.start == 0:
        return (
            f"The {thing.kind} starts at 0 and ends at {scene.bare(thing.end)}: it is {scene.say(thing.end)} long.",
        )
    ends = f"The {thing.kind} starts at {scene.bare(thing.start)} and ends at {scene.bare(thing.end)}."
    return ends, f"Its length: {taken(thing.end / scene.per, thing.start / scene.per)}."


def _length(scene: Scene, rng: random.Random) -> Question:
    thing = rng.choice(scene.things)
    words = ("How long is the {}?", "What is the length of the {}?", "Measure the {} on the ruler. How long is it?")
    text = put(rng, words, thing.kind)
    return Question(text=text, answer=scene.say(thing.length), kind="quantity", steps=_measured(scene, thing))


def _pick(scene: Scene, rng: random.Random) -> Question:
    thing = scene.things[0]
    count = rng.choice([i for i in (1, 2) if thing.length > 3 * i * scene.step])
    shown, letter = near(thing.length, count * scene.step, rng, scene.step)
    words = ("Which of these is the length of the {}?", "How long is the {}? Choose the right length.")
    text, choices = put(rng, words, thing.kind), tuple(map(scene.say, shown))
    return Question(text=text, answer=letter, kind="choice", steps=_measured(scene, thing), choices=choices)


def _exceeds(scene: Scene, rng: random.Random) -> Question:
    thing, yes, longer = scene.things[0], rng.random() < 0.5, rng.random() < 0.5
    most = 3 if thing.length > 3 * scene.step else 1
    limit = thing.length + (-1 if yes == longer else 1) * scene.step * rng.randint(1, most)
    words = ("Is the {} {} than {}?", "Does the {0} measure {3} than {2}?")
    pair = ("longer", "more") if longer else ("shorter", "less")
    text = put(rng, words, thing.kind, pair[0], scene.say(limit), pair[1])
    steps = (*_measured(scene, thing), f"{compared(thing.length / scene.per, limit / scene.per)}.")
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _cut(scene: Scene, rng: random.Random) -> Question:
    thing = scene.things[0]
    off = scene.step * rng.randint(1, thing.length // scene.step - 1)
    words = (
        "A piece of {1} is cut off the {0}. How long is the rest?",
        "The {0} is shortened by {1}. How long is it then?",
        "What length is left of the {0} when {1} of it are removed?",
    )
    text = put(rng, words, thing.kind, scene.say(off))
    steps = (*_measured(scene, thing), f"{taken(thing.length / scene.per, off / scene.per)}.")
    return Question(text=text, answer=scene.say(thing.length - off), kind="quantity", steps=steps)


def _mark(scene: Scene, rng: random.Random) -> Question:
    thing, right = scene.things[0], rng.random() < 0.5
    words = (
        "At which mark of the ruler is the {} end of the {}? Give it with its unit.",
        "What does the ruler read at the {} end of the {}? Include the unit.",
    )
    text = put(rng, words, "right" if right else "left", thing.kind)
    value = thing.end if right else thing.start
    steps = (f"The {'right' if right else 'left'} end of the {thing.kind} is at {scene.say(value)}.",)
    return Question(text=text, answer=scene.say(value), kind="quantity", steps=steps)


def _copies(scene: Scene, rng: random.Random) -> Question:
    thing, count = scene.things[0], rng.randint(2, 6)
    words = (
        "How long are {} such {}s laid end to end?",
        "{} {}s just like this one lie end to end. How long is the row?",
    )
    text = put(rng, words, count, thing.kind).replace("brushs", "brushes")
    whole = f"{count} × {scene.bare(thing.length)} = {scene.bare(count * thing.length)}."
    steps = (*_measured(scene, thing), whole)
    return Question(text=text, answer=scene.say(count * thing.length), kind="quantity", steps=steps)


def _longer(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.things, 2)
    longer = rng.random() < 0.5
    words = ("Is the {} {} than the {}?", "Compare the two: is the {} {} than the {}?")
    text = put(rng, words, one.kind, "longer" if longer else "shorter", two.kind)
    told = f"{compared(one.length / scene.per, two.length / scene.per)}."
    steps = (*_measured(scene, one), *_measured(scene, two), told)
    answer = "yes" if (one.length > two.length) == longer else "no"
    return Question(text=text, answer=answer, kind="yesno", steps=steps)


def _difference(scene: Scene, rng: random.Random) -> Question:
    one, two = sorted(scene.things, key=lambda thing: -thing.length)
    words = ("How much longer is the {} than the {}?", "By what length is the {1} shorter than the {0}?")
    text = put(rng, words, one.kind, two.kind)
    told = f"{taken(one.length / scene.per, two.length / scene.per)}."
    steps = (*_measured(scene, one), *_measured(scene, two), told)
    return Question(text=text, answer=scene.say(one.length - two.length), kind="quantity", steps=steps)


def _total(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.things, 2)
    words = (
        "The {} and the {} are laid end to end. How long are they together?",
        "What is the total length of the {} and the {}?",
    )
    text = put(rng, words, one.kind, two.kind)
    told = f"{added(one.length / scene.per, two.length / scene.per)}."
    steps = (*_measured(scene, one), *_measured(scene, two), told)
    return Question(text=text, answer=scene.say(one.length + two.length), kind="quantity", steps=steps)


def _offset(scene: Scene, rng: random.Random) -> Question:
    one, two = sorted(scene.things, key=lambda thing: -thing.start)
    words = (
        "How far to the right of the left end of the {1} is the left end of the {0}, measured along the ruler?",
        "Along the ruler, how far apart are the left ends of the {0} and the {1}?",
    )
    text = put(rng, words, one.kind, two.kind)
    steps = (
        f"The {one.kind} starts at {scene.bare(one.start)}, the {two.kind} at {scene.bare(two.start)}.",
        f"{taken(one.start / scene.per, two.start / scene.per)}.",
    )
    return Question(text=text, answer=scene.say(one.start - two.start), kind="quantity", steps=steps)


_ASK = {
    "length": _length, "pick": _pick, "exceeds": _exceeds, "cut": _cut, "mark": _mark, "copies": _copies,
    "longer": _longer, "difference": _difference, "total": _total, "offset": _offset,
}  # fmt: skip
