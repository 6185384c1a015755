"""Step 1: the replies that are worked on."""

from collections.abc import Callable

import polars as pl
import streamlit as st

from pages import desk, parts, visitor, workbench
from pages.sections.attempted import attempt

MOST = 10_000
ANY = "any"


def show(rubric: str) -> None:
    """What is there, and two ways to take more."""
    there = workbench.history(rubric).outputs
    _so_far(there)
    if not visitor.may_change():
        return
    left, right = st.columns(2, gap="large")
    with left:
        _from_run(rubric)
    with right:
        _from_file(rubric)
    st.caption("The audit sample is drawn at random, and every reported number comes from it alone. Informative outputs may be shown in "
               "any order that helps to choose assertions; a report from them would be too good.")


def _so_far(there: pl.DataFrame) -> None:
    if there.is_empty():
        parts.say("No outputs yet. Take replies from a run, or upload a file.")
        return
    counted = there.group_by("batch", "source", maintain_order=True).agg(
        pl.len().alias("outputs"), (pl.col("sample") == "audit").sum().alias("audit sample"),
        (pl.col("sample") == "informative").sum().alias("informative"), pl.col("added_at").min().alias("taken"),
    )
    st.dataframe(counted, hide_index=True, alt="Outputs by run or file",
                 column_config={"batch": "run or file", "taken": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")})
    parts.say(f"{there.height} outputs, {there.filter(pl.col('sample') == 'audit').height} of them in the audit sample.")


def _from_run(rubric: str) -> None:
    st.subheader("From a run")
    runs = [one for one in desk.every_run() if one["plan"].get("benchmarks")]
    if not runs:
        parts.say("No run has been played yet. Start one on the Runs page.")
        return
    known = {one["id"]: f"{desk.asked_of(one)} ({one['id'][-desk.SHORT:]})" for one in runs}
    run = st.selectbox("Run", list(known), format_func=known.__getitem__, key="take-run") or next(iter(known))
    plan = next(one["plan"] for one in runs if one["id"] == run)
    benchmarks, models = list(plan["benchmarks"]), list(plan.get("models") or ())
    with st.container(horizontal=True):
        name = st.selectbox("Benchmark", [ANY, *benchmarks] if len(benchmarks) > 1 else benchmarks, key=f"take-benchmark-{run}")
        model = st.selectbox("Model", [ANY, *models] if len(models) > 1 else models, key=f"take-model-{run}")
    name, model = ("" if one in (ANY, None) else str(one) for one in (name, model))
    there = workbench.available(run, name, model)
    parts.say(f"{there} replies can be taken.")
    if there:
        n, audit = _how_many(min(there, MOST), "run")
        if st.button(f"Take {n}", icon=":material/add:", type="primary"):
            _told(lambda: workbench.take(rubric, run, name, model, n, audit))


def _from_file(rubric: str) -> None:
    st.subheader("From a file")
    file = st.file_uploader("CSV or JSONL with the columns prompt and reply; others become fields", type=["csv", "jsonl", "ndjson"],
                            key="take-file")
    if file is None:
        return
    every = st.checkbox("All rows, half of them as audit sample", True)
    n, audit = (None, None) if every else _how_many(MOST, "file")
    if st.button("Take them", icon=":material/upload:", type="primary"):
        _told(lambda: workbench.bring(rubric, file.name, file.getvalue(), n, audit))


def _how_many(most: int, key: str) -> tuple[int, int]:
    with st.container(horizontal=True):
        n = int(st.number_input("How many", 1, most, min(100, most), key=f"n-{key}-{most}"))
        audit = int(st.number_input("of them audit sample", 0, n, (n + 1) // 2, key=f"audit-{key}-{n}"))
    st.caption(f"{n - audit} informative.")
    return n, audit


def _told(work: Callable[[], workbench.Taken]) -> None:
    """Take, and say what became of it."""
    found: list[workbench.Taken] = []
    if attempt(lambda: found.append(work())):
        one = found[0]
        words = [f"{one.added} outputs were taken"]
        words += [f"{one.there_before} were there before"] if one.there_before else []
        words += [f"{one.not_chosen} more could be taken"] if one.not_chosen else []
        st.session_state["criteria_done"] = "; ".join(words) + "."
        if one.refused:
            rows = "; ".join(one.refused[:5]) + (f"; and {len(one.refused) - 5} more" if len(one.refused) > 5 else "")
            st.session_state["criteria_problem"] = f"{len(one.refused)} rows could not be read: {rows}"
    st.rerun()
