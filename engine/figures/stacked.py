"""Shares that add up to one, as one bar for each model."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Mapping

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import GRID, empty, label, layout, told, whole_name


def stacked(estimates: pl.DataFrame, parts: Mapping[str, tuple[str, str]], *, title: str) -> go.Figure:
    """A bar for each model, cut into `parts` (facet to its name and colour) in their order; a share of 8 % and more has its number in it.

    `estimates`: rows with model, source, facet, value, low, high, trials, stems, method. Intervals are told when a part is pointed at.
    """
    models = list(estimates.drop_nulls("value").select("model", "source").unique(maintain_order=True).iter_rows())
    if not models:
        return empty("Not computable" if estimates.height else "Not measured yet")
    of = {(row["model"], row["source"], row["facet"]): row for row in estimates.iter_rows(named=True)}
    figure, names = go.Figure(), [label(model, source, 24) for model, source in models]
    for facet, (name, colour) in parts.items():
        rows = [of.get((model, source, facet)) for model, source in models]
        values = [row["value"] if row else None for row in rows]
        figure.add_bar(
            x=values, y=names, orientation="h", name=name, marker={"color": colour}, textposition="inside", insidetextanchor="middle",
            text=[f"{100 * value:.0f} %" if value is not None and value >= 0.08 else "" for value in values],
            textfont={"color": "white", "size": 12},
            hovertext=[f"{whole_name(*who)}: {name}<br>{told(row, percent=True)}" if row else ""
                       for who, row in zip(models, rows, strict=True)],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.35)
    figure.update_xaxes(title=title, tickformat=".0%", range=[0, 1], gridcolor=GRID)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    height = 150 + 38 * len(models)
    layout(figure, height, margin=(10, 10, 10, 100))
    return figure.update_layout(legend_y=-62 / max(height - 110, 40), legend_traceorder="normal")

