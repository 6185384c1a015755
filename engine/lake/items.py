"""Items that came from an import and lie only in the user's own lake."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb
import polars as pl

from engine.benchmark import Benchmark, Item
from engine.lake.connection import Lake
from engine.problems import UsageError


def keep(lake: Lake, benchmark: Benchmark, items: Sequence[Item], source: str) -> None:
    """Keep a benchmark's imported items in place of those imported before.

    Raises `UsageError` where an item that models have answered would become another: their answers would be scored against it.
    """
    _unchanged(lake, benchmark, items)
    now = datetime.now(UTC)
    rows = pl.DataFrame([
        {
            "benchmark": benchmark.name, "version": benchmark.version, "id": item.id, "stem": item.stem,
            "content": json.dumps(dict(item.content), ensure_ascii=False), "source": source, "imported_at": now,
        }
        for item in items
    ])

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute("DELETE FROM items WHERE benchmark = $name", {"name": benchmark.name})
        cursor.register("incoming", rows)
        cursor.execute("INSERT INTO items BY NAME SELECT * FROM incoming")

    lake.write(work)


def _unchanged(lake: Lake, benchmark: Benchmark, items: Sequence[Item]) -> None:
    answered = lake.read(
        "SELECT id, content FROM items WHERE benchmark = $name AND id IN (SELECT item FROM turns WHERE benchmark = $name)",
        {"name": benchmark.name},
    )
    before = {row[0]: json.loads(row[1]) for row in answered.iter_rows()}
    for item in items:
        if item.id in before and before[item.id] != json.loads(json.dumps(dict(item.content))):
            hint = "another --name" if benchmark.sets else "it an id of its own, or use another lake"
            raise UsageError(f"item '{item.id}' of {benchmark.name} differs from the one that models have answered; give {hint}")


def imported(lake: Lake) -> dict[str, int]:
    """The benchmarks, and sets of them, whose items were imported, and how many items each has."""
    return dict(lake.read("SELECT benchmark, count(*) AS n FROM items GROUP BY benchmark ORDER BY benchmark").iter_rows())


def items_of(lake: Lake, benchmark: Benchmark) -> Sequence[Item]:
    """The items a benchmark is played with, shipped or imported. Raises `UsageError` when it has none."""
    if benchmark.read_items:
        return benchmark.items
    found = lake.read("SELECT id, stem, content FROM items WHERE benchmark = $name ORDER BY rowid", {"name": benchmark.name})
    if found.is_empty():
        raise UsageError(
            f"{benchmark.name} has no items yet; bring your own with `python -m engine import {benchmark.importer} PATH`"
        )
    return tuple(Item(row["id"], row["stem"], json.loads(row["content"])) for row in found.iter_rows(named=True))
