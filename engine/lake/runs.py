"""The `runs` table: who asked for what, and how it ended."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb
import polars as pl

from engine.lake import turns
from engine.lake.connection import Lake
from engine.problems import UsageError


def begin(lake: Lake, run: str, *, plan: Mapping[str, Any], seed: int, asked_by: str, versions: Mapping[str, str]) -> None:
    """Write down a run that is about to be played."""
    row = {
        "id": run, "state": "waiting", "asked_by": asked_by, "plan": json.dumps(plan), "seed": seed,
        "versions": json.dumps(versions), "started": datetime.now(UTC), "planned": plan.get("trials", 0),
    }
    lake.insert("runs", pl.DataFrame([row]))


def mark(lake: Lake, run: str, state: str) -> None:
    """Set the run's state: `running` from now on."""
    lake.write(lambda cursor: cursor.execute("UPDATE runs SET state = $state WHERE id = $run", {"state": state, "run": run}))


def plan_more(lake: Lake, run: str, trials: int) -> None:
    """Add trials to those a run has planned."""
    told = {"trials": trials, "run": run}
    lake.write(lambda cursor: cursor.execute("UPDATE runs SET planned = planned + $trials WHERE id = $run", told))


def plan_left(lake: Lake, run: str, trials: int) -> None:
    """Say that so many trials of judges are left to a run besides those that have ended. A judge's that failed is among those left."""
    ended = lake.read(
        "SELECT count(DISTINCT trial) AS n FROM turns WHERE run = $run AND last"
        " AND (role = 'subject' OR problem IS NULL OR list_contains($answered, problem))",
        {"run": run, "answered": turns.ANSWERED},
    )["n"][0]
    planned = {"planned": ended + trials, "run": run}
    lake.write(lambda cursor: cursor.execute("UPDATE runs SET planned = $planned WHERE id = $run", planned))


def counted(lake: Lake, run: str) -> dict[str, Any]:
    """A whole run's counts: planned, answered, unread, refused, failed (trials), turns, reused, cost_usd (`None`: unknown)."""
    found = turns.progress(lake, run)
    names = ("answered", "unread", "refused", "failed", "turns", "reused")
    counts: dict[str, Any] = {name: int(found[name].sum()) for name in names}
    unknown = int(found["unpriced"].sum())
    planned = lake.read("SELECT planned FROM runs WHERE id = $run", {"run": run})["planned"].to_list()
    return {**counts, "planned": planned[0] if planned else 0, "cost_usd": None if unknown else float(found["cost_usd"].sum() or 0.0)}


def fingerprints(lake: Lake, model: str) -> list[dict[str, Any]]:
    """What the name of a model stood for in the runs so far that kept turns of it."""
    found = lake.read(
        "SELECT DISTINCT coalesce(plan->'models'->$model, plan->'judges'->$model) AS made FROM"
        " (SELECT plan::JSON AS plan FROM runs WHERE answered > 0 OR unread > 0 OR refused > 0)",
        {"model": model},
    )
    return [json.loads(made) for made in found["made"].to_list() if made]


def named_alike(lake: Lake, made: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names under which models with one of these fingerprints were asked before."""
    wanted = [dict(one) for one in made]
    names: set[str] = set()
    for plan in lake.read("SELECT plan FROM runs")["plan"].to_list():
        told: dict[str, Any] = json.loads(plan)
        models: dict[str, Any] = {**(told.get("models") or {}), **(told.get("judges") or {})}
        names |= {name for name, told in models.items() if told in wanted}
    return sorted(names)


def model_strings(lake: Lake) -> dict[str, str]:
    """What LiteLLM was asked for under each model's name, in the newest run that asked for it."""
    found: dict[str, str] = {}
    for plan in lake.read("SELECT plan FROM runs ORDER BY started")["plan"].to_list():
        models: dict[str, Any] = json.loads(plan).get("models") or {}
        found |= {name: made["model"] for name, made in models.items() if "model" in made}
    return found


def smallest_effects(lake: Lake, benchmark: str) -> dict[str, float]:
    """What each model's verdict on a benchmark is read against: as the first run that asked it said before its first question."""
    found: dict[str, float] = {}
    for plan in lake.read("SELECT plan FROM runs ORDER BY started")["plan"].to_list():
        told: dict[str, Any] = json.loads(plan)
        effects: dict[str, float] = told.get("smallest_effects") or {}
        asked: list[str] = list(told.get("models") or ())
        if benchmark in effects:
            found = {**dict.fromkeys(asked, effects[benchmark]), **found}
    return found


def forget(lake: Lake, run: str) -> None:
    """Delete a run with its turns, what judges said of them, its estimates and events, all or nothing."""

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        for table, column in (("turns", "run"), ("estimates", "run"), ("evidence", "run"), ("events", "run"), ("runs", "id")):
            cursor.execute(f"DELETE FROM {table} WHERE {column} = $run", {"run": run})
        cursor.execute("DELETE FROM turns WHERE judged_run = $run", {"run": run})

    lake.write(work)


def finish(lake: Lake, run: str, state: str, counts: Mapping[str, float | int | None]) -> None:
    """Set the run's state (`complete`, `stopped` or `failed`) and its counts; the time is what caches are keyed by."""
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


def newest_id(lake: Lake) -> str | None:
    """The id of the newest run, if there is one."""
    found = listed(lake)
    return None if found.is_empty() else found["id"][0]


def snapshot(lake: Lake) -> int:
    """The number of the lake's newest snapshot: it changes with every write."""
    return int(lake.read("SELECT id FROM lake.current_snapshot()")["id"][0])


def newest(lake: Lake) -> str:
    """A stamp that changes whenever a run finishes, something is estimated, or items or figures are loaded: the key of every cache."""
    return lake.read(
        "SELECT coalesce((SELECT max(finished) FROM runs)::VARCHAR, '') || '/' ||"
        " (SELECT count(*) FROM runs WHERE finished IS NOT NULL)::VARCHAR"
        " || '/' || (SELECT coalesce(max(made_at)::VARCHAR, '') FROM estimates)"
        " || '/' || (SELECT coalesce(max(imported_at)::VARCHAR, '') FROM items)"
        " || '/' || (SELECT coalesce(sum(hash(digest))::VARCHAR, '') FROM \"references\") AS stamp"
    )["stamp"][0]
