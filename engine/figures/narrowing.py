"""How an estimate narrows while answers arrive."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from engine.figures.palette import GREY, GRID, empty, faded, layout, value_text


def narrowing(rows: Sequence[Mapping[str, Any]], *, title: str, colour: str, percent: bool = False) -> go.Figure:
    """A line with its 95 % interval as a band over the number of conversations that ended.

    `rows` hold conversations, value, low, high, in order; rows that could not be computed leave a gap.
    """
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return empty("Not computable from so few conversations yet" if rows else "Waiting for the first 25 conversations")
    x = [row["conversations"] for row in known]
    low, high = ([row["value"] if row[end] is None else row[end] for row in known] for end in ("low", "high"))
    figure = go.Figure()
    figure.add_scatter(x=[*x, *x[::-1]], y=[*high, *low[::-1]], fill="toself", fillcolor=faded(colour, 0.2), line_width=0, mode="lines",
                       hoverinfo="skip")
    told = [f"{row['conversations']} conversations<br>{value_text(dict(row), percent=percent)}" for row in known]
    figure.add_scatter(x=x, y=[row["value"] for row in known], mode="lines+markers", line={"color": colour, "width": 2}, marker={"size": 8},
                       text=told, hovertemplate="%{text}<extra></extra>")
    figure.update_xaxes(type="log", tickvals=x, ticktext=[f"{each:,}" for each in x], title="conversations that ended", gridcolor=GRID)
    figure.update_yaxes(title=title, gridcolor=GRID, tickformat=".0%" if percent else None, zerolinecolor=GREY)
    return layout(figure, 300, legend=False, margin=(10, 10, 10, 40))
