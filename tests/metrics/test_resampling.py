"""Drawing again: against SciPy's own, against counting by hand, and honest where there is nothing to draw from."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.metrics.resampling import bootstrap_share, bootstrap_shares, groups_differ, sign_flip
from engine.metrics.statistics import clustered_share

pytestmark = pytest.mark.filterwarnings("error")

stems = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda c: (min(c), max(c))), min_size=2, max_size=25)
floats = st.floats(-100, 100, allow_subnormal=False).map(lambda value: round(value, 6))


def columns(cells: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    hits, sizes = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    return hits, sizes


@pytest.mark.parametrize("mean", [0.2, 0.5, 0.85])
def test_the_bootstrap_is_scipys(mean: float) -> None:
    rng = np.random.default_rng(1)
    sizes = rng.integers(2, 8, 36).astype(float)
    hits = rng.binomial(sizes.astype(int), rng.beta(mean, 1 - mean, 36)).astype(float)
    theirs = stats.bootstrap(
        (hits, sizes), lambda h, n, axis=-1: h.sum(axis=axis) / n.sum(axis=axis), paired=True, vectorized=True, n_resamples=20_000,
        method="BCa", confidence_level=2 * stats.norm.cdf(np.sqrt(36 / 35) * stats.t.ppf(0.975, 35)) - 1, rng=np.random.default_rng(2),
    ).confidence_interval
    ours = bootstrap_share(hits, sizes, resamples=20_000)
    assert ours.value == pytest.approx(hits.sum() / sizes.sum())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.012)


def test_the_bootstrap_agrees_with_the_clustered_interval() -> None:
    rng = np.random.default_rng(3)
    sizes = np.full(200, 5.0)
    hits = rng.binomial(5, rng.beta(1, 1, 200)).astype(float)
    ours, formula = bootstrap_share(hits, sizes), clustered_share(hits, sizes)
    assert (ours.low, ours.high) == pytest.approx((formula.low, formula.high), abs=0.01)


@settings(deadline=None, max_examples=60)
@given(stems, st.randoms(use_true_random=False))
def test_a_bootstrap_interval_holds_its_value_and_knows_no_order(cells: list[tuple[int, int]], random) -> None:
    hits, sizes = columns(cells)
    found = bootstrap_share(hits, sizes)
    if found.low is None:
        assert found.value in (0, 1) or np.ptp(hits / sizes) < 1e-9
    else:
        assert 0 <= found.low <= found.value <= found.high <= 1
    random.shuffle(cells)
    assert bootstrap_share(*columns(cells)) == found
    padded = bootstrap_share(np.append(hits, [0.0, np.nan]), np.append(sizes, [0.0, 3.0]))
    assert padded == found, "a stem without trials is no evidence"


@settings(deadline=None, max_examples=30)
@given(st.lists(stems, min_size=1, max_size=6))
def test_many_shares_at_once_are_the_same_as_one_by_one(many: list[list[tuple[int, int]]]) -> None:
    laid = np.zeros((2, len(many), 25))
    for place, cells in enumerate(many):
        laid[:, place, : len(cells)] = columns(cells)
    together = bootstrap_shares(laid[0][:, None], laid[1][:, None])
    assert together.shape == (len(many), 1, 3)
    alone = [[np.nan if end is None else end for end in bootstrap_share(*columns(cells))] for cells in many]
    assert together[:, 0] == pytest.approx(np.array(alone, dtype=float), nan_ok=True)


def test_seeds_differ_a_little_and_one_seed_never() -> None:
    hits, sizes = np.arange(12.0), np.full(12, 11.0)
    first, again, other = (bootstrap_share(hits, sizes, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert first.low == pytest.approx(other.low, abs=0.05)


@pytest.mark.parametrize(("hits", "sizes", "value"), [
    ([], [], None), ([0.0, 0.0], [0.0, 0.0], None), ([np.nan], [np.nan], None), ([2.0], [5.0], 0.4), ([0.0] * 9, [5.0] * 9, 0.0),
    ([5.0] * 9, [5.0] * 9, 1.0), ([1.0, 2.0], [2.0, 4.0], 0.5), ([np.nan, 2.0], [5.0, 5.0], 0.4), ([np.inf, 2.0], [5.0, 5.0], 0.4),
])
def test_without_anything_that_varies_there_is_no_interval(hits: list[float], sizes: list[float], value: float | None) -> None:
    assert bootstrap_share(np.array(hits), np.array(sizes)) == (value, None, None)


def test_two_stems_that_say_the_opposite_say_nothing_together() -> None:
    assert bootstrap_share(np.array([0.0, 5.0]), np.array([5.0, 5.0])) == (0.5, 0.0, 1.0)
    assert bootstrap_shares(np.zeros((0, 4)), np.zeros((0, 4))).shape == (0, 3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-6, 6).map(float), min_size=1, max_size=9))
def test_flips_of_few_signs_are_counted_one_by_one(differences: list[float]) -> None:
    apart = np.array(differences)
    every = [abs(np.dot(signs, apart)) for signs in product((-1, 1), repeat=len(apart))]
    assert sign_flip(apart) == pytest.approx(np.mean(np.array(every) >= abs(apart.sum()) - 1e-9))


def test_flips_of_many_signs_are_scipys() -> None:
    apart = np.random.default_rng(4).normal(0.3, 1, 30)
    theirs = stats.permutation_test(
        (apart,), lambda d, axis: np.abs(d.mean(axis=axis)), permutation_type="samples", n_resamples=50_000, alternative="greater",
        vectorized=True, rng=np.random.default_rng(5),
    ).pvalue
    assert sign_flip(apart) == pytest.approx(theirs, abs=0.01)


@settings(deadline=None, max_examples=60)
@given(st.lists(floats, min_size=1, max_size=16), st.randoms(use_true_random=False))
def test_a_flip_knows_no_order_sign_or_scale(differences: list[float], random) -> None:
    apart = np.array(differences)
    p = sign_flip(apart)
    assert 0 < p <= 1
    assert sign_flip(-apart) == p
    assert sign_flip(apart * 4) == p
    random.shuffle(differences)
    assert sign_flip(np.array(differences)) == p


def test_the_flip_test_keeps_its_level_and_sees_what_is_there() -> None:
    rng = np.random.default_rng(6)
    false = np.mean([sign_flip(rng.normal(0, 1, 12)) < 0.05 for _ in range(1000)])
    assert 0.03 <= false <= 0.07
    assert sign_flip(rng.normal(1, 1, 36)) < 0.001


@pytest.mark.parametrize(("differences", "p"), [([], None), ([np.nan], None), ([1.0], 1.0), ([0.0] * 20, 1.0), ([1.0] * 5, 2 / 32)])
def test_a_flip_of_little_is_no_evidence(differences: list[float], p: float | None) -> None:
    assert sign_flip(np.array(differences)) == p


def test_groups_are_told_apart_as_by_kruskal_and_wallis() -> None:
    values = np.array([0.1, 0.2, 0.2, 0.3, 0.5, 0.6, 0.6, 0.9, 0.7, 0.8])
    groups = list("aaaabbbbbb")
    found = groups_differ(values, groups)
    assert found.statistic == pytest.approx(stats.kruskal(values[:4], values[4:]).statistic)
    assert (found.p, found.smallest) == (pytest.approx(1 / 210), pytest.approx(1 / 210)), "one assignment of 210 is as extreme"
    assert (found.groups, found.models) == (2, 10)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=6, max_size=8), st.randoms(use_true_random=False))
def test_few_models_are_assigned_in_every_way(values: list[int], random) -> None:
    told, groups = np.array(values, dtype=float), ["a", "a", "b", "b", "c", "c", "c", "c"][: len(values)]
    found = groups_differ(told, groups)
    if np.ptp(told) == 0:
        assert found[:3] == (None, None, None)
        return
    parts = [told[np.array(groups) == name] for name in "abc"]
    theirs = stats.permutation_test(
        parts, lambda *parts: stats.kruskal(*parts).statistic, permutation_type="independent", n_resamples=np.inf, alternative="greater",
        vectorized=False,
    )
    assert found.statistic == pytest.approx(theirs.statistic)
    assert found.smallest <= theirs.pvalue + 1e-12
    assert found.p == (pytest.approx(theirs.pvalue) if found.smallest < 0.05 else None)
    turned = list(zip(values, groups, strict=True))
    random.shuffle(turned)
    again = groups_differ(np.array([value for value, _ in turned], dtype=float), [name for _, name in turned])
    assert again == found, "the order of models is nothing"
    assert groups_differ(told * 3 - 7, groups) == found, "nor is the scale"


def test_many_models_are_assigned_by_lot() -> None:
    rng = np.random.default_rng(7)
    values, groups = rng.normal(size=24) + np.repeat([0, 0.4, 0.8], 8), np.repeat(["a", "b", "c"], 8).tolist()
    found = groups_differ(values, groups)
    theirs = stats.kruskal(*values.reshape(3, 8))
    assert found.statistic == pytest.approx(theirs.statistic)
    assert found.p == pytest.approx(theirs.pvalue, abs=0.02)
    assert 0 < found.smallest < 0.001
    assert groups_differ(values, groups) == found


def test_equal_groups_are_seldom_called_different() -> None:
    rng = np.random.default_rng(8)
    p = np.array([groups_differ(rng.normal(size=10), list("aaaabbbccc")).p for _ in range(400)])
    assert 0.025 <= np.mean(p < 0.05) <= 0.075
    assert ((p > 0) & (p <= 1)).all()


@pytest.mark.parametrize(("values", "groups", "expected"), [
    ([], "", (None, None, None, 0, 0)), ([0.1, 0.2, 0.3], "aaa", (None, None, None, 1, 3)), ([1, 2, 3], "abc", (None, None, None, 0, 0)),
    ([0.5] * 8, "aaaabbbb", (None, None, None, 2, 8)), ([1, 2, np.nan, 3], "aabb", (None, None, None, 1, 2)),
])
def test_groups_that_cannot_differ_have_no_statistic(values: list[float], groups: str, expected: tuple) -> None:
    assert groups_differ(np.array(values, dtype=float), list(groups)) == expected


def test_where_no_assignment_could_tell_the_smallest_p_is_told_instead() -> None:
    found = groups_differ(np.arange(6.0), list("aaabbb"))
    assert found.statistic == pytest.approx(stats.kruskal([0, 1, 2], [3, 4, 5]).statistic)
    assert (found.p, found.smallest) == (None, pytest.approx(2 / 20))


def test_a_group_of_one_is_left_out() -> None:
    values = np.arange(9.0)
    assert groups_differ(values, list("aaaabbbbc")) == groups_differ(values[:8], list("aaaabbbb"))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 1.0, 5.0, 0.5, -1.0, 1e6, 1e-9, np.nan, np.inf, -np.inf])] * 2), max_size=8))
def test_what_is_not_a_number_raises_nothing(rows: list[tuple[float, float]]) -> None:
    a, b = (np.array(column, dtype=float) for column in (zip(*rows, strict=True) if rows else [[]] * 2))
    found = bootstrap_share(a, b, resamples=100)
    assert np.isfinite([end for end in found if end is not None]).all()
    assert sign_flip(a) is None or 0 < sign_flip(a) <= 1
    assert groups_differ(a, list("aabbaabb")[: len(a)]).models <= len(a)
