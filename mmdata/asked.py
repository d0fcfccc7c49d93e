"""What mix reads, problem by problem: each with the paths that answer it and all that is known about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from mmdata.recipe import Recipe
from mmdata.store import Run
from mmdata.types import Judged, Problem, Suspect, Trace

Row = TypeVar("Row")


@dataclass(frozen=True)
class Asked:
    """A problem and what came of asking it."""

    problem: Problem
    paths: list[tuple[Trace, Judged]]
    suspect: Suspect | None
    """Why its gold is doubted."""
    blind: list[Judged]
    """What was said of the paths that were not shown its images."""

    @property
    def scores(self) -> list[float]:
        """Of the paths that could be judged: what cannot be judged is not counted as wrong."""
        return [verdict.score for _, verdict in self.paths if verdict.score is not None]

    @property
    def pass_rate(self) -> float | None:
        """Right paths over judged ones."""
        return _mean(self.scores)

    @property
    def blind_rate(self) -> float | None:
        """Right paths over judged ones of those that were not shown the images."""
        return _mean([verdict.score for verdict in self.blind if verdict.score is not None])


def _mean(scores: list[float]) -> float | None:
    return sum(scores) / len(scores) if scores else None


@dataclass(frozen=True)
class Tables:
    """The tables that mix reads."""

    run: Run
    names: tuple[str, ...]
    """Which of them the recipe asks for. Others are as if empty, whatever an earlier recipe left there."""

    @classmethod
    def of(cls, run: Run, recipe: Recipe) -> Tables:
        """The tables of a run, as a recipe makes them."""
        suspects = ("suspects",) if recipe.verify.suspect else ()
        blind = ("blind_verdicts",) if recipe.distill.blind else ()
        return cls(run, ("screened", "traces", "verdicts", *suspects, *blind))

    def problems(self) -> Iterator[Problem]:
        """The screened problems."""
        return self.run.read("screened")

    def asked(self) -> Iterator[Asked]:
        """Each problem with what belongs to it. All tables are in the problems' order, so none is held."""
        pairs = zip(self.run.read("traces"), self.run.read("verdicts"), strict=True)
        paths = _by_problem(pairs, lambda pair: pair[0].problem_id)
        suspects = _by_problem(self._rows("suspects"), lambda row: row.problem_id)
        blind = _by_problem(self._rows("blind_verdicts"), lambda row: row.problem_id)
        for problem in self.problems():
            suspect = next(iter(suspects(problem.id)), None)
            yield Asked(problem, paths(problem.id), suspect, blind(problem.id))

    def _rows(self, table: str) -> Iterator[Any]:
        return self.run.read(table) if table in self.names else iter(())


def _by_problem(rows: Iterable[Row], id_of: Callable[[Row], str]) -> Callable[[str], list[Row]]:
    """The rows of a problem; problems are asked for in their order."""
    groups = groupby(rows, key=id_of)
    ahead = next(groups, None)

    def of(problem: str) -> list[Row]:
        nonlocal ahead
        if ahead is None or ahead[0] != problem:
            return []
        found = list(ahead[1])
        ahead = next(groups, None)
        return found

    return of
