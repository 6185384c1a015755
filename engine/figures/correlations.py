"""What goes with what across models, as a grid: coloured where it may be said, grey where it may not."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import html
from collections.abc import Sequence

import plotly.graph_objects as go

from engine.figures.palette import BAND, BLUE_TO_AMBER, empty, layout
from engine.metrics.bridges import Bridge, Trait


def correlation_grid(traits: Sequence[Trait], bridges: Sequence[Bridge]) -> go.Figure:
    """A cell for every two traits of different benchmarks with their correlation. Cells without colour claim nothing."""
    if not bridges:
        return empty("Nothing to set against each other yet")
    labels = [html.escape(trait.label) for trait in traits]
    place = {trait: number for number, trait in enumerate(traits)}
    size = len(traits)
    sure: list[list[float | None]] = [[None] * size for _ in range(size)]
    told, hover = ([[""] * size for _ in range(size)] for _ in range(2))
    for bridge in bridges:
        for row, column in ((bridge.one, bridge.other), (bridge.other, bridge.one)):
            at = place[row], place[column]
            value = bridge.rho.value
            told[at[0]][at[1]] = "–" if value is None else f"{value:.2f}"
            hover[at[0]][at[1]] = f"{html.escape(row.label)} and {html.escape(column.label)}<br>{words(bridge)}"
            sure[at[0]][at[1]] = value if bridge.sure else None
    numbers = list(range(size))
    bold = [[told[row][column] if sure[row][column] is not None else "" for column in numbers] for row in numbers]
    figure = go.Figure()
    figure.add_heatmap(z=[[0.0] * size] * size, x=numbers, y=numbers, colorscale=[[0, BAND], [1, BAND]], showscale=False, hoverinfo="skip",
                       xgap=2, ygap=2)
    figure.add_heatmap(z=sure, x=numbers, y=numbers, zmin=-1, zmax=1, colorscale=BLUE_TO_AMBER, text=bold, texttemplate="%{text}",
                       textfont={"size": 13}, xgap=2, ygap=2, customdata=hover, hovertemplate="%{customdata}<extra></extra>",
                       hoverongaps=True, colorbar={"title": {"text": "rank correlation", "side": "top"}, "orientation": "h",
                                                   "thickness": 10, "len": 0.5, "y": -0.4})
    figure.add_scatter(x=[at for at in numbers for _ in numbers], y=[at for _ in numbers for at in numbers], mode="text", hoverinfo="skip",
                       text=[told[row][column] if sure[row][column] is None else "" for column in numbers for row in numbers],
                       showlegend=False)
    figure.update_xaxes(tickvals=numbers, ticktext=labels, tickangle=-35, showgrid=False, zeroline=False)
    figure.update_yaxes(tickvals=numbers, ticktext=labels, autorange="reversed", showgrid=False, zeroline=False)
    return layout(figure, 260 + 34 * size, legend=False, margin=(10, 10, 10, 150))


def words(bridge: Bridge) -> str:
    """A bridge in words, with its interval and the number of models."""
    if bridge.rho.value is None:
        return f"cannot be said from {bridge.models} model{'' if bridge.models == 1 else 's'}"
    shown = f"{bridge.rho.value:.2f} ({bridge.rho.low:.2f} to {bridge.rho.high:.2f}), {bridge.models} models"
    return shown if bridge.sure else f"{shown}; may be chance"
