"""Strategies of one model against each other, a row for each place."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from engine.figures.palette import COLOURS, GREY, GRID, empty, layout, value_text

LOOK = {
    "direct": ("circle", COLOURS[0]), "think first": ("square", COLOURS[2]), "five steps": ("diamond", COLOURS[1]),
    "norm given": ("line-ns-open", GREY),
}
"""Mark and colour of each strategy, the same everywhere."""


def dumbbell(rows: Sequence[tuple[str, Mapping[str, Mapping[str, Any]]]], *, title: str, floor: float | None = None) -> go.Figure:
    """For each place its estimate under each strategy, joined by a bar; `floor` is what a constant answer gets.

    `rows`: (place, strategy to estimate with value, low, high, trials). Intervals are thin lines.
    """
    known = [(place, {name: one for name, one in told.items() if one["value"] is not None}) for place, told in rows]
    if not any(told for _, told in known):
        return empty("Not computable" if rows else "Not measured yet")
    figure = go.Figure()
    names = [name for name in LOOK if any(name in told for _, told in known)]
    step = 0.6 / max(len(names), 1)
    for number, (_, told) in enumerate(known):
        joined = [one["value"] for name, one in told.items() if name != "norm given"]
        if len(joined) > 1:
            figure.add_shape(type="line", x0=min(joined), x1=max(joined), y0=-number, y1=-number, layer="below",
                             line={"color": GRID, "width": 9})
    for order, name in enumerate(names):
        symbol, colour = LOOK[name]
        mine = [(number, place, told[name]) for number, (place, told) in enumerate(known) if name in told]
        lift = step * ((len(names) - 1) / 2 - order)
        reach = [[one["value"] if one[end] is None else one[end] for end in ("low", "high")] for _, _, one in mine]
        figure.add_scatter(
            x=[one["value"] for _, _, one in mine], y=[-number + lift for number, _, _ in mine], mode="markers", name=name,
            marker={"symbol": symbol, "color": colour, "size": 11, "line": {"width": 2, "color": colour}},
            error_x={"type": "data", "symmetric": False, "thickness": 1.3, "width": 0, "color": colour,
                     "array": [high - one["value"] for (_, high), (_, _, one) in zip(reach, mine, strict=True)],
                     "arrayminus": [one["value"] - low for (low, _), (_, _, one) in zip(reach, mine, strict=True)]},
            text=[f"{place}, {name}<br>{value_text(dict(one), percent=True)}<br>{one['trials']} trials" for _, place, one in mine],
            hovertemplate="%{text}<extra></extra>",
        )
    if floor is not None:
        figure.add_vline(x=floor, line={"color": GREY, "dash": "dot"})
    figure.update_yaxes(tickvals=[-number for number in range(len(known))], ticktext=[place for place, _ in known], showgrid=False,
                        zeroline=False, range=[-len(known) + 0.4, 0.6])
    figure.update_xaxes(title=title, tickformat=".0%", gridcolor=GRID, zeroline=False)
    drawn = layout(figure, 110 + 62 * len(known), margin=(10, 10, 40, 60))
    return drawn.update_layout(legend={"y": 1.0, "yanchor": "bottom"})  # above the rows: below them it would meet the axis title
