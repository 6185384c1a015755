"""A whole report on one model, or on several beside each other."""

from functools import partial

import streamlit as st

from engine.reports.export import FORMS
from pages import data, lectern, parts, visitor
from pages.sections import file_button

MOST = 6
DECK = "present/deck.py"


def show() -> None:
    """Choose models; the report as a file, or as a deck to go on with."""
    st.subheader("A report on a model")
    known = data.now().models()
    if not known:
        parts.say("It takes results first. In a terminal, in Plumbline's folder:")
        st.code(parts.FIRST_RUN, language="bash")
        return
    st.write("Chapters by lens in plain words, every number with its interval and a link to its method, dated and ready to be cited. With "
             "several models they are set beside each other.")
    models = st.multiselect("Models of the report", known, key="report_on", bind="query-params", max_selections=MOST,
                            placeholder="choose one, or several to compare")
    if not models:
        return
    with st.container(horizontal=True):
        for form in FORMS:
            file_button.show(form, lectern.file_name(f"report on {' '.join(models)}", form), f"{'+'.join(models)}/{lectern.snapshot()}",
                             partial(lectern.reported, models, form))
        if visitor.may_change() and st.button("A deck to go on with", key="report-deck", icon=":material/slideshow:",
                                              help="Pins every figure of the report and puts them into a new deck."):
            with st.spinner("Pinning"):
                made = lectern.deck_about(models)
            st.switch_page(DECK, query_params={"deck": made.id})
    st.caption(f"From a scheduler: `python -m engine report {' '.join(f'--model {name}' for name in models)} --to report.pdf`")
