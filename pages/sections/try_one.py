"""Try one item: the exact prompt, one to three models side by side, how the reply is read, where it stands among the others."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from engine.problems import PlumblineError
from pages import desk, parts


def show() -> None:
    """Choose, ask, read."""
    st.write("Ask one item and watch the replies being written and read. Nothing of this is kept or counted.")
    playable = desk.playable()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Benchmark", list(playable), key="with", bind="query-params")
        item = st.selectbox("Item", desk.items_of(name), key="item", bind="query-params")
    models = st.multiselect(
        "Models, up to three", desk.offered(), key="ask", bind="query-params", max_selections=desk.MOST, accept_new_options=True,
        placeholder="choose, or type provider/model",
    )
    known = desk.levels([name])
    only = st.multiselect("Conditions", known, key="only", bind="query-params", placeholder="the first standard one")
    try:
        condition = desk.condition_of(name, item, only)
    except PlumblineError as problem:
        st.error(parts.plain(str(problem)), icon=":material/error:")
        return
    with st.expander("The first question, word for word", icon=":material/quiz:"):
        for role, words in desk.first_question(name, item, only):
            with st.chat_message("user" if role == "user" else "system", avatar=parts.AVATARS[role]):
                st.text(words)
    with st.container(horizontal=True):
        for field, level in condition.items():
            st.badge(f"{field.replace('_', ' ')}: {level}", color="gray")
    if st.button("Ask", type="primary", icon=":material/send:", disabled=not models, key="try"):
        with st.spinner("Waking LiteLLM …", show_time=True):
            _asked(models, name, item, only)
    elif not models:
        st.info("Choose one to three models.", icon=":material/checklist:")


def _asked(models: Sequence[str], name: str, item: str, only: Sequence[str]) -> None:
    """Hold the conversations in columns, as their events come."""
    columns = dict(zip(models, st.columns(len(models), border=True), strict=True))
    talks = {model: _Talk(column, model, name) for model, column in columns.items()}
    for told in desk.attempt(models, name, item, only):
        if told["event"] == "failed":
            st.error(parts.plain(told["why"]), icon=":material/error:")
        elif told["model"] in talks:
            talks[told["model"]].hear(told)


class _Talk:
    """One model's conversation in its column."""

    def __init__(self, column: Any, model: str, name: str) -> None:
        self._column, self._name = column, name
        column.markdown(f"**{parts.plain(model)}**")
        self._text, self._thinking, self._item = "", "", ""
        self._shown: Any = None

    def hear(self, told: Mapping[str, Any]) -> None:
        """Take in an event of the attempt."""
        match told["event"]:
            case "question":
                self._item = told["item"]
                for message in told["messages"]:
                    role = message["role"]
                    with self._column.chat_message("user" if role == "user" else "system", avatar=parts.AVATARS[role]):
                        st.text(message["content"])
            case "asking":
                self._text, self._thinking = "", ""
                self._shown = self._shown or self._column.empty()
            case "piece":
                self._piece(told)
            case "again":
                self._column.caption(parts.plain(f"{told['problem'].replace('_', ' ')}: asked again in {told['wait_s']:.0f} s"))
            case "replied":
                price = "" if told["cost_usd"] is None else f", {desk.money(told['cost_usd'])}"
                self._column.caption(f"{told['seconds']:.1f} s{price}")
            case "read":
                self._read(told)
            case _:
                pass

    def _piece(self, told: Mapping[str, Any]) -> None:
        if told["kind"] == "text":
            self._text += told["words"]
        else:
            self._thinking += told["words"]
        with self._shown.container():
            if self._thinking:
                with st.expander("Hidden thinking", icon=":material/psychology:"):
                    st.text(self._thinking)
            with st.chat_message("assistant", avatar=parts.AVATARS["assistant"]):
                st.text(self._text or "…")

    def _read(self, told: Mapping[str, Any]) -> None:
        good = told["reading"] and told["reading"]["kind"] not in ("refusal", "unread") and not told["problem"]
        self._column.badge(parts.plain(desk.reading_words(told)), color="green" if good else "red" if told["problem"] else "orange")
        self._shown = None
        if good and told["reading"]["kind"] in ("choice", "rating"):
            self._stand(told)

    def _stand(self, told: Mapping[str, Any]) -> None:
        """Where the answer stands among those in the lake."""
        found = desk.standing(self._name, self._item, told["turn"])
        answered = found.filter(pl.col("reading").is_in(["choice", "rating"]))
        if answered.is_empty():
            self._column.caption("Nobody in the lake has been asked this yet.")
            return
        mine = told["reading"]["choice"] if told["reading"]["choice"] is not None else told["reading"]["number"]
        column = "choice" if told["reading"]["choice"] is not None else "number"
        total, same = int(answered["answers"].sum()), int(answered.filter(pl.col(column) == mine)["answers"].sum())
        per = answered.group_by("model").agg(same=pl.col("answers").filter(pl.col(column) == mine).sum(), of=pl.col("answers").sum())
        by = ", ".join(f"{row['model']} {row['same']} of {row['of']}" for row in per.sort("model").iter_rows(named=True))
        shown = mine if isinstance(mine, str) else f"{mine:.0f}"
        self._column.caption(parts.plain(f"{same} of {total} answers in the lake say {shown} ({same / total:.0%}): {by}"))
