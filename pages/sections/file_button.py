"""A button that makes a file when it is asked for, and then hands it out."""

from collections.abc import Callable

import streamlit as st

from engine.problems import PlumblineError
from engine.reports.export import TYPES

CALLED = {"pptx": "PowerPoint", "html": "One HTML file", "pdf": "PDF", "zip": "The data"}
ICONS = {"pptx": ":material/slideshow:", "html": ":material/html:", "pdf": ":material/picture_as_pdf:", "zip": ":material/folder_zip:"}


def show(form: str, name: str, of: str, make: Callable[[], bytes]) -> None:
    """`name`: what the file is called; `of`: what it is made of, so that a file of something else is not handed out."""
    key, there = f"{of}/{form}", st.session_state.get("made_file", {})
    if key in there:
        st.download_button(f"Save {name}", there[key], name, TYPES[form], key=f"save-{form}", icon=":material/download:", type="primary",
                           on_click="ignore")
    elif st.button(CALLED[form], key=f"make-{form}", icon=ICONS[form]):
        try:
            with st.spinner("Making the file"):
                st.session_state["made_file"] = {key: make()}
        except PlumblineError as problem:
            st.error(str(problem), icon=":material/error:")
            return
        st.rerun()
