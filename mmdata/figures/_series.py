"""Questions about series of values: what one does from name to name, and how several compare."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, permutations

from mmdata.figures import Question
from mmdata.figures._charts import Topic, label, number, plural
from mmdata.figures._readings import Readings, minus, plus
from mmdata.figures._words import join, options


def rows(
    topic: Topic, names: Sequence[str], series: Sequence[str], values: Sequence[Sequence[float]], step: float
) -> list[Readings]:
    """The values of each series."""
    return [
        Readings(
            topic=topic, names=tuple(names), values=tuple(row), step=step, what=topic.what(one), name=one, at=topic.at,
            thing=topic.item, things=topic.items,
        )
        for one, row in zip(series, values, strict=True)
    ]  # fmt: skip


def totals(all_: Sequence[Readings]) -> Readings:
    """The sums of all series."""
    sums = tuple(round(sum(column), 6) for column in zip(*(r.values for r in all_), strict=True))
    return replace(all_[0], values=sums, what=f"the total over all {plural(all_[0].topic.each)}", name="")


def told(all_: Sequence[Readings]) -> str:
    """`shows the rainfall in Oslo: May (5 mm) and June (10 mm); it also shows ...`."""
    parts = (f"shows {r.what}: {join([f'{name} ({r.amount(name)})' for name in r.names])}" for r in all_)
    return "; it also ".join(parts)


def rises(line: Readings, rng: random.Random) -> Question:
    """How often does the series rise, or fall?"""
    up = rng.random() < 0.5
    steps = [(a, b) for a, b in pairwise(line.names) if (line.of(b) > line.of(a)) == up]
    way = "rise" if up else "fall"
    text = rng.choice(
        (
            f"How many times does {line.what} {way} from one {line.thing} to the next?",
            f"Between how many pairs of neighboring {line.things} does {line.what} {way}?",
        )
    )
    compared = " ".join(f"{number(line.of(a))} {'<' if up else '>'} {number(line.of(b))}." for a, b in steps)
    last = f"So the line {way}s {len(steps)} times." if len(steps) != 1 else f"So the line {way}s once."
    return Question(text=text, answer=str(len(steps)), kind="number", steps=(line.read(line.names), compared, last))


def moves(line: Readings) -> tuple[dict[str, float], list[float]]:
    """From each item to the next how far the line goes up; and the greatest rise and fall, if they happen once."""
    found = {f"{a} to {b}": round(line.of(b) - line.of(a), 6) for a, b in pairwise(line.names)}
    ups = list(found.values())
    return found, [y for y, way in ((max(ups), 1), (min(ups), -1)) if y * way > 0 and ups.count(y) == 1]


def steepest(line: Readings, rng: random.Random) -> Question:
    """Where does the series rise or fall most?"""
    found, ends = moves(line)
    best = rng.choice(ends)
    way = "rise" if best > 0 else "fall"
    name = next(n for n, y in found.items() if y == best)
    text = rng.choice(
        (
            f"Between which neighboring {line.things} does {line.what} {way} the most?",
            f"Where is the greatest {way} of {line.what} from one {line.thing} to the next?",
        )
    )
    shown, letter = options(name, [*found], rng)
    low, high = sorted(map(line.of, name.split(" to ")))
    steps = (
        line.read(name.split(" to ")),
        minus(high, low),
        f"From no {line.thing} to the next there is a greater {way}.",
    )
    return Question(text=text, answer=letter, kind="choice", steps=steps, choices=shown)


def highest(all_: Sequence[Readings], rng: random.Random) -> Question:
    """Which series is the greatest or the smallest for a name?"""
    name, word = rng.choice(all_[0].names), rng.choice(("highest", "lowest"))
    order = sorted(all_, key=lambda r: r.of(name), reverse=word == "highest")
    when, each = all_[0].at.format(name), all_[0].topic.each
    text = rng.choice(
        (
            f"Which {each} in the legend has the {word} value {when}?",
            f"Which of the series shows the {word} value {when}?",
        )
    )
    shown, letter = options(label(order[0].name), [label(r.name) for r in all_], rng)
    seen = join([f"{r.amount(name)} for {r.name}" for r in all_])
    steps = (f"The chart shows {seen}.", f"The {word} of these is {order[0].amount(name)}.")
    return Question(text=text, answer=letter, kind="choice", steps=steps, choices=shown)


def gap(all_: Sequence[Readings], rng: random.Random) -> Question:
    """How far apart are two series for a name?"""
    name = rng.choice(all_[0].names)
    one, two = sorted(rng.sample(all_, 2), key=lambda r: r.of(name), reverse=True)
    when = one.at.format(name)
    text = rng.choice(
        (
            f"How much higher is {one.what} than {two.what} {when}?",
            f"What is the difference between {one.what} and {two.what} {when}?",
        )
    )
    return one.gives(
        text, one.of(name) - two.of(name), one.read([name]), two.read([name]), minus(one.of(name), two.of(name))
    )


def over(all_: Sequence[Readings], rng: random.Random) -> Question:
    """For how many names does one series exceed another?"""
    one, two = rng.sample(all_, 2)
    names = [name for name in one.names if one.of(name) > two.of(name)]
    text = rng.choice(
        (
            f"For how many {one.things} is {one.what} greater than {two.what}?",
            f"Count the {one.things} for which {one.what} exceeds {two.what}.",
        )
    )
    pairs = " ".join(f"{number(one.of(n))} > {number(two.of(n))}." for n in names)
    steps = [f"It is greater {join([one.at.format(n) for n in names])}: {pairs}"] if names else []
    steps.append(f"The count is {len(names)} of {len(one.names)}.")
    return Question(text=text, answer=str(len(names)), kind="number", steps=tuple(steps))


def gapped(all_: Sequence[Readings]) -> list[tuple[Readings, Readings, str]]:
    """Pairs of series, each with the name for which they are farthest apart if there is one such name only."""
    found = []
    for one, two in permutations(all_, 2):
        gaps = [round(abs(one.of(name) - two.of(name)), 6) for name in one.names]
        if gaps.count(max(gaps)) == 1:
            found.append((one, two, one.names[gaps.index(max(gaps))]))
    return found


def widest(all_: Sequence[Readings], rng: random.Random) -> Question:
    """For which name are two series farthest apart?"""
    one, two, name = rng.choice(gapped(all_))
    text = rng.choice(
        (
            f"For which {one.thing} is the gap between {one.what} and {two.what} the widest?",
            f"For which {one.thing} do {one.what} and {two.what} differ the most?",
        )
    )
    low, high = sorted((one.of(name), two.of(name)))
    steps = (one.read([name]), two.read([name]), minus(high, low), "No other gap is as wide.")
    return Question(text=text, answer=name, kind="text", steps=steps)


def added(all_: Sequence[Readings], rng: random.Random) -> Question:
    """The total over all series for a name."""
    name = rng.choice(all_[0].names)
    each, when = plural(all_[0].topic.each), all_[0].at.format(name)
    text = rng.choice(
        (
            f"What is the total over all {each} {when}?",
            f"Add up the values of all {each} {when}. What is the total?",
            f"Taking all {each} together, what is the total {when}?",
        )
    )
    values = [r.of(name) for r in all_]
    read = join([f"{r.amount(name)} for {r.name}" for r in all_])
    return all_[0].gives(text, sum(values), f"The chart shows {read}.", plus(values))


def share(all_: Sequence[Readings], rng: random.Random) -> Question:
    """The part that a series has of the total for a name."""
    name, one = rng.choice(all_[0].names), rng.choice(all_)
    when = one.at.format(name)
    text = rng.choice(
        (
            f"What fraction of the total over all {plural(one.topic.each)} {when} is {one.what}? Use lowest terms.",
            f"As a fraction in lowest terms, what part of the whole {when} is {one.what}?",
        )
    )
    values = [r.of(name) for r in all_]
    part = Fraction(number(one.of(name))) / Fraction(number(sum(values)))
    read = join([f"{r.amount(name)} for {r.name}" for r in all_])
    last = f"{number(one.of(name))} / {number(sum(values))} = {part}."
    gold = rf"\frac{{{part.numerator}}}{{{part.denominator}}}"
    return Question(text=text, answer=gold, kind="math", steps=(f"The chart shows {read}.", plus(values), last))


def half(all_: Sequence[Readings], rng: random.Random) -> Question:
    """Is a series more than half of the total, or of twice another?"""
    yes = rng.random() < 0.5
    cases = [
        (r, name, total)
        for r in all_
        for name, total in zip(r.names, totals(all_).values, strict=True)
        if 2 * r.of(name) != total
    ]
    fitting = [case for case in cases if (2 * case[0].of(case[1]) > case[2]) == yes]
    # Where every part is small, none is more than half.
    one, name, total = rng.choice(fitting or cases)
    when = one.at.format(name)
    text = rng.choice(
        (
            f"Is {one.what} {when} more than half of the total over all {plural(one.topic.each)}?",
            f"Does {one.what} make up more than half of the whole {when}?",
        )
    )
    twice = 2 * one.of(name)
    steps = (
        f"The chart shows {join([f'{r.amount(name)} for {r.name}' for r in all_])}.",
        plus([r.of(name) for r in all_]),
        f"2 × {number(one.of(name))} = {number(twice)}.",
        f"{number(twice)} {'>' if twice > total else '<'} {number(total)}.",
    )
    return Question(text=text, answer="yes" if twice > total else "no", kind="yesno", steps=steps)
