"""Ethics weights: three shares that add up to one, on a triangle."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import math
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import ETHICS_LABELS, GREY, GRID, SYMBOLS, empty, label, layout, told, value_text, whole_name

AXES = ("virtue", "deontology", "consequentialism")
MOST_NAMED, CLEAR = 8, 0.15
"""Up to how many points are named beside them, and how far (in shares) the next point must be."""


def ternary(weights: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """A point for each model and source: virtue at the top, duty at the left, outcome at the right.

    `weights`: rows of the metric `weight` with model, source, facet, value, low, high. Intervals are drawn as
    short lines along each axis; a published figure (no interval) is a hollow triangle, joined by a thin line to the same
    model's point from imported logs. Of at most eight points, those that no other point crowds carry
    their names.
    """
    if weights.is_empty():
        return empty("No ethics weights measured yet")
    figure, alone = go.Figure(), _standing_alone(weights)
    points = list(weights.group_by("model", "source", maintain_order=True))
    for (model, source), mine in points:
        rows = {row["facet"]: row for row in mine.iter_rows(named=True)}
        if any(rows.get(axis) is None or rows[axis]["value"] is None for axis in AXES):
            continue
        colour = colours.get(str(model), GREY)
        if len(points) <= 10:
            _intervals(figure, rows, colour)
        hover = _hover(rows, str(model), str(source))
        a, b, c = ([rows[axis]["value"]] for axis in AXES)
        figure.add_scatterternary(
            a=a, b=b, c=c, mode="markers+text", name=label(str(model), str(source)), hovertext=[hover],
            hovertemplate="%{hovertext}<extra></extra>", textfont={"size": 12}, textposition=_side(rows),
            cliponaxis=False,
            text=[label(str(model), str(source), 20).partition(" · ")[0] if str(model) in alone.get(str(source), ()) else ""],
            marker={**_size(str(source)), "color": colour, "line": {"width": 2, "color": colour}},
        )
    _join(figure, weights, colours)
    axis = {"gridcolor": GRID, "linecolor": GREY, "tickformat": ".0%", "tickvals": [0.2, 0.4, 0.6, 0.8], "tickfont": {"size": 11}}
    figure.update_ternaries(
        bgcolor="rgba(0,0,0,0)", aaxis={**axis, "title": "Virtue"}, baxis={**axis, "title": "Duty"}, caxis={**axis, "title": "Outcome"},
    )
    layout(figure, 500 + 20 * len(points), margin=(50, 50, 50, 60 + 20 * len(points)))
    figure.update_layout(legend_y=-70 / 390)
    return figure


def _hover(rows: Mapping[str, dict[str, Any]], model: str, source: str) -> str:
    """The three shares with their intervals; counts and method once, as they are the same for all three."""
    shares = [f"{ETHICS_LABELS[axis]}: {value_text(rows[axis], percent=True)}" for axis in AXES]
    return "<br>".join([whole_name(model, source), *shares, told(rows["virtue"], percent=True).partition("<br>")[2]])


def _side(rows: Mapping[str, dict[str, Any]]) -> str:
    """Where a name stands beside its point: towards the middle, so that it stays inside the figure."""
    return "middle right" if rows["consequentialism"]["value"] <= rows["deontology"]["value"] else "middle left"


def _standing_alone(weights: pl.DataFrame) -> dict[str, set[str]]:
    """By source, the models whose names have room: at most eight points in all, and none within CLEAR of theirs."""
    places: dict[tuple[str, str], list[float]] = {}
    for (model, source), mine in weights.drop_nulls("value").group_by("model", "source", maintain_order=True):
        of = dict(mine.select("facet", "value").iter_rows())
        if all(axis in of for axis in AXES):
            places[str(model), str(source)] = [of[axis] for axis in AXES]
    alone: dict[str, set[str]] = {}
    for (model, source), place in places.items():
        gaps = [math.dist(place, other) for who, other in places.items() if who != (model, source)]
        if len(places) <= MOST_NAMED and all(gap > CLEAR for gap in gaps):
            alone.setdefault(source, set()).add(model)
    return alone


def _join(figure: go.Figure, weights: pl.DataFrame, colours: Mapping[str, str]) -> None:
    """A thin line from each model's published point to its point from imported logs."""
    known = weights.drop_nulls("value").filter(pl.col("source").is_in(["imported", "published"]))
    for (model,), mine in known.group_by("model", maintain_order=True):
        of = {(row["source"], row["facet"]): row["value"] for row in mine.iter_rows(named=True)}
        if len(of) == 2 * len(AXES):
            a, b, c = ([of[source, axis] for source in ("imported", "published")] for axis in AXES)
            figure.add_scatterternary(
                a=a, b=b, c=c, mode="lines", line={"color": colours.get(str(model), GREY), "width": 1}, hoverinfo="skip",
                showlegend=False, meta="joined",
            )


def _size(source: str) -> dict[str, str | int]:
    """A published point is larger, so that it shows around the same model's measured one."""
    return {"symbol": SYMBOLS[source], "size": 19 if source == "published" else 12}


def _intervals(figure: go.Figure, rows: Mapping[str, dict[str, Any]], colour: str) -> None:
    """A line for each axis: that share from low to high, the other two keeping their proportion."""
    for axis in AXES:
        low, value, high = (rows[axis][name] for name in ("low", "value", "high"))
        if low is None or high is None or value is None:
            continue
        ends: dict[str, list[float]] = {name: [] for name in AXES}
        for end in (float(low), float(high)):
            rest = 1 - float(value)
            for name in AXES:
                own = float(rows[name]["value"])
                ends[name].append(end if name == axis else (1 - end) * (own / rest if rest else 0.5))
        figure.add_scatterternary(
            a=ends["virtue"], b=ends["deontology"], c=ends["consequentialism"], mode="lines", line={"color": colour, "width": 2},
            opacity=0.5, hoverinfo="skip", showlegend=False,
        )
