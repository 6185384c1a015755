"""Runs asked for a precision: rounds are added where intervals are too wide, also over sittings, and nowhere else."""

from pathlib import Path

import pytest

from engine.commands.foretelling import foretold
from engine.commands.playing import Show, play, resume
from engine.commands.request import Request
from engine.lake import Lake, events, runs, turns
from engine.models.gateway import DirectGateway
from engine.problems import UsageError
from engine.runs.budget import Ceilings
from engine.runs.plan import Plan
from engine.runs.player import NO_CEILINGS
from engine.runs.precision import Precision

PAIR = ("pressure=none,authority",)


@pytest.fixture
def lake(tmp_path: Path):
    with Lake.open(str(tmp_path / "lake")) as opened:
        yield opened


def asked(half: float, *, most: int | None = None, model: str = "simulated/pliable", ceilings: Ceilings = NO_CEILINGS) -> Request:
    return Request([model], ["dilemmas"], PAIR, most, ceilings=ceilings, precision=Precision("flip_rate", half))


class Heard(Show):
    def __init__(self) -> None:
        self.rounds: list[int] = []

    def more(self, plan: Plan, what: str) -> None:
        self.rounds.append(len(plan))


def epochs_of(lake: Lake, pressure: str) -> int:
    found = lake.read("SELECT max(epoch) AS most FROM turns WHERE condition->>'pressure' = $pressure", {"pressure": pressure})
    return found["most"][0]


def test_epochs_are_added_where_intervals_are_too_wide_and_only_there(lake: Lake):
    heard = Heard()
    outcome = play(lake, asked(0.055), gateway=DirectGateway(), show=heard)
    assert outcome.run
    assert outcome.state == "complete"
    assert heard.rounds
    assert all(look.done(Precision("flip_rate", 0.055)) for look in outcome.looks)
    assert epochs_of(lake, "authority") > epochs_of(lake, "none"), "pliable gives way to authority half of the time"
    assert runs.find(lake, outcome.run)["planned"] == outcome.counts["planned"] == outcome.course.all.planned
    assert events.of_run(lake, outcome.run, ["epochs_added"]).height == len(heard.rounds)


def test_the_same_request_again_finds_the_intervals_narrow_enough(lake: Lake):
    play(lake, asked(0.08), gateway=DirectGateway())
    again = play(lake, asked(0.08), gateway=DirectGateway())
    assert again.run is None
    assert again.looks


def test_a_narrower_request_goes_on_from_what_there_is(lake: Lake):
    first = play(lake, asked(0.08), gateway=DirectGateway())
    second = play(lake, asked(0.06), gateway=DirectGateway())
    assert second.run
    assert turns.count(lake, run=second.run) > 0
    doubled = lake.read("SELECT trial FROM turns WHERE last GROUP BY trial HAVING count(*) > 1")
    assert doubled.is_empty(), f"played twice, in {first.run} and {second.run}"


def test_the_most_epochs_are_kept_to(lake: Lake):
    outcome = play(lake, asked(0.01, most=3), gateway=DirectGateway())
    assert {look.epochs for look in outcome.looks} == {3}
    assert outcome.state == "complete"


def test_a_run_stopped_between_rounds_is_resumed_to_the_precision(lake: Lake):
    ceiling = Ceilings(calls=1000)
    outcome = play(lake, asked(0.055, ceilings=ceiling), gateway=DirectGateway())
    assert outcome.state == "stopped"
    assert outcome.run
    while outcome.state == "stopped":
        outcome = resume(lake, outcome.run or "", gateway=DirectGateway(), ceilings=ceiling)
    assert all(look.done(Precision("flip_rate", 0.055)) for look in outcome.looks)
    told = runs.find(lake, outcome.run or "")
    assert told["planned"] == sum(told[name] for name in ("answered", "unread", "refused", "failed"))


def test_a_precision_is_foretold_from_its_first_look_to_its_most(lake: Lake):
    (row,), _ = foretold(lake, asked(0.05, most=10))
    (two,), _ = foretold(lake, Request(["simulated/pliable"], ["dilemmas"], PAIR, 2))
    (ten,), _ = foretold(lake, Request(["simulated/pliable"], ["dilemmas"], PAIR, 10))
    assert row.calls == (two.calls[0], ten.calls[1])


def test_a_metric_that_no_benchmark_of_the_run_has_is_refused(lake: Lake):
    with pytest.raises(UsageError, match="no metric 'flipp' in dilemmas"):
        play(lake, Request(["simulated/steady"], ["dilemmas"], precision=Precision("flipp", 0.1)), gateway=DirectGateway())
