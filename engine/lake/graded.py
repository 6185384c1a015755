"""The `grades` table: what people said of outputs. A row is one keypress, kept at once; nothing is ever changed or deleted.

Columns: id (UUIDv7, in the order they were given), rubric, criterion (or `WHOLE`), criterion_version (that the grader was shown), output,
grader, verdict (`pass`, `fail`, `na`: not applicable, or `withdrawn`: takes the grade that `withdraws` names back), note, again (the
output was shown once more to measure the grader), withdraws, seconds (spent on it), graded_at.
"""

import os
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import duckdb
import polars as pl

from engine.lake.connection import Lake
from engine.problems import UsageError

Verdict = Literal["pass", "fail", "na"]
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "na")
WHOLE = "whole"
"""Stands for the criterion where an output is graded as a whole, before there are criteria; it has version 0 and is never stale."""
LONGEST_NOTE = 5000
SCHEMA = {
    "id": pl.String, "rubric": pl.String, "criterion": pl.String, "criterion_version": pl.Int32, "output": pl.String, "grader": pl.String,
    "verdict": pl.String, "note": pl.String, "again": pl.Boolean, "withdraws": pl.String, "seconds": pl.Float64,
    "graded_at": pl.Datetime("us", "UTC"),
}
_numbering = threading.Lock()
_latest = 0


@dataclass(frozen=True)
class Grade:
    """One person's verdict on one output under one criterion, as that criterion read in this version."""

    output: str
    criterion: str
    criterion_version: int
    grader: str
    verdict: Verdict
    note: str = ""
    again: bool = False
    seconds: float | None = None


def keep(lake: Lake, rubric: str, grades: Sequence[Grade]) -> pl.DataFrame:
    """Keep these grades, all or none, and return them as rows of the table.

    It is for the page to offer only criteria and outputs of this rubric: that they exist is not looked up, so that a keypress stays quick.
    A grade for a criterion that was edited or retired meanwhile is kept under the version it was given under. Raises `UsageError` for a
    verdict that is none, a grader without a name, a note that is too long.
    """
    rows = _frame([_row(rubric, one) for one in grades])
    _insert(lake, rows)
    return rows


def undo(lake: Lake, rubric: str, grader: str) -> pl.DataFrame:
    """Take back the newest grade of this grader that still stands, and return the row that does so; again, the one before it.

    The grade before it on the same output and criterion then counts again. Raises `UsageError` where there is none left.
    """

    def work(cursor: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        mine = cursor.execute(
            "SELECT * FROM grades WHERE rubric = $rubric AND grader = $grader", {"rubric": rubric, "grader": grader}
        ).pl()
        left = mine.filter(pl.col("withdraws").is_null() & ~pl.col("id").is_in(mine["withdraws"].drop_nulls().implode()))
        if left.is_empty():
            raise UsageError("there is no grade left to take back")
        told = left.sort("graded_at", "id").row(-1, named=True)
        stamp = {"id": _new_id(), "graded_at": datetime.now(UTC), "verdict": "withdrawn", "withdraws": told["id"], "note": ""}
        rows = _frame([{**told, **stamp, "seconds": None}])
        cursor.register("incoming", rows)
        cursor.execute("INSERT INTO grades BY NAME SELECT * FROM incoming")
        return rows

    return lake.write(work)


def all_of(lake: Lake, rubric: str) -> pl.DataFrame:
    """Every row of a rubric's grades, withdrawn and withdrawing ones too, in the order they were given."""
    found = lake.read("SELECT * FROM grades WHERE rubric = $rubric ORDER BY graded_at, id", {"rubric": rubric})
    return found.with_columns(pl.col("graded_at").dt.convert_time_zone("UTC"))  # as `keep` returns it, so that the two can be joined


def _row(rubric: str, grade: Grade) -> dict[str, Any]:
    if grade.verdict not in VERDICTS:
        raise UsageError(f"'{grade.verdict}' is no verdict; give {', '.join(VERDICTS)}")
    if not grade.grader.strip():
        raise UsageError("a grade needs the name of who gives it; write yours")
    if len(grade.note) > LONGEST_NOTE:
        raise UsageError(f"the note has {len(grade.note)} characters; at most {LONGEST_NOTE} are taken")
    return {
        "id": _new_id(), "rubric": rubric, "criterion": grade.criterion, "criterion_version": grade.criterion_version,
        "output": grade.output, "grader": grade.grader, "verdict": grade.verdict, "note": grade.note.strip(), "again": grade.again,
        "withdraws": None, "seconds": grade.seconds, "graded_at": datetime.now(UTC),
    }


def _frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA)


def _insert(lake: Lake, rows: pl.DataFrame) -> None:
    if rows.height != 1:
        lake.insert("grades", rows)
        return
    told = rows.row(0, named=True)
    names, places = ", ".join(told), ", ".join(f"${name}" for name in told)
    # values are written in half the time that a registered frame takes
    lake.write(lambda cursor: cursor.execute(f"INSERT INTO grades ({names}) VALUES ({places})", told))


def _new_id() -> str:
    """A UUIDv7 without asking the lake, which would take as long as writing the grade; later ones of a process are larger."""
    global _latest
    with _numbering:
        _latest = max(time.time_ns() // 10**6 << 12, _latest + 1)  # milliseconds, and a count within them
        now = _latest
    bits = (now >> 12) << 80 | 7 << 76 | (now & 0xFFF) << 64 | 2 << 62 | int.from_bytes(os.urandom(8), "big") >> 2
    return str(uuid.UUID(int=bits))
