"""From remembered turns to numbers that own up to their uncertainty.

`FAMILIES` maps a benchmark's family to the function that reads its turns; `METHODS` says in words what each
metric is, and is what the Methods page shows.
"""

from collections.abc import Sequence
from functools import partial

import polars as pl

from engine.benchmark import Benchmark, Item
from engine.benchmarks.regions import norms_of
from engine.metrics import dilemmas, free_answers, regions, triethix, values
from engine.metrics.evidence import SCHEMA as EVIDENCE_SCHEMA
from engine.metrics.frame import SCHEMA, Metric
from engine.metrics.methods import METHODS

__all__ = ["EVIDENCE", "FAMILIES", "METHODS", "SCHEMA", "estimate", "evidence_for"]

FAMILIES: dict[str, Metric] = {
    "values": values.estimates,
    "dilemmas": dilemmas.estimates,
    "triethix": triethix.estimates,
    "regions": partial(regions.estimates, scheme=regions.SITUATIONS),
    "responses": partial(regions.estimates, scheme=regions.RESPONSES),
}
JUDGED = {"regions": regions.SITUATIONS, "responses": regions.RESPONSES}
"""The families whose free answers judges read."""
LENT = {"values": ("value",), "regions": regions.LENT, "responses": regions.LENT}
"""The fields of an item's content that a family's metrics need beside each of its turns."""


EVIDENCE: dict[str, Metric] = {
    "dilemmas": dilemmas.evidence,
    "triethix": triethix.evidence,
    "regions": partial(regions.evidence, scheme=regions.SITUATIONS),
    "responses": partial(regions.evidence, scheme=regions.RESPONSES),
}
"""Families whose estimates are sums of ratios over stems, so that models can be compared on the stems they share."""


def estimate(benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame, grades: pl.DataFrame | None = None) -> pl.DataFrame:
    """All estimates of one model on one benchmark (columns of `SCHEMA`).

    `turns` as `engine.lake.turns.for_metrics` gives them, `grades` as `engine.lake.turns.grades`; `items` lend the turns what
    their content says.
    """
    turns = _lent(benchmark, items, turns)
    found = FAMILIES[benchmark.family](turns)
    if grades is None or grades.is_empty():
        return found
    return pl.concat([found, free_answers.estimates(turns, grades, JUDGED[benchmark.family])])


def evidence_for(benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame, grades: pl.DataFrame | None = None) -> pl.DataFrame:
    """What those estimates rest on, stem by stem (columns of `engine.metrics.evidence.SCHEMA`); none where units are not stems."""
    if benchmark.family not in EVIDENCE:
        return pl.DataFrame(schema=EVIDENCE_SCHEMA)
    turns = _lent(benchmark, items, turns)
    found = EVIDENCE[benchmark.family](turns)
    if grades is None or grades.is_empty():
        return found
    return pl.concat([found, free_answers.evidence(turns, grades, JUDGED[benchmark.family])])


def _lent(benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame) -> pl.DataFrame:
    """The turns with what their items say of themselves."""
    for name in LENT.get(benchmark.family, ()):
        of = {item.id: item.content[name] for item in items}
        turns = turns.with_columns(pl.col("item").replace_strict(of, default=None, return_dtype=pl.String).alias(name))
    if benchmark.family in JUDGED:
        on_record = {item.id: len(norms_of(item)) for item in items}
        turns = turns.with_columns(norms=pl.col("item").replace_strict(on_record, default=None, return_dtype=pl.Int64))
    return turns
