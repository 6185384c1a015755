import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engine.metrics.statistics import (
    clustered_share,
    cronbach_alpha,
    mean_interval,
    paired_difference,
    pairwise_agreement,
    wilson,
)

counts = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda c: (min(c), max(c))), min_size=2, max_size=30)


@pytest.mark.parametrize(("hits", "n"), [(0, 73), (3, 67), (64, 68), (10, 10), (1, 1)])
def test_wilson_equals_scipys(hits: int, n: int) -> None:
    theirs = stats.binomtest(hits, n).proportion_ci(method="wilson")
    ours = wilson(hits, n)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_a_mean_has_students_interval() -> None:
    values = np.array([1.0, 2.0, 4.0, 7.0])
    theirs = stats.ttest_1samp(values, 0).confidence_interval()
    assert mean_interval(values)[1:] == pytest.approx((theirs.low, theirs.high))


@given(counts)
def test_a_share_lies_inside_its_interval_and_never_has_width_zero(cells: list[tuple[int, int]]) -> None:
    hits, sizes = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    value, low, high = clustered_share(hits, sizes)
    assert value is not None
    assert low is not None
    assert high is not None
    assert 0 <= low <= value <= high <= 1
    assert high - low > 0


@given(st.integers(2, 40), st.integers(1, 20))
def test_the_bound_of_none_is_below_the_bound_of_one(clusters: int, size: int) -> None:
    sizes = np.full(clusters, float(size))
    none, one = np.zeros(clusters), np.zeros(clusters)
    one[0] = 1
    if clusters * size > 1:
        assert clustered_share(none, sizes).high < clustered_share(one, sizes).high + 1e-12  # type: ignore[operator]


def test_repeats_of_one_stem_are_not_new_evidence() -> None:
    few = clustered_share(np.array([1.0, 0, 1, 0, 1, 0]), np.ones(6))
    repeated = clustered_share(np.array([50.0, 0, 50, 0, 50, 0]), np.full(6, 50.0))
    assert repeated.low == pytest.approx(few.low, abs=0.02)


def test_nothing_against_nothing_keeps_its_width() -> None:
    zero, sizes = np.zeros(12), np.full(12, 4.0)
    value, low, high = paired_difference((zero, sizes), (zero, sizes))
    assert value == 0
    assert low < 0 < high  # type: ignore[operator]


def test_pairing_takes_out_what_stems_share() -> None:
    rng = np.random.default_rng(1)
    stem = rng.uniform(0.05, 0.85, 40)
    sizes = np.full(40, 30.0)
    a, b = (rng.binomial(30, stem + shift).astype(float) for shift in (0.1, 0.0))
    paired = paired_difference((a, sizes), (b, sizes))
    assert paired.low < 0.1 < paired.high  # type: ignore[operator]
    assert paired.high - paired.low < 0.1  # type: ignore[operator]


def test_alpha_against_a_hand_computed_case() -> None:
    ratings = np.array([[2.0, 3, 3], [4, 4, 5], [5, 6, 5], [1, 2, 2]])
    covariance = np.cov(ratings.T)
    expected = 3 / 2 * (1 - np.trace(covariance) / covariance.sum())
    assert cronbach_alpha(ratings) == pytest.approx(expected)


def test_alpha_of_equal_respondents_is_not_computable() -> None:
    assert cronbach_alpha(np.full((5, 3), 4.0)) is None


def test_pairs_are_counted_without_bias() -> None:
    assert pairwise_agreement([["a", "a", "b"], ["a"]]) == (1, 3)
