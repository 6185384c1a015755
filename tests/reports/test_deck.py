"""Editing decks: every edit makes another deck, and loses no slide."""

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.problems import PlumblineError, UsageError
from engine.reports import deck as decks
from engine.reports.deck import KINDS, Deck, Pick, Ref, Slide
from tests.reports.made import BAD

WORDS = st.text(max_size=30)
SLIDES = st.builds(
    Slide, kind=st.sampled_from(KINDS), title=WORDS, takeaway=WORDS, notes=WORDS, text=WORDS,
    findings=st.lists(st.builds(Ref, id=WORDS, version=st.integers(1, 9)), max_size=2).map(tuple),
    pick=st.none() | st.builds(Pick, model=WORDS.filter(lambda word: "\ud800" not in word)),
)
DECKS = st.builds(Deck, title=WORDS, slides=st.lists(SLIDES, max_size=5).map(tuple))


def three(*names: str) -> Deck:
    return Deck(title="t", slides=tuple(Slide(kind="text", title=name) for name in names or "abc"))


def names(deck: Deck) -> str:
    return "".join(slide.title for slide in deck.slides)


def test_slides_move_and_stay_whole() -> None:
    deck = three()
    assert names(decks.move_up(deck, 2)) == "acb"
    assert names(decks.move_up(deck, 0)) == names(decks.move_down(deck, 2)) == "abc"
    assert names(decks.move_down(deck, 0)) == "bac"
    assert names(decks.move(deck, 0, 2)) == names(decks.move(deck, 0, 99)) == "bca"
    assert names(decks.move(deck, 2, 0)) == "cab"
    assert names(decks.duplicate(deck, 1)) == "abbc"
    assert names(decks.remove(deck, 0)) == "bc"
    assert names(decks.insert_section(deck, "S", 1)) == "aSbc"
    assert names(decks.add(deck, Slide(kind="text", title="d"))) == "abcd"
    assert decks.change(deck, 1, notes="n", kind="section").slides[1] == Slide(kind="section", title="b", notes="n")
    assert names(deck) == "abc", "the deck itself does not change"


@given(DECKS, st.data())
def test_no_edit_loses_a_slide(deck: Deck, data: st.DataObject) -> None:
    places = st.integers(0, max(len(deck.slides) - 1, 0))
    if deck.slides:
        moved = decks.move(deck, data.draw(places), data.draw(st.integers(-9, 9)))
        assert Counter(moved.slides) == Counter(deck.slides)
        place = data.draw(places)
        assert decks.remove(decks.duplicate(deck, place), place) == deck
        assert decks.move(decks.move(deck, place, 0), 0, place) == deck
    at = data.draw(st.integers(0, len(deck.slides)))
    assert decks.remove(decks.insert_section(deck, "s", at), at) == deck


@given(DECKS)
def test_a_deck_comes_back_from_json_as_it_was(deck: Deck) -> None:
    assert Deck.thawed(deck.frozen()) == deck


@pytest.mark.parametrize("words", BAD)
def test_bad_input_stays_as_it_was_typed(words: str) -> None:
    slide = Slide(kind="text", title=words, notes=f"{words}\n{words}", takeaway=words, text=words, pick=Pick(model=words))
    deck = Deck.thawed(decks.retitled(Deck(title="t", slides=(slide,)), words, words).frozen())
    kept = deck.slides[0]
    assert (kept.title, kept.notes, kept.takeaway, kept.text, deck.title, deck.subtitle) == (
        words, f"{words}\n{words}", words, words, words, words,
    )


def test_one_finding_is_shown_in_another_version_everywhere() -> None:
    shown = Slide(kind="two figures", findings=(Ref(id="a", version=1), Ref(id="b", version=1)))
    deck = decks.refer(Deck(title="t", slides=(shown, Slide(kind="text"), shown)), "a", 2)
    assert [ref.version for slide in deck.slides for ref in slide.findings] == [2, 1, 2, 1]


def impossible() -> list[Callable[[], object]]:
    deck = three()
    return [
        lambda: decks.remove(deck, 3), lambda: decks.move(deck, -1, 0), lambda: decks.add(deck, Slide(kind="text"), 9),
        lambda: decks.change(deck, 0, colour="red"), lambda: decks.change(deck, 0, kind="film"),
        lambda: decks.change(deck, 0, title="x" * 501), lambda: decks.retitled(deck, " "),
        lambda: decks.change(deck, 0, findings=(Ref(id="a", version=1),) * 3), lambda: decks.refer(deck, "a", 2) and Deck(title="x" * 501),
    ]


@pytest.mark.parametrize("edit", impossible())
def test_what_cannot_be_is_refused_in_one_line(edit: Callable[[], object]) -> None:
    with pytest.raises(UsageError) as raised:
        edit()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("text", ["", "null", "{}", '{"title": "t", "slides": [{"kind": "film"}]}', '{"title": "t", "colour": "red"}'])
def test_what_is_no_deck_is_refused(text: str) -> None:
    with pytest.raises(PlumblineError, match="a deck cannot be read") as raised:
        Deck.thawed(text)
    assert "\n" not in str(raised.value)
