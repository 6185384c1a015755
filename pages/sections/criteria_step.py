"""Step 2: what replies are graded by, in versions."""

import polars as pl
import streamlit as st

from pages import desk, parts, visitor, workbench
from pages.sections.attempted import attempt

WHY = "Why"


def show(rubric: str) -> None:
    """The criteria that are asked now, what can be done to them, and where they come from."""
    now = workbench.criteria(rubric)
    may = visitor.may_change()
    if now.is_empty():
        parts.say("No criteria yet. Write one, have some proposed, or grade replies as a whole first: criteria often show only then.")
    for row in now.iter_rows(named=True):
        _one(rubric, row, may=may)
    if may:
        left, right = st.columns(2, gap="large")
        with left:
            _add(rubric)
            if now.height > 1:
                _merge(now)
        with right:
            _propose(rubric)
    _retired(rubric, may=may)


def _one(rubric: str, row: dict[str, object], *, may: bool) -> None:
    own = str(row["criterion"])
    with st.container(border=True):
        st.markdown(f"**{parts.plain(str(row['name']))}** &ensp; :gray[version {row['version']}]")
        parts.say(str(row["text"]))
        with st.container(horizontal=True):
            with st.popover("History", icon=":material/history:"):
                history(rubric, own)
            if may:
                with st.popover("Edit", icon=":material/edit:"):
                    _edit(row)
                with st.popover("Split", icon=":material/call_split:"):
                    _split(row)
                with st.popover("Retire", icon=":material/archive:"):
                    _retire(row)


def history(rubric: str, criterion: str) -> None:
    """Every version with who, when and why."""
    for row in workbench.versions(rubric, criterion).iter_rows(named=True):
        st.markdown(f"**Version {row['version']}**, {row['change']} by {parts.plain(row['made_by'])}, {row['made_at']:%d %B %Y, %H:%M} UTC")
        parts.say(f"{row['name']}: {row['text']}")
        st.caption(parts.plain(f"Why: {row['why'] or 'not said'}"))


def _of(row: dict[str, object]) -> tuple[str, int]:
    return str(row["criterion"]), int(str(row["version"]))


def _edit(row: dict[str, object]) -> None:
    own, version = _of(row)
    with st.form(f"edit-{own}-{version}", border=False):
        name = st.text_input("Name", str(row["name"]), max_chars=80)
        text = st.text_area("What must hold", str(row["text"]), max_chars=4000)
        why = st.text_input(WHY, max_chars=500, placeholder="what the grades showed")
        st.caption("Grades given under the words before become stale and come back to their graders.")
        if st.form_submit_button("Save", icon=":material/save:", type="primary"):
            attempt(workbench.edit, (own, version), name, text, why, done=f"'{name}' was changed.")
            st.rerun()


def _split(row: dict[str, object]) -> None:
    own, version = _of(row)
    with st.form(f"split-{own}-{version}", border=False):
        parts_made = []
        for which in ("First", "Second"):
            name = st.text_input(f"{which} part", max_chars=80)
            parts_made.append((name, st.text_area(f"What must hold for the {which.lower()}", max_chars=4000)))
        why = st.text_input(WHY, max_chars=500)
        if st.form_submit_button("Split", icon=":material/call_split:", type="primary"):
            attempt(workbench.split, (own, version), parts_made, why, done=f"'{row['name']}' was split.")
            st.rerun()


def _retire(row: dict[str, object]) -> None:
    own, version = _of(row)
    with st.form(f"retire-{own}-{version}", border=False):
        why = st.text_input(WHY, max_chars=500)
        st.caption("It is asked for no more. Its grades and verdicts stay.")
        if st.form_submit_button("Retire", icon=":material/archive:"):
            attempt(workbench.retire, (own, version), why, done=f"'{row['name']}' was retired.")
            st.rerun()


def _add(rubric: str) -> None:
    st.subheader("Write one")
    with st.form("add-criterion", clear_on_submit=True):
        name = st.text_input("Name", max_chars=80, placeholder="e.g. No prices")
        text = st.text_area("What must hold", max_chars=4000, placeholder="e.g. The reply names no price.")
        why = st.text_input(WHY, max_chars=500)
        if st.form_submit_button("Add", icon=":material/add:", type="primary"):
            attempt(workbench.add, rubric, [(name, text)], why, done=f"'{name}' was added.")
            st.rerun()


def _merge(now: pl.DataFrame) -> None:
    names = {(row["criterion"], row["version"]): row["name"] for row in now.iter_rows(named=True)}
    with st.expander("Merge several into one", icon=":material/merge:"), st.form("merge-criteria", border=False):
        several = st.multiselect("Criteria", list(names), format_func=names.__getitem__)
        name = st.text_input("Name of the new one", max_chars=80)
        text = st.text_area("What must hold", max_chars=4000)
        why = st.text_input(WHY, max_chars=500)
        if st.form_submit_button("Merge", icon=":material/merge:", type="primary"):
            attempt(workbench.merge, several, name, text, why, done=f"{len(several)} criteria were merged into '{name}'.")
            st.rerun()


def _propose(rubric: str) -> None:
    st.subheader("Have some proposed")
    with st.container(border=True):
        model = st.selectbox("Model", desk.offered(), index=None, accept_new_options=True, key="criteria-model",
                             placeholder="choose, or type provider/model")
        whole = "from grades and notes"
        way = st.segmented_control("By", ["from the prompt", whole], default="from the prompt", required=True, key="criteria-way")
        most = int(st.number_input("At most", 1, 7, 5, key="criteria-most"))
        calls = workbench.calls_for_criteria()
        if st.button(f"Propose ({calls} call{'s' if calls > 1 else ''})", icon=":material/lightbulb:", disabled=not model):
            with st.spinner("The model is asked"):
                attempt(_kept_proposals, rubric, str(model), way == whole, most)
            st.rerun()
        if found := st.session_state.get(f"proposed-{rubric}"):
            _take(rubric, found)


def _kept_proposals(rubric: str, model: str, from_grades: bool, most: int) -> None:
    found = workbench.proposed_criteria(rubric, model, from_grades=from_grades, most=most)
    st.session_state[f"proposed-{rubric}"] = found
    if not found:
        st.session_state["criteria_problem"] = f"{model} proposed nothing that could be read or that is not there already; try again"


def _take(rubric: str, found: list[tuple[str, str]]) -> None:
    with st.form("take-proposals", border=False):
        taken = [one for one in found if st.checkbox(f"**{parts.plain(one[0])}**: {parts.plain(one[1])}", True)]
        if st.form_submit_button("Add these", icon=":material/add:", type="primary"):
            if attempt(workbench.add, rubric, taken, "proposed by a model", done=f"{len(taken)} criteria were added."):
                st.session_state.pop(f"proposed-{rubric}")
            st.rerun()


def _retired(rubric: str, *, may: bool) -> None:
    gone = workbench.criteria(rubric, retired=True)
    if gone.is_empty():
        return
    with st.expander(f"Retired criteria ({gone.height})", icon=":material/archive:"):
        for row in gone.iter_rows(named=True):
            own, version = _of(row)
            with st.container(horizontal=True, vertical_alignment="bottom"):
                with st.container():
                    parts.say(f"{row['name']}: {row['text']}")
                    st.caption(parts.plain(f"{row['change']} by {row['made_by']}: {row['why'] or 'not said why'}"))
                with st.popover("History", icon=":material/history:"):
                    history(rubric, own)
                if may:
                    with st.popover("Bring back", icon=":material/unarchive:"), st.form(f"back-{own}-{version}", border=False):
                        why = st.text_input(WHY, max_chars=500)
                        if st.form_submit_button("Bring back"):
                            attempt(workbench.bring_back, (own, version), why, done=f"'{row['name']}' is asked again.")
                            st.rerun()
