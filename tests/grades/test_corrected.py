"""Corrected pass rates, against worked examples, the authors' own code and simulated judges."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grades.corrected import corrected_rate, prediction_powered, rogan_gladen
from engine.metrics.statistics import wilson
from engine.problems import UsageError
from tests.bench_grades import JUDGES, rates, whole_way
from tests.grades.simulated import WORLDS

SHARES = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n).map(float), st.just(n)))


def test_the_worked_example() -> None:
    """TPR .92, TNR .88, 400 of 500 judged pass: .68 / .80 = .85."""
    found = rogan_gladen((400, 500), (92, 100), (88, 100))
    assert found.rate.value == pytest.approx(0.85)
    assert found.why == ""
    # Lee et al.'s formulas, number by number.
    assert (found.rate.low, found.rate.high) == pytest.approx(lee(400, 500, 92, 100, 88, 100))


def lee(x: float, n: int, x1: float, m1: int, x0: float, m0: int, z: float = 1.959963985) -> tuple[float, float]:
    p, q1, q0 = (x + z * z / 2) / (n + z * z), (x1 + 1) / (m1 + 2), (x0 + 1) / (m0 + 2)
    theta = (p + q0 - 1) / (q0 + q1 - 1)
    v0, v1 = q0 * (1 - q0) / (m0 + 2), q1 * (1 - q1) / (m1 + 2)
    d = 2 * z * z * (-(1 - theta) * v0 + theta * v1)
    se = (p * (1 - p) / (n + z * z) + (1 - theta) ** 2 * v0 + theta**2 * v1) ** 0.5 / (q0 + q1 - 1)
    return theta + d - z * se, theta + d + z * se


@settings(max_examples=150, deadline=None)
@given(SHARES, SHARES, SHARES)
def test_rogan_gladen_keeps_its_bounds_and_is_refused_where_the_judge_tells_nothing(
    passes: tuple[float, int], tpr: tuple[float, int], tnr: tuple[float, int]
) -> None:
    found = rogan_gladen(passes, tpr, tnr)
    told = passes[1] and tpr[1] and tnr[1] and tpr[0] / tpr[1] + tnr[0] / tnr[1] > 1 + 1e-9
    if found.rate.value is None:
        assert found.why
        assert found.rate == (None, None, None)
    else:
        assert told
        assert 0 <= found.rate.low <= found.rate.value <= found.rate.high <= 1
        # Calling pass fail and fail pass gives the rest.
        turned = rogan_gladen((passes[1] - passes[0], passes[1]), tnr, tpr).rate
        assert [1 - part for part in (turned.value, turned.high, turned.low)] == pytest.approx([*found.rate], abs=1e-9)
    if not told:
        assert found.rate.value is None


def test_prediction_powered_is_what_the_authors_code_says() -> None:
    """ppi_py 0.2.3, ppi_mean_pointestimate on these twelve graded and fifty ungraded outputs: 0.58031555."""
    people = np.array([1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0.0])
    judge = np.array([1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0.0])
    fresh = np.array([1, 0, 1, 1, 0, 1, 1, 1, 0, 1] * 5, dtype=float)
    fresh[:20] = 0.25
    found = prediction_powered(people, judge, fresh)
    assert found.rate.value == pytest.approx(0.58031555, abs=1e-8)
    assert found.weight == pytest.approx(0.58875762, abs=1e-8)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1), st.booleans()), max_size=40), st.lists(st.floats(0, 1), max_size=40))
def test_prediction_powered_keeps_its_bounds(graded: list[tuple[bool, float, bool]], fresh: list[float]) -> None:
    people, judge, applies = (np.array([row[k] for row in graded], dtype=float) for k in range(3))
    found = prediction_powered(people, judge, np.array(fresh), applies)
    if not applies.sum():
        assert found.rate.value is None
        assert found.why
        return
    assert 0 <= found.rate.value <= 1
    assert 0 <= found.weight <= 1
    if len(graded) > 1:
        assert 0 <= found.rate.low <= found.rate.value <= found.rate.high <= 1
        assert found.rate.high > found.rate.low
    if not fresh or np.ptp([*judge, *fresh]) == 0:
        assert found.rate.value == pytest.approx((people * applies).sum() / applies.sum()), "a judge who tells nothing is not heeded"


def test_a_good_judge_narrows_what_few_grades_say_and_one_without_an_error_so_far_is_not_taken_for_perfect() -> None:
    people = np.array([1.0, 1, 1, 0] * 10)
    fresh = np.array([1.0, 1, 1, 0] * 125)
    good = prediction_powered(people, people, fresh)
    alone = prediction_powered(people, np.full(40, 1.0), np.full(500, 1.0))
    assert alone.weight == 0
    assert good.rate.high - good.rate.low < 0.7 * (alone.rate.high - alone.rate.low)
    certain = wilson(fresh.sum(), len(fresh))
    assert good.rate.high - good.rate.low > 1.3 * (certain.high - certain.low)


@pytest.mark.parametrize("judge", JUDGES)
def test_corrected_rates_cover_the_truth_where_the_naive_rate_does_not(judge) -> None:
    """Over 200 seeds at 40, 100 and 300 grades."""
    for graded in (40, 100, 300):
        found = rates(judge, graded)
        for way in ("Rogan-Gladen", "prediction-p.", "shown"):
            assert 0.9 <= found[way].covers <= 0.99, f"{way}, {graded} grades"
        assert found["naive"].covers < 0.9
        assert found["shown"].missing == 0


def test_the_rate_is_covered_where_the_same_grades_choose_the_judge() -> None:
    found = whole_way(WORLDS[2], 40, range(100))
    assert found["shown"].covers >= 0.9
    assert found["naive"].covers < 0.4


def told(grades: str, predicted: list[float | None], others: list[float | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    words = {"p": "pass", "f": "fail", "n": "na"}
    graded, fresh = ([f"{kind}{k}" for k in range(len(held))] for kind, held in (("g", grades), ("u", others)))
    judged = pl.DataFrame({"output": [*graded, *fresh], "predicted": [*predicted, *others]})
    return pl.DataFrame({"output": graded, "grade": [words[one] for one in grades]}), judged


def test_the_table_of_an_audit_gives_both_rates_and_shows_the_one_that_fits() -> None:
    many = corrected_rate(*told("p" * 100 + "f" * 100, [1.0] * 92 + [0.0] * 8 + [0.0] * 88 + [1.0] * 12, [1.0] * 400 + [0.0] * 100))
    assert many.method == "rogan_gladen"
    assert many.shown.rate.value == pytest.approx(0.85)
    assert many.naive.value == pytest.approx(504 / 700)
    assert many.people.value == 0.5
    few = corrected_rate(*told("pppf", [1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0]))
    assert few.method == "prediction_powered"
    assert (few.graded, few.ungraded, few.errors, few.not_applicable) == (4, 3, 0, 0)
    assert few.shown.rate.low is not None
    other = corrected_rate(*told("pppf", [1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 1.0]), method="rogan_gladen")
    assert other.shown == few.rogan_gladen


def test_what_does_not_apply_is_left_out_of_the_rate_and_errors_are_counted() -> None:
    found = corrected_rate(*told("ppfn" * 30, [1.0, 1.0, 0.0, None] * 30, [1.0, None, 0.0] * 40))
    assert (found.graded, found.not_applicable, found.errors, found.ungraded) == (90, 30, 70, 80)
    assert found.method == "prediction_powered"
    assert found.people.value == pytest.approx(2 / 3)
    low, high = found.shown.rate.low, found.shown.rate.high
    assert low is not None
    assert high is not None
    assert low < 2 / 3 < high


def test_rates_among_outputs_that_the_criterion_applies_to_are_covered() -> None:
    """A judge who never says that a criterion does not apply passes a quarter of those outputs: the ratio still holds the truth."""
    held = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        applies, good = rng.random(360) < 0.8, rng.random(360) < 0.7
        judge = np.where(applies, np.where(good, rng.random(360) < 0.9, rng.random(360) < 0.15), rng.random(360) < 0.25).astype(float)
        rate = prediction_powered(good[:60], judge[:60], judge[60:], applies[:60]).rate
        held.append(rate.low <= 0.7 <= rate.high)
    assert 0.9 <= np.mean(held) <= 0.99


def test_nothing_graded_and_nothing_judged() -> None:
    found = corrected_rate(*told("", [], []))
    assert {found.naive.value, found.people.value, found.rogan_gladen.rate.value, found.prediction_powered.rate.value} == {None}
    assert "no graded output" in found.shown.why
    people_only = corrected_rate(*told("ppf", [None] * 3, []))
    assert people_only.shown.rate.value == pytest.approx(2 / 3)
    assert "no ungraded output" in people_only.rogan_gladen.why
    with pytest.raises(UsageError, match="not from 0"):
        corrected_rate(*told("p", [1.5], []))
