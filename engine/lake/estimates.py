"""The tables `estimates` and `evidence`: numbers with their intervals and what they rest on, kept with the run that made them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb
import polars as pl

from engine.lake.connection import Lake

COLUMNS = (
    "model", "source", "benchmark", "metric", "facet", "value", "low", "high", "trials", "stems", "dropped", "method",
)


def keep(
    lake: Lake, run: str, model: str, source: str, benchmark: str, version: str, estimates: pl.DataFrame, evidence: pl.DataFrame
) -> None:
    """Keep one model's estimates on one benchmark, and their evidence, under the run that made them."""
    now = datetime.now(UTC)
    told = {"run": run, "model": model, "source": source, "benchmark": benchmark, "version": version}
    for table, rows in (("evidence", evidence), ("estimates", estimates)):  # estimates last: they say that both are there
        if rows.height:
            lake.insert(table, rows.with_columns(made_at=pl.lit(now), **{name: pl.lit(value) for name, value in told.items()}))


def without_evidence(lake: Lake, metrics: Sequence[str]) -> pl.DataFrame:
    """Whose estimates of these metrics have no evidence kept: model, source, benchmark, version."""
    return lake.read(
        "SELECT DISTINCT model, source, benchmark, version FROM estimates ANTI JOIN evidence USING (model, benchmark)"
        " WHERE list_contains($metrics, metric) AND value IS NOT NULL ORDER BY ALL",
        {"metrics": list(metrics)},
    )


def newest_evidence(lake: Lake, benchmark: str) -> pl.DataFrame:
    """What the newest estimates of every model on a benchmark rest on.

    Columns: model, source, metric, facet, part, weight, stem, hits, size.
    """
    return lake.read(
        """
        WITH current AS (SELECT arg_max(version, made_at) AS version FROM estimates WHERE benchmark = $benchmark),
        newest AS (SELECT model, arg_max(run, made_at) AS run, max(made_at) AS made_at FROM estimates JOIN current USING (version)
                   WHERE benchmark = $benchmark GROUP BY model)
        SELECT model, source, metric, facet, part, weight, stem, hits, size FROM evidence JOIN newest USING (model, run, made_at)
        WHERE benchmark = $benchmark ORDER BY model, metric, facet, part, stem
        """,
        {"benchmark": benchmark},
    )


def forget(lake: Lake, model: str, benchmark: str) -> None:
    """Delete what was estimated of a model on a benchmark, in whatever run: nothing is left that it rests on."""
    told = {"model": model, "benchmark": benchmark}

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        for table in ("estimates", "evidence"):
            cursor.execute(f"DELETE FROM {table} WHERE model = $model AND benchmark = $benchmark", told)

    lake.write(work)


def newest(lake: Lake, *, models: Sequence[str] = (), benchmarks: Sequence[str] = ()) -> pl.DataFrame:
    """The newest estimates of each model on each benchmark (all, where none are named), of the version estimated last.

    What was measured with an earlier version of a benchmark does not stand beside it. Columns: `COLUMNS` and `run`.
    """
    return lake.read(
        f"""
        WITH current AS (SELECT benchmark, arg_max(version, made_at) AS version FROM estimates GROUP BY benchmark),
        newest AS (
            SELECT model, benchmark, version, arg_max(run, made_at) AS run, max(made_at) AS made_at
            FROM estimates JOIN current USING (benchmark, version)
            WHERE ($models = [] OR list_contains($models, model))
              AND ($benchmarks = [] OR list_contains($benchmarks, benchmark))
            GROUP BY ALL)
        SELECT {", ".join(COLUMNS)}, run FROM estimates JOIN newest USING (model, benchmark, version, run, made_at)
        ORDER BY benchmark, model, metric, facet
        """,
        {"models": list(models), "benchmarks": list(benchmarks)},
    )
