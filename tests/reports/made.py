"""Exhibits for the tests of reports."""

from dataclasses import replace
from typing import Any

import plotly.graph_objects as go
import polars as pl

from engine.figures.exhibit import Chart, Exhibit, Series

BAD = (
    "<script>alert('x')</script> & <b>bold</b>", "# **not** _markdown_ [x](javascript:alert(1)) | $a^2$", "مرحبا بالعالم — שלום",
    "x" * 500, "雪 👩‍🚀 é", "'; DROP TABLE decks; --", "{\"json\": \\n}", "= 1 + 1",
)
"""What people type or models are called."""


def row(model: str, value: float | None, **changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "model": model, "source": "measured", "benchmark": "dilemmas", "metric": "flip_rate", "facet": "blame", "value": value,
        "low": None if value is None else value - 0.05, "high": None if value is None else value + 0.05, "trials": 120, "stems": 40,
        "dropped": 2, "method": "Wilson, clustered by stem",
    }
    return {**told, **changed}


def exhibit(*rows: dict[str, Any], **changed: Any) -> Exhibit:
    """A bar chart with a number for each row; by default of two models, one of them simulated."""
    rows = rows or (row("maker/one", 0.43), row("simulated/steady", 0.12, source="simulated"))
    numbers = pl.DataFrame(rows, schema_overrides={"value": pl.Float64, "low": pl.Float64, "high": pl.Float64})
    values = numbers["value"].to_list()
    chart = Chart("bars", tuple(numbers["model"].to_list()), (Series("estimate", "#0080c8", tuple(values)),), "Flip rate", percent=True)
    made = Exhibit(
        title="Flips under blame", sentence="It flips.", caption="Lines are 95 % intervals.", numbers=numbers,
        figure=go.Figure(go.Bar(x=numbers["model"].to_list(), y=values)), chart=chart, percent=True,
        sources=tuple(numbers["source"].unique(maintain_order=True)), benchmarks=("dilemmas",), metrics=("flip_rate",),
        limits=("One wording was used.",), page="dilemmas", view="dilemmas.flips", wanted={"models": ["maker/one"], "kind": "blame"},
    )
    return replace(made, **changed)
