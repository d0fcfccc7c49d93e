"""Pass rates by family: what sort of problem a run's teachers can do. From tables only, as in `summary`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mmdata.show import number, percent
from mmdata.store import Run
from mmdata.summary import scan


@dataclass(frozen=True, kw_only=True)
class FamilyRate:
    """The problems of one family of one source."""

    source: str
    family: str
    problems: int
    """Screened ones."""
    judged: int
    """Paths that could be judged."""
    right: int
    """Of these, right ones."""
    sft: int
    """SFT rows."""

    @property
    def pass_rate(self) -> float | None:
        """Right paths over judged paths."""
        return self.right / self.judged if self.judged else None


HEADINGS = ("source", "family", "problems", "judged", "right", "pass rate", "SFT")


def families(run: Run) -> list[FamilyRate]:
    """By source and family; empty where no problem names its family."""
    import polars as pl

    of = scan(run, "screened").select("source", family=pl.col("family").fill_null(""), problem_id="id")
    score = pl.col("score")
    paths = scan(run, "verdicts").group_by("problem_id").agg(
        judged=score.is_not_null().sum(), right=(score == 1.0).sum()
    )  # fmt: skip
    rows = scan(run, "sft").group_by("problem_id").agg(sft=pl.len())
    joined = of.join(paths, on="problem_id", how="left").join(rows, on="problem_id", how="left")
    sums = [pl.col(name).fill_null(0).cast(pl.Int64).sum() for name in ("judged", "right", "sft")]
    found = joined.group_by("source", "family").agg(pl.len().alias("problems"), *sums)
    table = found.filter(pl.col("family") != "").collect(engine="streaming").sort("source", "family")
    return [FamilyRate(**row) for row in table.to_dicts()]


def cells(run: Run) -> Iterator[tuple[str, ...]]:
    """The table as people read it, in the order of `HEADINGS`."""
    for f in families(run):
        counts = (number(f.problems), number(f.judged), number(f.right), percent(f.pass_rate), number(f.sft))
        yield f.source, f.family, *counts
