"""The smallest effect of a verdict: set before the first question, kept with the run, and not moved by a later one."""

import json
from pathlib import Path

import pytest

from engine.commands.app import main
from engine.commands.controlling import command_of
from engine.commands.playing import Show, play, resume
from engine.commands.request import Request, recalled
from engine.lake import Lake, runs
from engine.models.gateway import DirectGateway
from engine.problems import UsageError
from engine.runs.budget import Ceilings
from engine.views.tradeoffs import verdict_of
from tests.commands.test_rounds import lake  # noqa: F401

FEW = ["told=none", "framing=person", "paraphrase=1", "order=first"]


def asked(effect: float | None, **more) -> Request:
    return Request(["simulated/steady"], ["tradeoffs"], FEW, 1, smallest_effect=effect, **more)


class AtFirst(Show):
    """What the lake knew of the smallest effect when the first question was asked."""

    def __init__(self, lake: Lake) -> None:  # noqa: F811
        self.lake, self.known = lake, {}

    def begin(self, run, plan, course) -> None:
        self.known = runs.smallest_effects(self.lake, "tradeoffs")


def test_it_is_stored_before_the_first_question(lake: Lake) -> None:  # noqa: F811
    seen = AtFirst(lake)
    play(lake, asked(0.5), gateway=DirectGateway(), show=seen)
    assert seen.known == {"simulated/steady": 0.5}


def test_a_later_run_does_not_move_it(lake: Lake) -> None:  # noqa: F811
    from engine.results import Results

    play(lake, asked(0.5), gateway=DirectGateway())
    play(lake, asked(0.1, fresh=True), gateway=DirectGateway())
    play(lake, Request(["simulated/pliable"], ["tradeoffs"], FEW, 1), gateway=DirectGateway())
    assert runs.smallest_effects(lake, "tradeoffs") == {"simulated/steady": 0.5, "simulated/pliable": 0.36}
    assert verdict_of(Results(lake), "simulated/steady")[2] == 0.5


def test_the_command_and_a_resumed_run_keep_it(lake: Lake) -> None:  # noqa: F811
    run = play(lake, asked(0.5, ceilings=Ceilings(calls=5)), gateway=DirectGateway()).run
    assert run
    told = runs.find(lake, run)
    assert "--smallest-effect 0.5" in command_of(told)
    assert recalled(told)[0].smallest_effect == 0.5
    resume(lake, run, gateway=DirectGateway(), ceilings=Ceilings())
    assert json.loads(runs.find(lake, run)["plan"])["smallest_effects"] == {"tradeoffs": 0.5}
    plain = play(lake, Request(["simulated/random"], ["tradeoffs"], FEW, 1), gateway=DirectGateway()).run
    assert plain
    assert "--smallest-effect" not in command_of(runs.find(lake, plain)), "the usual one is not worth a word"


@pytest.mark.parametrize("effect", [0, -0.2, float("nan"), 10, float("inf")])
def test_what_is_no_size_of_an_effect_is_refused(lake: Lake, effect: float) -> None:  # noqa: F811
    with pytest.raises(UsageError, match="is no size of an effect; give log-odds above 0"):
        play(lake, asked(effect), gateway=DirectGateway())


def test_a_benchmark_without_a_verdict_does_not_take_it(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", str(tmp_path / "lake"))
    asked_of = ["run", "--model", "simulated/steady", "--benchmark", "dilemmas", "--smallest-effect", "0.4"]
    assert main(asked_of) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert "--smallest-effect is for benchmarks that give a verdict (tradeoffs)" in said[0]
