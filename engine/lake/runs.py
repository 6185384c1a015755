"""The `runs` table: who asked for what, and how it ended."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import duckdb
import polars as pl

from engine.lake.connection import Lake
from engine.problems import UsageError


def begin(lake: Lake, run: str, *, plan: Mapping[str, Any], seed: int, asked_by: str, versions: Mapping[str, str]) -> None:
    """Write down a run that starts now."""
    row = {
        "id": run, "state": "running", "asked_by": asked_by, "plan": json.dumps(plan), "seed": seed,
        "versions": json.dumps(versions), "started": datetime.now(UTC), "planned": plan.get("trials", 0),
    }
    lake.insert("runs", pl.DataFrame([row]))


def finish(lake: Lake, run: str, state: str, counts: Mapping[str, float | int | None]) -> None:
    """Set the run's state (`complete`, `stopped` or `failed`) and its counts."""
    told = {"state": state, "finished": datetime.now(UTC), **counts}
    assigned = ", ".join(f"{name} = ${name}" for name in told)

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute(f"UPDATE runs SET {assigned} WHERE id = $id", {**told, "id": run})

    lake.write(work)


def listed(lake: Lake) -> pl.DataFrame:
    """Every run, newest first."""
    return lake.read("SELECT * FROM runs ORDER BY started DESC, id DESC")


def find(lake: Lake, run: str) -> dict[str, Any]:
    """One run by its id or an unambiguous beginning of it. Raises `UsageError` when there is none."""
    found = lake.read("SELECT * FROM runs WHERE starts_with(id, $run)", {"run": run})
    if found.height != 1 or not run:
        reason = "is ambiguous" if found.height > 1 else "is not in this lake"
        raise UsageError(f"run '{run}' {reason}; `python -m engine runs` lists them")
    return found.row(0, named=True)


def newest(lake: Lake) -> str:
    """A stamp that changes whenever a run finishes or figures are loaded: the key of every cache."""
    return lake.read(
        "SELECT coalesce((SELECT max(finished) FROM runs)::VARCHAR, '') || '/' || (SELECT count(*) FROM runs)::VARCHAR"
        " || '/' || (SELECT count(*) FROM \"references\")::VARCHAR AS stamp"
    )["stamp"][0]
