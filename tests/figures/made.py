"""Frames of estimates for the tests of figures."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import polars as pl

SCHEMA = {
    **dict.fromkeys(("model", "source", "benchmark", "metric", "facet"), pl.String), "value": pl.Float64, "low": pl.Float64,
    "high": pl.Float64, **dict.fromkeys(("trials", "stems", "dropped"), pl.Int64), "method": pl.String,
}
ETHICS = ("virtue", "deontology", "consequentialism")


def estimate(facet: str, value: float | None, half: float | None = 0.1, **more: Any) -> dict[str, Any]:
    bare = half is None or value is None
    row = {"model": "m", "source": "measured", "benchmark": "b", "metric": "x", "facet": facet, "value": value,
           "low": None if bare else value - half, "high": None if bare else value + half,
           "trials": 30, "stems": 10, "dropped": 2, "method": "how & why"}
    return {**row, **more}


def frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA)


def marked(figure: go.Figure, meta: str) -> list[Any]:
    """The traces that carry a mark."""
    return [trace for trace in figure.data if trace.meta == meta]
