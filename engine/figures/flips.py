"""The flip-rate table: a number, a bar and its interval in every cell."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import GREY, GRID, empty, faded, label, layout, told

TRACK = 0.86
"""Width of a cell's 0-100 % track; columns are 1 apart."""
NAMES = 1.25
"""Width of the column of model names."""


def flip_table(
    estimates: pl.DataFrame, columns: Sequence[str], labels: Mapping[str, str], colours: Mapping[str, str]
) -> go.Figure:
    """A row for each model, a column for each kind of second asking.

    `estimates`: rows of a share (0 to 1) with model, source, facet, value, low, high, trials, stems, method. Each cell has a
    track from 0 to 100 %, a bar to the value, a line over the interval and the numbers. A cell without an
    estimate says so.
    """
    if estimates.is_empty():
        return empty("No flips measured yet")
    figure = go.Figure()
    models = list(estimates.group_by("model", "source", maintain_order=True))
    for place, facet in enumerate(columns):
        figure.add_annotation(x=NAMES + place, y=1, text=f"<b>{labels[facet]}</b>", showarrow=False, xanchor="left", yanchor="middle")
    hover: list[tuple[float, float, str]] = []
    for number, ((model, source), mine) in enumerate(models):
        rows = {row["facet"]: row for row in mine.iter_rows(named=True)}
        figure.add_annotation(x=0, y=-number, text=_name(str(model), str(source)), showarrow=False, xanchor="left", align="left")
        for place, facet in enumerate(columns):
            text = _cell(figure, NAMES + place, -number, rows.get(facet), colours.get(str(model), GREY))
            hover.append((NAMES + place + TRACK / 2, -number, f"{label(str(model), str(source))}<br>{labels[facet]}: {text}"))
    figure.add_scatter(
        x=[point[0] for point in hover], y=[point[1] for point in hover], text=[point[2] for point in hover], mode="markers",
        marker={"size": 34, "opacity": 0}, hovertemplate="%{text}<extra></extra>", showlegend=False,
    )
    figure.update_xaxes(visible=False, range=[0, NAMES + len(columns)], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-len(models) + 0.4, 1.5], fixedrange=True)
    return layout(figure, 60 + 66 * len(models), legend=False, margin=(4, 4, 4, 4))


def _name(model: str, source: str) -> str:
    name, _, origin = label(model, source, 22).partition(" · ")
    return f"{name}<br><span style='font-size:11px;color:{GREY}'>{origin}</span>" if origin else name


def _cell(figure: go.Figure, x: float, y: float, row: dict[str, object] | None, colour: str) -> str:
    """Draw one cell and return its hover text."""
    if row is None or row["value"] is None:
        missing = "not measured" if row is None else "not computable"
        figure.add_annotation(x=x, y=y, text=f"<i>{missing}</i>", showarrow=False, xanchor="left", font={"size": 12, "color": GREY})
        return missing
    value = float(row["value"])  # type: ignore[arg-type]
    base, top = y - 0.12, y + 0.06
    figure.add_shape(type="rect", x0=x, x1=x + TRACK, y0=base, y1=top, line={"color": GRID, "width": 1}, fillcolor="rgba(0,0,0,0)")
    figure.add_shape(type="rect", x0=x, x1=x + TRACK * value, y0=base, y1=top, line_width=0, fillcolor=faded(colour, 0.45))
    span = "no interval"
    if row["low"] is not None and row["high"] is not None:
        low, high, middle = float(row["low"]), float(row["high"]), (base + top) / 2  # type: ignore[arg-type]
        figure.add_shape(type="line", x0=x + TRACK * low, x1=x + TRACK * high, y0=middle, y1=middle, line={"color": colour, "width": 3})
        span = f"{low * 100:.0f}–{high * 100:.0f}"
    text = f"<b>{value:.0%}</b> <span style='font-size:11px'>{span}</span>"
    figure.add_annotation(x=x, y=y + 0.25, text=text, showarrow=False, xanchor="left", yanchor="middle")
    count = f"<span style='font-size:11px;color:{GREY}'>n {row['trials']}</span>"
    figure.add_annotation(x=x, y=y - 0.29, text=count, showarrow=False, xanchor="left", yanchor="middle")
    return told(row, percent=True)
