"""The same models over time: a line for each, with intervals."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import plotly.graph_objects as go

from engine.figures.palette import GREY, GRID, SYMBOLS, empty, label, layout, told, whole_name


def timeline(
    series: Mapping[str, Sequence[tuple[datetime, str, Mapping[str, Any]]]], colours: Mapping[str, str], *, title: str, percent: bool,
    line: float | None = None,
) -> go.Figure:
    """For each model its askings in order: when, how it is called, and its estimate (a row of estimates with model and source).

    Lines only join what belongs together; they claim nothing of the time between.
    """
    known = {name: [one for one in points if one[2]["value"] is not None] for name, points in series.items()}
    if not any(known.values()):
        return empty("Not measured twice yet")
    figure = go.Figure()
    for name, points in known.items():
        rows = [row for *_, row in points]
        ends = [[row["value"] if row[end] is None else row[end] for end in ("low", "high")] for row in rows]
        source = str(rows[0]["source"]) if rows else "measured"
        figure.add_scatter(
            x=[when for when, *_ in points], y=[row["value"] for row in rows], mode="lines+markers", name=label(name, source),
            line={"color": colours.get(name, GREY), "width": 1.5}, marker={"symbol": SYMBOLS[source], "size": 10, "line": {"width": 2}},
            error_y={"type": "data", "symmetric": False, "thickness": 2, "width": 0, "color": colours.get(name, GREY),
                     "array": [high - row["value"] for (_, high), row in zip(ends, rows, strict=True)],
                     "arrayminus": [row["value"] - low for (low, _), row in zip(ends, rows, strict=True)]},
            text=[f"{whole_name(called, source)}<br>{told(dict(row), percent=percent)}" for _, called, row in points],
            hovertemplate="%{text}<extra></extra>",
        )
    if line is not None:
        figure.add_hline(y=line, line={"color": GREY, "width": 1.5, "dash": "dot"})
    figure.update_xaxes(gridcolor=GRID, zeroline=False)
    figure.update_yaxes(title=title, gridcolor=GRID, zeroline=False, tickformat=".0%" if percent else None)
    figure = layout(figure, 400, margin=(10, 10, 10, 100))
    figure.update_layout(legend={"y": -0.2})
    return figure
