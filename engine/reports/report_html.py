"""A report as one HTML file: a document to read, to print and to cite."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from engine.reports.on_page import OnPage, badges, on_page
from engine.reports.one_file import rendered
from engine.reports.report import Chapter, Report
from engine.reports.rows import frame_rows
from engine.reports.whole_file import write_whole

MOST_ROWS = 60
"""Rows of the table of data."""


@dataclass(frozen=True)
class Part:
    """A chapter with all that the template asks for."""

    chapter: Chapter
    number: int
    shown: tuple[OnPage, ...]
    badges: list[tuple[str, str]]


def document(report: Report) -> str:
    """The whole report as HTML that asks nothing of any network. With `#print` in its address every chart is drawn at once."""
    parts = [_part(chapter, number) for number, chapter in enumerate(report.chapters, 1)]
    explained = {one.name: one.title for one in report.methods}
    return rendered(
        "report.html.j2", styles=("look.css", "report.css"), scripts=("plotly", "charts.js", "report.js"), report=report, parts=parts,
        explained=explained, told=_told, rows=frame_rows(report.data, most=MOST_ROWS),
        badges=badges([one.exhibit for chapter in report.chapters for one in chapter.shown]),
    )


def write(report: Report, path: Path) -> None:
    """Write the report to a file. Raises `PlumblineError` where it cannot be written."""
    write_whole(path, document(report).encode())


def _part(chapter: Chapter, number: int) -> Part:
    shown = tuple(on_page(one, f"figure-{number}-{place}") for place, one in enumerate(chapter.shown, 1))
    return Part(chapter, number, shown, badges([one.exhibit for one in chapter.shown]))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _told(text: str) -> Markup:
    """Markdown of ours as HTML; HTML inside it stands as text."""
    return Markup(_markdown().render(text))
