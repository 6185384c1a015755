"""The tables of the lake and their version."""

from typing import TYPE_CHECKING

import duckdb

from engine.problems import PlumblineError

if TYPE_CHECKING:
    from engine.lake.connection import Lake

VERSION = 5

TABLES = {
    "lake_version": "version INTEGER",
    "runs": """
        id VARCHAR, state VARCHAR, asked_by VARCHAR, plan VARCHAR, seed BIGINT, versions VARCHAR,
        started TIMESTAMPTZ, finished TIMESTAMPTZ, planned BIGINT, answered BIGINT, unread BIGINT, refused BIGINT,
        failed BIGINT, cost_usd DOUBLE""",
    "turns": """
        run VARCHAR, trial VARCHAR, source VARCHAR, model VARCHAR, benchmark VARCHAR, version VARCHAR,
        trial_item VARCHAR, item VARCHAR, stem VARCHAR, condition VARCHAR, epoch INTEGER, seed BIGINT, turn INTEGER,
        last BOOLEAN, role VARCHAR, messages VARCHAR, reply VARCHAR, reading VARCHAR, choice VARCHAR, number DOUBLE,
        text VARCHAR, problem VARCHAR, detail VARCHAR, prompt_tokens BIGINT, completion_tokens BIGINT,
        cost_usd DOUBLE, latency_s DOUBLE, answered_at TIMESTAMPTZ, prompt_digest VARCHAR, thinking VARCHAR,
        finish VARCHAR, served VARCHAR, sent VARCHAR, attempts INTEGER, reused VARCHAR, call_digest VARCHAR,
        step VARCHAR, judged VARCHAR, judged_run VARCHAR""",
    "events": "run VARCHAR, happened TIMESTAMPTZ, kind VARCHAR, model VARCHAR, told VARCHAR",
    "estimates": """
        run VARCHAR, model VARCHAR, source VARCHAR, benchmark VARCHAR, version VARCHAR, metric VARCHAR, facet VARCHAR,
        value DOUBLE, low DOUBLE, high DOUBLE, trials BIGINT, stems BIGINT, dropped BIGINT, method VARCHAR,
        made_at TIMESTAMPTZ""",
    "evidence": """
        run VARCHAR, model VARCHAR, source VARCHAR, benchmark VARCHAR, version VARCHAR, metric VARCHAR, facet VARCHAR, part INTEGER,
        weight DOUBLE, stem VARCHAR, hits DOUBLE, size DOUBLE, made_at TIMESTAMPTZ""",
    "references": """
        benchmark VARCHAR, kind VARCHAR, population VARCHAR, metric VARCHAR, facet VARCHAR, value DOUBLE, sd DOUBLE,
        n BIGINT, low DOUBLE, high DOUBLE, scale VARCHAR, source VARCHAR, licence VARCHAR, note VARCHAR,
        file VARCHAR, digest VARCHAR""",
    "items": """
        benchmark VARCHAR, version VARCHAR, id VARCHAR, stem VARCHAR, content VARCHAR, source VARCHAR,
        imported_at TIMESTAMPTZ""",
    "findings": """
        id VARCHAR, version INTEGER, title VARCHAR, view VARCHAR, wanted VARCHAR, snapshot BIGINT, stamp VARCHAR, content VARCHAR,
        made_at TIMESTAMPTZ, made_by VARCHAR, removed BOOLEAN""",
    "decks": """
        id VARCHAR, version INTEGER, title VARCHAR, content VARCHAR, change VARCHAR, made_at TIMESTAMPTZ, made_by VARCHAR,
        restores INTEGER, removed BOOLEAN""",
    "newest_versions": "id VARCHAR, version INTEGER",
    "rubrics": "id VARCHAR, version INTEGER, name VARCHAR, note VARCHAR, made_at TIMESTAMPTZ, made_by VARCHAR, removed BOOLEAN",
    "outputs": """
        rubric VARCHAR, id VARCHAR, place INTEGER, sample VARCHAR, prompt VARCHAR, reply VARCHAR, fields VARCHAR, origin VARCHAR,
        source VARCHAR, batch VARCHAR, prompt_digest VARCHAR, reply_digest VARCHAR, added_at TIMESTAMPTZ, added_by VARCHAR""",
    "criteria": """
        id VARCHAR, version INTEGER, rubric VARCHAR, state VARCHAR, name VARCHAR, text VARCHAR, parents VARCHAR, change VARCHAR,
        made_at TIMESTAMPTZ, made_by VARCHAR, why VARCHAR""",
    "grades": """
        id VARCHAR, rubric VARCHAR, criterion VARCHAR, criterion_version INTEGER, output VARCHAR, grader VARCHAR, verdict VARCHAR,
        note VARCHAR, again BOOLEAN, withdraws VARCHAR, seconds DOUBLE, graded_at TIMESTAMPTZ""",
    "assertions": """
        id VARCHAR, version INTEGER, rubric VARCHAR, criterion VARCHAR, criterion_version INTEGER, kind VARCHAR, content VARCHAR,
        made_at TIMESTAMPTZ, made_by VARCHAR, retired BOOLEAN""",
    "verdicts": """
        rubric VARCHAR, assertion VARCHAR, output VARCHAR, reply_digest VARCHAR, outcome VARCHAR, detail VARCHAR, model VARCHAR,
        served VARCHAR, cost_usd DOUBLE, judged_at TIMESTAMPTZ""",
    "choices": "rubric VARCHAR, criterion VARCHAR, assertion VARCHAR, made_at TIMESTAMPTZ, made_by VARCHAR, why VARCHAR",
    "attachments": """
        rubric VARCHAR, criterion VARCHAR, assertion VARCHAR, benchmark VARCHAR, made_at TIMESTAMPTZ, made_by VARCHAR, removed BOOLEAN""",
}

ADDED = {
    2: {
        "turns": (
            "thinking VARCHAR", "finish VARCHAR", "served VARCHAR", "sent VARCHAR", "attempts INTEGER", "reused VARCHAR",
            "call_digest VARCHAR",
        ),
    },
    3: {"turns": ("step VARCHAR", "judged VARCHAR", "judged_run VARCHAR")},
}
"""Columns that a later version of the lake added to tables of an earlier one."""


def prepare(lake: "Lake") -> None:
    """Make the tables of an empty lake, add what an older one lacks. Raises `PlumblineError` when a newer Plumbline wrote it."""
    made = lake.read("SELECT table_name FROM information_schema.tables WHERE table_catalog = 'lake'")
    if "lake_version" not in made["table_name"].to_list():
        lake.write(_create)
        return
    version = lake.read("SELECT max(version) AS version FROM lake_version")["version"][0]
    if version > VERSION:
        raise PlumblineError(
            f"the lake at {lake.address.shown} has version {version}, this Plumbline reads up to {VERSION}; update Plumbline"
        )
    if version < VERSION or not set(TABLES) <= set(made["table_name"]):
        lake.write(_raise_from)


def _create(cursor: duckdb.DuckDBPyConnection) -> None:
    for name, columns in TABLES.items():
        cursor.execute(f'CREATE TABLE IF NOT EXISTS "{name}" ({columns})')
    if not cursor.execute("SELECT count(*) FROM lake_version").fetchall()[0][0]:
        cursor.execute(f"INSERT INTO lake_version VALUES ({VERSION})")


def _raise_from(cursor: duckdb.DuckDBPyConnection) -> None:
    """Bring an older lake up to `VERSION`; nothing in it is rewritten."""
    found = cursor.execute("SELECT max(version) FROM lake_version").fetchall()[0][0]
    for version in range(found + 1, VERSION + 1):
        for table, columns in ADDED.get(version, {}).items():
            for column in columns:
                cursor.execute(f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS {column}')
    for name, columns in TABLES.items():
        cursor.execute(f'CREATE TABLE IF NOT EXISTS "{name}" ({columns})')
    if found < VERSION:
        cursor.execute(f"INSERT INTO lake_version VALUES ({VERSION})")
