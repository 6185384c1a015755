"""The world as a grid of equal tiles, coloured by score, pale where little is known."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from engine.countries import countries
from engine.figures.palette import GREY, faded, layout, value_text

SCALE = "Cividis"
PALEST, UNSURE = 0.15, 0.6
"""A tile whose interval is as wide as `UNSURE` or wider is drawn at the palest."""
EDGE = 0.46


@dataclass(frozen=True)
class Tile:
    """What a country's tile says. `row` as in a frame of estimates (value, low, high, trials)."""

    row: Mapping[str, Any]
    about: str
    """What the value is of, for the words on the tile: a country's name or its region's."""


def shade(row: Mapping[str, Any], bounds: tuple[float, float]) -> str:
    """The tile's colour: hue by value, strength by how narrow its interval is; grey where there is no value."""
    if row["value"] is None:
        return faded(GREY, 0.12)
    place = (row["value"] - bounds[0]) / (bounds[1] - bounds[0])
    colour = str(sample_colorscale(SCALE, [min(1.0, max(0.0, place))])[0])
    width = UNSURE if row["low"] is None or row["high"] is None else row["high"] - row["low"]
    strength = max(PALEST, 1 - width / UNSURE * (1 - PALEST))
    return colour.replace("rgb(", "rgba(").replace(")", f", {strength:.2f})")


def tile_grid(tiles: Mapping[str, Tile], *, title: str, bounds: tuple[float, float] = (1 / 3, 1.0)) -> go.Figure:
    """A tile for each country of the world; those in `tiles` (by ISO code) are coloured, the others only outlined.

    A click on a tile selects its point; `customdata` holds the code.
    """
    figure, known = go.Figure(), countries()
    for code, place in known.items():
        told = tiles.get(code)
        figure.add_shape(
            type="rect", x0=place.column - EDGE, x1=place.column + EDGE, y0=-place.row - EDGE, y1=-place.row + EDGE, layer="below",
            fillcolor=shade(told.row, bounds) if told else "rgba(0,0,0,0)", line={"width": 1, "color": faded(GREY, 0.35)},
        )
    for mine, size in ((True, 11), (False, 9)):
        codes = [code for code in known if (code in tiles) is mine]
        figure.add_scatter(
            x=[known[code].column for code in codes], y=[-known[code].row for code in codes], mode="markers+text", text=codes,
            textfont={"size": size, "color": None if mine else GREY}, customdata=codes,
            marker={"size": 22, "symbol": "square", "color": "rgba(0,0,0,0.004)"}, showlegend=False,
            hovertext=[_words(code, tiles) for code in codes], hovertemplate="%{hovertext}<extra></extra>",
        )
    ticks = [bounds[0], (bounds[0] + bounds[1]) / 2, bounds[1]]
    figure.add_scatter(
        x=[None], y=[None], mode="markers", showlegend=False, hoverinfo="skip",
        marker={
            "color": [bounds[0]], "colorscale": SCALE, "cmin": bounds[0], "cmax": bounds[1], "showscale": True,
            "colorbar": {"title": {"text": html.escape(title), "side": "top"}, "orientation": "h", "thickness": 10, "len": 0.5,
                         "y": -0.09, "tickvals": ticks, "ticktext": [f"{100 * tick:.0f} %" for tick in ticks]},
        },
    )
    figure.update_xaxes(visible=False, range=[-0.7, max(place.column for place in known.values()) + 0.7])
    figure.update_yaxes(visible=False, range=[-max(place.row for place in known.values()) - 0.7, 0.7])
    return layout(figure, 640, legend=False, margin=(0, 0, 10, 60))


def _words(code: str, tiles: Mapping[str, Tile]) -> str:
    name = html.escape(countries()[code].name)
    if code not in tiles:
        return f"{name}: no situations"
    told = tiles[code]
    about = "" if told.about == countries()[code].name else f"{html.escape(told.about)}: "
    return f"{name}<br>{about}{value_text(dict(told.row), percent=True)}<br>{told.row['trials']} trials"
