"""The open lake and what was read of it, one for all visitors: made anew when the lake's stamp changes, so results appear at once."""

from collections.abc import Callable

import streamlit as st

from engine.lake import Lake, runs
from engine.problems import PlumblineError
from engine.results import Results

KEPT = 64


@st.cache_resource
def lake() -> Lake:
    """The open lake, one for all visitors."""
    return Lake.open()


@st.cache_resource(max_entries=KEPT)
def _stamp_at(snapshot: int) -> str:  # noqa: ARG001
    """The stamp of a snapshot: while nothing is written, there is nothing to ask for."""
    return runs.newest(lake())


@st.cache_resource(max_entries=2, show_spinner=False)
def _results(stamp: str) -> Results:  # noqa: ARG001
    return Results(lake())


def now() -> Results:
    """What the lake says; the same from the first to the last line of a drawing (`checked`)."""
    return st.session_state.get("results_now") or _results(runs.newest(lake()))


def checked(work: Callable[[], None]) -> None:
    """Do `work`; a mistake in the set-up (no lake, one from a newer version) is said in one line."""
    try:
        st.session_state["results_now"] = _results(_stamp_at(runs.snapshot(lake())))
    except PlumblineError as problem:
        st.error(str(problem), icon=":material/error:")
        st.stop()
    work()
