"""From the first choice to the second: where pushed answers go."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

from engine.figures.palette import ETHICS, ETHICS_LABELS, GREY, empty, faded, layout, told


def flow(transitions: pl.DataFrame) -> go.Figure:
    """First choices on the left, second choices on the right, over all pushed trials of one model.

    `transitions`: rows of the metric `transition` (facet `first>second`, value = share of all pushed trials).
    Kept choices are pale, changed ones strong. Hover: share, interval, counts and method.
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
              "x": [0.001] * 3 + [0.999] * 3, "y": [*_places(rows, 0), *_places(rows, 1)],
              "hovertemplate": "%{label}: %{value:.0%}<extra></extra>"},
        textfont={"shadow": "none"},
        link={**link, "hovertemplate": "%{customdata}<extra></extra>"},
    ))
    return layout(figure, 380, legend=False, margin=(10, 10, 20, 20))


def _places(rows: Sequence[dict[str, Any]], side: int) -> list[float]:
    """Middles of the three boxes of one side (0 first, 1 second choice), as high as their shares with room between."""
    gap, top, middles = 0.07, 0.0, list[float]()
    sizes = [sum(row["value"] for row in rows if row["facet"].split(">")[side] == name) for name in ETHICS]
    whole = sum(sizes) or 1.0
    for size in sizes:
        height = (1 - 2 * gap) * size / whole
        middles.append(min(max(top + height / 2, 0.001), 0.999))
        top += height + gap
    return middles


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
        customdata=[[told(cell, percent=True) if cell else "" for cell in line] for line in cells],
        hovertemplate="%{y}, %{x}<br>%{customdata}<extra></extra>",
    ))
    # Text as annotations takes the page's own colour; a heat map would choose black or white for a background it cannot know.
    for y, line in enumerate(cells):
        for x, cell in enumerate(line):
            figure.add_annotation(x=x, y=y, text=_cell_text(cell), showarrow=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(side="top", showgrid=False, tickcolor=GREY)
    return layout(figure, 320, legend=False, margin=(10, 10, 40, 10))


def _cell_text(cell: dict[str, Any] | None) -> str:
    if cell is None or cell["value"] is None:
        return "–"
    if cell["low"] is None or cell["high"] is None:
        return f"{cell['value']:.0%}<br>no interval"
    return f"{cell['value']:.0%}<br>{cell['low'] * 100:.0f}–{cell['high'] * 100:.0f}"
