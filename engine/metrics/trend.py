"""The same model over dates and versions: which runs make a series, and whether it changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from engine.metrics.compare import Pair, judged, pairs_of

_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12]\\d|3[01])"
_VERSION = re.compile(rf"(?<=\w)[-_@:](?:20\d\d-?{_MONTH}-?{_DAY}|{_MONTH}-20\d\d|{_MONTH}-?{_DAY}|latest|preview|exp)$")
_DATED = re.compile(rf"(20\d\d)-?({_MONTH})-?({_DAY})|({_MONTH})-(20\d\d)")
FEWEST = 20
"""Conversations from which on a run is a point of a series."""


@dataclass(frozen=True)
class Point:
    """One asking of a model: the name it had, the run, when it was asked."""

    model: str
    run: str
    source: str
    asked: datetime
    conversations: int

    @property
    def name(self) -> str:
        """What the point is called where sides are measured."""
        return f"{self.model}@{self.run}"

    def label(self, alone: bool) -> str:
        """How the point is called: its date, and its name where the series has several."""
        day = f"{self.asked:%d %b %Y %H:%M}"
        return day if alone else f"{self.model}, {day}"


def base_name(model: str) -> str:
    """A model's name without the date (or `latest`, `preview`, `exp`) at its end: `openai/gpt-4o-2024-08-06` is `openai/gpt-4o`. Version
    numbers stay: `v2` and `v3` are different models.
    """
    while shorter := _VERSION.search(model):
        model = model[: shorter.start()]
    return model


def series(playings: pl.DataFrame) -> dict[str, list[Point]]:
    """The askings of each model under whatever version, earliest first (versions that all have a date in their names, by that date); only
    those with two or more.

    `playings`: columns model, source, run, asked (when half of it was answered), conversations.
    """
    found: dict[str, list[Point]] = {}
    for row in playings.filter(pl.col("conversations") >= FEWEST).sort("asked", "run").iter_rows(named=True):
        point = Point(row["model"], row["run"], row["source"], row["asked"], row["conversations"])
        found.setdefault(base_name(row["model"]), []).append(point)
    return {name: _in_order(points) for name, points in sorted(found.items()) if len(points) > 1}


def _in_order(points: list[Point]) -> list[Point]:
    dates = {point.model: _dated(point.model) for point in points}
    return sorted(points, key=lambda point: (dates[point.model], point.asked)) if all(dates.values()) else points


def _dated(model: str) -> str:
    """The date in a model's name, so that dates can be put in order; empty without one."""
    found = _DATED.search(model)
    if not found:
        return ""
    year, month, day, other_month, other_year = found.groups()
    return f"{year}{month}{day}" if year else f"{other_year}{other_month}"


def change(estimates: pl.DataFrame, evidence: pl.DataFrame, metric: str, facet: str, first: str, last: str) -> Pair | None:
    """The last side less the first on one metric, uncorrected; `None` where one of them has no value."""
    _, found = pairs_of(estimates, evidence, metric, facet, [first, last])
    if not found:
        return None
    pair = found[0]
    return pair if (pair.one, pair.other) == (last, first) else pair.turned()


def changes(pairs: Mapping[str, Pair | None]) -> dict[str, Pair]:
    """The changes of several series, with Holm's correction over all of them."""
    known = {name: pair for name, pair in pairs.items() if pair is not None}
    return dict(zip(known, judged(list(known.values())), strict=True))
