"""Dots with intervals: the twin of the radar, and rows of any estimate."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import BAND, GREY, GRID, SYMBOLS, empty, label, layout, told, whole_name

HIGHEST = 2600
"""Pixels: what a figure of many models and facets may grow to; beyond it marks move closer."""


def dots(
    estimates: pl.DataFrame, facets: Sequence[str], labels: Mapping[str, str], colours: Mapping[str, str], *,
    people: pl.DataFrame | None = None, countries: pl.DataFrame | None = None, title: str = "centred score, scale points",
    bounds: tuple[float, float] | None = (-2.5, 2.0), uninterpretable: Collection[str] = (), percent: bool = False,
) -> go.Figure:
    """A row for each facet, a dot with its interval for each model; people as a band, countries as ticks.

    Columns as for `engine.figures.radar.radar`. Rows grow with the number of models, so that marks do not cover each other.
    """
    if estimates.is_empty():
        return empty("Nothing to show yet")
    figure = go.Figure()
    place = {facet: -number for number, facet in enumerate(facets)}
    if people is not None:
        for row in people.filter(pl.col("facet").is_in(list(facets))).drop_nulls(["value", "sd"]).iter_rows(named=True):
            y = place[row["facet"]]
            figure.add_shape(type="rect", x0=row["value"] - row["sd"], x1=row["value"] + row["sd"], y0=y - 0.4, y1=y + 0.4,
                             fillcolor=BAND, line_width=0, layer="below")
    if countries is not None and not countries.is_empty():
        mine = countries.filter(pl.col("facet").is_in(list(facets))).drop_nulls("value")
        figure.add_scatter(
            x=mine["value"].to_list(), y=[place[facet] for facet in mine["facet"]], mode="markers", name="countries",
            marker={"symbol": "line-ns-open", "size": 13, "color": GREY, "line": {"width": 1.5}},
            text=[label(name) for name in mine["population"]], hovertemplate="%{text}: %{x:.2f}<extra></extra>",
        )
    models = list(estimates.group_by("model", "source", maintain_order=True))
    for number, ((model, source), mine) in enumerate(models):
        shift = 0.7 * (number / max(len(models) - 1, 1) - 0.5) if len(models) > 1 else 0.0
        rows = [row for row in mine.iter_rows(named=True) if row["facet"] in place and row["value"] is not None]
        shown = label(str(model), str(source)) + (" (not interpretable)" if model in uninterpretable else "")
        _trace(figure, rows, [place[row["facet"]] - shift for row in rows], shown, colours.get(str(model), GREY),
               SYMBOLS[str(source)],
               [f"{whole_name(str(model), str(source))}<br>{labels[row['facet']]}: {told(row, percent=percent)}" for row in rows])
    figure.update_yaxes(tickvals=list(place.values()), ticktext=[labels[facet] for facet in facets], showgrid=False, zeroline=False,
                        range=[-len(facets) + 0.4, 0.6])
    figure.update_xaxes(title=title, gridcolor=GRID, zeroline=not percent, zerolinecolor=GREY, range=bounds,
                        tickformat=".0%" if percent else None)
    each, legend = max(38, 13 * len(models) + 10), 70 + 20 * (len(models) + (countries is not None))
    if len(facets) * each + legend > HIGHEST:
        each = max(38, (HIGHEST - legend) // max(len(facets), 1))
    return _below(layout(figure, 20 + legend + each * len(facets), margin=(10, 10, 10, legend)), legend)


def _below(figure: go.Figure, bottom: int) -> go.Figure:
    """Put the legend under the axis title, however high the figure is; `bottom`: pixels kept free under the rows."""
    height = int(figure.layout.height or 400)  # type: ignore[union-attr]
    figure.update_layout(legend={"y": -62 / max(height - bottom - 10, 60)})
    return figure


def interval_rows(
    estimates: pl.DataFrame, colours: Mapping[str, str], *, title: str, percent: bool = False, line: float | None = None,
    bounds: tuple[float, float] | None = None, labels: Mapping[str, str] | None = None, published: pl.DataFrame | None = None,
    notes: Mapping[str, str] | None = None,
) -> go.Figure:
    """One row for each model: a dot, its interval, its source by the mark. `line` draws a reference value.

    `labels` (facet to words) names the rows by facet instead of by model. `published` (columns as `estimates`) is drawn as a
    hollow triangle in the row of the same model and facet. An estimate without a value keeps its row and says so, one without trials
    was not measured. `notes` (by model) stand at the end of the rows. A mark carries its model as `customdata`.
    Not sorted by value: an order would claim what intervals may not allow.
    """
    if estimates["value"].drop_nulls().is_empty():
        return empty("Not computable" if estimates.height else "Not measured yet")
    figure, rows = go.Figure(), list(estimates.iter_rows(named=True))
    alike: dict[tuple[str, str], list[int]] = {}  # a trace for each look and not for each model: traces take most of a page's time
    for number, row in enumerate(rows):
        if row["value"] is not None:
            alike.setdefault((colours.get(row["model"], GREY), SYMBOLS[row["source"]]), []).append(number)
    for (colour, symbol), places in alike.items():
        mine = [rows[place] for place in places]
        named = ", ".join(dict.fromkeys(label(row["model"], row["source"]) for row in mine))
        _trace(figure, mine, [-place for place in places], named, colour, symbol,
               [f"{whole_name(row['model'], row['source'])}: {told(row, percent=percent)}" for row in mine], [row["model"] for row in mine])
    _beside(figure, rows, published, colours, percent=percent)
    noted = {-number: (notes or {}).get(row["model"], "") for number, row in enumerate(rows)}
    said = {-number: f"<i>not {'measured' if row['trials'] is None else 'computable'}</i>" for number, row in enumerate(rows)
            if row["value"] is None}
    _words(figure, {at: words for at, words in noted.items() if words}, 1)
    _words(figure, said, 0)
    figure.update_layout(
        xaxis={"title": title, "gridcolor": GRID, "zeroline": False, "tickformat": ".0%" if percent else None, "range": bounds},
        xaxis2={"overlaying": "x", "range": [0, 1], "visible": False, "fixedrange": True},
        yaxis={"tickvals": [-number for number in range(len(rows))], "ticktext": [_row_name(row, labels) for row in rows],
               "showgrid": False, "zeroline": False, "range": [-len(rows) + 0.4, 0.6]},
        shapes=[] if line is None else [{"type": "line", "x0": line, "x1": line, "y0": 0, "y1": 1, "yref": "paper",
                                         "line": {"color": GREY, "width": 1.5, "dash": "dot"}}],
    )
    return layout(figure, 90 + 26 * len(rows), legend=False, margin=(10, 76 if any(noted.values()) else 10, 10, 50))


def _words(figure: go.Figure, told: Mapping[int, str], side: int) -> None:
    """Words in the rows, from the left end (0) or the right one (1) on: one trace, since annotations are checked one by one."""
    if told:
        figure.add_scatter(x=[side] * len(told), y=list(told), xaxis="x2", mode="text", text=list(told.values()), hoverinfo="skip",
                           textposition="middle right", textfont={"size": 12, "color": GREY}, cliponaxis=False)


def _row_name(row: dict[str, Any], labels: Mapping[str, str] | None) -> str:
    return label(row["model"], row["source"], 24) if labels is None else labels[row["facet"]]


def _beside(
    figure: go.Figure, rows: Sequence[dict[str, Any]], published: pl.DataFrame | None, colours: Mapping[str, str], *, percent: bool
) -> None:
    """Published values in the rows they belong to; those of other models have no row here."""
    if published is None:
        return
    places = {(row["model"], row["facet"]): -number for number, row in enumerate(rows)}
    for row in published.drop_nulls("value").iter_rows(named=True):
        if (row["model"], row["facet"]) in places:
            _trace(figure, [row], [places[row["model"], row["facet"]]], label(row["model"], "published"),
                   colours.get(row["model"], GREY), SYMBOLS["published"],
                   [f"{whole_name(row['model'], 'published')}: {told(row, percent=percent)}"])


def _trace(
    figure: go.Figure, rows: Sequence[dict[str, Any]], y: Sequence[float], name: str, colour: str, symbol: str, hover: list[str],
    models: Sequence[str] | None = None,
) -> None:
    values: list[float] = [row["value"] for row in rows]
    above = [0.0 if row["high"] is None else row["high"] - row["value"] for row in rows]
    below = [0.0 if row["low"] is None else row["value"] - row["low"] for row in rows]
    figure.add_scatter(
        x=values, y=list(y), mode="markers", name=name, text=hover, customdata=models, hovertemplate="%{text}<extra></extra>",
        error_x={"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": colour, "thickness": 2, "width": 0},
        marker={"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
    )
