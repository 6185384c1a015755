"""What happened to a rubric, in order, and how a criterion's numbers went."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from engine.rubrics.history import History
from engine.rubrics.moments import AUDIT, Moment, at, rows_of

PAUSE = timedelta(minutes=30)
"""Grades and verdicts with shorter pauses between them are one event."""
MOST = 60
"""Moments at which numbers are taken."""
EVENTS = {
    "begun": pl.Datetime("us", "UTC"), "ended": pl.Datetime("us", "UTC"), "kind": pl.String, "criterion": pl.String, "name": pl.String,
    "version": pl.Int32, "who": pl.String, "told": pl.String, "count": pl.Int64,
}


def events(history: History, criterion: str | None = None) -> pl.DataFrame:
    """All events (about one criterion, and those about none), oldest first.

    Columns: begun, ended, kind (`outputs`; `made`, `edited`, `split`, `merged`, `retired`, `brought back`; `grades`; `assertion`, `chosen`,
    `verdicts`; `attached`, `detached`), criterion, name, version, who, told (why, or what), count.
    """
    names = {row["criterion"]: row["name"] for row in history.criteria.sort("version").iter_rows(named=True)}
    told = [
        {"version": None, "count": None, **event, "name": names.get(event["criterion"], "as a whole" if event["criterion"] else None)}
        for event in (*_outputs(history), *_versions(history), *_grades(history), *_assertions(history), *_verdicts(history))
    ]
    found = pl.DataFrame(told, schema=EVENTS).sort("begun", maintain_order=True)
    return found if criterion is None else found.filter(pl.col("criterion").is_null() | (pl.col("criterion") == criterion))


def numbers(history: History, criterion: str, *, sample: str | None = AUDIT, most: int = MOST) -> list[Moment]:
    """The criterion's pass rates after each event that may have changed them, at most `most` of them spread evenly, oldest first."""
    rows = rows_of(history, criterion, sample)
    ended = events(history, criterion).filter(pl.col("kind").is_in(["outputs", "attached", "detached"]).not_())["ended"]
    moments: list[datetime] = ended.unique().sort().to_list()
    if len(moments) > most:
        moments = [moments[round(nth * (len(moments) - 1) / (most - 1))] for nth in range(most)]
    return [at(rows, moment) for moment in moments]


def _outputs(history: History) -> Iterator[dict[str, Any]]:
    for row in history.outputs.group_by("batch", "added_at", maintain_order=True).agg(count=pl.len()).iter_rows(named=True):
        yield _event("outputs", row["added_at"], None, "", row["batch"], count=row["count"])


def _versions(history: History) -> Iterator[dict[str, Any]]:
    for row in history.criteria.iter_rows(named=True):
        kind = row["change"] if row["version"] == 1 or row["state"] == "active" or row["change"] == "retired" else "retired"
        why = row["why"] or row["text"]
        yield _event(kind, row["made_at"], row["criterion"], row["made_by"], why, version=row["version"])


def _grades(history: History) -> Iterator[dict[str, Any]]:
    key = ("grader", "criterion", "criterion_version")
    given = history.grades.filter(pl.col("withdraws").is_null()).sort("graded_at")
    sittings = given.with_columns(sitting=(pl.col("graded_at").diff() > PAUSE).fill_null(True).cum_sum().over(key))
    told = sittings.group_by(*key, "sitting", maintain_order=True).agg(
        begun=pl.col("graded_at").first(), ended=pl.col("graded_at").last(), count=pl.len(), again=pl.col("again").sum()
    )
    for row in told.iter_rows(named=True):
        repeats = f", {row['again']} of them repeats" if row["again"] else ""
        words = f"{row['count']} grade{'s' if row['count'] > 1 else ''}{repeats}"
        event = _event("grades", row["begun"], row["criterion"], row["grader"], words, version=row["criterion_version"], count=row["count"])
        yield {**event, "ended": row["ended"]}


def _assertions(history: History) -> Iterator[dict[str, Any]]:
    for row in history.assertions.iter_rows(named=True):
        words = f"{row['kind']}{' retired' if row['retired'] else ' put back' if row['version'] > 1 else ''}"
        yield _event("assertion", row["made_at"], row["criterion"], row["made_by"], words, version=row["criterion_version"])
    for row in history.choices.iter_rows(named=True):
        yield _event("chosen", row["made_at"], row["criterion"], row["made_by"], row["why"] if row["assertion"] else "none")
    for row in history.attachments.iter_rows(named=True):
        kind = "detached" if row["removed"] else "attached"
        yield _event(kind, row["made_at"], row["criterion"], row["made_by"], row["benchmark"])


def _verdicts(history: History) -> Iterator[dict[str, Any]]:
    of = history.assertions.select("assertion", "criterion").unique()
    key = ("assertion", "criterion", "model", "served")
    given = history.verdicts.join(of, on="assertion").sort("judged_at")
    sittings = given.with_columns(sitting=(pl.col("judged_at").diff() > PAUSE).fill_null(True).cum_sum().over(key))
    told = sittings.group_by(*key, "sitting", maintain_order=True).agg(
        begun=pl.col("judged_at").first(), ended=pl.col("judged_at").last(), count=pl.len(), errors=(pl.col("outcome") == "error").sum()
    )
    for row in told.iter_rows(named=True):
        words = f"{row['count']} verdict{'s' if row['count'] > 1 else ''}, {row['errors']} errors"
        who = row["served"] or row["model"] or "SQL"
        yield {**_event("verdicts", row["begun"], row["criterion"], who, words, count=row["count"]), "ended": row["ended"]}


def _event(kind: str, when: datetime, criterion: str | None, who: str, told: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "begun": when, "ended": when, "criterion": criterion, "who": who, "told": told, **more}
