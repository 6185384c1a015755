"""The look that all figures share: colours, marks and layout.

Model colours begin with Okabe & Ito's (2008) blue, vermilion and green; the others are as far from them and each
other as they can be for full colour vision and for red-green colour blindness (Machado et al. 2009), each with at least
3:1 contrast on the light and on the dark background. The tests hold them to it.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import html
from collections.abc import Iterable, Sequence
from typing import Any

import plotly.graph_objects as go

COLOURS = ("#0080c8", "#d9661f", "#06a66f", "#8108ff", "#2a9fb1", "#94522b", "#7a6afd", "#246c61")
ETHICS = {"virtue": "#0f9d75", "deontology": "#0080c8", "consequentialism": "#d9661f"}
ETHICS_LABELS = {"virtue": "Virtue", "deontology": "Duty", "consequentialism": "Outcome"}
GREY = "#808692"
GRID = "rgba(128,134,146,0.28)"
BAND = "rgba(128,134,146,0.22)"
BLUE_TO_AMBER = [[0.0, "rgb(47,111,196)"], [0.5, "rgb(125,128,132)"], [1.0, "rgb(232,185,35)"]]
"""From blue over grey to amber: told apart by the colour-blind, and neither end is lost on a light or a dark page."""
SYMBOLS = {"measured": "circle", "simulated": "diamond-open", "imported": "square", "published": "triangle-up-open"}
DASHES = {"measured": "solid", "simulated": "dash", "imported": "dot", "published": "longdash"}
SOURCES = {"measured": "measured here", "simulated": "SIMULATED", "imported": "imported logs", "published": "published"}
"""What each source is called wherever it appears."""


def source_label(source: str) -> str:
    """What a source is called: `SIMULATED`, `imported logs`, … An unknown one is shown as it stands, escaped."""
    return SOURCES.get(source, html.escape(source))


def colours(selected: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    """A colour for each selected model, the same on every page.

    A model's colour follows from its place among all `known` models in the order of their names; where two selected ones would
    share a colour, the first keeps it and the later takes the next one that no selected model calls its own.
    """
    order = {name: place for place, name in enumerate(sorted(set(known) | set(selected)))}
    taken: dict[str, str] = {}
    by_order = sorted(selected, key=order.__getitem__)
    for name in by_order:
        own = COLOURS[order[name] % len(COLOURS)]
        if own not in taken.values():
            taken[name] = own
    for name in (name for name in by_order if name not in taken):
        turned = [COLOURS[(order[name] + step) % len(COLOURS)] for step in range(len(COLOURS))]
        taken[name] = next((colour for colour in turned if colour not in taken.values()), turned[0])
    return {name: taken[name] for name in selected}


def label(name: str, source: str | None = None, longest: int = 34) -> str:
    """A model's name for a figure: escaped, cut in the middle where it is long, its source said unless measured here."""
    short = name.removeprefix("simulated/") if source == "simulated" else name
    if len(short) > longest:
        short = f"{short[: longest - 9]}…{short[-8:]}"
    told = f" · {SOURCES[source]}" if source and source != "measured" else ""
    return html.escape(short) + told


def whole_name(name: str, source: str | None = None, width: int = 60) -> str:
    """A model's whole name for a hover text: escaped, broken into lines of `width` characters, with its source."""
    lines = [html.escape(name[place : place + width]) for place in range(0, len(name), width)]
    return "<br>".join(lines) + (f" · {source_label(source)}" if source and source != "measured" else "")


def faded(colour: str, opacity: float) -> str:
    """A hex colour with an opacity."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def told(row: dict[str, Any], *, percent: bool = False) -> str:
    """A row's value with interval, counts and method, for a hover text."""
    counts = f"{row['trials']} trials, {row['stems']} independent units" if row.get("stems") is not None else f"n {row['trials']}"
    lost = f", {row['dropped']} dropped as unusable" if row.get("dropped") else ""
    return f"{value_text(row, percent=percent)}<br>{counts}{lost}<br>{html.escape(row.get('method') or '')}"


def value_text(row: dict[str, Any], *, percent: bool = False) -> str:
    """A value with its 95 % interval in words; `not computable` where it has none."""
    if row["value"] is None:
        return "not computable"
    scale, digits, unit = (100, 0, " %") if percent else (1, 2, "")
    shown = f"{row['value'] * scale:.{digits}f}{unit}"
    if row["low"] is None or row["high"] is None:
        return f"{shown} (no interval)"
    return f"{shown} ({row['low'] * scale:.{digits}f} to {row['high'] * scale:.{digits}f})"


def points_text(value: float | None, low: float | None, high: float | None) -> str:
    """A difference of shares with its 95 % interval in points: `+12 points (-3 to +27)`."""
    if value is None or low is None or high is None:
        return "not known"
    return f"{100 * value:+.0f} points ({100 * low:+.0f} to {100 * high:+.0f})"


def layout(figure: go.Figure, height: int, *, legend: bool = True, margin: tuple[int, int, int, int] = (10, 10, 30, 30)) -> go.Figure:
    """Give a figure the shared look. `margin`: left, right, top, bottom in pixels. Text takes the page's own colour."""
    left, right, top, bottom = margin
    figure.update_layout(
        height=height, showlegend=legend, margin={"l": left, "r": right, "t": top, "b": bottom}, paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)", hoverlabel={"align": "left"}, font={"size": 13},
        legend={"orientation": "h", "yanchor": "top", "y": -0.08, "x": 0, "font": {"size": 13}},
    )
    return figure


def empty(text: str) -> go.Figure:
    """A figure that says what is missing."""
    figure = go.Figure()
    figure.add_annotation(text=html.escape(text), showarrow=False, font={"size": 15, "color": GREY})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return layout(figure, 200, legend=False)
