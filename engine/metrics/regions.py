"""Metrics of the regional situations: how well norms are known where, what thinking in steps adds, and what it costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from engine.metrics.evidence import joined, rests_on
from engine.metrics.frame import by_stem, outcomes, row, share, stem_share, table
from engine.metrics.statistics import NOTHING, Interval, Numbers, mean_interval, paired_difference

FIVE, DIRECT = "five steps", "direct"
ENOUGH = 12
"""Situations from which on a place may stand in a comparison of places; with fewer its interval is wider than half the scale."""
SCOPES = ("continent", "region", "country")
LENT = ("label", *SCOPES)
"""What a situation's content lends its turns."""
BALANCED = ("mean over the right answers of the share right among their situations; clustered by situation, "
            "intervals joined by Zou & Donner's (2008) method")
PAIRED = "difference of shares right on the same situations; t interval on the situations' residuals"
GAP = ("highest less lowest score; simultaneous interval over all pairs (the quantile of the largest studentised difference, "
       "simulated), so it accounts for picking the extremes")


@dataclass(frozen=True)
class Scheme:
    """The right answers of a benchmark, and which of them say that a norm is broken, or that none applies."""

    labels: Sequence[str]
    broken: Sequence[str]
    none: str | None = None

    @property
    def chance(self) -> float:
        """What any constant answer gets."""
        return 1 / len(self.labels)


SITUATIONS = Scheme(("acceptable", "not acceptable", "no norm applies"), ("not acceptable",), "no norm applies")
RESPONSES = Scheme(
    ("names the violation", "explains the norms", "declines", "answers directly"), ("names the violation", "explains the norms", "declines")
)


def trials_of(turns: pl.DataFrame) -> pl.DataFrame:
    """One row a trial: trial, stem, strategy, label, continent, region, country, choice (or null), right, calls, tokens."""
    counted = turns.group_by("trial", "run", maintain_order=True).agg(
        pl.col("stem", "condition", *LENT).first(),
        choice=pl.col("choice").drop_nulls().last(),
        calls=pl.len(),
        tokens=(pl.col("prompt_tokens").sum() + pl.col("completion_tokens").sum()).cast(pl.Float64),
    )
    return counted.with_columns(
        strategy=pl.col("condition").str.json_path_match("$.strategy"), right=pl.col("choice") == pl.col("label")
    )


def join_means(parts: Sequence[Interval]) -> Interval:
    """The mean of independent shares from their own intervals (MOVER; Zou & Donner 2008, doi 10.1002/sim.3095)."""
    if not parts or any(part.value is None or part.low is None or part.high is None for part in parts):
        return NOTHING
    value, low, high = (np.array([part[place] for part in parts], dtype=float) for place in range(3))
    mean, k = float(value.mean()), len(parts)
    below, above = np.sqrt(((value - low) ** 2).sum()) / k, np.sqrt(((high - value) ** 2).sum()) / k
    return Interval(mean, max(0.0, mean - float(below)), min(1.0, mean + float(above)))


def balanced(read: pl.DataFrame, labels: Sequence[str]) -> Interval:
    """Mean recall over the right answers: a constant answer gets one in so many as there are, whatever the mix."""
    return join_means([stem_share(read.filter(pl.col("label") == label), pl.col("right")) for label in labels])


def scores(read: pl.DataFrame, facet: str, dropped: int, scheme: Scheme) -> list[dict[str, Any]]:
    """Score, score above chance and accuracy of one strategy, everywhere or at one place."""
    counts: dict[str, Any] = {"trials": read.height, "stems": read["stem"].n_unique(), "dropped": dropped}
    found, chance = balanced(read, scheme.labels), scheme.chance
    above = Interval(*(None if part is None else (part - chance) / (1 - chance) for part in found))
    return [
        row("regional_score", facet, found, method=BALANCED, **counts),
        row("above_chance", facet, above, method=f"(score - chance) / (1 - chance), chance 1/{len(scheme.labels)}; {BALANCED}", **counts),
        share("accuracy", facet, read, pl.col("right"), dropped=dropped),
    ]


def errors(read: pl.DataFrame, strategy: str, dropped: int, scheme: Scheme) -> list[dict[str, Any]]:
    """False alarms, misses, and, where an answer says so, whether it is seen that a norm applies at all."""
    wrong, is_broken = pl.col("choice").is_in(scheme.broken), pl.col("label").is_in(scheme.broken)
    found = [
        share("false_alarm", strategy, read.filter(~is_broken), wrong, dropped=dropped),
        share("miss", strategy, read.filter(is_broken), ~wrong, dropped=dropped),
    ]
    if scheme.none is None:
        return found
    none, is_free = pl.col("choice") == scheme.none, pl.col("label") == scheme.none
    seen = pl.col("choice").is_in([label for label in scheme.labels if label != scheme.none])
    halves = [stem_share(read.filter(~is_free), seen), stem_share(read.filter(is_free), none)]
    return [
        *found,
        row("norm_identification", strategy, join_means(halves), trials=read.height, stems=read["stem"].n_unique(), dropped=dropped,
            method="mean of: a norm seen where one applies, none where none does; intervals joined by Zou & Donner's (2008) method"),
    ]


def paired(read: pl.DataFrame, metric: str, facet: str, one: str, other: str) -> dict[str, Any]:
    """The share right under strategy `one` less that under `other`, on the situations that both have."""
    a, b = (read.filter(pl.col("strategy") == strategy) for strategy in (one, other))
    both = sorted(set(a["stem"]) & set(b["stem"]))
    a, b = (some.filter(pl.col("stem").is_in(both)) for some in (a, b))
    right = pl.col("right")
    interval = paired_difference(by_stem(a, right, both), by_stem(b, right, both)) if both else NOTHING
    return row(metric, facet, interval, trials=a.height + b.height, stems=len(both), method=f"{one} less {other}: {PAIRED}")


def gains(read: pl.DataFrame, by: str = "") -> list[dict[str, Any]]:
    """What thinking first, the five steps and each of them add: facet is the strategy (`at` a continent or region), or the step.

    `by` is what the strategies' names end with where a judge read the answers.
    """
    present, five, direct = set(read["strategy"]), FIVE + by, DIRECT + by
    rows: list[dict[str, Any]] = []
    for strategy in [name for name in (f"think first{by}", five) if {name, direct} <= present]:
        rows.append(paired(read, "gain", strategy, strategy, direct))
        for scope in ("continent", "region"):
            for place, some in read.drop_nulls(scope).group_by(scope, maintain_order=True):
                rows.append(paired(some, "gain", at(strategy, scope, str(place[0])), strategy, direct))
    for strategy in sorted(name for name in present if name.startswith("without ") and five in present):
        rows.append(paired(read, "step_gain", strategy.removeprefix("without "), five, strategy))
    return rows


def at(strategy: str, scope: str, place: str) -> str:
    """The facet of a strategy at a place, e.g. `direct @ continent Africa`."""
    return f"{strategy} @ {scope} {place}"


def gap(found: Mapping[str, Interval], draws: int = 20_000) -> Interval:
    """The distance between the best- and worst-served place, with an interval for the true one.

    Every pair's difference gets a simultaneous interval, difference ± c · standard error, with c the 95 % quantile of the largest
    studentised difference between independent normal places (as Tukey and Kramer's for unequal errors, by simulation; Hsu 1996,
    Multiple Comparisons, ch. 5). The true gap is the largest true difference, so it lies between the largest lower and the
    largest upper end of any pair.
    """
    known = [part for part in found.values() if part.value is not None and part.low is not None and part.high is not None]
    if len(known) < 2:
        return NOTHING
    value = np.array([part.value for part in known], dtype=float)
    z = float(stats.norm.ppf(0.975))
    error = np.array([max((part.high or 0.0) - (part.low or 0.0), 1e-6) / (2 * z) for part in known])
    pairs = np.array(list(combinations(range(len(known)), 2)))
    spread = np.sqrt(error[pairs[:, 0]] ** 2 + error[pairs[:, 1]] ** 2)
    noise = np.random.default_rng(3166).normal(size=(draws, len(known))) * error
    largest = (np.abs(noise[:, pairs[:, 0]] - noise[:, pairs[:, 1]]) / spread).max(axis=1)
    reach = float(np.quantile(largest, 0.95)) * spread
    apart = np.abs(value[pairs[:, 0]] - value[pairs[:, 1]])
    return Interval(float(apart.max()), max(0.0, float((apart - reach).max())), min(1.0, float((apart + reach).max())))


def gaps(rows: Sequence[Mapping[str, Any]], strategy: str) -> list[dict[str, Any]]:
    """The gap between continents and between regions under one strategy, from their scores."""
    told: list[dict[str, Any]] = []
    for scope in ("continent", "region"):
        prefix = at(strategy, scope, "")
        mine = [r for r in rows if r["metric"] == "regional_score" and r["facet"].startswith(prefix) and r["stems"] >= ENOUGH]
        found = {r["facet"]: Interval(r["value"], r["low"], r["high"]) for r in mine}
        told.append(row("region_gap", f"{strategy} @ {scope}", gap(found), trials=sum(r["trials"] for r in mine),
                        stems=sum(r["stems"] for r in mine), method=f"over {len(mine)} {scope}s with at least {ENOUGH} situations: {GAP}"))
    return told


def costs(trials: pl.DataFrame, strategy: str) -> list[dict[str, Any]]:
    """Calls and tokens of a conversation."""
    counts: dict[str, Any] = {"trials": trials.height, "stems": trials["stem"].n_unique(), "method": "mean over conversations; t interval"}
    return [row(name, strategy, mean_interval(_numbers(trials[name])), **counts) for name in ("calls", "tokens")]


def _numbers(column: pl.Series) -> Numbers:
    return column.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def of_strategies(trials: pl.DataFrame, scheme: Scheme) -> list[dict[str, Any]]:
    """Scores, errors, gaps and costs of each strategy, everywhere and by place, from one row a trial (see `trials_of`)."""
    read = trials.filter(pl.col("choice").is_not_null())
    rows: list[dict[str, Any]] = []
    for strategy in trials["strategy"].unique().sort().to_list():
        mine, every = read.filter(pl.col("strategy") == strategy), trials.filter(pl.col("strategy") == strategy)
        if mine.is_empty():
            continue
        lost = every.height - mine.height
        own = [*scores(mine, strategy, lost, scheme), *errors(mine, strategy, lost, scheme)]
        for scope, facet, some, lost_there in by_place(every, strategy):
            own += scores(some, facet, lost_there, scheme)
            if scope != "country":  # four situations tell nothing of three kinds of error
                own += errors(some, facet, lost_there, scheme)
        rows += [*own, *gaps(own, strategy), *costs(every, strategy)]
    return rows


def by_place(trials: pl.DataFrame, strategy: str) -> Iterator[tuple[str, str, pl.DataFrame, int]]:
    """For each place at which a strategy's trials were read: its scope, the facet, those trials, and how many others were not."""
    read = trials.filter(pl.col("choice").is_not_null())
    for scope in SCOPES:
        lost = dict(trials.filter(pl.col("choice").is_null()).group_by(scope).len().iter_rows())
        for place, some in read.drop_nulls(scope).group_by(scope, maintain_order=True):
            yield scope, at(strategy, scope, str(place[0])), some, lost.get(place[0], 0)


def evidence_of(trials: pl.DataFrame, scheme: Scheme, by: str = "") -> list[pl.DataFrame]:
    """What scores, shares right and gains rest on, stem by stem (see `engine.metrics.evidence`); `trials` as `trials_of` gives them."""
    read, right = trials.filter(pl.col("choice").is_not_null()), pl.col("right")
    of = {str(key[0]): some for key, some in read.group_by("strategy", maintain_order=True)}
    found: list[pl.DataFrame] = []
    for strategy, some in of.items():
        thirds = [(1 / len(scheme.labels), some.filter(pl.col("label") == label), right) for label in scheme.labels]
        found += [rests_on("accuracy", strategy, (1.0, some, right)), rests_on("regional_score", strategy, *thirds)]
    for strategy in [name for name in (f"think first{by}", FIVE + by) if name in of and DIRECT + by in of]:
        found.append(rests_on("gain", strategy, (1.0, of[strategy], right), (-1.0, of[DIRECT + by], right)))
    return found


def evidence(turns: pl.DataFrame, *, scheme: Scheme) -> pl.DataFrame:
    """The evidence of answers that need no judge."""
    return joined(evidence_of(trials_of(turns.filter(~is_open())), scheme))


def is_open() -> pl.Expr:
    """Whether a turn belongs to a trial that is answered freely."""
    return pl.col("condition").str.json_path_match("$.answer").eq_missing("open")


def estimates(turns: pl.DataFrame, *, scheme: Scheme) -> pl.DataFrame:
    """All estimates of one model from answers that need no judge; `turns` as `engine.lake.turns.for_metrics` gives them, with what
    items lend (`LENT`). Facets: a strategy, or a strategy at a place (see `at`). How questions ended is told of every answer.
    """
    trials = trials_of(turns.filter(~is_open()))
    final = turns.filter(pl.col("turn") == pl.col("turn").max().over("trial"))
    rows = of_strategies(trials, scheme)
    return table([*rows, *gains(trials.filter(pl.col("choice").is_not_null())), *outcomes(final)])
