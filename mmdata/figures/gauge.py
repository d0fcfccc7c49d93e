"""Beakers, speedometers and dial scales to read."""

from __future__ import annotations

import random
from collections.abc import Mapping

from mmdata.figures import Question
from mmdata.figures._gauges import Gauge, Scene, draw, setup
from mmdata.figures._instruments import added, compared, near, put, taken, tidy
from mmdata.figures._words import join

__all__ = ["DOMAIN", "FORMS", "TITLE", "ask", "caption", "draw", "labels", "scene"]
TITLE = "Gauge"
DOMAIN = "measurement"
FORMS = {
    "read": (1, 2, 3), "pick": (1, 2), "exceeds": (1, 2), "room": (1,), "change": (2,), "times": (2,),
    "more": (3,), "difference": (3,), "after": (3,), "mean": (3,),
}  # fmt: skip
_READ = {
    "beaker": ("How much liquid is in {}?", "What volume does {} hold?", "Read {}. How much does it hold?"),
    "speedometer": ("What speed does {} show?", "How fast does {} say the car goes?", "Read {}. What is the speed?"),
    "scale": ("What weight does {} show?", "How much does the load on {} weigh?", "Read {}. What is the weight?"),
}
_EXCEEDS = {
    "beaker": ("Is there {} than {} in {}?", "Does {2} hold {0} than {1}?"),
    "speedometer": ("Is the speed on {2} {0} than {1}?", "Does {2} show {0} than {1}?"),
    "scale": ("Is the weight on {2} {0} than {1}?", "Does {2} show {0} than {1}?"),
}
_ROOM = {
    "beaker": ("How much more liquid fills {} up to its top mark?", "How much is missing in {} up to the top mark?"),
    "speedometer": ("By how much would the speed have to rise to reach the last mark of {}?",),
    "scale": ("How much more weight can {} take until its last mark is reached?",),
}
_UP = {
    "beaker": ("{1} are poured into {0}. How much does it hold then?", "How much is in {0} after {1} are added?"),
    "speedometer": ("The speed on {} rises by {}. What is it then?", "What speed does {} show once it is {} higher?"),
    "scale": ("Another {1} are put on {0}. What does it show then?", "What does {0} show after {1} are added?"),
}
_DOWN = {
    "beaker": ("{1} are poured out of {0}. How much is left?", "How much is in {0} after {1} are taken out?"),
    "speedometer": ("The speed on {} falls by {}. What is it then?", "What speed does {} show once it is {} lower?"),
    "scale": ("{1} are taken off {0}. What does it show then?", "What does {0} show after {1} are removed?"),
}
_TIMES = {
    "beaker": ("How much liquid do {1} such beakers hold, each as full as this one?",),
    "speedometer": ("How far does the car get in {1} hours at the speed shown? Give the distance in {2}.",),
    "scale": ("What do {1} loads like the one on {0} weigh together?",),
}
_MORE = {
    "beaker": "Does {} hold {} than {}?", "speedometer": "Does {} show a {} speed than {}?",
    "scale": "Does {} show {} weight than {}?",
}  # fmt: skip
_APART = {
    "beaker": "How much more liquid is in {} than in {}?",
    "speedometer": "How much higher is the speed on {} than on {}?",
    "scale": "How much more weight does {} show than {}?",
}  # fmt: skip
_AFTER = {
    "beaker": "{1} are poured into {0} and {3} are poured out of {2}. By how much do the two volumes differ then?",
    "speedometer": "The speed on {} rises by {}, the speed on {} falls by {}. By how much do they differ then?",
    "scale": "{1} are added on {0} and {3} are taken off {2}. By how much do the two weights differ then?",
}


def scene(rng: random.Random, level: int) -> Scene:
    """One instrument (levels 1 and 2), or two with finer scales (3)."""
    return setup(rng, level)


def caption(scene: Scene) -> str:
    """What each instrument shows, and how its scale runs."""
    told = []
    for gauge in scene.gauges:
        marks = f"has marks up to {scene.say(gauge.top)}, one every {scene.say(gauge.minor)},"
        told.append(f"{_name(scene, gauge)} {marks} and shows {scene.say(gauge.value)}")
    text = join(told)
    return f"{text[0].upper()}{text[1:]}."


def labels(scene: Scene) -> Mapping[str, str]:
    """Sort and unit, how many instruments there are, and how fine the first is."""
    first = scene.gauges[0]
    facts = {"instrument": scene.sort, "unit": scene.unit, "instruments": str(len(scene.gauges))}
    return facts | {"divisions": str(first.major // first.minor)}


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    return _ASK[form](scene, rng)


def _name(scene: Scene, gauge: Gauge) -> str:
    return f"{scene.sort} {gauge.name}" if gauge.name else f"the {scene.sort}"


def _tell(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def _reading(scene: Scene, gauge: Gauge) -> tuple[str, ...]:
    """How to read an instrument."""
    over, parts, bare = gauge.value % gauge.major, gauge.major // gauge.minor, scene.bare
    name = _tell(_name(scene, gauge))
    if not over:
        return (f"{name} shows exactly {scene.say(gauge.value)}.",)
    marks, below = over // gauge.minor, gauge.value - over
    return (
        f"Between two numbers there are {parts} divisions: {bare(gauge.major)} ÷ {parts} = {bare(gauge.minor)}.",
        f"{name} shows {marks} mark{'s' * (marks > 1)} after {bare(below)}:"
        f" {bare(below)} + {marks} × {bare(gauge.minor)} = {bare(gauge.value)}.",
    )


def _read(scene: Scene, rng: random.Random) -> Question:
    gauge = rng.choice(scene.gauges)
    text = put(rng, _READ[scene.sort], _name(scene, gauge))
    return Question(text=text, answer=scene.say(gauge.value), kind="quantity", steps=_reading(scene, gauge))


def _pick(scene: Scene, rng: random.Random) -> Question:
    gauge = scene.gauges[0]
    shown, letter = near(gauge.value, gauge.minor * rng.choice((1, 1, 2)), rng, gauge.minor)
    text = put(rng, ("What does {} show?", "Which of these values does {} show?"), _name(scene, gauge))
    choices, steps = tuple(map(scene.say, shown)), _reading(scene, gauge)
    return Question(text=text, answer=letter, kind="choice", steps=steps, choices=choices)


def _exceeds(scene: Scene, rng: random.Random) -> Question:
    gauge, yes, more = scene.gauges[0], rng.random() < 0.5, rng.random() < 0.5
    down = yes == more
    most = min(4, gauge.value // gauge.minor - 1 if down else 4)
    limit = gauge.value + (-1 if down else 1) * (gauge.minor * rng.randint(1, most) if most else gauge.minor // 2)
    word = ("more" if more else "less") if scene.sort != "speedometer" else ("higher" if more else "lower")
    text = put(rng, _EXCEEDS[scene.sort], word, scene.say(limit), _name(scene, gauge)).replace(
        "show higher", "show more"
    )
    text = _tell(text.replace("show lower", "show less"))
    steps = (*_reading(scene, gauge), f"{compared(gauge.value / scene.per, limit / scene.per)}.")
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _room(scene: Scene, rng: random.Random) -> Question:
    gauge = scene.gauges[0]
    text = put(rng, _ROOM[scene.sort], _name(scene, gauge))
    told = f"{taken(gauge.top / scene.per, gauge.value / scene.per)}."
    steps = (*_reading(scene, gauge), f"The last mark is {scene.say(gauge.top)}.", told)
    return Question(text=text, answer=scene.say(gauge.top - gauge.value), kind="quantity", steps=steps)


def _change(scene: Scene, rng: random.Random) -> Question:
    gauge = scene.gauges[0]
    up = rng.random() < (gauge.top - gauge.value) / gauge.top
    room = (gauge.top - gauge.value if up else gauge.value) // gauge.minor
    by = gauge.minor * rng.randint(1, max(1, room - 1))
    text = _tell(put(rng, (_UP if up else _DOWN)[scene.sort], _name(scene, gauge), scene.say(by)))
    steps = (*_reading(scene, gauge), f"{(added if up else taken)(gauge.value / scene.per, by / scene.per)}.")
    answer = scene.say(gauge.value + by if up else gauge.value - by)
    return Question(text=text, answer=answer, kind="quantity", steps=steps)


def _times(scene: Scene, rng: random.Random) -> Question:
    gauge, count = scene.gauges[0], rng.randint(2, 9)
    unit = {"km/h": "kilometers", "mph": "miles"}.get(scene.unit, scene.unit)
    text = put(rng, _TIMES[scene.sort], _name(scene, gauge), count, unit)
    whole = scene.bare(count * gauge.value)
    steps = (*_reading(scene, gauge), f"{count} × {scene.bare(gauge.value)} = {whole}.")
    answer = f"{whole} {'km' if unit == 'kilometers' else unit}"
    return Question(text=text, answer=answer, kind="quantity", steps=steps)


def _more(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.gauges, 2)
    more = rng.random() < 0.5
    word = ("higher" if more else "lower") if scene.sort == "speedometer" else ("more" if more else "less")
    text = _MORE[scene.sort].format(_name(scene, one), word, _name(scene, two))
    if rng.random() < 0.5:
        text = (
            f"Is the reading of {_name(scene, one)} {'larger' if more else 'smaller'} than that of {_name(scene, two)}?"
        )
    told = f"{compared(one.value / scene.per, two.value / scene.per)}."
    steps = (*_reading(scene, one), *_reading(scene, two), told)
    answer = "yes" if (one.value > two.value) == more else "no"
    return Question(text=text, answer=answer, kind="yesno", steps=steps)


def _difference(scene: Scene, rng: random.Random) -> Question:
    one, two = sorted(scene.gauges, key=lambda gauge: -gauge.value)
    words = (_APART[scene.sort], "What is the difference between the readings of {} and {}? Give it with its unit.")
    text = put(rng, words, _name(scene, one), _name(scene, two))
    told = f"{taken(one.value / scene.per, two.value / scene.per)}."
    steps = (*_reading(scene, one), *_reading(scene, two), told)
    return Question(text=text, answer=scene.say(one.value - two.value), kind="quantity", steps=steps)


def _after(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.gauges, 2)
    up = one.minor * rng.randint(1, min(12, (one.top - one.value) // one.minor))
    down = two.minor * rng.randint(1, max(1, min(12, two.value // two.minor - 2)))
    down += two.minor * (one.value + up == two.value - down)
    ends = [(one.value + up) / scene.per, (two.value - down) / scene.per]
    parts = (_name(scene, one), scene.say(up), _name(scene, two), scene.say(down))
    told = (added(one.value / scene.per, up / scene.per), taken(two.value / scene.per, down / scene.per))
    steps = (
        *_reading(scene, one),
        f"{told[0]}.",
        *_reading(scene, two),
        f"{told[1]}.",
        f"{taken(max(ends), min(ends))}.",
    )
    answer = f"{tidy(max(ends) - min(ends))} {scene.unit}"
    return Question(text=_tell(_AFTER[scene.sort].format(*parts)), answer=answer, kind="quantity", steps=steps)


def _mean(scene: Scene, rng: random.Random) -> Question:
    one, two = rng.sample(scene.gauges, 2)
    words = (
        "What is the average of the two readings? Give it with its unit.",
        "Which value lies exactly halfway between the two readings? Give it with its unit.",
    )
    total = one.value + two.value
    told = f"{added(one.value / scene.per, two.value / scene.per)}."
    half = f"{scene.bare(total)} ÷ 2 = {scene.bare(total / 2)}."
    steps = (*_reading(scene, one), *_reading(scene, two), told, half)
    return Question(text=put(rng, words), answer=scene.say(total / 2), kind="quantity", steps=steps)


_ASK = {
    "read": _read, "pick": _pick, "exceeds": _exceeds, "room": _room, "change": _change, "times": _times,
    "more": _more, "difference": _difference, "after": _after, "mean": _mean,
}  # fmt: skip
