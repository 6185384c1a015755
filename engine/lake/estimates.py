"""The `estimates` table: numbers with their intervals, kept with the run that made them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from engine.lake.connection import Lake

COLUMNS = (
    "model", "source", "benchmark", "metric", "facet", "value", "low", "high", "trials", "stems", "dropped", "method",
)


def keep(lake: Lake, run: str, model: str, source: str, benchmark: str, version: str, estimates: pl.DataFrame) -> None:
    """Keep one model's estimates on one benchmark under the run that made them."""
    stamped = estimates.with_columns(
        run=pl.lit(run), model=pl.lit(model), source=pl.lit(source), benchmark=pl.lit(benchmark),
        version=pl.lit(version), made_at=pl.lit(datetime.now(UTC)),
    )
    lake.insert("estimates", stamped)


def newest(lake: Lake, *, models: Sequence[str] = (), benchmarks: Sequence[str] = ()) -> pl.DataFrame:
    """The newest estimates of each model on each benchmark (all, where none are named).

    Columns: `COLUMNS` and `run`.
    """
    return lake.read(
        f"""
        WITH newest AS (
            SELECT model, benchmark, arg_max(run, made_at) AS run FROM estimates
            WHERE ($models = [] OR list_contains($models, model))
              AND ($benchmarks = [] OR list_contains($benchmarks, benchmark))
            GROUP BY ALL)
        SELECT {", ".join(COLUMNS)}, run FROM estimates JOIN newest USING (model, benchmark, run)
        ORDER BY benchmark, model, metric, facet
        """,
        {"models": list(models), "benchmarks": list(benchmarks)},
    )
