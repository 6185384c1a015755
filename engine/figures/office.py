"""Estimates as charts that office programs draw and edit: bars with intervals, profiles round a circle, named marks, lines over time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl

from engine.figures.exhibit import Chart, Kind, Series
from engine.figures.palette import SOURCES

ONE = "#0080c8"
"""The colour of a chart with one series only."""


def named(model: str, source: str | None) -> str:
    """A model's name with its source, plainly: `steady (SIMULATED)`."""
    short = model.removeprefix("simulated/") if source == "simulated" else model
    return short if source in (None, "measured") else f"{short} ({SOURCES.get(source, source)})"


def one_bar_each(rows: pl.DataFrame, title: str, *, label: str | None = None, **how: Any) -> Chart:
    """A bar with its interval for each row; `label`: the column that names rows, else model and source do."""
    told = rows.to_dicts()
    names = tuple(str(row[label]) if label else named(row["model"], row["source"]) for row in told)
    return Chart("bars", names, (series_of("estimate", ONE, told),), title, **how)


def beside_each_other(
    rows: pl.DataFrame, facets: Sequence[str], labels: Mapping[str, str], colours: Mapping[str, str], title: str, *, kind: Kind = "bars",
    **how: Any,
) -> Chart:
    """A series for each model of these rows (model, source, facet, value, low, high) over the facets, in their order."""
    series: list[Series] = []
    for (model, source), mine in rows.group_by("model", "source", maintain_order=True):
        of = {row["facet"]: row for row in mine.iter_rows(named=True)}
        series.append(series_of(named(str(model), str(source)), colours.get(str(model), ONE), [of.get(facet, {}) for facet in facets]))
    return Chart(kind, tuple(labels.get(facet, facet) for facet in facets), tuple(series), title, **how)


def marks(rows: Sequence[Mapping[str, Any]], name: str, colour: str, title: str, across: str, **how: Any) -> Chart:
    """A named mark for each row: name, across (from left to right), value, low, high (upwards)."""
    places = tuple(row["across"] for row in rows)
    series = replace(series_of(name, colour, rows), across=places)
    return Chart("scatter", tuple(row["name"] for row in rows), (series,), title, across=across, **how)


FINENESS = ("%d %b %Y", "%d %b %Y %H:%M", "%d %b %Y %H:%M:%S", "%d %b %Y %H:%M:%S.%f")


def over_time(lines: Mapping[str, Mapping[datetime, Mapping[str, Any]]], colours: Mapping[str, str], title: str, **how: Any) -> Chart:
    """A line for each name over all dates on which any was asked; where one was not asked on a date, it has no mark.

    Dates are told as coarsely as each line's own points can be told apart, so that lines asked together stand together.
    """
    form = next(one for one in FINENESS if one == FINENESS[-1] or all(
        len({when.strftime(one) for when in points}) == len(points) for points in lines.values()))
    dates = tuple(dict.fromkeys(when.strftime(form) for when in sorted({when for points in lines.values() for when in points})))
    series: list[Series] = []
    for name, points in lines.items():
        of = {when.strftime(form): row for when, row in points.items()}
        series.append(series_of(name, colours.get(name, ONE), [of.get(date, {}) for date in dates]))
    return Chart("lines", dates, tuple(series), title, **how)


def series_of(name: str, colour: str, rows: Sequence[Mapping[str, Any]]) -> Series:
    """A series of these rows (value, low, high), one for each category."""
    values, lows, highs = (tuple(row.get(end) for row in rows) for end in ("value", "low", "high"))
    return Series(name, colour, values, lows, highs)
