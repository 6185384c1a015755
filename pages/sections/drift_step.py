"""Drift: what happened in which order, and why a pass rate is another one now."""

from datetime import datetime

import polars as pl
import streamlit as st

from engine.figures.criterion_history import JUDGED, PEOPLE, criterion_history
from engine.figures.palette import points_text
from engine.rubrics.drift import Cause
from engine.rubrics.moments import METHOD, Moment
from pages import parts, workbench

CAUSES = {"rubric": "The rubric", "judge": "The judge", "outputs": "The outputs", "grader": "The grader"}


def show(rubric: str) -> None:
    """One criterion's numbers over time, four causes between two moments, and everything that happened."""
    asked = pl.concat([workbench.criteria(rubric), workbench.criteria(rubric, retired=True)])
    if asked.is_empty():
        parts.say("No criteria yet, so nothing can have drifted.")
        return
    names = {row["criterion"]: row["name"] + ("" if row["state"] == "active" else " (retired)") for row in asked.iter_rows(named=True)}
    own = st.selectbox("Criterion", list(names), format_func=names.__getitem__, key="drift-criterion", width=420) or next(iter(names))
    numbers = workbench.numbers(rubric, own)
    versions = [(row["made_at"], row["version"]) for row in workbench.versions(rubric, own).iter_rows(named=True)]
    series = {
        PEOPLE: [(one.when, f"{one.grades} grades of {one.graders} people", one.people._asdict()) for one in numbers],
        JUDGED: [(one.when, f"{one.verdicts} verdicts, {one.errors} errors", one.judged._asdict()) for one in numbers],
    }
    parts.figure(criterion_history(series, versions[::-1]), alt=f"Pass rate of {names[own]} over time", key=f"drift-{own}",
                 caption=f"{METHOD}; 95 % intervals.")
    if not workbench.settled(rubric, own):
        parts.say("No assertion stands for this criterion yet, so only people's grades are followed: let one stand under Report card.")
    if len(numbers) > 1:
        _causes(rubric, own, numbers)
    _events(rubric, own)


def _causes(rubric: str, own: str, numbers: list[Moment]) -> None:
    st.subheader("What has changed, and why")
    moments = [one.when for one in numbers]
    with st.container(horizontal=True):
        before = st.selectbox("From", moments[:-1], format_func=_when, key=f"from-{own}-{len(moments)}", width=260) or moments[0]
        later = [one for one in moments if one > before]
        key = f"to-{own}-{before}-{len(later)}"
        after = st.selectbox("To", later, index=len(later) - 1, format_func=_when, key=key, width=260) or later[-1]
    found = workbench.changed(rubric, own, before, after)
    parts.say(f"By people: {points_text(*found.people)}. By the chosen assertion, not corrected: {points_text(*found.judged)}.")
    for cause in found.causes:
        parts.say(_sentence(cause))
    rows = [
        {"cause": CAUSES[one.name], "seen by": "people" if one.by == "people" else "the judge",
         "effect on the pass rate": points_text(*one.effect) if one.state == "known" else one.state, "pairs": one.pairs,
         "prompts": one.prompts, "fail to pass": one.to_pass, "pass to fail": one.to_fail, "left out": one.left_out}
        for one in found.causes
    ]
    st.dataframe(rows, hide_index=True, alt="The four causes between two moments")
    st.caption(parts.plain(f"Causes: {found.causes[0].method}. Changes: {found.method}."))


def _when(moment: datetime) -> str:
    return f"{moment:%d %b %Y, %H:%M:%S}"


def _sentence(cause: Cause) -> str:
    by = "people's grades" if cause.by == "people" else "the judge's verdicts"
    if cause.state == "known":
        verdict = "moved the pass rate by" if cause.shifted else "moved the pass rate by nothing that can be told from 0:"
        return f"{CAUSES[cause.name]} {verdict} {points_text(*cause.effect)}, {cause.told}, as seen in {by}."
    return f"{CAUSES[cause.name]}, as seen in {by}: {cause.told}."


def _events(rubric: str, own: str) -> None:
    with st.expander("Everything that happened", icon=":material/history:"):
        found = workbench.moments(rubric).filter(pl.col("criterion").is_null() | (pl.col("criterion") == own))
        st.dataframe(found.select("begun", "kind", "name", "version", "who", "told").reverse(), hide_index=True, alt="Events, newest first",
                     column_config={"begun": st.column_config.DatetimeColumn("when", format="YYYY-MM-DD HH:mm"), "kind": "what",
                                    "told": st.column_config.TextColumn("why, or how many", width="large"), "name": "criterion"})
