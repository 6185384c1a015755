"""An exhibit as HTML needs it: the figure's content for Plotly, its words, its numbers as rows."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from engine.figures.exhibit import Exhibit
from engine.figures.palette import SOURCES
from engine.reports.rows import Rows, in_words, numbers
from engine.reports.sheets import Shown

MOST_ROWS = 400
"""Rows of a table that a page carries; the rest is in the data file."""


@dataclass(frozen=True)
class OnPage:
    """One exhibit, ready for a template."""

    key: str
    """Its id in the page."""
    title: str
    sentence: str
    caption: str
    limits: tuple[str, ...]
    figure: dict[str, Any] | None
    """What Plotly draws; `None` where a table or nothing is shown."""
    table: Rows | None
    """The table that stands in place of a figure."""
    numbers: Rows
    metrics: tuple[str, ...]
    pinned: str


def on_page(shown: Shown, key: str, *, as_table: bool = False) -> OnPage:
    """An exhibit for a page; `as_table`: its table (or its numbers) even where it has a figure."""
    exhibit = shown.exhibit
    figure = None if as_table or exhibit.figure is None else plain_figure(exhibit.figure)
    wanted = figure is None and (as_table or exhibit.table is not None) and (exhibit.table is not None or exhibit.numbers.height > 0)
    table = in_words(exhibit, most=MOST_ROWS) if wanted else None
    return OnPage(
        key, exhibit.title, exhibit.sentence, exhibit.caption, exhibit.limits, figure, table,
        numbers(exhibit, most=MOST_ROWS), exhibit.metrics, f"{shown.pinned:%d %B %Y}, snapshot {shown.snapshot}",
    )


def plain_figure(figure: go.Figure) -> dict[str, Any]:
    """What Plotly draws, without a template: the page gives its own colours."""
    told: dict[str, Any] = json.loads(figure.to_json() or "{}")
    layout: dict[str, Any] = {name: part for name, part in told.get("layout", {}).items() if name != "template"}
    return {"data": told.get("data", []), "layout": layout}


def figures(pages: Sequence[OnPage]) -> Mapping[str, dict[str, Any]]:
    """The figures of a page by their ids."""
    return {one.key: one.figure for one in pages if one.figure is not None}


def badges(exhibits: Sequence[Exhibit]) -> list[tuple[str, str]]:
    """Where the data are from, each source once: its name in the code and as it is called."""
    found = {source for exhibit in exhibits for source in exhibit.sources}
    return [(name, words) for name, words in SOURCES.items() if name in found]
