"""Decks in the lake: undo and redo walk along the changes, and nothing is ever lost."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lake import Lake, decks, runs
from engine.lake.versions import ChangedMeanwhile
from engine.problems import UsageError
from engine.reports import deck as edits
from engine.reports import deck_history as kept
from engine.reports.deck import Deck, Slide


def with_slides(lake: Lake, names: str) -> str:
    """A deck to which slides of these names were added one after the other."""
    own = kept.create(lake, "t", "Ana").id
    for name in names:
        add(lake, own, name)
    return own


def add(lake: Lake, own: str, name: str) -> None:
    now = kept.find(lake, own)
    kept.save(lake, own, edits.add(now.deck, Slide(kind="text", title=name)), now.version, f"added {name}", "Ana")


def names(lake: Lake, own: str) -> str:
    return "".join(slide.title for slide in kept.find(lake, own).deck.slides)


def test_undo_goes_back_step_by_step_and_redo_forth(lake: Lake) -> None:
    own = with_slides(lake, "ab")
    assert (kept.find(lake, own).undoes, kept.find(lake, own).redoes) == ("added b", None)
    back = kept.undo(lake, own, "Ben")
    assert (back.change, back.changed_by, back.undoes, back.redoes) == ("undone: added b", "Ben", "added a", "added b")
    assert names(lake, own) == "a"
    kept.undo(lake, own, "Ben")
    with pytest.raises(UsageError, match="nothing left to undo"):
        kept.undo(lake, own, "Ben")
    assert names(lake, own) == ""
    kept.redo(lake, own, "Ben")
    kept.redo(lake, own, "Ben")
    assert names(lake, own) == "ab"
    with pytest.raises(UsageError, match="to do again"):
        kept.redo(lake, own, "Ben")


def test_a_change_after_undoing_ends_what_can_be_done_again_but_deletes_nothing(lake: Lake) -> None:
    own = with_slides(lake, "ab")
    kept.undo(lake, own, "Ana")
    add(lake, own, "c")
    assert names(lake, own) == "ac"
    with pytest.raises(UsageError):
        kept.redo(lake, own, "Ana")
    assert kept.find(lake, own, 3).deck.slides[1].title == "b"
    kept.restore(lake, own, 3, "Ana")
    assert names(lake, own) == "ab"
    assert kept.undo(lake, own, "Ana").change == "undone: version 3 brought back"
    assert names(lake, own) == "ac"
    found = kept.history(lake, own)
    assert found.filter("current")["version"].to_list() == [5]
    assert found["change"].to_list() == [
        "made", "added a", "added b", "undone: added b", "added c", "version 3 brought back", "undone: version 3 brought back",
    ]


@given(st.lists(st.sampled_from(["change", "change", "undo", "redo", "remove"]), max_size=40))
def test_walking_back_and_forth_is_as_with_a_list_of_states(steps: list[str]) -> None:
    """Versions as the lake keeps them, against a list of whole states and a place in it."""
    rows: list[tuple[int, int | None]] = [(1, None)]
    states, place = [1], 0
    for version, step in enumerate(steps, start=2):
        now = line(rows)
        if step == "change":
            rows.append((version, None))
            states, place = [*states[: place + 1], version], place + 1
        else:
            to = {"undo": now.back, "redo": now.forth, "remove": now.here}[step]
            moved = {"undo": place - 1, "redo": place + 1, "remove": place}[step]
            assert (to is None) == (not 0 <= moved < len(states))
            rows.append((version, to or now.here))
            place = place if to is None else moved
        now = line(rows)
        assert (now.changes, now.here) == (states, states[place])
        assert now.newest == version


def line(rows: list[tuple[int, int | None]]) -> kept.Line:
    told = [(version, restores, "") for version, restores in rows]
    return kept.line_of(pl.DataFrame(told, schema=["version", "restores", "change"], orient="row", infer_schema_length=None))


@pytest.mark.parametrize("far", [1, 3])
def test_undone_and_done_again_is_as_before(lake: Lake, far: int) -> None:
    own = with_slides(lake, "abc")
    before, seen = kept.find(lake, own).deck, {version: kept.find(lake, own, version).deck for version in (1, 2, 3, 4)}
    for step in (kept.undo, kept.redo):
        for _ in range(far):
            step(lake, own, "Ana")
    after = kept.find(lake, own)
    assert (after.deck, after.version) == (before, 4 + 2 * far)
    assert {version: kept.find(lake, own, version).deck for version in seen} == seen, "every version is still there"


def test_who_saves_what_another_has_changed_is_told(lake: Lake) -> None:
    own = with_slides(lake, "a")
    mine = kept.find(lake, own)
    kept.save(lake, own, edits.retitled(mine.deck, "theirs"), mine.version, "renamed", "Ben")
    with pytest.raises(ChangedMeanwhile, match="by Ben"):
        kept.save(lake, own, edits.retitled(mine.deck, "mine"), mine.version, "renamed", "Ana")
    with pytest.raises(ChangedMeanwhile):
        kept.save(lake, own, mine.deck, mine.version, "nothing", "Ana")
    assert kept.find(lake, own).deck.title == "theirs"


def test_saving_what_is_there_already_writes_nothing(lake: Lake) -> None:
    own = with_slides(lake, "a")
    now, before = kept.find(lake, own), runs.snapshot(lake)
    assert kept.save(lake, own, now.deck, now.version, "nothing", "Ana").version == now.version
    assert runs.snapshot(lake) == before


def test_a_removed_deck_can_be_brought_back_with_its_history(lake: Lake) -> None:
    own = with_slides(lake, "ab")
    kept.undo(lake, own, "Ana")
    gone = kept.remove(lake, own, "Ben")
    assert (gone.removed, gone.undoes) == (True, None)
    assert (own in kept.listed(lake)["id"], own in kept.listed(lake, removed=True)["id"]) == (False, True)
    for forbidden in (
        lambda: kept.undo(lake, own, "Ana"), lambda: kept.remove(lake, own, "Ana"),
        lambda: kept.save(lake, own, Deck(title="x"), gone.version, "c", "Ana"),
    ):
        with pytest.raises(UsageError, match="removed by Ben; bring it back first"):
            forbidden()
    assert kept.bring_back(lake, own, "Ana").redoes == "added b"
    assert kept.listed(lake).select("id", "title", "slides", "change", "made_by").row(0) == (own, "t", 1, "brought back", "Ana")
    kept.redo(lake, own, "Ana")
    assert names(lake, own) == "ab"


def test_a_deck_is_found_by_title_or_beginning_of_its_id() -> None:
    with Lake.open() as lake:
        with pytest.raises(UsageError, match="none: make one"):
            kept.named(lake, "anything")
        one, other, twin = (kept.create(lake, title, "Ana").id for title in ("Autumn — review", "Board", "Board"))
        assert kept.named(lake, "autumn — REVIEW") == kept.named(lake, one) == one
        assert kept.named(lake, other[:-1] if other[:-1] != twin[:-1] else other) == other
        for name in ("Board", other[:4]):
            with pytest.raises(UsageError, match="ambiguous") as raised:
                kept.named(lake, name)
            assert other in str(raised.value)
            assert twin in str(raised.value)
        for name in ("nothing\nof that kind", ""):
            with pytest.raises(UsageError, match=r"no deck '.*'; there are .*'Autumn — review'") as raised:
                kept.named(lake, name)
            assert "\n" not in str(raised.value)


def test_titles_and_names_that_cannot_be(lake: Lake) -> None:
    for title in ("", " \n", "x" * 501):
        with pytest.raises(UsageError):
            kept.create(lake, title, "Ana")
    assert decks.listed(lake).filter(pl.col("title").str.starts_with("xxx") | (pl.col("title").str.strip_chars() == "")).is_empty()
    for call in (kept.find, kept.history):
        with pytest.raises(UsageError, match="deck 'none' is not in this lake"):
            call(lake, "none")
