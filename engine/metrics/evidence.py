"""What an estimate rests on, stem by stem: enough to compare models on the stems they share without reading turns again.

An estimate is a weighted sum of ratios, value = sum over parts p of w_p * (sum of hits / sum of sizes), where stems are what varies:
a share has one part of weight 1, a difference two of weights 1 and -1, a mean of three shares three of weight one third.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from engine.metrics.counts import Counts
from engine.metrics.statistics import Numbers

SCHEMA = {
    "metric": pl.String, "facet": pl.String, "part": pl.Int32, "weight": pl.Float64, "stem": pl.String, "hits": pl.Float64,
    "size": pl.Float64,
}


Part = tuple[float, Counts, str, str]
"""A weight, what was counted, and which of its sums are the hits and the sizes."""


def rests_on(metric: str, facet: str, *parts: Part) -> pl.DataFrame:
    """The evidence of one metric: hits and sizes of each stem in each part (columns of `SCHEMA`); none where a part has no trials."""
    told: list[pl.DataFrame] = []
    for number, (weight, counts, hits, sizes) in enumerate(parts):
        hit, size = counts.by_stem(hits, sizes)
        here = np.flatnonzero(size)
        if not len(here):
            return pl.DataFrame(schema=SCHEMA)
        head = {"metric": metric, "facet": facet, "part": number, "weight": weight}
        mine = pl.DataFrame({"stem": counts.stems.gather(here), "hits": hit[here], "size": size[here]})
        told.append(mine.select(*(pl.lit(value, SCHEMA[name]).alias(name) for name, value in head.items()), pl.all()))
    return pl.concat(told)


def joined(evidence: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The evidence of all metrics in one frame."""
    return pl.concat([pl.DataFrame(schema=SCHEMA), *evidence])


@dataclass(frozen=True)
class Cells:
    """The evidence of several models on one metric and facet, laid out for arithmetic.

    `hits` and `size` have the shape (models, parts, stems); a stem that a model was not asked has size 0.
    """

    models: list[str]
    stems: list[str]
    weights: Numbers
    hits: Numbers
    size: Numbers

    def shared(self, one: int, other: int) -> "Cells":
        """Two of the models on what both were asked: a stem counts in a part only where both have trials."""
        pair = [one, other]
        both = (self.size[one] > 0) & (self.size[other] > 0)
        names = [self.models[place] for place in pair]
        return Cells(names, self.stems, self.weights, self.hits[pair] * both, self.size[pair] * both)

    def values(self) -> Numbers:
        """Each model's estimate; NaN where a part has no trials."""
        total = self.size.sum(axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(total > 0, self.hits.sum(axis=2) / total, np.nan) @ self.weights

    def influence(self) -> Numbers:
        """How far each stem pulls each model's estimate, (models, stems): the linearised residuals, which sum to nought."""
        total = self.size.sum(axis=2, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where(total > 0, self.hits.sum(axis=2, keepdims=True) / total, np.nan)
            residual = (self.hits - share * self.size) / total
        return np.einsum("mps,p->ms", residual, self.weights)

    def count(self) -> int:
        """How many stems carry evidence."""
        return int((self.size > 0).any(axis=(0, 1)).sum())


def cells(evidence: pl.DataFrame, metric: str, facet: str) -> Cells:
    """The evidence on one metric and facet of every model in `evidence` (columns of `SCHEMA`, and model)."""
    mine = evidence.filter((pl.col("metric") == metric) & (pl.col("facet") == facet))
    models, stems = (mine[name].unique().sort().to_list() for name in ("model", "stem"))
    weights = dict(mine.select("part", "weight").unique().sort("part").iter_rows())
    shape = (len(models), len(weights), len(stems))
    hits, size = np.zeros(shape), np.zeros(shape)
    places = [{name: place for place, name in enumerate(names)} for names in (models, list(weights), stems)]
    at = tuple(np.array([where[name] for name in mine[column]], dtype=int) for where, column in
               zip(places, ("model", "part", "stem"), strict=True))
    hits[at], size[at] = mine["hits"].to_numpy(), mine["size"].to_numpy()
    return Cells(models, stems, np.array(list(weights.values())), hits, size)
