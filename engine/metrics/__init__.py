"""From remembered turns to numbers that own up to their uncertainty.

`FAMILIES` maps a benchmark's family to the function that reads its turns; `METHODS` says in words what each
metric is, and is what the Methods page shows.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from engine.benchmark import Benchmark, Item
from engine.benchmarks.regions import norms_of
from engine.metrics import decisions, dilemmas, free_answers, regions, stories, tradeoffs, triethix, values
from engine.metrics.evidence import SCHEMA as EVIDENCE_SCHEMA
from engine.metrics.frame import SCHEMA, Metric
from engine.metrics.methods import METHODS

__all__ = ["ALWAYS_EVIDENCED", "EVIDENCE", "FAMILIES", "METHODS", "SCHEMA", "estimate", "lent", "measured"]

FAMILIES: dict[str, Metric] = {
    "values": values.estimates,
    "decisions": decisions.estimates,
    "dilemmas": dilemmas.estimates,
    "triethix": triethix.estimates,
    "stories": stories.estimates,
    "tradeoffs": tradeoffs.estimates,
    "regions": partial(regions.estimates, scheme=regions.SITUATIONS),
    "responses": partial(regions.estimates, scheme=regions.RESPONSES),
}
JUDGED = {"regions": regions.SITUATIONS, "responses": regions.RESPONSES}
"""The families whose free answers judges read."""
LENT = {
    "values": ("value",), "decisions": decisions.LENT, "stories": stories.LENT, "tradeoffs": tradeoffs.LENT, "regions": regions.LENT,
    "responses": regions.LENT,
}
"""The fields of an item's content that a family's metrics need beside each of its turns."""
EVIDENCE: dict[str, Metric] = {
    "decisions": decisions.evidence,
    "dilemmas": dilemmas.evidence,
    "triethix": triethix.evidence,
    "stories": stories.evidence,
    "tradeoffs": tradeoffs.evidence,
    "regions": partial(regions.evidence, scheme=regions.SITUATIONS),
    "responses": partial(regions.evidence, scheme=regions.RESPONSES),
}
"""Families whose estimates are sums of ratios over stems, so that models can be compared on the stems they share."""


ALWAYS_EVIDENCED = ("weight", "accuracy")
"""Metrics of those families that have evidence wherever they have a value."""


def estimate(benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame, grades: pl.DataFrame | None = None) -> pl.DataFrame:
    """All estimates of one model on one benchmark (columns of `SCHEMA`).

    `turns` as `engine.lake.turns.for_metrics` gives them, `grades` as `engine.lake.turns.grades`; `items` lend the turns what
    their content says.
    """
    turns, read = _prepared(benchmark, items, turns, grades)
    return _estimates(benchmark, turns, read)


def measured(
    benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame, grades: pl.DataFrame | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The estimates, and what they rest on stem by stem (columns of `engine.metrics.evidence.SCHEMA`; none where units are not stems)."""
    turns, read = _prepared(benchmark, items, turns, grades)
    rests = EVIDENCE[benchmark.family](turns) if benchmark.family in EVIDENCE else pl.DataFrame(schema=EVIDENCE_SCHEMA)
    if read:
        rests = pl.concat([rests, free_answers.evidence(read, JUDGED[benchmark.family])])
    return _estimates(benchmark, turns, read), rests


def _estimates(benchmark: Benchmark, turns: pl.DataFrame, read: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    found = FAMILIES[benchmark.family](turns)
    return pl.concat([found, free_answers.estimates(read, JUDGED[benchmark.family])]) if read else found


def lent(benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame) -> pl.DataFrame:
    """The turns with what their items say of themselves, as the benchmark's metrics need it."""
    for name in LENT.get(benchmark.family, ()):
        of = {item.id: item.content[name] for item in items}
        turns = turns.with_columns(pl.col("item").replace_strict(of, default=None, return_dtype=pl.String).alias(name))
    return turns


def _prepared(
    benchmark: Benchmark, items: Sequence[Item], turns: pl.DataFrame, grades: pl.DataFrame | None
) -> tuple[pl.DataFrame, Mapping[str, pl.DataFrame]]:
    """The turns with what their items say of themselves, and the free answers as each judge read them."""
    turns = lent(benchmark, items, turns)
    if grades is None or grades.is_empty():
        return turns, {}
    on_record = {item.id: len(norms_of(item)) for item in items}
    turns = turns.with_columns(norms=pl.col("item").replace_strict(on_record, default=None, return_dtype=pl.Int64))
    return turns, free_answers.by_judge(turns, grades)
