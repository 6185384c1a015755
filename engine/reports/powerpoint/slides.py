"""A deck as a PowerPoint file: native, editable charts and tables, real titles, speaker notes, words for those who cannot see it."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import io
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from engine.problems import PlumblineError
from engine.reports.powerpoint import exhibits as drawing
from engine.reports.powerpoint import notes as speech
from engine.reports.powerpoint.frame import Words, footed, measured, one_box, opened, say
from engine.reports.powerpoint.measure import SMALLEST, Box, Fitted
from engine.reports.powerpoint.template import BIG, CAPTIONS, HEADS, INTERVAL, OF, TAKEAWAY, TEXT, TITLE, blank, layout, place
from engine.reports.powerpoint.words import one_line, plain, several
from engine.reports.sheets import Presentation, Sheet

GAP = 0.6
"""Ems between paragraphs of a slide of words."""


def write(presentation: Presentation, path: Path) -> None:
    """Write a deck as a PowerPoint file (.pptx), whole or not at all.

    A table, or a chart of bars, that is too long for its slide goes on over further ones, four in all. Raises `PlumblineError` where
    the file cannot be written.
    """
    deck = blank()
    for sheet in presentation.sheets:
        named = one_line(sheet.title) or next((one_line(one.exhibit.title) for one in sheet.shown), "") or sheet.layout.capitalize()
        DRAWN.get(sheet.layout, _figure)(deck, replace(sheet, title=named), presentation)  # outline view needs a title
    told = deck.core_properties
    made = presentation.made.astimezone(UTC).replace(tzinfo=None)
    told.title, told.author, told.last_modified_by = one_line(presentation.title)[:250], "Plumbline", "Plumbline"
    told.subject, told.created, told.modified = one_line(presentation.subtitle)[:250], made, made
    held = io.BytesIO()
    deck.save(held)
    beside = path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(held.getvalue())
        beside.replace(path)
    except OSError as problem:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise PlumblineError(f"{path} cannot be written ({problem.strerror}); choose a folder that can be") from None


def _words(sheet: Sheet, **more: Any) -> Words:
    return Words(sheet.layout, sheet.title, sheet.takeaway, footer=speech.footer(sheet), badge=speech.badge(sheet.shown), **more)


def _spoken(sheet: Sheet, *fits: tuple[Fitted, str]) -> str:
    return speech.spoken(sheet, [one_line(text) for fit, text in fits if fit.cut])


def _opening(deck: Any, sheet: Sheet, presentation: Presentation) -> None:
    """The title slide, and those of sections."""
    slide = deck.slides.add_slide(layout(deck, sheet.layout))
    under = sheet.takeaway or (presentation.subtitle if sheet.layout == "title" else "")
    title = one_box([one_line(sheet.title)], place(sheet.layout, TITLE)[3], (place(sheet.layout, TITLE)[4], 26), bold=True)
    sub = one_box([one_line(under)], place(sheet.layout, TAKEAWAY)[3], (place(sheet.layout, TAKEAWAY)[4], 16))
    say(slide, sheet.layout, TITLE, title)
    say(slide, sheet.layout, TAKEAWAY, sub)
    if sheet.layout == "title":
        say(slide, sheet.layout, TEXT, one_box(several(sheet.lines), place("title", TEXT)[3], (18, SMALLEST), gap=0.3), gap=0.3)
    footed(slide, _words(sheet, notes=_spoken(sheet, (title, sheet.title), (sub, under))))


def _text(deck: Any, sheet: Sheet, _: Presentation) -> None:
    """Slides of words: as large as they fit."""
    round_ = measured(_words(sheet))
    lines, box = several(sheet.lines), round_.free
    largest = place(sheet.layout, TEXT)[4]
    # Few words in long lines are hard to read, many need the width.
    room = Box(box.left, box.top + 0.1, min(box.width, 11.2), box.height - 0.1)
    fit = one_box(lines, room, (largest, SMALLEST), gap=GAP)
    notes = speech.spoken(sheet, [*round_.cut, *(lines if fit.cut else [])])
    slide = opened(deck, measured(_words(sheet, notes=notes)))
    say(slide, sheet.layout, TEXT, fit, room, gap=GAP)


def _number(deck: Any, sheet: Sheet, _: Presentation) -> None:
    """One number, large."""
    number, small = sheet.number, [line for one in sheet.shown for line in speech.under(one.exhibit, None, sheet.title)]
    round_ = measured(_words(sheet, small=tuple(small)), small_lines=3)
    said = [plain(text) for text in (number.value, number.interval, number.of)] if number else ["not measured", "", ""]
    fits = {
        which: one_box([one_line(text)], place("big number", which)[3], (place("big number", which)[4], smallest), bold=which == BIG)
        for which, text, smallest in zip((BIG, INTERVAL, OF), said, (32, 16, SMALLEST), strict=True)
    }
    takeaway = one_box([one_line(sheet.takeaway)], place("big number", TAKEAWAY)[3], (24, 14), bold=True)
    cut = [*round_.cut, *(one_line(text) for fit, text in zip(fits.values(), said, strict=True) if fit.cut)]
    notes = speech.spoken(sheet, [*cut, *([sheet.takeaway] if takeaway.cut else [])])
    slide = opened(deck, measured(_words(sheet, small=tuple(small), notes=notes), small_lines=3))
    for which, fit in fits.items():
        say(slide, "big number", which, fit)
    say(slide, "big number", TAKEAWAY, takeaway, place("big number", TAKEAWAY)[3])


def _figure(deck: Any, sheet: Sheet, _: Presentation) -> None:
    """One exhibit, as large as it gets; with the layout `figure and text` its words beside it."""
    if not sheet.shown:
        _text(deck, Sheet("text", sheet.title, sheet.takeaway, sheet.notes, (), sheet.lines, None, sheet.footer), _)
        return
    exhibit, beside = sheet.shown[0].exhibit, sheet.layout == "figure and text"
    chart = drawing.chart_of(exhibit, sheet.layout)
    words = _words(sheet, small=tuple(speech.under(exhibit, chart, sheet.title)))
    free = measured(words).free
    first = Box(free.left, free.top, free.width * 0.66, free.height) if beside else free
    said = several(sheet.lines or (exhibit.sentence,)) if beside else []
    room = Box(first.left + first.width + 0.35, free.top + 0.1, free.width - first.width - 0.35, free.height - 0.1)
    fit = one_box(said, room, (20, SMALLEST), gap=GAP)
    notes = speech.spoken(sheet, [*measured(words).cut, *(said if fit.cut else [])])
    for slide in drawing.shown(deck, exhibit, words, first, notes, table_first=sheet.layout == "table"):
        say(slide, "figure and text", TEXT, fit, room, gap=GAP)
        fit = Fitted((), SMALLEST, 0)


def _two(deck: Any, sheet: Sheet, presentation: Presentation) -> None:
    """Two exhibits side by side, each with its own heading and small print."""
    if len(sheet.shown) < 2:
        _figure(deck, Sheet("figure", sheet.title, sheet.takeaway, sheet.notes, sheet.shown, sheet.lines, None, sheet.footer), presentation)
        return
    round_ = measured(_words(sheet))
    exhibits = [one.exhibit for one in sheet.shown[:2]]
    charts = [drawing.chart_of(exhibit, sheet.layout) for exhibit in exhibits]
    heads = [one_box([one_line(one.title)], Box(0, 0, place("two figures", at)[3].width, 0.56), (18, 14), bold=True)
             for one, at in zip(exhibits, HEADS, strict=True)]
    smalls = [one_box(speech.under(one, chart, one.title), place("two figures", at)[3], (SMALLEST, SMALLEST))
              for one, chart, at in zip(exhibits, charts, CAPTIONS, strict=True)]
    cut = [exhibit.title for exhibit, fit in zip(exhibits, heads, strict=True) if fit.cut]
    slide = opened(deck, measured(_words(sheet, notes=speech.spoken(sheet, [*round_.cut, *map(one_line, cut)]))))
    high, low, free = max(fit.height for fit in heads), max(fit.height for fit in smalls), round_.free
    for at, exhibit in enumerate(exhibits):
        left, wide = place("two figures", HEADS[at])[3].left, place("two figures", HEADS[at])[3].width
        say(slide, "two figures", HEADS[at], heads[at], Box(left, free.top, wide, high + 0.02))
        say(slide, "two figures", CAPTIONS[at], smalls[at], Box(left, free.bottom - low, wide, low))
        box = Box(left, free.top + high + 0.08, wide, free.height - high - low - 0.2)
        drawing.one(slide, exhibit, box)


DRAWN: dict[str, Callable[[Any, Sheet, Presentation], None]] = {
    "title": _opening, "section": _opening, "text": _text, "method": _text, "big number": _number, "two figures": _two,
}
"""How each layout is drawn; those that are not named here have one exhibit."""
