"""The value profile as a radar, on a fixed axis, in the order of the theory."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Collection, Mapping, Sequence

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import BAND, DASHES, GREY, GRID, SYMBOLS, empty, label, layout, told

AXIS = (-2.5, 2.0)
"""Centred scale points, the same for every selection. What lies outside is drawn at the rim and said so."""


def radar(
    estimates: pl.DataFrame, facets: Sequence[str], labels: Mapping[str, str], colours: Mapping[str, str], *,
    people: pl.DataFrame | None = None, countries: pl.DataFrame | None = None, uninterpretable: Collection[str] = (),
) -> go.Figure:
    """Profiles of models over a band of people.

    `estimates`: rows of one value metric (columns as in `engine.metrics.frame.SCHEMA` with model and source).
    `people`: facet, value, sd (mean ± one person SD is the band). `countries`: population, facet, value.
    A value without an estimate leaves a gap; models in `uninterpretable` are drawn thin and named so.
    """
    if estimates.is_empty():
        return empty("No value profile to show yet")
    figure = go.Figure()
    names = [labels[facet] for facet in facets]
    if people is not None and not people.is_empty():
        _band(figure, people, facets, names)
    if countries is not None:
        for (country,), mine in countries.group_by("population", maintain_order=True):
            _country(figure, str(country), mine, facets, names)
    for (model, source), mine in estimates.group_by("model", "source", maintain_order=True):
        _profile(figure, mine, facets, names, str(model), str(source), colours[str(model)], str(model) in uninterpretable)
    figure.update_polars(
        bgcolor="rgba(0,0,0,0)",
        radialaxis={"range": AXIS, "tickvals": [-2, -1, 0, 1, 2], "gridcolor": GRID, "angle": 90, "tickangle": 90,
                    "tickfont": {"size": 11}, "linecolor": GRID},
        angularaxis={"direction": "clockwise", "rotation": 90, "categoryorder": "array", "categoryarray": names, "gridcolor": GRID,
                     "linecolor": GRID},
    )
    return layout(figure, 620, margin=(90, 90, 40, 40))


def _clipped(value: float | None) -> float | None:
    return None if value is None else min(max(value, AXIS[0]), AXIS[1])


def _ordered(frame: pl.DataFrame, facets: Sequence[str]) -> list[dict[str, object] | None]:
    rows = {row["facet"]: row for row in frame.iter_rows(named=True)}
    return [rows.get(facet) for facet in facets]


def _band(figure: go.Figure, people: pl.DataFrame, facets: Sequence[str], names: list[str]) -> None:
    rows = [row for row in _ordered(people, facets) if row]
    if len(rows) != len(facets):
        return
    high = [_clipped(row["value"] + row["sd"]) for row in rows]  # type: ignore[operator]
    low = [_clipped(row["value"] - row["sd"]) for row in rows]  # type: ignore[operator]
    theta = [*names, names[0]]
    figure.add_scatterpolar(r=[*low, low[0]], theta=theta, mode="lines", line={"width": 0}, hoverinfo="skip", showlegend=False)
    figure.add_scatterpolar(
        r=[*high, high[0]], theta=theta, mode="lines", line={"width": 0}, fill="tonext", fillcolor=BAND, hoverinfo="skip",
        name="people: mean ± one person's spread (SD)", meta="band",
    )


def _country(figure: go.Figure, country: str, mine: pl.DataFrame, facets: Sequence[str], names: list[str]) -> None:
    rows = [row for row in _ordered(mine, facets) if row]
    if len(rows) != len(facets):
        return
    values = [_clipped(row["value"]) for row in rows]  # type: ignore[arg-type]
    figure.add_scatterpolar(
        r=[*values, values[0]], theta=[*names, names[0]], mode="lines", line={"width": 1.2, "color": GREY}, name=label(country),
        opacity=0.8, hovertemplate=f"{label(country)}<br>%{{theta}}: %{{r:.2f}}<extra></extra>",
    )


def _profile(
    figure: go.Figure, mine: pl.DataFrame, facets: Sequence[str], names: list[str], model: str, source: str, colour: str, doubtful: bool
) -> None:
    rows = _ordered(mine, facets)
    values = [_clipped(row["value"]) if row else None for row in rows]  # type: ignore[arg-type]
    hover = [_hover(row, name) for row, name in zip(rows, names, strict=True)]
    shown = label(model, source) + (" (not interpretable)" if doubtful else "")
    for row, name in zip(rows, names, strict=True):
        if row and row["low"] is not None:
            figure.add_scatterpolar(
                r=[_clipped(row["low"]), _clipped(row["high"])], theta=[name, name], mode="lines",  # type: ignore[arg-type]
                line={"color": colour, "width": 3}, opacity=0.55, hoverinfo="skip", showlegend=False, legendgroup=model,
            )
    figure.add_scatterpolar(
        r=[*values, values[0]], theta=[*names, names[0]], mode="lines+markers", name=shown, legendgroup=model, connectgaps=False,
        line={"color": colour, "width": 1 if doubtful else 2.5, "dash": "dot" if doubtful else DASHES[source]},
        marker={"symbol": SYMBOLS[source], "size": 8, "color": colour}, text=[*hover, hover[0]], hovertemplate="%{text}<extra></extra>",
    )


def _hover(row: dict[str, object] | None, name: str) -> str:
    if row is None:
        return f"{name}: no estimate"
    value = row["value"]
    outside = " (drawn at the rim)" if isinstance(value, float) and not AXIS[0] <= value <= AXIS[1] else ""
    return f"{label(str(row['model']))}<br>{name}: {told(row)}{outside}"
