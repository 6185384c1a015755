"""Two models on one benchmark: every metric, the stems on which they differ most, and their conversations side by side."""

import json

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark
from pages import data, parts

MOST = 12
VERDICTS = {"higher": "first higher", "lower": "second higher", "same": "the same within 5 points", "inconclusive": "cannot be said",
            "not comparable": "not comparable"}


def show(chosen: list[str], lenses: list[Benchmark]) -> None:
    """Choose two models and a benchmark, and see what tells them apart."""
    st.subheader("Two models, item by item")
    with_evidence = {one.name: one for one in lenses if one.family != "values"}
    if len(chosen) < 2 or not with_evidence:
        st.info("Choose two models that were asked the same benchmark.", icon=":material/compare_arrows:")
        return
    with st.container(horizontal=True):
        name = st.selectbox("Benchmark", list(with_evidence), key="asked", bind="query-params") or next(iter(with_evidence))
        one = st.selectbox("First", chosen, key="first", bind="query-params") or chosen[0]
        rest = [model for model in chosen if model != one]
        other = st.selectbox("Second", rest, key="second", bind="query-params") or rest[0]
    found = data.two_models(name, one, other)
    if found.is_empty():
        st.info("These two share no evidence here: one was estimated before Plumbline kept it. `python -m engine prepare` makes it anew.",
                icon=":material/history:")
        return
    apart = found.filter(pl.col("verdict").is_in(["higher", "lower"]))
    parts.say(f"{apart.height} of {found.height} metrics tell {one} and {other} apart after correction for looking at all of them."
              if apart.height else f"Nothing here tells {one} and {other} apart: that is no proof that they are the same.")
    shown = found.select(
        pl.col("metric").str.replace_all("_", " "), "facet", pl.col("first", "second", "difference", "low", "high").round(3),
        verdict=pl.col("verdict").replace(VERDICTS), p=pl.col("adjusted"), stems=pl.col("stems"))
    style = st.column_config.NumberColumn(format="percent")
    event = st.dataframe(shown, hide_index=True, key="metrics", on_select="rerun", selection_mode="single-row", height=300,
                         column_config={"p": st.column_config.NumberColumn(format="%.4f"),
                                        **dict.fromkeys(("first", "second", "difference", "low", "high"), style)},
                         alt="Two models, metric by metric")
    parts.downloads(found, f"two-models-{name.replace('/', '-')}")
    rows = event["selection"]["rows"]
    lens = with_evidence[name].lens
    standing = found.with_row_index().filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet))
    place = rows[0] if rows and rows[0] < found.height else standing["index"][0] if standing.height else 0
    _stems(name, found.row(place, named=True), one, other)


def _stems(name: str, row: dict[str, object], one: str, other: str) -> None:
    """The stems behind one metric, and what could be done where it says nothing."""
    metric, facet = str(row["metric"]), str(row["facet"])
    if row["verdict"] == "inconclusive":
        parts.say(_what_it_would_take(*data.more_epochs(name, metric, facet, one, other)))
    stems = data.stems_apart(name, metric, facet, one, other)
    st.markdown(f"**{parts.plain(metric.replace('_', ' '))}, {parts.plain(facet)}**: where they differ most")
    style = st.column_config.NumberColumn(format="percent")
    shown = stems.head(MOST).with_columns(pl.col("first", "second", "difference").round(3))
    event = st.dataframe(shown, hide_index=True, key="stems", on_select="rerun", selection_mode="single-row",
                         column_config=dict.fromkeys(("first", "second", "difference"), style), alt="Stems on which two models differ most")
    parts.downloads(stems, f"flips-{name.replace('/', '-')}")
    st.caption("Choose a row to read both conversations.")
    rows = event["selection"]["rows"]
    if rows and rows[0] < min(MOST, stems.height):
        _conversations(name, str(stems["stem"][rows[0]]), one, other)


def _what_it_would_take(known: bool, times: int | None) -> str:
    if not known:
        return "Asked once, it cannot be known whether more epochs or more stems would tell them apart: play at least two epochs."
    if times is None:
        return "More epochs would not tell them apart: what varies is which stem, not which epoch. It takes more stems."
    return f"If the difference is what it seems, about {times} times as many epochs would tell them apart."


def _conversations(name: str, stem: str, one: str, other: str) -> None:
    """What both were asked about a stem, side by side; turns that were read differently are marked."""
    shared = data.shared_trials(name, one, other, stem)
    if shared.is_empty():
        st.info("They were not asked this under the same condition.", icon=":material/search_off:")
        return
    number = st.pagination(shared.height, key=f"shared-{stem}") - 1 if shared.height > 1 else 0
    told = shared.row(min(number, shared.height - 1), named=True)
    condition = ", ".join(f"{field} {level}" for field, level in json.loads(told["condition"]).items())
    st.caption(parts.plain(f"{told['item']}: {condition}, epoch {told['epoch']}"))
    sides = [data.conversation(told[which], None) for which in ("first", "second")]
    read = [{row["turn"]: (row["choice"], row["reading"]) for row in side.iter_rows(named=True)} for side in sides]
    differs = {turn for turn, said in read[0].items() if turn in read[1] and read[1][turn] != said}
    for column, model, side in zip(st.columns(2), (one, other), sides, strict=True):
        with column, st.container(border=True):
            parts.say(model)
            for row in side.unique("turn", keep="last", maintain_order=True).iter_rows(named=True):
                for message in json.loads(row["messages"]):
                    with st.chat_message("user", avatar=parts.AVATARS["user"]):
                        st.text(message["content"])
                with st.chat_message("assistant", avatar=parts.AVATARS["assistant"]):
                    st.text(row["reply"] if row["reply"] is not None else "no reply")
                    st.badge(f"{row['choice'] or row['reading'] or row['problem']}{', differs' if row['turn'] in differs else ''}",
                             color="orange" if row["turn"] in differs else "gray")
