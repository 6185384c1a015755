"""The world as a grid of equal tiles, coloured by score, pale where little is known."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from engine.countries import countries
from engine.figures.palette import BLUE_TO_AMBER, GREY, faded, layout, value_text

PALEST, UNSURE = 0.15, 0.6
"""A tile whose interval is as wide as `UNSURE` or wider is drawn at the palest."""
STRONG = 0.55
"""From this strength on a tile's own colour, and not the page's, decides which ink can be read on it."""
DARK, LIGHT = 110, 165
"""Colours darker or lighter than that (0 to 255); either ink can be read on those between."""
ON_DARK, ON_LIGHT = "#ffffff", "#17212b"
SIDE = 0.92


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
    colour = str(sample_colorscale(BLUE_TO_AMBER, [min(1.0, max(0.0, place))])[0])
    width = UNSURE if row["low"] is None or row["high"] is None else row["high"] - row["low"]
    strength = max(PALEST, 1 - width / UNSURE * (1 - PALEST))
    return colour.replace("rgb(", "rgba(").replace(")", f", {strength:.2f})")


def ink(colour: str) -> str | None:
    """What words on a tile of this colour (`rgba(...)`) are written in; `None`: in the page's own ink."""
    red, green, blue, strength = (float(part) for part in colour[5:-1].split(","))
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    if strength < STRONG or DARK < light < LIGHT:
        return None
    return ON_DARK if light <= DARK else ON_LIGHT


def tile_grid(tiles: Mapping[str, Tile], *, title: str, bounds: tuple[float, float] = (1 / 3, 1.0)) -> go.Figure:
    """A tile for each country of the world; those in `tiles` (by ISO code) are coloured, the others only outlined.

    A click on a tile selects its point; `customdata` holds the code.
    """
    figure, known = go.Figure(), countries()
    shades = {code: shade(tile.row, bounds) for code, tile in tiles.items()}
    figure.add_bar(  # bars and not shapes, which take a browser long to draw by the hundred
        x=[place.column for place in known.values()], y=[SIDE] * len(known), width=SIDE, customdata=list(known), showlegend=False,
        base=[-place.row - SIDE / 2 for place in known.values()],
        marker={"color": [shades.get(code, "rgba(0,0,0,0)") for code in known], "line": {"width": 1, "color": faded(GREY, 0.35)}},
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 1}},
        hovertext=[_words(code, tiles) for code in known], hovertemplate="%{hovertext}<extra></extra>",
    )
    for mine, words in ((True, None), (True, ON_DARK), (True, ON_LIGHT), (False, GREY)):
        codes = [code for code in known if (code in tiles) is mine and (not mine or ink(shades[code]) == words)]
        figure.add_scatter(
            x=[known[code].column for code in codes], y=[-known[code].row for code in codes], mode="text", text=codes, showlegend=False,
            textfont={"size": 11 if mine else 9, "color": words}, hoverinfo="skip",
        )
    ticks = [bounds[0], (bounds[0] + bounds[1]) / 2, bounds[1]]
    figure.add_scatter(
        x=[None], y=[None], mode="markers", showlegend=False, hoverinfo="skip",
        marker={
            "color": [bounds[0]], "colorscale": BLUE_TO_AMBER, "cmin": bounds[0], "cmax": bounds[1], "showscale": True,
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
