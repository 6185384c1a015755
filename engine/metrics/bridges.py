"""What goes with what across models: rank correlations between benchmarks, with intervals that admit how few models there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
import polars as pl
from scipy import stats

from engine.benchmark import Benchmark
from engine.metrics.compare import holm
from engine.metrics.resampling import DRAWS
from engine.metrics.statistics import NOTHING, Interval, Numbers, Z

FEWEST = 5
"""Models from which on a correlation is told: with fewer even a perfect order is no evidence (1 in 12 by chance with four)."""
EXACT = 7
"""Models up to which every order is gone through."""
MORE = {"values": ("higher_order",), "dilemmas": ("weight",)}
"""Beside its lens, what else of a family is set against other benchmarks (every facet)."""


@dataclass(frozen=True)
class Trait:
    """One number of a model: a benchmark's metric and facet."""

    benchmark: str
    metric: str
    facet: str
    label: str


@dataclass(frozen=True)
class Bridge:
    """Two traits over the models that have both."""

    one: Trait
    other: Trait
    rho: Interval
    """Spearman's correlation; without a value where there are too few models or one trait does not vary."""
    models: int
    p: float | None
    adjusted: float | None

    @property
    def sure(self) -> bool:
        """Whether it may be said that the two go together, after correction for all pairs looked at."""
        return self.adjusted is not None and self.adjusted < 0.05


def traits(benchmarks: Mapping[str, Benchmark], estimates: pl.DataFrame) -> list[Trait]:
    """The lens of every benchmark, and the further metrics of `MORE`, as far as `estimates` (of all benchmarks) hold them."""
    found: list[Trait] = []
    held = set(estimates.drop_nulls("value").select("benchmark", "metric", "facet").unique().iter_rows())
    for name, one in benchmarks.items():
        lens = Trait(name, one.lens.metric, one.lens.facet, one.lens.label)
        found += [lens] if (name, lens.metric, lens.facet) in held else []
        for metric in MORE.get(one.family, ()):
            facets = sorted(facet for held_by, of, facet in held if held_by == name and of == metric)
            found += [Trait(name, metric, facet, facet.replace("_", " ").capitalize()) for facet in facets]
    return found


def bridges(every: Sequence[Trait], estimates: pl.DataFrame) -> list[Bridge]:
    """Every two traits of different benchmarks; p values by permutation, corrected by Holm over all that can be computed."""
    of: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in estimates.drop_nulls("value").iter_rows(named=True):
        of.setdefault((row["benchmark"], row["metric"], row["facet"]), {})[row["model"]] = row["value"]
    found: list[tuple[Trait, Trait, Interval, int, float | None]] = []
    for one, other in combinations(every, 2):
        if one.benchmark == other.benchmark:
            continue
        a, b = (of[trait.benchmark, trait.metric, trait.facet] for trait in (one, other))
        shared = sorted(a.keys() & b.keys())
        rho, p = correlation(np.array([a[name] for name in shared]), np.array([b[name] for name in shared]))
        found.append((one, other, rho, len(shared), p))
    known = [p for *_, p in found if p is not None]
    adjusted = iter(holm(known) if known else [])
    return [Bridge(*told, next(adjusted) if told[-1] is not None else None) for told in found]


def correlation(a: Numbers, b: Numbers) -> tuple[Interval, float | None]:
    """Spearman's rank correlation with its interval (see `spearman`) and a permutation p (two-sided; every order up to seven models,
    20,000 drawn ones beyond). Not computable below `FEWEST` models or where one side does not vary.

    The interval takes the models for a sample of models; that each value has an interval of its own pulls rho towards 0 and is
    not undone.
    """
    found, n = spearman(a, b), len(a)
    if found.value is None:
        return found, None
    ranks_a, ranks_b = _ranks(a), _ranks(b)
    length = float(np.sqrt((ranks_a**2).sum() * (ranks_b**2).sum()))
    if n <= EXACT:
        seen = np.array(list(permutations(ranks_b))) @ ranks_a / length
        return found, float((np.abs(seen) >= abs(found.value) - 1e-12).mean())
    seen = np.random.default_rng(n).permuted(np.tile(ranks_b, (DRAWS, 1)), axis=1) @ ranks_a / length
    return found, float(((np.abs(seen) >= abs(found.value) - 1e-12).sum() + 1) / (DRAWS + 1))


def spearman(a: Numbers, b: Numbers) -> Interval:
    """Spearman's rank correlation with Bonett & Wright's (2000, doi 10.1007/BF02294183) interval; nothing below `FEWEST` pairs or where
    one side does not vary.
    """
    n = len(a)
    if n < FEWEST or len(set(a)) < 2 or len(set(b)) < 2:
        return NOTHING
    ranks_a, ranks_b = _ranks(a), _ranks(b)
    rho = float(ranks_a @ ranks_b / np.sqrt((ranks_a**2).sum() * (ranks_b**2).sum()))
    reach = Z * float(np.sqrt((1 + rho**2 / 2) / (n - 3)))
    middle = float(np.arctanh(np.clip(rho, -0.999999, 0.999999)))
    return Interval(rho, min(rho, float(np.tanh(middle - reach))), max(rho, float(np.tanh(middle + reach))))


def _ranks(values: Numbers) -> Numbers:
    """Ranks less their mean."""
    return np.asarray(stats.rankdata(values), dtype=float) - (len(values) + 1) / 2
