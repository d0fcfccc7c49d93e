"""What screening, and libraries at their defaults, find among planted rows; and the tables that say how well."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import measure
import pyarrow.parquet as pq
import screen_plant as plant
import yaml

Pairs = dict[str, str]
"""Id of a row that was found to repeat another → id of that one, as planted."""
COLUMNS = {"question": "question", "answer": "answer", "choices": "choices", "images": "images", "id": "id"}


def source(name: str, file: str) -> dict[str, Any]:
    """A source over a planted file."""
    return {"use": "files", "name": name, "options": {"path": file, "columns": COLUMNS, "license": "CC0-1.0"}}


def recipe(place: Path, name: str, sources: Sequence[Mapping[str, Any]], **screen: Any) -> Path:
    """Write a recipe; without `leaks` no benchmark is looked for."""
    path = place / f"{name}.yaml"
    what = {"name": name, "sources": [*sources], "screen": {"leaks": {"act": "off"}, **screen}}
    path.write_text(yaml.safe_dump(what), encoding="utf-8")
    return path


def build(recipe: Path, run: str, *, stage: str = "screen", workers: int = 2) -> measure.Measured:
    """The real command, up to a stage."""
    words = ("build", recipe.name, "--run", run, "--stage", stage, "--workers", str(workers), "--quiet")
    return measure.run((*measure.MMDATA, *words), recipe.parent)


def rows(run: Path, table: str) -> list[dict[str, Any]]:
    """A whole table of a run."""
    return [row for part in sorted((run / table).glob("part-*.parquet")) for row in pq.read_table(part).to_pylist()]


def dropped(run: Path) -> dict[str, str]:
    """Problem id → reason, of what collect and screen left out."""
    files = [path for table in ("problems", "screened") if (path := run / table / "dropped.parquet").exists()]
    return {row["id"]: row["reason"] for path in files for row in pq.read_table(path).to_pylist()}


def bare(id: str) -> str:
    """A problem's id without its source's name."""
    return id.partition("/")[2]


def twins_of(corpus: plant.Corpus, place: Path, **screen: Any) -> tuple[Pairs, Path]:
    """What screening a corpus finds to be twins, and the run."""
    for name, part in (("first", corpus.first), ("more", corpus.rows)):
        if part:
            plant.write(part, place / f"{corpus.name}-{name}.jsonl")
    sources = [source(n, f"{corpus.name}-{n}.jsonl") for n in ("first", "more")
               if (place / f"{corpus.name}-{n}.jsonl").exists()]  # fmt: skip
    build(recipe(place, corpus.name, sources, **screen), f"run-{corpus.name}")
    run = place / f"run-{corpus.name}"
    reasons = {bare(id): reason for id, reason in dropped(run).items()}
    found = {bare(row["problem_id"]): bare(row["twin"]) for row in rows(run, "twins")}
    if lost := {id: reason for id, reason in reasons.items() if id not in found}:
        print(f"{corpus.name}: dropped for something else: {dict(Counter(lost.values()))}, for instance {min(lost)}")
    return found, run


def index(benchmark: list[plant.Row], place: Path, name: str) -> str:
    """Write an index of planted rows by the real command; its file's name."""
    plant.write(benchmark, place / f"{name}.jsonl")
    asked = recipe(place, name, [source("bench", f"{name}.jsonl")])
    measure.run((*measure.MMDATA, "decontam", "index", asked.name, "--out", f"{name}.parquet"), place)
    return f"{name}.parquet"


def leaks_of(corpus: plant.Corpus, place: Path, name: str, **leaks: Any) -> Pairs:
    """What screening a corpus finds of a benchmark. The index and the collected rows are made once."""
    run, before = place / f"run-leaks-{name}", place / "run-leaks"
    if before.exists():
        shutil.copytree(before, run)
    else:
        index(corpus.first, place, "benchmark")
        plant.write(corpus.rows, place / "leaks.jsonl")
    settings = {"indexes": ["benchmark.parquet"], **leaks}
    sources = [source("more", "leaks.jsonl")]
    build(recipe(place, f"leaks-{name}", sources, leaks=settings, near={"act": "keep"}, duplicates="keep"), run.name)
    if not before.exists():
        shutil.copytree(run, before)
    return {bare(row["problem_id"]): bare(row["match"]) for row in rows(run, "leaks")}


def judged(corpus: plant.Corpus, found: Pairs) -> tuple[Counter[str], Counter[str]]:
    """By kind: rows that were found to repeat what they do repeat, and rows that were found for another."""
    groups, right, wrong = corpus.groups, Counter[str](), Counter[str]()
    for row in (*corpus.first, *corpus.rows):
        if (twin := found.get(row.id)) is not None:
            (right if groups[twin] == row.group else wrong)[row.kind] += 1
    return right, wrong


def quality(corpus: plant.Corpus, found: Pairs, kinds: Iterable[str] | None = None) -> tuple[float, float]:
    """Precision and recall, over all kinds or some; what is not judged is left out. Nothing taken is all right."""
    right, wrong = judged(corpus, found)
    both = [row for row in (*corpus.first, *corpus.rows) if row.copy is not None]
    judging = {row.kind for row in both}
    chosen = judging if kinds is None else judging & {*kinds}
    hits, misses = (sum(n for kind, n in count.items() if kind in chosen) for count in (right, wrong))
    copies = sum(row.copy is True and row.kind in chosen for row in both)
    return hits / (hits + misses) if hits + misses else 1.0, hits / copies if copies else 1.0


def show(title: str, corpus: plant.Corpus, by: Mapping[str, Pairs], show_wrong: int = 0) -> None:
    """A row for each kind: of copies the share that was found, of the others how many were taken for copies."""
    counted = Counter((row.copy, row.kind) for row in (*corpus.first, *corpus.rows) if row.kind)
    marks = {name: judged(corpus, found) for name, found in by.items()}
    lines = []
    for copy, kind in sorted(counted, key=lambda each: ((True, False, None).index(each[0]), each[1])):
        planted = counted[copy, kind]
        cells = []
        for right, wrong in marks.values():
            if copy:
                cells.append(f"{right[kind] / planted:.1%}" + (f", {wrong[kind]} elsewhere" if wrong[kind] else ""))
            else:
                cells.append(f"{right[kind] + wrong[kind]:,} taken")
        say = {True: "copy", False: "must survive", None: "not judged"}[copy]
        lines.append((kind, say, f"{planted:,}", *cells))
    measured = {name: quality(corpus, found) for name, found in by.items()}
    total = sum(n for (copy, _), n in counted.items() if copy is not None)
    lines.append(("all: precision", "", f"{total:,}", *(f"{precision:.2%}" for precision, _ in measured.values())))
    lines.append(("all: recall", "", "", *(f"{recall:.2%}" for _, recall in measured.values())))
    table(title, ("kind", "", "planted", *by), lines)


def table(title: str, heads: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table; its first column is words."""
    whole = [heads, *lines]
    wide = [max(len(line[i]) for line in whole) for i in range(len(heads))]
    print(f"\n{title}")
    for line in whole:
        cells = zip(line, wide, strict=True)
        print("  ".join(f"{c:<{w}}" if i < 2 else f"{c:>{w}}" for i, (c, w) in enumerate(cells)), flush=True)


def examples(corpus: plant.Corpus, found: Pairs, most: int) -> None:
    """The first few rows that were missed or wrongly taken, of each kind."""
    planted, groups = {row.id: row for row in (*corpus.first, *corpus.rows)}, corpus.groups
    told: Counter[tuple[str, bool]] = Counter()
    for row in (*corpus.first, *corpus.rows):
        twin = found.get(row.id)
        missed = row.copy is True and twin is None
        wrong = row.copy is not None and twin is not None and groups[twin] != row.group
        if (missed or wrong) and told[row.kind, wrong] < most:
            told[row.kind, wrong] += 1
            said = f"taken for {twin}" if wrong else "missed"
            print(f"  {said}: {row.id} ({row.kind}): {row.question!r:.200}")
            if wrong and twin in planted and planted[twin].question != row.question:
                print(f"    {planted[twin].question!r:.200}")
