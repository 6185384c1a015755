"""The flip-rate table: a number, a bar and its interval in every cell."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import GREY, GRID, empty, faded, label, layout, told, whole_name

TRACK = 0.86
"""Width of a cell's 0-100 % track; columns are 1 apart."""
NAMES = 1.25
"""Width of the column of model names."""
NARROWEST, CHARACTER = 700, 7.6
"""Pixels: the narrowest width at which a name must not reach the first cell, and a letter's usual width."""


class Drawn(NamedTuple):
    """The marks of the table, collected: setting them one by one takes Plotly twenty times as long."""

    shapes: list[dict[str, Any]]
    annotations: list[dict[str, Any]]

    def write(self, x: float, y: float, text: str) -> None:
        """Text that begins at a place."""
        self.annotations.append(
            {"x": x, "y": y, "text": text, "showarrow": False, "xanchor": "left", "yanchor": "middle", "align": "left"}
        )

    def draw(self, kind: str, x: tuple[float, float], y: tuple[float, float], **style: Any) -> None:
        """A rectangle or a line from corner to corner."""
        self.shapes.append({"type": kind, "x0": x[0], "x1": x[1], "y0": y[0], "y1": y[1], **style})


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
    figure, drawn = go.Figure(), Drawn([], [])
    longest = min(34, int(NARROWEST / CHARACTER * NAMES / (NAMES + len(columns))))
    models = list(estimates.group_by("model", "source", maintain_order=True))
    for place, facet in enumerate(columns):
        drawn.write(NAMES + place, 1, f"<b>{labels[facet]}</b>")
    hover: list[tuple[float, float, str]] = []
    for number, ((model, source), mine) in enumerate(models):
        rows = {row["facet"]: row for row in mine.iter_rows(named=True)}
        drawn.write(0, -number, _name(str(model), str(source), longest))
        for place, facet in enumerate(columns):
            text = _cell(drawn, NAMES + place, -number, rows.get(facet), colours.get(str(model), GREY))
            hover.append((NAMES + place + TRACK / 2, -number, f"{whole_name(str(model), str(source))}<br>{labels[facet]}: {text}"))
    figure.add_scatter(
        x=[point[0] for point in hover], y=[point[1] for point in hover], text=[point[2] for point in hover], mode="markers",
        marker={"size": 34, "opacity": 0}, hovertemplate="%{text}<extra></extra>", showlegend=False,
    )
    figure.update_layout(shapes=drawn.shapes, annotations=drawn.annotations)
    figure.update_xaxes(visible=False, range=[0, NAMES + len(columns)], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-len(models) + 0.4, 1.5], fixedrange=True)
    return layout(figure, 60 + 66 * len(models), legend=False, margin=(4, 4, 4, 4))


def _name(model: str, source: str, longest: int) -> str:
    name, _, origin = label(model, source, longest).partition(" · ")
    return f"{name}<br><span style='font-size:11px;color:{GREY}'>{origin}</span>" if origin else name


def _cell(drawn: Drawn, x: float, y: float, row: dict[str, object] | None, colour: str) -> str:
    """Draw one cell and return its hover text."""
    if row is None or row["value"] is None:
        missing = "not measured" if row is None else "not computable"
        drawn.write(x, y, f"<i style='color:{GREY}'>{missing}</i>")
        return missing
    value = float(row["value"])  # type: ignore[arg-type]
    base, top = y - 0.12, y + 0.06
    drawn.draw("rect", (x, x + TRACK), (base, top), line={"color": GRID, "width": 1}, fillcolor="rgba(0,0,0,0)")
    drawn.draw("rect", (x, x + TRACK * value), (base, top), line={"width": 0}, fillcolor=faded(colour, 0.45))
    span = "no interval"
    if row["low"] is not None and row["high"] is not None:
        low, high, middle = float(row["low"]), float(row["high"]), (base + top) / 2  # type: ignore[arg-type]
        drawn.draw("line", (x + TRACK * low, x + TRACK * high), (middle, middle), line={"color": colour, "width": 3})
        span = f"{low * 100:.0f}–{high * 100:.0f}"
    text = f"<b>{value:.0%}</b> <span style='font-size:11px'>{span}</span>"
    drawn.write(x, y + 0.25, text)
    drawn.write(x, y - 0.29, f"<span style='font-size:11px;color:{GREY}'>n {row['trials']}</span>")
    return told(row, percent=True)
