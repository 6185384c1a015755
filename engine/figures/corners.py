"""Two shares of each model against each other, with what each corner means."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from engine.figures.palette import GREY, GRID, SYMBOLS, empty, faded, label, layout, value_text, whole_name

LARGEST, UNIT = 90.0, 2.0
"""Pixels across of a ring for an effect of `UNIT` and above: its area grows with the effect."""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A model: its estimate from left to right, that upwards, and the one shown as size, if any."""

    model: str
    source: str
    across: Row
    up: Row
    size: Row | None = None


@dataclass(frozen=True)
class Axes:
    """What the two shares are called, where they begin, and words that stand at points of the field (x, y, anchor, words)."""

    across: str
    up: str
    begin: tuple[float, float] = (0.0, 0.0)
    corners: Sequence[tuple[float, float, str, str]] = field(default_factory=tuple[tuple[float, float, str, str], ...])
    lines: tuple[float | None, float | None] = (None, None)
    """What chance gets: dotted, upright and level."""
    size: str = ""
    shares: bool = True
    """Whether what goes upwards is a share; else any number, and the field is as high as it must be."""


def corners(places: Sequence[Place], colours: Mapping[str, str], axes: Axes, *, trend: Sequence[tuple[float, float]] = ()) -> go.Figure:
    """A mark for each model with its intervals as bars. A size is drawn as a disc round the mark, its interval's ends as thin rings.

    `trend`: points of a line through the field. Places without one of the two values are left out.
    """
    known = [place for place in places if place.across["value"] is not None and place.up["value"] is not None]
    if not known:
        return empty("Not computable" if places else "Not measured yet")
    figure = go.Figure()
    if trend:
        figure.add_scatter(x=[x for x, _ in trend], y=[y for _, y in trend], mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": GREY, "width": 2})
    for place in known:
        colour = colours.get(place.model, GREY)
        _rings(figure, place, colour)
        _mark(figure, place, colour, axes)
    figure.update_layout(annotations=[
        {"x": x, "y": y, "xref": "x", "yref": "y", "text": html.escape(words), "showarrow": False, "xanchor": anchor,
         "yanchor": "top" if y > 0.9 else "bottom", "font": {"size": 12, "color": GREY}} for x, y, anchor, words in axes.corners
    ], shapes=[
        {"type": "line", **ends, "line": {"color": GREY, "width": 1, "dash": "dot"}, "layer": "below"} for ends in _lines(axes)
    ])
    (left, low), room = axes.begin, 0.03
    figure.update_xaxes(gridcolor=GRID, zeroline=False, tickformat=".0%", title=axes.across, range=[left - room, 1 + room])
    figure.update_yaxes(gridcolor=GRID, zeroline=False, title=axes.up)
    if axes.shares:
        figure.update_yaxes(tickformat=".0%", range=[low - room, 1 + room])
    height = 440 + 20 * len(known)
    layout(figure, height, margin=(10, 10, 10, 70 + 20 * len(known)))
    figure.update_layout(legend_y=-60 / 360)
    return figure


def _lines(axes: Axes) -> list[dict[str, Any]]:
    upright, level = axes.lines
    found: list[dict[str, Any]] = []
    if upright is not None:
        found.append({"x0": upright, "x1": upright, "y0": 0, "y1": 1, "yref": "paper"})
    if level is not None:
        found.append({"x0": 0, "x1": 1, "xref": "paper", "y0": level, "y1": level})
    return found


def across_of(effect: float | None) -> float:
    """How wide, in pixels, the disc of an effect is; nothing below 0."""
    return LARGEST * (min(max(effect or 0.0, 0.0), UNIT) / UNIT) ** 0.5


def _rings(figure: go.Figure, place: Place, colour: str) -> None:
    if place.size is None or place.size["value"] is None:
        return
    x, y, told = [place.across["value"]], [place.up["value"]], place.size
    widths = (("high", "circle-open", 1), ("value", "circle", 0), ("low", "circle-open", 1))
    for end, symbol, line in widths:
        width = across_of(told[end])
        if width < 1:
            continue
        figure.add_scatter(x=x, y=y, mode="markers", hoverinfo="skip", showlegend=False, cliponaxis=False,
                           marker={"symbol": symbol, "size": width, "color": faded(colour, 0.25) if symbol == "circle" else colour,
                                   "line": {"width": line, "color": colour}, "opacity": 1 if symbol == "circle" else 0.6})


def _mark(figure: go.Figure, place: Place, colour: str, axes: Axes) -> None:
    told = [f"{html.escape(axes.across)}: {value_text(dict(place.across), percent=True)}",
            f"{html.escape(axes.up)}: {value_text(dict(place.up), percent=axes.shares)}"]
    if place.size is not None:
        told.append(f"{html.escape(axes.size)}: {value_text(dict(place.size))}")
    figure.add_scatter(
        x=[place.across["value"]], y=[place.up["value"]], mode="markers", name=label(place.model, place.source), cliponaxis=False,
        hovertext=["<br>".join([whole_name(place.model, place.source), *told])], hovertemplate="%{hovertext}<extra></extra>",
        error_x=_bars(place.across, colour), error_y=_bars(place.up, colour),
        marker={"symbol": SYMBOLS[place.source], "size": 11, "color": colour, "line": {"width": 2, "color": colour}},
    )


def _bars(row: Row, colour: str) -> dict[str, Any]:
    ends = [0.0 if row[end] is None else abs(row[end] - row["value"]) for end in ("high", "low")]
    return {"type": "data", "symmetric": False, "array": ends[:1], "arrayminus": ends[1:], "color": colour, "thickness": 1.5, "width": 0}
