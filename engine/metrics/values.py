"""Metrics of the value portraits: the profile, and whether it may be read as one.

A respondent is one administration: all portraits under one condition in one epoch.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from engine.circle import BROAD, HIGHER, ORDER_19
from engine.metrics.counts import fields
from engine.metrics.frame import outcomes, row, table
from engine.metrics.statistics import Interval, Numbers, cronbach_alpha, mean_interval, t_quantile
from engine.metrics.structure import circular_fit, random_stability, stability

ENOUGH = 0.8
"""The share of portraits a respondent must have rated to be counted, and of questions a model must have answered."""
OVER_RESPONDENTS = "mean over respondents of ratings centred on the respondent's own mean; t interval"
CHECKS = ("answered", "direction", "circle", "floor")


@dataclass(frozen=True)
class Sheet:
    """The ratings of one model: respondents × portraits, missing as not-a-number."""

    ratings: Numbers
    values: tuple[str, ...]
    """The value of each portrait (column)."""
    descending: np.ndarray[Any, np.dtype[np.bool_]]
    """For each respondent, whether the scale was listed from its high end."""
    dropped: int
    """Ratings of respondents who rated too few portraits."""

    @property
    def level(self) -> Numbers:
        """Each respondent's mean over everything rated (MRAT)."""
        return np.nanmean(self.ratings, axis=1)

    def raw(self, value: str) -> Numbers:
        """Each respondent's mean rating of one value's portraits."""
        mine = self.ratings[:, [v == value for v in self.values]]
        counted = np.isfinite(mine).sum(axis=1)
        return np.where(counted > 0, np.nansum(mine, axis=1) / np.maximum(counted, 1), np.nan)

    def centred(self, value: str) -> Numbers:
        """Raw mean less the respondent's level: s - MRAT. Equal answers give exactly 0."""
        return self.raw(value) - self.level

    def combined(self, parts: tuple[str, ...], by_item: bool) -> Numbers:
        """A broader value: over all its portraits (`by_item`), or the mean of its values' means."""
        if by_item:
            mine = self.ratings[:, [v in parts for v in self.values]]
            counted = np.isfinite(mine).sum(axis=1)
            return np.where(counted > 0, np.nansum(mine, axis=1) / np.maximum(counted, 1), np.nan) - self.level
        return np.mean([self.centred(part) for part in parts], axis=0)

    def profile(self) -> Numbers:
        """Respondents × ten broad values, centred."""
        return np.column_stack([self.combined(parts, by_item=True) for parts in BROAD.values()])


def sheet_of(turns: pl.DataFrame, values: dict[str, str]) -> Sheet:
    """The sheet of one model's turns. `values` maps portrait ids to their value."""
    wide = turns.filter(pl.col("item").is_in(list(values))).pivot(
        "item", index=["condition", "epoch"], values="number", aggregate_function="first"
    )
    descending = fields(wide, "scale")["scale"].eq_missing("descending").to_numpy()
    items = [item for item in values if item in wide.columns]
    ratings = wide.select(items).cast(pl.Float64).fill_null(float("nan")).to_numpy() if items else np.empty((wide.height, 0))
    rated_share = np.isfinite(ratings).sum(axis=1) / max(len(values), 1)
    enough = rated_share >= ENOUGH
    dropped = int(np.isfinite(ratings[~enough]).sum())
    return Sheet(
        ratings[enough], tuple(values[item] for item in items), descending[enough], dropped
    )


def estimates(turns: pl.DataFrame) -> pl.DataFrame:
    """All estimates of one model; `turns` as `engine.lake.turns.for_metrics` gives them, with a `value` column
    naming the value of each turn's portrait, which is what clusters them.
    """
    turns = turns.with_columns(stem=pl.col("value"))
    values = dict(turns.select("item", "value").unique().sort("item").iter_rows())
    sheet = sheet_of(turns, values)
    rows = [*profile(sheet), *reliability(sheet), *structure(sheet), *outcomes(turns)]
    return table([*rows, *interpretable(rows)])


def profile(sheet: Sheet) -> list[dict[str, Any]]:
    """Raw and centred means of 19 values, and the centred ten and four."""
    rows: list[dict[str, Any]] = []
    if not len(sheet.ratings):
        return rows

    def add(metric: str, facet: str, scores: Numbers, parts: tuple[str, ...], method: str) -> None:
        mine = [v in parts for v in sheet.values]
        counted = int(np.isfinite(sheet.ratings[:, mine]).sum())
        rows.append(row(metric, facet, mean_interval(scores), trials=counted, stems=len(sheet.ratings), method=method,
                        dropped=sheet.dropped))

    for value in ORDER_19:
        add("value", value, sheet.centred(value), (value,), OVER_RESPONDENTS)
        add("raw_mean", value, sheet.raw(value), (value,), "mean over respondents, 1 to 6; t interval")
    for facet, parts in BROAD.items():
        add("broad_value", facet, sheet.combined(parts, by_item=True), parts, OVER_RESPONDENTS)
    for facet, parts in HIGHER.items():
        add("higher_order", facet, sheet.combined(parts, by_item=False), parts, OVER_RESPONDENTS)
    return rows


def reliability(sheet: Sheet) -> list[dict[str, Any]]:
    """Cronbach's alpha on raw ratings, the effect of listing the scale the other way round, the general level."""
    rows: list[dict[str, Any]] = []
    people = len(sheet.ratings)
    if not people:
        return rows
    counts = {"trials": int(np.isfinite(sheet.ratings).sum()), "stems": people, "dropped": sheet.dropped}
    for value in ORDER_19:
        alpha = cronbach_alpha(sheet.ratings[:, [v == value for v in sheet.values]])
        told = "Cronbach's alpha on raw ratings" if alpha is not None else "not computable: respondents do not differ"
        rows.append(row("alpha", value, Interval(alpha, None, None), method=told, **counts))
    for value in ORDER_19:
        effect = _direction(sheet.centred(value), sheet.descending)
        rows.append(row("direction_effect", value, effect, method="descending less ascending, centred; Welch t interval", **counts))
    sizes = [abs(r["value"]) for r in rows if r["metric"] == "direction_effect" and r["value"] is not None]
    mean_size = Interval(float(np.mean(sizes)) if sizes else None, None, None)
    rows.append(row("direction_effect", "all", mean_size, method="mean absolute effect over the 19 values", **counts))
    level = mean_interval(sheet.level - 3.5)
    told = "respondent's mean rating less the scale's middle 3.5; removed from every centred score; t interval"
    return [*rows, row("acquiescence", "all", level, method=told, **counts)]


def _direction(scores: Numbers, descending: np.ndarray[Any, np.dtype[np.bool_]]) -> Interval:
    """Mean of descending less mean of ascending respondents, with Welch's t interval."""
    down, up = scores[descending], scores[~descending]
    if not len(down) or not len(up):
        return Interval(None, None, None)
    difference = float(np.nanmean(down) - np.nanmean(up))
    if len(down) < 2 or len(up) < 2:
        return Interval(difference, None, None)
    parts = np.array([down.var(ddof=1) / len(down), up.var(ddof=1) / len(up)])
    if parts.sum() < 1e-18:
        return Interval(difference, difference, difference)
    freedom = parts.sum() ** 2 / (parts**2 / np.array([len(down) - 1, len(up) - 1])).sum()
    half = float(t_quantile(float(freedom)) * parts.sum() ** 0.5)
    return Interval(difference, difference - half, difference + half)


def structure(sheet: Sheet) -> list[dict[str, Any]]:
    """Fit to the circle against permuted labels, and stability against respondents who answer at random."""
    people = len(sheet.ratings)
    if not people:
        return []
    counts = {"trials": int(np.isfinite(sheet.ratings).sum()), "stems": people, "dropped": sheet.dropped}
    profile = sheet.profile()
    fit, baseline = circular_fit(np.column_stack([sheet.centred(value) for value in ORDER_19]), ORDER_19)
    steady = stability(profile)
    floor = random_stability(people, sheet.values)
    return [
        row("circular_fit", "all", fit, method="multiple correlation of the 19 values with one wave around the circle, "
            "corrected for noise; delta method", **counts),
        row("circular_fit", "baseline", baseline, method="95th percentile over 2,000 permutations of the values", **counts),
        row("stability", "all", steady, method="mean correlation of two respondents' ten-value profiles; jackknife", **counts),
        row("stability", "floor", floor, method="95th percentile over 200 groups of random respondents", **counts),
    ]


def interpretable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whether the profile may be read as one: 1 or 0 for each check and for all of them; `method` says why.

    Alpha is shown and not among the checks: a model that answers alike each time has no variance between
    respondents, and alpha then says nothing.
    """
    told = {(r["metric"], r["facet"]): r["value"] for r in rows}
    profile = [r["value"] for r in rows if r["metric"] == "broad_value" and r["value"] is not None]
    spread = float(np.std(profile)) if profile else 0.0
    answered = told.get(("outcome", "answered")) or 0.0
    effect = told.get(("direction_effect", "all"))
    fit, baseline = told.get(("circular_fit", "all")), told.get(("circular_fit", "baseline"))
    steady, floor = told.get(("stability", "all")), told.get(("stability", "floor"))
    verdicts = {
        "answered": (answered >= ENOUGH and bool(profile), f"{answered:.0%} of questions answered with a rating (80 % asked for)"),
        "direction": (
            effect is None or effect <= spread / 2,
            "scale direction not varied" if effect is None
            else f"listing the scale the other way moves values by {effect:.2f} on average "
            f"(half the profile's spread: {spread / 2:.2f})",
        ),
        "circle": _above(fit, baseline, "fit to the order of human values", "permuted labels"),
        "floor": _above(steady, floor, "agreement between respondents", "random answers"),
    }
    counts = {
        "trials": max((r["trials"] for r in rows), default=0),
        "stems": max((r["stems"] for r in rows if r["metric"] == "value"), default=0),
    }
    passed = all(verdict for verdict, _ in verdicts.values())
    failing = "; ".join(why for verdict, why in verdicts.values() if not verdict)
    every = [
        row("interpretable", name, Interval(float(verdict), None, None), method=why, **counts)
        for name, (verdict, why) in verdicts.items()
    ]
    verdict = Interval(float(passed), None, None)
    return [*every, row("interpretable", "all", verdict, method=failing or "all checks passed", **counts)]


def _above(value: float | None, bar: float | None, what: str, against: str) -> tuple[bool, str]:
    if value is None or bar is None:
        return False, f"{what} is not computable: the answers do not vary, or by no more than noise"
    return value > bar, f"{what} {value:.2f}, against {bar:.2f} for {against}"
