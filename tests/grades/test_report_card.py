"""Report cards, against formulas written out, statsmodels and simulated assertions."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from engine.grades.report_card import Cells, card, report_card
from engine.problems import UsageError
from tests.bench_grades import cards

CELLS = st.builds(Cells, *[st.integers(0, 30)] * 4)


@settings(max_examples=100, deadline=None)
@given(CELLS)
def test_every_number_is_its_formula(cells: Cells) -> None:
    found = card(cells)
    tp, fn, fp, tn = cells.passed_passed, cells.passed_failed, cells.failed_passed, cells.failed_failed
    if tp + fn and fp + tn:
        c, s = tn / (fp + tn), tp / (tp + fn)
        assert found.alignment_plain == pytest.approx(2 * c * s / (c + s) if c + s else 0)
        assert (found.coverage.value, found.false_failures.value) == (pytest.approx(c), pytest.approx(1 - s))
        assert (found.coverage.low, found.coverage.high) == pytest.approx(proportion_confint(tn, fp + tn, method="wilson"), abs=1e-9)
        assert found.alignment.value is not None
        assert found.alignment_plain - 1e-12 <= found.alignment.value <= 1
    else:
        assert found.alignment == (None, None, None)
        assert found.alignment_plain is None
    margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    assert found.mcc.value == (pytest.approx((tp * tn - fp * fn) / margins**0.5) if margins else None)
    one_word = max(tp, fn, fp, tn) == tp + fn + fp + tn
    both_same = one_word and not fn and not fp
    if both_same or not found.compared:
        assert found.kappa.value is None
    else:
        assert found.kappa.value == pytest.approx(cohens_kappa(np.array([[tp, fn], [fp, tn]]), return_results=False), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(CELLS, st.floats(0.25, 1))
def test_intervals_hold_their_value_within_bounds_and_widen_with_less_evidence(cells: Cells, evidence: float) -> None:
    whole, part = card(cells), card(cells, evidence=evidence)
    for name, least in (("coverage", 0), ("false_failures", 0), ("alignment", 0), ("mcc", -1), ("kappa", -1), ("tpr", 0), ("tnr", 0)):
        one, less = getattr(whole, name), getattr(part, name)
        assert one.value == less.value or one.value == pytest.approx(less.value)
        if one.value is not None:
            assert least - 1e-9 <= one.low <= one.value <= one.high <= 1 + 1e-9
            assert less.high - less.low > one.high - one.low - 0.05
            assert one.high > one.low


@settings(max_examples=50, deadline=None)
@given(CELLS)
def test_calling_pass_fail_and_fail_pass_turns_the_card_round(cells: Cells) -> None:
    found, turned = card(cells), card(Cells(cells.failed_failed, cells.failed_passed, cells.passed_failed, cells.passed_passed))
    assert (found.tpr, found.tnr) == (turned.tnr, turned.tpr)
    for name in ("alignment", "mcc", "kappa"):
        one, other = getattr(found, name), getattr(turned, name)
        assert one.value == (other.value if one.value is None else pytest.approx(other.value, abs=1e-9))


def test_evalgens_published_product_figures_give_its_alignment() -> None:
    """Coverage 0.73 and FFR 0.39: 0.665."""
    found = card(Cells(61, 39, 27, 73))
    assert found.alignment_plain == pytest.approx(0.665, abs=5e-4)
    assert found.alignment.value == pytest.approx(found.alignment_plain, abs=0.005)


def test_errors_and_what_does_not_apply_are_counted_and_never_verdicts() -> None:
    grades = pl.DataFrame({"output": list("abcdefg"), "grade": ["pass", "pass", "fail", "fail", "na", "fail", "pass"]})
    outcomes = pl.DataFrame({"output": list("abcdefz"), "outcome": ["pass", "error", "fail", "pass", "fail", "error", "pass"]})
    found = report_card(grades, outcomes)
    assert found.cells == Cells(passed_passed=1, passed_failed=0, failed_passed=1, failed_failed=1)
    assert (found.errors, found.not_applicable, found.unjudged, found.compared) == (2, 1, 1, 3)
    assert found.coverage.value == 0.5
    nothing = report_card(grades.head(0), outcomes)
    assert {nothing.coverage.value, nothing.mcc.value, nothing.kappa.value, nothing.alignment.value, nothing.tpr.value} == {None}


def test_the_correction_takes_the_bias_of_few_grades_away() -> None:
    c, s, rng = 0.7, 0.85, np.random.default_rng(5)
    draws = zip(rng.binomial(9, s, 800).tolist(), rng.binomial(5, c, 800).tolist(), strict=True)
    runs = [card(Cells(x, 9 - x, 5 - y, y)) for x, y in draws]
    true = 2 * c * s / (c + s)
    plain, ours = (np.mean(values) - true for values in ([run.alignment_plain for run in runs], [run.alignment.value for run in runs]))
    assert plain < -0.02
    assert abs(ours) < 0.015


@pytest.mark.parametrize(("share", "c", "s"), [(0.7, 0.75, 0.9), (0.5, 0.95, 0.95)])
def test_intervals_of_alignment_mcc_and_kappa_cover(share: float, c: float, s: float) -> None:
    for graded in (16, 100):
        assert all(0.91 <= held <= 0.99 for held in cards(share, c, s, graded, seeds=400))


def test_two_outcomes_of_one_output_are_refused() -> None:
    grades = pl.DataFrame({"output": ["a"], "grade": ["pass"]})
    with pytest.raises(UsageError, match="output 'a' stands there more than once"):
        report_card(grades, pl.DataFrame({"output": ["a", "a"], "outcome": ["pass", "fail"]}))
