"""Decks in the lake: every change is a version, undo and redo walk along them, and nothing is ever deleted.

A version is either a change or a step back or forth to an earlier change (`restores` names it). The changes that undo and redo walk along
make a line: a change after undoing takes the place of those undone, which stay in the history and can be brought back from there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from engine.lake import Lake, decks, versions
from engine.problems import UsageError
from engine.reports import wording
from engine.reports.deck import Deck

NAMED = 5
"""So many decks are named in an error."""


@dataclass(frozen=True)
class KeptDeck:
    """One version of a deck in the lake."""

    id: str
    version: int
    deck: Deck
    change: str
    """What was done, in words."""
    changed_at: datetime
    changed_by: str
    removed: bool
    undoes: str | None
    """What undo would take back, in words; `None` where there is nothing to undo, or this is not the newest version."""
    redoes: str | None
    """What redo would do again."""


@dataclass(frozen=True)
class Line:
    """Where the newest version stands among the changes that can be walked along."""

    changes: list[int]
    """Their versions."""
    place: int
    words: dict[int, str]
    """What each version of the deck did."""
    newest: int

    @property
    def here(self) -> int:
        """The change whose content is shown now."""
        return self.changes[self.place]

    @property
    def back(self) -> int | None:
        """The change that undo goes back to."""
        return self.changes[self.place - 1] if self.place else None

    @property
    def forth(self) -> int | None:
        """The change that redo goes forth to."""
        return self.changes[self.place + 1] if self.place + 1 < len(self.changes) else None


def create(lake: Lake, title: str, by: str) -> KeptDeck:
    """Begin a deck. Raises `UsageError` for a title that is empty or too long."""
    deck = Deck(title=title)
    if not deck.title:
        raise UsageError("a deck needs a title; write one")
    own = versions.unused_id(lake)
    decks.add(lake, own, 0, _row(deck.title, deck.frozen(), "made", by))
    return find(lake, own)


def save(lake: Lake, own: str, deck: Deck, based_on: int, change: str, by: str) -> KeptDeck:
    """Keep a changed deck as the version after `based_on`; nothing is written where nothing changed.

    `change`: what was done, in words. Raises `ChangedMeanwhile` where `based_on` is not the newest version any more, `UsageError` where
    there is no such deck or it was removed.
    """
    kept, content = decks.find(lake, own), deck.frozen()
    if kept["version"] == based_on:
        _be_there(kept)
        if kept["content"] == content:
            return find(lake, own)
    return _write(lake, own, based_on, _row(deck.title, content, change, by))


def find(lake: Lake, own: str, version: int | None = None) -> KeptDeck:
    """One version of a deck, the newest where none is named; also of one that was removed since.

    Raises `UsageError` where it is not there, `PlumblineError` where what is kept of it cannot be read.
    """
    row = decks.find(lake, own, version)
    undoes = redoes = None
    rows = decks.history(lake, own)
    if row["version"] == rows["version"][-1] and not row["removed"]:
        line = line_of(rows)
        undoes = line.words[line.here] if line.back else None
        redoes = line.words[line.forth] if line.forth else None
    return KeptDeck(
        own, row["version"], Deck.thawed(row["content"]), row["change"], row["made_at"], row["made_by"], row["removed"], undoes, redoes
    )


def listed(lake: Lake, *, removed: bool = False) -> pl.DataFrame:
    """The newest version of each deck, newest first (with `removed`: of those removed).

    Columns: id, version, title, slides (how many), change, made_at, made_by, restores, removed.
    """
    return decks.listed(lake).filter(pl.col("removed") == removed)


def history(lake: Lake, own: str) -> pl.DataFrame:
    """Every version of a deck, oldest first: the columns of `listed` and `current`, true of the change that is now shown."""
    rows = decks.history(lake, own)
    if rows.is_empty():
        raise versions.unknown("decks", own)
    return rows.with_columns(current=pl.col("version") == line_of(rows).here)


def undo(lake: Lake, own: str, by: str) -> KeptDeck:
    """Take the last change back; again, the one before it. Raises `UsageError` where there is none left, `ChangedMeanwhile`."""
    line = _open_line(lake, own)
    if line.back is None:
        raise UsageError("there is nothing left to undo in this deck; its history has every version")
    return _step(lake, own, line, line.back, f"undone: {line.words[line.here]}", by)


def redo(lake: Lake, own: str, by: str) -> KeptDeck:
    """Do again what was undone last. Raises `UsageError` where nothing is undone, `ChangedMeanwhile`."""
    line = _open_line(lake, own)
    if line.forth is None:
        raise UsageError("there is nothing undone in this deck to do again; its history has every version")
    return _step(lake, own, line, line.forth, f"done again: {line.words[line.forth]}", by)


def restore(lake: Lake, own: str, version: int, by: str) -> KeptDeck:
    """Bring an earlier version's content back, as a change that can be undone.

    Raises `UsageError` where there is no such version, `ChangedMeanwhile`.
    """
    newest = decks.find(lake, own)
    deck = Deck.thawed(decks.find(lake, own, version)["content"])
    return save(lake, own, deck, newest["version"], f"version {version} brought back", by)


def remove(lake: Lake, own: str, by: str) -> KeptDeck:
    """Take a deck from the list; its history stays. Raises `UsageError` where there is none, `ChangedMeanwhile`."""
    line = _open_line(lake, own)
    return _step(lake, own, line, line.here, "removed", by, removed=True)


def bring_back(lake: Lake, own: str, by: str) -> KeptDeck:
    """Put a removed deck back on the list, as it was. Raises `UsageError` where there is none, `ChangedMeanwhile`."""
    if not decks.find(lake, own)["removed"]:
        return find(lake, own)
    line = line_of(decks.history(lake, own))
    return _step(lake, own, line, line.here, "brought back", by)


def named(lake: Lake, name: str) -> str:
    """The id of the deck with this title or this beginning of its id. Raises `UsageError` naming those it may be."""
    there: list[tuple[str, str]] = listed(lake).select("id", "title").rows()
    ways: tuple[list[str], ...] = (
        [own for own, title in there if title == name],
        [own for own, title in there if title.casefold() == wording.line(name).casefold()],
        [own for own, _ in there if name and own.startswith(name)],
    )
    found = next((way for way in ways if way), list[str]())
    if len(found) == 1:
        return found[0]
    titles = dict(there)
    choice = found or list(titles)
    told = ", ".join(f"'{titles[own][:60]}' ({own})" for own in choice[:NAMED]) + (", …" if len(choice) > NAMED else "")
    shown = wording.line(name)[:80]
    if found:
        raise UsageError(f"deck '{shown}' is ambiguous; give the id of one of {told}")
    raise UsageError(f"no deck '{shown}'; there {'is' if len(choice) == 1 else 'are'} {told or 'none: make one on the Present page'}")


def _row(title: str, content: str, change: str, by: str, *, restores: int | None = None, removed: bool = False) -> dict[str, Any]:
    told = wording.line(change)[: wording.LONGEST_TITLE]
    return {"title": title, "content": content, "change": told, "made_by": wording.line(by), "restores": restores, "removed": removed}


def _write(lake: Lake, own: str, based_on: int, row: dict[str, Any]) -> KeptDeck:
    return find(lake, own, decks.add(lake, own, based_on, row))


def _step(lake: Lake, own: str, line: Line, to: int, change: str, by: str, *, removed: bool = False) -> KeptDeck:
    target = decks.find(lake, own, to)
    return _write(lake, own, line.newest, _row(target["title"], target["content"], change, by, restores=to, removed=removed))


def _open_line(lake: Lake, own: str) -> Line:
    _be_there(decks.find(lake, own))
    return line_of(decks.history(lake, own))


def _be_there(newest: dict[str, Any]) -> None:
    if newest["removed"]:
        raise UsageError(f"the deck '{newest['title'][:60]}' was removed by {newest['made_by'] or 'someone'}; bring it back first")


def line_of(rows: pl.DataFrame) -> Line:
    """The line of a deck's versions (version, restores, change), oldest first."""
    changes: list[int] = []
    place = -1
    for version, restores in rows.select("version", "restores").iter_rows():
        if restores is None:
            changes = [*changes[: place + 1], version]
            place = len(changes) - 1
        else:
            place = changes.index(restores)
    return Line(changes, place, dict(rows.select("version", "change").iter_rows()), rows["version"][-1])
