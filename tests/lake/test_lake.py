import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.conversation import Reading
from engine.lake import Lake, estimates, references, runs, schema, turns
from engine.metrics.evidence import SCHEMA
from engine.problems import PlumblineError, Problem, UsageError
from engine.turns import Trial, Turn


def turn(number: int = 0, *, epoch: int = 1, run: str = "r1", reply: str = "B", problem: Problem | None = None, **changed) -> Turn:
    trial = Trial("maker/model", "dilemmas", "1", "item", "stem", {"order": "vdc"}, epoch, 7)
    told = {
        "run": run, "trial": trial, "source": "measured", "item": "item", "turn": number, "last": True,
        "messages": [{"role": "user", "content": "Which?"}], "reply": None if problem else reply,
        "reading": None if problem else Reading("choice", choice="virtue"), "problem": problem, "answered_at": datetime.now(UTC),
    }
    return Turn(**{**told, **changed})


def test_a_turn_comes_back_as_it_was() -> None:
    with Lake.open() as lake:
        turns.append(lake, [turn(reply="B — «naïve» 'quoted' 雪")])
        row = turns.page(lake).row(0, named=True)
    assert row["reply"] == "B — «naïve» 'quoted' 雪"
    assert row["choice"] == "virtue"
    assert row["condition"] == '{"order": "vdc"}'


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=80))
def test_any_name_can_be_found_again(tmp_path: Path, name: str) -> None:
    with Lake.open(str(tmp_path / "names")) as lake:
        trial = Trial(name, "dilemmas", "1", "i", "s", {}, 1, 0)
        turns.append(lake, [turn(trial=trial)])
        assert turns.count(lake, model=name) >= 1


def test_the_newest_successful_playing_of_a_trial_counts() -> None:
    with Lake.open() as lake:
        turns.append(lake, [turn(run="old", problem=Problem.TIMED_OUT)])
        assert turns.ended_trials(lake, ["maker/model"], ["dilemmas"]) == set()
        turns.append(lake, [turn(run="new")])
        turns.append(lake, [turn(run="later", problem=Problem.TIMED_OUT)])
        read = turns.for_metrics(lake, "maker/model", "dilemmas", "1")
        assert read["run"].to_list() == ["new"]
        assert len(turns.ended_trials(lake, ["maker/model"], ["dilemmas"])) == 1


def test_a_conversation_that_did_not_end_is_not_read() -> None:
    with Lake.open() as lake:
        turns.append(lake, [turn(last=False)])
        assert turns.for_metrics(lake, "maker/model", "dilemmas", "1").is_empty()


def test_runs_are_found_by_their_beginning() -> None:
    with Lake.open() as lake:
        for run in ("0199-aa", "0199-ab"):
            runs.begin(lake, run, plan={"trials": 1}, seed=0, asked_by="me", versions={})
        before = runs.newest(lake)
        runs.finish(lake, "0199-aa", "complete", {"answered": 1})
        assert runs.newest(lake) != before
        assert runs.find(lake, "0199-aa")["state"] == "complete"
        with pytest.raises(UsageError, match="ambiguous"):
            runs.find(lake, "0199")
        with pytest.raises(UsageError, match="not in this lake"):
            runs.find(lake, "nothing")


def test_only_the_newest_estimates_are_shown() -> None:
    frame = pl.DataFrame({
        "metric": ["weight"], "facet": ["virtue"], "value": [0.5], "low": [None], "high": [None], "trials": [1], "stems": [1],
        "dropped": [0], "method": ["m"],
    }, schema_overrides={"low": pl.Float64, "high": pl.Float64})
    with Lake.open() as lake:
        estimates.keep(lake, "r1", "m", "measured", "dilemmas", "1", frame, pl.DataFrame(schema=SCHEMA))
        estimates.keep(lake, "r2", "m", "measured", "dilemmas", "1", frame.with_columns(value=pl.lit(0.7)), pl.DataFrame(schema=SCHEMA))
        assert estimates.newest(lake)["value"].to_list() == [0.7]
        estimates.keep(lake, "r2", "m", "measured", "dilemmas", "1", frame.with_columns(value=pl.lit(0.8)), pl.DataFrame(schema=SCHEMA))
        assert estimates.newest(lake)["value"].to_list() == [0.8], "estimated anew under the same run"
        estimates.keep(lake, "r3", "other", "measured", "dilemmas", "2", frame, pl.DataFrame(schema=SCHEMA))
        assert estimates.newest(lake)["model"].to_list() == ["other"], "an earlier version of the benchmark does not stand beside it"
        estimates.forget(lake, "other", "dilemmas")
        assert estimates.newest(lake)["model"].to_list() == ["m"]


def test_references_follow_their_files(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    head = ",".join(references.SCHEMA)
    (folder / "a.csv").write_text(f"{head}\nvalues,country,X,broad_value,power,0.5,,,,,s,src,lic,\n")
    with Lake.open() as lake:
        assert (references.load(lake, folder), references.load(lake, folder)) == (1, 0)
        (folder / "a.csv").write_text(f"{head}\nvalues,country,X,broad_value,power,0.6,,,,,s,src,lic,\n")
        references.load(lake, folder)
        assert references.figures(lake)["value"].to_list() == [0.6]
        (folder / "a.csv").write_text("x,y\n1,2\n")
        with pytest.raises(PlumblineError, match=r"a\.csv"):
            references.load(lake, folder)
        assert references.figures(lake)["value"].to_list() == [0.6]


def test_a_lake_from_a_newer_version_is_refused(lake_folder: Path) -> None:
    with Lake.open() as lake:
        lake.write(lambda cursor: cursor.execute(f"INSERT INTO lake_version VALUES ({schema.VERSION + 1})"))
    with pytest.raises(PlumblineError, match="update Plumbline"):
        Lake.open()


def test_addresses_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="give a folder"):
        Lake.open("mysql://localhost/x")
    with pytest.raises(UsageError, match="no lake at"):
        Lake.open("/nonexistent-plumbline/lake", create=False)


def test_a_file_that_is_no_lake_is_said_to_be_none(lake_folder: Path) -> None:
    lake_folder.mkdir()
    (lake_folder / "catalogue.sqlite").write_text("not a database at all, just words" * 50)
    with pytest.raises(PlumblineError, match="cannot open the lake"):
        Lake.open()


def test_a_failed_write_leaves_nothing(lake_folder: Path) -> None:
    def work(cursor) -> None:
        cursor.execute("INSERT INTO lake_version VALUES (1)")
        raise RuntimeError("in the middle")

    with Lake.open() as lake:
        with pytest.raises(RuntimeError):
            lake.write(work)
        assert lake.read("SELECT count(*) AS n FROM lake_version")["n"][0] == 1


def _write(folder: str, writer: int, batches: int) -> None:
    with Lake.open(folder) as lake:
        for batch in range(batches):
            turns.append(lake, [turn(epoch=1000 * writer + 10 * batch + n, run=f"w{writer}") for n in range(10)])


def test_writers_and_readers_side_by_side(tmp_path: Path) -> None:
    """Two processes write while this one reads: no error, and in the end every row."""
    folder = str(tmp_path / "shared")
    with Lake.open(folder) as lake:
        context = multiprocessing.get_context("spawn")
        writers = [context.Process(target=_write, args=(folder, n, 15)) for n in (1, 2)]
        for writer in writers:
            writer.start()
        seen = 0
        while any(writer.is_alive() for writer in writers):
            now = turns.count(lake)
            assert now >= seen
            seen = now
            turns.page(lake, limit=5)
        for writer in writers:
            writer.join()
            assert writer.exitcode == 0
        assert turns.count(lake) == 300
        lake.tidy()
        assert turns.count(lake) == 300
