"""Arms compared over seeds and questions: a mean with an interval that knows both, a verdict, and what would tell.

Two things make an accuracy uncertain: another seed would have trained another student, and other questions could have
been asked. Both variances are added. The one of the questions is the bootstrap's, over clusters of questions about the
same images, of each question's mean over seeds; the one of the seeds is that of the mean of so many. Student's t has
the degrees of freedom that Welch and Satterthwaite give their sum. Arms are compared seed by seed and question by
question: the same seed has the same start and the same order of steps in all of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from math import inf, isinf, sqrt
from statistics import fmean, variance

from mmdata.evaluation.statistics import LEVEL, POWER, Z, difference, mcnemar, mean

MOST_SEEDS = 100
"""More than anyone runs."""
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
    mcnemar: float = 0.0
    """Of a gain of a single seed: McNemar's p, which takes questions for independent. 0 where it is not asked."""


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
    whole = _spread(found.value, (found.low, found.high), by_seed, (-1.0, 1.0))
    if whole.seeds:
        return whole
    pairs = list(zip(ours[0], theirs[0], strict=True))
    return replace(whole, mcnemar=mcnemar(sum(b > a for a, b in pairs), sum(a > b for a, b in pairs)))


def _spread(value: float, ends: tuple[float, float], by_seed: list[float], bounds: tuple[float, float]) -> Spread:
    questions = (ends[1] - ends[0]) / (2 * Z)
    seeds = sqrt(variance(by_seed)) if len(by_seed) > 1 else None
    low, high = ends
    if seeds:
        error, freedom = _error(questions, seeds, len(by_seed))
        low, high = value - student(freedom) * error, value + student(freedom) * error
    low, high = max(bounds[0], low), min(bounds[1], high)
    return Spread(value=value, low=low, high=high, by_seed=tuple(by_seed), questions=questions, seeds=seeds)


def verdict(found: Spread) -> str:
    """`better`, `worse` or `not distinguishable`: whether the interval of a gain holds zero; of a single seed also
    whether McNemar's test tells the two apart, which is stricter where few questions are answered differently."""
    if found.low <= 0 <= found.high or found.mcnemar >= 1 - LEVEL:
        return "not distinguishable"
    return "better" if found.low > 0 else "worse"


def detectable(found: Spread, seeds: int | None = None) -> float:
    """How large a gain these questions and so many seeds, by default those at hand, tell about four times out of
    five."""
    count = len(found.by_seed) if seeds is None else seeds
    error, freedom = _error(found.questions, found.seeds, count)
    return (student(freedom) + POWER) * error


def seeds_to_tell(found: Spread) -> float:
    """How many seeds would tell a gain of this size about four times out of five with these questions; infinite beyond
    MOST_SEEDS. Of a single seed nothing is known: infinite too."""
    if found.seeds is None:
        return inf
    more = range(len(found.by_seed) + 1, MOST_SEEDS + 1)
    # What can be told shrinks with every seed.
    place = bisect_left(more, True, key=lambda count: detectable(found, count) <= abs(found.value))
    return more[place] if place < len(more) else inf


def _error(questions: float, seeds: float | None, count: int) -> tuple[float, float]:
    """Standard error of a mean over `count` seeds, and its degrees of freedom."""
    of_seeds = (seeds or 0.0) ** 2 / count
    whole = of_seeds + questions**2
    return sqrt(whole), whole**2 / of_seeds**2 * (count - 1) if of_seeds and count > 1 else inf


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
    return f"{least}; a gain of this size takes more questions, or over {MOST_SEEDS} seeds"


def student(freedom: float) -> float:
    """The two-sided quantile of Student's t at LEVEL, with so many degrees of freedom."""
    if freedom > 1e6:
        return Z
    from mpmath import betainc

    low, high = Z, 20.0
    # At one degree of freedom, the fewest there can be, it is 12.7.
    while high - low > 1e-6:
        middle = (low + high) / 2
        outside = float(betainc(freedom / 2, 0.5, 0, freedom / (freedom + middle**2), regularized=True))
        low, high = (middle, high) if outside > 1 - LEVEL else (low, middle)
    return high
