"""The statistics of an evaluation, against brute force and against simulated data."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdata.evaluation import statistics
from mmdata.evaluation.statistics import Estimate, detectable, difference, mcnemar, mean, pass_at, powers, stratified


@given(st.integers(1, 9), st.data())
def test_pass_at_k_is_the_share_of_subsets_that_hold_a_right_answer(n: int, data: st.DataObject) -> None:
    right, k = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    subsets = list(combinations(range(n), k))
    share = Fraction(sum(min(subset) < right for subset in subsets), len(subsets))
    assert pass_at(n, right, k) == pytest.approx(float(share), abs=1e-12)


@given(st.integers(1, 300), st.data())
def test_pass_at_k_rises_with_k_and_with_right_answers_and_pass_at_1_is_accuracy(n: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, n))
    rates = [pass_at(n, right, k) for k in range(1, n + 1)]
    assert rates == sorted(rates)
    assert rates[0] == pytest.approx(right / n)
    assert rates[-1] == float(right > 0)
    if right < n:
        assert pass_at(n, right + 1, (n + 1) // 2) >= pass_at(n, right, (n + 1) // 2)


def test_pass_at_k_is_unbiased() -> None:
    # Of 6 samples, each right with probability 0.3, the expected estimate is 1 − 0.7^k.
    for k in (1, 2, 4, 6):
        expected = sum(comb(6, right) * 0.3**right * 0.7 ** (6 - right) * pass_at(6, right, k) for right in range(7))
        assert expected == pytest.approx(1 - 0.7**k)


@pytest.mark.parametrize(("n", "right", "k"), [(4, 5, 1), (4, -1, 1), (4, 2, 0), (4, 2, 5)])
def test_pass_at_k_of_what_cannot_be_is_refused(n: int, right: int, k: int) -> None:
    with pytest.raises(ValueError, match="pass@"):
        pass_at(n, right, k)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mcnemar_is_what_counting_every_sharing_out_gives(one: int, two: int) -> None:
    n = one + two
    as_uneven = [i for i in range(n + 1) if abs(2 * i - n) >= abs(one - two)]
    brute = Fraction(sum(comb(n, i) for i in as_uneven), 2**n)
    assert mcnemar(one, two) == pytest.approx(float(brute), rel=1e-9)
    assert mcnemar(one, two) == mcnemar(two, one)


def test_mcnemar_of_very_many_is_neither_an_error_nor_above_one() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(50_000, 50_000) == pytest.approx(1.0)
    assert 0.0 <= mcnemar(40_000, 60_000) < 1e-300


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 1_000)


def coverage(truth: float, estimates: list[Estimate | None]) -> float:
    return fmean(e is not None and e.low <= truth <= e.high for e in estimates)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("n", "p"), [(20, 0.5), (60, 0.8), (100, 0.97), (40, 0.99)])
def test_intervals_hold_the_truth_as_often_as_they_say(n: int, p: float) -> None:
    rng = np.random.default_rng(1)
    found = [mean((rng.random(n) < p).astype(float).tolist()) for _ in range(300)]
    assert coverage(p, found) >= 0.93


@pytest.mark.usefixtures("quick")
def test_questions_about_one_image_need_clusters() -> None:
    rng, alone, together = np.random.default_rng(2), [], []
    names = np.repeat(np.arange(60), 3).tolist()
    for _ in range(300):
        rates = rng.beta(1.4, 0.6, size=60)
        values = (rng.random((60, 3)) < rates[:, None]).astype(float).ravel().tolist()
        alone.append(mean(values))
        together.append(mean(values, names))
    assert coverage(0.7, together) >= 0.92
    assert coverage(0.7, alone) < 0.92


@pytest.mark.usefixtures("quick")
def test_intervals_of_differences_hold_the_truth_as_often_as_they_say() -> None:
    rng, found = np.random.default_rng(3), []
    for _ in range(300):
        hard = rng.random(120)
        one, two = (hard < 0.6).astype(float), (hard + rng.normal(0, 0.2, 120) < 0.7).astype(float)
        found.append(difference(one.tolist(), two.tolist()))
    many = rng.random(1_000_000)
    truth = fmean(many + rng.normal(0, 0.2, many.size) < 0.7) - 0.6
    assert coverage(truth, found) >= 0.92


@settings(max_examples=40)
@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=60))
def test_a_mean_lies_in_its_interval_and_the_interval_within_0_and_1(values: list[float]) -> None:
    found = mean(values)
    assert found is not None
    assert found.value == pytest.approx(fmean(values))
    assert 0.0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1.0
    assert mean(values) == found, "the same values give the same interval"


def test_what_never_fails_is_not_certain() -> None:
    found = mean([1.0] * 20)
    assert found == Estimate(1.0, pytest.approx(0.025 ** (1 / 20)), 1.0)
    none = mean([0.0] * 20)
    assert none == Estimate(0.0, 0.0, pytest.approx(1 - 0.025 ** (1 / 20)))
    clustered = mean([1.0] * 20, ["one image"] * 10 + ["another"] * 10)
    assert clustered == Estimate(1.0, pytest.approx(0.025 ** (1 / 2)), 1.0)


def test_of_a_single_cluster_and_of_nothing_nothing_is_known() -> None:
    assert mean([1.0, 0.0], ["same", "same"]) == Estimate(0.5, 0.0, 1.0)
    assert difference([0.0, 1.0], [1.0, 1.0], ["same", "same"]) == Estimate(0.5, -1.0, 1.0)
    assert mean([]) is None
    assert stratified([[1.0], []]) is None
    assert difference([], []) is None


def test_two_that_never_differ_may_still_differ() -> None:
    found = difference([1.0, 0.0] * 10, [1.0, 0.0] * 10)
    assert found is not None
    assert found.value == 0.0
    assert found.low == -found.high < 0.0


def test_balanced_accuracy_gives_each_stratum_the_same_weight() -> None:
    always_no = stratified([[1.0] * 90, [0.0] * 10])
    assert always_no is not None
    assert always_no.value == pytest.approx(0.5)


@pytest.mark.usefixtures("quick")
def test_a_detectable_difference_is_detected_four_times_out_of_five() -> None:
    rng, n, found = np.random.default_rng(4), 400, 0
    only_one, only_two = 0.10, 0.10
    step = detectable(round(only_one * n), round(only_two * n), n)
    for _ in range(300):
        draw = rng.random(n)
        better = draw < only_two + step / 2
        worse = draw > 1 - (only_one - step / 2)
        interval = difference((~better).astype(float).tolist(), (~worse).astype(float).tolist())
        found += interval is not None and interval.low > 0
    assert 0.7 <= found / 300 <= 0.9


def test_k_doubles_and_ends_with_all_samples() -> None:
    assert [list(powers(n)) for n in (0, 1, 2, 6, 8)] == [[], [1], [1, 2], [1, 2, 4, 6], [1, 2, 4, 8]]
