"""A report as one HTML file, set to be read on a screen and on paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.figures.palette import SOURCES
from engine.reports.report import Chapter, Report
from engine.reports.rows import frame_rows
from engine.reports.web.formulas import as_html
from engine.reports.web.on_page import OnPage, on_page
from engine.reports.web.one_file import rendered
from engine.reports.whole_file import write_whole

MOST_ROWS = 500
"""Rows of the table of data."""


@dataclass(frozen=True)
class Part:
    """A chapter with all that the template asks for."""

    chapter: Chapter
    number: int
    shown: tuple[OnPage, ...]


def document(report: Report, *, theme: Literal["light", "dark", "auto"] = "auto") -> str:
    """The whole report as HTML that asks nothing of any network; with `#print` in its address every chart is drawn at once.

    Every figure leads to its metrics in the last chapter, at `#method-<metric>`, where the report tells of them.
    """
    parts = [
        Part(chapter, number, tuple(on_page(one, f"figure-{number}-{place}") for place, one in enumerate(chapter.shown, 1)))
        for number, chapter in enumerate(report.chapters, 1)
    ]
    return rendered(
        "report.html.j2", styles=("look.css", "report.css"), scripts=("plotly", "charts.js", "report.js"), report=report, parts=parts,
        badges=[(name, words) for name, words in SOURCES.items() if name in report.sources], titles=_titles(report), theme=theme,
        data_rows=frame_rows(report.data, most=MOST_ROWS), as_html=as_html,
    )


def write(report: Report, path: Path) -> None:
    """Write the report to a file. Raises `PlumblineError` where it cannot be written."""
    write_whole(path, document(report).encode())


def _titles(report: Report) -> Mapping[str, str]:
    return {method.name: method.title for method in report.methods}
