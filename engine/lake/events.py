"""The `events` table: what happened in a run besides its turns, so that its history is part of it.

Kinds: `launched` (in a process of its own), `started`, `pace` (calls at once and why), `asking_again`, `adapted` (a parameter
the model does not take), `parked`, `given_up`, `reached` (a ceiling), `epochs_added`, `cancel` and `cancel_now` (asked for
from outside), `alive`, `stopped`, `finished`.
"""

import json
import socket
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from engine.lake.connection import Lake

SCHEMA = {"run": pl.String, "happened": pl.Datetime("us", "UTC"), "kind": pl.String, "model": pl.String, "told": pl.String}


def row(run: str, kind: str, model: str | None = None, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An event of now as a row of the table."""
    said = json.dumps(dict(told or {}), ensure_ascii=False)
    return {"run": run, "happened": datetime.now(UTC), "kind": kind, "model": model, "told": said}


def append(lake: Lake, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep these events."""
    if rows:
        lake.insert("events", pl.DataFrame(list(rows), schema=SCHEMA))


def of_run(lake: Lake, run: str, kinds: Sequence[str] = ()) -> pl.DataFrame:
    """The events of a run (of these kinds), oldest first: run, happened, kind, model, told (JSON)."""
    return lake.read(
        "SELECT * FROM events WHERE run = $run AND ($kinds = [] OR list_contains($kinds, kind)) ORDER BY happened",
        {"run": run, "kinds": list(kinds)},
    )


def cancelled(lake: Lake, run: str) -> str | None:
    """`cancel` or `cancel_now` when one was asked for since the run was last started."""
    found = lake.read(
        "SELECT arg_max(kind, happened) AS kind FROM events WHERE run = $run AND kind IN ('cancel', 'cancel_now')"
        " AND happened > (SELECT coalesce(max(happened), '-infinity'::TIMESTAMPTZ) FROM events WHERE run = $run AND kind = 'started')",
        {"run": run},
    )
    return found["kind"][0]


def latest(lake: Lake, run: str) -> datetime | None:
    """When the run was last heard of."""
    return lake.read("SELECT max(happened) AS latest FROM events WHERE run = $run", {"run": run})["latest"][0]


def elsewhere(lake: Lake, run: str) -> bool:
    """Whether the run was last started on another machine than this one."""
    found = of_run(lake, run, ["started"])
    return bool(found.height) and json.loads(found["told"][-1]).get("host") != socket.gethostname()
