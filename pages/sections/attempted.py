"""Doing something that may be refused: the reason, or what was done, is said on the next drawing of the page."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from engine.problems import PlumblineError
from pages import parts

PROBLEM, DONE = "criteria_problem", "criteria_done"


def attempt(work: Callable[..., Any], *told: Any, done: str = "") -> bool:
    """Do it; whether it was done."""
    try:
        work(*told)
    except PlumblineError as problem:
        st.session_state[PROBLEM] = str(problem)
        return False
    if done:
        st.session_state[DONE] = done
    return True


def say() -> None:
    """Say what came of the last attempt, once."""
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(parts.plain(problem), icon=":material/error:")
    if done := st.session_state.pop(DONE, ""):
        st.success(parts.plain(done), icon=":material/check:")
