"""The value profile as a radar, on a fixed axis, in the order of the theory."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import BAND, DASHES, GREY, GRID, SYMBOLS, empty, label, layout, told, whole_name

AXIS = (-2.5, 2.0)
"""Centred scale points, the same for every selection. What lies outside is drawn at the rim and said so."""


def radar(
    estimates: pl.DataFrame, facets: Sequence[str], labels: Mapping[str, str], colours: Mapping[str, str], *,
    people: pl.DataFrame | None = None, countries: pl.DataFrame | None = None, uninterpretable: Collection[str] = (),
    axis: tuple[float, float] = AXIS,
) -> go.Figure:
    """Profiles of models over a band of people.

    `estimates`: rows of one value metric (columns as in `engine.metrics.frame.SCHEMA` with model and source).
    `people`: facet, value, sd (mean ± one person SD is the band). `countries`: population, facet, value.
    A value without an estimate leaves a gap; models in `uninterpretable` are drawn thin and named so.
    `axis`: lowest and highest centred score drawn, in scale points; it never follows from the data.
    """
    if estimates.is_empty():
        return empty("No value profile to show yet")
    figure = go.Figure()
    names = [labels[facet] for facet in facets]
    if people is not None and not people.is_empty():
        _band(figure, people, facets, names, axis)
    if countries is not None:
        for (country,), mine in countries.group_by("population", maintain_order=True):
            _country(figure, str(country), mine, facets, names, axis)
    for (model, source), mine in estimates.group_by("model", "source", maintain_order=True):
        _profile(figure, mine, facets, names, (str(model), str(source)), colours.get(str(model), GREY),
                 doubtful=str(model) in uninterpretable, axis=axis)
    figure.update_polars(
        bgcolor="rgba(0,0,0,0)",
        radialaxis={"range": axis, "tickvals": list(range(math.ceil(axis[0]), math.floor(axis[1]) + 1)),
                    "gridcolor": GRID, "angle": 90, "tickangle": 90,
                    "tickfont": {"size": 11}, "linecolor": GRID},
        angularaxis={"direction": "clockwise", "rotation": 90, "categoryorder": "array", "categoryarray": names, "gridcolor": GRID,
                     "linecolor": GRID, "tickvals": names, "ticktext": [name.replace(": ", ":<br>") for name in names]},
    )
    return layout(figure, 620, margin=(90, 90, 40, 40))


def _clipped(value: float | None, axis: tuple[float, float]) -> float | None:
    return None if value is None else min(max(value, axis[0]), axis[1])


def _ordered(frame: pl.DataFrame, facets: Sequence[str]) -> list[dict[str, Any] | None]:
    rows = {row["facet"]: row for row in frame.iter_rows(named=True)}
    return [rows.get(facet) for facet in facets]


def _band(figure: go.Figure, people: pl.DataFrame, facets: Sequence[str], names: list[str], axis: tuple[float, float]) -> None:
    """A filled ring where every value is known; single grey bars where only some are, since a ring would invent the rest."""
    rows = _ordered(people, facets)
    known = [(row, name) for row, name in zip(rows, names, strict=True) if row and None not in (row["value"], row["sd"])]
    if not known:
        return
    low = [_clipped(row["value"] - row["sd"], axis) for row, _ in known]
    high = [_clipped(row["value"] + row["sd"], axis) for row, _ in known]
    theta, told_as = [name for _, name in known], "people: mean ± one person's spread (SD)"
    if len(known) < len(facets):
        figure.add_scatterpolar(
            r=[end for ends in zip(low, high, strict=True) for end in (*ends, None)], name=told_as, meta="band",
            theta=[name for name in theta for _ in range(3)], mode="lines", line={"color": BAND, "width": 12}, hoverinfo="skip",
        )
        return
    theta = [*theta, theta[0]]
    figure.add_scatterpolar(r=[*low, low[0]], theta=theta, mode="lines", line={"width": 0}, hoverinfo="skip", showlegend=False)
    figure.add_scatterpolar(
        r=[*high, high[0]], theta=theta, mode="lines", line={"width": 0}, fill="tonext", fillcolor=BAND, hoverinfo="skip",
        name=told_as, meta="band",
    )


def _country(
    figure: go.Figure, country: str, mine: pl.DataFrame, facets: Sequence[str], names: list[str], axis: tuple[float, float]
) -> None:
    values = [_clipped(row["value"], axis) if row else None for row in _ordered(mine, facets)]
    figure.add_scatterpolar(
        r=[*values, values[0]], theta=[*names, names[0]], mode="lines", line={"width": 1.2, "color": GREY}, name=label(country),
        opacity=0.8, connectgaps=False, hovertemplate=f"{label(country)}<br>%{{theta}}: %{{r:.2f}}<extra></extra>",
    )


def _profile(
    figure: go.Figure, mine: pl.DataFrame, facets: Sequence[str], names: list[str], who: tuple[str, str], colour: str, *,
    doubtful: bool, axis: tuple[float, float],
) -> None:
    model, source = who
    rows = _ordered(mine, facets)
    values = [_clipped(row["value"], axis) if row else None for row in rows]
    hover = [_hover(row, name, axis) for row, name in zip(rows, names, strict=True)]
    _intervals(figure, rows, names, model, colour, axis)
    figure.add_scatterpolar(
        r=[*values, values[0]], theta=[*names, names[0]], mode="lines+markers", legendgroup=model, connectgaps=False,
        name=label(model, source) + (" (not interpretable)" if doubtful else ""),
        line={"color": colour, "width": 1 if doubtful else 2.5, "dash": "dot" if doubtful else DASHES[source]},
        marker={"symbol": SYMBOLS[source], "size": 8, "color": colour}, text=[*hover, hover[0]], hovertemplate="%{text}<extra></extra>",
    )


def _intervals(
    figure: go.Figure, rows: Sequence[dict[str, Any] | None], names: list[str], model: str, colour: str, axis: tuple[float, float]
) -> None:
    """All intervals of a profile as one trace of separate radial lines."""
    known = [(row, name) for row, name in zip(rows, names, strict=True) if row and None not in (row["value"], row["low"], row["high"])]
    if known:
        figure.add_scatterpolar(
            r=[end for row, _ in known for end in (_clipped(row["low"], axis), _clipped(row["high"], axis), None)],
            theta=[name for _, name in known for _ in range(3)], mode="lines", line={"color": colour, "width": 3}, opacity=0.55,
            connectgaps=False, hoverinfo="skip", showlegend=False, legendgroup=model, meta="intervals",
        )


def _hover(row: dict[str, Any] | None, name: str, axis: tuple[float, float]) -> str:
    if row is None:
        return f"{name}: no estimate"
    value = row["value"]
    outside = " (drawn at the rim)" if value is not None and not axis[0] <= value <= axis[1] else ""
    return f"{whole_name(str(row['model']))}<br>{name}: {told(row)}{outside}"
