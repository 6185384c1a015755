"""How an estimate narrows while answers arrive: the same metric on the first 25, 50, 100, … conversations that ended."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from engine.benchmark import Benchmark, Item
from engine.metrics import estimate

FIRST = 25


def cuts(ended: int) -> list[int]:
    """The numbers of conversations at which an estimate is taken: doubling, as an interval halves with four times as many."""
    found, cut = list[int](), FIRST
    while cut <= ended:
        found.append(cut)
        cut *= 2
    return found


def at_cut(benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame, cut: int) -> dict[str, Any]:
    """The benchmark's headline estimate on the first `cut` conversations that ended.

    `turns` as `engine.lake.turns.for_metrics` gives them. Returns conversations, value, low, high (`None`: not computable).
    """
    ended = turns.group_by("trial").agg(pl.col("answered_at").max()).sort("answered_at", "trial")
    mine = turns.filter(pl.col("trial").is_in(ended["trial"].head(cut).to_list()))
    found = estimate(benchmark, items, mine)
    lens = benchmark.lens
    row = found.filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet)).to_dicts()
    told = row[0] if row else {"value": None, "low": None, "high": None}
    return {"conversations": cut, **{name: told[name] for name in ("value", "low", "high")}}
