"""Pie charts: shares in percent, written at the slices; one may have to be worked out from the others."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from mmdata.figures import Drawing, Question
from mmdata.figures import _sheet as sheet
from mmdata.figures._charts import Style
from mmdata.figures._sheet import Pie, Sheet
from mmdata.figures._words import join, options

TITLE = "Pie chart"
DOMAIN = "chart"
FORMS = {
    "share": (1, 2, 3),
    "which": (1, 2),
    "extreme": (1,),
    "compare": (1, 2, 3),
    "above": (2,),
    "together": (1, 2, 3),
    "difference": (2,),
    "rank": (2,),
    "order": (2, 3),
    "rest": (2, 3),
    "fraction": (2, 3),
    "number": (2, 3),
    "more": (3,),
    "whole": (3,),
    "angle": (3,),
}
_TOPICS = (
    ("Favorite Pets", "pupils", "chose {}", "dogs cats birds fish rabbits hamsters turtles lizards"),
    ("Favorite Fruit", "children", "chose {}", "apples bananas cherries grapes oranges peaches plums kiwis"),
    ("The Way to School", "pupils", "came by {}", "bus car bicycle tram train scooter ferry taxi"),
    ("A Month's Spending", "dollars", "went to {}", "rent food clothes travel savings books sports gifts"),
    ("Trees in the Park", "trees", "were {}", "oaks maples pines birches willows elms lindens beeches"),
    ("Books on Loan", "books", "were {}", "novels comics atlases thrillers biographies cookbooks plays poems"),
    ("Sold at the Bakery", "pieces", "were {}", "rolls muffins bagels pretzels donuts cakes croissants pies"),
    ("Fields of the Valley", "acres", "were planted with {}", "wheat corn barley rice beans oats potatoes cotton"),
    ("Guests at the Hotel", "guests", "came from {}", "France Spain Japan Brazil Canada Kenya India Norway"),
    ("How the Hours Were Spent", "hours", "were spent on {}", "sleep school sports meals reading music travel chores"),
    ("Where Power Came From", "kilowatt-hours", "came from {}", "coal gas wind sun water oil wood uranium"),
    ("The Election", "votes", "went to {}", "Anna Ben Carla David Emma Farid Grace Hugo"),
    ("Recycling", "kilograms", "were {}", "paper glass plastic metal wood textiles batteries rubber"),
    ("The Orchestra", "players", "played the {}", "violin cello flute oboe horn trumpet harp clarinet"),
    ("Languages at Camp", "campers", "spoke {}", "English Spanish French German Arabic Hindi Turkish Polish"),
    ("Animals on the Farm", "animals", "were {}", "cows sheep goats horses ducks geese pigs hens"),
    ("Ice Cream Sold", "scoops", "were {}", "vanilla chocolate strawberry lemon mango mint coconut walnut"),
)
"""Title, what the whole is made of, how a slice follows that, and the slices there may be."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The chart; slices in the order in which they are drawn."""

    level: int
    title: str
    noun: str
    verb: str
    names: tuple[str, ...]
    values: tuple[int, ...]
    """In percent: all different, 100 together."""
    total: int
    """What the whole pie stands for, written under the title; 0 for nothing."""
    hidden: str
    """The slice with a question mark instead of its percentage, or nothing."""
    pie: Pie
    style: Style

    def of(self, name: str) -> int:
        """The percentage of a slice."""
        return self.values[self.names.index(name)]

    def all(self, name: str) -> str:
        """`pupils chose dogs`."""
        return f"{self.noun} {self.verb.format(name)}"


def scene(rng: random.Random, level: int) -> Scene:
    """Slices of different percentages, wide enough to be seen."""
    title, noun, verb, pool = rng.choice(_TOPICS)
    count, unit, least = rng.choice(
        {
            1: ((3, 5, 10), (3, 10, 10), (4, 5, 10)),
            2: ((4, 5, 5), (5, 5, 5), (5, 2, 6), (4, 1, 7)),
            3: ((5, 1, 5), (6, 1, 5), (6, 2, 4), (7, 1, 4)),
        }[level]
    )
    values: list[int] = []
    while len(set(values)) < count or min(values) < least:
        cuts = [0, *sorted(rng.sample(range(1, 100 // unit), count - 1)), 100 // unit]
        values = [(cuts[i + 1] - cuts[i]) * unit for i in range(count)]
    names, whole = rng.sample(pool.split(), count), 100 // math.gcd(100, *values)
    look = Pie(
        layout=rng.choice(("outside", "split", "right", "bottom")),
        hole=rng.choice((0, 0, 0, 0.4, 0.48, 0.55)),
        turn=rng.randrange(360),
        pulled=rng.randrange(count) if rng.random() < 0.25 else -1,
        colors=tuple(rng.sample(rng.choice(sheet.PALETTES), count)),
    )
    return Scene(
        level=level,
        title=title,
        noun=noun,
        verb=verb,
        names=tuple(names),
        values=tuple(values),
        total=whole * rng.randint(2, 1800 // whole) if level > 1 else 0,
        hidden=rng.choice(names) if rng.random() < (0, 0.35, 0.6)[level - 1] else "",
        pie=look,
        style=sheet.look(rng, (450, 600), (320, 430)),
    )


def caption(scene: Scene) -> str:
    """Every slice with its percentage, and what the whole is."""
    whole = f"{scene.total} {scene.noun}" if scene.total else scene.noun
    slices = [
        f"{name} {'?' if name == scene.hidden else f'{value}%'}"
        for name, value in zip(scene.names, scene.values, strict=True)
    ]
    told = f'A pie chart with the title "{scene.title}" shows shares of {whole}: {", ".join(slices)}.'
    return f"{told} The question mark stands for the rest of 100%." if scene.hidden else told


def labels(scene: Scene) -> Mapping[str, str]:
    """How many slices there are, and how the chart looks."""
    largest = max(scene.values)
    return {
        "slices": str(len(scene.names)),
        "ring": "yes" if scene.pie.hole else "no",
        "question mark": "yes" if scene.hidden else "no",
        "legend": "yes" if scene.pie.layout in ("right", "bottom") else "no",
        "largest": "over half" if largest > 50 else "over a quarter" if largest > 25 else "a quarter or less",
    }


def ask(scene: Scene, form: str, rng: random.Random) -> Question:
    """One question of the form."""
    seen = [name for name in scene.names if name != scene.hidden]
    one, down = rng.choice(seen if form in ("share", "which") else scene.names), rng.random() < 0.5
    if form == "share":
        texts = [
            f"What percentage of the {scene.all(one)}?",
            f"How many percent does the slice for {one} stand for?",
            f"Read off the share of {one} in percent.",
        ]
        return sheet.made(rng, texts, f"{scene.of(one)}%", "number", _read(scene, [one]))
    if form == "which":
        texts = [
            f"Which of these has a share of {scene.of(one)}%?",
            f"Which of these slices stands for {scene.of(one)}%?",
        ]
        shown, letter = options(one, scene.names, rng)
        return sheet.made(rng, texts, letter, "choice", _read(scene, [one]), shown)
    if form in ("extreme", "rank"):
        place = 0 if form == "extreme" else rng.choice((1, 2))
        ranked = sorted(scene.names, key=scene.of, reverse=down)
        word = ("", "second ", "third ")[place] + ("largest" if down else "smallest")
        texts = [
            f"Which slice is the {word}? Name what it stands for.",
            f"What has the {word} share in the chart?",
            f"Find the {word} share: what is it for?",
        ]
        steps = [*_read(scene, ranked), sheet.chain([scene.of(name) for name in ranked], down)]
        return sheet.made(
            rng, texts, ranked[place], "text", [*steps, f"So the {word} share is that of {ranked[place]}."]
        )
    if form == "order":
        some = rng.sample(scene.names, min(4, len(scene.names) - 1))
        way = "largest to smallest" if down else "smallest to largest"
        texts = [f"Order {join(some)} by their shares, from {way}.", f"Sort by share, from {way}: {', '.join(some)}."]
        ranked = sorted(some, key=scene.of, reverse=down)
        steps = [*_read(scene, some), sheet.chain([scene.of(name) for name in ranked], down)]
        return sheet.made(rng, texts, ", ".join(ranked), "list", steps)
    if form == "above":
        over, least, places = sheet.limit(rng, scene.values, 1)
        found, words = [scene.names[i] for i in places], f"{'more' if over else 'less'} than {least:g}%"
        texts = [f"How many slices stand for {words}?", f"Count the shares that are {words}. How many are there?"]
        steps = [*_read(scene, found), " ".join(f"{scene.of(n)} {'>' if over else '<'} {least:g}." for n in found)]
        steps.append(f"No other share is {words}, so the count is {len(found)}.")
        return sheet.made(rng, texts, str(len(found)), "number", steps)
    if form == "together":
        some = rng.sample(scene.names, 3 if scene.level == 3 else 2)
        texts = [
            f"What percentage do {join(some)} make up together?",
            f"What is the combined share of {join(some)}, in percent?",
            f"Add the shares of {join(some)}. How many percent are they?",
        ]
        return sheet.made(rng, texts, f"{_sum(scene, some)[0]}%", "number", [*_read(scene, some), _sum(scene, some)[1]])
    if form == "rest" and scene.hidden:
        texts = [
            "What percentage does the question mark stand for?",
            "Which percentage is missing in the chart?",
            f"How many percent is the share of {scene.hidden}, which the chart does not tell?",
        ]
        return sheet.made(rng, texts, f"{scene.of(scene.hidden)}%", "number", _read(scene, [scene.hidden]))
    if form == "rest":
        some = rng.sample(scene.names, 2)
        both, told = _sum(scene, some)
        texts = [
            f"What percentage of the {scene.noun} belongs to neither {some[0]} nor {some[1]}?",
            f"How many percent are left without the slices for {join(some)}?",
        ]
        steps = [*_read(scene, some), told, f"100 - {both} = {100 - both}."]
        return sheet.made(rng, texts, f"{100 - both}%", "number", steps)
    if form == "fraction":
        some = rng.sample(scene.names, scene.level - 1)
        both, told = _sum(scene, some)
        part = Fraction(both, 100)
        texts = [
            f"What fraction of the whole is the share of {join(some)}{' together' * (scene.level - 2)}, "
            "in lowest terms?",
            f"Which part of all {scene.all(join(some, 'or'))}? Give a fraction in lowest terms.",
        ]
        steps = [*_read(scene, some), *([told] if some[1:] else []), f"{both}/100 = {part}."]
        return sheet.made(rng, texts, rf"\frac{{{part.numerator}}}{{{part.denominator}}}", "math", steps)
    if form == "angle":
        size = f"{scene.of(one) * 3.6:.6g}"
        texts = [
            f"How many degrees does the angle of the slice for {one} have at the center?",
            f"What is the central angle of the slice for {one}, in degrees?",
        ]
        steps = [
            *_read(scene, [one]),
            "100% is the full circle of 360 degrees.",
            f"360 × {scene.of(one)} / 100 = {size}.",
        ]
        return sheet.made(rng, texts, size, "number", steps)
    return _compare(scene, rng) if form == "compare" else _amounts(scene, form, rng)


def draw(scene: Scene) -> Drawing:
    """The title, what the whole is, and the slices."""
    page = Sheet(scene.style)
    head = page.title(scene.title, f"{scene.total} {scene.noun}" if scene.total else "")
    told = ["?" if n == scene.hidden else f"{v}%" for n, v in zip(scene.names, scene.values, strict=True)]
    sheet.pie(page, scene.pie, head, scene.names, scene.values, told)
    return page.done()


def _read(scene: Scene, names: Iterable[str]) -> list[str]:
    """Sentences that read percentages, with the one that is not written worked out."""
    seen = [f"{scene.of(name)}% for {name}" for name in names if name != scene.hidden]
    steps = [f"The chart shows {join(seen)}."] if seen else []
    if scene.hidden in names:
        others = [scene.of(name) for name in scene.names if name != scene.hidden]
        steps.append(
            f"For {scene.hidden} the rest is left: 100 - {' - '.join(map(str, others))} = {100 - sum(others)}."
        )
    return steps


def _sum(scene: Scene, names: Sequence[str]) -> tuple[int, str]:
    """Percentages added."""
    values = [scene.of(name) for name in names]
    return sum(values), f"{' + '.join(map(str, values))} = {sum(values)}."


def _compare(scene: Scene, rng: random.Random) -> Question:
    yes, larger = rng.random() < 0.5, rng.random() < 0.5
    if scene.level == 1:
        one, two = sorted(rng.sample(scene.names, 2), key=scene.of, reverse=yes == larger)
        first, second, before = scene.of(one), scene.of(two), _read(scene, [one, two])
        word = "larger" if larger else "smaller"
        texts = [
            f"Is the share of {one} {word} than that of {two}?",
            f"Is the slice for {one} {word} than the one for {two}?",
        ]
    else:
        pool = [(a, b, c, d) for a, b in combinations(scene.names, 2) for c, d in combinations(scene.names, 2)]
        if scene.level == 3:
            pool = [(a, b, c, c) for a, b in combinations(scene.names, 2) for c in scene.names]
        gaps = {t: sum(map(scene.of, t[:2])) - sum(map(scene.of, t[2:])) for t in pool if not {*t[:2]} & {*t[2:]}}
        fitting = [t for t, gap in gaps.items() if gap and (gap > 0) == yes]
        # Of a few the closest, so that a glance does not decide.
        a, b, c, d = min(rng.sample(fitting, min(3, len(fitting))), key=lambda t: abs(gaps[t]))
        larger, (first, told), (second, more) = True, _sum(scene, [a, b]), _sum(scene, [c, d])
        before = [*_read(scene, dict.fromkeys((a, b, c, d))), told, more]
        other = f"that of {c} and {d}"
        if c == d:
            before[-1], other = f"2 × {scene.of(c)} = {second}.", f"twice the share of {c}"
        texts = [
            f"Is the combined share of {a} and {b} larger than {other}?",
            f"Do {a} and {b} together have a larger share than {other[8:] if c != d else other}?",
        ]
    last = f"{first} {'>' if first > second else '<'} {second}."
    return sheet.made(rng, texts, "yes" if (first > second) == larger else "no", "yesno", [*before, last])


def _amounts(scene: Scene, form: str, rng: random.Random) -> Question:
    one, two = sorted(rng.sample(scene.names, 2), key=scene.of, reverse=True)
    some, percent, noun = [one], scene.of(one), scene.noun
    if form == "whole":
        step = 100 // math.gcd(100, percent)
        whole = step * rng.randint(2, 2400 // step)
        part = whole * percent // 100
        texts = [
            f"Elsewhere the shares are the same, and {part} {scene.all(one)}. How many {noun} are there in all?",
            f"With the same shares, {part} {scene.all(one)} in another year. How many {noun} were there in all?",
        ]
        steps = [*_read(scene, some), f"{part} / {percent} × 100 = {whole}."]
        return sheet.made(rng, texts, str(whole), "number", steps)
    if form == "number":
        texts = [f"How many {scene.all(one)}?", f"How many {noun} does the slice for {one} stand for?"]
    else:
        some, percent = [one, two], scene.of(one) - scene.of(two)
        texts = [
            f"How many more {scene.all(one)} than {scene.verb.format(two)}?",
            f"By how many {noun} does the slice for {one} exceed the slice for {two}?",
        ]
    if form == "difference":
        texts = [
            f"By how many percentage points is the share of {one} larger than that of {two}?",
            f"How many percentage points lie between the shares of {two} and {one}?",
        ]
    steps = _read(scene, some) + ([f"{scene.of(one)} - {scene.of(two)} = {percent}."] if some[1:] else [])
    if form != "difference":
        steps.append(f"{scene.total} × {percent} / 100 = {scene.total * percent // 100}.")
    return sheet.made(
        rng, texts, str(percent if form == "difference" else scene.total * percent // 100), "number", steps
    )
