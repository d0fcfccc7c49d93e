"""Arms compared over seeds and questions: a mean with an interval that knows both, a verdict, and what would tell.

Two things make an accuracy uncertain: another seed would have trained another student, and other questions could have
been asked. Both variances are added. The one of the questions is the bootstrap's, over clusters of questions about the
same images, of each question's mean over seeds; the one of the seeds is that of the mean of so many. Student's t has
the degrees of freedom that Welch and Satterthwaite give their sum. Arms are compared seed by seed and question by
question: the same seed has the same start and the same order of steps in all of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import ceil, inf, isinf, sqrt
from statistics import fmean, variance

from mmdata.evaluation.statistics import LEVEL, POWER, Z, difference, mean

Scores = Sequence[Sequence[float]]
"""A row a seed, a column a question."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A mean with all that is known of its uncertainty."""

    value: float
    low: float
    high: float
    by_seed: tuple[float, ...]
    """The mean of each seed."""
    questions: float
    """Standard error that the questions leave."""
    seeds: float | None
    """Standard deviation between seeds; None of a single one, about which nothing is known."""

    @property
    def error(self) -> float:
        """Standard error."""
        return sqrt(self.questions**2 + (self.seeds or 0.0) ** 2 / len(self.by_seed))


def spread(scores: Scores, clusters: Sequence[Hashable]) -> Spread:
    """The mean accuracy of an arm, from 0 to 1. ValueError of no seeds or no questions."""
    every = [fmean(column) for column in zip(*scores, strict=True)]
    found = mean(every, clusters)
    if found is None:
        raise ValueError("no questions")
    return _spread(found.value, (found.low, found.high), [fmean(row) for row in scores], (0.0, 1.0))


def gain(ours: Scores, theirs: Scores, clusters: Sequence[Hashable]) -> Spread:
    """By how much the first is better, seeds and questions paired, from -1 to 1. ValueError of no seeds or
    questions."""
    one = [fmean(column) for column in zip(*theirs, strict=True)]
    two = [fmean(column) for column in zip(*ours, strict=True)]
    found = difference(one, two, clusters)
    if found is None:
        raise ValueError("no questions")
    by_seed = [fmean(a) - fmean(b) for a, b in zip(ours, theirs, strict=True)]
    return _spread(found.value, (found.low, found.high), by_seed, (-1.0, 1.0))


def _spread(value: float, ends: tuple[float, float], by_seed: list[float], bounds: tuple[float, float]) -> Spread:
    questions = (ends[1] - ends[0]) / (2 * Z)
    seeds = sqrt(variance(by_seed)) if len(by_seed) > 1 else None
    low, high = ends
    if seeds:
        of_seeds = seeds**2 / len(by_seed)
        whole = of_seeds + questions**2
        half = student(whole**2 / of_seeds**2 * (len(by_seed) - 1)) * sqrt(whole)
        low, high = value - half, value + half
    low, high = max(bounds[0], low), min(bounds[1], high)
    return Spread(value=value, low=low, high=high, by_seed=tuple(by_seed), questions=questions, seeds=seeds)


def verdict(found: Spread) -> str:
    """`better`, `worse` or `not distinguishable`: whether the interval of a gain holds zero."""
    if found.low <= 0 <= found.high:
        return "not distinguishable"
    return "better" if found.low > 0 else "worse"


def detectable(found: Spread) -> float:
    """How large a gain so many seeds and questions tell four times out of five (normal approximation)."""
    return (Z + POWER) * found.error


def seeds_to_tell(found: Spread) -> float:
    """How many seeds would tell a gain of this size four times out of five with these questions; infinite where the
    questions alone leave too much open, and of no gain. Of a single seed nothing is known: infinite too."""
    room = (found.value / (Z + POWER)) ** 2 - found.questions**2
    if found.seeds is None or room <= 0:
        return inf
    return max(len(found.by_seed), 2, ceil(found.seeds**2 / room))


def needed(found: Spread) -> str:
    """In words: what would be needed to tell a gain that cannot be told. Empty where it can."""
    if verdict(found) != "not distinguishable":
        return ""
    least = f"this budget tells {100 * detectable(found):.1f} points"
    if found.seeds is None:
        return f"{least} of this one seed; run more seeds"
    enough = seeds_to_tell(found)
    if not isinf(enough):
        return f"{least}; a gain of this size takes about {enough:,} seeds"
    if not found.value:
        return least
    times = ceil((found.questions * (Z + POWER) / found.value) ** 2)
    return f"{least}; a gain of this size takes over {max(2, times):,} times the questions, and more seeds"


def student(freedom: float) -> float:
    """The two-sided quantile of Student's t at LEVEL, with so many degrees of freedom."""
    if freedom > 1e6:
        return Z
    from mpmath import betainc

    low, high = Z, 20.0
    # At one degree of freedom, the fewest there can be, it is 12.7.
    while high - low > 1e-9:
        middle = (low + high) / 2
        outside = float(betainc(freedom / 2, 0.5, 0, freedom / (freedom + middle**2), regularized=True))
        low, high = (middle, high) if outside > 1 - LEVEL else (low, middle)
    return high
