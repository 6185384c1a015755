"""Metrics of the regional situations: how well norms are known where, what thinking in steps adds, and what it costs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from engine.metrics.counts import Counts, counted, fields
from engine.metrics.evidence import joined, rests_on
from engine.metrics.frame import outcomes, row, share, table
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
    played = turns.group_by("trial", "run", maintain_order=True).agg(
        pl.col("stem", "condition", *LENT).first(),
        choice=pl.col("choice").drop_nulls().last(),
        calls=pl.len(),
        tokens=(pl.col("prompt_tokens").sum() + pl.col("completion_tokens").sum()).cast(pl.Float64),
    )
    return fields(played, "strategy").with_columns(right=pl.col("choice") == pl.col("label"))


def counts_of(trials: pl.DataFrame, scheme: Scheme, measures: Sequence[str] = ()) -> Counts:
    """The trials counted by stem, strategy and place: `read` and `lost`, `right`, both of each right answer (`right: acceptable`), what
    errors are made of, and of each measure its sum and how many have one.

    Strategies and places stand in the order in which they were first read.
    """
    choice, label = pl.col("choice"), pl.col("label")
    read, right, wrong, broken = choice.is_not_null(), pl.col("right"), choice.is_in(scheme.broken), label.is_in(scheme.broken)
    none, free = (choice == scheme.none, label == scheme.none) if scheme.none else (pl.lit(False), pl.lit(False))
    sums = {
        "read": read, "lost": ~read, "right": right, "kept": read & ~broken, "broken": read & broken, "alarm": wrong & ~broken,
        "missed": ~wrong & broken, "bound": read & ~free, "seen": choice.is_in(scheme.labels) & ~none & ~free, "free": read & free,
        "left free": none & free,
    }
    for one in scheme.labels:
        sums |= {f"read: {one}": read & (label == one), f"right: {one}": right & (label == one)}
    for one in measures:
        sums |= {one: pl.col(one), f"has {one}": pl.col(one).is_not_null()}
    return counted(trials.sort(choice.is_null(), maintain_order=True), ["strategy", *SCOPES], sums)


def join_means(parts: Sequence[Interval]) -> Interval:
    """The mean of independent shares from their own intervals (MOVER; Zou & Donner 2008, doi 10.1002/sim.3095)."""
    if not parts or any(part.value is None or part.low is None or part.high is None for part in parts):
        return NOTHING
    value, low, high = (np.array([part[place] for part in parts], dtype=float) for place in range(3))
    mean, k = float(value.mean()), len(parts)
    below, above = np.sqrt(((value - low) ** 2).sum()) / k, np.sqrt(((high - value) ** 2).sum()) / k
    return Interval(mean, max(0.0, mean - float(below)), min(1.0, mean + float(above)))


def balanced(counts: Counts, labels: Sequence[str]) -> Interval:
    """Mean recall over the right answers: a constant answer gets one in so many as there are, whatever the mix."""
    return join_means([counts.share(f"right: {label}", f"read: {label}") for label in labels])


def scores(counts: Counts, facet: str, scheme: Scheme) -> list[dict[str, Any]]:
    """Score, score above chance and accuracy of one strategy, everywhere or at one place."""
    accuracy = share("accuracy", facet, counts, "right", "read", dropped=counts.total("lost"))
    told: dict[str, Any] = {name: accuracy[name] for name in ("trials", "stems", "dropped")}
    found, chance = balanced(counts, scheme.labels), scheme.chance
    above = Interval(*(None if part is None else (part - chance) / (1 - chance) for part in found))
    return [
        row("regional_score", facet, found, method=BALANCED, **told),
        row("above_chance", facet, above, method=f"(score - chance) / (1 - chance), chance 1/{len(scheme.labels)}; {BALANCED}", **told),
        accuracy,
    ]


def errors(counts: Counts, facet: str, scheme: Scheme) -> list[dict[str, Any]]:
    """False alarms, misses, and, where an answer says so, whether it is seen that a norm applies at all."""
    dropped = counts.total("lost")
    found = [
        share("false_alarm", facet, counts, "alarm", "kept", dropped=dropped),
        share("miss", facet, counts, "missed", "broken", dropped=dropped),
    ]
    if scheme.none is None:
        return found
    halves = [counts.share("seen", "bound"), counts.share("left free", "free")]
    return [
        *found,
        row("norm_identification", facet, join_means(halves), trials=counts.total("read"), stems=counts.stems_of("read"), dropped=dropped,
            method="mean of: a norm seen where one applies, none where none does; intervals joined by Zou & Donner's (2008) method"),
    ]


def paired(counts: Counts, metric: str, facet: str, one: str, other: str) -> dict[str, Any]:
    """The share right under strategy `one` less that under `other`, on the situations that both have."""
    sides = [counts.at("strategy", strategy).by_stem("right", "read") for strategy in (one, other)]
    both = (sides[0][1] > 0) & (sides[1][1] > 0)
    a, b = ((right[both], read[both]) for right, read in sides)
    interval = paired_difference(a, b) if both.any() else NOTHING
    return row(metric, facet, interval, trials=int(a[1].sum() + b[1].sum()), stems=len(a[1]), method=f"{one} less {other}: {PAIRED}")


def gains(counts: Counts, by: str = "") -> list[dict[str, Any]]:
    """What thinking first, the five steps and each of them add: facet is the strategy (`at` a continent or region), or the step.

    `by` is what the strategies' names end with where a judge read the answers.
    """
    counts = counts.where(counts.sums["read"] > 0)
    present, five, direct = set(counts.each("strategy")), FIVE + by, DIRECT + by
    rows: list[dict[str, Any]] = []
    for strategy in [name for name in (f"think first{by}", five) if {name, direct} <= present]:
        rows.append(paired(counts, "gain", strategy, strategy, direct))
        for scope in ("continent", "region"):
            for place, some in counts.each(scope).items():
                rows.append(paired(some, "gain", at(strategy, scope, place), strategy, direct))
    for strategy in sorted(name for name in present if name.startswith("without ") and five in present):
        rows.append(paired(counts, "step_gain", strategy.removeprefix("without "), five, strategy))
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
    noise, largest = _noise(draws, len(known)) * error[:, None], np.zeros(draws)
    for (one, other), width in zip(pairs, spread, strict=True):  # pair by pair: all at once would be 30 MB that no cache holds
        np.maximum(largest, np.abs(noise[one] - noise[other]) / width, out=largest)
    reach = float(np.quantile(largest, 0.95)) * spread
    apart = np.abs(value[pairs[:, 0]] - value[pairs[:, 1]])
    return Interval(float(apart.max()), max(0.0, float((apart - reach).max())), min(1.0, float((apart + reach).max())))


@lru_cache(maxsize=8)
def _noise(draws: int, places: int) -> Numbers:
    """Standard normal numbers, places × draws; the same whenever there are as many places."""
    return np.ascontiguousarray(np.random.default_rng(3166).normal(size=(draws, places)).T)


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


def of_strategies(trials: pl.DataFrame, counts: Counts, scheme: Scheme) -> list[dict[str, Any]]:
    """Scores, errors, gaps and costs of each strategy, everywhere and by place: from one row a trial, and from those counted."""
    rows: list[dict[str, Any]] = []
    for strategy, mine in sorted(counts.each("strategy").items()):
        if not mine.total("read"):
            continue
        own = [*scores(mine, strategy, scheme), *errors(mine, strategy, scheme)]
        for scope, facet, some in by_place(mine, strategy):
            own += scores(some, facet, scheme)
            if scope != "country":  # four situations tell nothing of three kinds of error
                own += errors(some, facet, scheme)
        rows += [*own, *gaps(own, strategy), *costs(trials.filter(pl.col("strategy") == strategy), strategy)]
    return rows


def by_place(counts: Counts, strategy: str) -> Iterator[tuple[str, str, Counts]]:
    """For each place at which a strategy's trials were read: its scope, the facet, and the counts there."""
    for scope in SCOPES:
        for place, some in counts.each(scope).items():
            if some.total("read"):
                yield scope, at(strategy, scope, place), some


def evidence_of(counts: Counts, scheme: Scheme, by: str = "") -> list[pl.DataFrame]:
    """What scores, shares right and gains rest on, stem by stem (see `engine.metrics.evidence`)."""
    of = {strategy: some for strategy, some in counts.each("strategy").items() if some.total("read")}
    found: list[pl.DataFrame] = []
    for strategy, some in of.items():
        thirds = [(1 / len(scheme.labels), some, f"right: {label}", f"read: {label}") for label in scheme.labels]
        found += [rests_on("accuracy", strategy, (1.0, some, "right", "read")), rests_on("regional_score", strategy, *thirds)]
    for strategy in [name for name in (f"think first{by}", FIVE + by) if name in of and DIRECT + by in of]:
        found.append(rests_on("gain", strategy, (1.0, of[strategy], "right", "read"), (-1.0, of[DIRECT + by], "right", "read")))
    return found


def evidence(turns: pl.DataFrame, *, scheme: Scheme) -> pl.DataFrame:
    """The evidence of answers that need no judge."""
    return joined(evidence_of(counts_of(trials_of(answered(turns, freely=False)), scheme), scheme))


def answered(turns: pl.DataFrame, freely: bool) -> pl.DataFrame:
    """The turns of trials that are answered freely, or of all others."""
    free = fields(turns.select("condition"), "answer")["answer"].eq_missing("open")
    return turns.filter(free if freely else ~free)


def estimates(turns: pl.DataFrame, *, scheme: Scheme) -> pl.DataFrame:
    """All estimates of one model from answers that need no judge; `turns` as `engine.lake.turns.for_metrics` gives them, with what
    items lend (`LENT`). Facets: a strategy, or a strategy at a place (see `at`). How questions ended is told of every answer.
    """
    trials = trials_of(answered(turns, freely=False))
    counts = counts_of(trials, scheme)
    final = turns.filter(pl.col("turn") == pl.col("turn").max().over("trial"))
    return table([*of_strategies(trials, counts, scheme), *gains(counts), *outcomes(final)])
