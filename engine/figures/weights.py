"""Ethics weights: three shares that add up to one, on a triangle."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import ETHICS_LABELS, GREY, GRID, SYMBOLS, empty, label, layout, value_text

AXES = ("virtue", "deontology", "consequentialism")


def ternary(weights: pl.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """A point for each model and source: virtue at the top, duty at the left, outcome at the right.

    `weights`: rows of the metric `weight` with model, source, facet, value, low, high. Intervals are drawn as
    short lines along each axis; a published figure (no interval) is a hollow triangle.
    """
    if weights.is_empty():
        return empty("No ethics weights measured yet")
    figure = go.Figure()
    points = list(weights.group_by("model", "source", maintain_order=True))
    for (model, source), mine in points:
        rows = {row["facet"]: row for row in mine.iter_rows(named=True)}
        if any(rows.get(axis) is None or rows[axis]["value"] is None for axis in AXES):
            continue
        colour = colours.get(str(model), GREY)
        if len(points) <= 10:
            _intervals(figure, rows, colour)
        shares = [f"{ETHICS_LABELS[axis]}: {value_text(rows[axis], percent=True)}" for axis in AXES]
        hover = "<br>".join([label(str(model), str(source)), *shares])
        a, b, c = ([rows[axis]["value"]] for axis in AXES)
        figure.add_scatterternary(
            a=a, b=b, c=c, mode="markers", name=label(str(model), str(source)), text=[hover], hovertemplate="%{text}<extra></extra>",
            marker={**_size(str(source)), "color": colour, "line": {"width": 2, "color": colour}},
        )
    axis = {"gridcolor": GRID, "linecolor": GREY, "tickformat": ".0%", "dtick": 0.2, "tickfont": {"size": 11}}
    figure.update_ternaries(
        bgcolor="rgba(0,0,0,0)", aaxis={**axis, "title": "Virtue"}, baxis={**axis, "title": "Duty"}, caxis={**axis, "title": "Outcome"},
    )
    return layout(figure, 520, margin=(50, 50, 50, 40))


def _size(source: str) -> dict[str, str | int]:
    """A published point is larger, so that it shows around the same model's measured one."""
    return {"symbol": SYMBOLS[source], "size": 19 if source == "published" else 12}


def _intervals(figure: go.Figure, rows: Mapping[str, dict[str, object]], colour: str) -> None:
    """A line for each axis: that share from low to high, the other two keeping their proportion."""
    for axis in AXES:
        low, value, high = (rows[axis][name] for name in ("low", "value", "high"))
        if low is None or high is None or value is None:
            continue
        ends: dict[str, list[float]] = {name: [] for name in AXES}
        for end in (float(low), float(high)):  # type: ignore[arg-type]
            rest = 1 - float(value)  # type: ignore[arg-type]
            for name in AXES:
                own = float(rows[name]["value"])  # type: ignore[arg-type]
                ends[name].append(end if name == axis else (1 - end) * (own / rest if rest else 0.5))
        figure.add_scatterternary(
            a=ends["virtue"], b=ends["deontology"], c=ends["consequentialism"], mode="lines", line={"color": colour, "width": 2},
            opacity=0.5, hoverinfo="skip", showlegend=False,
        )
