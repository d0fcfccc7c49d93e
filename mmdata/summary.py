"""A run in figures. The terminal, the report and the card all take them from here, and here they come from
manifests and tables only: scans that stream, so that memory stays flat while rows grow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from mmdata.show import number, percent, table
from mmdata.store import Manifest, Run
from mmdata.tables import DROPPED, NOUNS, SCHEMAS

if TYPE_CHECKING:
    import polars as pl
    from rich.console import Console

SPLITS = ("sft", "rl", "eval")
"""The published tables."""
STAGES = {
    "problems": "collect", "screened": "screen", "traces": "distill", "verdicts": "verify",
    "sft": "sft", "rl": "rl", "eval": "eval",
}  # fmt: skip
"""Which stage makes which table."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """What became of the rows of one source; None where the stage has not been run."""

    source: str
    """Its name in the recipe."""
    read: int | None = None
    """Upstream rows that were read."""
    problems: int | None = None
    """Of these, rows that became a problem."""
    screened: int | None = None
    """Of these, problems worth asking."""
    unserved: int | None = None
    """Of these, problems that no teacher could be shown; they stay eligible for RL."""
    traces: int | None = None
    """Reasoning paths that were sampled."""
    judged: int | None = None
    """Paths that could be judged, as right or as wrong."""
    right: int | None = None
    """Paths that were right."""
    suspects: int | None = None
    """Problems whose paths agree on an answer that is not the gold: they are in no split."""
    sft: int | None = None
    rl: int | None = None
    eval: int | None = None

    @property
    def pass_rate(self) -> float | None:
        """Right paths over judged paths: what cannot be judged is not counted as wrong."""
        return self.right / self.judged if self.judged and self.right is not None else None


HEADINGS = {
    "read": "rows read", "problems": "problems", "screened": "screened", "unserved": "no teacher",
    "traces": "paths", "judged": "judged", "right": "right", "pass_rate": "pass rate",
    "suspects": "suspect gold", "sft": "SFT", "rl": "RL", "eval": "eval",
}  # fmt: skip
"""The columns of a table of flows, and how people read them."""


@dataclass(frozen=True, kw_only=True)
class Drop:
    """How many rows of a source a stage dropped for a reason."""

    stage: str
    source: str
    reason: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """From raw rows to splits."""

    flows: tuple[Flow, ...]
    """By source."""
    total: Flow
    """All sources together."""
    drops: tuple[Drop, ...]
    """In the order of the stages, the largest first."""
    splits: tuple[str, ...]
    """The published tables that there are."""


def scan(run: Run, table: str, stem: str = "part-*") -> pl.LazyFrame:
    """A finished table, lazily; with `stem="dropped"` its dropped rows. An empty frame if there is none."""
    import polars as pl

    files = sorted((run.folder / table).glob(f"{stem}.parquet")) if run.manifest(table) else []
    schema = DROPPED if stem == "dropped" else SCHEMAS[table]
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)
    if not files:
        return frame.lazy()
    # A table that an older version made may lack a column: it is empty then.
    return pl.scan_parquet(files, glob=False, hive_partitioning=False, schema=frame.schema, missing_columns="insert")


def counts(frame: pl.LazyFrame, *keys: str) -> list[dict[str, Any]]:
    import polars as pl

    return frame.group_by(*keys).agg(rows=pl.len()).collect(engine="streaming").to_dicts()


def funnel(run: Run) -> Funnel:
    """What was read, sampled, judged and kept, by source, and what was dropped and why."""
    manifests = {table: run.manifest(table) for table in NOUNS}
    by = {t: Counter(m.by_source) for t, m in manifests.items() if m}
    drops: list[Drop] = []
    for name, manifest in manifests.items():
        rows = counts(scan(run, name, "dropped"), "stage", "source", "reason") if manifest else []
        drops += [Drop(**row) for row in rows]
        if manifest and name == "problems":
            by["read"] = Counter(manifest.by_source)
            for row in rows:
                by["read"][row["source"]] += row["rows"]
    if manifests["traces"]:
        by["unserved"] = Counter({d.source: d.rows for d in drops if d.reason == "no_teacher"})
    if manifests["verdicts"]:
        import polars as pl

        scores = counts(scan(run, "verdicts").filter(pl.col("score").is_not_null()), "source", "score")
        by["judged"], by["right"] = Counter(), Counter()
        for row in scores:
            by["judged"][row["source"]] += row["rows"]
            by["right"][row["source"]] += row["rows"] if row["score"] == 1.0 else 0
    wanted = [f.name for f in fields(Flow) if f.name != "source"]
    named = sorted({s for counts in by.values() for s in counts} | {d.source for d in drops})
    flows = [Flow(source=s, **{c: by[c].get(s, 0) for c in wanted if c in by}) for s in named]
    total = Flow(source="all", **{c: sum(by[c].values()) for c in wanted if c in by})
    order = list(STAGES.values())
    drops.sort(key=lambda d: (order.index(d.stage) if d.stage in order else 99, -d.rows, d.source, d.reason))
    return Funnel(flows=tuple(flows), total=total, drops=tuple(drops), splits=tuple(s for s in SPLITS if manifests[s]))


def published(run: Run) -> list[dict[str, Any]]:
    """Rows of the splits by `split, source, license, see, teacher, image`: `image`: they have one."""
    import polars as pl

    keys = ("source", "license", "see", "teacher", "image")
    found = []
    for split in SPLITS:
        rows = counts(scan(run, split).with_columns(image=pl.col("images").list.len() > 0), *keys)
        found += [{"split": split, **row} for row in sorted(rows, key=lambda r: [str(r[k]) for k in keys])]
    return found


def notes(run: Run, table: str, key: str, *known: str) -> dict[str, dict[str, Any]]:
    """An entry of a manifest's notes that maps names to mappings, every `known` key in them, if only as None."""
    manifest = run.manifest(table)
    found = manifest.notes.get(key) if manifest else None
    entries = found.items() if isinstance(found, Mapping) else ()
    return {str(n): {**dict.fromkeys(known), **entry} for n, entry in entries if isinstance(entry, Mapping)}


def teachers(run: Run) -> dict[str, dict[str, Any]]:
    """What is known of who answered, by name."""
    return notes(run, "traces", "teachers", "model", "engine", "details", "see", "problems", "asked", "reused")


def sources(run: Run) -> dict[str, dict[str, Any]]:
    """What is known of the sources, by name."""
    known = ("use", "revision", "license", "title", "url", "citation", "commercial", "training")
    return notes(run, "problems", "sources", *known)


def flat(details: Any) -> str:
    """A mapping of details in one line."""
    if isinstance(details, Mapping):
        return ", ".join(f"{k}: {flat(v)}" for k, v in sorted(details.items()) if v not in (None, "", [], {}))
    return str(details)


def show(run: Run, console: Console) -> None:
    """What a build made: the funnel by source, what was dropped and why, who answered, where the files are."""
    from mmdata import blind_figures, family_figures, verdict_figures  # they take their scans from here
    from mmdata.card import resolved

    found = funnel(run)
    columns = [c for c in HEADINGS if found.total.traces or c not in ("judged", "right", "pass_rate", "suspects")]
    columns = [c for c in columns if c == "pass_rate" or getattr(found.total, c) is not None]
    flows = [*found.flows, found.total] if len(found.flows) > 1 else found.flows
    cells = [[f.source, *(cell(f, c) for c in columns)] for f in flows]
    table(console, "Sources", ["source", *(HEADINGS[c] for c in columns)], cells)
    table(console, "Families", family_figures.HEADINGS, family_figures.cells(run), words=2)
    dropped = [(d.stage, d.source, d.reason, number(d.rows)) for d in found.drops]
    table(console, "Dropped", ("stage", "source", "reason", "rows"), dropped, words=3)
    who = [
        (name, t["model"] or "–", t["engine"] or "–", _origin(t["details"]),
         number(t["problems"]), number(t["asked"]), number(t["reused"]))
        for name, t in teachers(run).items()
    ]  # fmt: skip
    table(console, "Teachers", ("teacher", "model", "engine", "from", "problems", "asked", "reused"), who, words=4)
    if run.manifest("blind_verdicts"):
        blind = blind_figures.by_source(run, blind_figures.above(resolved(run)))
        table(console, "Without the images", blind_figures.HEADINGS, blind_figures.cells(blind))
    table(console, "Judging", ("what", "found"), verdict_figures.lines(run), words=2)
    made: list[tuple[str, Manifest]] = [(t, m) for t in NOUNS if (m := run.manifest(t))]
    files = [(str(run.folder / t), number(m.rows), f"{m.seconds:,.1f} s") for t, m in made]
    pages = [(str(path), "", "") for n in ("report.html", "card.md") if (path := run.folder / n).exists()]
    table(console, "Files", ("where", "rows", "took"), [*files, *pages])


def _origin(details: Any) -> str:
    """Where a teacher's answers came from, in a few words; the card has the rest."""
    known = details if isinstance(details, Mapping) else {}
    return str(known.get("from") or known.get("base_url") or flat(details or "–"))


def cell(flow: Flow, column: str) -> str:
    """A figure of a flow as people read it."""
    value = getattr(flow, column)
    return percent(value) if column == "pass_rate" else number(value)
