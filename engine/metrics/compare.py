"""Comparing many models at once: every pair on the stems both were asked, corrected for how many pairs are looked at.

The verdict on a pair may be that nothing can be said; then the smallest difference that could have been seen is told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from engine.metrics.evidence import Cells, cells
from engine.metrics.reliability import Summary, between_askings, cohens_d, cohens_h, magnitude, summary_of
from engine.metrics.statistics import NOTHING, Interval, Numbers, Z, clustered_share

LEVEL, POWER, MARGIN = 0.05, 0.8, 0.05
"""Errors allowed over all pairs together; the chance with which a smallest difference would be seen; what counts as the same."""
MEANS = ("value", "broad_value", "higher_order")
"""Metrics that are means over respondents, so that a difference has a size in their spread."""
FEWEST = 6
"""Stems shared from which on a pair is compared: with fewer, a t interval says little about models and much about its assumptions."""

Key = tuple[str, str, str]
"""A benchmark, a metric and a facet."""
Verdict = Literal["higher", "lower", "same", "inconclusive", "not comparable"]


@dataclass(frozen=True)
class Pair:
    """One model less another. `error` is the standard error of the difference, `df` its degrees of freedom, `stems` those shared."""

    one: str
    other: str
    difference: Interval
    error: float | None
    df: float
    stems: int
    p: float | None
    """Two-sided; `None` where the models cannot be compared."""
    adjusted: float | None = None
    """The same after Holm's correction over all pairs looked at."""
    within: bool = False
    """Whether the 90 % interval lies within the margin: the same for what is asked (two one-sided tests, Schuirmann 1987)."""
    smallest: float | None = None
    """The smallest difference that would have been seen four times in five."""

    @property
    def verdict(self) -> Verdict:
        """What may be said of `one` against `other`."""
        if self.adjusted is None or self.difference.value is None:
            return "not comparable"
        if self.adjusted < LEVEL:
            return "higher" if self.difference.value > 0 else "lower"
        return "same" if self.within else "inconclusive"

    def turned(self) -> "Pair":
        """The same pair the other way round."""
        value, low, high = (None if end is None else -end for end in self.difference)
        return replace(self, one=self.other, other=self.one, difference=Interval(value, high, low))


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979, Scandinavian Journal of Statistics 6:65-70) adjusted p values: the chance of even one false claim stays below
    the level. Checked against statsmodels, which is not used here because importing it takes 1.4 s and 85 MB.
    """
    order = np.argsort(p_values)
    given = np.asarray(p_values, dtype=float)
    stepped = np.maximum.accumulate((len(given) - np.arange(len(given))) * given[order])
    adjusted = np.empty(len(given))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted.tolist()


def paired(laid: Cells, one: int, other: int) -> Pair:
    """Two models on the stems both were asked.

    The interval joins those of the shares that make up the difference, each with its own stem-clustered bounds, by Zou & Donner's (2008,
    doi 10.1002/sim.3095) method for dependent estimates; what hangs together is read off the stems' residuals. Near 0 and 1, and
    with 36 clustered stems, it covers where a t interval on the differences does not. The test asks how far 0 lies outside it.
    """
    both = laid.shared(one, other)
    names, k = (laid.models[one], laid.models[other]), both.count()
    value = float(both.values() @ np.array([1.0, -1.0]))
    if k < FEWEST or not np.isfinite(value):
        return Pair(*names, NOTHING, None, max(k - 1, 0), k, None)
    below, above = _reach(both)
    quantile = float(stats.t.ppf(0.975, k - 1))
    error = (below if value >= 0 else above) / quantile
    p = float(2 * stats.t.sf(abs(value) / error, k - 1)) if error > 0 else 1.0
    return Pair(*names, Interval(value, value - below, value + above), error, k - 1, k, p)


def _reach(both: Cells) -> tuple[float, float]:
    """How far the interval of the difference of two models reaches below and above it."""
    hits, size = (held.reshape(-1, held.shape[2]) for held in (both.hits, both.size))
    signs = np.concatenate([both.weights, -both.weights])
    found = [clustered_share(h, s) for h, s in zip(hits, size, strict=True)]
    share, low, high = (np.array([one[at] for one in found], dtype=float) for at in range(3))
    residual = (hits - share[:, None] * size) / size.sum(axis=1, keepdims=True)
    length = np.sqrt((residual**2).sum(axis=1))
    scaled = residual / np.where(length > 0, length, 1.0)[:, None]
    together = scaled @ scaled.T
    np.fill_diagonal(together, 1.0)
    ends: list[float] = []
    for down, up in ((share - low, high - share), (high - share, share - low)):
        arm = signs * np.where(signs > 0, down, up)
        ends.append(float(np.sqrt(max(0.0, arm @ together @ arm))))
    return ends[0], ends[1]


def unpaired(one: Mapping[str, object], other: Mapping[str, object]) -> Pair:
    """Two models from their estimates alone, where they share no stems (model, value, low, high, stems each): normal, independent."""
    names = (str(one["model"]), str(other["model"]))
    told = [_error(row) for row in (one, other)]
    if any(part is None for part in told):
        return Pair(*names, NOTHING, None, 0, 0, None)
    (a, error_a), (b, error_b) = (part for part in told if part)
    value, error = a - b, float(np.hypot(error_a, error_b))
    stems = min(int(str(row.get("stems") or 0)) for row in (one, other))
    return Pair(*names, Interval(value, value - Z * error, value + Z * error), error, np.inf, stems,
                float(2 * stats.norm.sf(abs(value) / error)))


def _ends(row: Mapping[str, object]) -> tuple[float, float, float]:
    """Value, low and high of an estimate; NaN where it has none."""
    value, low, high = (np.nan if row[name] is None else float(str(row[name])) for name in ("value", "low", "high"))
    return value, low, high


def _error(row: Mapping[str, object]) -> tuple[float, float] | None:
    value, low, high = _ends(row)
    return (value, (high - low) / (2 * Z)) if np.isfinite([value, low, high]).all() and high > low else None


def judged(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs with what only all of them together can tell: Holm's correction, and the smallest difference that could be seen.

    That is (t at the strictest of Holm's levels + z at the power) standard errors.
    """
    known = [pair.p for pair in pairs if pair.p is not None]
    adjusted = iter(holm(known))
    return [pair if pair.p is None else _corrected(pair, next(adjusted), len(known)) for pair in pairs]


def _corrected(pair: Pair, adjusted: float, looked_at: int) -> Pair:
    if pair.error is None:
        return replace(pair, adjusted=adjusted)
    half = float(stats.t.ppf(1 - LEVEL, pair.df)) * pair.error
    strict = float(stats.t.ppf(1 - LEVEL / (2 * looked_at), pair.df) + stats.norm.ppf(POWER))
    return replace(pair, adjusted=adjusted, within=abs(pair.difference.value or 0.0) + half <= MARGIN, smallest=strict * pair.error)


@dataclass(frozen=True)
class Ranking:
    """Models in the order of their estimates (the better first, or the higher where no end is better), and what may be said of it."""

    order: list[str]
    ranks: dict[str, tuple[int, int]]
    """Of each model the best and the worst rank that the evidence allows."""
    ties: list[list[str]]
    """Groups that cannot be told apart, as large as they can be; a model may be in several."""
    pairs: list[Pair]


def ranking(values: Mapping[str, float], pairs: Sequence[Pair], *, lower_is_better: bool = False) -> Ranking:
    """Rank ranges from the corrected pairs: a model's rank is worse than that of each model surely better than it, better than that
    of each surely worse (Klein, Wright & Wieczorek 2020, doi 10.1111/rssa.12521).
    """
    order = sorted(values, key=lambda name: (values[name] if lower_is_better else -values[name], name))
    beaten: dict[str, int] = dict.fromkeys(order, 0)
    beats: dict[str, int] = dict.fromkeys(order, 0)
    told: set[frozenset[str]] = set()
    for pair in pairs:
        if pair.verdict not in ("higher", "lower") or pair.one not in values or pair.other not in values:
            continue
        better, worse = (pair.one, pair.other) if (pair.verdict == "higher") is not lower_is_better else (pair.other, pair.one)
        beats[better] += 1
        beaten[worse] += 1
        told.add(frozenset((better, worse)))
    ranks = {name: (1 + beaten[name], len(order) - beats[name]) for name in order}
    return Ranking(order, ranks, _ties(order, told), list(pairs))


def pairs_of(
    estimates: pl.DataFrame, evidence: pl.DataFrame, metric: str, facet: str, models: Sequence[str]
) -> tuple[dict[str, float], list[Pair]]:
    """The values of these models on one metric and all their pairs, uncorrected: paired on stems where there is evidence, else from their
    intervals. `estimates` as `engine.lake.estimates.newest` gives them, `evidence` as `newest_evidence`. Models without a value are left
    out.
    """
    rows = {
        row["model"]: row for row in estimates.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).iter_rows(named=True)
        if row["model"] in models and row["value"] is not None
    }
    values = {name: float(row["value"]) for name, row in sorted(rows.items())}
    mine = cells(evidence.filter(pl.col("model").is_in(list(values))), metric, facet)
    if len(mine.models) == len(values):
        return values, [paired(mine, one, other) for one, other in combinations(range(len(values)), 2)]
    return values, [unpaired(rows[one], rows[other]) for one, other in combinations(values, 2)]


def rankings(
    found: Mapping[Key, tuple[Mapping[str, float], Sequence[Pair]]], lower: Collection[Key], shares: Collection[Key]
) -> dict[Key, Ranking]:
    """The rankings of several metrics (see `pairs_of`) that are looked at together, with Holm's correction over all their pairs. `lower`:
    those of which less is better; `shares`: those in which 5 points are as good as nothing, so that models can be the same.
    """
    corrected = iter(judged([pair for _, pairs in found.values() for pair in pairs]))
    told = {key: (values, [next(corrected) for _ in pairs]) for key, (values, pairs) in found.items()}
    return {
        key: ranking(values, pairs if key in shares else [replace(pair, within=False) for pair in pairs], lower_is_better=key in lower)
        for key, (values, pairs) in told.items()
    }


def _two(evidence: pl.DataFrame, metric: str, facet: str, one: str, other: str) -> Cells | None:
    """The evidence of two named models in this order; `None` where one has none."""
    laid = cells(evidence.filter(pl.col("model").is_in([one, other])), metric, facet)
    return laid.shared(laid.models.index(one), laid.models.index(other)) if {one, other} <= set(laid.models) else None


def two_models(estimates: pl.DataFrame, evidence: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    """Every metric that two models both have evidence on, one less the other, corrected over all of them.

    Columns: metric, facet, first, second (the estimates), effect, size (Cohen's, in words), and those of `as_table`.
    """
    every = evidence.select("metric", "facet").unique().sort("metric", "facet").iter_rows()
    laid = {(str(metric), str(facet)): _two(evidence, metric, facet, one, other) for metric, facet in every}
    shared = {key: both for key, both in laid.items() if both}
    pairs = judged([paired(both, 0, 1) for both in shared.values()])
    plain = [len(both.weights) == 1 for both in shared.values()]
    effects = [cohens_h(*both.values().tolist()) if alone else None for both, alone in zip(shared.values(), plain, strict=True)]
    return _beside(estimates, list(shared), pairs, effects)


def by_intervals(estimates: pl.DataFrame, metrics: Sequence[str], one: str, other: str) -> pl.DataFrame:
    """The same for estimates that rest on no stems (profiles of values): from their own intervals, as independent."""
    mine = estimates.filter(pl.col("metric").is_in(metrics) & pl.col("model").is_in([one, other]))
    of = {(row["metric"], row["facet"], row["model"]): row for row in mine.iter_rows(named=True)}
    keys = [key for key in dict.fromkeys((metric, facet) for metric, facet, _ in of) if (*key, one) in of and (*key, other) in of]
    pairs = [replace(pair, within=False) for pair in judged([unpaired(of[*key, one], of[*key, other]) for key in keys])]
    effects = [cohens_d(*(_summary(of[*key, side]) for side in (one, other))) if key[0] in MEANS else None for key in keys]
    return _beside(estimates, keys, pairs, effects)


def _summary(row: Mapping[str, object]) -> Summary:
    return summary_of(*_ends(row), int(str(row["stems"] or 0)))


def _beside(
    estimates: pl.DataFrame, keys: Sequence[tuple[str, str]], pairs: Sequence[Pair], effects: Sequence[float | None]
) -> pl.DataFrame:
    """The pairs, each with its metric and facet, both estimates, and how large the difference is (Cohen's h of shares, d of means)."""
    of = {(row["metric"], row["facet"], row["model"]): row["value"] for row in estimates.iter_rows(named=True)}
    told = [{"metric": key[0], "facet": key[1], "first": of.get((*key, pair.one)), "second": of.get((*key, pair.other)), "effect": effect,
             "size": magnitude(effect) if pair.verdict in ("higher", "lower") else None}
            for key, pair, effect in zip(keys, pairs, effects, strict=True)]
    schema = {"metric": pl.String, "facet": pl.String, **dict.fromkeys(("first", "second", "effect"), pl.Float64), "size": pl.String}
    return pl.concat([pl.DataFrame(told, schema=schema), as_table(pairs)], how="horizontal")


def stems_apart(evidence: pl.DataFrame, metric: str, facet: str, one: str, other: str) -> pl.DataFrame:
    """The stems that two models share, those on which they differ most first: stem, first, second (weighted shares), difference, trials."""
    both = _two(evidence, metric, facet, one, other)
    if both is None:
        return pl.DataFrame(schema={"stem": pl.String, "first": pl.Float64, "second": pl.Float64, "difference": pl.Float64,
                                    "trials": pl.Int64})
    here = np.flatnonzero(both.size.sum(axis=(0, 1)) > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.einsum("mps,p->ms", np.where(both.size > 0, both.hits / both.size, 0.0), np.sign(both.weights))[:, here]
    told = pl.DataFrame({
        "stem": [both.stems[place] for place in here.tolist()], "first": share[0], "second": share[1],
        "difference": share[0] - share[1], "trials": both.size.sum(axis=(0, 1))[here].astype(np.int64),
    })
    return told.sort(pl.col("difference").abs(), "stem", descending=[True, False])


def _ties(order: Sequence[str], told: set[frozenset[str]]) -> list[list[str]]:
    """The longest stretches of the order in which no two models are told apart."""
    found: list[list[str]] = []
    for start in range(len(order)):
        end = start + 1
        while end < len(order) and not any(frozenset((order[end], order[at])) in told for at in range(start, end)):
            end += 1
        stretch = list(order[start:end])
        if len(stretch) > 1 and not any(set(stretch) <= set(before) for before in found):
            found.append(stretch)
    return found


def asked_again(evidence: pl.DataFrame, metric: str, facet: str, one: str, other: str) -> Interval:
    """How far the stems' shares of two askings agree (`reliability.between_askings`); nothing for what is no single share."""
    both = _two(evidence, metric, facet, one, other)
    if both is None or len(both.weights) > 1:
        return NOTHING
    return between_askings((both.hits[0, 0], both.size[0, 0]), (both.hits[1, 0], both.size[1, 0]))


def more_epochs(evidence: pl.DataFrame, metric: str, facet: str, one: str, other: str) -> tuple[bool, int | None]:
    """Whether it can be known what more epochs would do (most was asked more than once), and how many times as many would tell two models
    apart (`None`: no number would).
    """
    both = _two(evidence, metric, facet, one, other)
    return (repeated(both), epochs_to_separate(both)) if both else (False, None)


def repeated(both: Cells) -> bool:
    """Whether most of what two models share was asked more than once: else what varies within a stem cannot be known."""
    asked = both.size[both.size > 0]
    return bool(asked.size and (asked > 1).mean() > 0.5)


def epochs_to_separate(both: Cells) -> int | None:
    """How many times as many epochs would tell two models apart, if their difference is what it seems; `None`: no number would.

    `both` holds the two models on what they share (see `Cells.shared`).
    The difference varies between stems (which more epochs do not change) and within them (which n times the epochs divide by n):
    the between part is what is left of the residuals' variance after the binomial variance of the stems' own counts is taken off.
    """
    k = both.count()
    value = float(both.values() @ np.array([1.0, -1.0]))
    if k < FEWEST or not np.isfinite(value) or value == 0:
        return None
    pull = both.influence()
    total = k / (k - 1) * float(((pull[0] - pull[1]) ** 2).sum())
    within = min(total, float(_within(both).sum()))
    quantile = float(stats.t.ppf(1 - LEVEL / 2, k - 1))
    allowed = (value / quantile) ** 2
    if total <= allowed:
        return 1
    between = total - within
    return None if between >= allowed else int(np.ceil(within / (allowed - between)))


def _within(both: Cells) -> Numbers:
    """The binomial variance that each stem's own counts give the difference (unbiased where a stem has two trials or more)."""
    total = both.size.sum(axis=2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(both.size > 0, both.hits / both.size, 0.0)
        each = np.where(both.size > 1, share * (1 - share) * both.size**2 / np.maximum(both.size - 1, 1), 0.0)
    return np.einsum("mps,p->s", np.clip(each, 0, None) / total**2, both.weights**2)


def as_table(pairs: Sequence[Pair]) -> pl.DataFrame:
    """The pairs for reading: one, other, difference, low, high, p, adjusted p, stems, verdict, smallest difference that could be seen."""
    return pl.DataFrame([
        {"one": pair.one, "other": pair.other, "difference": pair.difference.value, "low": pair.difference.low,
         "high": pair.difference.high, "p": pair.p, "adjusted": pair.adjusted, "stems": pair.stems, "verdict": pair.verdict,
         "smallest": pair.smallest}
        for pair in pairs
    ], schema={"one": pl.String, "other": pl.String, "difference": pl.Float64, "low": pl.Float64, "high": pl.Float64, "p": pl.Float64,
               "adjusted": pl.Float64, "stems": pl.Int64, "verdict": pl.String, "smallest": pl.Float64})
