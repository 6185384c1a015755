"""Criteria attached to a benchmark: on its own page the corrected scores, in the workshop where they are attached."""

import streamlit as st

from engine.problems import PlumblineError
from engine.rubrics.cards import Card
from engine.views import criteria as views
from pages import attaching, data, parts, visitor

CRITERIA = "criteria/criteria.py"


def scores(benchmark: str, model: str) -> None:
    """What people's own criteria say of a model's free answers; nothing where none is attached."""
    if not attaching.behind(benchmark):
        return
    st.subheader("Held to your own criteria")
    made = views.attached_scores(data.now(), benchmark=benchmark, model=model)
    parts.exhibit(made, say_so=True)
    if made.table is not None and made.figure is not None:
        parts.table(made)
    st.caption(parts.plain(views.LIMIT))
    with st.container(horizontal=True):
        for rubric, name in attaching.behind(benchmark).items():
            st.page_link(CRITERIA, label=f"The report card behind it: {name}", icon=":material/grading:",
                         query_params={"rubric": rubric, "step": "Report card"})
    _run(benchmark, model)


def _run(benchmark: str, model: str) -> None:
    """Run attached assertions over answers that have no verdict yet."""
    going = attaching.sitting(benchmark, model)
    if going and going.going:
        st.info(f"{going.done} of {going.wanted} verdicts are there; look again in a moment.", icon=":material/hourglass_top:")
    elif going and (going.problem or going.told):
        st.caption(parts.plain(going.problem or going.told))
    due = attaching.due(benchmark, model)
    if not due or not visitor.may_change() or (going and going.going):
        return
    if st.button(f"Run on {due:,} answers without a verdict", key="run_attached", icon=":material/play_arrow:",
                 help="An SQL check costs nothing; a judge is one call for each answer."):
        try:
            attaching.run(benchmark, model)
            st.rerun()
        except PlumblineError as problem:
            st.error(parts.plain(str(problem)))


def attach(rubric: str, one: Card) -> None:
    """Attach a criterion with its chosen assertion to a benchmark with free answers, or take it off."""
    on = attaching.to_benchmarks(rubric, one.criterion)
    if on:
        parts.say(f"Attached to {', '.join(on)}: the corrected score stands on that benchmark's page.")
    if one.chosen is None or not visitor.may_change():
        return
    with st.popover("Attach to a benchmark", icon=":material/attach_file:"):
        known = attaching.with_free_answers()
        if not known:
            st.write("No benchmark in this lake has free answers yet: play one with --condition answer=open.")
            return
        benchmark = st.selectbox("Benchmark with free answers", known, key=f"attach-{one.criterion}")
        attached = benchmark in on
        if st.button("Take it off" if attached else "Attach", key=f"attach-now-{one.criterion}"):
            attaching.attach(rubric, one.criterion, one.chosen, benchmark, removed=attached)
            st.rerun()
