"""The `rubrics` table: a named piece of work that has outputs, criteria and grades; a row is a version of its name and note.

Columns: id (UUIDv7), version (from 1), name, note, made_at, made_by, removed.
"""

from typing import Any

import polars as pl

from engine.lake import versions
from engine.lake.connection import Lake
from engine.problems import UsageError

LONGEST = 200
"""Characters of a name."""


def create(lake: Lake, name: str, by: str, note: str = "") -> str:
    """Begin a rubric, and return its id. Raises `UsageError` for a name that is empty or too long."""
    own = versions.unused_id(lake)
    versions.add(lake, "rubrics", own, 0, _row(name, note, by))
    return own


def rename(lake: Lake, own: str, based_on: int, name: str, by: str, note: str | None = None) -> int:
    """Give a rubric another name (and note), as the version after `based_on`, which is returned.

    Raises `UsageError` as `create` does, `engine.lake.versions.ChangedMeanwhile` where there is a newer version already.
    """
    before = find(lake, own)
    return versions.add(lake, "rubrics", own, based_on, _row(name, before["note"] if note is None else note, by))


def remove(lake: Lake, own: str, based_on: int, by: str) -> int:
    """Take a rubric from the list; what it has stays. Raises as `rename` does."""
    before = find(lake, own)
    return versions.add(lake, "rubrics", own, based_on, _row(before["name"], before["note"], by, removed=True))


def bring_back(lake: Lake, own: str, based_on: int, by: str) -> int:
    """Put a removed rubric back on the list. Raises as `rename` does."""
    before = find(lake, own)
    return versions.add(lake, "rubrics", own, based_on, _row(before["name"], before["note"], by))


def find(lake: Lake, own: str) -> dict[str, Any]:
    """The newest version. Raises `UsageError` where there is no such rubric."""
    return versions.newest(lake, "rubrics", own)


def listed(lake: Lake, *, removed: bool = False) -> pl.DataFrame:
    """The newest version of each rubric that is on the list (or was taken from it), newest first: the table's columns, and how many
    `outputs`, `criteria` (active), `grades` (withdrawn ones are not counted) and `graders` it has.
    """
    return lake.read(
        """
        WITH had AS (SELECT rubric, count(*) AS n FROM outputs GROUP BY rubric),
        asked AS (SELECT rubric, count(*) AS n FROM criteria JOIN newest_versions USING (id, version) WHERE state = 'active'
                  GROUP BY rubric),
        given AS (SELECT rubric, count(*) AS n, count(DISTINCT grader) AS graders FROM grades
                  WHERE withdraws IS NULL AND id NOT IN (SELECT withdraws FROM grades WHERE withdraws IS NOT NULL) GROUP BY rubric)
        SELECT rubrics.*, coalesce(had.n, 0) AS outputs, coalesce(asked.n, 0) AS criteria, coalesce(given.n, 0) AS grades,
               coalesce(given.graders, 0) AS graders
        FROM rubrics JOIN newest_versions USING (id, version) LEFT JOIN had ON had.rubric = rubrics.id
        LEFT JOIN asked ON asked.rubric = rubrics.id LEFT JOIN given ON given.rubric = rubrics.id
        WHERE removed = $removed ORDER BY made_at DESC, id DESC
        """,
        {"removed": removed},
    )


def history(lake: Lake, own: str) -> pl.DataFrame:
    """Every version of a rubric's name and note, oldest first."""
    return lake.read("SELECT * FROM rubrics WHERE id = $own ORDER BY version", {"own": own})


def stamp(lake: Lake, own: str) -> str:
    """Changes whenever anything of a rubric is written, and then only: what is kept of it elsewhere is kept by this."""
    parts = " || '/' || ".join(
        f"(SELECT count(*) || ' ' || coalesce(max({when})::VARCHAR, '') FROM {table} WHERE {column} = $own)"
        for table, when, column in (
            ("rubrics", "made_at", "id"), ("outputs", "added_at", "rubric"), ("criteria", "made_at", "rubric"),
            ("grades", "graded_at", "rubric"), ("assertions", "made_at", "rubric"), ("verdicts", "judged_at", "rubric"),
            ("choices", "made_at", "rubric"), ("attachments", "made_at", "rubric"),
        )
    )
    return lake.read(f"SELECT {parts} AS stamp", {"own": own})["stamp"][0]


def _row(name: str, note: str, by: str, *, removed: bool = False) -> dict[str, Any]:
    name = " ".join(name.split())
    if not name:
        raise UsageError("a rubric needs a name; write one")
    if len(name) > LONGEST:
        raise UsageError(f"the name has {len(name)} characters; at most {LONGEST} are taken")
    return {"name": name, "note": note.strip(), "made_by": by, "removed": removed}
