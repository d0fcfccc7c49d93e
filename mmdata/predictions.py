"""A file of predictions judged by itself: no recipe, no run. One JSON object a line, one verdict a line."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata.errors import UserError
from mmdata.prediction_file import Options, lines
from mmdata.progress import Shown, Ticker
from mmdata.show import number, percent, printable, table
from mmdata.tables import aside
from mmverifiers import Item, Pool, Verdict, version

if TYPE_CHECKING:
    from rich.console import Console

BAD_SHOWN = 5
"""So many of the lines that could not be read are shown."""


@dataclass(frozen=True, kw_only=True)
class Bad:
    """A line that could not be read."""

    line: int
    """From 1."""
    why: str
    """What is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What became of a file's lines."""

    path: Path
    """The file."""
    counts: Mapping[tuple[str, str, float | None], int]
    """Lines by kind, reason and score."""
    bad: int
    """Lines that could not be read: they have no verdict."""
    shown: tuple[Bad, ...]
    """The first of them."""

    def count(self, *scores: float | None) -> int:
        """Lines with one of these scores."""
        return sum(n for (_, _, score), n in self.counts.items() if score in scores)

    @property
    def accuracy(self) -> float | None:
        """Right lines over judged ones: what cannot be judged is not counted as wrong. None where none was judged."""
        judged = self.count(1.0, 0.0)
        return self.count(1.0) / judged if judged else None


def judge(path: Path, how: Options, out: Path | None, shown: Shown) -> Tally:
    """Judge every line, in order and in bounded memory; with `out`, write each verdict beside its line's id.

    Raises UserError if not a single line can be read.
    """
    if out is not None and out.exists() and out.samefile(path):
        raise UserError(f"--out {out}: that is the file of predictions itself")
    counts: Counter[tuple[str, str, float | None]] = Counter()
    bad, first = 0, list[Bad]()
    waiting: deque[tuple[int, Any, str]] = deque()

    def items() -> Iterator[Item]:
        for line, id, found in lines(path, how):
            waiting.append((line, id, found if isinstance(found, str) else ""))
            # A bad line takes its place in the queue, so that no stretch of them is read ahead.
            yield Item(response="", answer="", extract="none") if isinstance(found, str) else found

    with shown.live(), aside(out) if out else nullcontext() as target:
        ticker = Ticker(shown, "verify", _count(path))
        handle = target.open("w", encoding="utf-8") if target else None
        with handle or nullcontext(), Pool(workers=how.workers) as pool:
            for verdict in pool.judge(items()):
                line, id, why = waiting.popleft()
                ticker()
                if why:
                    bad += 1
                    if len(first) < BAD_SHOWN:
                        first.append(Bad(line=line, why=why))
                else:
                    counts[verdict.kind, verdict.reason, verdict.score] += 1
                if handle:
                    handle.write(json.dumps(_written(line, id, verdict, why)) + "\n")
        ticker.done()
        if not counts:
            what = f"line {first[0].line}: {first[0].why}" if first else "it has no lines"
            raise UserError(f"{path}: no line could be judged; {what}")
    return Tally(path=path, counts=counts, bad=bad, shown=tuple(first))


def _written(line: int, id: Any, verdict: Verdict, why: str) -> dict[str, Any]:
    return {"id": id, "line": line} | ({"score": None, "error": why} if why else asdict(verdict))


def _count(path: Path) -> int | None:
    """About how many lines there are; None for what can be read only once."""
    if not path.is_file():
        return None
    with path.open("rb") as handle:
        return sum(block.count(b"\n") for block in iter(lambda: handle.read(2**20), b""))


def summary(tally: Tally) -> dict[str, Any]:
    """The summary, for machines."""
    reasons: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    for (kind, reason, score), n in tally.counts.items():
        reasons[reason] += n
        kinds.setdefault(kind, Counter(right=0, wrong=0, unjudged=0))[_said(score)] += n
    return {
        "file": str(tally.path), "lines": sum(tally.counts.values()) + tally.bad, "right": tally.count(1.0),
        "wrong": tally.count(0.0), "unjudged": tally.count(None), "bad": tally.bad, "accuracy": tally.accuracy,
        "reasons": dict(sorted(reasons.items())), "kinds": {k: dict(c) for k, c in sorted(kinds.items())},
        "bad_lines": [asdict(bad) for bad in tally.shown], "version": version(),
    }  # fmt: skip


def show(tally: Tally, console: Console, *, as_json: bool = False) -> None:
    """Print the summary."""
    found = summary(tally)
    if as_json:
        print(json.dumps(found, indent=1))
        return
    judged = found["right"] + found["wrong"]
    console.print(
        f"{printable(tally.path)}: {number(found['lines'])} lines, {number(judged)} judged, "
        f"{number(found['unjudged'])} cannot be judged, {number(found['bad'])} could not be read\n"
        f"accuracy {percent(found['accuracy'])}: {number(found['right'])} right of {number(judged)} judged; "
        f"{percent(found['right'] / found['lines'])} of all lines",
        highlight=False, markup=False,
    )  # fmt: skip
    rows = sorted(
        ((_said(score), reason, n) for (_, reason, score), n in _by_reason(tally).items()), key=lambda r: (-r[2], r[1])
    )
    cells = [(said, reason, number(n), percent(n / found["lines"])) for said, reason, n in rows]
    table(console, "Verdicts", ("verdict", "reason", "lines", "of all"), cells, words=2)
    kinds = [
        (kind, *(number(c[s]) for s in ("right", "wrong", "unjudged")),
         percent(c["right"] / (c["right"] + c["wrong"]) if c["right"] + c["wrong"] else None))
        for kind, c in found["kinds"].items()
    ]  # fmt: skip
    table(console, "Kinds", ("kind", "right", "wrong", "unjudged", "accuracy"), kinds)
    table(console, "Could not be read", ("line", "why"), [(str(b.line), b.why) for b in tally.shown], words=2)


def _by_reason(tally: Tally) -> Counter[tuple[str, str, float | None]]:
    found: Counter[tuple[str, str, float | None]] = Counter()
    for (_, reason, score), n in tally.counts.items():
        found["", reason, score] += n
    return found


def _said(score: float | None) -> str:
    return "unjudged" if score is None else "right" if score == 1.0 else "wrong"
