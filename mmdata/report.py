"""The report: one self-contained page that shows a run to a person. It reads manifests, tables and the image store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdata import (
    __version__,
    blind_figures,
    family_figures,
    histograms,
    report_problems,
    screen_figures,
    summary,
    verdict_figures,
)  # fmt: skip
from mmdata.card import environment, put, resolved
from mmdata.show import number, percent, printable
from mmdata.store import Run
from mmdata.tables import NOUNS, OPTIONAL

PER_REASON = 3
"""Dropped rows shown for each reason."""
WIDE = 300
"""Width of the funnel's bars, in the drawing's own units."""

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a drawing, in its own coordinates."""

    label: str
    value: str
    x: float
    y: float
    width: float
    height: float


def write(run: Run) -> Path:
    """Render `report.html` into the run's folder; the same tables give the same bytes.

    Raises StoreError if the run has no problems yet.
    """
    path = run.folder / "report.html"
    put(path, render(run))
    return path


def render(run: Run) -> str:
    """The page's text. Raises StoreError if the run has no problems yet."""
    from markupsafe import Markup, escape

    run.need("problems")
    found = summary.funnel(run)
    recipe = run.folder / "recipe.yaml"
    text = recipe.read_text(encoding="utf-8", errors="replace") if recipe.exists() else ""
    bound = blind_figures.above(resolved(run))
    lengths, rates = histograms.lengths(run), histograms.rates(run)
    values = {
        "name": resolved(run).get("name") or run.folder.name,
        "version": __version__,
        "found": found,
        "columns": [c for c in summary.HEADINGS if c == "pass_rate" or getattr(found.total, c) is not None],
        "headings": summary.HEADINGS,
        "wide": WIDE,
        "tiles": _tiles(found.total),
        "funnels": _funnels(found.total),
        "lengths": lengths and {"bars": columns(lengths), "of": lengths},
        "rates": rates and {"bars": columns(rates), "of": rates},
        "families": family_figures.families(run),
        "blind": list(blind_figures.cells(blind_figures.by_source(run, bound))),
        "blind_headings": blind_figures.HEADINGS,
        "bound": bound,
        "verdicts": verdict_figures.reasons(run),
        "judging": list(verdict_figures.lines(run)),
        "judge": verdict_figures.judge(run),
        "reasons": _reasons(run, found),
        "queue": report_problems.queue(run),
        "samples": report_problems.samples(run),
        "teachers": summary.teachers(run),
        "sources": summary.sources(run),
        "screened": screen_figures.lines(run),
        "benchmarks": screen_figures.benchmarks(run),
        "missing": [table for table in NOUNS if table not in OPTIONAL and run.manifest(table) is None],
        "recipe": Markup(escape(printable(text, 100_000, lines=True))),
    }
    return environment(markdown=False).get_template("report.html.j2").render(values)


def _tiles(total: summary.Flow) -> list[tuple[str, str]]:
    """The few figures that a reader wants first."""
    wanted = ("read", "screened", "traces", "pass_rate", "sft", "rl", "eval")
    names = {"read": "rows read", "screened": "problems kept", "traces": "reasoning paths", "sft": "SFT rows",
             "pass_rate": "pass rate", "rl": "RL rows", "eval": "held-out rows"}  # fmt: skip
    return [(names[c], summary.cell(total, c)) for c in wanted if getattr(total, c) is not None]


def _funnels(total: summary.Flow) -> list[tuple[str, list[Bar]]]:
    """Problems, paths and rows: each drawn against its own largest."""
    groups: list[tuple[str, list[tuple[str, int | None]]]] = [
        ("Problems", [("rows read", total.read), ("collected", total.problems), ("screened", total.screened),
                      ("with a teacher", None if total.unserved is None or total.screened is None
                       else total.screened - total.unserved)]),
        ("Reasoning paths", [("sampled", total.traces), ("could be judged", total.judged), ("right", total.right),
                             ("in SFT", total.sft if total.traces is not None else None)]),
        ("Published rows", [("SFT", total.sft), ("RL", total.rl), ("eval", total.eval)]),
    ]  # fmt: skip
    drawn = []
    for title, steps in groups:
        there = [(label, n) for label, n in steps if n is not None]
        most = max((n for _, n in there), default=0)
        bars = []
        for i, (label, n) in enumerate(there):
            value = number(n) + (f" · {percent(n / most)}" if most and title != "Published rows" else "")
            bars.append(Bar(label=label, value=value, x=0, y=42 * i, width=_round(WIDE * n / (most or 1)), height=8))
        if there and most:
            drawn.append((title, bars))
    return drawn


def columns(histogram: histograms.Histogram, width: float = 480, height: float = 150) -> list[Bar]:
    """A histogram's bars, from left to right, on a ground line at `height`."""
    most = max(n for _, n in histogram.bars) or 1
    step = width / len(histogram.bars)
    return [
        Bar(label=label, value=number(n), x=_round(i * step), width=_round(step - 2),
            y=_round(height - height * n / most), height=_round(height * n / most))
        for i, (label, n) in enumerate(histogram.bars)
    ]  # fmt: skip


def _round(value: float) -> float:
    return round(value, 2)


def _reasons(run: Run, found: summary.Funnel) -> list[Row]:
    """Dropped rows by stage and reason, with the first few of each."""
    import polars as pl

    tables = {stage: table for table, stage in summary.STAGES.items()}
    grouped: dict[tuple[str, str], list[summary.Drop]] = {}
    for drop in found.drops:
        grouped.setdefault((drop.stage, drop.reason), []).append(drop)
    rows = []
    for (stage, reason), drops in grouped.items():
        same = (pl.col("reason") == pl.lit(reason)) & (pl.col("stage") == pl.lit(stage))
        frame = summary.scan(run, tables.get(stage, "problems"), "dropped").filter(same).head(PER_REASON)
        rows.append({
            "stage": stage, "reason": reason, "rows": sum(d.rows for d in drops),
            "sources": [(d.source, d.rows) for d in drops],
            "examples": frame.select("id", "detail").collect(engine="streaming").to_dicts(),
        })  # fmt: skip
    order = list(tables)
    return sorted(rows, key=lambda r: (order.index(r["stage"]) if r["stage"] in order else 99, -r["rows"], r["reason"]))
