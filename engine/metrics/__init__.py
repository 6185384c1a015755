"""From remembered turns to numbers that own up to their uncertainty.

`FAMILIES` maps a benchmark's family to the function that reads its turns; `METHODS` says in words what each
metric is, and is what the Methods page shows.
"""

from collections.abc import Sequence

import polars as pl

from engine.benchmark import Benchmark, Item
from engine.metrics import dilemmas, regions, triethix, values
from engine.metrics.frame import Metric
from engine.metrics.methods import METHODS

__all__ = ["FAMILIES", "METHODS", "estimate"]

FAMILIES: dict[str, Metric] = {
    "values": values.estimates,
    "dilemmas": dilemmas.estimates,
    "triethix": triethix.estimates,
    "regions": regions.estimates,
}
LENT = {"values": ("value",), "regions": regions.LENT}
"""The fields of an item's content that a family's metrics need beside each of its turns."""


def estimate(benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame) -> pl.DataFrame:
    """One model's estimates on a benchmark; columns of `engine.metrics.frame.SCHEMA`.

    `turns` as `engine.lake.turns.for_metrics` gives them; `items` lend the turns what their content says.
    """
    for name in LENT.get(benchmark.family, ()):
        of = {item.id: item.content[name] for item in items}
        turns = turns.with_columns(pl.col("item").replace_strict(of, default=None, return_dtype=pl.String).alias(name))
    return FAMILIES[benchmark.family](turns)
