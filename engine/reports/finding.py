"""Findings: an exhibit pinned under a title, with the snapshot of the lake that it was made on.

The whole exhibit is kept, so a finding is shown again exactly, whatever is written or deleted later. Every change of a finding (its title,
the snapshot) is a version; whoever shows an earlier version goes on showing it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from engine.figures.exhibit import Exhibit
from engine.lake import Lake, findings, runs, versions
from engine.problems import UsageError
from engine.reports import wording


@dataclass(frozen=True)
class Finding:
    """One version of a pinned finding."""

    id: str
    version: int
    title: str
    exhibit: Exhibit
    snapshot: int
    """Of the lake, that the exhibit was made on."""
    pinned_at: datetime
    """When this version was written."""
    pinned_by: str
    stamp: str
    """`engine.lake.runs.newest` when the exhibit was pinned or moved: while the lake's is the same, there are no newer results."""
    removed: bool = False


def pin(lake: Lake, exhibit: Exhibit, title: str, by: str, *, snapshot: int | None = None) -> Finding:
    """Keep an exhibit under a title (empty: its own). `snapshot`: what it was made on, where that is not the newest.

    Raises `UsageError` for a title of more than 500 characters.
    """
    shown = wording.title(title) or wording.line(exhibit.title)[: wording.LONGEST_TITLE]
    row = {"title": shown, **_made(exhibit, runs.snapshot(lake) if snapshot is None else snapshot, runs.newest(lake))}
    own = versions.unused_id(lake)
    return find(lake, own, findings.add(lake, own, 0, {**row, "made_by": wording.line(by), "removed": False}))


def find(lake: Lake, own: str, version: int | None = None) -> Finding:
    """One version of a finding, the newest where none is named; also of one that was removed since.

    Raises `UsageError` where it is not there, `PlumblineError` where what is kept of it cannot be read.
    """
    return _of(findings.find(lake, own, version))


def several(lake: Lake, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    """Those of these (id, version) that are there, as rows of the table by (id, version), in one read. `opened` makes findings of them."""
    return {(row["id"], row["version"]): row for row in findings.several(lake, wanted).iter_rows(named=True)}


def opened(row: Mapping[str, Any]) -> Finding:
    """The finding of a row that `several` found. Raises `PlumblineError` where what is kept of it cannot be read."""
    return _of(row)


def listed(lake: Lake, *, removed: bool = False) -> pl.DataFrame:
    """The newest version of each finding, newest first (with `removed`: of those removed), without what it shows.

    Columns: id, version, title, view, wanted (JSON), snapshot, stamp, made_at, made_by, removed.
    """
    return findings.listed(lake).filter(pl.col("removed") == removed)


def history(lake: Lake, own: str) -> pl.DataFrame:
    """Every version of a finding, oldest first; columns as of `listed`."""
    return findings.history(lake, own)


def rename(lake: Lake, finding: Finding, title: str, by: str) -> Finding:
    """The next version, under another title. Raises `UsageError` for an empty or too long one, `ChangedMeanwhile`."""
    shown = wording.title(title)
    if not shown:
        raise UsageError("a finding needs a title; write one")
    return _next(lake, finding, by, title=shown)


def move(lake: Lake, finding: Finding, exhibit: Exhibit, snapshot: int, by: str) -> Finding:
    """The next version, showing what is now to be seen at a later snapshot. Raises `ChangedMeanwhile`."""
    return _next(lake, finding, by, **_made(exhibit, snapshot, runs.newest(lake)), removed=False)


def remove(lake: Lake, finding: Finding, by: str) -> Finding:
    """Take a finding from the list. Its history stays, and decks go on showing it. Raises `ChangedMeanwhile`."""
    return _next(lake, finding, by, removed=True)


def bring_back(lake: Lake, finding: Finding, by: str) -> Finding:
    """Put a removed finding back on the list. Raises `ChangedMeanwhile`."""
    return _next(lake, finding, by, removed=False)


def _made(exhibit: Exhibit, snapshot: int, stamp: str) -> dict[str, Any]:
    wanted = json.dumps(dict(exhibit.wanted), ensure_ascii=False)
    told = {"view": exhibit.view, "wanted": wanted, "content": exhibit.frozen()}
    return {"snapshot": snapshot, "stamp": stamp, **{name: _keepable(text) for name, text in told.items()}}


def _keepable(text: str) -> str:
    return wording.UNKEEPABLE.sub("\ufffd", text)


def _next(lake: Lake, finding: Finding, by: str, **changed: Any) -> Finding:
    kept = findings.find(lake, finding.id, finding.version)
    row = {name: kept[name] for name in ("title", "view", "wanted", "snapshot", "stamp", "content", "removed")}
    version = findings.add(lake, finding.id, finding.version, {**row, **changed, "made_by": wording.line(by)})
    return find(lake, finding.id, version)


def _of(row: Mapping[str, Any]) -> Finding:
    return Finding(
        row["id"], row["version"], row["title"], Exhibit.thawed(row["content"]), row["snapshot"], row["made_at"], row["made_by"],
        row["stamp"] or "", row["removed"],
    )
