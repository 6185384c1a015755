"""What a grader is shown next: nothing is lost, others' grades are not known, and some outputs come once more."""

import random

import polars as pl
import pytest

from engine.rubrics.queue import in_turns, next_showing, progress, telling
from tests.rubrics.frames import Told


def begun(outputs: int = 6, criteria: str = "cd") -> Told:
    told = Told()
    for at in range(outputs):
        told.output(f"o{at}", sample="audit" if at < outputs / 2 else "informative")
    for criterion in criteria:
        told.version(criterion)
    return told


def shown(told: Told, grader: str = "Ana", **wanted):
    history = told.history()
    return next_showing(history.outputs, history.criteria, history.grades, grader, **{"repeats": 0, **wanted})


def grade_all(told: Told, grader: str = "Ana", most: int = 200, **wanted) -> list[tuple[str, str]]:
    """Grade what comes until nothing does; what came."""
    came = []
    while len(came) < most and (showing := shown(told, grader, **wanted)):
        came.append((showing.output, showing.why))
        for criterion, version in showing.criteria:
            told.grade(showing.output, criterion=criterion, version=version, grader=grader, again=showing.again)
    return came


def test_outputs_come_once_each_in_the_order_given_and_audit_ones_between_the_others() -> None:
    told = begun()
    assert in_turns(told.history().outputs) == ["o0", "o3", "o1", "o4", "o2", "o5"]
    assert [own for own, _ in grade_all(told)] == ["o0", "o3", "o1", "o4", "o2", "o5"]
    assert shown(told) is None
    assert [own for own, _ in grade_all(told, "Ben", order=["o5", "o1"])] == ["o5", "o1", "o0", "o2", "o3", "o4"]
    assert shown(begun(), skipped={"o0"}).output == "o3"


def test_informative_outputs_on_which_candidates_disagree_come_sooner_and_audit_ones_never_move() -> None:
    told = begun()
    for assertion in ("a", "b", "gone"):
        told.assertion(assertion)
    told.assertion("gone", retired=True)
    for output, verdicts in {"o3": "pp", "o4": "pf", "o5": "pf", "o2": "pf", "o1": "pe"}.items():
        for assertion, verdict in zip("ab", verdicts, strict=True):
            told.judge(assertion, output, {"p": "pass", "f": "fail", "e": "error"}[verdict])
    told.judge("gone", "o3", "fail")
    told.judge("b", "o4", "pass")  # the newest counts
    history = told.history()
    helps = telling(history.assertions, history.verdicts)
    assert dict(helps.iter_rows()) == {"o2": 1.0, "o3": 0.0, "o4": 0.0, "o5": 1.0}
    assert in_turns(history.outputs, helps) == ["o0", "o5", "o1", "o3", "o2", "o4"]
    assert in_turns(history.outputs, telling(history.assertions.clear(), history.verdicts.clear())) == in_turns(history.outputs)


def test_the_queue_does_not_know_what_others_said() -> None:
    told = begun()
    grade_all(told, "Ben")
    told.assertion("a")
    told.judge("a", "o0", "fail")
    alone = shown(begun(), "Ana")
    assert shown(told, "Ana") == alone
    assert alone.criteria == (("c", 1), ("d", 1))


def test_a_browser_closed_in_the_middle_and_an_undo_go_on_at_the_same_output() -> None:
    told = begun()
    told.grade("o4", criterion="c")
    assert (shown(told).output, shown(told).criteria) == ("o4", (("d", 1),))
    last = told.grade("o4", criterion="d")
    assert shown(told).output == "o0"
    told.undo(last)
    assert (shown(told).output, shown(told).criteria) == ("o4", (("d", 1),))
    told.undo("000000")
    assert (shown(told).output, shown(told).criteria) == ("o4", (("c", 1), ("d", 1)))


def test_an_edit_brings_back_its_own_grades_only_and_after_what_is_ungraded() -> None:
    told = begun(4)
    grade_all(told, most=3)
    told.version("d", text="stricter")
    came = grade_all(told)
    assert came == [("o3", "ungraded"), ("o0", "stale"), ("o2", "stale"), ("o1", "stale")]
    regraded = [(row["output"], row["criterion"]) for row in told.grades if row["criterion_version"] == 2]
    assert sorted(regraded) == [(f"o{n}", "d") for n in range(4)]
    assert not any(row["criterion"] == "c" for row in told.grades[-3:])


def test_a_retired_criterion_is_asked_no_more_and_without_criteria_the_whole_output_is() -> None:
    told = begun(2)
    told.version("d", state="retired")
    assert shown(told).criteria == (("c", 1),)
    told.version("c", state="retired")
    assert shown(told).criteria == (("whole", 0),)
    assert [own for own, _ in grade_all(told)] == ["o0", "o1"]
    assert progress(told.history().outputs, told.history().criteria, told.history().grades)["name"].to_list() == ["as a whole"]


@pytest.mark.parametrize("seed", range(3))
def test_some_outputs_come_once_more_later_and_the_same_way_each_time(seed: int) -> None:
    came = grade_all(begun(80), seed=seed, repeats=0.2)
    again = [own for own, why in came if why == "repeat"]
    assert 5 <= len(again) <= 30
    assert len(set(again)) == len(again)
    assert came == grade_all(begun(80), seed=seed, repeats=0.2)
    for own in again:
        first, second = (at for at, (one, _) in enumerate(came) if one == own)
        assert len({one for one, _ in came[first + 1 : second]}) >= 5
    assert [own for own, why in came if why == "ungraded"] == in_turns(begun(80).history().outputs)


def test_a_repeat_closed_in_the_middle_goes_on_as_a_repeat() -> None:
    told = begun(60)
    while (showing := shown(told, repeats=0.3)).why != "repeat":
        for criterion, version in showing.criteria:
            told.grade(showing.output, criterion=criterion, version=version)
    first = told.grade(showing.output, criterion="c", again=True)
    assert (shown(told).output, shown(told).criteria, shown(told).again) == (showing.output, (("d", 1),), True)
    told.undo(first)
    assert (shown(told).output, shown(told).criteria, shown(told).again) == (showing.output, showing.criteria, True)


def test_progress_counts_what_holds() -> None:
    told = begun(4)
    grade_all(told, most=3)
    told.grade("o0", "fail", again=True)
    told.version("c", text="stricter")
    told.grade("o0", "fail")
    told.grade("o1", "na", grader="Ben", criterion="d")
    found = progress(told.history().outputs, told.history().criteria, told.history().grades)
    columns = ["grader", "criterion", "version", "graded", "stale", "left", "audit", "repeats", "passed", "failed", "not_applicable"]
    assert found.select(columns).rows() == [
        ("Ana", "c", 2, 1, 2, 1, 1, 0, 0, 1, 0), ("Ana", "d", 1, 3, 0, 1, 2, 0, 3, 0, 0),
        ("Ben", "c", 2, 0, 0, 4, 0, 0, 0, 0, 0), ("Ben", "d", 1, 1, 0, 3, 1, 0, 0, 0, 1),
    ]
    assert found["outputs"].to_list() == [4] * 4
    assert progress(told.history().outputs, told.history().criteria, told.history().grades.clear()).is_empty()


def test_any_sequence_of_keys_ends_with_everything_graded() -> None:
    chance = random.Random(5)
    told = begun(12)
    for _ in range(400):
        showing = shown(told, repeats=0.2)
        if showing is None:
            break
        if told.grades and chance.random() < 0.15 and (standing := [row["id"] for row in _kept(told)]):
            told.undo(standing[-1])
        elif chance.random() < 0.03:
            told.version(chance.choice("cd"), text=f"words {len(told.criteria)}")
        else:
            criterion, version = showing.criteria[0]
            told.grade(showing.output, criterion=criterion, version=version, again=showing.again)
    assert shown(told) is None
    history = told.history()
    found = progress(history.outputs, history.criteria, history.grades)
    assert found.select(pl.col("stale").sum(), pl.col("left").sum()).row(0) == (0, 0)


def _kept(told: Told) -> list[dict]:
    gone = {row["withdraws"] for row in told.grades}
    return [row for row in told.grades if row["id"] not in gone and row["withdraws"] is None]
