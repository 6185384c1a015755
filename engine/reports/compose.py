"""A deck worked out into sheets: its slides with what they show, between a title and the method and limits."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.lake import Lake
from engine.problems import PlumblineError
from engine.reports import deck_history, finding, wording
from engine.reports.anew import Key, on_newest
from engine.reports.deck import SHOWN, Deck, Slide
from engine.reports.finding import Finding
from engine.reports.method_sheets import method_sheets, models, source_words
from engine.reports.numbers import big_number
from engine.reports.paging import numbered, pages
from engine.reports.sheets import Layout, Presentation, Sheet, Shown
from engine.results import Results

Found = Mapping[Key, Finding | str]
"""The findings of a deck; in words, why one is not to be had."""


def presentation(lake: Lake, deck: Deck | str, made: datetime, *, newest: Results | None = None) -> Presentation:
    """What a deck (or the newest version of the deck with this id) becomes. `made`: the date on its title. `newest`: show it on these
    results, for this once, and not on what was pinned (see `engine.reports.anew`).

    A finding that is not to be had is said to be missing, on its slide and under the limits; all other slides stay. Raises `UsageError`
    where there is no deck with this id.
    """
    whole = deck_history.find(lake, deck).deck if isinstance(deck, str) else deck
    found = _findings(lake, whole)
    notes: list[str] = []
    if newest is not None:
        whole, found, notes = on_newest(newest, whole, found, made)
    body = [sheet for slide in whole.slides for sheet in _sheets(slide, found)]
    used = [shown for sheet in body for shown in sheet.shown]
    shown = list({(one.finding, one.pinned, one.snapshot, one.exhibit.title): one for one in [*used, *_big(whole, found)]}.values())
    missing = sum(isinstance(one, str) for one in found.values())
    if missing:
        whose = "its" if missing == 1 else "their"
        notes.append(f"{wording.counted(missing, 'finding')} of this deck could not be shown; {whose} slides say why.")
    exhibits = [one.exhibit for one in shown]
    lines = (wording.day(made), f"{models(exhibits).counted()}.")
    first = Sheet("title", whole.title, whole.subtitle, lines=lines, footer=source_words(exhibits))
    return Presentation(whole.title, whole.subtitle, made, (first, *body, *method_sheets(shown, notes)))


def _findings(lake: Lake, deck: Deck) -> dict[Key, Finding | str]:
    keys = {key for slide in deck.slides for key in _keys(slide)}
    rows = finding.several(lake, list(keys))
    return {key: _opened(key, rows.get(key)) for key in keys}


def _opened(key: Key, row: Mapping[str, Any] | None) -> Finding | str:
    if row is None:
        return f"The finding shown here (version {key[1]} of {wording.line(key[0])}) is not in this lake any more. Pin it again."
    try:
        return finding.opened(row)
    except PlumblineError as problem:
        return f"The finding '{row['title']}' cannot be shown: {problem}."


def _keys(slide: Slide) -> list[Key]:
    return [(ref.id, ref.version) for ref in slide.findings[: SHOWN.get(slide.kind, 0)]]


def _big(deck: Deck, found: Found) -> list[Shown]:
    """What the big numbers were picked from: their slides do not show it, but the method has to tell of it."""
    keys = [key for slide in deck.slides if slide.kind == "big number" for key in _keys(slide)]
    return [_shown(one) for one in (found[key] for key in keys) if isinstance(one, Finding)]


def _shown(one: Finding) -> Shown:
    return Shown(one.exhibit, one.pinned_at, one.snapshot, one.id)


def _sheets(slide: Slide, found: Found) -> list[Sheet]:
    if slide.kind == "section":
        return [Sheet("section", slide.title or "Untitled section", slide.takeaway, slide.notes)]
    if slide.kind == "text":
        return _words(slide, slide.title, slide.text.split("\n"))
    there, wrong = _resolved(slide, found)
    known = [one.title for key in _keys(slide) if isinstance(one := found[key], Finding)]
    title = slide.title or " / ".join(known) or "Nothing to show"
    if not there:
        return _words(slide, title, wrong)
    footer = _footer(there)
    if slide.kind == "big number":
        return _number(slide, title, there[0], footer)
    layout = _layout(slide, there, wrong)
    lines = (*wrong, *_paragraphs(slide.text.split("\n") if slide.kind == "figure and text" else ()))
    shown = tuple(_table_shown(one) if layout == "table" else _shown(one) for one in there)
    return [Sheet(layout, title, slide.takeaway, slide.notes, shown, lines, footer=" ".join([*wrong, footer]))]


def _resolved(slide: Slide, found: Found) -> tuple[list[Finding], list[str]]:
    """The findings that have something to show; of the others, in words, why they have not."""
    there: list[Finding] = []
    wrong: list[str] = []
    for key in _keys(slide):
        one = found[key]
        if isinstance(one, str):
            wrong.append(one)
        elif one.exhibit.empty and slide.kind != "big number":
            wrong.append(f"{one.title}: there is nothing to show. {one.exhibit.sentence}".strip())
        else:
            there.append(one)
    lacking = SHOWN[slide.kind] - len(_keys(slide))
    return there, wrong + ["No finding has been chosen for this slide."] * bool(lacking)


def _layout(slide: Slide, there: list[Finding], wrong: list[str]) -> Layout:
    if slide.kind == "two figures":
        return "two figures" if len(there) == 2 else "figure and text"
    if slide.kind == "figure" and there[0].exhibit.figure is None:
        return "table"
    return "figure and text" if wrong else slide.kind


def _table_shown(one: Finding) -> Shown:
    shown = _shown(one)
    return shown if one.exhibit.table is not None else replace(shown, exhibit=replace(one.exhibit, table=one.exhibit.numbers))


def _number(slide: Slide, title: str, one: Finding, footer: str) -> list[Sheet]:
    number = big_number(one.exhibit, slide.pick)
    if number is None:
        named = ", ".join(name for name in (vars(slide.pick).values() if slide.pick else ()) if name)
        which = f"The number that was picked ({named}) is not among" if named else "There is none among"
        return _words(slide, title, [f"{which} the numbers of '{one.title}'. Pick another one."])
    return [Sheet("big number", title, slide.takeaway, slide.notes, number=number, footer=footer)]


def _words(slide: Slide, title: str, lines: list[str]) -> list[Sheet]:
    """A slide of words, or several where they are too many for one; the notes are with the first."""
    found = pages(_paragraphs(lines))
    sheets = [Sheet("text", numbered(title or "Untitled", place, len(found)), lines=page) for place, page in enumerate(found)]
    return [replace(sheets[0], takeaway=slide.takeaway, notes=slide.notes), *sheets[1:]]


def _paragraphs(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(one.rstrip() for one in lines if one.strip())


def _footer(there: list[Finding]) -> str:
    """Of each finding when it was pinned, on which snapshot, and where the data are from; once where that is the same."""
    pins = list(dict.fromkeys(f"pinned {wording.day(one.pinned_at)}, lake snapshot {one.snapshot}" for one in there))
    told = pins[0] if len(pins) == 1 else f"left: {pins[0]}; right: {pins[1]}"
    sources = source_words(one.exhibit for one in there)
    return f"{told[0].upper()}{told[1:]}." + (f" {sources[0].upper()}{sources[1:]}." if sources else " Source of the data not known.")
