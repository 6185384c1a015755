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
HIDDEN = ("run",)
"""Columns that only lead back into the lake."""
ABOUT = ("source", "benchmark", "metric", "facet", "stems", "dropped", "method")
"""Columns of numbers that are told once where they say the same in every row."""


@dataclass(frozen=True)
class Rows:
    """A table in words."""

    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    """Which columns are set to the right."""
    cells: tuple[tuple[str, ...], ...]
    left_out: int
    """How many rows more the data file has."""
    alike: tuple[tuple[str, str], ...] = ()
    """Columns that say the same in every row: told once instead."""


def in_words(exhibit: Exhibit, *, most: int) -> Rows:
    """An exhibit's table as a reader sees it; its numbers where it has none. Not more than `most` rows."""
    return numbers(exhibit, most=most) if exhibit.table is None else frame_rows(exhibit.table, most=most)


def numbers(exhibit: Exhibit, *, most: int) -> Rows:
    """The numbers behind an exhibit, shares as percent; what they have in common is told once."""
    return frame_rows(exhibit.numbers, most=most, percent=SHARES if exhibit.percent else (), about=ABOUT)


def frame_rows(frame: pl.DataFrame, *, most: int, percent: Sequence[str] = (), about: Sequence[str] = ()) -> Rows:
    """The first `most` rows of any frame in words.

    `percent` names the columns whose shares of 1 are told as percent, `about` those that are told once where every row says the same.
    """
    shown = frame.drop([name for name in HIDDEN if name in frame.columns])
    cells = [[in_cell(value, name, percent=name in percent) for name, value in row.items()]
             for row in shown.head(most).iter_rows(named=True)]
    same = [place for place, name in enumerate(shown.columns) if shown.height > 1 and name in about and shown[name].n_unique() == 1]
    kept = [place for place in range(shown.width) if place not in same]
    return Rows(
        tuple(shown.columns[place] for place in kept), tuple(shown.dtypes[place].is_numeric() for place in kept),
        tuple(tuple(row[place] for place in kept) for row in cells), max(shown.height - most, 0),
        tuple((shown.columns[place], cells[0][place]) for place in same),
    )


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
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"
