"""What can be solved without its images, in figures, by source. From tables only, as in `summary`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mmdata.show import number, percent
from mmdata.store import Run
from mmdata.summary import scan

ABOVE = 0.5
"""Where a recipe bounds nothing, a problem counts as solvable blind whose blind pass rate is above this."""


@dataclass(frozen=True, kw_only=True)
class BlindRate:
    """The problems of one source that were asked without their images, too."""

    source: str
    problems: int
    """With a blind path that could be judged."""
    solvable: int
    """Of these, problems with a blind pass rate above the bound."""
    blind: float
    """Right paths over judged ones, without the images."""
    seeing: float | None
    """The same of the same problems, with what their teacher is shown."""
    sft: int
    """SFT rows of problems that are solvable blind."""
    sft_rows: int
    rl: int
    """RL rows of problems that are solvable blind."""
    rl_rows: int


HEADINGS = ("source", "asked blind", "solvable blind", "pass rate blind", "with the image", "SFT rows", "RL rows")


def above(recipe: Mapping[str, Any]) -> float:
    """The bound of a resolved recipe: of its SFT rows, else of its RL rows, else `ABOVE`."""
    mix = recipe.get("mix")
    for split in ("sft", "rl"):
        at = (mix.get(split) or {}).get("blind") if isinstance(mix, Mapping) else None
        if isinstance(at, Mapping) and isinstance(at.get("above"), float):
            return float(at["above"])
    return ABOVE


def by_source(run: Run, bound: float) -> list[BlindRate]:
    """By source; empty where nobody was asked blind."""
    import polars as pl

    score = pl.col("score")
    counted = {"judged": score.is_not_null().sum().cast(pl.Int64), "right": (score == 1.0).sum().cast(pl.Int64)}
    blind = scan(run, "blind_verdicts").group_by("source", "problem_id").agg(**counted).filter(pl.col("judged") > 0)
    seeing = scan(run, "verdicts").group_by("problem_id").agg(**counted)
    both = blind.join(seeing, on="problem_id", how="left", suffix="_seeing")
    sums = [pl.col(n).fill_null(0).sum() for n in ("judged", "right", "judged_seeing", "right_seeing")]
    solvable = (pl.col("right") / pl.col("judged") > bound).sum().alias("solvable")
    rows = both.group_by("source").agg(pl.len().alias("problems"), solvable, *sums)
    splits = {split: _rows(run, split, bound) for split in ("sft", "rl")}
    return [
        BlindRate(
            source=row["source"], problems=row["problems"], solvable=row["solvable"],
            blind=row["right"] / row["judged"],
            seeing=row["right_seeing"] / row["judged_seeing"] if row["judged_seeing"] else None,
            sft=splits["sft"].get(row["source"], (0, 0))[0], sft_rows=splits["sft"].get(row["source"], (0, 0))[1],
            rl=splits["rl"].get(row["source"], (0, 0))[0], rl_rows=splits["rl"].get(row["source"], (0, 0))[1],
        )
        for row in rows.collect(engine="streaming").sort("source").to_dicts()
    ]  # fmt: skip


def _rows(run: Run, split: str, bound: float) -> dict[str, tuple[int, int]]:
    """By source: rows of problems that are solvable blind, and all rows."""
    import polars as pl

    needless = (pl.col("blind_rate") > bound).fill_null(False).sum()
    found = scan(run, split).group_by("source").agg(needless=needless, rows=pl.len()).collect(engine="streaming")
    return {row["source"]: (row["needless"], row["rows"]) for row in found.to_dicts()}


def cells(rows: list[BlindRate]) -> Iterator[tuple[str, ...]]:
    """The table as people read it, in the order of `HEADINGS`."""
    for r in rows:
        solvable = f"{number(r.solvable)} ({percent(r.solvable / r.problems)})"
        splits = (f"{number(n)} of {number(of)}" for n, of in ((r.sft, r.sft_rows), (r.rl, r.rl_rows)))
        yield r.source, number(r.problems), solvable, percent(r.blind), percent(r.seeing), *splits
