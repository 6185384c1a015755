"""Whether the same would come out again: against textbooks' formulas computed another way, and against simulated truth."""

import warnings
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.proportion import proportion_effectsize

from engine.metrics.reliability import between_askings, cohens_d, cohens_h, icc, magnitude, retest, summary_of
from engine.metrics.statistics import mean_interval

pytestmark = pytest.mark.filterwarnings("error")

stems = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda c: (min(c), max(c))), min_size=2, max_size=25)
NOTHING = (None, None, None)


def columns(cells: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    hits, sizes = (np.array(column, dtype=float) for column in zip(*cells, strict=True))
    return hits, sizes


def drawn(rng: np.random.Generator, mean: float, like: float, k: int = 36, epochs: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two askings of the same stems, and their sizes."""
    spread = (1 - like) / like
    chance = rng.beta(mean * spread, (1 - mean) * spread, k)
    one, other = (rng.binomial(epochs, chance).astype(float) for _ in (0, 1))
    return one, other, np.full(k, float(epochs))


def test_the_intraclass_correlation_is_that_of_the_analysis_of_variance() -> None:
    hits, sizes = columns([(0, 3), (1, 4), (5, 5), (2, 6), (4, 4), (1, 2)])
    trials = [[1.0] * int(hit) + [0.0] * int(size - hit) for hit, size in zip(hits, sizes, strict=True)]
    ratio = stats.f_oneway(*trials).statistic
    n0 = (24 - (9 + 16 + 25 + 36 + 16 + 4) / 24) / 5
    assert icc(hits, sizes).value == pytest.approx((ratio - 1) / (ratio + n0 - 1))
    assert retest(hits, sizes).value == pytest.approx(1 - 1 / ratio)


def test_by_hand() -> None:
    found = icc(np.array([2.0, 1.0, 0.0]), np.full(3, 2.0))
    assert found.value == pytest.approx((1 / 2 - 1 / 6) / (1 / 2 + 1 / 6)), "between 1 / 2, within (1 / 2) / 3"
    assert retest(np.array([2.0, 1.0, 0.0]), np.full(3, 2.0)).value == pytest.approx(2 / 3), "2 · ½ / (1 + ½)"


def test_the_interval_is_the_jackknifes_stem_by_stem() -> None:
    rng = np.random.default_rng(1)
    hits, _, sizes = drawn(rng, 0.5, 0.3, k=40)

    def angle(hits: np.ndarray, sizes: np.ndarray) -> float:
        value = icc(hits, sizes).value
        return float(np.arcsin(np.sqrt((1 + 4 * value) / 5)))

    without = np.array([angle(np.delete(hits, one), np.delete(sizes, one)) for one in range(40)])
    error = np.sqrt(39 / 40 * ((without - without.mean()) ** 2).sum())
    low = np.sin(angle(hits, sizes) - stats.t.ppf(0.975, 39) * error) ** 2
    assert icc(hits, sizes).low == pytest.approx((5 * low - 1) / 4, abs=0.01)


@settings(deadline=None, max_examples=150)
@given(stems, st.randoms(use_true_random=False))
def test_intraclass_correlations_keep_their_bounds_and_know_no_order(cells: list[tuple[int, int]], random) -> None:
    hits, sizes = columns(cells)
    found, again = icc(hits, sizes), retest(hits, sizes)
    if hits.sum() in (0, sizes.sum()) or sizes.max() == 1:
        assert (found, again) == (NOTHING, NOTHING)
        return
    n0 = (sizes.sum() - (sizes**2).sum() / sizes.sum()) / (len(sizes) - 1)
    assert max(-1, -1 / (n0 - 1)) - 1e-9 <= found.low <= found.value <= found.high <= 1 + 1e-9
    assert found.high - found.low > 1e-6, "never certain"
    assert 0 <= again.low <= again.value <= again.high <= 1
    for end, stepped in zip(found, again, strict=True):
        assert stepped == pytest.approx(max(0, n0 * end / (1 + (n0 - 1) * end)) if 1 + (n0 - 1) * end > 1e-9 else 0, abs=1e-6)
    assert icc(sizes - hits, sizes) == pytest.approx(found, abs=1e-6), "misses hang together as hits do"
    random.shuffle(cells)
    assert icc(*columns(cells)) == pytest.approx(found, abs=1e-6)
    padded = icc(np.append(hits, [0.0, np.nan]), np.append(sizes, [0.0, 3.0]))
    assert padded == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize(("hits", "sizes"), [
    ([], []), ([2.0], [5.0]), ([1.0, 0.0, 1.0], [1.0, 1.0, 1.0]), ([0.0] * 8, [5.0] * 8), ([5.0] * 8, [5.0] * 8), ([np.nan] * 3, [5.0] * 3),
    ([1.0, 2.0], [np.nan, 5.0]), ([0.0, 0.0], [0.0, 0.0]),
])
def test_where_nothing_repeats_or_varies_nothing_is_said(hits: list[float], sizes: list[float]) -> None:
    assert icc(np.array(hits), np.array(sizes)) == NOTHING
    assert retest(np.array(hits), np.array(sizes)) == NOTHING


def test_stems_that_never_waver_are_not_certain_to_stay_so() -> None:
    hits, sizes = np.repeat([0.0, 5.0], 18), np.full(36, 5.0)
    value, low, high = icc(hits, sizes)
    assert (value, high) == (pytest.approx(1), pytest.approx(1))
    assert 0.5 < low < 0.999
    few = icc(hits[15:21], sizes[15:21])
    assert few.low < low, "six such stems are less evidence than 36"


def test_stems_that_all_waver_alike_have_nothing_that_would_repeat() -> None:
    value, low, high = icc(np.full(20, 2.0), np.full(20, 4.0))
    assert (value, low) == (pytest.approx(-1 / 3), pytest.approx(-1 / 3))
    assert high > value
    assert retest(np.full(20, 2.0), np.full(20, 4.0)).value == 0


@pytest.mark.parametrize("mean", [0.2, 0.5, 0.9])
def test_intervals_cover_what_was_put_in(mean: float) -> None:
    rng, covered = np.random.default_rng(2), np.zeros(3)
    for _ in range(500):
        one, other, sizes = drawn(rng, mean, 0.5)
        told = (icc(one, sizes), 0.5), (retest(one, sizes), 5 / 6), (between_askings((one, sizes), (other, sizes)), 5 / 6)
        covered += [found.low is not None and found.low <= true <= found.high for found, true in told]
    assert (covered / 500 >= 0.92).all()
    assert (covered / 500 <= 0.99).all()


def test_what_one_asking_promises_two_askings_keep() -> None:
    one, other, sizes = drawn(np.random.default_rng(3), 0.4, 0.3, k=20_000)
    assert retest(one, sizes).value == pytest.approx(5 * 0.3 / 2.2, abs=0.02)
    assert retest(one, sizes).value == pytest.approx(np.corrcoef(one, other)[0, 1], abs=0.03)
    assert icc(one, sizes).value == pytest.approx(0.3, abs=0.02)
    alike = (one * (one - 1) + (5 - one) * (4 - one)) / 20
    assert alike.mean() == pytest.approx(1 - 2 * 0.4 * 0.6 * 0.7, abs=0.02), "and pairs of trials agree as often as that implies"


def test_agreement_of_two_askings_is_shrout_and_fleisss() -> None:
    rng = np.random.default_rng(4)
    one, other, sizes = drawn(rng, 0.4, 0.4, k=15)
    found = between_askings((one, sizes), (np.minimum(other + 1, 5), sizes))
    frame = pd.DataFrame({
        "stem": [f"s{number}" for number in range(15)] * 2, "date": ["a"] * 15 + ["b"] * 15,
        "share": [*(one / 5), *(np.minimum(other + 1, 5) / 5)],
    })
    squares = anova_lm(ols("share ~ C(stem) + C(date)", frame).fit())["mean_sq"].tolist()
    rows, between, error = squares
    assert found.value == pytest.approx((rows - error) / (rows + error + 2 * (between - error) / 15))
    assert found.low < found.value < found.high


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=6, max_size=20), st.randoms(use_true_random=False))
def test_agreement_keeps_its_bounds_and_knows_neither_order_nor_side(pairs: list[tuple[int, int]], random) -> None:
    one, other = columns(pairs)
    sizes = np.full(len(one), 5.0)
    found = between_askings((one, sizes), (other, sizes))
    if max(np.ptp(one), np.ptp(other)) == 0:
        assert found == NOTHING
        return
    assert -1 <= found.value <= 1
    if found.low is not None:
        assert -1 <= found.low <= found.value <= found.high <= 1
    turned = between_askings((5 - other, sizes), (5 - one, sizes))
    assert [end is None for end in turned] == [end is None for end in found]
    assert [end or 0 for end in turned] == pytest.approx([end or 0 for end in found], abs=1e-6)
    random.shuffle(pairs)
    again = between_askings(*((column, sizes) for column in columns(pairs)))
    assert [end or 0 for end in again] == pytest.approx([end or 0 for end in found], abs=1e-6)


def test_an_asking_that_is_higher_throughout_agrees_less() -> None:
    one, sizes = np.tile(np.arange(5.0), 4), np.full(20, 5.0)
    assert between_askings((one, sizes), (one, sizes)) == (1, None, None)
    shifted = between_askings((one, sizes), (one + 1, sizes))
    assert 0 < shifted.value < 0.85, "though its correlation is 1"


def test_only_stems_of_both_askings_count_and_six_of_them() -> None:
    one, other, sizes = drawn(np.random.default_rng(5), 0.5, 0.5, k=12)
    some = np.where(np.arange(12) < 8, sizes, 0.0)
    eight = between_askings((one[:8], sizes[:8]), (other[:8], sizes[:8]))
    assert between_askings((one, sizes), (other, some)) == eight
    few = np.where(np.arange(12) < 5, sizes, 0.0)
    assert between_askings((one, sizes), (other, few)) == NOTHING
    assert between_askings((one, sizes), (np.full(12, np.nan), sizes)) == NOTHING
    assert between_askings((np.array([]),) * 2, (np.array([]),) * 2) == NOTHING
    assert between_askings((np.full(12, 2.0), sizes), (np.full(12, 3.0), sizes)) == NOTHING
    lone = np.where(np.arange(12) == 0, 5.0, 0.0)
    assert between_askings((lone, sizes), (lone, sizes)).low is None, "one stem alone carries it"


@given(st.floats(0, 1), st.floats(0, 1))
def test_h_is_statsmodels(p1: float, p2: float) -> None:
    assert cohens_h(p1, p2) == pytest.approx(proportion_effectsize(p1, p2), abs=1e-9)
    assert cohens_h(p2, p1) == pytest.approx(-cohens_h(p1, p2), abs=1e-12)  # type: ignore[operator]


def told(values: np.ndarray) -> tuple[float, float, int]:
    """Mean, standard deviation and number of values."""
    values = np.asarray(values, dtype=float)
    return (values.mean(), values.std(ddof=1), len(values)) if len(values) > 1 else (0.0, 0.0, len(values))


def test_a_mean_with_its_interval_tells_its_spread() -> None:
    values = np.array([1.0, 2.0, 4.0, 4.5])
    assert summary_of(*mean_interval(values), 4) == pytest.approx(told(values))
    assert cohens_d(summary_of(1.0, 1.0, 1.0, 1), told(values)) is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-50, 50).map(float), min_size=4, max_size=12), st.integers(2, 10))
def test_d_is_students_t_without_the_counts(values: list[float], cut: int) -> None:
    a, b = np.array(values[: min(cut, len(values) - 2)]), np.array(values[min(cut, len(values) - 2) :])
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        assert cohens_d(told(a), told(b)) is None
        return
    with warnings.catch_warnings(action="ignore"):  # SciPy's, where one side does not vary
        t = stats.ttest_ind(a, b).statistic
    assert cohens_d(told(a), told(b)) == pytest.approx(t * np.sqrt(1 / len(a) + 1 / len(b)), abs=1e-9)
    assert cohens_d(told(a * 2 + 5), told(b * 2 + 5)) == pytest.approx(cohens_d(told(a), told(b)), abs=1e-9)


def test_effects_that_cannot_be_told() -> None:
    assert cohens_h(np.nan, 0.5) is None
    assert cohens_h(0.5, 1.1) is None
    for a, b in combinations([[], [1.0], [2.0, np.nan], [3.0, 3.0]], 2):
        assert cohens_d(told(np.array(a)), told(np.array(b))) is None
    assert cohens_d(told(np.full(5, 0.1)), told(np.full(5, 0.3))) is None
    assert magnitude(None) is None
    assert magnitude(np.nan) is None


@pytest.mark.parametrize(("effect", "word"), [
    (0.0, "negligible"), (-0.19, "negligible"), (0.2, "small"), (-0.5, "medium"), (0.79, "medium"), (-0.8, "large"), (np.inf, "large"),
])
def test_effects_in_cohens_words(effect: float, word: str) -> None:
    assert magnitude(effect) == word


ODD = st.sampled_from([0.0, 1.0, 2.0, 5.0, 0.5, -1.0, 1e6, 1e-9, np.nan, np.inf, -np.inf])


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(ODD, ODD, ODD, ODD), max_size=12))
def test_what_is_not_a_count_raises_nothing(rows: list[tuple[float, float, float, float]]) -> None:
    a, b, c, d = (np.array(column, dtype=float) for column in (zip(*rows, strict=True) if rows else [[]] * 4))
    for found in (icc(a, b), retest(a, b), between_askings((a, b), (c, d))):
        assert found == NOTHING or np.isfinite([end for end in found if end is not None]).all()
