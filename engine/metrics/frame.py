"""What every metric makes: rows of estimates, and the outcome rates that stand beside every result."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import polars as pl

from engine.metrics.counts import ALL, Counts, counted
from engine.metrics.statistics import Interval, clustered_share

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


def share(metric: str, facet: str, counts: Counts, hits: str, sizes: str = ALL, *, dropped: int = 0) -> dict[str, Any]:
    """The share of `hits` among `sizes`, with its stem-clustered interval, as an estimate."""
    hit, size = counts.by_stem(hits, sizes)
    trials, stems = round(float(size.sum())), int(np.count_nonzero(size))
    return row(metric, facet, clustered_share(hit, size), trials=trials, stems=stems, method=CLUSTERED, dropped=dropped)


def outcomes(turns: pl.DataFrame) -> list[dict[str, Any]]:
    """How the questions ended: answered, refused, unread or failed, as shares of all questions put."""
    failed, refused, unread = pl.col("problem").is_not_null(), *(pl.col("reading").eq_missing(how) for how in ("refusal", "unread"))
    ends = {
        "answered": ~failed & ~refused & ~unread, "refused": ~failed & refused, "unread": ~failed & unread, "failed": failed,
    }
    known = counted(turns, sums=ends)
    return [share("outcome", name, known, name) for name in ends]
