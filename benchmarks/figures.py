"""What are our own figures worth? Each family's speed, guesses, repetitions and proofs, and whether builds agree.

Problems are made as the source `figures` makes them: as many of each family and level, two questions about a figure.
Printed for each family and for all:

- Speed: problems a second with their pictures, made by one process and by two, and what a picture costs.
- Guessed: how often the answer is guessed by who sees no picture, learnt from the first half of the figures and
  measured on the second. `blind` gives the most frequent answer to the same words, if they were asked five times or
  more, else to the same question type, level and number of choices; it is also shown for questions of yes or no, of
  choice, and the others apart. Of choices, `option` takes the one that is right most often when it is offered, `rank`
  the one whose size, among numbers, is most often right. Last, the question type and level that is guessed best in
  any of these ways.
- Alike: exact duplicates (same scene, same question), scenes that came up again and were drawn anew, content twins
  (same caption, question and choices, though drawn differently) and, of the drawn sample, equal pictures.
- Proved: of a sample, golds and solutions that their verifier refuses, and what the checker of steps calls the
  statements of the solutions.

Then a small recipe is built by the real command with one worker, two, and one again: tables and pictures must be the
same bytes. Ends with status 1 where a gold or a solution is refused, a step is false, an exact duplicate exists, or
bytes differ. Of the problems only hashes of 8 bytes are kept.

`--sheet FILE` draws a contact sheet of all families instead.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import measure
import yaml
from PIL import Image, ImageDraw, ImageFont

from mmdata import figures
from mmdata.figures import _worker
from mmdata.sources import Where
from mmdata.sources import figures as source
from mmdata.store import Run
from mmdata.verify import reasoning
from mmverifiers import Item, Pool, check_gold, check_steps

SEEN = 5
"""Times that a question must have been asked before its own answers are trusted."""
FEWEST = 30
"""Questions of a type and level that must have been guessed before the share means something."""
TABLES = ("problems", "screened", "traces", "verdicts", "sft", "rl")
VERDICTS = ("true", "unknown", "false")
WIDE, MARGIN, MOST = 1600, 24, 600_000
"""Of the sheet: pixels, pixels, bytes."""

Guesses = dict[bytes, Counter[str]]


@dataclass
class Tally:
    """What was found in one family."""

    counts: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    forms: dict[tuple[str, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Question type and level: guesses that were right, by the way of guessing, and all."""


Tallies = dict[str, Tally]


@dataclass(frozen=True)
class Asked:
    """A problem and where it comes from."""

    key: figures.Key
    form: str
    scene: Any
    caption: str
    question: figures.Question


def short(*parts: object) -> bytes:
    """8 bytes that stand for all of it."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()


def where(names: Sequence[str], count: int, workers: int = 1) -> Where:
    """What the source is told: so many figures of each family and level."""
    options = source.Options.model_validate({"families": {name: {} for name in names}, "figures": count})
    return Where(name="figures", split="train", revision="", options=options, base=Path(), workers=workers)


def forms(key: figures.Key, place: Where) -> list[str]:
    """The question types that the source asks about a figure."""
    every = figures.forms(key.family, key.level)
    count = min(place.options.questions, len(every))
    return [every[(key.index * count + i) % len(every)] for i in range(count)]


def keys(names: Sequence[str], problems: int) -> tuple[Where, Iterator[figures.Key]]:
    """Keys of about so many problems, evenly over families and levels, and what the source is told for them."""
    place = where(names, max(1, round(problems / 2 / len(names) / len(figures.LEVELS))))
    return place, source._keys(place)


def asked(names: Sequence[str], problems: int) -> Iterator[Asked]:
    """The same, with the questions: nothing is drawn."""
    place, found = keys(names, problems)
    for key in found:
        scene = figures.scene(key)
        caption = figures.load(key.family).caption(scene)
        for form in forms(key, place):
            yield Asked(key, form, scene, caption, figures.question(key, scene, form))


class Guesser:
    """Answers without a picture, after what it was told before."""

    def __init__(self) -> None:
        self._words: Guesses = defaultdict(Counter)
        self._types: Guesses = defaultdict(Counter)
        self._options: Guesses = defaultdict(Counter)
        self._ranks: Guesses = defaultdict(Counter)

    def learn(self, one: Asked) -> None:
        """Remember a question and its answer."""
        question = one.question
        self._words[short(one.key.family, question.text)][question.answer] += 1
        self._types[self._type(one)][question.answer] += 1
        for letter, choice in zip("ABCDEFGHIJ", question.choices, strict=False):
            self._options[self._option(one, choice)][str(letter == question.answer)] += 1
        for letter, rank in _ranks(question.choices).items():
            self._ranks[self._type(one)][rank] += letter == question.answer

    def guesses(self, one: Asked) -> dict[str, str]:
        """Way of guessing: answer."""
        question, words = one.question, self._words.get(short(one.key.family, one.question.text), Counter())
        known = words if words.total() >= SEEN else self._types[self._type(one)]
        found = {"blind": _most(known)}
        if question.choices:
            right = [self._options[self._option(one, choice)] for choice in question.choices]
            shares = [(counts["True"] + 0.25) / (counts.total() + 1) for counts in right]
            found["option"] = "ABCDEFGHIJ"[shares.index(max(shares))]
            best = _most(self._ranks[self._type(one)])
            ranked = [letter for letter, rank in _ranks(question.choices).items() if rank == best]
            found["rank"] = ranked[0] if ranked else found["blind"]
        return found

    def _type(self, one: Asked) -> bytes:
        return short(one.key.family, one.form, one.key.level, len(one.question.choices))

    def _option(self, one: Asked, choice: str) -> bytes:
        return short(one.key.family, one.form, one.key.level, choice)


def _most(counts: Counter[str]) -> str:
    # Of equally many the smallest, so that the figure does not depend on the order.
    return min(counts, key=lambda answer: (-counts[answer], answer), default="")


def _ranks(choices: Sequence[str]) -> dict[str, str]:
    """Letter: place by size, where all options are numbers."""
    try:
        sizes = [float(choice.split()[0].replace(":", "").replace("−", "-")) for choice in choices]
    except (ValueError, IndexError):
        return {}
    order = sorted(range(len(sizes)), key=sizes.__getitem__)
    return {"ABCDEFGHIJ"[at]: str(place) for place, at in enumerate(order)}


def look_through(names: Sequence[str], problems: int, tallies: Tallies) -> None:
    """Guesses and repetitions, in one pass over all problems."""
    guesser, half = Guesser(), keys(names, problems)[0].options.figures // 2
    exact: set[bytes] = set()
    content: set[bytes] = set()
    last: figures.Key | None = None
    for one in asked(names, problems):
        counts, question, key = tallies[one.key.family].counts, one.question, one.key
        counts["problems"] += 1
        counts["redrawn"] += key != last and key.attempt > 0
        last = key
        for seen, name, mark in (
            (exact, "exact", short(key.family, figures.fingerprint(one.scene), question.text)),
            (content, "twins", short(one.caption, question.text, question.choices)),
        ):
            counts[name] += mark in seen
            seen.add(mark)
        if key.index < half:
            guesser.learn(one)
            continue
        sort = "yesno" if question.kind == "yesno" else "choice" if question.choices else "open"
        own = tallies[key.family].forms[one.form, key.level]
        for tally in (counts, own):
            tally.update(("guessed", f"guessed {sort}"))
            for way, guess in guesser.guesses(one).items():
                tally[way] += guess == question.answer
                tally[f"{way} {sort}"] += guess == question.answer


def draw(names: Sequence[str], pictures: int, tallies: Tallies) -> bool:
    """Time a sample, family after family, with one process and with two. Were the pictures the same?"""
    per_level = max(1, pictures // len(names) // len(figures.LEVELS))
    pngs: dict[bytes, bytes] = {}
    seen: set[bytes] = set()
    same = True
    for workers, name in ((1, "one"), (2, "two")):
        place = where(names, per_level, workers)
        every = [key for family in names for key in source._keys(where([family], per_level))]
        # The first ones wake each family in each process.
        wake = [key for family in names for key in source._keys(where([family], 1)) if key.level == 1] * workers
        wake.sort(key=lambda key: key.family)
        drawn = _worker.drawn([*wake, *every], workers)
        for _ in islice(drawn, len(wake)):
            pass
        at = time.perf_counter()
        for key, png in drawn:
            tally, then = tallies[key.family], time.perf_counter()
            for form in forms(key, place):
                source.problem({"key": vars(key), "form": form, "png": png}, place)
                tally.counts[f"made {name}"] += 1
            now = time.perf_counter()
            tally.seconds[name] += now - at
            mark, found = short(key), short(png)
            if workers == 1:
                tally.seconds["drawing"] += then - at
                tally.counts.update({"drawn": 1, "bytes": len(png)})
                tally.counts["equal"] += found in seen
                seen.add(found)
                pngs[mark] = found
            same &= pngs[mark] == found
            at = now
    return same


def prove(names: Sequence[str], problems: int, tallies: Tallies) -> list[str]:
    """Golds, solutions and steps of a sample; what was wrong with the first few that were."""
    place, found = keys(names, problems)
    wrong: list[str] = []

    def items() -> Iterator[tuple[str, Item]]:
        for key in found:
            for form in forms(key, place):
                one = source.problem({"key": vars(key), "form": form, "png": b""}, place).problem
                counts, text = tallies[key.family].counts, one.solutions[0]
                counts["proved"] += 1
                for step in check_steps(reasoning(text)[1]):
                    counts[step.verdict] += 1
                    if step.verdict == "false":
                        wrong.append(f"{one.id}: false step {step.text!r}: {step.detail}")
                common: dict[str, Any] = {"question": one.question, "metadata": one.metadata}
                yield one.id, check_gold(one.answer, one.answer_kind, one.choices, **common)
                yield (
                    one.id,
                    Item(
                        response=text, answer=one.answer, kind=one.answer_kind, choices=one.choices, extract="strict",
                        **common,
                    ),
                )  # fmt: skip

    with Pool(workers=1) as pool:
        listed = items()
        while batch := list(islice(listed, 1000)):
            for i, (verdict, (id, item)) in enumerate(zip(pool.judge(item for _, item in batch), batch, strict=True)):
                if verdict.score != 1.0:
                    what = "solution" if i % 2 else "gold"
                    tallies[id.split("/")[1].split("-")[2]].counts[f"{what} refused"] += 1
                    wrong.append(f"{id}: {what} {item.answer!r} as {item.kind} refused: {verdict.reason}")
    return wrong


def build(names: Sequence[str], count: int) -> bool:
    """Build a small recipe three times by the real command; say and tell whether all bytes agree."""
    recipe = {
        "name": "figures",
        "sources": [{"use": "figures", "options": {"families": {n: {} for n in names}, "figures": count}}],
        "distill": {"samples": 1, "teachers": [{"name": "own", "model": "mmdata", "engine": "source"}]},
    }
    made: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="mmdata-bench-") as folder:
        place = Path(folder)
        (place / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
        print()
        for i, workers in enumerate((1, 2, 1)):
            words = ("build", "recipe.yaml", "--run", f"run-{i}", "--workers", str(workers), "--quiet")
            took, run = measure.run((*measure.MMDATA, *words), place), Run(place / f"run-{i}")
            pictures = sorted(path.name for path in (run.folder / "images").rglob("*.*"))
            tables = {name: run.need(name) for name in TABLES}
            # The version of the families' code: who edits them meanwhile is told so.
            revision = run.need("problems").notes["sources"]["figures"]["revision"]
            made.append({"code": revision, "pictures": pictures} | {n: one.digest for n, one in tables.items()})
            counts = ", ".join(f"{name} {one.rows:,}" for name, one in tables.items())
            drops = {name: one.dropped for name, one in tables.items() if one.dropped}
            print(
                f"build, {workers} worker{'s' * (workers > 1)}: {took.seconds:.1f} s, {took.tree_mb:,.0f} MiB, pictures"
                f" {len(pictures):,}, {counts}, {f'dropped {drops}' if drops else 'nothing dropped'}", flush=True,
            )  # fmt: skip
    different = [name for name in made[0] if any(one[name] != made[0][name] for one in made)]
    found = f"BYTES DIFFER in {', '.join(different)}" if different else "the same bytes"
    print(f"three builds, with 1, 2 and 1 workers: {found}")
    return not different


def table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; its first column is words."""
    lines = [heads, *rows]
    wide = [max(len(line[i]) for line in lines) for i in range(len(heads))]
    print(f"\n{title}")
    for line in lines:
        print(
            "  ".join(f"{c:<{w}}" if i == 0 else f"{c:>{w}}" for i, (c, w) in enumerate(zip(line, wide, strict=True)))
        )
    sys.stdout.flush()


def share(part: float, whole: float) -> str:
    """A percentage, if there is one."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def best_guessed(tally: Tally) -> str:
    """The question type and level that is guessed most often, in whatever way."""
    shares = {
        (form, level, way): counts[way] / counts["guessed"]
        for (form, level), counts in tally.forms.items()
        for way in ("blind", "option", "rank")
        if counts["guessed"] >= FEWEST
    }
    found = max(shares, key=lambda one: shares[one], default=None)
    return f"{found[0]} {found[1]}: {share(shares[found], 1)}" if found else "–"


def with_total(tallies: Tallies) -> dict[str, Tally]:
    """The families, and all of them together."""
    total = Tally()
    for family, tally in tallies.items():
        total.counts.update(tally.counts)
        total.seconds.update(tally.seconds)
        total.forms.update({(f"{family} {form}", level): counts for (form, level), counts in tally.forms.items()})
    return {**tallies, "all": total}


def print_speed(tallies: Tallies) -> None:
    """What a picture and a problem cost."""
    heads = ("family", "types", "pictures", "ms a picture", "KiB", "problems/s", "with two")
    rows = []
    for name, tally in with_total(tallies).items():
        c, s = tally.counts, tally.seconds
        types = sum(len(figures.load(n).FORMS) for n in (tallies if name == "all" else (name,)))
        rows.append((
            name, str(types), f"{c['drawn']:,}", f"{1000 * s['drawing'] / c['drawn']:.1f}",
            f"{c['bytes'] / c['drawn'] / 1024:.1f}", f"{c['made one'] / s['one']:,.0f}",
            f"{c['made two'] / s['two']:,.0f}",
        ))  # fmt: skip
    table("Speed", heads, rows)


def print_guessed(tallies: Tallies) -> None:
    """What is guessed without a picture."""
    heads = ("family", "guessed", "blind", "yes/no", "choice", "option", "rank", "open", "guessed best")
    rows = []
    for name, tally in with_total(tallies).items():
        c = tally.counts
        ways = [("blind yesno", "yesno"), ("blind choice", "choice"), ("option choice", "choice"),
                ("rank choice", "choice"), ("blind open", "open")]  # fmt: skip
        cells = [share(c[way], c[f"guessed {sort}"]) for way, sort in ways]
        rows.append((name, f"{c['guessed']:,}", share(c["blind"], c["guessed"]), *cells, best_guessed(tally)))
    table("Guessed without the picture", heads, rows)


def print_alike(tallies: Tallies) -> None:
    """Repetitions."""
    heads = ("family", "problems", "exact", "drawn anew", "twins", "share", "drawn", "equal pictures")
    rows = [
        (name, *(f"{t.counts[key]:,}" for key in ("problems", "exact", "redrawn", "twins")),
         share(t.counts["twins"], t.counts["problems"]), f"{t.counts['drawn']:,}", f"{t.counts['equal']:,}")
        for name, t in with_total(tallies).items()
    ]  # fmt: skip
    table("Alike", heads, rows)


def print_proved(tallies: Tallies, wrong: Sequence[str]) -> None:
    """Golds, solutions and steps."""
    heads = ("family", "problems", "golds refused", "solutions refused", *VERDICTS)
    rows = [
        (name, *(f"{t.counts[key]:,}" for key in ("proved", "gold refused", "solution refused", *VERDICTS)))
        for name, t in with_total(tallies).items()
    ]
    table("Proved", heads, rows)
    for line in wrong[:20]:
        print(f"  {line}")


def sheet(names: Sequence[str], path: Path) -> None:
    """A contact sheet: each family's title under a picture of it, or two where there is room."""
    levels = (1, 3) if len(names) <= 12 else (2,)
    across = min(len(names), 3 if len(levels) == 2 else 5)
    cell = (WIDE - MARGIN * (across + 1)) // across
    box = (cell - 12 * (len(levels) + 1)) // len(levels)
    tall = round(box * 0.8) if len(levels) == 1 else box
    height, down = tall + 24 + 44, -(-len(names) // across)
    page = Image.new("RGB", (WIDE, MARGIN + down * (height + MARGIN)), "#f6f6f3")
    pen, font = ImageDraw.Draw(page), _font()
    for i, name in enumerate(names):
        left, top = MARGIN + i % across * (cell + MARGIN), MARGIN + i // across * (height + MARGIN)
        pen.rounded_rectangle((left, top, left + cell, top + height), 12, "white", "#dfe1dc")
        for j, level in enumerate(levels):
            picture = figures.draw(figures.Key(family=name, level=level, index=0)).image
            scale = min(box / picture.width, tall / picture.height)
            picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.LANCZOS)
            x = left + 12 + j * (box + 12) + (box - picture.width) // 2
            page.paste(picture, (x, top + 12 + (tall - picture.height) // 2))
        pen.text((left + cell / 2, top + height - 28), figures.load(name).TITLE, "#1c2230", font, "mm")
    for colors in (256, 128, 64, 32):
        file = io.BytesIO()
        page.quantize(colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= MOST:
            break
    path.write_bytes(file.getvalue())
    print(f"wrote {path}: {len(names)} families, {page.width} × {page.height}, {file.tell():,} bytes, {colors} colours")


def _font() -> ImageFont.FreeTypeFont:
    import matplotlib

    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"), 18)


def main() -> int:
    """Measure and print; 1 where something is wrong that must not be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--families", default=",".join(figures.names()), help="separated by commas; by default all")
    parser.add_argument("--problems", type=int, default=100_000, help="looked through for guesses and repetitions")
    parser.add_argument(
        "--drawn", type=int, default=2_000, metavar="N", help="pictures drawn, with one process and two"
    )
    parser.add_argument(
        "--proved", type=int, default=10_000, metavar="N", help="problems whose golds and steps are judged"
    )
    parser.add_argument("--built", type=int, default=2, metavar="N", help="figures of a family and level in each build")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="draw a contact sheet (PNG), and nothing else")
    given = parser.parse_args()
    names = given.families.split(",")
    if unknown := sorted(set(names) - set(figures.names())):
        parser.error(f"no family is called {', '.join(unknown)}; there are {', '.join(figures.names())}")
    if given.sheet:
        sheet(names, given.sheet)
        return 0
    tallies: Tallies = {name: Tally() for name in names}
    same = draw(names, given.drawn, tallies)
    print_speed(tallies)
    print(f"one process and two: {'the same pictures' if same else 'PICTURES DIFFER'}")
    look_through(names, given.problems, tallies)
    print_guessed(tallies)
    print_alike(tallies)
    wrong = prove(names, given.proved, tallies)
    print_proved(tallies, wrong)
    same &= build(names, given.built)
    return int(not same or bool(wrong) or any(tally.counts["exact"] for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
