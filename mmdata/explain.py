"""The life of one problem, path or example: every stage that saw it, in order, with its reasons."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmdata.errors import StoreError
from mmdata.journal import Answer, Journal
from mmdata.show import percent, printable
from mmdata.store import Run
from mmdata.summary import SPLITS, STAGES, scan
from mmdata.suspect import evidence
from mmdata.types import Suspect

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

Row = dict[str, Any]
NAMES = 10
"""At most so many other ids are named in one event."""
EXCERPT = 160
"""So many characters of both ends of a response are shown, unless it is the one that was asked about."""
SHOWN = {"image": "the image", "caption": "a caption in place of the image", "text": "text alone"}


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened, as it is in the tables: not yet fit for a terminal."""

    stage: str
    """`collect`, `screen`, `distill`, `verify`, `sft`, `rl` or `eval`."""
    outcome: str
    """`kept`, `dropped`, `right`, `wrong`, `unjudged` or `note`."""
    text: str
    """What happened, in a sentence."""
    details: tuple[str, ...] = ()
    """What a person needs to believe it."""


def explain(run: Run, id: str) -> list[Event]:
    """What became of a problem, a path or an example, by its id; a path's may be cut short.

    Raises StoreError, with the ids that come closest, if the run knows no such id.
    """
    run.need("problems")
    problem, trace = _resolve(run, id)
    return [
        *_collected(run, problem), *_screened(run, problem), *_paths(run, problem, trace), *_doubted(run, problem),
        *_unseeing(run, problem),
        *(event for split in ("rl", "eval") for event in _split(run, split, problem)),
    ]  # fmt: skip


def show(events: Sequence[Event], console: Console) -> None:
    """Print events; nothing in them can steer the terminal."""
    from rich.padding import Padding
    from rich.text import Text

    styles = {"kept": "green", "right": "green", "dropped": "red", "wrong": "red", "unjudged": "yellow"}
    marks = {"kept": "✓", "right": "✓", "dropped": "✗", "wrong": "✗", "unjudged": "?"}
    for event in events:
        line = Text(f"{marks.get(event.outcome, '·')} ", style=styles.get(event.outcome, "dim"))
        line.append(f"{event.stage:<8}", style="bold")
        line.append(printable(event.text, 2_000), style="")
        console.print(line)
        for detail in event.details:
            console.print(
                Padding(Text(printable(detail, 20_000, lines=True), style="dim"), (0, 0, 0, 10), expand=False)
            )


def _rows(run: Run, table: str, where: pl.Expr, stem: str = "part-*", limit: int | None = None) -> list[Row]:
    found = scan(run, table, stem).filter(where)
    return (found if limit is None else found.head(limit)).collect(engine="streaming").to_dicts()


def _equal(column: str, value: str) -> pl.Expr:
    import polars as pl

    return pl.col(column) == pl.lit(value)


def _resolve(run: Run, id: str) -> tuple[str, str | None]:
    """`(problem id, trace id or None)` of whatever this is the id of."""
    import polars as pl

    for stem in ("part-*", "dropped"):
        if _rows(run, "problems", _equal("id", id), stem, 1):
            return id, None
    if re.fullmatch(r"[0-9a-f]{4,}", id):
        found = _rows(run, "traces", pl.col("id").str.starts_with(id), limit=NAMES)
        if len(found) > 1:
            raise StoreError(f"{id} begins several paths' ids: " + ", ".join(t["id"] for t in found))
        if found:
            return found[0]["problem_id"], found[0]["id"]
    problem, mark, sample = id.rpartition("#")
    if mark and sample.isdecimal():
        found = _rows(run, "sft", _equal("id", id), limit=1)
        if found:
            return found[0]["problem_id"], found[0]["trace_id"]
        asked = (pl.col("problem_id") == pl.lit(problem)) & (pl.col("sample") == int(sample[:9]))
        found = _rows(run, "traces", asked, limit=1)
        if found:
            return problem, found[0]["id"]
        if _rows(run, "problems", _equal("id", problem), limit=1):
            raise StoreError(
                printable(f"{run.folder} has no path {sample} of {problem}: ask about {problem} alone", 2_000)
            )
    close = _closest(run, id)
    hint = f"the closest: {', '.join(close)}" if close else "ids look like <source>/<upstream id>"
    raise StoreError(printable(f"{run.folder} knows no {id}; {hint}", 2_000))


def _closest(run: Run, id: str) -> list[str]:
    """Up to five ids that begin as this one does, for as long as any does."""
    import polars as pl

    cuts = sorted({max(len(id) - (2**n - 1), 1) for n in range(10)} | {id.find("/") + 1 or 1}, reverse=True)
    for cut in cuts:
        begins = pl.col("id").str.starts_with(id[:cut])
        found = [
            row["id"]
            for table, stem in (("problems", "part-*"), ("problems", "dropped"), ("traces", "part-*"))
            for row in _rows(run, table, begins, stem, 5)
        ]
        if found:
            return found[:5]
    return []


def _collected(run: Run, problem: str) -> Iterator[Event]:
    for row in _rows(run, "problems", _equal("id", problem), limit=1):
        facts = [
            f"question: {row['question']}",
            *(f"{chr(65 + i)}. {choice}" for i, choice in enumerate(row["choices"])),
            f"gold: {row['answer']} (judged as {row['answer_kind']})",
            *(f"image: {_where(run, name)}" for name in row["images"]),
            f"caption: {row['caption']}" if row["caption"] else "",
            f"domain {row['domain']}, licence {row['license']}",
            f"metadata: {row['metadata']}" if row["metadata"] not in ("", "{}") else "",
        ]
        text = f"{problem}: row {row['upstream_id']} of {row['source']}, {row['split']}, at {row['revision']}"
        yield Event(stage="collect", outcome="kept", text=text, details=tuple(f for f in facts if f))
    yield from _drops(run, "problems", problem)


def _where(run: Run, name: str) -> str:
    try:
        return str(run.images.path(name))
    except FileNotFoundError:
        return f"{name} (not in the image store)"


def _drops(run: Run, table: str, id: str, what: str = "") -> Iterator[Event]:
    for row in _rows(run, table, _equal("id", id), "dropped"):
        text = f"{what}dropped: {row['reason']}"
        yield Event(stage=row["stage"], outcome="dropped", text=text, details=(row["detail"],) if row["detail"] else ())


def _screened(run: Run, problem: str) -> Iterator[Event]:
    """What the screen said of the problem, of the rows it was dropped for, and of those dropped for it."""
    import polars as pl

    if _rows(run, "screened", _equal("id", problem), limit=1):
        yield Event(stage="screen", outcome="kept", text="worth asking")
    dropped = list(_drops(run, "screened", problem))
    yield from dropped
    yield from _noticed(run, problem, dropped=bool(dropped))
    named = sorted({word for e in dropped for d in e.details for word in (d, *re.split(r"[\s;,]+", d))})
    others = pl.col("id").is_in([word for word in named if word and word != problem])
    for other in _rows(run, "problems", others, limit=NAMES) if named else ():
        yield Event(stage="screen", outcome="note", text=f"its twin {other['id']}: {_fate(run, other['id'])}")
    mention = rf"(?:^|[\s;,]){re.escape(problem)}(?:$|[\s;,])"
    named_here = _equal("detail", problem) | pl.col("detail").str.contains(mention)
    neighbours = named_here & (pl.col("id") != problem) & ~pl.col("id").is_in(named)
    for row in _rows(run, "screened", neighbours, "dropped", NAMES):
        text = f"its neighbour {row['id']} was dropped: {row['reason']}"
        details = (row["detail"],) if row["detail"] != problem else ()
        yield Event(stage="screen", outcome="note", text=text, details=details)


def _noticed(run: Run, problem: str, *, dropped: bool) -> Iterator[Event]:
    """What the screen found out and let pass: images that it converted, leaks and twins that a recipe only reports."""
    import polars as pl

    for row in _rows(run, "problems", _equal("id", problem), limit=1):
        names = row["images"] or []
        changed = pl.col("name").is_in(names) & (pl.col("used") != pl.col("name")) & (pl.col("reason") == "")
        for picture in _rows(run, "pictures", changed):
            text = f"image {picture['name'][:12]} was converted: {picture['changes']}"
            yield Event(stage="screen", outcome="note", text=text, details=(_where(run, picture["used"]),))
    if dropped:
        return
    of_problem = _equal("problem_id", problem)
    for leak in _rows(run, "leaks", of_problem):
        image = "" if leak["image"] is None else f", image {leak['image']:.3f} {leak['turned']}".rstrip()
        text = f"a benchmark holds it too: {leak['match']} (by {leak['evidence']}: words {leak['text']:.2f}{image})"
        yield Event(stage="screen", outcome="note", text=text)
    for twin in _rows(run, "twins", of_problem):
        yield Event(stage="screen", outcome="note", text=f"it repeats {twin['twin']} ({twin['how']}), and was kept")


def _fate(run: Run, problem: str) -> str:
    """One line on what became of another problem."""
    drops = _rows(run, "screened", _equal("id", problem), "dropped", 1)
    if drops:
        return f"dropped too: {drops[0]['reason']}"
    rows = {split: len(_rows(run, split, _equal("problem_id", problem))) for split in SPLITS}
    places = [f"{split} ({n} rows)" if n > 1 else split for split, n in rows.items() if n]
    return f"kept; it is in {', '.join(places)}" if places else "kept by the screen"


def _paths(run: Run, problem: str, wanted: str | None) -> Iterator[Event]:
    """Every path with its verdict and its place in the SFT split; only the wanted one if there is one."""
    of_problem = _equal("problem_id", problem)
    traces = sorted(_rows(run, "traces", of_problem), key=lambda t: (t["teacher"], t["sample"]))
    verdicts = {v["trace_id"]: v for v in _rows(run, "verdicts", of_problem)}
    rows = {e["trace_id"]: e for e in _rows(run, "sft", of_problem)}
    yield from _drops(run, "traces", problem)
    shown = [t for t in traces if wanted in (None, t["id"])]
    seconds = _seconds(run, [t["id"] for t in shown])
    for trace in shown:
        path = f"path {trace['sample']}"
        took = f", {seconds[trace['id']]:.1f} s" if trace["id"] in seconds else ""
        text = (
            f"{path} by {trace['teacher']} ({trace['model']}), shown {SHOWN.get(trace['see'], trace['see'])}: "
            f"{trace['completion_tokens']:,} tokens, {trace['finish_reason']}{took}"
        )
        response = trace["response"] if wanted else _ends(trace["response"])
        yield Event(stage="distill", outcome="kept", text=text, details=(f"id: {trace['id']}", response))
        if verdict := verdicts.get(trace["id"]):
            yield _judged(path, verdict)
        if row := rows.get(trace["id"]):
            yield Event(stage="sft", outcome="kept", text=f"{path} is in SFT as {row['id']}")
        yield from _drops(run, "sft", trace["id"], f"{path} ")
    if len(shown) < len(traces):
        text = f"{len(traces) - len(shown)} more of {problem}: explain {problem} shows them all"
        yield Event(stage="distill", outcome="note", text=text)


def _ends(response: str) -> str:
    head, tail = response[:EXCERPT], response[EXCERPT:]
    return " ".join(f"{head}{'' if len(tail) <= EXCERPT else ' … '}{tail[-EXCERPT:]}".split())


def _judged(path: str, verdict: Row) -> Event:
    score = verdict["score"]
    outcome = "unjudged" if score is None else "right" if score == 1.0 else "wrong"
    said = {"unjudged": "cannot be judged", "right": "is right", "wrong": "is wrong"}[outcome]
    details = f"{_found(verdict)}; {verdict['verifier']}, {verdict['method']}, version {verdict['version']}"
    steps = [
        f"false step at characters {step['start']:,}–{step['end']:,}: {step['text']}; {step['why']}"
        for step in verdict["false_steps"] or ()
    ]
    text = f"{path} {said}: {verdict['reason']}"
    return Event(stage="verify", outcome=outcome, text=text, details=(details, *steps))


def _doubted(run: Run, problem: str) -> Iterator[Event]:
    for row in _rows(run, "suspects", _equal("problem_id", problem), limit=1):
        paths = ", ".join(row["trace_ids"][:NAMES])
        details = (f"compared as {row['verifier']}; among these paths: {paths}",)
        text = f"its gold is in doubt, and no split holds it: {evidence(Suspect(**row))}"
        yield Event(stage="verify", outcome="dropped", text=text, details=details)


def _unseeing(run: Run, problem: str) -> Iterator[Event]:
    """Whether the problem can be solved without its images."""
    yield from _drops(run, "blind_traces", problem, "asked without its images: ")
    rows = _rows(run, "blind_verdicts", _equal("problem_id", problem))
    if rows:
        right, judged = (sum(row["score"] in scores for row in rows) for scores in ((1.0,), (0.0, 1.0)))
        text = f"asked {len(rows)} times without its images: right in {right} of {judged} that could be judged"
        found = tuple(f"{row['reason']}: {_found(row)}" for row in rows[:NAMES])
        yield Event(stage="verify", outcome="note", text=text, details=found)


def _found(verdict: Row) -> str:
    return f"found {'nothing' if verdict['extracted'] is None else repr(verdict['extracted'])}"


def _seconds(run: Run, traces: Sequence[str]) -> dict[str, float]:
    """How long each path took, where the request log is there and says so."""
    if not run.requests.exists():
        return {}
    try:
        with Journal(run.requests, read_only=True) as journal:
            answers: list[Answer | None] = [journal.get(trace) for trace in traces]
    except sqlite3.Error:
        return {}
    return {a.key: a.seconds for a in answers if a is not None}


def _split(run: Run, split: str, problem: str) -> Iterator[Event]:
    for row in _rows(run, split, _equal("problem_id", problem), limit=1):
        rate = f"pass rate {percent(row['pass_rate'])} of {row['samples']}" if row["samples"] else "not sampled"
        yield Event(stage=STAGES[split], outcome="kept", text=f"the problem is in {split}: {rate}")
    yield from _drops(run, split, problem, "the problem ")
