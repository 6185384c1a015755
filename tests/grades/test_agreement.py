"""Agreement of people, against statsmodels, the `krippendorff` package, published examples and counting by hand."""

from collections.abc import Sequence

import krippendorff
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from engine.grades import agreement
from engine.grades.agreement import people_agreement, settled
from engine.grades.frames import GRADES
from engine.problems import UsageError

MATRICES = st.integers(2, 4).flatmap(
    lambda graders: st.lists(st.lists(st.sampled_from([*GRADES, None]), min_size=graders, max_size=graders), min_size=1, max_size=25)
)


def table(matrix: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    rows = [(f"o{i:02d}", f"g{j}", grade) for i, row in enumerate(matrix) for j, grade in enumerate(row) if grade is not None]
    return pl.DataFrame(rows, schema={"output": pl.String, "grader": pl.String, "grade": pl.String}, orient="row")


def two(one: str, other: str) -> pl.DataFrame:
    """Two graders' grades, a letter an output."""
    told = {"p": "pass", "f": "fail", "n": "na"}
    return table([(told[a], told[b]) for a, b in zip(one, other, strict=True)])


@settings(max_examples=60, deadline=None)
@given(MATRICES)
def test_each_measure_is_what_the_libraries_say(matrix: list[list[str | None]]) -> None:
    found = people_agreement(table(matrix))
    counts = np.array([[row.count(grade) for grade in GRADES] for row in matrix])
    shared = counts[counts.sum(axis=1) > 1]
    assert found.outputs == len(shared)
    if not len(shared) or (shared.sum(axis=0) > 0).sum() < 2:
        assert found.alpha == (None, None, None)
    else:
        assert found.alpha.value == pytest.approx(krippendorff.alpha(value_counts=shared, level_of_measurement="nominal"), abs=1e-9)
    # What resamples are made of says the same of the whole as the libraries do.
    full = counts[counts.sum(axis=1) == found.graders].astype(float)
    if len(full) and found.graders > 1 and (full.sum(axis=0) > 0).sum() > 1:
        parts = agreement._fleiss_parts(full).sum(axis=0)[None]
        assert found.fleiss.value == pytest.approx(fleiss_kappa(full)) == pytest.approx(agreement._fleiss(parts)[0])
    kappas = agreement._cohen(agreement._tables(agreement._codes(table(matrix).sort("output", "grader"))).sum(axis=0)[None]) \
        if found.graders > 1 else [np.nan]
    assert (found.cohen.value is None) == np.isnan(kappas[0])
    assert found.cohen.value is None or found.cohen.value == pytest.approx(kappas[0])


@settings(max_examples=40, deadline=None)
@given(MATRICES)
def test_no_number_leaves_its_bounds_nor_hangs_on_names_and_order(matrix: list[list[str | None]]) -> None:
    grades = table(matrix)
    found = people_agreement(grades)
    for low, interval in ((0, found.raw), (-1, found.cohen), (-1, found.fleiss), (-1, found.alpha)):
        if interval.value is None:
            assert interval == (None, None, None)
        elif interval.low is not None and interval.high is not None:
            assert low - 1e-9 <= interval.low <= interval.value <= interval.high <= 1 + 1e-9
    other = people_agreement(grades.with_columns(("x" + pl.col("output")).alias("output")).sample(fraction=1, shuffle=True, seed=1))
    assert (other.raw, other.alpha, other.fleiss, other.cohen) == (found.raw, found.alpha, found.fleiss, found.cohen)


def test_published_examples() -> None:
    """Two raters of 50 (20, 5, 10, 15): kappa .4. Krippendorff's (2011) two observers of ten units: alpha .095."""
    counted = [("p", "p")] * 20 + [("p", "f")] * 5 + [("f", "p")] * 10 + [("f", "f")] * 15
    found = people_agreement(two("".join(a for a, _ in counted), "".join(b for _, b in counted)))
    assert found.cohen.value == pytest.approx(0.4)
    assert found.raw.value == pytest.approx(0.7)
    assert found.cohen.value == pytest.approx(cohens_kappa(np.array([[20, 5], [10, 15]]), return_results=False))
    assert people_agreement(two("pfpppppppp", "fffppfppfp")).alpha.value == pytest.approx(0.095, abs=5e-4)


def test_kappa_over_three_graders_is_the_mean_of_their_pairs() -> None:
    matrix = [(GRADES[i % 2], GRADES[i % 3 % 2], GRADES[i % 5 % 2]) for i in range(30)]
    pairs = [people_agreement(table([(row[a], row[b]) for row in matrix])).cohen.value for a, b in ((0, 1), (0, 2), (1, 2))]
    found = people_agreement(table(matrix))
    assert found.pairs == 3
    assert found.cohen.value == pytest.approx(np.mean([value for value in pairs if value is not None]))


def test_what_cannot_be_computed_is_none_and_never_0() -> None:
    nothing = people_agreement(table([]))
    assert (nothing.graders, nothing.outputs) == (0, 0)
    assert {nothing.raw, nothing.cohen, nothing.fleiss, nothing.alpha} == {(None, None, None)}
    alone = people_agreement(table([("pass",), ("fail",)]))
    assert alone.raw.value is None
    assert alone.shares.row(0) == ("g0", 2, 0.5, 0.5, 0.0)
    same = people_agreement(two("pppp", "pppp"))
    assert same.raw.value == 1
    assert same.raw.low is not None
    assert same.raw.low < 0.8
    assert same.pairs == 0
    assert {same.cohen.value, same.fleiss.value, same.alpha.value} == {None}
    perfect = people_agreement(two("ppff", "ppff"))
    assert perfect.cohen == perfect.alpha == (pytest.approx(1), None, None)
    assert people_agreement(two("ppppppppppf", "ppppppppppp")).alpha.low is None, "one odd output decides whether alpha exists"


def test_disagreements_are_listed_with_who_said_what_the_most_divided_first() -> None:
    found = people_agreement(table([("pass", "pass", "fail"), ("pass", "pass", "pass"), ("na", "fail", "pass"), ("fail", None, None)]))
    assert found.disagreements.rows() == [("o02", ["g2"], ["g1"], ["g0"]), ("o00", ["g0", "g1"], ["g2"], [])]


def test_one_grade_of_several_graders_is_what_most_say() -> None:
    found = settled(table([("pass", "pass", "fail"), ("pass", "fail", None), ("na", "na", None), ("fail", None, None)]))
    assert found.rows() == [("o00", "pass", 3, 2), ("o01", None, 2, 1), ("o02", "na", 2, 2), ("o03", "fail", 1, 1)]


def test_intervals_narrow_with_outputs_and_follow_the_seed() -> None:
    few, many = (people_agreement(two("ppfpfnpfpp" * times, "pfffpnpfpf" * times)) for times in (3, 30))
    for one, other in ((few.alpha, many.alpha), (few.cohen, many.cohen), (few.fleiss, many.fleiss)):
        assert (one.high or 0) - (one.low or 0) > 2 * ((other.high or 0) - (other.low or 0)) > 0
    assert people_agreement(two("ppfpfnpfpp", "pfffpnpfpf")) .alpha == people_agreement(two("ppfpfnpfpp", "pfffpnpfpf")).alpha


@pytest.mark.parametrize(("frame", "message"), [
    (pl.DataFrame({"output": ["a"], "grade": ["pass"]}), "no column 'grader'"),
    (pl.DataFrame({"output": ["a"], "grader": ["x"], "grade": ["good"]}), "holds 'good': it may be pass, fail, na"),
    (pl.DataFrame({"output": ["a", "a"], "grader": ["x", "x"], "grade": ["pass", "fail"]}), "output 'a', grader 'x' stands there more"),
    (pl.DataFrame({"output": [None], "grader": ["x"], "grade": ["pass"]}), "'output' has empty cells"),
])
def test_bad_input_is_named(frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        people_agreement(frame)
