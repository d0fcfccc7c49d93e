"""Word problems for `screen.py`: bases, the same in other words, and problems that only look the same.

Nothing here knows how screening works. A problem is facts that stand in any order, and a question about them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

NAMES = ("Anna", "Ben", "Carla", "David", "Emma", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Mei",
         "Nora", "Omar", "Priya")  # fmt: skip
THINGS = ("apples", "pencils", "marbles", "stickers", "books", "coins", "cards", "shells", "buttons", "stamps")

STORIES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("{p} buys {a} boxes of {t}.", "Each box holds {b} {t}."), "How many {t} does {p} have in total?", "a*b"),
    (("{p} has {a} {t}.", "{q} has {b} more {t} than {p}."), "How many {t} does {q} have?", "a+b"),
    (("A train travels at {a} km per hour.", "It leaves the station at noon."),
     "How far has it gone after {b} hours, in kilometres?", "a*b"),
    (("A shop sells {t} for {a} dollars each.", "{p} wants to buy {b} of them."),
     "What is the total cost for {p}, in dollars?", "a*b"),
    (("The length of a rectangle is {a} cm.", "Its width is {b} cm."), "What is the area of the rectangle?", "a*b"),
    (("A tank contains {a} litres of water.", "Every hour, {b} litres flow into the tank."),
     "How much water does the tank contain after {c} hours?", "a+b*c"),
    (("There are {a} children in the first bus.", "There are {b} children in the second bus."),
     "How many children are there in both buses together?", "a+b"),
    (("{p} reads {a} pages of a novel every day.", "The novel has {b} chapters."),
     "How many pages does {p} read before {c} days are over?", "a*c"),
    (("{p} gives {a} {t} to {q} on Monday.", "On Tuesday {q} receives {b} {t} from a friend."),
     "How many {t} has {q} received by Tuesday evening?", "a+b"),
    (("In a class of {a} students, everybody plays a sport.", "Exactly {b} of them play tennis and nothing else."),
     "How many students play a sport that is not tennis?", "a-b"),
    (("The temperature in the morning is {a} degrees.", "During the day it increases by {b} degrees."),
     "What is the temperature in the evening?", "a+b"),
    (("A farmer has {a} cows and {b} sheep.", "Each cow needs {c} kg of hay a day."),
     "How many kilograms of hay do the cows need every day?", "a*c"),
    (("Let $x = {a}$.", "Let $y = {b}$."), r"Find the value of $x \times y + \frac{{1}}{{2}}$.", "a*b"),
    (("In triangle $ABC$, the side $AB$ has length {a}.", "The side $BC$ is perpendicular to $AB$ and has length {b}."),
     r"Find the area of the triangle, as a multiple of $\frac{{1}}{{2}}$.", "a*b"),
    (("A sequence begins with $a_1 = {a}$.", r"For every $n \geq 1$, the next term is $a_{{n+1}} = a_n + {b}$."),
     "Find the term $a_{{{c}}}$ of this sequence.", "a+b*(c-1)"),
    (("The function $f$ is given by $f(x) = {a}x^2 + {b}x$.", "Its graph passes through the origin."),
     "Find the largest value of $f$ on the interval $[0, {c}]$.", "a*c*c+b*c"),
    (("A circle has a radius of ${a}$ cm.", "A square inside of it has a side of ${b}$ cm."),
     r"Find the area of the circle minus that of the square, using $\pi \approx 3$.", "3*a*a-b*b"),
    (("A bag contains {a} red balls and {b} blue balls.", "One ball is drawn at random."),
     "What is the probability that the ball is red, in percent?", "100*a//(a+b)"),
    (("The angle $\\alpha$ of a triangle measures ${a}^\\circ$.", "The angle $\\beta$ measures ${b}^\\circ$."),
     "Find the measure of the third angle in degrees.", "180-a-b"),
    (("{p} is {a} years old today.", "{q} was born {b} years before {p}."), "How old is {q} in {c} years?", "a+b+c"),
)  # fmt: skip
"""Facts, question, and how the answer comes from the numbers."""
FREE = (1, 6, 8, 12, 18)
"""Stories whose facts can change places."""

SAME: Mapping[str, str] = {
    "buys": "purchases", "buy": "purchase", "How many": "What number of", "in total": "altogether", "Find": "Determine",
    "What is": "Calculate", "children": "kids", "begins": "starts", "receives": "gets", "contains": "holds",
    "every day": "each day", "Every hour": "Each hour", "students": "pupils", "needs": "requires", "sells": "offers",
    "shop": "store", "is given by": "is defined by", "has a radius of": "has radius", "measures": "is",
    "How far": "What distance", "old today": "old now", "together": "combined", "friend": "pal", "holds": "contains",
    "wants to": "would like to", "travels": "moves", "at random": "randomly", "Let": "Suppose that",
    "has length": "is of length", "novel": "book", "cm": "centimetres", "chapters": "sections",
}  # fmt: skip
"""Words that mean the same in these stories."""
TURNS: Mapping[str, str] = {
    "more": "fewer", "increases": "decreases", "into": "out of", "largest": "smallest", "area": "perimeter",
    "before": "after", "red, in": "blue, in", "minus": "plus", "first bus": "third bus", "total": "average",
    "cows need": "sheep need", "third angle": "smallest angle", "is not tennis": "is tennis", "noon": "night",
    "gives": "owes", "times": "minus",
}  # fmt: skip
"""Words, and others that make another question of it."""
POLITE = ("Please answer the following question. ", "Could you solve this problem? ", "Please solve: ",
          "Read carefully and answer. ", "Kindly work this out. ")  # fmt: skip
NUMBERED = ("{}. ", "Question {}: ", "Q{}) ", "({}) ", "Problem {}. ", "**{}.** ")


@dataclass(frozen=True)
class Words:
    """A problem in words."""

    facts: tuple[str, ...]
    ask: str
    gold: str
    options: tuple[str, ...] = ()
    """Texts of the options, if it has any; the gold is among them."""
    lead: str = ""
    """What stands before it all."""
    free: bool = False
    """Do the facts stand as well in another order?"""

    @property
    def text(self) -> str:
        return self.lead + " ".join((*self.facts, self.ask))


Change = Callable[[Words, random.Random], Words | None]
"""None where a problem does not allow the change."""


def bases(count: int, rng: random.Random) -> list[Words]:
    """So many different problems; no two of a story with the same numbers."""
    made: dict[tuple[int, ...], Words] = {}
    while len(made) < count:
        story = len(made) % len(STORIES)
        numbers = rng.randint(21, 89), rng.randint(3, 20), rng.randint(2, 12)
        key = (story, *numbers)
        if key not in made:
            made[key] = told(story, numbers, rng)
    return list(made.values())


def told(story: int, numbers: tuple[int, int, int], rng: random.Random) -> Words:
    """A story with these numbers; every third with options."""
    facts, ask, formula = STORIES[story]
    p, q = rng.sample(NAMES, 2)
    slots = dict(zip("abc", numbers, strict=True)) | {"p": p, "q": q, "t": rng.choice(THINGS)}
    gold = int(eval(formula, {"__builtins__": {}}, slots))
    options: tuple[str, ...] = ()
    if story % 3 == 0:
        others = rng.sample([gold + d for d in (-20, -11, -10, -2, -1, 1, 2, 5, 10, 12, 30)], 3)
        options = tuple(map(str, rng.sample([gold, *others], 4)))
    return Words(tuple(f.format(**slots) for f in facts), ask.format(**slots), str(gold), options, free=story in FREE)


def _mapped(words: Words, change: Callable[[str], str]) -> Words:
    return replace(words, facts=tuple(map(change, words.facts)), ask=change(words.ask))


def _swapped(table: Mapping[str, str], most: int) -> Change:
    """At most so many entries of a table replaced, wherever they stand."""

    def change(words: Words, rng: random.Random) -> Words | None:
        here = [old for old in table if re.search(rf"\b{old}\b", words.text)]
        chosen = {old: table[old] for old in rng.sample(here, min(most, len(here)))}
        if not chosen:
            return None
        pattern = re.compile(rf"\b({'|'.join(sorted(map(re.escape, chosen), key=len, reverse=True))})\b")
        return _mapped(words, lambda text: pattern.sub(lambda found: chosen[found[1]], text))

    return change


def polite(words: Words, rng: random.Random) -> Words:
    return replace(words, lead=rng.choice(POLITE))


def reordered(words: Words, rng: random.Random) -> Words | None:
    """The facts in another order."""
    return replace(words, facts=words.facts[::-1]) if words.free else None


def numbered(words: Words, rng: random.Random) -> Words:
    return replace(words, lead=rng.choice(NUMBERED).format(rng.randint(1, 60)))


def spaced(words: Words, rng: random.Random) -> Words:
    """Line breaks, double spaces, other quotes and dashes, capitals."""
    gap = rng.choice(("  ", "\n", " \n", "\t", "\u00a0", "\n\n"))
    made = replace(words, facts=tuple(f"{fact}{gap}".replace(", ", ",  ") for fact in words.facts), ask=words.ask + gap)
    return _mapped(made, str.upper) if rng.random() < 0.2 and "$" not in words.text else made


def spelled(words: Words, rng: random.Random) -> Words | None:
    """LaTeX that says the same."""
    if "$" not in words.text:
        return None
    opening, closing = rng.choice(((r"\(", r"\)"), (r"\( ", r" \)"), ("$ ", " $"), ("$$", "$$")))

    def change(text: str) -> str:
        text = text.replace(r"\frac", r"\dfrac").replace(r"\times", r"\cdot").replace(r"\geq", r"\ge")
        text = (
            text.replace("(x)", r"\left(x\right)")
            .replace(r"^\circ", r"^{\circ}")
            .replace(" = ", rng.choice(("=", r"\,=\,")))
        )
        return re.sub(r"\$([^$]*)\$", lambda found: f"{opening}{found[1]}{closing}", text)

    return _mapped(words, change)


def options_reordered(words: Words, rng: random.Random) -> Words | None:
    if not words.options:
        return None
    while (options := tuple(rng.sample(words.options, len(words.options)))) == words.options:
        pass
    return replace(words, options=options)


def options_labelled(words: Words, rng: random.Random) -> Words | None:
    """Labels in the options' texts."""
    label = rng.choice(("({}) ", "{}. ", "{}) "))
    options = tuple(label.format(letter) + text for letter, text in zip("ABCD", words.options, strict=False))
    return replace(words, options=options) if options else None


def other_distractors(words: Words, rng: random.Random) -> Words | None:
    """The right option among other wrong ones."""
    if not words.options:
        return None
    others = rng.sample([int(words.gold) + d for d in (-7, -5, -3, 3, 4, 7, 9, 15)], 3)
    return replace(words, options=tuple(map(str, rng.sample([int(words.gold), *others], 4))))


def other_numbers(words: Words, rng: random.Random) -> Words | None:
    """One number of the facts changed, the gold with it."""
    found = list(re.finditer(r"(?<![\w^])\d\d+", " ".join(words.facts)))
    if not found:
        return None
    old = rng.choice(found)[0]
    new = str(int(old) + rng.choice((-3, -2, -1, 1, 2, 3)))
    made = replace(words, facts=tuple(re.sub(rf"(?<!\d){old}(?!\d)", new, fact) for fact in words.facts))
    return _answered(made, str(int(words.gold) + rng.randint(3, 19)))


def _answered(words: Words, gold: str) -> Words:
    options = tuple(gold if option == words.gold else option for option in words.options)
    return replace(words, gold=gold, options=options)


def numbers_same_gold(words: Words, rng: random.Random) -> Words | None:
    """One number changed, but not what comes out: another problem all the same."""
    made = other_numbers(words, rng)
    return replace(made, gold=words.gold, options=words.options) if made else None


def turned(words: Words, rng: random.Random) -> Words | None:
    """One word changed, and the gold with it."""
    made = _swapped(TURNS, 1)(words, rng)
    return _answered(made, str(int(words.gold) + rng.randint(3, 19))) if made else None


COPIES: Mapping[str, Change] = {
    "one synonym": _swapped(SAME, 1), "two or three synonyms": _swapped(SAME, 3), "polite prefix": polite,
    "facts reordered": reordered, "numbered": numbered, "white space": spaced, "LaTeX spelling": spelled,
    "options reordered": options_reordered, "options labelled": options_labelled,
    "other distractors": other_distractors,
}  # fmt: skip
NUMBERS: Mapping[str, Change] = {"other numbers": other_numbers, "other numbers, same gold": numbers_same_gold}
TURNED: Mapping[str, Change] = {"a word turns it": turned, "a word turns it, same gold": _swapped(TURNS, 1)}
