"""Which output is graded next, and that the audit sample stays random whatever else is graded."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.grades.audit_sample import disagreement, next_output, samples
from engine.problems import UsageError
from tests.grades.simulated import WORLDS, frames, names

NONE = pl.DataFrame(schema=dict.fromkeys(("output", "assertion", "outcome"), pl.String))


def graded_in_turn(outputs: list[str], outcomes: pl.DataFrame, count: int, seed: int = 0) -> list[tuple[str, str]]:
    done: list[tuple[str, str]] = []
    while len(done) < count and (found := next_output(outputs, [output for output, _ in done], outcomes, seed=seed)) is not None:
        done.append((found.output, found.sample))
    return done


@settings(max_examples=30, deadline=None)
@given(st.sets(st.text(min_size=1, max_size=5), max_size=40), st.sets(st.text(min_size=1, max_size=5), max_size=10), st.integers(0, 9))
def test_an_outputs_sample_is_its_own_whatever_others_there_are(some: set[str], others: set[str], seed: int) -> None:
    few = samples(some, seed=seed)
    all_of_them = samples(some | others, seed=seed)
    assert few.equals(all_of_them.filter(pl.col("output").is_in(list(some))))
    assert few["place"].is_between(0, 1, closed="left").all()


def test_every_output_is_as_likely_to_be_audited_and_in_any_place() -> None:
    dealt = pl.concat([samples(names(50), seed=seed) for seed in range(200)])
    shares = dealt.group_by("output").agg((pl.col("sample") == "audit").mean().alias("share"), pl.col("place").mean())
    assert np.allclose(shares["share"], 0.75, atol=0.13)
    assert np.allclose(shares["place"], 0.5, atol=0.09)
    assert abs(np.corrcoef(dealt["place"], dealt["sample"] == "audit")[0, 1]) < 0.03


def test_three_grades_in_four_are_of_the_audit_sample_and_all_outputs_come_once() -> None:
    outcomes = frames(*WORLDS[0].draw(0))[1]
    done = graded_in_turn(names(500), outcomes, 40)
    assert sum(sample == "audit" for _, sample in done[:16]) == 12
    assert sum(sample == "audit" for _, sample in done) == 30
    every = graded_in_turn(names(30), NONE, 99)
    assert sorted(output for output, _ in every) == names(30)
    assert next_output(names(3), names(3), NONE) is None
    assert next_output([], [], NONE) is None


def test_what_candidates_say_changes_the_informative_sample_and_never_the_audit_sample() -> None:
    people, verdicts = WORLDS[0].draw(1)
    one, other = (graded_in_turn(names(500), frames(people, held)[1], 24) for held in (verdicts, verdicts[::-1]))
    kinds = ("audit", "informative")
    audited, informed = ([[output for output, sample in done if sample == kind] for done in (one, other)] for kind in kinds)
    assert audited[0] == audited[1]
    assert informed[0] != informed[1]
    assert audited[0] == samples(names(500)).filter(pl.col("sample") == "audit").sort("place")["output"].head(18).to_list()


def test_the_informative_output_is_the_one_candidates_disagree_on_most() -> None:
    outcomes = frames(*WORLDS[1].draw(2))[1]
    dealt = samples(names(500)).join(disagreement(outcomes), on="output")
    pool = dealt.filter(pl.col("sample") == "informative")
    done = graded_in_turn(names(500), outcomes, 20)
    picked = pool.filter(pl.col("output").is_in([output for output, sample in done if sample == "informative"]))
    assert picked.height == 5
    assert picked["disagreement"].min() == pool["disagreement"].max()


def test_disagreement_is_the_share_of_pairs_that_differ_and_errors_are_no_verdicts() -> None:
    rows = {"a": ["pass", "fail", "pass", "error"], "b": ["pass", "pass"], "c": ["fail"], "d": ["error", "error"], "e": ["fail", "pass"]}
    told = [(output, f"x{k}", outcome) for output, outcomes in rows.items() for k, outcome in enumerate(outcomes)]
    found = dict(disagreement(pl.DataFrame(told, schema=["output", "assertion", "outcome"], orient="row")).iter_rows())
    assert found == {"a": pytest.approx(2 / 3), "b": 0, "e": 1}


def test_bad_input_is_named() -> None:
    with pytest.raises(UsageError, match="output 'a' stands there more than once"):
        samples(["a", "a"])
    with pytest.raises(UsageError, match="audit share is 0"):
        samples(["a"], audit_share=0)
