"""The `findings` table: a row is a version of a pinned finding, never changed once written.

Columns: id (UUIDv7), version (from 1), title, view and wanted (JSON: how the exhibit is made anew), snapshot (of the lake, that it was
made on), stamp (`engine.lake.runs.newest` at that time), content (`Exhibit.frozen`), made_at, made_by, removed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from engine.lake import versions
from engine.lake.connection import Lake

LISTED = "id, version, title, view, wanted, snapshot, stamp, made_at, made_by, removed"


def add(lake: Lake, own: str, based_on: int, row: Mapping[str, Any]) -> int:
    """Write the version after `based_on` (0: the first): title, view, wanted, snapshot, stamp, content, made_by, removed.

    Raises `engine.lake.versions.ChangedMeanwhile` where there is a newer one already.
    """
    return versions.add(lake, "findings", own, based_on, row)


def find(lake: Lake, own: str, version: int | None = None) -> dict[str, Any]:
    """One version, the newest where none is named. Raises `UsageError` where it is not there."""
    if version is None:
        return versions.newest(lake, "findings", own)
    found = several(lake, [(own, version)])
    if found.is_empty():
        raise versions.unknown("findings", own, version)
    return found.row(0, named=True)


def several(lake: Lake, wanted: Sequence[tuple[str, int]]) -> pl.DataFrame:
    """Those of these (id, version) that are there, with all columns."""
    return versions.several(lake, "findings", wanted)


def listed(lake: Lake) -> pl.DataFrame:
    """The newest version of every finding, newest first, without `content`; those removed are among them."""
    return lake.read(f"SELECT {LISTED} FROM findings JOIN newest_versions USING (id, version) ORDER BY made_at DESC, id DESC")


def history(lake: Lake, own: str) -> pl.DataFrame:
    """Every version of a finding, oldest first, without `content`."""
    return lake.read(f"SELECT {LISTED} FROM findings WHERE id = $own ORDER BY version", {"own": own})
