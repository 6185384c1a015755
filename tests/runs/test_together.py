"""Two players and a reader on one lake: each run keeps all that is its own, and no reader sees half of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.lake import Lake, runs
from engine.lake import turns as kept_turns
from engine.models.catalogue import Model
from tests.processes import command, environment
from tests.servers.faulty import Server, serve

PORTRAITS = 57
EPOCHS = 2


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(0.2) as running:
        yield running


def asking(model: str) -> list[str]:
    return ["run", "--model", model, "--benchmark", "values", "--condition", "form=alone", "--condition", "scale=ascending",
            "--epochs", str(EPOCHS), "--at-once", "8", "--json"]


def test_two_players_and_a_reader_on_one_lake(server: Server, tmp_path: Path) -> None:
    env = environment(tmp_path / "lake", server.url)
    with Lake.open(env["PLUMBLINE_LAKE"]) as lake:
        lake.tidy()
    seen: list[int] = []
    with (
        command(asking("openai/ok"), env, tmp_path / "one.out") as one,
        command(asking("openai/thinks"), env, tmp_path / "other.out") as other,
        Lake.open(env["PLUMBLINE_LAKE"]) as lake,
    ):
        while not (one.ended and other.ended):
            read = lake.read("SELECT run, model, trial, turn, reply, reading FROM turns")
            seen.append(read.height)
            assert read.select("trial", "turn").is_duplicated().sum() == 0
            assert read.select("run", "model").unique().height <= 2, "each run has its own model's turns and no others"
            assert read["reply"].null_count() == read["reading"].null_count() == 0
        assert (one.finished()["state"], other.finished()["state"]) == ("complete", "complete")
        assert seen == sorted(seen), "what was read once is there ever after"
        assert any(0 < count < 2 * PORTRAITS * EPOCHS for count in seen), "the reader read while they played"
        for model in ("openai/ok", "openai/thinks"):
            told = kept_turns.for_metrics(lake, model, "values", "1")
            assert (told.height, told["trial"].n_unique(), told["run"].n_unique()) == (PORTRAITS * EPOCHS, PORTRAITS * EPOCHS, 1)
            assert runs.named_alike(lake, [Model(name=model, model=model).fingerprint]) == [model]
        assert server.seen()["calls"] == 2 * PORTRAITS * EPOCHS
        assert lake.read("SELECT count(*) AS n FROM estimates WHERE value IS NOT NULL")["n"][0] > 0


def test_two_players_of_one_plan_give_every_trial_an_answer_that_counts_once(server: Server, tmp_path: Path) -> None:
    """Started in the same moment neither sees the other's answers: both ask, and metrics take one answer a trial."""
    server.reset()
    env = environment(tmp_path / "lake", server.url)
    with command(asking("openai/ok"), env, tmp_path / "one.out") as one, command(asking("openai/ok"), env, tmp_path / "two.out") as two:
        assert (one.finished()["failed"], two.finished()["failed"]) == (0, 0)
    with Lake.open(env["PLUMBLINE_LAKE"]) as lake:
        told = kept_turns.for_metrics(lake, "openai/ok", "values", "1")
        assert told["trial"].n_unique() == PORTRAITS * EPOCHS
        assert told.select("trial", "turn").is_duplicated().sum() == 0
