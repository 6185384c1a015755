"""What is read at an earlier snapshot stays as it was, whatever is written later."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from engine.lake import Lake, estimates, runs, turns
from engine.metrics.evidence import SCHEMA
from engine.problems import PlumblineError, UsageError
from tests.lake.test_lake import turn


def estimated(lake: Lake, run: str, value: float) -> None:
    frame = pl.DataFrame({
        "metric": ["weight"] * 3, "facet": ["virtue", "deontology", "consequentialism"], "value": [value, 0.3, None],
        "low": [value - 0.1, None, None], "high": [value + 0.1, None, None], "trials": [9] * 3, "stems": [3] * 3, "dropped": [0] * 3,
        "method": ["m"] * 3,
    }, schema_overrides={"low": pl.Float64, "high": pl.Float64})
    runs.begin(lake, run, plan={"trials": 1}, seed=0, asked_by="me", versions={})
    turns.append(lake, [turn(epoch=epoch, run=run) for epoch in range(9)])
    estimates.keep(lake, run, "maker/model", "measured", "dilemmas", "1", frame, pl.DataFrame(schema=SCHEMA))
    runs.finish(lake, run, "complete", {"answered": 9})


def pins_survive(where: str | None = None) -> None:
    """Estimates, turns and runs read at a snapshot, before and after 1,000 turns, tidying and the deletion of the run."""
    with Lake.open(where) as lake:
        estimated(lake, "first", 0.4)
        lake.tidy()
        estimated(lake, "second", 0.5)
        pinned = runs.snapshot(lake)
        before = (estimates.newest(lake), turns.page(lake), runs.listed(lake))
        assert before[0]["value"].to_list() == [None, 0.3, 0.5]

        for part in range(2):
            turns.append(lake, [turn(epoch=500 * part + n, run="later", answered_at=datetime.now(UTC)) for n in range(500)])
            lake.tidy()
        estimated(lake, "third", 0.9)
        runs.forget(lake, "first")
        runs.forget(lake, "second")
        lake.tidy()
        assert estimates.newest(lake)["value"].to_list() == [None, 0.3, 0.9]
        with lake.at(pinned) as then:
            after = (estimates.newest(then), turns.page(then), runs.listed(then))
            assert runs.snapshot(then) == pinned
        for one, other in zip(before, after, strict=True):
            assert one.equals(other)
        assert turns.count(lake, run="later") == 1000


def test_what_was_pinned_is_read_as_it_was() -> None:
    pins_survive()


def test_a_snapshot_is_for_reading_only() -> None:
    with Lake.open() as lake:
        estimated(lake, "first", 0.4)
        with lake.at(runs.snapshot(lake)) as then:
            for forbidden in (lambda: runs.forget(then, "first"), then.tidy, lambda: then.write(lambda cursor: None)):
                with pytest.raises(PlumblineError, match="can only be read"):
                    forbidden()
        assert runs.find(lake, "first")


@pytest.mark.parametrize("snapshot", [0, -1, 999, 10**30])
def test_a_snapshot_that_is_not_there(snapshot: int) -> None:
    with Lake.open() as lake, pytest.raises(UsageError, match=f"no snapshot {snapshot} ") as raised:
        lake.at(snapshot)
    assert "\n" not in str(raised.value)


def test_a_snapshot_of_an_older_lake_is_left_as_it_was(lake_folder: Path) -> None:
    """It has no tables of a later version, and none are made in it."""
    with Lake.open() as lake:
        before = runs.snapshot(lake)
        lake.write(lambda cursor: cursor.execute("DROP TABLE findings"))
        without = runs.snapshot(lake)
    with Lake.open() as lake:
        told = "SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'findings' AND table_catalog = 'lake'"
        for snapshot, expected in ((before, 1), (without, 0)):
            with lake.at(snapshot) as then:
                assert then.read(told)["n"][0] == expected
        assert lake.read(told)["n"][0] == 1
