"""A conversation, word for word."""

import json
from typing import Any

import polars as pl

from engine.figures.exhibit import Exhibit
from engine.figures.office import named
from engine.results import Results
from engine.views.view import view

ROLES = {"system": "instruction", "user": "question"}
SCHEMA = {"who": pl.String, "words": pl.String, "read as": pl.String}


@view("turns")
def conversation(results: Results, *, trial: str, run: str | None = None) -> Exhibit:
    """What was asked in one conversation and what was replied, turn by turn."""
    turns = results.conversation(trial, run)
    if turns.is_empty():
        return Exhibit("A conversation", "This conversation is not in the lake.", "", pl.DataFrame(schema=SCHEMA))
    rows: list[dict[str, Any]] = []
    for turn in turns.iter_rows(named=True):
        rows += [{"who": ROLES.get(said["role"], said["role"]), "words": said["content"], "read as": ""}
                 for said in json.loads(turn["messages"])]
        rows.append({"who": "reply", "words": turn["reply"] if turn["reply"] is not None else "no reply", "read as": _read(turn)})
    first = turns.row(0, named=True)
    condition = ", ".join(f"{field.replace('_', ' ')} {level}" for field, level in json.loads(first["condition"]).items())
    table = pl.DataFrame(rows, schema=SCHEMA)
    return Exhibit(
        f"{named(first['model'], first['source'])} on {first['trial_item']}", f"One conversation of {turns.height} turns, word for word.",
        f"{first['benchmark']}, item {first['trial_item']}{f', {condition}' if condition else ''}, epoch {first['epoch']}, asked "
        f"{first['answered_at']:%d %B %Y}. One conversation is an example and no evidence of what is usual.", table, table=table,
        sources=(first["source"],), benchmarks=(first["benchmark"],), turns={"trial": trial, "run": str(first["run"])},
        query={"trial": trial, "run": str(first["run"])},
    )


def _read(turn: dict[str, object]) -> str:
    if turn["problem"]:
        return f"failed: {turn['problem']}"
    number = turn["number"]
    return str(turn["choice"] or (f"{number:.0f}" if isinstance(number, float) else turn["reading"]))
