"""Things that are kept version by version: a row is only ever added, and two who change one thing at once do not both succeed.

The table `newest_versions` has one row a thing. DuckLake lets two transactions add rows side by side, but not update the same row: the
later one is done again, and then sees that its version is taken.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import duckdb
import polars as pl

from engine.lake.connection import Lake
from engine.problems import PlumblineError, UsageError

Table = Literal["findings", "decks", "rubrics", "criteria", "assertions"]
CALLED: dict[Table, str] = {
    "findings": "finding", "decks": "deck", "rubrics": "rubric", "criteria": "criterion", "assertions": "assertion",
}
LISTED_ON: dict[Table, str] = {
    "findings": "Present", "decks": "Present", "rubrics": "Criteria", "criteria": "Criteria", "assertions": "Criteria",
}
"""The page that lists what there is."""


class ChangedMeanwhile(PlumblineError):
    """Someone else has written the version that was about to be written. Nothing was written."""


def unused_id(lake: Lake) -> str:
    """An id nothing has yet (UUIDv7: in the order of time)."""
    return str(lake.read("SELECT uuidv7()::VARCHAR AS id")["id"][0])


def add(lake: Lake, table: Table, own: str, based_on: int, row: Mapping[str, Any]) -> int:
    """Write the version after `based_on` (0: the first) of the thing with the id `own`, and return its number.

    `row` has the table's columns but id, version and made_at. Raises `ChangedMeanwhile` where `based_on` is not the newest version any
    more, `UsageError` where there is no such thing.
    """
    return lake.write(lambda cursor: put(cursor, table, own, based_on, row))


def put(cursor: duckdb.DuckDBPyConnection, table: Table, own: str, based_on: int, row: Mapping[str, Any]) -> int:
    """`add` inside a transaction, where several things change together or not at all. A `made_at` in `row` stands."""
    version = based_on + 1
    if based_on:
        check_newest(cursor, table, own, based_on)
        cursor.execute("UPDATE newest_versions SET version = $version WHERE id = $own", {"version": version, "own": own})
    else:
        cursor.execute("INSERT INTO newest_versions VALUES ($own, $version)", {"version": version, "own": own})
    whole = {"id": own, "version": version, "made_at": datetime.now(UTC), **row}
    names, places = ", ".join(whole), ", ".join(f"${name}" for name in whole)
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", whole)
    return version


def check_newest(cursor: duckdb.DuckDBPyConnection, table: Table, own: str, based_on: int) -> None:
    """Inside a transaction: raise `ChangedMeanwhile` where there is a later version than `based_on`."""
    found = cursor.execute(
        f"SELECT version, made_by FROM {table} JOIN newest_versions USING (id, version) WHERE id = $own", {"own": own}
    ).fetchone()
    if found is None:
        raise unknown(table, own)
    if found[0] != based_on:
        whom = found[1] or "someone"
        raise ChangedMeanwhile(f"the {CALLED[table]} was changed meanwhile by {whom} (version {found[0]}, yours was {based_on}); reload it")


def unknown(table: Table, own: str, version: int | None = None) -> UsageError:
    """What to raise where something is asked for that this lake does not have."""
    which = f"version {version} of {CALLED[table]} '{own}'" if version else f"{CALLED[table]} '{own}'"
    return UsageError(f"{which} is not in this lake; the {LISTED_ON[table]} page lists what there is")


def several(lake: Lake, table: Table, wanted: Sequence[tuple[str, int]]) -> pl.DataFrame:
    """These versions, by id and version; those that are not there are missing."""
    asked = [{"id": own, "version": version} for own, version in sorted(set(wanted))]
    if not asked:
        return lake.read(f"SELECT * FROM {table} LIMIT 0")
    return lake.read(
        f"SELECT * FROM {table} WHERE list_contains($asked, {{'id': id, 'version': version}})", {"asked": asked}
    )


def newest(lake: Lake, table: Table, own: str) -> dict[str, Any]:
    """The newest version. Raises `UsageError` where there is none."""
    found = lake.read(f"SELECT * FROM {table} JOIN newest_versions USING (id, version) WHERE id = $own", {"own": own})
    if found.is_empty():
        raise unknown(table, own)
    return found.row(0, named=True)
