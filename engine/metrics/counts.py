"""Trials counted once, stem by stem: what shares, differences and evidence are all read from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.metrics.statistics import Interval, Numbers, clustered_share

ALL = "all"
"""The sum that every `Counts` has: rows counted."""


@dataclass(frozen=True)
class Counts:
    """Sums over trials, with a row for each stem and each group of keys."""

    stems: pl.Series
    """Every stem, in order; the same in all parts of what was counted together."""
    stem: NDArray[np.intp]
    """Of each row, the place of its stem among `stems`."""
    keys: Mapping[str, NDArray[Any]]
    sums: Mapping[str, Numbers]

    def where(self, rows: NDArray[np.bool_]) -> "Counts":
        """Some of the rows."""
        at = np.flatnonzero(rows)
        keys, sums = ({name: column[at] for name, column in held.items()} for held in (self.keys, self.sums))
        return Counts(self.stems, self.stem[at], keys, sums)

    def at(self, key: str, value: str) -> "Counts":
        """The rows with this value of a key."""
        return self.where(self.keys[key] == value)

    def each(self, key: str) -> dict[str, "Counts"]:
        """The rows by the values of a key, in the order in which they came; rows without one are left out."""
        return {value: self.at(key, value) for value in dict.fromkeys(self.keys[key].tolist()) if value is not None}

    def total(self, name: str) -> int:
        """A sum over all rows, of things that are counted; to the nearest whole, since sums of parts end just beside it."""
        return round(float(self.sums[name].sum()))

    def by_stem(self, hits: str, sizes: str = ALL) -> tuple[Numbers, Numbers]:
        """Two sums of each stem, in the order of `stems`."""
        return self._added(hits), self._added(sizes)

    def _added(self, name: str) -> Numbers:
        return np.asarray(np.bincount(self.stem, self.sums[name], len(self.stems)), dtype=np.float64)

    def share(self, hits: str, sizes: str = ALL) -> Interval:
        """One sum as a share of another, with its stem-clustered interval."""
        return clustered_share(*self.by_stem(hits, sizes))

    def stems_of(self, sizes: str = ALL) -> int:
        """How many stems have any of what a sum counts."""
        return int(np.count_nonzero(self._added(sizes)))


def counted(frame: pl.DataFrame, keys: Iterable[str] = (), sums: Mapping[str, pl.Expr] | None = None) -> Counts:
    """The rows of `frame` (one a trial, with its `stem`) counted by stem and `keys`; groups stand in the order of their first row.

    `sums` are what is added up beside the rows themselves (`ALL`): truths count 1, nothing and null 0.
    """
    named = [*keys]
    added = {name: told.sum().cast(pl.Float64) for name, told in (sums or {}).items()}
    groups = frame.group_by(*named, "stem", maintain_order=True).agg(pl.len().cast(pl.Float64).alias(ALL), **added)
    stems = groups["stem"].unique().sort()
    places = groups["stem"].cast(pl.Enum(stems)).to_physical().to_numpy().astype(np.intp)
    return Counts(stems, places, {name: np.array(groups[name].to_list(), dtype=object) for name in named},
                  {name: groups[name].to_numpy() for name in (ALL, *added)})


def fields(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The frame with fields of its `condition` (JSON) as columns; null where a condition lacks one.

    Each different condition is read once: there are a few dozen of them among ten thousands of trials.
    """
    told = frame.select(pl.col("condition").unique())
    told = told.with_columns(pl.col("condition").str.json_path_match(f"$.{name}").alias(name) for name in names)
    return frame.join(told, on="condition", how="left", maintain_order="left")
