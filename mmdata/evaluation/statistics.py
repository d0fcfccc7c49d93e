"""The statistics of an evaluation: pass@k, bootstrap intervals, the exact McNemar test.

Questions about one image are not independent: what is drawn with replacement is clusters of them. A mean of clusters
depends on nothing but how often each (sum, count) of a cluster occurs, so the counts of the distinct ones are drawn (a
multinomial): the same distribution, and no time for scores. Every interval is seeded with its own data: the same data
have the same interval, whatever else is computed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import comb, exp, fsum, lgamma, log, sqrt
from typing import Any

import numpy as np

from mmdata.keys import hash64

RESAMPLES = 10_000
LEVEL = 0.95
Z = 1.959963984540054
"""Of the normal distribution, two-sided, at LEVEL."""
POWER = 0.8416212335729143
"""Of the normal distribution, one-sided, at 80 %."""
_BLOCK = 1_000
"""Resamples that are drawn at once, so that memory has a bound."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Estimate:
    """A mean with its interval."""

    value: float
    low: float
    high: float


def pass_at(n: int, right: int, k: int) -> float:
    """The chance that of `k` samples drawn without replacement from `n`, of which `right` are right, one is right: the
    unbiased estimator of pass@k (arXiv 2107.03374). ValueError unless 0 ≤ right ≤ n and 1 ≤ k ≤ n."""
    if not 0 <= right <= n or not 1 <= k <= n:
        raise ValueError(f"pass@{k} of {right} right among {n}")
    return 1.0 - comb(n - right, k) / comb(n, k)


def mean(values: Sequence[float], clusters: Sequence[Hashable] | None = None) -> Estimate | None:
    """The mean of one value from 0 to 1 a question, with the percentile bootstrap's interval; None of no values.
    `clusters` names each value's; by default it is one of its own.

    Near 0 and 1 resampling sees too little spread: the interval of scores that are 0 or 1 is never narrower than
    Wilson's, and of values all 0 or all 1 the end that is open is the exact binomial one (Clopper-Pearson) of as many
    clusters. Of a single cluster nothing is known.
    """
    return stratified([values], None if clusters is None else [clusters])


def stratified(
    strata: Sequence[Sequence[float]], clusters: Sequence[Sequence[Hashable]] | None = None
) -> Estimate | None:
    """The mean of the strata's means, otherwise as `mean`; None where there are no strata, or an empty one. A cluster
    may lie in several strata. Of a resample without a stratum the others count."""
    if not strata or not all(len(values) for values in strata):
        return None
    names = _named(strata) if clusters is None else clusters
    table = _table(strata, names)
    value = float(_statistic(table.sum(axis=0, keepdims=True))[0])
    distinct = {float(v) for values in strata for v in values}
    if distinct in ({0.0}, {1.0}):
        end = ((1 - LEVEL) / 2) ** (1 / (len(strata) * min(len(set(own)) for own in names)))
        return Estimate(1.0, end, 1.0) if value else Estimate(0.0, 0.0, 1.0 - end)
    if len(table) == 1:
        return Estimate(value, 0.0, 1.0)
    low, high = _quantiles(table)
    if distinct == {0.0, 1.0}:
        wide = wilson(value, len(strata) * min(map(len, strata)))
        low, high = min(low, wide[0]), max(high, wide[1])
    return Estimate(value, low, high)


def difference(
    one: Sequence[float], two: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> Estimate | None:
    """By how much the second is larger, question by question: a paired bootstrap. None of no questions.

    Where the two differ in no question, resampling sees no spread: the ends are then Clopper-Pearson's of as many
    clusters, for a share of questions that differ."""
    if not len(one):
        return None
    pairs = [float(b) - float(a) for a, b in zip(one, two, strict=True)]
    table = _table([pairs], _named([pairs]) if clusters is None else [clusters])
    value = float(_statistic(table.sum(axis=0, keepdims=True))[0])
    if not any(pairs):
        end = 1.0 - ((1 - LEVEL) / 2) ** (1 / len(table))
        return Estimate(0.0, -end, end)
    if len(table) == 1:
        return Estimate(value, -1.0, 1.0)
    return Estimate(value, *_quantiles(table))


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's interval of a share of `n`, at LEVEL (Wilson 1927)."""
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _named(strata: Sequence[Sequence[float]]) -> list[list[Hashable]]:
    """Each value a cluster of its own."""
    return [[(i, j) for j in range(len(values))] for i, values in enumerate(strata)]


def _table(strata: Sequence[Sequence[float]], clusters: Sequence[Sequence[Hashable]]) -> Floats:
    """A row a cluster: the sum of its values in each stratum, then how many they are."""
    places: dict[Hashable, int] = {}
    for own in clusters:
        for name in own:
            places.setdefault(name, len(places))
    table = np.zeros((len(places), 2 * len(strata)))
    for i, (values, own) in enumerate(zip(strata, clusters, strict=True)):
        at = [places[name] for name in own]
        np.add.at(table[:, i], at, np.asarray(values, dtype=float))
        np.add.at(table[:, len(strata) + i], at, 1.0)
    return table


def _statistic(sums: Floats) -> Floats:
    """The mean of the strata's means, of each row of sums and counts."""
    half = sums.shape[1] // 2
    values, counts = sums[:, :half], sums[:, half:]
    there = counts > 0
    means = np.divide(values, counts, out=np.zeros_like(values), where=there)
    found: Floats = means.sum(axis=1) / there.sum(axis=1)
    return found


def _quantiles(table: Floats) -> tuple[float, float]:
    """Both ends of the percentile interval."""
    distinct, counts = np.unique(table, axis=0, return_counts=True)
    rng = np.random.Generator(np.random.PCG64(hash64(f"{distinct.tolist()} {counts.tolist()}")))
    total = int(counts.sum())
    share = counts / total
    blocks = [_statistic(rng.multinomial(total, share, size=_BLOCK) @ distinct) for _ in range(RESAMPLES // _BLOCK)]
    low, high = np.quantile(np.concatenate(blocks), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def mcnemar(only_one: int, only_two: int) -> float:
    """The exact McNemar test, two-sided: how likely it is that the questions which only one of two models gets right
    are shared out at least as unevenly, if each is as likely to be either's. It takes questions for independent."""
    n, fewer = only_one + only_two, min(only_one, only_two)
    if not n:
        return 1.0
    tail = fsum(exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) - n * log(2)) for i in range(fewer + 1))
    return min(1.0, 2 * tail)


def detectable(only_one: int, only_two: int, questions: int) -> float:
    """About how large a difference in accuracy so many questions tell four times out of five, where two models disagree
    as often as these (normal approximation). Of no disagreement at all: as if there were one."""
    return (Z + POWER) * sqrt(max(1, only_one + only_two)) / questions


def powers(most: int) -> Iterator[int]:
    """1, 2, 4, … and `most` itself."""
    k = 1
    while k < most:
        yield k
        k *= 2
    if most:
        yield most
