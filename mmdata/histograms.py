"""Two pictures of a run in figures: how long its responses are, and how often its problems are solved."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

from mmdata.store import Run
from mmdata.summary import counts, scan


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Counts in bins, and what a reader wants to know of the whole."""

    bars: tuple[tuple[str, int], ...]
    """`(label, count)`."""
    total: int
    median: float = 0.0
    top: float = 0.0
    """Largest value."""


def lengths(run: Run, bins: int = 24) -> Histogram | None:
    """How long the responses are, in tokens, as far as they were counted; None if none were."""
    import polars as pl

    # Where a server did not count the tokens of a response, it has none of them.
    counted = counts(scan(run, "traces").filter(pl.col("completion_tokens") > 0), "completion_tokens")
    rows = sorted((int(r["completion_tokens"]), int(r["rows"])) for r in counted)
    if not rows:
        return None
    total = sum(n for _, n in rows)
    # The longest one in a hundred share the last bar, or they would squeeze all others into the first.
    step = _nice((_quantile(rows, 0.99) + 1) / bins)
    last = max(1, math.ceil((_quantile(rows, 0.99) + 1) / step)) - 1
    bins_of = Counter[int]()
    for length, n in rows:
        bins_of[min(length // step, last)] += n
    labels = [f"{i * step:,}–{(i + 1) * step - 1:,}" if step > 1 else f"{i:,}" for i in range(last)]
    labels.append(f"{last * step:,} or more")
    bars = tuple((label, bins_of[i]) for i, label in enumerate(labels))
    return Histogram(bars=bars, total=total, median=_quantile(rows, 0.5), top=rows[-1][0])


def _nice(step: float) -> int:
    scale = int(10 ** math.floor(math.log10(max(step, 1))))
    return next((scale * n for n in (1, 2, 5) if scale * n >= step), 10 * scale)


def _quantile(rows: list[tuple[int, int]], share: float) -> int:
    left = share * sum(n for _, n in rows)
    for value, n in rows:
        left -= n
        if left <= 0:
            return value
    return rows[-1][0]


def rates(run: Run) -> Histogram | None:
    """How many problems have which pass rate; none and all right stand apart. None if nothing was judged."""
    import polars as pl

    judged = scan(run, "verdicts").filter(pl.col("score").is_not_null())
    by_problem = judged.group_by(pl.col("problem_id").hash()).agg(rate=pl.col("score").mean())
    found = {r["rate"]: r["rows"] for r in counts(by_problem, "rate")}
    if not found:
        return None
    bars = Counter[int]()
    for rate, n in found.items():
        bars[0 if rate <= 0 else 11 if rate >= 1 else 1 + int(rate * 10 + 1e-9)] += n
    labels = ["0 %", *(f"{10 * i}–{10 * i + 10} %" for i in range(10)), "100 %"]
    median = _quantile(sorted((round(1000 * r), n) for r, n in found.items()), 0.5) / 1000
    shown = tuple((label, bars[i]) for i, label in enumerate(labels))
    return Histogram(bars=shown, total=sum(found.values()), median=median, top=1)
