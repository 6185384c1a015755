"""One deck: its slides in order, what each says and shows, its history, and the ways to show it and take it along."""

import streamlit as st

from engine.problems import PlumblineError
from pages import lectern, parts, visitor
from pages.sections import deck_tools, slide_editor

OUTLINE, SLIDE = 300, 680  # widths in pixels of the list of slides and of the slide; on a narrow screen it stands below the list

own = st.query_params.get("deck", "")
try:
    there = lectern.deck(own)
except PlumblineError as problem:
    st.title("A deck")
    st.warning(str(problem), icon=":material/search_off:")
    st.page_link("present/present.py", label="All findings and decks", icon=":material/arrow_back:")
    st.stop()
may_change = visitor.may_change() and not there.removed
st.title(parts.plain(there.deck.title))
if there.deck.subtitle:
    parts.say(there.deck.subtitle)
if there.removed:
    st.info("This deck was removed; it can be brought back on the Present page.", icon=":material/delete:")
if problem := st.session_state.pop("deck_problem", None):
    st.error(problem, icon=":material/error:")
deck_tools.row(there, may_change=may_change)
with st.container(horizontal=True):
    with st.container(width=OUTLINE):
        place = deck_tools.outline(there, may_change=may_change)
    with st.container(width=SLIDE):
        if place is None:
            parts.say("This deck has no slides yet. On any page choose Pin under a figure or table, or add a slide here.")
        else:
            slide_editor.show(there, place, may_change=may_change)
st.caption("A title slide comes first and the slides on method and limits last; they are made of what the deck shows.")
