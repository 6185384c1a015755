"""The conversations themselves."""

import json
import math

import polars as pl
import streamlit as st

from engine.figures.palette import SOURCES
from engine.views.conversations import conversation
from engine.views.runs import COLUMNS, turns_found
from pages import data, parts, pinning

SIZE = 50
FILTERS = {"step": "Step", "role": "Asked as", "stem": "Stem", "reading": "Read as", "problem": "Problem", "source": "Source", "run": "Run"}


def filters() -> dict[str, object]:
    """What the visitor wants to see; every filter stands in the address."""
    wanted: dict[str, object] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted["benchmark"] = st.selectbox("Benchmark", data.now().choices("benchmark"), index=None, key="benchmark", bind="query-params",
                                           placeholder="any")
        wanted["model"] = st.multiselect("Models", data.now().choices("model"), key="models", bind="query-params", placeholder="any")
        wanted["search"] = st.text_input("Words in question or reply", key="search", bind="query-params", max_chars=200)
    with st.expander("More filters", icon=":material/filter_list:"), st.container(horizontal=True):
        for name, label in FILTERS.items():
            known = data.now().choices(name, str(wanted["benchmark"]) if wanted["benchmark"] else None)
            wanted[name] = st.multiselect(label, known, key=name, bind="query-params", placeholder="any")
    return wanted


def read(trial: str, run: str | None) -> None:
    """One conversation as chat. Models' words are shown as plain text, so that nothing in them is fetched or run."""
    turns = data.now().conversation(trial, run)
    if turns.is_empty():
        st.warning("This conversation is not in the lake.", icon=":material/search_off:")
        return
    first = turns.row(0, named=True)
    with st.container(border=True):
        with st.container(horizontal=True):
            st.badge(SOURCES[first["source"]], color=parts.COLOUR[first["source"]])
            for field, level in json.loads(first["condition"]).items():
                st.badge(f"{field.replace('_', ' ')}: {level}", color="gray")
            st.badge(f"epoch {first['epoch']}", color="gray")
        st.text(f"{first['model']} on {first['benchmark']}, item {first['trial_item']}, {first['answered_at']:%d %B %Y, %H:%M} UTC")
        if first["judged"]:
            st.page_link(parts.TURNS, label="The answer that is judged here", icon=":material/arrow_upward:",
                         query_params={"trial": first["judged"], "run": first["judged_run"]})
        said(turns)
        for (judge, _), mine in data.judging(trial, first["run"]).group_by("model", "trial", maintain_order=True):
            with st.expander(f"How {parts.plain(str(judge))} judges this answer", icon=":material/balance:"):
                said(mine)
        pinning.button(conversation(data.now(), trial=trial, run=first["run"]))
        st.caption("Link to this conversation")
        st.code(f"/turns?trial={trial}&run={first['run']}", language=None)


def said(turns: pl.DataFrame) -> None:
    """What was asked and replied, turn by turn; the steps of a conversation are marked."""
    steps = turns["step"].n_unique()
    for number, row in enumerate(turns.iter_rows(named=True), 1):
        if row["step"] and steps > 1:
            st.badge(f"{number} of {turns.height}: {row['step']}", icon=":material/steps:", color="blue")
        for message in json.loads(row["messages"]):
            with st.chat_message("user" if message["role"] == "user" else "system", avatar=parts.AVATARS[message["role"]]):
                st.text(message["content"])
        if row["thinking"]:
            with st.expander("Hidden thinking", icon=":material/psychology:"):
                st.text(row["thinking"])
        with st.chat_message("assistant", avatar=parts.AVATARS["assistant"]):
            st.text(row["reply"] if row["reply"] is not None else "no reply")
            _understood(row)


def _understood(row: dict[str, object]) -> None:
    """What a reply was read as."""
    with st.container(horizontal=True):
        if row["problem"]:
            st.badge(f"failed: {row['problem']}", color="red", help=parts.plain(str(row["detail"])) or None)
        elif row["reading"] in ("refusal", "unread"):
            st.badge(str(row["reading"]), color="orange")
        else:
            answer = row["choice"] or (f"{row['number']:.0f}" if row["number"] is not None else "")
            st.badge(f"read as {row['reading']} {answer}".strip(), color="green")
        if row["reused"]:
            st.badge("taken from an earlier run", color="gray", help=parts.plain(str(row["reused"])))
        if isinstance(row["attempts"], int) and row["attempts"] > 1:
            st.badge(f"asked {row['attempts']} times", color="gray")
        if sent := json.loads(str(row["sent"] or "{}")):
            st.badge("sent with", color="gray", help=parts.plain(", ".join(f"{name} {value}" for name, value in sent.items())))


st.title("The conversations themselves")
if data.now().played().is_empty():
    parts.nothing_yet("conversations")
    st.stop()
linked = st.query_params.get("trial")
if linked:
    read(linked, st.query_params.get("run"))
    st.page_link(parts.TURNS, label="All conversations", icon=":material/arrow_back:", query_params={"page": "1"})
    st.stop()
wanted = filters()
total = data.turn_count(wanted)
pages = max(1, math.ceil(total / SIZE))
number = st.pagination(pages, key="page", bind="query-params") if pages > 1 else 1
found = data.turn_page(SIZE, (min(number, pages) - 1) * SIZE, wanted)
st.write(f"{total:,} turns match. Choose a row to read its conversation.")
if total:
    shown = found.select(COLUMNS).with_columns(
        pl.col(pl.String).exclude("source").fill_null(""), pl.col("number").cast(pl.Int64).cast(pl.String).fill_null(""),
        pl.col("source").replace(SOURCES),
    )
    wide = {"reply": st.column_config.TextColumn(width="large"), "answered_at": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")}
    event = st.dataframe(shown, column_config=wide, hide_index=True, on_select="rerun", selection_mode="single-row", key="table",
                         height=380, alt="Turns that match the filters")
    with st.container(horizontal=True, vertical_alignment="center"):
        parts.downloads(found, "turns")
        pinning.button(turns_found(data.now(), filters=wanted))
    rows = event["selection"]["rows"]
    if rows and rows[0] < found.height:
        chosen = found.row(rows[0], named=True)
        read(chosen["trial"], chosen["run"])
