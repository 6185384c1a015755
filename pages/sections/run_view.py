"""One run: how far it is, what it found so far, what went wrong; stop, go on, repeat, delete."""

import json
from typing import Any

import polars as pl
import streamlit as st

from engine.problems import PlumblineError
from engine.views.runs import narrowing_estimate, run_problems
from pages import data, desk, parts, pinning
from pages.sections.run_list import BUSY, ICONS

EACH_S = 2
TOLD = {
    "launched": "given a process of its own", "started": "started", "pace": "pace changed", "asking_again": "asked again",
    "adapted": "left a parameter out", "parked": "parked",
    "given_up": "gave a model up", "reached": "reached a limit", "epochs_added": "added epochs", "cancel": "stop asked for",
    "cancel_now": "stop at once asked for", "stopped": "stopped", "finished": "finished",
}


def show(identity: str) -> None:
    """The whole page of a run."""
    st.page_link(parts.RUNS, label="All runs", icon=":material/arrow_back:")
    told = desk.run(identity)
    if told is None:
        st.warning("This run is not in the lake.", icon=":material/search_off:")
        return
    plan = told["plan"]
    st.subheader(parts.plain(desk.asked_of(told)))
    st.caption(f"Started {told['started']:%d %B %Y, %H:%M} UTC by {parts.plain(str(told['asked_by']))}. Run {told['id']}.")
    parts.source_badges(desk.sources(told))
    _controls(told)
    st.fragment(_live, run_every=EACH_S if told["state"] in BUSY else None)(told["id"], told["state"])
    parts.turns_link("The conversations of this run", run=told["id"])
    if "import" not in plan:
        st.caption("The same run as a command line")
        st.code(desk.command_of(told), language="bash", wrap_lines=True)


def _controls(told: dict[str, Any]) -> None:
    state, imported = told["state"], "import" in told["plan"]
    with st.container(horizontal=True, vertical_alignment="center"):
        if state in BUSY and st.button("Stop the run", icon=":material/stop:", help="Replies in flight come in first; it can go on later."):
            _do(lambda: desk.cancel(told["id"]), "It stops as soon as what is in flight has come.")
        if (state in ("stopped", "interrupted") or (state == "failed" and not imported)) and st.button(
            "Go on", type="primary", icon=":material/play_arrow:", help="Only what is missing is asked."
        ):
            _do(lambda: desk.resume(told["id"]), "It goes on in a process of its own.")
        if not imported:
            st.page_link(parts.RUNS, label="Repeat with changes", icon=":material/edit:", query_params=desk.form_of(told))
        if state not in BUSY:
            with st.popover("Delete", icon=":material/delete:"):
                st.write("Delete this run with every turn and estimate that came from it? This cannot be undone.")
                if st.button("Yes, delete it", type="primary", key="delete"):
                    _do(lambda: desk.delete(told["id"]), "The run is deleted.", leave=True)


def _do(work: Any, said: str, *, leave: bool = False) -> None:
    try:
        work()
    except PlumblineError as problem:
        st.error(parts.plain(str(problem)), icon=":material/error:")
        return
    st.toast(said)
    if leave:
        st.switch_page(parts.RUNS)
    st.rerun()


def _live(identity: str, state_before: str) -> None:
    told = desk.run(identity)
    if told is None or (told["state"] != state_before):
        st.rerun()
    assert told is not None
    found = desk.progress(identity)
    _counts(told, found)
    _models(told, found)
    _problems(identity, told["state"])
    if "import" not in told["plan"] and found.height:
        _estimate(told)
        _latest(identity)
    _history(identity)


def _counts(told: dict[str, Any], found: pl.DataFrame) -> None:
    ended = sum(int(found[name].sum()) for name in ("answered", "unread", "refused", "failed")) if found.height else 0
    unknown = bool(found.height) and int(found["unpriced"].sum())
    replies = sum(int(found[name].sum()) for name in ("answered", "unread", "refused"))
    spent = desk.money(None if unknown else float(found["cost_usd"].sum() or 0.0)) if replies or unknown else "nothing yet"
    with st.container(horizontal=True):
        st.metric("State", ICONS.get(told["state"], told["state"]))
        st.metric("Conversations", f"{ended:,} of {max(told['planned'], ended):,}")
        st.metric("Spent", spent)
        st.metric("Replies from the lake", f"{int(found['reused'].sum()) if found.height else 0:,}", help="Answered before: free.")


def _models(told: dict[str, Any], found: pl.DataFrame) -> None:
    planned: dict[str, int] = told["plan"].get("by_model") or {}
    of = {row["model"]: row for row in found.iter_rows(named=True)}
    grown = max(1.0, told["planned"] / max(1, sum(planned.values())))
    for name in dict.fromkeys([*planned, *of]):
        row = of.get(name)
        ended = sum(row[outcome] for outcome in ("answered", "unread", "refused", "failed")) if row else 0
        most = max(planned.get(name, 0) if len(planned) > 1 else round(planned.get(name, 0) * grown), ended, 1)
        troubles = ", ".join(f"{row[outcome]} {outcome}" for outcome in ("refused", "unread", "failed") if row and row[outcome])
        st.progress(min(1.0, ended / most), parts.plain(f"{name}: {ended:,} of {most:,}{', ' + troubles if troubles else ''}"))


def _problems(identity: str, state: str) -> None:
    found = run_problems(data.now(), run=identity)
    if said := desk.last_words(identity) if state in ("failed", "stopped", "interrupted") else "":
        st.error(parts.plain(said), icon=":material/error:")
    if not found.empty:
        st.markdown("**What went wrong**")
        parts.table(found)
        pinning.button(found)


def _estimate(told: dict[str, Any]) -> None:
    """The headline estimate of one model on one benchmark, narrowing."""
    pairs = [(model, name) for name in told["plan"]["benchmarks"] for model in told["plan"]["models"]]
    labels = {f"{model} · {name}": (model, name) for model, name in pairs}
    st.markdown("**The main estimate, from this run's answers alone**")
    picked = st.selectbox("Model and benchmark", list(labels), key=f"pair-{told['id']}", label_visibility="collapsed") if len(pairs) > 1 \
        else next(iter(labels))
    model, name = labels[picked]
    made = narrowing_estimate(data.now(), run=told["id"], model=model, benchmark=name, whole=told["state"] not in BUSY)
    parts.shown(made, key=f"narrow-{told['id']}", say_so=False)
    pinning.button(made)


def _latest(identity: str) -> None:
    st.markdown("**Latest turns**")
    rows = [
        {"model": row["model"], "item": row["item"], "turn": row["turn"], "read as": _read(row), "reply": (row["reply"] or "")[:200]}
        for row in desk.latest(identity).iter_rows(named=True)
    ]
    st.dataframe(rows, hide_index=True, alt="The newest turns", column_config={"reply": st.column_config.TextColumn(width="large")})


def _read(row: dict[str, Any]) -> str:
    if row["problem"]:
        return f"failed: {row['problem'].replace('_', ' ')}"
    answer = row["choice"] or ("" if row["number"] is None else f"{row['number']:.0f}")
    return f"{row['reading']} {answer}".strip()


def _history(identity: str) -> None:
    found = desk.history(identity)
    if found.is_empty():
        return
    with st.expander(f"What happened ({found.height:,})", icon=":material/history:"):
        rows = [
            {"when": row["happened"], "what": TOLD.get(row["kind"], row["kind"]), "model": row["model"] or "",
             "detail": _detail(row["told"])}
            for row in found.tail(200).reverse().iter_rows(named=True)
        ]
        st.dataframe(rows, hide_index=True, alt="The history of the run, newest first", column_config={
            "when": st.column_config.DatetimeColumn(format="HH:mm:ss"), "detail": st.column_config.TextColumn(width="large")})


def _detail(told: str) -> str:
    known = {name.replace("_", " "): value for name, value in json.loads(told).items() if value not in (None, "", {}, [])}
    return ", ".join(f"{name} {json.dumps(value) if isinstance(value, dict | list) else value}" for name, value in known.items())
