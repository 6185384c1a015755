"""Criteria, grades and graders: whether an automatic grader can be trusted, and whether the criteria have drifted."""

import streamlit as st

from pages import parts, visitor, workbench
from pages.sections import (
    assertion_step,
    attempted,
    criteria_step,
    drift_step,
    grading_step,
    outputs_step,
    report_step,
    rubric_choice,
)

STEPS = {
    "Outputs": outputs_step.show, "Criteria": criteria_step.show, "Grades": grading_step.show, "Assertions": assertion_step.show,
    "Report card": report_step.show, "Drift": drift_step.show,
}

st.title("Can the grader be trusted, and have my criteria drifted?")
st.write("Write what a good reply is, grade some replies yourself, and see how far an automatic grader agrees with people. Enter any step "
         "at any time: criteria may change while you grade, and nothing you did is lost.")
attempted.say()
rubric = rubric_choice.show(may_change=visitor.may_change())
if rubric:
    step = st.segmented_control("Step", list(STEPS), default="Outputs", required=True, key="step", bind="query-params",
                                label_visibility="collapsed")
    parts.source_badges(workbench.sources(rubric))
    STEPS[step](rubric)
