"""A deck as one HTML file: it is shown full screen from any browser, a USB stick will do."""

import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from engine.reports.sheets import Presentation, Sheet
from engine.reports.web.on_page import OnPage, badges, on_page
from engine.reports.web.one_file import rendered
from engine.reports.whole_file import write_whole

STEPS = (46, 92, 180)
"""Widths of a line of words, in letters, up to which it is set large, medium and small; longer ones smallest and cut after some lines."""
DRAWN = {"figure": 1, "figure and text": 1, "two figures": 2, "table": 1, "big number": 1}
"""How many exhibits a layout has room for."""


@dataclass(frozen=True)
class Slide:
    """A sheet with all that the template asks for."""

    sheet: Sheet
    number: int
    shown: tuple[OnPage, ...]
    badges: list[tuple[str, str]]

    @property
    def kind(self) -> str:
        """The layout as a class name."""
        return "is-" + self.sheet.layout.replace(" ", "-")

    @property
    def name(self) -> str:
        """What the slide is called where it cannot be seen."""
        return self.sheet.title or self.sheet.takeaway or self.sheet.layout


def document(
    presentation: Presentation, *, theme: Literal["light", "dark", "auto"] = "auto", at: int = 1, embedded: bool = False
) -> str:
    """The whole deck as HTML that asks nothing of any network.

    `theme`: its colours at first; `auto` follows the reader's own setting. `at`: the slide it opens with, from 1, unless its address
    names one (`#3`). `embedded`: it stands in a frame; it then leaves the address alone and tells the window around it by
    `postMessage` of `{plumbline: "slide", at: n}` and `{plumbline: "left"}`. With `#print` in its address every chart is drawn at once.
    """
    slides = [_slide(_filled(sheet, presentation), number) for number, sheet in enumerate(presentation.sheets, 1)]
    return rendered(
        "slides.html.j2", styles=("look.css", "slides.css"), scripts=("plotly", "charts.js", "room.js", "slides.js"),
        presentation=presentation, slides=slides, theme=theme, at=min(max(at, 1), max(len(slides), 1)), embedded=embedded, size=size,
    )


def write(presentation: Presentation, path: Path) -> None:
    """Write the deck to a file. Raises `PlumblineError` where it cannot be written."""
    write_whole(path, document(presentation).encode())


def size(text: str) -> int:
    """How large a line of words may be set, 1 the largest to 4: by its width in letters, wide ones counting twice."""
    letters = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return next((number for number, most in enumerate(STEPS, 1) if letters <= most), len(STEPS) + 1)


def _slide(sheet: Sheet, number: int) -> Slide:
    shown = sheet.shown[: DRAWN.get(sheet.layout, 0)]
    as_table = sheet.layout in ("table", "big number")  # which draw no figure
    pages = tuple(on_page(one, f"figure-{number}-{place}", as_table=as_table) for place, one in enumerate(shown, 1))
    return Slide(sheet, number, pages, badges([one.exhibit for one in sheet.shown]))


def _filled(sheet: Sheet, presentation: Presentation) -> Sheet:
    """A title without words of its own carries the deck's subtitle."""
    if sheet.layout != "title":
        return sheet
    lines = sheet.lines or (f"{presentation.made:%d %B %Y}",)
    return replace(sheet, title=sheet.title or presentation.title, takeaway=sheet.takeaway or presentation.subtitle, lines=lines)
