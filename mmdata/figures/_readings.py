"""Questions that charts of different sorts share: about some named values that are all different."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from mmdata.figures import Question
from mmdata.figures._charts import Topic, number
from mmdata.figures._words import join, options


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Values that can be read off a chart: all bars, or one line, or one group of bars."""

    topic: Topic
    names: tuple[str, ...]
    values: tuple[float, ...]
    step: float
    """All values are multiples of it."""
    what: str
    """What the values are: `the rainfall`, `the rainfall in Oslo`."""
    name: str = ""
    """Of the series, if there are several."""
    at: str = "for {}"
    """How a name follows what the values are: `in {}`."""
    thing: str
    """What the names are: `month`."""
    things: str

    def of(self, name: str) -> float:
        """The value of a name."""
        return self.values[self.names.index(name)]

    def phrase(self, name: str) -> str:
        """`the rainfall in May`."""
        return f"{self.what} {self.at.format(name)}"

    def amount(self, name: str) -> str:
        """The value of a name, with its unit."""
        return self.topic.amount(self.of(name))

    def falling(self) -> list[str]:
        """The names, that of the greatest value first."""
        return sorted(self.names, key=self.of, reverse=True)

    def read(self, names: Sequence[str]) -> str:
        """A sentence that reads some values."""
        read = join([f"{self.topic.amount(self.of(name))} {self.at.format(name)}" for name in names])
        return f"Of {self.what}, the chart shows {read}."

    def gives(self, text: str, value: float, *steps: str) -> Question:
        """The question whose answer is this value."""
        return Question(text=text, answer=self.topic.amount(value), kind=self.topic.kind, steps=steps)


def plus(values: Sequence[float]) -> str:
    """`2 + 3 = 5.`"""
    terms = [number(values[0]), *(number(v) if v >= 0 else f"({number(v)})" for v in values[1:])]
    return f"{' + '.join(terms)} = {number(sum(values))}."


def minus(one: float, two: float) -> str:
    """`5 - 3 = 2.`"""
    return f"{number(one)} - {number(two) if two >= 0 else f'({number(two)})'} = {number(one - two)}."


def value(r: Readings, rng: random.Random) -> Question:
    """Reads one value."""
    name = rng.choice(r.names)
    what = r.phrase(name)
    text = rng.choice((f"What is {what}?", f"According to the chart, what is {what}?", f"Read off {what}."))
    return r.gives(text, r.of(name), r.read([name]))


def lookup(r: Readings, rng: random.Random) -> Question:
    """Which name has a value?"""
    name = rng.choice(r.names)
    text = rng.choice(
        (
            f"For which {r.thing} is {r.what} {r.amount(name)}?",
            f"Which {r.thing} belongs to a value of {r.amount(name)} for {r.what}?",
            f"Find the {r.thing} for which {r.what} equals {r.amount(name)}.",
        )
    )
    shown, letter = options(name, r.names, rng)
    return Question(text=text, answer=letter, kind="choice", steps=(r.read([name]),), choices=shown)


def extreme(r: Readings, rng: random.Random, most: bool | None = None) -> Question:
    """Which name has the greatest or the smallest value?"""
    most = rng.random() < 0.5 if most is None else most
    name, word = (r.falling()[0], "greatest") if most else (r.falling()[-1], "smallest")
    text = rng.choice(
        (
            f"For which {r.thing} is {r.what} the {word}?",
            f"Which {r.thing} has the {word} {r.what[4:]}?",
            f"Name the {r.thing} for which {r.what} is the {word}.",
        )
    )
    steps = (f"The {word} value is {r.amount(name)}, {r.at.format(name)}.",)
    return Question(text=text, answer=name, kind="text", steps=steps)


def rank(r: Readings, rng: random.Random) -> Question:
    """Which name comes second or third?"""
    most, place = rng.random() < 0.5, rng.choice((2, 3))
    order = r.falling() if most else r.falling()[::-1]
    word, nth = "greatest" if most else "smallest", ("second", "third")[place - 2]
    text = rng.choice(
        (
            f"For which {r.thing} is {r.what} the {nth} {word}?",
            f"Which {r.thing} has the {nth} {word} {r.what[4:]}?",
        )
    )
    steps = (r.read(order[:place]), f"The {nth} {word} value is {r.amount(order[place - 1])}.")
    return Question(text=text, answer=order[place - 1], kind="text", steps=steps)


def order(r: Readings, rng: random.Random) -> Question:
    """Some names in the order of their values."""
    down = rng.random() < 0.5
    names = rng.sample(r.names, min(4, max(3, len(r.names) - 1)))
    way = "greatest to smallest" if down else "smallest to greatest"
    text = rng.choice(
        (
            f"Order {join(names)} by {r.what}, from {way}.",
            f"Put these {r.things} in order of {r.what}, from {way}: {', '.join(names)}.",
        )
    )
    ordered = sorted(names, key=r.of, reverse=down)
    chain = (" > " if down else " < ").join(number(r.of(name)) for name in ordered)
    return Question(text=text, answer=", ".join(ordered), kind="list", steps=(r.read(names), f"{chain}."))


def compare(r: Readings, rng: random.Random) -> Question:
    """Is one value greater than another?"""
    yes, greater = rng.random() < 0.5, rng.random() < 0.5
    one, two = sorted(rng.sample(r.names, 2), key=r.of, reverse=yes == greater)
    word, a, b = "greater" if greater else "smaller", r.of(one), r.of(two)
    text = rng.choice(
        (
            f"Is {r.phrase(one)} {word} than {r.phrase(two)}?",
            f"Compare {one} with {two}: is {r.phrase(one)} the {word} one of the two values?",
        )
    )
    steps = (r.read([one, two]), f"{number(a)} {'>' if a > b else '<'} {number(b)}.")
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)


def _limit(r: Readings, rng: random.Random) -> tuple[str, str, list[str], str]:
    """Which side of a limit, the limit, the names beyond it (one at least), and the comparisons."""
    over = rng.random() < 0.5
    way, order = (1, r.falling()) if over else (-1, r.falling()[::-1])
    count = rng.randint(1, len(order))
    outer = r.of(order[count - 1])
    inner = r.of(order[count]) if count < len(order) else outer - way * r.step
    # Any multiple of the step from the last value inside, which is not beyond, up to the first outside.
    limit = inner + way * rng.randrange(round(abs(outer - inner) / r.step)) * r.step
    sign, beyond = ">" if over else "<", [name for name in r.names if name in order[:count]]
    steps = " ".join(f"{number(r.of(name))} {sign} {number(limit)}." for name in beyond)
    return "greater" if over else "smaller", r.topic.amount(limit), beyond, steps


def above(r: Readings, rng: random.Random) -> Question:
    """How many values are beyond a limit?"""
    word, limit, beyond, steps = _limit(r, rng)
    text = rng.choice(
        (
            f"For how many {r.things} is {r.what} {word} than {limit}?",
            f"Count the {r.things} for which {r.what} is {word} than {limit}.",
        )
    )
    last = f"No other value is {word} than {limit}, so the count is {len(beyond)}."
    return Question(text=text, answer=str(len(beyond)), kind="number", steps=(r.read(beyond), steps, last))


def beyond(r: Readings, rng: random.Random) -> Question:
    """Whose values are beyond a limit?"""
    word, limit, names, steps = _limit(r, rng)
    text = rng.choice(
        (
            f"List all {r.things} for which {r.what} is {word} than {limit}.",
            f"For which {r.things} is {r.what} {word} than {limit}? Name all of them.",
        )
    )
    last = f"No other value is {word} than {limit}."
    return Question(text=text, answer=", ".join(names), kind="set", steps=(r.read(names), steps, last))


def total(r: Readings, rng: random.Random) -> Question:
    """The sum of two or three values."""
    names = rng.sample(r.names, 2 if len(r.names) < 5 else 3)
    text = rng.choice(
        (
            f"What is {r.what} for {join(names)} together?",
            f"Add up {r.what} for {join(names)}. What is the sum?",
            f"What total do you get when you add {r.what} for {join(names)}?",
        )
    )
    values = [r.of(name) for name in names]
    return r.gives(text, sum(values), r.read(names), plus(values))


def difference(r: Readings, rng: random.Random) -> Question:
    """How much one value exceeds another."""
    one, two = sorted(rng.sample(r.names, 2), key=r.of, reverse=True)
    text = rng.choice(
        (
            f"How much greater is {r.phrase(one)} than {r.phrase(two)}?",
            f"By how much does {r.phrase(one)} exceed {r.phrase(two)}?",
            f"What is the difference between {r.phrase(two)} and {r.phrase(one)}?",
        )
    )
    gap = r.of(one) - r.of(two)
    return r.gives(text, gap, r.read([one, two]), minus(r.of(one), r.of(two)))


def spread(r: Readings, rng: random.Random) -> Question:
    """The greatest value less the smallest."""
    one, two = r.falling()[0], r.falling()[-1]
    text = rng.choice(
        (
            f"What is the difference between the greatest and the smallest value of {r.what}?",
            f"By how much does {r.what} vary between its greatest and its smallest value?",
        )
    )
    gap, read = r.of(one) - r.of(two), f"The greatest value is {r.amount(one)}, the smallest is {r.amount(two)}."
    return r.gives(text, gap, read, minus(r.of(one), r.of(two)))


def mean(r: Readings, rng: random.Random) -> Question:
    """The mean of three values, of which there are at least five: then some three have one that is no fraction."""
    threes = [c for c in combinations(r.names, 3) if sum(round(r.of(name) / r.step) for name in c) % 3 == 0]
    names = rng.sample(rng.choice(threes), 3)
    text = rng.choice(
        (
            f"What is the mean of {r.what} for {join(names)}?",
            f"Averaged over {join(names)}, what is {r.what}?",
            f"Find the average of {r.what} for {join(names)}.",
        )
    )
    values = [r.of(name) for name in names]
    last = f"{number(sum(values))} / 3 = {number(sum(values) / 3)}."
    return r.gives(text, sum(values) / 3, r.read(names), plus(values), last)


def fraction(r: Readings, rng: random.Random) -> Question:
    """One value as a fraction of another."""
    one, two = sorted(rng.sample(r.names, 2), key=r.of)
    text = rng.choice(
        (
            f"What fraction of {r.phrase(two)} is {r.phrase(one)}? Give it in lowest terms.",
            f"Divide {r.phrase(one)} by {r.phrase(two)} and write the result as a fraction in lowest terms.",
        )
    )
    part = Fraction(number(r.of(one))) / Fraction(number(r.of(two)))
    steps = (r.read([one, two]), f"{number(r.of(one))} / {number(r.of(two))} = {part}.")
    gold = rf"\frac{{{part.numerator}}}{{{part.denominator}}}"
    return Question(text=text, answer=gold, kind="math", steps=steps)


def against(r: Readings, rng: random.Random) -> Question:
    """Two values together against twice a third."""
    yes = rng.random() < 0.5
    trios = [(a, b, c) for c in r.names for a, b in combinations([n for n in r.names if n != c], 2)]
    fitting = [t for t in trios if (d := r.of(t[0]) + r.of(t[1]) - 2 * r.of(t[2])) and (d > 0) == yes]
    # Of a few the closest, so that a glance does not decide; there always is one of either sort.
    a, b, c = min(
        rng.sample(fitting, min(3, len(fitting))), key=lambda t: abs(r.of(t[0]) + r.of(t[1]) - 2 * r.of(t[2]))
    )
    text = rng.choice(
        (
            f"Is the sum of {r.what} for {join([a, b])} greater than twice {r.phrase(c)}?",
            f"Is {r.phrase(c)} below the mean of {r.what} for {join([a, b])}?",
        )
    )
    added, twice = r.of(a) + r.of(b), 2 * r.of(c)
    last = f"{number(added)} {'>' if yes else '<'} {number(twice)}."
    steps = (r.read([a, b, c]), plus([r.of(a), r.of(b)]), f"2 × {number(r.of(c))} = {number(twice)}.", last)
    return Question(text=text, answer="yes" if yes else "no", kind="yesno", steps=steps)
