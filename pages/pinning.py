"""The button that pins what a page shows, and the dialog that asks under which title."""

import hashlib
import json

import streamlit as st

from engine.figures.exhibit import Exhibit
from engine.problems import PlumblineError
from pages import lectern, visitor

LONGEST = 500
DECK, FINDING = "present/deck.py", "present/finding.py"
ALONE, ANOTHER = "", "new"


def button(made: Exhibit) -> None:
    """Pin an exhibit; nothing is shown to visitors who may only look."""
    if made.empty or not visitor.may_change():
        return
    which = hashlib.sha256(json.dumps(dict(made.wanted), sort_keys=True).encode()).hexdigest()[:8]
    if st.button("Pin", key=f"pin-{made.view}-{which}", icon=":material/keep:", type="tertiary",
                 help="Keep this as a finding, as it is seen now, and put it into a deck."):
        _ask(made)


@st.dialog("Pin this as a finding")
def _ask(made: Exhibit) -> None:
    title = st.text_input("Title, in words", made.title[:LONGEST], max_chars=LONGEST, key="pin_title")
    there = dict(lectern.decks().select("id", "title").iter_rows())
    choices = [*there, ANOTHER, ALONE]
    names = {**there, ANOTHER: "a new deck", ALONE: "no deck, only keep it"}
    before = st.session_state.get("pinned_into")
    deck = st.selectbox("Into the deck", choices, index=choices.index(before) if before in choices else 0, format_func=names.__getitem__)
    name = st.text_input("Name of the new deck", "Findings", max_chars=LONGEST) if deck == ANOTHER else ""
    st.caption(f"Kept with its filters, its numbers and the lake's snapshot {lectern.snapshot()}: it reads the same for ever.")
    if not st.button("Pin", type="primary", key="pin_it"):
        return
    try:
        into = lectern.begin(name).id if deck == ANOTHER else deck
        one = lectern.pin(made, title, into or None)
    except PlumblineError as problem:
        st.error(str(problem), icon=":material/error:")
        return
    st.session_state["pinned_into"] = into
    st.success("Pinned.", icon=":material/keep:")
    with st.container(horizontal=True):
        st.page_link(FINDING, label="See the finding", icon=":material/keep:", query_params={"id": one.id})
        if into:
            st.page_link(DECK, label="Open the deck", icon=":material/slideshow:", query_params={"deck": into})
