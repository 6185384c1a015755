"""What judges an output in place of a person: the tables `assertions`, `verdicts`, `choices` and `attachments`, rows only ever added.

assertions: assertion (its id), version (2 where it was retired or brought back), rubric, criterion, criterion_version (that it was written
for), kind (`judge`: a prompt; `sql`: a DuckDB expression), content (JSON), made_by, made_at, retired.
verdicts: rubric, assertion, output, reply_digest, outcome (`pass`, `fail`, `error`), detail, model, served (the model that
answered), cost_usd, judged_at.
choices: which assertion stands for a criterion from then on (none: no longer any).
attachments: on which benchmark a criterion
with its assertion corrects the score, from then on, or until `removed`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import polars as pl

from engine.lake import versions
from engine.lake.connection import Lake
from engine.problems import UsageError

Kind = Literal["judge", "sql"]
KINDS: tuple[Kind, ...] = ("judge", "sql")
Outcome = Literal["pass", "fail", "error"]
OUTCOMES: tuple[Outcome, ...] = ("pass", "fail", "error")
VERDICTS = {
    "rubric": pl.String, "assertion": pl.String, "output": pl.String, "reply_digest": pl.String, "outcome": pl.String,
    "detail": pl.String, "model": pl.String, "served": pl.String, "cost_usd": pl.Float64, "judged_at": pl.Datetime("us", "UTC"),
}
LISTED = "id AS assertion, version, rubric, criterion, criterion_version, kind, content, made_by, made_at, retired"


@dataclass(frozen=True)
class Judged:
    """What an assertion said of an output. `error`: nothing that could be read; `detail` says why."""

    assertion: str
    output: str
    reply_digest: str
    outcome: Outcome
    detail: str = ""
    model: str = ""
    served: str = ""
    cost_usd: float | None = None


def add(lake: Lake, rubric: str, criterion: str, criterion_version: int, kind: Kind, content: Mapping[str, Any], by: str) -> str:
    """Keep an assertion written for this version of a criterion, and return its id. Raises `UsageError` for an unknown kind."""
    if kind not in KINDS:
        raise UsageError(f"'{kind}' is no kind of assertion; give {' or '.join(KINDS)}")
    own = versions.unused_id(lake)
    told = json.dumps(dict(content), ensure_ascii=False)
    row = {"rubric": rubric, "criterion": criterion, "criterion_version": criterion_version, "kind": kind, "content": told}
    versions.add(lake, "assertions", own, 0, {**row, "made_by": by, "retired": False})
    return own


def retire(lake: Lake, assertion: str, by: str, *, retired: bool = True) -> None:
    """Take an assertion from the candidates, or put it back; its verdicts stay. Raises `UsageError` where there is none."""
    before = versions.newest(lake, "assertions", assertion)
    if before["retired"] == retired:
        return
    kept = {name: before[name] for name in ("rubric", "criterion", "criterion_version", "kind", "content")}
    versions.add(lake, "assertions", assertion, before["version"], {**kept, "made_by": by, "retired": retired})


def find(lake: Lake, assertion: str) -> dict[str, Any]:
    """An assertion with its `content` read from JSON. Raises `UsageError` where there is none."""
    row = versions.newest(lake, "assertions", assertion)
    return {**row, "assertion": row.pop("id"), "content": json.loads(row["content"])}


def history(lake: Lake, rubric: str) -> pl.DataFrame:
    """Every row about a rubric's assertions, oldest first; `content` is JSON."""
    return lake.read(f"SELECT {LISTED} FROM assertions WHERE rubric = $rubric ORDER BY made_at, id, version", {"rubric": rubric})


def listed(lake: Lake, rubric: str) -> pl.DataFrame:
    """A rubric's assertions as they are now, retired ones too, in the order they were made."""
    return lake.read(
        f"SELECT {LISTED} FROM assertions JOIN newest_versions USING (id, version) WHERE rubric = $rubric ORDER BY id", {"rubric": rubric}
    )


def keep_verdicts(lake: Lake, rubric: str, judged: Sequence[Judged]) -> pl.DataFrame:
    """Keep these verdicts, all or none, whatever became of their criteria meanwhile, and return them as rows of the table.

    Raises `UsageError` for an outcome that is none.
    """
    for one in judged:
        if one.outcome not in OUTCOMES:
            raise UsageError(f"'{one.outcome}' is no outcome; give {', '.join(OUTCOMES)}")
    now = datetime.now(UTC)
    rows = pl.DataFrame([{"rubric": rubric, **vars(one), "judged_at": now} for one in judged], schema=VERDICTS)
    lake.insert("verdicts", rows)
    return rows


def verdicts(lake: Lake, rubric: str) -> pl.DataFrame:
    """Every verdict on a rubric's outputs, oldest first."""
    found = lake.read("SELECT * FROM verdicts WHERE rubric = $rubric ORDER BY judged_at, assertion, output", {"rubric": rubric})
    return found.with_columns(pl.col("judged_at").dt.convert_time_zone("UTC"))  # as `keep_verdicts` returns it


def choose(lake: Lake, rubric: str, criterion: str, assertion: str | None, by: str, why: str = "") -> None:
    """From now on this assertion stands for the criterion (`None`: none does). The newest choice counts."""
    row = {"rubric": rubric, "criterion": criterion, "assertion": assertion, "made_at": datetime.now(UTC), "made_by": by, "why": why}
    lake.insert("choices", pl.DataFrame([row], schema_overrides={"assertion": pl.String}))


def choices(lake: Lake, rubric: str) -> pl.DataFrame:
    """Every choice made in a rubric, oldest first: rubric, criterion, assertion, made_at, made_by, why."""
    return lake.read("SELECT * FROM choices WHERE rubric = $rubric ORDER BY made_at", {"rubric": rubric})


def attach(lake: Lake, rubric: str, criterion: str, assertion: str, benchmark: str, by: str, *, removed: bool = False) -> None:
    """From now on the criterion with this assertion is attached to the benchmark (or, `removed`, is not any more)."""
    row = {
        "rubric": rubric, "criterion": criterion, "assertion": assertion, "benchmark": benchmark, "made_at": datetime.now(UTC),
        "made_by": by, "removed": removed,
    }
    lake.insert("attachments", pl.DataFrame([row]))


def attachments(lake: Lake, rubric: str) -> pl.DataFrame:
    """Every attaching and detaching of a rubric's criteria, oldest first."""
    return lake.read("SELECT * FROM attachments WHERE rubric = $rubric ORDER BY made_at", {"rubric": rubric})


def attached_to(lake: Lake, benchmark: str) -> pl.DataFrame:
    """What is attached to a benchmark now: rubric, criterion, assertion, benchmark, made_at, made_by."""
    return lake.read(
        "SELECT * EXCLUDE (removed) FROM (SELECT * FROM attachments WHERE benchmark = $benchmark"
        " QUALIFY row_number() OVER (PARTITION BY rubric, criterion ORDER BY made_at DESC) = 1) WHERE NOT removed ORDER BY made_at",
        {"benchmark": benchmark},
    )
