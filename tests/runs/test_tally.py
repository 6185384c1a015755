"""How a run goes, counted by the last turn of each trial."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.conversation import Reading
from engine.problems import HANDLING, Problem
from engine.runs.tally import Course, Tally
from engine.turns import Trial, Turn

COUNTS = ("turns", "answered", "unread", "refused", "failed", "reused", "ended")


def turn(reading: Reading | None = None, problem: Problem | None = None, *, last: bool = True, model: str = "m", **more: Any) -> Turn:
    trial = Trial(model, "two", "1", "i", "i", {}, 1, 7)
    told: dict[str, Any] = {"cost_usd": 0.5, "messages": [], "reply": None, "answered_at": datetime.now(UTC)} | more
    return Turn(run="r", trial=trial, source="measured", item="i", turn=0, last=last, reading=reading, problem=problem, **told)


CHOSEN, RATED, SAID = Reading("choice", choice="A"), Reading("rating", number=4), Reading("text", text="Because.")
REFUSED, UNREAD = Reading("refusal"), Reading("unread")


def counted(*turns: Turn) -> dict[str, int]:
    tally = Tally()
    for one in turns:
        tally.count(one)
    return {name: getattr(tally, name) for name in COUNTS if getattr(tally, name)}


@pytest.mark.parametrize(("one", "kind"), [
    (turn(CHOSEN), "answered"), (turn(RATED), "answered"), (turn(SAID), "answered"), (turn(REFUSED), "refused"), (turn(UNREAD), "unread"),
    *((turn(problem=problem), "failed") for problem in Problem), (turn(UNREAD, Problem.TRUNCATED), "failed"),
])
def test_a_trial_ends_as_one_outcome(one: Turn, kind: str) -> None:
    assert counted(one) == {"turns": 1, kind: 1, "ended": 1}


def test_a_turn_after_which_another_follows_ends_nothing() -> None:
    assert counted(turn(CHOSEN, last=False), turn(REFUSED, last=False), turn(SAID)) == {"turns": 3, "answered": 1, "ended": 1}


def test_replies_from_the_lake_are_counted_also_where_another_turn_follows() -> None:
    assert counted(turn(CHOSEN, last=False, reused="earlier"), turn(SAID)) == {"turns": 2, "reused": 1, "answered": 1, "ended": 1}


def test_costs_add_up_until_one_is_not_known() -> None:
    tally = Tally()
    for cost in (0.5, 0.25):
        tally.count(turn(SAID, cost_usd=cost))
    assert tally.cost_usd == 0.75
    tally.count(turn(SAID, cost_usd=None))
    tally.count(turn(SAID, cost_usd=1.0))
    assert tally.cost_usd is None


@pytest.mark.parametrize("problem", HANDLING)
def test_a_failure_that_brought_no_reply_leaves_the_cost_known(problem: Problem) -> None:
    """What the model itself caused was a reply, and a reply of unknown cost makes the whole unknown."""
    tally = Tally()
    tally.count(turn(SAID))
    tally.count(turn(problem=problem, cost_usd=None))
    assert tally.cost_usd == (None if HANDLING[problem].counts else 0.5)


def test_the_first_failure_is_remembered_in_the_providers_words() -> None:
    tally = Tally()
    for problem, detail in ((Problem.REJECTED, "no"), (Problem.TIMED_OUT, "late")):
        tally.count(turn(problem=problem, detail=detail))
    assert tally.first_failure == "rejected: no"


def test_a_course_counts_every_model_by_itself_and_all_together() -> None:
    course = Course()
    course.plan({"one": 2, "two": 5})
    course.plan({"one": 3})
    for model, reading in (("one", CHOSEN), ("one", REFUSED), ("two", UNREAD), ("three", SAID)):
        course.count(turn(reading, model=model))
    assert (course.all.planned, course.all.answered, course.all.refused, course.all.unread, course.all.cost_usd) == (10, 2, 1, 1, 2.0)
    assert {name: (tally.planned, tally.ended) for name, tally in course.models.items()} == {"one": (5, 2), "two": (5, 1), "three": (0, 1)}
    assert course.models["one"].cost_usd == 1.0
