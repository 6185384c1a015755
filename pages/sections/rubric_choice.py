"""Which rubric is worked on: chosen, begun, brought from a file, taken along."""

from functools import partial

import streamlit as st

from pages import lectern, parts, workbench
from pages.sections.attempted import attempt


def show(*, may_change: bool) -> str:
    """Let the visitor choose; the rubric's id, or nothing where there is none."""
    listed = workbench.listed()
    names = dict(listed.select("id", "name").iter_rows())
    wanted = st.query_params.get("rubric", "")
    if wanted and wanted not in names:
        st.warning("This rubric is not in the lake; choose another one.", icon=":material/search_off:")
    chosen = wanted if wanted in names else next(iter(names), "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if names:
            chosen = st.selectbox("Rubric", list(names), index=list(names).index(chosen), format_func=names.__getitem__,
                                  key=f"rubric-{chosen}-{len(names)}", width=420) or chosen
        if may_change:
            with st.popover("New rubric", icon=":material/add:"):
                _new()
        if chosen:
            with st.popover("Take along", icon=":material/download:"):
                _along(chosen, names[chosen])
            if may_change:
                with st.popover("Change", icon=":material/edit:"):
                    _change(chosen, names[chosen])
    if chosen and chosen != wanted:
        st.query_params["rubric"] = chosen
    if not chosen:
        parts.say("No rubric yet. A rubric is a set of replies, the criteria for them, and the grades that people give."
                  + (" Begin one with New rubric." if may_change else ""))
    return chosen


def _new() -> None:
    with st.form("begin-rubric", border=False):
        name = st.text_input("Name", placeholder="e.g. Polite refusals", max_chars=200)
        if st.form_submit_button("Begin", icon=":material/add:", type="primary"):
            attempt(lambda: _go(workbench.begin(name)))
            st.rerun()
    st.caption("Or bring one that was exported, as YAML or pytest file, with its whole history; outputs and grades are made anew.")
    file = st.file_uploader("Exported rubric", type=["yaml", "yml", "py"], key="bring-rubric")
    if file and st.button("Bring", icon=":material/upload:"):
        attempt(lambda: _go(workbench.brought(file.name, file.getvalue())), done=f"{file.name} was brought.")
        st.rerun()


def _go(rubric: str) -> None:
    st.query_params["rubric"] = rubric


def _along(rubric: str, name: str) -> None:
    st.caption("The criteria with their history, chosen assertions and report cards. The pytest file checks a team's own replies.")
    for form, label, ending in (("yaml", "YAML", "yaml"), ("pytest", "pytest file", "py")):
        called = lectern.file_name(name, ending)
        called = f"test_{called.replace('-', '_')}" if ending == "py" else called
        st.download_button(label, partial(workbench.exported, rubric, form), called, key=f"{form}-{rubric}", icon=":material/download:",
                           on_click="ignore")


def _change(rubric: str, name: str) -> None:
    with st.form(f"rename-{rubric}", border=False):
        new = st.text_input("Name", name, max_chars=200)
        if st.form_submit_button("Rename", icon=":material/save:"):
            attempt(workbench.rename, rubric, new)
            st.rerun()
    if st.button("Take from the list", icon=":material/delete:", help="Nothing is deleted."):
        attempt(workbench.remove, rubric, done=f"'{name}' was taken from the list.")
        st.query_params.pop("rubric", None)
        st.rerun()
