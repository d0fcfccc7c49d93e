"""The report: one self-contained page that shows a run to a person. It reads manifests, tables and the image store."""

from __future__ import annotations

import base64
import bisect
import hashlib
import io
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdata import __version__, family_figures, histograms, screen_figures, summary, verdict_figures
from mmdata.card import environment, put, resolved
from mmdata.images import FORMATS, check_image
from mmdata.show import number, percent, printable
from mmdata.store import Run
from mmdata.tables import NOUNS

if TYPE_CHECKING:
    from markupsafe import Markup

PER_SOURCE = 8
"""Sampled problems of each source."""
PER_PROBLEM = 8
"""Paths and images shown of each of them."""
PER_REASON = 3
"""Dropped rows shown for each reason."""
WIDE = 300
"""Width of the funnel's bars, in the drawing's own units."""
SIDE = 256
"""Pixels of a thumbnail's longer side."""
TEXT = 3_000
"""Characters of a response that are shown."""

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
        "verdicts": verdict_figures.reasons(run),
        "judging": list(verdict_figures.lines(run)),
        "judge": verdict_figures.judge(run),
        "reasons": _reasons(run, found),
        "samples": _samples(run),
        "teachers": summary.teachers(run),
        "sources": summary.sources(run),
        "screened": screen_figures.lines(run),
        "benchmarks": screen_figures.benchmarks(run),
        "missing": [table for table in NOUNS if run.manifest(table) is None],
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


def _samples(run: Run) -> dict[str, list[Row]]:
    """Problems of each source, picked by hash, with everything that became of them."""
    import polars as pl

    table = "screened" if run.manifest("screened") else "problems"
    picked = _picked(run.read(table, ["id", "source"]))
    ids = [id for names in picked.values() for id in names]

    def of(table: str, key: str, *columns: str) -> list[Row]:
        frame = summary.scan(run, table).filter(pl.col(key).is_in(ids)).select(key, *columns)
        return frame.collect(engine="streaming").to_dicts()

    # The longest responses are cut while they are read.
    short = summary.scan(run, "traces").filter(pl.col("problem_id").is_in(ids) & (pl.col("sample") < PER_PROBLEM))
    cut = pl.col("response").str.slice(0, TEXT)
    paths = short.with_columns(response=cut, characters=pl.col("response").str.len_chars())
    traces: dict[str, list[Row]] = {}
    for trace in paths.collect(engine="streaming").sort("teacher", "sample").to_dicts():
        traces.setdefault(trace["problem_id"], []).append(trace)
    wanted = ("trace_id", "score", "extracted", "verifier", "method", "reason", "false_steps")
    verdicts = {v["trace_id"]: v for v in of("verdicts", "problem_id", *wanted)}
    in_sft = {row["trace_id"] for row in of("sft", "problem_id", "trace_id")}
    counts = Counter(row["problem_id"] for row in of("traces", "problem_id"))
    splits = {split: {row["problem_id"] for row in of(split, "problem_id")} for split in summary.SPLITS}
    keys = ("question", "choices", "answer", "answer_kind", "images", "caption", "license")
    problems = {row["id"]: row for row in of(table, "id", *keys)}
    thumbnails: dict[str, Markup | str] = {}
    for problem in problems.values():
        for name in problem["images"][:PER_PROBLEM]:
            if name not in thumbnails:
                thumbnails[name] = thumbnail(run, name)
    return {
        source: [
            {
                **problems[id], "thumbnails": [thumbnails[n] for n in problems[id]["images"][:PER_PROBLEM]],
                "paths": [_path(t, verdicts.get(t["id"]), in_sft) for t in traces.get(id, [])[:PER_PROBLEM]],
                "sampled": counts[id], "splits": [s for s in summary.SPLITS if id in splits[s]],
            }
            for id in names
        ]
        for source, names in picked.items()
    }  # fmt: skip


def _picked(rows: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The ids with the smallest hashes, by source: a fair sample that is the same every time."""
    best: dict[str, list[tuple[bytes, str]]] = {}
    for id, source in rows:
        entry = hashlib.sha256(id.encode()).digest(), id
        own = best.setdefault(source, [])
        if (len(own) < PER_SOURCE or entry < own[-1]) and entry not in own:
            bisect.insort(own, entry)
            del own[PER_SOURCE:]
    return {source: [id for _, id in best[source]] for source in sorted(best)}


def _path(trace: Row, verdict: Mapping[str, Any] | None, in_sft: set[str]) -> Row:
    kind, mark, said = "unjudged", "?", "not judged yet"
    if verdict is not None:
        right = {None: ("unjudged", "?", "cannot be judged"), 1.0: ("right", "✓", "right")}
        kind, mark, said = right.get(verdict["score"], ("wrong", "✗", "wrong"))
    text = trace["response"]
    more = trace["characters"] - len(text)
    # The cut is noted here, because the end of the string is gone by now.
    shown = f"{text}… ({more:,} more characters)" if more else text
    return {**trace, "response": shown, "verdict": verdict, "kind": kind, "mark": mark, "said": said,
            "in_sft": trace["id"] in in_sft}  # fmt: skip


def thumbnail(run: Run, name: str) -> Markup | str:
    """A small PNG of an image as a data URI; where that cannot be had, why."""
    from markupsafe import Markup
    from PIL import Image

    from mmdata.recipe import Screen

    try:
        path = run.images.path(name)
    except FileNotFoundError:
        return f"image {name[:12]} is not in the image store"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reason, detail = check_image(path, Screen(min_side=1, max_aspect=1e9))
            if reason:
                return f"image {name[:12]} cannot be shown: {reason}, {detail}"
            with Image.open(path, formats=FORMATS) as image:
                image.thumbnail((SIDE, SIDE))
                # White ground: many drawings are black lines on nothing.
                small = Image.new("RGBA", image.size, "white")
                small.alpha_composite(image.convert("RGBA"))
            buffer = io.BytesIO()
            small.convert("RGB").save(buffer, "PNG", optimize=True)
    except Exception as error:  # Pillow's decoders raise almost anything on hostile bytes
        return f"image {name[:12]} cannot be shown: {type(error).__name__}"
    return Markup("data:image/png;base64,") + base64.b64encode(buffer.getvalue()).decode()
