"""Where pages pin findings, change decks and hand them out. Whoever may only look is stopped here, whatever a page shows."""

import re
import tempfile
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import streamlit as st

from engine import views
from engine.figures.exhibit import Exhibit
from engine.lake import Lake
from engine.problems import PlumblineError
from engine.reports import changes, compose, deck_history, export, finding, model_report
from engine.reports import deck as editing
from engine.reports.deck import Deck, Kind, Ref, Slide
from engine.reports.deck_history import KeptDeck
from engine.reports.finding import Finding
from engine.reports.sheets import Presentation
from engine.reports.web import slides
from engine.results import Results
from pages import kept, visitor

LONGEST = 500
"""Characters of a title."""


@dataclass(frozen=True)
class Newer:
    """What the newest data make of a finding."""

    exhibit: Exhibit | None
    """`None` where it cannot be made any more."""
    changes: pl.DataFrame
    words: str
    differs: bool


def pin(made: Exhibit, title: str, deck: str | None) -> Finding:
    """Pin an exhibit as it is seen now; with a deck's id, as a slide at its end too. Raises `PlumblineError`."""
    visitor.must_change()
    one = finding.pin(_lake(), made, title, visitor.name(), snapshot=kept.now().snapshot)
    if deck:
        there = deck_history.find(_lake(), deck)
        kind: Kind = "table" if made.figure is None else "figure"
        changed = editing.add(there.deck, Slide(kind=kind, findings=(Ref(id=one.id, version=one.version),), takeaway=made.sentence))
        deck_history.save(_lake(), deck, changed, there.version, f"added '{one.title}'", visitor.name())
    return one


def snapshot() -> int:
    """The lake's snapshot that pages show."""
    return kept.now().snapshot


def findings() -> pl.DataFrame:
    """The pinned findings, newest first (see `engine.reports.finding.listed`)."""
    return finding.listed(_lake())


def one_finding(own: str, version: int | None = None) -> Finding:
    """A finding as it was pinned, the visitor's own copy: a page gives its figure the colours of the theme. Raises `PlumblineError`."""
    return finding.find(_lake(), own, version)


@st.cache_data(max_entries=512, show_spinner=False)
def _title_of(own: str, version: int) -> str | None:
    """A version does not change any more."""
    row = finding.several(_lake(), [(own, version)]).get((own, version))
    return None if row is None else str(row["title"])


def title_of(ref: Ref) -> str:
    """The title of a finding on a slide; says so where it is not there any more."""
    return _title_of(ref.id, ref.version) or "a finding that is not there any more"


def versions_of(own: str) -> pl.DataFrame:
    """Every version of a finding, oldest first."""
    return finding.history(_lake(), own)


@st.cache_resource(max_entries=512, show_spinner=False)
def _newer(own: str, version: int, snapshot: int) -> Newer:  # noqa: ARG001
    one = one_finding(own, version)
    try:
        made = views.make(kept.now(), one.exhibit.view, one.exhibit.wanted)
    except PlumblineError as problem:
        return Newer(None, pl.DataFrame(), f"It cannot be made of the newest data: {problem}", differs=False)
    if made.empty and not one.exhibit.empty:
        return Newer(None, pl.DataFrame(), f"The newest data have nothing to show for it: {made.sentence}", differs=True)
    found = changes.changes(one.exhibit, made)
    differs = bool(found.filter(pl.col("what") != "same").height)
    return Newer(made, found, changes.change_words(found, percent=made.percent), differs)


def newer(one: Finding) -> Newer:
    """What the newest data would make of a finding; worked out once for each state of the lake. The figure is the visitor's own copy."""
    found = _newer(one.id, one.version, kept.now().snapshot)
    if found.exhibit is None:
        return found
    return replace(found, exhibit=replace(found.exhibit, figure=deepcopy(found.exhibit.figure)))


def told_again(one: Finding) -> str:
    """Whether the lake, read as it was when the finding was made, gives the same numbers."""
    try:
        with _lake().at(one.snapshot) as then:
            made = views.make(Results(then), one.exhibit.view, one.exhibit.wanted)
    except PlumblineError as problem:
        return f"It could not be worked out again from snapshot {one.snapshot}: {problem}"
    found = changes.changes(one.exhibit, made)
    others = found.filter(pl.col("what") != "same").height
    if others:
        return f"Worked out again from snapshot {one.snapshot}, {others} of {found.height} numbers differ: Plumbline has changed since."
    return f"Worked out again from snapshot {one.snapshot}: the same {found.height} numbers."


def move_to_newest(one: Finding, deck: str | None = None) -> Finding:
    """The finding on the newest data, as its next version; a deck that is named shows that one from now on. Raises `PlumblineError`."""
    visitor.must_change()
    made = newer(one).exhibit
    if made is None:
        raise PlumblineError(newer(one).words)
    moved = finding.move(_lake(), finding.find(_lake(), one.id), made, kept.now().snapshot, visitor.name())
    if deck:
        there = deck_history.find(_lake(), deck)
        retold = editing.retold(there.deck, moved.id, one.exhibit.sentence, made.sentence)
        changed = editing.refer(retold, moved.id, moved.version)
        deck_history.save(_lake(), deck, changed, there.version, f"moved '{moved.title}' to snapshot {moved.snapshot}", visitor.name())
    return moved


def rename(one: Finding, title: str) -> Finding:
    """The finding under another title. Raises `PlumblineError`."""
    visitor.must_change()
    return finding.rename(_lake(), one, title, visitor.name())


def remove_finding(one: Finding) -> None:
    """Take a finding from the list; decks go on showing it."""
    visitor.must_change()
    finding.remove(_lake(), one, visitor.name())


def decks(*, removed: bool = False) -> pl.DataFrame:
    """The decks, newest first (see `engine.reports.deck_history.listed`)."""
    return deck_history.listed(_lake(), removed=removed)


def deck(own: str, version: int | None = None) -> KeptDeck:
    """One deck. Raises `PlumblineError`."""
    return deck_history.find(_lake(), own, version)


def history(own: str) -> pl.DataFrame:
    """Every version of a deck, oldest first."""
    return deck_history.history(_lake(), own)


def begin(title: str) -> KeptDeck:
    """A new deck. Raises `UsageError`."""
    visitor.must_change()
    return deck_history.create(_lake(), title, visitor.name())


def save(there: KeptDeck, changed: Deck, what: str) -> None:
    """Keep a changed deck. Raises `PlumblineError`, also where somebody else was quicker."""
    visitor.must_change()
    deck_history.save(_lake(), there.id, changed, there.version, what, visitor.name())


def undo(own: str) -> None:
    """Take the last change back."""
    visitor.must_change()
    deck_history.undo(_lake(), own, visitor.name())


def redo(own: str) -> None:
    """Do the last change again that was undone."""
    visitor.must_change()
    deck_history.redo(_lake(), own, visitor.name())


def restore(own: str, version: int) -> None:
    """Bring an earlier version back."""
    visitor.must_change()
    deck_history.restore(_lake(), own, version, visitor.name())


def remove_deck(own: str) -> None:
    """Take a deck from the list."""
    visitor.must_change()
    deck_history.remove(_lake(), own, visitor.name())


def bring_back(own: str) -> None:
    """Put a removed deck back on the list."""
    visitor.must_change()
    deck_history.bring_back(_lake(), own, visitor.name())


def on_screen(own: str, *, dark: bool, at: int) -> str:
    """A deck as the page that fills the screen."""
    return slides.document(_presentation(own), theme="dark" if dark else "light", at=at, embedded=True)


def exported(own: str, form: str) -> bytes:
    """A deck as a file of this form (`engine.reports.export.FORMS`). Raises `PlumblineError`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"deck.{form}"
        export.write(_presentation(own), path)
        return path.read_bytes()


def reported(models: Sequence[str], form: str) -> bytes:
    """A report on these models as a file of this form. Raises `PlumblineError`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"report.{form}"
        export.write_report(model_report.report(kept.now(), models, datetime.now(UTC)), path)
        return path.read_bytes()


def deck_about(models: Sequence[str]) -> KeptDeck:
    """A new deck with a section for each chapter of the report on these models, its figures pinned. Raises `PlumblineError`."""
    visitor.must_change()
    told = model_report.report(kept.now(), models, datetime.now(UTC))
    made = deck_history.create(_lake(), told.title[:LONGEST], visitor.name())
    whole = editing.retitled(made.deck, made.deck.title, told.subtitle)
    for chapter in told.chapters:
        whole = editing.add(whole, Slide(kind="section", title=chapter.title, takeaway=chapter.question))
        for shown in chapter.shown:
            one = finding.pin(_lake(), shown.exhibit, "", visitor.name(), snapshot=kept.now().snapshot)
            kind: Kind = "table" if shown.exhibit.figure is None else "figure"
            whole = editing.add(whole, Slide(kind=kind, findings=(Ref(id=one.id, version=one.version),), takeaway=shown.exhibit.sentence))
    return deck_history.save(_lake(), made.id, whole, made.version, "made of a report", visitor.name())


def file_name(title: str, form: str) -> str:
    """What a downloaded file is called."""
    return f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')[:60] or 'deck'}.{form}"


def _presentation(own: str) -> Presentation:
    return compose.presentation(_lake(), own, datetime.now(UTC))


def _lake() -> Lake:
    return kept.lake()
