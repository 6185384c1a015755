"""A deck on the whole screen."""

import streamlit as st

from engine.problems import PlumblineError
from pages import lectern, stage

own, at = st.query_params.get("deck", ""), st.query_params.get("slide", "1")
try:
    dark = st.context.theme.type == "dark"
    whole = lectern.on_screen(own, dark=dark, at=int(at) if at.isdecimal() else 1)
except PlumblineError as problem:
    st.title("A deck")
    st.warning(str(problem), icon=":material/search_off:")
    st.page_link("present/present.py", label="All findings and decks", icon=":material/arrow_back:")
    st.stop()
if stage.fill(whole):
    st.switch_page("present/deck.py", query_params={"deck": own})
