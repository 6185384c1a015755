"""An exhibit as HTML needs it: the figure's content for Plotly, its words, its numbers as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.figures.exhibit import Exhibit, drawn_by_plotly
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
    figure = None if as_table or exhibit.figure is None else drawn_by_plotly(exhibit.figure)
    wanted = figure is None and (exhibit.table is not None or (as_table and exhibit.numbers.height > 0))
    table = in_words(exhibit, most=MOST_ROWS) if wanted else None
    return OnPage(
        key, exhibit.title, exhibit.sentence, exhibit.caption, exhibit.limits, figure, table,
        numbers(exhibit, most=MOST_ROWS), exhibit.metrics, f"{shown.pinned:%d %B %Y}, snapshot {shown.snapshot}",
    )


def badges(exhibits: Sequence[Exhibit]) -> list[tuple[str, str]]:
    """Where the data are from, each source once: its name in the code and as it is called."""
    found = {source for exhibit in exhibits for source in exhibit.sources}
    return [(name, words) for name, words in SOURCES.items() if name in found]
