"""The statistics of an evaluation: pass@k, bootstrap intervals by problem, the exact McNemar test.

A bootstrap draws as many problems as there are, with replacement, and takes the mean; it depends on nothing but how
often each value occurs. So the counts of the distinct values are drawn (a multinomial), which is the same distribution
and takes no time for scores. Every interval is seeded with its own label: it does not depend on what else is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


def mean(values: Sequence[float], label: str) -> Estimate | None:
    """The mean of one value a problem, with the percentile bootstrap's interval; None of no values.

    Where every value is 0, or every value is 1, resampling sees no spread at all, and would call it certain; the end
    that is open then is the exact binomial one (Clopper-Pearson).
    """
    return stratified([values], label)


def stratified(strata: Sequence[Sequence[float]], label: str) -> Estimate | None:
    """The mean of the strata's means, each stratum resampled by itself; None where there are no strata, or an empty
    one."""
    if not strata or not all(len(values) for values in strata):
        return None
    value = float(np.mean([np.mean(values) for values in strata]))
    if {float(v) for values in strata for v in values} in ({0.0}, {1.0}):
        end = ((1 - LEVEL) / 2) ** (1 / (len(strata) * min(map(len, strata))))
        return Estimate(1.0, end, 1.0) if value else Estimate(0.0, 0.0, 1.0 - end)
    rng = np.random.Generator(np.random.PCG64(hash64(f"bootstrap\0{label}")))
    drawn = np.mean([_means(values, rng) for values in strata], axis=0)
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high))


def difference(one: Sequence[float], two: Sequence[float], label: str) -> Estimate | None:
    """By how much the second is larger, problem by problem: a paired bootstrap. None of no problems."""
    if not len(one):
        return None
    pairs = np.asarray(two, dtype=float) - np.asarray(one, dtype=float)
    rng = np.random.Generator(np.random.PCG64(hash64(f"paired\0{label}")))
    low, high = np.quantile(_means(pairs, rng), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(float(pairs.mean()), float(low), float(high))


def _means(values: Sequence[float] | np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """Means of resamples."""
    distinct, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    total = int(counts.sum())
    blocks = [rng.multinomial(total, counts / total, size=_BLOCK) @ distinct for _ in range(RESAMPLES // _BLOCK)]
    return np.concatenate(blocks) / total


def mcnemar(only_one: int, only_two: int) -> float:
    """The exact McNemar test, two-sided: how likely it is that the problems which only one of two models gets right
    are shared out at least as unevenly, if each is as likely to be either's."""
    n, fewer = only_one + only_two, min(only_one, only_two)
    if not n:
        return 1.0
    tail = fsum(exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) - n * log(2)) for i in range(fewer + 1))
    return min(1.0, 2 * tail)


def detectable(only_one: int, only_two: int, questions: int) -> float:
    """About how large a difference in accuracy so many questions tell four times out of five, where two models disagree
    as often as these (normal approximation). Of no disagreement at all: as if there were one."""
    return (Z + POWER) * sqrt(max(1, only_one + only_two)) / questions


def powers(most: int) -> Iterable[int]:
    """1, 2, 4, … and `most` itself."""
    k = 1
    while k < most:
        yield k
        k *= 2
    if most:
        yield most
