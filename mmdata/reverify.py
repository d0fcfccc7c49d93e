"""reverify: a run's cached paths judged again by the verifiers as they are now. Nothing is sampled or generated."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata import recipe_file
from mmdata.build import judging, make, up_to_date
from mmdata.errors import StoreError, UserError
from mmdata.progress import Shown, Ticker
from mmdata.show import number, table
from mmdata.store import Run, Stage
from mmdata.tables import Parts, aside, schema
from mmdata.types import Judged
from mmdata.verify import joined
from mmverifiers import version

if TYPE_CHECKING:
    from rich.console import Console

EXAMPLES = 3
"""So many paths are shown for each change."""
FRESH = "not judged"
"""What stands for the verdict that a path did not have before."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A path whose verdict is another one now; a row of what `--changes` writes."""

    trace_id: str
    """The path."""
    problem_id: str
    """The problem it answers."""
    source: str
    """The source's name in the recipe."""
    verifier: str
    """The kind of answer it is judged as."""
    gold: str
    """The problem's gold."""
    old_score: float | None
    """The stored score; None also where the path had no verdict."""
    old_reason: str
    """The stored reason; `not judged` where there was none."""
    old_extracted: str | None
    """The answer that had been found."""
    score: float | None
    """The score now."""
    reason: str
    """The reason now."""
    extracted: str | None
    """The answer found now."""
    method: str
    """How the verdict is now reached."""

    @property
    def what(self) -> str:
        """The change in words: `ok → wrong_answer`."""
        other = ", another answer" if self.old_reason == self.reason else ""
        return f"{self.old_reason} → {self.reason}{other}"


@dataclass(frozen=True, kw_only=True)
class Reverified:
    """What came of judging a run again."""

    run: str
    """Its folder."""
    paths: int
    """Paths that were judged."""
    changes: Mapping[tuple[str, str], int]
    """Changed verdicts by source and change."""
    examples: Mapping[str, tuple[Change, ...]]
    """The first few paths of each change."""
    written: bool
    """Whether the verdicts of the run were replaced and its splits mixed again."""
    pending: int
    """Undecided verdicts that the judge has not been asked about: only a build or `write` asks it."""
    stale: tuple[str, ...]
    """Tables that a build would now make again."""
    seconds: float
    """How long it took."""

    @property
    def changed(self) -> int:
        """How many verdicts are others now."""
        return sum(self.changes.values())


def reverify(run: Run, *, workers: int, shown: Shown, write: bool = False, changes: Path | None = None) -> Reverified:
    """Judge every cached path of a run again and compare with the stored verdicts.

    Only with `write` is anything in the run changed: the verdicts are replaced, all or nothing, and what was mixed
    from them is mixed again, just as the next build would do it. `changes` names a file (JSONL or parquet) for every
    changed verdict. Raises StoreError where the run holds no paths, or its tables do not fit each other.
    """
    if changes is not None and changes.suffix not in (".jsonl", ".parquet"):
        raise UserError(f"--changes {changes}: name a .jsonl or a .parquet file")
    if run.need("traces").inputs.get("screened") != run.need("screened").digest:
        raise StoreError(f"{run.folder}: its paths answer problems of an earlier build: run mmdata build first")
    started = time.monotonic()
    verdicts, *mixing = judging(recipe_file.load(run.folder / "recipe.yaml"), run, workers, online=write)
    seen = _Seen()

    def comparing(tick: Callable[[], None]) -> Stage:
        # The file of changes is whole before the verdicts are replaced: a kill in between loses neither.
        with _sink(changes) as put:
            return (yield from seen.compare(run, verdicts.start(tick), put))

    if write:
        with run.locked():
            make(replace(verdicts, start=comparing), run, shown, again=True)
            for step in mixing:
                make(step, run, shown)
    else:
        with shown.live():
            ticker = Ticker(shown, "verify", verdicts.total())
            for _ in comparing(ticker):
                pass
            ticker.done()
    pending = seen.notes.get("judge", {}).get("pending", 0)
    stale: list[str] = ["verdicts"] if not write and (seen.changes or pending) else []
    for step in () if write else (verdicts, *mixing):
        if step.table not in stale and (up_to_date(step, run) is None or set(step.inputs) & set(stale)):
            stale.append(step.table)
    return Reverified(
        run=str(run.folder), paths=seen.paths, changes=seen.changes, written=write, pending=pending, stale=tuple(stale),
        examples={what: tuple(found) for what, found in seen.examples.items()}, seconds=time.monotonic() - started,
    )  # fmt: skip


class _Seen:
    """The stored verdicts beside the new ones: what a comparison has counted so far."""

    def __init__(self) -> None:
        self.paths = 0
        self.changes: Counter[tuple[str, str]] = Counter()
        self.examples: dict[str, list[Change]] = {}
        self.notes: dict[str, Any] = {}

    def compare(self, run: Run, rows: Stage, put: Callable[[Change], None]) -> Generator[Judged, None, dict[str, Any]]:
        """The new rows as they come, each looked at beside the old one, and the stage's own notes at the end."""
        stored = _stored(run)

        def judged() -> Iterator[Judged]:
            self.notes = yield from rows  # type: ignore[misc]

        for problem, row in joined(run.read("screened"), judged()):
            self.paths += 1
            trace, *old = next(stored, (row.trace_id, None, FRESH, None))
            if trace != row.trace_id:
                raise StoreError(
                    f"{run.folder}: its verdicts are not in the order of its paths: run mmdata build first"
                )
            if old != [row.score, row.reason, row.extracted]:
                change = Change(
                    trace_id=row.trace_id, problem_id=row.problem_id, source=row.source, verifier=row.verifier,
                    gold=problem.answer, old_score=old[0], old_reason=str(old[1]), old_extracted=old[2],
                    score=row.score, reason=row.reason, extracted=row.extracted, method=row.method,
                )  # fmt: skip
                self.changes[row.source, change.what] += 1
                examples = self.examples.setdefault(change.what, [])
                if len(examples) < EXAMPLES:
                    examples.append(change)
                put(change)
            yield row
        return self.notes


def _stored(run: Run) -> Iterator[tuple[Any, ...]]:
    """`(trace, score, reason, extracted)` of each stored verdict, in order; none where they are of other paths."""
    manifest = run.manifest("verdicts")
    if manifest is None or manifest.inputs.get("traces") != run.need("traces").digest:
        return iter(())
    # Columns that every version of the table had.
    return run.read("verdicts", ["trace_id", "score", "reason", "extracted"])


@contextmanager
def _sink(path: Path | None) -> Iterator[Callable[[Change], None]]:
    """Where changes are written, row by row; the file is there whole or not at all."""
    if path is None:
        yield lambda change: None
        return
    with aside(path) as place:
        if path.suffix == ".jsonl":
            with place.open("w", encoding="utf-8") as handle:
                yield lambda change: print(json.dumps(asdict(change)), file=handle)
        else:
            with Parts(place.parent, schema(Change), place.stem) as parts:
                yield parts.add


def summary(found: Reverified) -> dict[str, Any]:
    """The summary, for machines."""
    return {
        "run": found.run, "paths": found.paths, "unchanged": found.paths - found.changed, "changed": found.changed,
        "changes": [{"source": s, "change": c, "paths": n} for (s, c), n in _ordered(found)],
        "written": found.written, "pending": found.pending, "stale": list(found.stale), "version": version(),
    }  # fmt: skip


def show(found: Reverified, console: Console, *, as_json: bool = False) -> None:
    """Print the summary."""
    if as_json:
        print(json.dumps(summary(found), indent=1))
        return
    console.print(
        f"{number(found.paths)} paths judged by {version()} in {found.seconds:.1f} s: "
        f"{number(found.paths - found.changed)} verdicts as before, {number(found.changed)} changed",
        highlight=False, markup=False,
    )  # fmt: skip
    rows = [(source, what, number(n)) for (source, what), n in _ordered(found)]
    table(console, "Changed verdicts", ("source", "change", "paths"), rows, words=2)
    examples = [
        (change.what, change.trace_id, change.gold, _answer(change.old_extracted), _answer(change.extracted))
        for what in dict.fromkeys(what for (_, what), _ in _ordered(found)) for change in found.examples[what]
    ]  # fmt: skip
    headings = ("change", "path", "gold", "found before", "found now")
    table(console, "For instance", headings, examples, words=5)
    if found.pending:
        console.print(f"{number(found.pending)} answers have not been put to the judge: only --write asks it.")
    if found.stale:
        tables = ", ".join(found.stale)
        console.print(
            f"Nothing was written. mmdata verify {found.run} --write makes {tables} anew.",
            highlight=False, markup=False,
        )  # fmt: skip


def _ordered(found: Reverified) -> list[tuple[tuple[str, str], int]]:
    return sorted(found.changes.items(), key=lambda item: (-item[1], item[0]))


def _answer(text: str | None) -> str:
    return "–" if text is None else text
