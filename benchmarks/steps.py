"""How good is the checker of reasoning? Two figures: how many right traces it blames, and how many slips it finds.

Right traces: rationales of GSM8K (its calculator notes kept, and stripped) and of MATH in `--samples`, and made ones in
several styles. A false alarm is a right trace with a step that is called false; `--show` prints each, to be read, since
the rationales of GSM8K hold some statements that are false indeed.

Slips: in each of the same traces one stated result, `= number`, is changed, by a draw with a seed; the slip is found
where a step that holds the changed number is called false. "All" counts every such result, also values of variables,
which no checker can know to be wrong; "arithmetic" counts those that follow a formula of numbers and signs only.
A trace is checkable if the checker calls at least one of its steps true or false.

Ends with status 1 where more than BOUND of the right traces of a source are blamed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mmverifiers.steps import check_steps

BOUND = 0.005
"""Largest share of a source's right traces that may be blamed."""
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
GSM8K = "gsm8k/grade_school_math/data"
RESULT = re.compile(r"=\s*\\?\$?\s*(?:<<[^<>]*>>)?\s*(\d[\d,]*(?:\.\d+)?)(?![\d.,]*\d|\s?[\w^(/*+{\\])")
"""A stated result that the formula does not go on behind."""
ARITHMETIC = re.compile(r"(?:[\d.,()$%\s]|\\(?:times|cdot|d?frac|left|right|div|,|%|\$)|[-+*/x×÷·^{}])*\Z")


@dataclass
class Tally:
    """What was found in the traces of one source."""

    traces: int = 0
    checkable: int = 0
    alarms: int = 0
    statements: int = 0
    slips: int = 0
    found: int = 0
    arithmetic: int = 0
    arithmetic_found: int = 0
    seconds: float = 0.0


def gsm8k(path: Path) -> list[str]:
    """The rationales of a file of GSM8K."""
    return [json.loads(line)["answer"] for line in path.read_text("utf-8").splitlines()]


def math500(path: Path) -> list[str]:
    """The solutions of MATH-500."""
    return [json.loads(line)["solution"] for line in path.read_text("utf-8").splitlines()]


def stripped(path: Path) -> list[str]:
    """The rationales of GSM8K without their calculator notes."""
    return [re.sub(r"<<[^<>]*>>", "", text) for text in gsm8k(path)]


SOURCES: tuple[tuple[str, str, Callable[[Path], list[str]]], ...] = (
    ("gsm8k train", f"{GSM8K}/train.jsonl", gsm8k),
    ("gsm8k train, stripped", f"{GSM8K}/train.jsonl", stripped),
    ("gsm8k test", f"{GSM8K}/test.jsonl", gsm8k),
    ("gsm8k test, stripped", f"{GSM8K}/test.jsonl", stripped),
    ("math500", "math500/math_splits/test.jsonl", math500),
)

STYLES = (
    "She has {a} {op} {b} = {c} {noun}.", "{a} {op} {b} = {c}", "So, {a}{op}{b} = {c}.", "${a} {tex} {b} = {c}$",
    "\\[{a} {tex} {b} = {c}.\\]", "- **Step:** {a} {op} {b} = **{c}**", "1. {a} {noun} {op} {b} {noun} = {c} {noun}",
    "That gives {a} {op} {b} = <<{a}{ascii}{b}={c}>>{c} {noun}", "x = {a} {op} {b} = {c}, so x = {c}.",
    "First we find {a} {op} {b} = {c}; then we go on.", "Okay, {a} {op} {b} = {c}. That looks fine.",
    "| {noun} | {a} {op} {b} = {c} |", "for a total of ${a} {op} ${b} = ${c}", "Therefore {a} {word} {b} is {c}.",
)  # fmt: skip
SIGNS = {
    "+": (("+",), "+", "plus"),
    "-": (("-", "−"), "-", "minus"),
    "*": (("*", "×", "x", "·"), "\\times", "times"),
    "/": (("/", "÷"), "\\div", "divided by"),
}


def made(count: int, draw: random.Random) -> list[str]:
    """Right traces: three to six computations on, each in a style of its own."""
    traces = []
    for _ in range(count):
        lines, a = [], draw.randint(2, 99)
        for _ in range(draw.randint(3, 6)):
            op = draw.choice([*SIGNS])
            b = draw.randint(2, 30)
            if op == "-":
                b = draw.randint(1, a)
            if op == "/":
                b = draw.choice([n for n in range(1, 13) if a % n == 0])
            c = {"+": a + b, "-": a - b, "*": a * b, "/": a // b}[op]
            written, tex, word = SIGNS[op]
            noun = draw.choice(["apples", "dollars", "tickets", "pages", "miles"])
            style = draw.choice(STYLES)
            lines.append(style.format(a=a, b=b, c=c, op=draw.choice(written), tex=tex, word=word, ascii=op, noun=noun))
            a = c if 1 < c < 10_000 else draw.randint(2, 99)
        traces.append("\n".join(lines))
    return traces


def slipped(text: str, draw: random.Random) -> tuple[str, int, int, bool] | None:
    """(text with one result changed, where the result starts and ends, is it one of arithmetic), or None."""
    notes = [found.span() for found in re.finditer(r"<<[^<>]*>>", text)]
    results = [
        found
        for found in RESULT.finditer(text)
        if not any(start < found.start(1) < end for start, end in notes) and not found[1].endswith(",")
    ]
    if not results:
        return None
    found = draw.choice(results)
    written = found[1]
    places = [place for place, c in enumerate(written) if c.isdigit()]
    place = draw.choice(places)
    digit = draw.choice([d for d in "123456789" if d != written[place]])
    changed = written[:place] + digit + written[place + 1 :]
    start, end = found.span(1)
    line = text[max(text.rfind("\n", 0, found.start()) + 1, found.start() - 60) : found.start()]
    formula = ARITHMETIC.search(re.sub(r"<<[^<>]*>>", "", line))
    before = line[: formula.start()] if formula else ""
    computed = formula and re.search(r"\d\W*(?:[-+*/x×÷·^]|\\times|\\cdot|\\div)\W*\d|frac", formula[0])
    part = re.search(r"(?:(?<![A-Za-z])[A-Za-z]|[}_^])\s*\Z", before)
    return text[:start] + changed + text[end:], start, end, bool(computed and not part)


def measure(name: str, texts: list[str], seed: int, show: bool) -> Tally:
    """Check the traces as they are, and each with a slip."""
    tally, draw = Tally(), random.Random(seed)
    for number, text in enumerate(texts):
        started = time.perf_counter()
        steps = check_steps(text)
        tally.seconds += time.perf_counter() - started
        alarms = [step for step in steps if step.verdict == "false"]
        tally.traces += 1
        tally.statements += len(steps)
        tally.checkable += any(step.verdict != "unknown" for step in steps)
        tally.alarms += bool(alarms)
        for step in alarms if show else ():
            print(f"  {name} {number}: …{text[max(step.start - 40, 0) : step.start]!r} {step.text!r}: {step.detail}")
        slip = slipped(text, draw)
        if slip is None:
            continue
        wrong, start, end, computed = slip
        hit = any(s.verdict == "false" and s.start < end and s.end > start for s in check_steps(wrong))
        tally.slips += 1
        tally.found += hit
        tally.arithmetic += computed
        tally.arithmetic_found += hit and computed
    return tally


def row(name: str, tally: Tally) -> str:
    """One line of the table."""

    def share(part: int, whole: int) -> str:
        return f"{100 * part / whole:.1f} %" if whole else "-"

    return (
        f"{name:22} {tally.traces:6} {share(tally.checkable, tally.traces):>9} {tally.statements:9} {tally.alarms:6} "
        f"{100 * tally.alarms / max(tally.traces, 1):7.2f} % {share(tally.found, tally.slips):>8} "
        f"{share(tally.arithmetic_found, tally.arithmetic):>10} {1000 * tally.seconds / max(tally.traces, 1):8.2f}"
    )


def main() -> int:
    """Print the table; 1 where a source has too many alarms."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=Path, default=SAMPLES, help="folder with gsm8k/ and math500/")
    parser.add_argument("--traces", type=int, default=1000, help="at most so many of a source (0: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print every alarm")
    given = parser.parse_args()
    sources = [("made", made(given.traces or 1000, random.Random(given.seed)))]
    for name, place, load in SOURCES:
        if not (given.samples / place).is_file():
            print(f"{name}: no {given.samples / place}")
            continue
        texts = load(given.samples / place)
        if given.traces:
            texts = random.Random(given.seed).sample(texts, min(given.traces, len(texts)))
        sources.append((name, texts))
    head = ("source", "traces", "checkable", "statements", "blamed", "share", "found", "arithmetic", "ms/trace")
    print("{:22} {:>6} {:>9} {:>9} {:>6} {:>8} {:>8} {:>10} {:>8}".format(*head))
    worst = 0.0
    for name, texts in sources:
        tally = measure(name, texts, given.seed, given.show)
        print(row(name, tally), flush=True)
        worst = max(worst, tally.alarms / max(tally.traces, 1))
    return int(worst > BOUND)


if __name__ == "__main__":
    sys.exit(main())
