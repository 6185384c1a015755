"""The tools of a deck: show, undo, history, export, share; and the outline of its slides."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from engine.problems import PlumblineError
from engine.reports import deck as editing
from engine.reports.deck import Deck, Kind, Ref, Slide
from engine.reports.deck_history import KeptDeck
from engine.reports.export import FORMS
from pages import lectern, parts
from pages.sections import file_button

SHOW = "present/show.py"
LABELS: dict[Kind, str] = {
    "section": "Section", "figure": "Full figure", "figure and text": "Figure with text", "two figures": "Two side by side",
    "big number": "Big number", "table": "Table", "text": "Words",
}
FEW, HIGH = 10, 600
"""From so many slides on the list scrolls, in so many pixels."""


def attempt(work: Callable[..., Any], *told: Any) -> None:
    """Do something to a deck; what stands against it is said on the next drawing of the page."""
    try:
        work(*told)
    except PlumblineError as problem:
        st.session_state["deck_problem"] = str(problem)


def row(there: KeptDeck, *, may_change: bool) -> None:
    """Show, undo, redo, history, export, share."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Show full screen", icon=":material/play_arrow:", type="primary"):
            st.switch_page(SHOW, query_params={"deck": there.id, "slide": "1"})
        if may_change:
            st.button("Undo", icon=":material/undo:", disabled=there.undoes is None, help=_help("Takes back", there.undoes),
                      on_click=attempt, args=(lectern.undo, there.id))
            st.button("Redo", icon=":material/redo:", disabled=there.redoes is None, help=_help("Does again", there.redoes),
                      on_click=attempt, args=(lectern.redo, there.id))
        with st.popover("History", icon=":material/history:"):
            _history(there, may_change=may_change)
        with st.popover("Export", icon=":material/download:"):
            _exports(there)
        with st.popover("Share", icon=":material/link:"):
            st.caption("Opens at a slide, full screen. Whoever opens it can look and change nothing there.")
            st.code(f"/show?deck={there.id}&slide=1", language=None)
            st.caption("This deck")
            st.code(f"/deck?deck={there.id}", language=None)
        if may_change:
            with st.popover("Title", icon=":material/title:"):
                _retitle(there)


def _help(what: str, change: str | None) -> str:
    return parts.plain(f"{what}: {change}") if change else "There is nothing."


def _history(there: KeptDeck, *, may_change: bool) -> None:
    for past in lectern.history(there.id).reverse().iter_rows(named=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            told = f"{past['version']}: {past['change']}"
            with st.container():
                parts.say(f"{told} (shown now)" if past["current"] else told)
                st.caption(parts.plain(f"{past['made_at']:%d %B %Y, %H:%M} UTC, {past['made_by']}"))
            if may_change and not past["current"]:
                st.button("Bring back", key=f"back-{past['version']}", on_click=attempt, args=(lectern.restore, there.id, past["version"]))


def _exports(there: KeptDeck) -> None:
    """A button for each form; a file is made when it is asked for."""
    for form in FORMS:
        file_button.show(form, lectern.file_name(there.deck.title, form), f"{there.id}/{there.version}",
                         partial(lectern.exported, there.id, form))
    st.caption(f"From a scheduler: `python -m engine report --deck {there.id} --to deck.pptx`")


def _retitle(there: KeptDeck) -> None:
    with st.form("retitle", border=False):
        title = st.text_input("Title", there.deck.title, max_chars=500)
        subtitle = st.text_input("Subtitle", there.deck.subtitle, max_chars=500)
        if st.form_submit_button("Save"):
            attempt(lambda: lectern.save(there, editing.retitled(there.deck, title, subtitle), "changed the title"))
            st.rerun()
    st.button("Remove this deck", icon=":material/delete:", on_click=attempt, args=(lectern.remove_deck, there.id),
              help="It can be brought back on the Present page.")


def name_of(there: KeptDeck, place: int) -> str:
    """What a slide is called in the outline."""
    slide = there.deck.slides[place]
    titles = [lectern.title_of(ref) for ref in slide.findings]
    told = slide.title or " / ".join(titles) or slide.text.partition("\n")[0] or slide.kind
    return f"{place + 1}. {told if len(told) <= 70 else told[:69] + '…'}"


def outline(there: KeptDeck, *, may_change: bool) -> int | None:
    """The buttons that put slides into another order, and the slides as they stand; which one is looked at."""
    many, tools = len(there.deck.slides), st.container()
    place: int | None = None
    if many:
        wanted = st.session_state.pop("go_to_slide", st.session_state.get("slide_at", 0))
        st.session_state["slide_at"] = min(max(wanted, 0), many - 1)
        with st.container(height=HIGH if many > FEW else "content", border=False):
            place = st.radio("Slides", range(many), key="slide_at", format_func=lambda at: parts.plain(name_of(there, at)),
                             captions=[LABELS[slide.kind] for slide in there.deck.slides])
    if may_change:
        with tools:
            _add(there, (place + 1) if place is not None else 0)
            if place is not None:
                _order(there, place)
    return place


def _order(there: KeptDeck, place: int) -> None:
    buttons: list[tuple[str, str, Callable[[Deck, int], Deck], int, bool]] = [
        ("Up", ":material/arrow_upward:", editing.move_up, place - 1, place > 0),
        ("Down", ":material/arrow_downward:", editing.move_down, place + 1, place + 1 < len(there.deck.slides)),
        ("Copy", ":material/content_copy:", editing.duplicate, place + 1, True),
        ("Remove", ":material/delete:", editing.remove, max(place - 1, 0), True),
    ]
    with st.container(horizontal=True):
        for label, icon, edit, to, possible in buttons:
            st.button(label, icon=icon, key=f"slide-{label}", disabled=not possible, type="tertiary",
                      on_click=partial(_edited, there, edit, place, to, label))


def _edited(there: KeptDeck, edit: Callable[[Deck, int], Deck], place: int, to: int, label: str) -> None:
    words = {"Up": "moved up", "Down": "moved down", "Copy": "copied", "Remove": "removed"}[label]
    attempt(lambda: lectern.save(there, edit(there.deck, place), f"{words}: slide {name_of(there, place)}"))
    st.session_state["go_to_slide"] = to


def _add(there: KeptDeck, at: int) -> None:
    with st.popover("Add a slide", icon=":material/add:"):
        title = st.text_input("Title of a section or a slide of words", key="new_title", max_chars=500)
        with st.container(horizontal=True):
            kinds: tuple[tuple[str, Kind], ...] = (("Section", "section"), ("Words", "text"))
            for label, kind in kinds:
                st.button(label, key=f"add-{kind}", disabled=not title,
                          on_click=partial(_added, there, Slide(kind=kind, title=title), at, title))
        known = lectern.findings()
        titles = {row["id"]: row["title"] for row in known.iter_rows(named=True)}
        picked = st.selectbox("Or a pinned finding", list(titles), index=None, format_func=titles.__getitem__, key="new_finding",
                              placeholder="choose one")
        if picked:
            version = dict(known.select("id", "version").iter_rows())[picked]
            st.button("Add it", on_click=partial(
                _added, there, Slide(kind="figure", findings=(Ref(id=picked, version=version),)), at, titles[picked]))


def _added(there: KeptDeck, slide: Slide, at: int, words: str) -> None:
    attempt(lambda: lectern.save(there, editing.add(there.deck, slide, at), f"added '{words}'"))
    st.session_state["go_to_slide"] = at
