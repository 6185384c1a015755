"""Comparing many models at once: every pair on the stems both were asked, corrected for how many pairs are looked at.

The verdict on a pair may be that nothing can be said; then the smallest difference that could have been seen is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from engine.metrics.evidence import Cells, cells
from engine.metrics.statistics import NOTHING, Interval, Numbers, Z, clustered_share

LEVEL, POWER, MARGIN = 0.05, 0.8, 0.05
"""Errors allowed over all pairs together; the chance with which a smallest difference would be seen; what counts as the same."""
FEWEST = 6
"""Stems shared from which on a pair is compared: with fewer, a t interval says little about models and much about its assumptions."""

_KEYS = (pl.String, pl.String, pl.Float64, pl.Float64)
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


def _error(row: Mapping[str, object]) -> tuple[float, float] | None:
    ends = [row[name] for name in ("value", "low", "high")]
    value, low, high = (float(str(end)) if end is not None else np.nan for end in ends)
    return (value, (high - low) / (2 * Z)) if np.isfinite([value, low, high]).all() and high > low else None


def judged(pairs: Sequence[Pair], margin: float = MARGIN) -> list[Pair]:
    """The pairs with what only all of them together can tell: Holm's correction, and the smallest difference that could be seen.

    That is (t at the strictest of Holm's levels + z at the power) standard errors.
    """
    known = [pair for pair in pairs if pair.p is not None]
    adjusted = dict(zip([id(pair) for pair in known], holm([pair.p or 0.0 for pair in known]), strict=True))
    found: list[Pair] = []
    for pair in pairs:
        if id(pair) not in adjusted:
            found.append(pair)
            continue
        strict = stats.t.ppf(1 - LEVEL / (2 * len(known)), pair.df) + stats.norm.ppf(POWER)
        half = None if pair.error is None else float(stats.t.ppf(1 - LEVEL, pair.df)) * pair.error
        value = pair.difference.value or 0.0
        found.append(Pair(
            pair.one, pair.other, pair.difference, pair.error, pair.df, pair.stems, pair.p, adjusted[id(pair)],
            half is not None and abs(value) + half <= margin, None if pair.error is None else float(strict) * pair.error,
        ))
    return found


def every_pair(laid: Cells, margin: float = MARGIN) -> list[Pair]:
    """All pairs of models on one metric, paired on what they share."""
    return judged([paired(laid, one, other) for one, other in combinations(range(len(laid.models)), 2)], margin)


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
    apart = {(pair.one, pair.other): pair.verdict for pair in pairs}
    beaten: dict[str, int] = dict.fromkeys(order, 0)
    beats: dict[str, int] = dict.fromkeys(order, 0)
    told: set[frozenset[str]] = set()
    for (one, other), verdict in apart.items():
        if verdict not in ("higher", "lower") or one not in values or other not in values:
            continue
        better, worse = (one, other) if (verdict == "higher") is not lower_is_better else (other, one)
        beats[better] += 1
        beaten[worse] += 1
        told.add(frozenset((one, other)))
    ranks = {name: (1 + beaten[name], len(order) - beats[name]) for name in order}
    return Ranking(order, ranks, _ties(order, told), list(pairs))


def ranked(
    estimates: pl.DataFrame, evidence: pl.DataFrame, metric: str, facet: str, models: Sequence[str], *, lower_is_better: bool = False
) -> Ranking:
    """The ranking of these models on one metric: paired on stems where there is evidence, else from their intervals.

    `estimates` as `engine.lake.estimates.newest` gives them, `evidence` as `newest_evidence`. Models without a value are left out.
    """
    rows = {
        row["model"]: row for row in estimates.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).iter_rows(named=True)
        if row["model"] in models and row["value"] is not None
    }
    values = {name: float(row["value"]) for name, row in sorted(rows.items())}
    mine = cells(evidence.filter(pl.col("model").is_in(list(values))), metric, facet)
    if len(mine.models) == len(values):
        pairs = every_pair(mine)
    else:
        pairs = judged([unpaired(rows[one], rows[other]) for one, other in combinations(values, 2)])
    return ranking(values, pairs, lower_is_better=lower_is_better)


def two_models(estimates: pl.DataFrame, evidence: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    """Every metric that two models both have evidence on, one less the other, corrected over all of them.

    Columns: metric, facet, first, second (the estimates), and those of `as_table`.
    """
    both = evidence.filter(pl.col("model").is_in([one, other]))
    present = both.group_by("metric", "facet").agg(pl.col("model").n_unique()).filter(pl.col("model") == 2).sort("metric", "facet")
    keys = list(present.select("metric", "facet").iter_rows())
    pairs = judged([paired(laid, laid.models.index(one), laid.models.index(other)) for laid in (cells(both, *key) for key in keys)])
    of = {(row["metric"], row["facet"], row["model"]): row["value"] for row in estimates.iter_rows(named=True)}
    told = [{"metric": key[0], "facet": key[1], "first": of.get((*key, one)), "second": of.get((*key, other))} for key in keys]
    return pl.concat([pl.DataFrame(told, schema=dict(zip(("metric", "facet", "first", "second"), _KEYS, strict=True))), as_table(pairs)],
                     how="horizontal")


def stems_apart(evidence: pl.DataFrame, metric: str, facet: str, one: str, other: str) -> pl.DataFrame:
    """The stems that two models share, those on which they differ most first: stem, first, second (weighted shares), difference, trials."""
    laid = cells(evidence.filter(pl.col("model").is_in([one, other])), metric, facet)
    if len(laid.models) < 2:
        return pl.DataFrame(schema={"stem": pl.String, "first": pl.Float64, "second": pl.Float64, "difference": pl.Float64,
                                    "trials": pl.Int64})
    both = laid.shared(laid.models.index(one), laid.models.index(other))
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


def epochs_to_separate(laid: Cells, one: int, other: int, pairs: int = 1) -> int | None:
    """How many times as many epochs would tell two models apart, if their difference is what it seems; `None`: no number would.

    The difference varies between stems (which more epochs do not change) and within them (which n times the epochs divide by n):
    the between part is what is left of the residuals' variance after the binomial variance of the stems' own counts is taken off.
    """
    both = laid.shared(one, other)
    k = both.count()
    value = float(both.values() @ np.array([1.0, -1.0]))
    if k < FEWEST or not np.isfinite(value) or value == 0:
        return None
    pull = both.influence()
    total = k / (k - 1) * float(((pull[0] - pull[1]) ** 2).sum())
    within = min(total, float(_within(both).sum()))
    quantile = float(stats.t.ppf(1 - LEVEL / (2 * pairs), k - 1))
    allowed = (value / quantile) ** 2
    if total <= allowed:
        return 1
    between = total - within
    return None if between >= allowed else int(np.ceil(within / (allowed - between)))


def repeated(laid: Cells, one: int, other: int) -> bool:
    """Whether most of what two models share was asked more than once: else what varies within a stem cannot be known."""
    both = laid.shared(one, other)
    asked = both.size[both.size > 0]
    return bool(asked.size and (asked > 1).mean() > 0.5)


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
