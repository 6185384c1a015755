"""A frame as rows of words: what a table on a slide or a page shows."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from engine.figures.exhibit import Exhibit
from engine.figures.palette import SOURCES

SHARES = ("value", "low", "high")
MISSING = "–"
LEAST = 0.0001
"""Nearer to 0 no digits are told."""
HIDDEN = ("run",)
"""Columns that only lead back into the lake."""


@dataclass(frozen=True)
class Rows:
    """A table in words."""

    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    """Which columns are set to the right."""
    cells: tuple[tuple[str, ...], ...]
    left_out: int
    """How many rows more the data file has."""


def in_words(exhibit: Exhibit, *, most: int) -> Rows:
    """An exhibit's table as a reader sees it; its numbers where it has none. Not more than `most` rows."""
    return numbers(exhibit, most=most) if exhibit.table is None else frame_rows(exhibit.table, most=most)


def numbers(exhibit: Exhibit, *, most: int) -> Rows:
    """The numbers behind an exhibit, shares as percent."""
    return frame_rows(exhibit.numbers, most=most, percent=SHARES if exhibit.percent else ())


def frame_rows(frame: pl.DataFrame, *, most: int, percent: Sequence[str] = ()) -> Rows:
    """The first `most` rows of any frame in words; `percent` names the columns whose shares of 1 are told as percent."""
    shown = frame.drop([name for name in HIDDEN if name in frame.columns])
    cells = [tuple(in_cell(value, name, percent=name in percent) for name, value in row.items())
             for row in shown.head(most).iter_rows(named=True)]
    numeric = tuple(kind.is_numeric() for kind in shown.dtypes)
    return Rows(tuple(shown.columns), numeric, tuple(cells), max(shown.height - most, 0))


def in_cell(value: Any, column: str, *, percent: bool = False) -> str:
    """An entry of a column as a reader sees it; `percent`: a share of 1."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{100 * value:.1f} %" if percent else _number(value)
    if isinstance(value, int):
        return str(value) if "year" in column else f"{value:,}"
    if isinstance(value, pl.Series | list | tuple):
        return ", ".join(str(one) for one in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return SOURCES.get(str(value), str(value)) if column == "source" else str(value)


def _number(value: float) -> str:
    if 0 < abs(value) < LEAST:
        return f"below {LEAST:.4f}" if value > 0 else f"above -{LEAST:.4f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
