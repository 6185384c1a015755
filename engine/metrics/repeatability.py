"""How far the same would come out if the same were asked again, for every share that rests on stems."""

import numpy as np
import polars as pl

from engine.metrics.evidence import cells
from engine.metrics.reliability import icc, retest
from engine.metrics.resampling import as_interval, bootstrap_shares
from engine.metrics.statistics import Interval

SCHEMA = {
    "model": pl.String, "metric": pl.String, "facet": pl.String,
    **{f"{name}{end}": pl.Float64 for name in ("share", "icc", "retest") for end in ("", "_low", "_high")},
    "trials": pl.Int64, "stems": pl.Int64, "effective": pl.Float64,
}


def repeatability(evidence: pl.DataFrame) -> pl.DataFrame:
    """A row for each model and share: the share with an interval by resampling stems (`engine.metrics.resampling.bootstrap_shares`: another
    way to the interval of the estimate), icc and retest with their ends (`engine.metrics.reliability`), trials, stems, and effective, the
    number of independent trials that those are worth, trials / (1 + (trials per stem - 1) * icc).

    `evidence` as `engine.lake.estimates.newest_evidence` gives it. Differences and means of several shares are left out.
    """
    rows: list[dict[str, object]] = []
    parts = evidence.group_by("metric", "facet").agg(pl.col("part").max()).filter(pl.col("part") == 0).sort("metric", "facet")
    for metric, facet in parts.select("metric", "facet").iter_rows():
        laid = cells(evidence, metric, facet)
        resampled = bootstrap_shares(laid.hits[:, 0], laid.size[:, 0])
        for place, model in enumerate(laid.models):
            hits, sizes = laid.hits[place, 0], laid.size[place, 0]
            alike, trials, stems = icc(hits, sizes), float(sizes.sum()), int(np.count_nonzero(sizes))
            each = trials / max(stems, 1)
            worth = None if alike.value is None else trials / (1 + (each - 1) * max(0.0, alike.value))
            told = {"share": as_interval(resampled[place]), "icc": alike, "retest": retest(hits, sizes)}
            ends = {column: value for name, interval in told.items() for column, value in _ends(name, interval).items()}
            named = {"model": model, "metric": metric, "facet": facet}
            rows.append({**named, **ends, "trials": int(trials), "stems": stems, "effective": worth})
    return pl.DataFrame(rows, schema=SCHEMA)


def _ends(name: str, told: Interval) -> dict[str, float | None]:
    return {name: told.value, f"{name}_low": told.low, f"{name}_high": told.high}
