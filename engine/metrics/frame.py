"""What every metric makes: rows of estimates, and the outcome rates that stand beside every result."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import polars as pl

from engine.metrics.statistics import Interval, Numbers, clustered_share

SCHEMA = {
    "metric": pl.String, "facet": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64,
    "trials": pl.Int64, "stems": pl.Int64, "dropped": pl.Int64, "method": pl.String,
}
"""`trials`: what the estimate rests on; `stems`: independent pieces of evidence; `dropped`: left out as unusable."""

Metric = Callable[[pl.DataFrame], pl.DataFrame]
CLUSTERED = "share over trials; Wilson interval at the stem-clustered effective number, wider where few stems carry the variance"


def row(
    metric: str, facet: str, interval: Interval, *, trials: int, stems: int, method: str, dropped: int = 0
) -> dict[str, Any]:
    """One estimate."""
    value, low, high = (None if part is None or not np.isfinite(part) else float(part) for part in interval)
    return {
        "metric": metric, "facet": facet, "value": value, "low": low, "high": high,
        "trials": trials, "stems": stems, "dropped": dropped, "method": method,
    }


def table(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Estimates as a frame with the columns of `SCHEMA`."""
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def by_stem(frame: pl.DataFrame, hit: pl.Expr, stems: list[str]) -> tuple[Numbers, Numbers]:
    """Hits and trials of each stem, in the order of `stems`."""
    counted = frame.group_by("stem").agg(hits=hit.sum().cast(pl.Float64), size=pl.len().cast(pl.Float64))
    joined = pl.DataFrame({"stem": stems}, schema={"stem": pl.String}).join(counted, on="stem", how="left", maintain_order="left")
    return joined["hits"].fill_null(0.0).to_numpy(), joined["size"].fill_null(0.0).to_numpy()


def stem_share(frame: pl.DataFrame, hit: pl.Expr) -> Interval:
    """The share of rows for which `hit` is true, with its stem-clustered interval."""
    return clustered_share(*by_stem(frame, hit, frame["stem"].unique().sort().to_list()))


def share(metric: str, facet: str, frame: pl.DataFrame, hit: pl.Expr, *, dropped: int = 0) -> dict[str, Any]:
    """The same as an estimate."""
    return row(
        metric, facet, stem_share(frame, hit), trials=frame.height, stems=frame["stem"].n_unique(), method=CLUSTERED, dropped=dropped
    )


def outcomes(turns: pl.DataFrame) -> list[dict[str, Any]]:
    """How the questions ended: answered, refused, unread or failed, as shares of all questions put."""
    known = turns.with_columns(
        outcome=pl.when(pl.col("problem").is_not_null())
        .then(pl.lit("failed"))
        .when(pl.col("reading") == "refusal")
        .then(pl.lit("refused"))
        .when(pl.col("reading") == "unread")
        .then(pl.lit("unread"))
        .otherwise(pl.lit("answered"))
    )
    return [share("outcome", name, known, pl.col("outcome") == name) for name in ("answered", "refused", "unread", "failed")]
