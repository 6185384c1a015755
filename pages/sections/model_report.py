"""A whole report on one model, or on several beside each other."""

import streamlit as st

from engine.problems import PlumblineError
from engine.reports.export import FORMS, TYPES
from pages import data, lectern, parts, visitor
from pages.sections.deck_tools import CALLED, ICONS

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
            _offer(models, form)
        if visitor.may_change() and st.button("A deck to go on with", key="report-deck", icon=":material/slideshow:",
                                              help="Pins every figure of the report and puts them into a new deck."):
            with st.spinner("Pinning"):
                made = lectern.deck_about(models)
            st.switch_page(DECK, query_params={"deck": made.id})
    st.caption(f"From a scheduler: `python -m engine report {' '.join(f'--model {name}' for name in models)} --to report.pdf`")


def _offer(models: list[str], form: str) -> None:
    name = lectern.file_name(f"report on {' '.join(models)}", form)
    key = f"{'+'.join(models)}/{lectern.snapshot()}/{form}"
    ready = st.session_state.get("reported", {})
    if key in ready:
        st.download_button(f"Save {form.upper()}", ready[key], name, TYPES[form], key=f"save-report-{form}", icon=":material/download:",
                           type="primary", on_click="ignore")
    elif st.button(CALLED[form], key=f"report-{form}", icon=ICONS[form]):
        try:
            with st.spinner("Writing the report"):
                made = lectern.reported(models, form)
        except PlumblineError as problem:
            st.error(str(problem), icon=":material/error:")
            return
        st.session_state["reported"] = {**ready, key: made}
        st.rerun()
