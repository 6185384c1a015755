"""The `criteria` table: a row is a version of a criterion, never changed once written.

Columns as they are read: rubric, criterion (its id), version (from 1), state (`active` or `retired`), name, text, parents (JSON: a list of
[criterion, version], what it was split or merged from), change (`made`, `edited`, `split`, `merged`, `retired`, `brought back`), made_by,
made_at, why.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import polars as pl

from engine.lake import versions
from engine.lake.connection import Lake
from engine.problems import UsageError

LISTED = "rubric, id AS criterion, version, state, name, text, parents, change, made_by, made_at, why"


@dataclass(frozen=True)
class Write:
    """One row to be written: a version of a criterion after `based_on` (0: a new criterion)."""

    criterion: str
    based_on: int
    row: Mapping[str, Any]
    """state, name, text, parents, change, made_by, why."""


def add(lake: Lake, rubric: str, writes: Sequence[Write]) -> list[tuple[str, int]]:
    """Write these versions, all or none of them, and return which: (criterion, version).

    Raises `engine.lake.versions.ChangedMeanwhile` where another has written a later version of one of them, `UsageError` where two active
    criteria of the rubric would have one name.
    """

    def work(cursor: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
        written = [
            (one.criterion, versions.put(cursor, "criteria", one.criterion, one.based_on, {**one.row, "rubric": rubric})) for one in writes
        ]
        twice = cursor.execute(
            "SELECT any_value(name) FROM criteria JOIN newest_versions USING (id, version) WHERE rubric = $rubric AND state = 'active'"
            " GROUP BY lower(name) HAVING count(*) > 1", {"rubric": rubric},
        ).fetchone()
        if twice:
            raise UsageError(f"there is a criterion named '{twice[0]}' already; give this one another name")
        return written

    return lake.write(work)


def find(lake: Lake, criterion: str) -> dict[str, Any]:
    """The newest version. Raises `UsageError` where there is no such criterion."""
    return _read(versions.newest(lake, "criteria", criterion))


def history(lake: Lake, rubric: str) -> pl.DataFrame:
    """Every version of every criterion of a rubric, in the order they were made; `parents` is JSON."""
    return lake.read(f"SELECT {LISTED} FROM criteria WHERE rubric = $rubric ORDER BY made_at, id, version", {"rubric": rubric})


def _read(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "criterion": row.pop("id"), "parents": json.loads(row["parents"])}
