"""The `decks` table: a row is a version of a deck, never changed once written.

Columns: id (UUIDv7), version (from 1), title, content (JSON), change (what was done, in words), made_at, made_by, restores (the version
whose content it brings back, where it is a step back or forth), removed.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from engine.lake import versions
from engine.lake.connection import Lake

LISTED = "id, version, title, json_array_length(content, '$.slides')::INTEGER AS slides, change, made_at, made_by, restores, removed"


def add(lake: Lake, own: str, based_on: int, row: Mapping[str, Any]) -> int:
    """Write the version after `based_on` (0: the first): title, content, change, made_by, restores, removed.

    Raises `engine.lake.versions.ChangedMeanwhile` where there is a newer one already.
    """
    return versions.add(lake, "decks", own, based_on, row)


def find(lake: Lake, own: str, version: int | None = None) -> dict[str, Any]:
    """One version, the newest where none is named. Raises `UsageError` where it is not there."""
    if version is None:
        return versions.newest(lake, "decks", own)
    found = versions.several(lake, "decks", [(own, version)])
    if found.is_empty():
        raise versions.unknown("decks", own, version)
    return found.row(0, named=True)


def listed(lake: Lake) -> pl.DataFrame:
    """The newest version of every deck, newest first, without `content` but with the number of `slides`; those removed are among them."""
    return lake.read(f"SELECT {LISTED} FROM decks JOIN newest_versions USING (id, version) ORDER BY made_at DESC, id DESC")


def history(lake: Lake, own: str) -> pl.DataFrame:
    """Every version of a deck, oldest first, without `content` but with the number of `slides`."""
    return lake.read(f"SELECT {LISTED} FROM decks WHERE id = $own ORDER BY version", {"own": own})


def stamp(lake: Lake) -> str:
    """Changes whenever a finding or a deck is written, and then only: what pages about them are kept by."""
    return lake.read(
        "SELECT (SELECT count(*) || '/' || coalesce(max(made_at)::VARCHAR, '') FROM decks) || '/' ||"
        " (SELECT count(*) || '/' || coalesce(max(made_at)::VARCHAR, '') FROM findings) AS stamp"
    )["stamp"][0]
