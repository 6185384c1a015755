"""One model's ten values as it states them beside how often it decides for them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import GREY, GRID, empty, layout


def stated_shown(rows: pl.DataFrame, labels: Mapping[str, str], colour: str) -> go.Figure:
    """A row for each value, the highest stated first: stated on the left, shown on the right, both with intervals.

    `rows`: as `engine.metrics.said_and_done.stated_and_shown` gives them for one model.
    """
    if rows.is_empty():
        return empty("Nothing to set against each other yet")
    figure, told = go.Figure(), rows.sort("stated", descending=True)
    names = [labels[facet] for facet in told["facet"]]
    for side, axis, scale, unit in (("stated", "x", 1, ""), ("shown", "x2", 100, " %")):
        middle, low, high = (told[side], *(told[f"{side}_{end}"].fill_null(told[side]) for end in ("low", "high")))
        digits = 0 if unit else 2
        figure.add_scatter(
            x=middle.to_list(), y=[-number for number in range(len(names))], mode="markers", xaxis=axis, name=side,
            error_x={"type": "data", "symmetric": False, "array": (high - middle).to_list(), "arrayminus": (middle - low).to_list(),
                     "thickness": 2, "width": 0, "color": colour},
            marker={"size": 10, "color": colour, "symbol": "circle" if side == "stated" else "square"},
            text=[f"{name}, {side}: {scale * value:.{digits}f}{unit} ({scale * least:.{digits}f} to {scale * most:.{digits}f})"
                  for name, value, least, most in zip(names, middle, low, high, strict=True)],
            hovertemplate="%{text}<extra></extra>",
        )
    for axis, at in (("x", 0.0), ("x2", 0.5)):
        figure.add_shape(type="line", x0=at, x1=at, xref=axis, y0=0, y1=1, yref="paper", line={"color": GREY, "dash": "dot", "width": 1.5})
    figure.update_yaxes(tickvals=[-number for number in range(len(names))], ticktext=names, showgrid=False, zeroline=False,
                        range=[-len(names) + 0.4, 0.6])
    shared = {"gridcolor": GRID, "zeroline": False}
    figure.update_layout(
        xaxis={"domain": [0, 0.48], "title": "stated: centred score", **shared},
        xaxis2={"domain": [0.53, 1], "anchor": "y", "title": "shown: decided for", "tickformat": ".0%", "range": [-0.03, 1.03], **shared},
    )
    return layout(figure, 70 + 30 * len(names), legend=False, margin=(10, 10, 10, 50))
