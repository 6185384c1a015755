"""Runs that are stopped in every way there is, and go on: nothing is asked twice, nothing is spent beyond what was allowed."""

import contextlib
import io
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.commands.app import main
from engine.lake import Lake, events, runs
from engine.lake.intake import Intake
from tests.processes import Command, command, environment, until
from tests.servers.faulty import Server, serve

PLANNED = 57 * 2
VALUES = ("--benchmark", "values", "--condition", "form=alone", "--at-once", "8", "--epochs", "1")
OK = ("run", "--model", "openai/ok", *VALUES)
LATENCY_S = 0.1
LONG_S = 600.0


@dataclass
class Desk:
    """A lake, a server, and commands that use both."""

    folder: Path
    server: Server
    env: dict[str, str]
    commands: int = 0

    def playing(self, *words: str) -> AbstractContextManager[Command]:
        """A command under way."""
        self.commands += 1
        return command([*words, "--json"], self.env, self.folder / f"{self.commands}.out")

    def done(self, *words: str) -> Command:
        """A command that has ended."""
        with self.playing(*words) as one:
            one.process.wait()
        return one

    @property
    def calls(self) -> int:
        return self.server.seen()["calls"]

    def cancel(self, run: str, *more: str) -> int:
        """Ask a run to stop, from this process, which is not the one that plays it."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("PLUMBLINE_LAKE", self.env["PLUMBLINE_LAKE"])
            return main(["cancel", run, *more])

    def asked(self, count: int = 20) -> None:
        """Wait for so many questions."""
        until(lambda: self.calls >= count, f"{count} questions")

    @property
    def kept(self) -> tuple[int, int]:
        """Turns and different (trial, turn) in the lake."""
        return self.read("SELECT count(*), count(DISTINCT (trial, turn)) FROM turns").rows()[0]

    @property
    def states(self) -> list[str]:
        return self.read("SELECT state FROM runs ORDER BY started")["state"].to_list()

    def read(self, sql: str) -> Any:
        with Lake.open(self.env["PLUMBLINE_LAKE"]) as lake:
            return lake.read(sql)

    def catalogue(self, **settings: object) -> None:
        """A catalogue with one model, `mine`."""
        told = "\n".join(f"{name} = {value!r}" for name, value in settings.items())
        (self.folder / "models.toml").write_text(f'[models."mine"]\nmodel = "openai/ok"\n{told}\n')
        self.env["PLUMBLINE_MODELS"] = str(self.folder / "models.toml")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(LATENCY_S) as running:
        yield running


@pytest.fixture
def desk(server: Server, tmp_path: Path) -> Desk:
    server.reset()
    return Desk(tmp_path, server, environment(tmp_path / "lake", server.url))


def resumed(desk: Desk, run: str, *more: str) -> None:
    """The run goes on to its end: every trial once, and no question was put twice."""
    assert desk.done("resume", run, *more).finished()["state"] == "complete"
    assert desk.kept == (PLANNED, PLANNED)
    assert desk.calls == PLANNED


@pytest.mark.parametrize("way", ["cancel", "Ctrl-C"])
def test_a_run_asked_to_stop_finishes_what_is_in_flight_and_goes_on_later(desk: Desk, way: str) -> None:
    desk.server.set(latency_s=0.7)
    with desk.playing(*OK) as one:
        run = one.started()["run"]
        desk.asked()
        if way == "cancel":
            assert desk.cancel(run) == 0
        else:
            one.interrupt()
        last = one.finished()
    assert (last["state"], last["why"], one.process.status) == ("stopped", "asked for", 0)
    assert 20 <= desk.kept[0] == desk.calls < PLANNED
    assert desk.cancel(run) == 2
    desk.server.set(latency_s=0)
    resumed(desk, run)


@pytest.mark.parametrize("way", ["cancel", "Ctrl-C"])
def test_a_run_asked_twice_to_stop_does_not_wait_for_what_is_in_flight(desk: Desk, way: str) -> None:
    desk.server.set(latency_s=LONG_S)
    with desk.playing(*OK) as one:
        run = one.started()["run"]
        desk.asked(8)
        if way == "cancel":
            assert desk.cancel(run, "--now") == 0
        else:
            while not one.ended:  # a second one that comes before the first was heard is the same as the first
                one.interrupt()
                time.sleep(0.5)
        assert one.process.wait() == 130
    assert (desk.states, desk.kept) == (["stopped"], (0, 0))
    desk.server.reset()
    resumed(desk, run)


def test_a_cancel_of_the_sitting_before_does_not_stop_the_next(desk: Desk) -> None:
    """The start of a sitting is in the lake before anybody looks whether it was cancelled."""
    with Lake.open(desk.env["PLUMBLINE_LAKE"]) as lake:
        store = Intake(lake, "r")
        events.append(lake, [events.row("r", "cancel_now")])
        assert events.cancelled(lake, "r") == "cancel_now"
        store.note("started", None, {})
        assert events.cancelled(lake, "r") is None
        store.close()


@pytest.mark.parametrize(("limit", "more"), [
    (("--max-calls", "30"), ("--max-calls", "1000")), (("--max-cost", "100"), ("--max-cost", "100000")),
    (("--max-minutes", "0.02"), ("--max-minutes", "30")),
])
def test_a_ceiling_stops_the_run_cleanly_and_it_can_go_on(desk: Desk, limit: tuple[str, str], more: tuple[str, str]) -> None:
    """A reply costs one dollar here, and could cost 64."""
    desk.catalogue(usd_per_million_prompt_tokens=0.0, usd_per_million_completion_tokens=1e6)
    one = desk.done("run", "--model", "mine", *VALUES, *limit)
    last = one.finished()
    assert (last["state"], one.process.status) == ("stopped", 0)
    assert last["why"]
    assert 0 < desk.kept[0] == desk.calls < PLANNED
    assert limit[0] != "--max-calls" or desk.calls == 30
    assert limit[0] != "--max-cost" or 100 - 64 <= last["cost_usd"] <= 100
    resumed(desk, last["run"], *more)


def test_a_ceiling_on_an_unknown_cost_is_refused_before_the_first_call(desk: Desk) -> None:
    one = desk.done(*OK, "--max-cost", "1")
    assert one.process.status == 2
    assert "the price of openai/ok is not known" in one.said()
    assert (desk.calls, desk.states) == (0, [])


def test_a_dry_run_says_what_it_would_take_and_asks_nothing(desk: Desk) -> None:
    one = desk.done(*OK, "--dry-run")
    told = one.event("forecast")
    assert told
    assert (told["trials"], told["calls"]) == (PLANNED, [PLANNED, PLANNED])
    assert (desk.calls, desk.states) == (0, [])


def test_a_detached_run_is_played_by_a_process_of_its_own(desk: Desk) -> None:
    one = desk.done(*OK, "--detach")
    told = one.event("detached")
    assert told
    assert (one.process.status, told["planned"], desk.states) == (0, PLANNED, ["waiting"])
    until(lambda: desk.states == ["complete"], "the run to end")
    assert desk.kept == (PLANNED, PLANNED)
    assert desk.calls == PLANNED


def test_the_same_command_with_more_to_do_plays_only_what_is_missing(desk: Desk) -> None:
    desk.done(*OK)
    assert desk.done(*OK).finished()["played_before"] == PLANNED
    assert desk.calls == PLANNED
    more = desk.done(*OK, "--model", "openai/ok@other").finished()
    assert (more["planned"], more["played_before"]) == (PLANNED, PLANNED)
    assert desk.server.seen()["models"] == {"ok": PLANNED, "ok@other": PLANNED}
    assert desk.done(*OK, "--epochs", "2").finished()["planned"] == PLANNED
    assert desk.server.seen()["models"]["ok"] == 2 * PLANNED
    assert desk.done(*OK, "--fresh").finished()["planned"] == PLANNED
    assert desk.server.seen()["models"]["ok"] == 3 * PLANNED


def test_a_question_asked_before_is_answered_from_the_lake_free_of_charge(desk: Desk) -> None:
    """Another pressure begins with the same question."""
    asked = ("run", "--model", "openai/ok", "--benchmark", "dilemmas", "--epochs", "1", "--condition")
    first = desk.done(*asked, "pressure=none").finished()
    assert desk.calls == 3 * first["planned"]
    other = desk.done(*asked, "pressure=crowd").finished()
    assert other["reused"] == other["planned"] == first["planned"]
    assert desk.calls == 3 * first["planned"] + 2 * other["planned"]
    assert desk.read("SELECT DISTINCT attempts, cost_usd, turn FROM turns WHERE reused IS NOT NULL").rows() == [(0, 0.0, 0)]


def test_a_name_that_stood_for_other_parameters_is_refused(desk: Desk) -> None:
    desk.catalogue(parameters={})
    desk.done("run", "--model", "mine", *VALUES)
    (desk.folder / "models.toml").write_text('[models."mine"]\nmodel = "openai/ok"\nparameters = { temperature = 0.5 }\n')
    one = desk.done("run", "--model", "mine", *VALUES, "--epochs", "2")
    assert one.process.status == 2
    assert "give it another name" in one.said()
    assert (desk.calls, desk.states) == (PLANNED, ["complete"])


def test_a_run_is_deleted_with_its_turns_after_a_question(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    run = desk.done("run", "--model", "simulated/steady", *VALUES).finished()["run"]
    monkeypatch.setenv("PLUMBLINE_LAKE", desk.env["PLUMBLINE_LAKE"])
    for answer, left in (("n", PLANNED), ("y", 0)):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{answer}\n"))
        assert main(["delete", run]) == 0
        assert desk.kept[0] == left
    assert "114 turns are deleted" in capsys.readouterr().out
    with Lake.open(desk.env["PLUMBLINE_LAKE"]) as lake:
        assert runs.newest_id(lake) is None
        assert lake.read("SELECT count(*) AS n FROM estimates")["n"][0] == 0
    assert not list((desk.folder / "lake" / "logs").glob(f"{run}*"))


def test_a_run_that_is_played_is_not_deleted(desk: Desk) -> None:
    desk.server.set(latency_s=LONG_S)
    with desk.playing(*OK) as one:
        run = one.started()["run"]
        assert desk.done("delete", run).process.status == 2
    assert desk.done("delete", run).event("deleted")
    assert desk.states == []


@pytest.mark.parametrize("key", ["sk-test-plumbline-7f3a9c5e1b", "any.Old_Word-of=ones/own"])
def test_no_key_is_left_anywhere_even_where_the_server_tells_it_back(desk: Desk, key: str) -> None:
    desk.env["OPENAI_API_KEY"] = key
    said = [desk.done("run", "--model", f"openai/{model}", *VALUES).said() for model in ("ok", "401", "403", "429*2+401")]
    assert desk.server.seen()["keys"] == [f"Bearer {key}"]
    assert sum("was given up" in one for one in said) == 3
    tables = desk.read("SELECT table_name FROM information_schema.tables WHERE table_catalog = 'lake'")["table_name"]
    said += [str(desk.read(f'SELECT * FROM "{table}"').to_dicts()) for table in tables]
    assert any("Incorrect API key provided" in one for one in said)
    for path in desk.folder.rglob("*"):
        with contextlib.suppress(IsADirectoryError):
            said.append(path.read_bytes().decode("latin-1"))
    assert not [one[:200] for one in said if key in one]
