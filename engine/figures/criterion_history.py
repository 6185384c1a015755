"""How a criterion's pass rate went: by people and by the chosen assertion, with the versions that came between."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import plotly.graph_objects as go

from engine.figures.palette import GREY, GRID, empty, layout, value_text

PEOPLE, JUDGED = "by people", "by the chosen assertion, not corrected"
COLOURS = {PEOPLE: "#0080c8", JUDGED: "#d9661f"}
SYMBOLS = {PEOPLE: "circle", JUDGED: "square"}


def criterion_history(
    series: Mapping[str, Sequence[tuple[datetime, str, Mapping[str, Any]]]], versions: Sequence[tuple[datetime, int]]
) -> go.Figure:
    """Two lines of pass rates with their 95 % intervals, and an upright line for each version.

    `series`: by `PEOPLE` and `JUDGED`, when, the counts in words, and value, low, high; those without a value are left out.
    """
    known = {name: [one for one in points if one[2]["value"] is not None] for name, points in series.items()}
    if not any(known.values()):
        return empty("No grades and no verdicts yet")
    figure = go.Figure()
    for name, points in known.items():
        rows = [dict(row) for *_, row in points]
        low, high = ([row["value"] if row[end] is None else row[end] for row in rows] for end in ("low", "high"))
        figure.add_scatter(
            x=[when for when, *_ in points], y=[row["value"] for row in rows], mode="lines+markers", name=name,
            line={"color": COLOURS[name], "width": 1.5, "shape": "hv"}, marker={"size": 9, "symbol": SYMBOLS[name]},
            error_y={"type": "data", "symmetric": False, "thickness": 1.5, "width": 0,
                     "array": [end - row["value"] for end, row in zip(high, rows, strict=True)],
                     "arrayminus": [row["value"] - end for end, row in zip(low, rows, strict=True)]},
            text=[f"{when:%d %b %Y, %H:%M} UTC<br>{value_text(row, percent=True)}<br>{counts}"
                  for (when, counts, _), row in zip(points, rows, strict=True)],
            hovertemplate="%{text}<extra></extra>",
        )
    for when, version in versions:
        figure.add_vline(x=when.timestamp() * 1000, line={"color": GREY, "width": 1, "dash": "dot"}, annotation_text=f"version {version}",
                         annotation_position="top", annotation_font_size=12)
    figure.update_xaxes(gridcolor=GRID, zeroline=False, type="date")
    figure.update_yaxes(title="pass rate", gridcolor=GRID, zeroline=False, tickformat=".0%", range=[-0.03, 1.03])
    figure = layout(figure, 360, margin=(10, 10, 40, 60))
    figure.update_layout(legend={"y": -0.15})
    return figure
