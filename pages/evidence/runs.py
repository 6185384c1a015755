"""Runs: start one, watch it, stop it, go on with it; or try a single item."""

import streamlit as st

from pages.sections import run_form, run_list, run_view, try_one

SHOWN = {"Runs": run_list.show, "Start": run_form.show, "Try one": try_one.show}

st.title("Runs: ask the models")
linked = st.query_params.get("run")
if linked:
    run_view.show(linked)
    st.stop()
shown = st.segmented_control(
    "Show", list(SHOWN), default="Runs", required=True, key="show", bind="query-params", label_visibility="collapsed"
)
SHOWN[shown]()
