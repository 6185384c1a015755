"""What state a run is really in, whoever plays it, and the command that asks for it again."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from engine.commands.controlling import SILENT_FOR, cancel, command_of, delete, listed, state
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, events, runs
from engine.lake.intake import Intake
from engine.problems import UsageError
from engine.runs.budget import Ceilings
from engine.runs.precision import Precision

SHORT = Request(["simulated/steady"], ["values"], ["form=alone", "scale=ascending"], 1)
LONG_AGO = datetime.now(UTC) - 2 * SILENT_FOR


@pytest.fixture
def lake() -> Iterator[Lake]:
    with Lake.open() as opened:
        yield opened


@pytest.fixture
def run(lake: Lake) -> str:
    found = play(lake, SHORT).run
    assert found
    return found


def happened(lake: Lake, run: str, kind: str, when: datetime, host: str = "another-machine") -> None:
    row = events.row(run, kind, None, {"host": host}) | {"happened": when}
    lake.insert("events", pl.DataFrame([row], schema=events.SCHEMA))


def now(lake: Lake, run: str) -> str:
    return state(lake, runs.find(lake, run))


def test_a_run_that_says_running_while_nobody_plays_it_was_interrupted(lake: Lake, run: str) -> None:
    assert now(lake, run) == "complete"
    runs.mark(lake, run, "running")
    assert now(lake, run) == "interrupted"
    store = Intake(lake, run)
    assert now(lake, run) == "running"
    store.close()
    assert now(lake, run) == "interrupted"


def test_a_run_on_another_machine_counts_as_played_while_it_is_heard_of(lake: Lake, run: str) -> None:
    runs.mark(lake, run, "running")
    happened(lake, run, "started", datetime.now(UTC))
    assert now(lake, run) == "running"


def test_a_run_on_another_machine_that_fell_silent_was_interrupted(lake: Lake, run: str) -> None:
    lake.write(lambda cursor: cursor.execute("DELETE FROM events"))
    runs.mark(lake, run, "running")
    happened(lake, run, "started", LONG_AGO)
    assert now(lake, run) == "interrupted"


def test_a_launched_run_waits_for_its_process_but_not_for_ever(lake: Lake, run: str) -> None:
    runs.mark(lake, run, "waiting")
    events.append(lake, [events.row(run, "launched")])
    assert now(lake, run) == "waiting"
    store = Intake(lake, run)
    assert now(lake, run) == "running"
    store.close()
    lake.write(lambda cursor: cursor.execute("DELETE FROM events"))
    happened(lake, run, "launched", LONG_AGO)
    assert now(lake, run) == "interrupted"


def test_only_a_run_that_is_played_can_be_cancelled_and_only_another_deleted(lake: Lake, run: str) -> None:
    with pytest.raises(UsageError, match=f"run {run} is complete, nobody is playing it"):
        cancel(lake, run)
    runs.mark(lake, run, "running")
    store = Intake(lake, run)
    assert cancel(lake, run[:12]) == run
    assert events.cancelled(lake, run) == "cancel"
    with pytest.raises(UsageError, match=f"cancel {run}"):
        delete(lake, run)
    store.close()
    assert delete(lake, run) == {"run": run, "turns": 57}
    assert listed(lake) == []


@pytest.mark.parametrize(("request_", "words"), [
    (SHORT, "--model simulated/steady --benchmark values --condition form=alone --condition scale=ascending --epochs 1"),
    (Request(["simulated/steady", "simulated/pliable"], ["values"], ["form=alone", "scale=ascending"], 1, seed=7, fresh=True, at_once=9,
             ceilings=Ceilings(cost_usd=2.5, calls=1000, minutes=3)),
     "--model simulated/steady --model simulated/pliable --benchmark values --condition form=alone --condition scale=ascending "
     "--epochs 1 --seed 7 --at-once 9 --max-cost 2.5 --max-calls 1000 --max-minutes 3 --fresh"),
])
def test_the_command_of_a_run_asks_for_the_same_run(lake: Lake, request_: Request, words: str) -> None:
    found = play(lake, request_).run
    assert found
    told = command_of(runs.find(lake, found))
    assert told == f"python -m engine run {words}"


def test_the_command_of_a_run_to_a_precision_keeps_the_precision(lake: Lake) -> None:
    asked = Request(["simulated/steady"], ["dilemmas"], ["pressure=crowd,none"], 3, precision=Precision("flip_rate", 0.45))
    found = play(lake, asked).run
    assert found
    words = shlex.split(command_of(runs.find(lake, found)))
    assert words[words.index("--precision") + 1] == "flip_rate=0.45"


def test_silence_is_longer_than_the_time_between_two_signs_of_life() -> None:
    from engine.commands.playing import ALIVE_S

    assert timedelta(seconds=3 * ALIVE_S) < SILENT_FOR
