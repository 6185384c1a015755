"""Step 3: grading, one output at a time, blind to everybody else."""

import hashlib
from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from engine.problems import PlumblineError
from pages import grading, parts, serving, visitor, workbench

KEYS = "Keys: 1 to 9 choose a criterion, P pass, F fail, N not applicable, U undo, M note, Space puts an output off."


def show(rubric: str) -> None:
    """Who grades, the desk, and how far everybody is."""
    if workbench.history(rubric).outputs.is_empty():
        parts.say("No outputs to grade yet: take some in the first step.")
        return
    if not visitor.may_change():
        parts.say("You may look here and grade nothing.")
        _everybody(rubric)
        return
    grader = visitor.name() if visitor.signed_in() else _asked_name()
    if not grader:
        parts.say("Write your name to begin. It tells your grades from others'; nobody sees how others graded before they have graded.")
        return
    _desk(rubric, grader)
    st.caption(KEYS)
    _everybody(rubric)


def _asked_name() -> str:
    return " ".join((st.text_input("Your name", key="grader", bind="query-params", max_chars=80, width=320) or "").split())


@st.fragment
def _desk(rubric: str, grader: str) -> None:
    key = f"desk-{rubric}-{grader}"
    skipped: list[str] = st.session_state.setdefault(f"skipped-{rubric}-{grader}", [])
    presses = _sent(key)
    cards = serving.ahead(rubric, grader, skipped)
    mine = serving.progress(rubric).filter(pl.col("grader") == grader)
    words = workbench.criteria(rubric).select("criterion", "wording", "version").rows()
    done, stale, whole = _counted(mine, workbench.history(rubric).outputs.height * max(1, len(words)))
    grading.desk({
        "desk": f"{rubric}/{grader}", "words": hashlib.sha256(repr(words).encode()).hexdigest()[:12], "cards": cards,
        "acked": serving.acked(rubric, grader, presses), "share": done / max(1, whole), "locked": False,
        "far": f"{done} of {whole} verdicts given" + (f", {stale} to give again, as their criterion changed" if stale else ""),
        "empty": f"{len(skipped)} outputs were put off; take them up again below." if skipped else "Everything is graded.",
        "problem": st.session_state.pop(f"{key}-problem", ""),
    }, on_sent=lambda: _heard(rubric, grader, key), key=key)
    if skipped and st.button(f"Take up the {len(skipped)} put off", icon=":material/replay:"):
        skipped.clear()
        st.rerun(scope="fragment")


def _sent(key: str) -> Sequence[dict[str, Any]]:
    held = st.session_state.get(key)
    return [dict(one) for one in (held.get("sent") if held else None) or [] if isinstance(one, dict) or hasattr(one, "keys")]


def _heard(rubric: str, grader: str, key: str) -> None:
    """Keep what was pressed since the last time."""
    presses = _sent(key)
    skipped: list[str] = st.session_state.setdefault(f"skipped-{rubric}-{grader}", [])
    done = set(serving.acked(rubric, grader, presses))
    for press in presses:
        if press.get("id") in done:
            continue
        if press.get("kind") == "skip":
            skipped.append(str(press.get("output")))
        elif press.get("kind") == "unskip" and press.get("output") in skipped:
            skipped.remove(press["output"])
    try:
        problem = serving.pressed(rubric, grader, presses)
    except PlumblineError as refused:
        problem = str(refused)
    if problem:
        st.session_state[f"{key}-problem"] = problem


def _counted(mine: pl.DataFrame, whole: int) -> tuple[int, int, int]:
    if mine.is_empty():
        return 0, 0, whole
    return int(mine["graded"].sum()), int(mine["stale"].sum()), int(mine["outputs"].sum())


def _everybody(rubric: str) -> None:
    found = serving.progress(rubric)
    if found.is_empty():
        return
    with st.expander("How far everybody is", icon=":material/groups:"):
        st.dataframe(found.select("grader", "name", "graded", "stale", "left", "audit", "repeats"), hide_index=True,
                     alt="Progress by grader and criterion", column_config={
                         "name": "criterion", "audit": "of the audit sample", "repeats": "graded twice",
                         "left": "not graded yet", "stale": "to grade again"})
