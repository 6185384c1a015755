"""From the first choice to the second: where pushed answers go."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import ETHICS, ETHICS_LABELS, GREY, empty, faded, layout, told


def flow(transitions: pl.DataFrame) -> go.Figure:
    """First choices on the left, second choices on the right, over all pushed trials of one model.

    `transitions`: rows of the metric `transition` (facet `first>second`, value = share of all pushed trials).
    Kept choices are pale, changed ones strong.
    """
    rows = [row for row in transitions.iter_rows(named=True) if row["value"] is not None]
    if not rows:
        return empty("No choices under pressure yet")
    names = list(ETHICS)
    link: dict[str, list[object]] = {"source": [], "target": [], "value": [], "color": [], "customdata": []}
    for row in rows:
        first, second = row["facet"].split(">")
        link["source"].append(names.index(first))
        link["target"].append(len(names) + names.index(second))
        link["value"].append(max(row["value"], 1e-6))
        link["color"].append(faded(ETHICS[first], 0.22 if first == second else 0.75))
        link["customdata"].append(f"{ETHICS_LABELS[first]} → {ETHICS_LABELS[second]}<br>{told(row, percent=True)}")
    figure = go.Figure(go.Sankey(
        arrangement="fixed",
        node={"label": [f"{when}: {ETHICS_LABELS[name].lower()}" for when in ("first", "then") for name in names],
              "color": [ETHICS[name] for name in names] * 2, "pad": 18, "thickness": 16, "line": {"width": 0},
              "x": [0.01] * 3 + [0.99] * 3, "y": [0.1, 0.5, 0.9] * 2, "hovertemplate": "%{label}: %{value:.0%}<extra></extra>"},
        link={**link, "hovertemplate": "%{customdata}<extra></extra>"},
    ))
    return layout(figure, 380, legend=False, margin=(10, 10, 20, 20))


def transition_matrix(transitions: pl.DataFrame) -> go.Figure:
    """The same as a 3×3 table: rows are first choices, columns second choices, shares of all pushed trials."""
    rows = {row["facet"]: row for row in transitions.iter_rows(named=True)}
    if not rows:
        return empty("No choices under pressure yet")
    names = list(ETHICS)
    cells = [[rows.get(f"{first}>{second}") for second in names] for first in names]
    values = [[cell["value"] if cell else None for cell in line] for line in cells]
    figure = go.Figure(go.Heatmap(
        z=values, x=[f"then: {ETHICS_LABELS[name].lower()}" for name in names],
        y=[f"first: {ETHICS_LABELS[name].lower()}" for name in names],
        colorscale=[[0, "rgba(0,128,200,0.04)"], [1, "rgba(0,128,200,0.75)"]], zmin=0, zmax=1, showscale=False, xgap=3, ygap=3,
        text=[[_cell_text(cell) for cell in line] for line in cells],
        texttemplate="%{text}", customdata=[[told(cell, percent=True) if cell else "" for cell in line] for line in cells],
        hovertemplate="%{y}, %{x}<br>%{customdata}<extra></extra>",
    ))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(side="top", showgrid=False, tickcolor=GREY)
    return layout(figure, 320, legend=False, margin=(10, 10, 40, 10))


def _cell_text(cell: dict[str, float] | None) -> str:
    if cell is None or cell["value"] is None:  # pyright: ignore[reportUnnecessaryComparison]
        return "–"
    return f"{cell['value']:.0%}<br>{cell['low'] * 100:.0f}–{cell['high'] * 100:.0f}"
