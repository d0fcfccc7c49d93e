"""The pairs of the speed table, drawn from a seed: no two responses are the same text, and what is right is known."""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import isqrt

SENTENCES = (
    "Let us begin with the {a} cases that are given.", "We add {a} and {b} in our heads.", "Note that {a} divides {c}.",
    "There are {a} ways to do this, and {b} of them are alike.", "Suppose that the side is {a}.", "This leaves {b}.",
    "By symmetry, it holds for the other {a}.", "Multiplying out gives a term with {c} in it.",
    "Hence the expression simplifies, as $x^2+{a}x$ does.", "We check the end points $x={a}$ and $x={b}$.",
    "It follows that both factors are positive.", "For comparison, {a} times {b} is {ab}.", "Now look at the figure.",
)  # fmt: skip
LEADS = (
    "So the answer is $\\boxed{{{}}}$.", "Therefore, \\[\\boxed{{{}}}.\\]", "**Answer:** $\\boxed{{{}}}$",
    "The final answer is $\\boxed{{{}}}$.", "Thus we find\n\n$$\\boxed{{{}}}$$",
)  # fmt: skip
OPTIONS = ("copper", "iron", "silver", "gold", "tin", "zinc", "lead", "nickel", "cobalt", "mercury", "chrome", "sulfur")


@dataclass(frozen=True)
class Pair:
    """One answer to judge."""

    response: str
    gold: str
    kind: str
    right: bool
    choices: tuple[str, ...] = ()


class Draw:
    """Random parts of pairs; a text that has been given out is not given out again."""

    def __init__(self, seed: int) -> None:
        self.of = random.Random(seed)
        self._known: set[str] = set()

    def prose(self) -> str:
        """A few sentences, never the same twice."""
        while True:
            a, b, c = self.of.randint(2, 99), self.of.randint(2, 99), self.of.randint(100, 9999)
            parts = self.of.sample(SENTENCES, self.of.randint(3, 9))
            text = " ".join(parts).replace("{ab}", str(a * b))
            text = text.replace("{a}", str(a)).replace("{b}", str(b)).replace("{c}", str(c))
            if self.is_new(text):
                return text

    def is_new(self, text: str) -> bool:
        """Whether nobody was given this text; it counts as given from here on."""
        known = text in self._known
        self._known.add(text)
        return not known

    def boxed(self, answer: str) -> str:
        """A response in prose with the answer in a box at its end."""
        return f"{self.prose()}\n\n{self.of.choice(LEADS).format(answer)}"


def bare_integers(draw: Draw, count: int) -> list[Pair]:
    """Nothing but the number."""
    pairs: list[Pair] = []
    while len(pairs) < count:
        gold, right = draw.of.randint(-(10**7), 10**9), draw.of.random() < 0.6
        text = str(gold if right else gold + draw.of.choice((1, -1, 10)))
        text = draw.of.choice((text, f"{int(text):,}", f"${text}$", f"{text}."))
        if draw.is_new(text):
            pairs.append(Pair(text, str(gold), "number", right))
    return pairs


def boxed_integers(draw: Draw, count: int) -> list[Pair]:
    """A number in a box after some prose."""
    pairs = []
    for _ in range(count):
        gold, right = draw.of.randint(-999, 99_999), draw.of.random() < 0.6
        pairs.append(Pair(draw.boxed(str(gold if right else gold + 1)), str(gold), "number", right))
    return pairs


def choices(draw: Draw, count: int) -> list[Pair]:
    """Letters, letters with the option's text, and texts of options, always after prose: few bare ones are distinct."""
    pairs = []
    for _ in range(count):
        options = tuple(draw.of.sample(OPTIONS, 4))
        at, right = draw.of.randrange(4), draw.of.random() < 0.6
        said = at if right else (at + draw.of.randint(1, 3)) % 4
        letter, text = "ABCD"[said], options[said]
        end = draw.of.choice((
            f"Answer: {letter}", f"The answer is ({letter}).", f"**{letter}. {text}**", f"The answer is {text}.",
            f"So the correct option is {letter}.", f"\\boxed{{\\text{{{letter}}}}}",
        ))  # fmt: skip
        pairs.append(Pair(f"{draw.prose()}\n\n{end}", "ABCD"[at], "choice", right, options))
    return pairs


def latex(draw: Draw, count: int) -> list[Pair]:
    """Answers as those to competition problems: most spelled as the gold is, some otherwise, some wrong."""
    return [_latex_of(draw, draw.of.choice(EASY)(draw.of)) for _ in range(count)]


def hard(draw: Draw, count: int) -> list[Pair]:
    """Right answers that look quite different from the gold, and wrong ones that look alike."""
    pairs = []
    for i in range(count):
        gold, equal, wrong = HARD[i % len(HARD)](draw.of)
        right = draw.of.random() < 0.55
        pairs.append(Pair(draw.boxed(equal if right else wrong), gold, "math", right))
    return pairs


def mix(draw: Draw, problems: int, each: int = 8) -> list[Pair]:
    """Answers to problems as sampling gives them: most of a problem's answers repeat, their prose does not."""
    pairs = []
    for i in range(problems):
        if i % 5 < 2:
            family = draw.of.choice(EASY)(draw.of)
            pairs += [_latex_of(draw, family) for _ in range(each)]
        elif i % 5 == 2:
            options, at = tuple(draw.of.sample(OPTIONS, 4)), draw.of.randrange(4)
            for _ in range(each):
                right = draw.of.random() < 0.7
                said = f"{draw.prose()}\n\nAnswer: {'ABCD'[at if right else at - 1]}"
                pairs.append(Pair(said, "ABCD"[at], "choice", right, options))
        else:
            gold = draw.of.randint(0, 9999)
            for _ in range(each):
                found = gold if draw.of.random() < 0.7 else gold + draw.of.choice((1, 1, 1, 10))
                pairs.append(Pair(draw.boxed(str(found)), str(gold), "number", found == gold))
    return pairs


def _latex_of(draw: Draw, family: tuple[str, str, str]) -> Pair:
    """65 % as the gold, 10 % with other spacing and commands, 5 % in another form, 20 % wrong."""
    gold, equal, wrong = family
    luck = draw.of.random()
    respelled = gold.replace(r"\frac", r"\dfrac").replace(",", r",\ ").replace("+", " + ").replace("=", " = ")
    said = gold if luck < 0.65 else respelled if luck < 0.75 else equal if luck < 0.8 else wrong
    return Pair(draw.boxed(said), gold, "math", luck < 0.8)


# Each family draws (gold, an equal answer spelled otherwise, a wrong answer).


def _integer(of: random.Random) -> tuple[str, str, str]:
    n = of.randint(2, 2000)
    return str(n), f"{n}.0", str(n + 1)


def _fraction(of: random.Random) -> tuple[str, str, str]:
    n, k = of.choice((1, 2, 4, 5, 7, 8, 10, 11)), of.randint(2, 5)
    return rf"\frac{{{n}}}{{3}}", rf"\dfrac{{{n * k}}}{{{3 * k}}}", rf"\frac{{{n}}}{{{3 * k}}}"


def _surd(of: random.Random) -> tuple[str, str, str]:
    k, n = of.randint(2, 12), of.choice((2, 3, 5, 6, 7, 10))
    return rf"{k}\sqrt{{{n}}}", rf"\sqrt{{{k * k * n}}}", rf"{k}\sqrt{{{n + 1}}}"


def _pi(of: random.Random) -> tuple[str, str, str]:
    k = of.randint(3, 99)
    return rf"\frac{{{k}\pi}}{{2}}", rf"{k / 2}\pi", rf"\frac{{{k + 1}\pi}}{{2}}"


def _line(of: random.Random) -> tuple[str, str, str]:
    m, c = of.randint(2, 9), of.randint(1, 9)
    return f"y={m}x+{c}", f"y-{c}={m}x", f"y={m}x-{c}"


def _point(of: random.Random) -> tuple[str, str, str]:
    x, y = of.randint(1, 40), of.randint(1, 9)
    return f"({x},-{y})", rf"\left({x},\,-{y}\right)", f"({x},{y})"


def _interval(of: random.Random) -> tuple[str, str, str]:
    a, b = of.randint(-20, 0), of.randint(1, 20)
    return f"[{a},{b})", rf"\left[{a}, {b}\right)", f"({a},{b})"


def _quadratic(of: random.Random) -> tuple[str, str, str]:
    p, q = of.randint(1, 9), of.randint(1, 9)
    return f"x^2+{p + q}x+{p * q}", f"(x+{p})(x+{q})", f"x^2+{p + q}x-{p * q}"


def _nested(of: random.Random) -> tuple[str, str, str]:
    a, b = of.sample([n for n in range(2, 40) if isqrt(n) ** 2 != n], 2)
    inner = rf"\sqrt{{{a + b}{{}}2\sqrt{{{a * b}}}}}"
    return rf"\sqrt{{{a}}}+\sqrt{{{b}}}", inner.replace("{}", "+"), inner.replace("{}", "-")


def _matrix(of: random.Random) -> tuple[str, str, str]:
    cells = [(of.randint(-9, 9), of.randint(2, 9)) for _ in range(9)]
    spots = [[rf"\frac{{{n}}}{{{d}}}" for n, d in cells], [rf"\frac{{{-3 * n}}}{{{-3 * d}}}" for n, d in cells]]
    at, (n, d) = of.randrange(9), of.choice(cells)
    other = [*spots[0][:at], rf"\frac{{{n + d}}}{{{d}}}+{spots[0][at]}+7", *spots[0][at + 1 :]]
    shape = r"\begin{pmatrix} %s & %s & %s \\ %s & %s & %s \\ %s & %s & %s \end{pmatrix}"
    return shape % tuple(spots[0]), shape % tuple(spots[1]), shape % tuple(other)


def _trig(of: random.Random) -> tuple[str, str, str]:
    a, k = of.randint(2, 30), of.randint(2, 9)
    return rf"{k}\sin({2 * a}x)", rf"{2 * k}\sin({a}x)\cos({a}x)", rf"{2 * k}\sin({a}x)"


def _roots(of: random.Random) -> tuple[str, str, str]:
    k, m, n = of.randint(2, 9), of.choice((2, 3, 5)), of.choice((7, 11, 13))
    gold = rf"\{{{k}\sqrt{{{m}}}, -\frac{{\sqrt{{{n}}}}}{{{k}}}, {k}\}}"
    equal = rf"\{{-\sqrt{{\frac{{{n}}}{{{k * k}}}}}, {k}, \sqrt{{{k * k * m}}}\}}"
    return gold, equal, equal.replace("{-", "{", 1)


def _partial(of: random.Random) -> tuple[str, str, str]:
    a, b, p, q = (of.randint(1, 9) for _ in range(4))
    top = f"{a + b}x{a * q - b * p:+d}"
    gold = rf"\frac{{{a}}}{{x-{p}}}+\frac{{{b}}}{{x+{q}}}"
    return gold, rf"\frac{{{top}}}{{(x-{p})(x+{q})}}", rf"\frac{{{top}}}{{(x-{p})(x-{q})}}"


def _logs(of: random.Random) -> tuple[str, str, str]:
    n, m, p, q = of.randint(2, 5), of.randint(2, 5), of.choice((2, 3)), of.choice((5, 7))
    return rf"{n}\ln {p}-{m}\ln {q}", rf"\ln\frac{{{p**n}}}{{{q**m}}}", rf"\ln\frac{{{p**m}}}{{{q**n * p}}}"


def _complex(of: random.Random) -> tuple[str, str, str]:
    a, b = of.randint(1, 12), of.randint(1, 12)
    gold = rf"\frac{{{a}}}{{{a * a + b * b}}}-\frac{{{b}}}{{{a * a + b * b}}}i"
    return gold, rf"\frac{{1}}{{{a}+{b}i}}", rf"\frac{{1}}{{{a}-{b}i}}"


def _circle(of: random.Random) -> tuple[str, str, str]:
    a, b, r = of.randint(1, 9), of.randint(1, 9), of.randint(2, 9)
    rest = a * a + b * b - r * r
    open_form = f"x^2+y^2-{2 * a}x+{2 * b}y{rest:+d}=0"
    return f"(x-{a})^2+(y+{b})^2={r * r}", open_form, open_form.replace(f"+{2 * b}y", f"-{2 * b}y")


def _union(of: random.Random) -> tuple[str, str, str]:
    k, n = of.randint(2, 9), of.choice((2, 3, 5, 7))
    wide = rf"\sqrt{{{k * k * n}}}"
    gold = rf"(-\infty,-{k}\sqrt{{{n}}})\cup({k}\sqrt{{{n}}},\infty)"
    return gold, rf"({wide},\infty)\cup(-\infty,-{wide})", rf"[{wide},\infty)\cup(-\infty,-{wide}]"


EASY = (_integer,) * 6 + (_fraction, _fraction, _surd, _pi, _line, _point, _interval, _quadratic)
HARD = (_nested, _matrix, _trig, _roots, _partial, _logs, _complex, _circle, _union)
