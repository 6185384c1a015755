"""Two sides on one benchmark: every metric, the stems on which they differ most, which answers changed, and both conversations.

A side is a model, one of a model's dates, or one level of a condition under which a model was asked.
"""

import json
from typing import Any

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark
from engine.figures.exhibit import Exhibit
from engine.metrics.sides import Side
from engine.views import two_sides as views
from engine.views.two_sides import CONDITIONS, DATES, MODELS
from pages import data, parts


def show(chosen: list[str], lenses: list[Benchmark]) -> None:
    """Choose two sides and a benchmark, and see what tells them apart."""
    st.subheader("Two sides, item by item")
    names = [one.name for one in lenses]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Benchmark", names, key="asked", bind="query-params") or names[0]
        kind = st.segmented_control("Compare", [MODELS, DATES, CONDITIONS], default=MODELS, required=True, key="sides", bind="query-params")
    pair = {MODELS: _models, DATES: _dates, CONDITIONS: _conditions}[kind or MODELS](name, chosen)
    if not pair:
        return
    sides = {"benchmark": name, "one": views.told(pair[0]), "other": views.told(pair[1])}
    made = views.metric_by_metric(data.now(), **sides)
    if made.empty:
        st.info(made.sentence, icon=":material/compare_arrows:")
        return
    parts.say(made.sentence)
    _stems(name, _metrics(name, made), sides, pair)
    _changed(name, sides)


def _models(name: str, chosen: list[str]) -> tuple[Side, Side] | None:
    asked = data.now().results(name)["model"].to_list()
    here = [model for model in chosen if model in asked]
    if len(here) < 2:
        st.info("Choose two models that were asked the same benchmark.", icon=":material/compare_arrows:")
        return None
    with st.container(horizontal=True):
        one = st.selectbox("First", here, key="first", bind="query-params") or here[0]
        rest = [model for model in here if model != one]
        other = st.selectbox("Second", rest, key="second", bind="query-params") or rest[0]
    return Side(one, one), Side(other, other)


def _dates(name: str, chosen: list[str]) -> tuple[Side, Side] | None:
    held = data.now().askings(name).filter(pl.col("model").is_in(chosen))
    often = held.filter(pl.len().over("model") > 1)
    if often.is_empty():
        st.info("No chosen model was asked this benchmark at two dates. `--fresh` asks again what the lake holds already.",
                icon=":material/calendar_month:")
        st.code(f"python -m engine run --model {chosen[0]} --benchmark {name} --fresh", language="bash")
        return None
    with st.container(horizontal=True):
        model = st.selectbox("Model", often["model"].unique().sort().to_list(), key="side_model", bind="query-params")
        rows = often.filter(pl.col("model") == model).sort("asked", descending=True)
        runs = {f"{row['asked']:%d %b %Y, %H:%M:%S}, {row['conversations']} conversations, run …{row['run'][-4:]}": str(row["run"])
                for row in rows.iter_rows(named=True)}
        one = st.selectbox("First", list(runs), key=f"date-first-{model}") or next(iter(runs))
        rest = [label for label in runs if label != one]
        other = st.selectbox("Second", rest, key=f"date-second-{model}") or rest[0]
    return Side(one, str(model), runs[one]), Side(other, str(model), runs[other])


def _conditions(name: str, chosen: list[str]) -> tuple[Side, Side] | None:
    levels = data.benchmark(name).levels
    here = [model for model in chosen if model in data.now().models()]
    if not here or not levels:
        st.info("This benchmark was asked under one condition only.", icon=":material/rule:")
        return None
    with st.container(horizontal=True):
        model = st.selectbox("Model", here, key="side_model", bind="query-params") or here[0]
        field = st.selectbox("Condition", list(levels), key=f"field-{name}", format_func=lambda told: told.replace("_", " "))
        one = st.selectbox("First", levels[field], key=f"level-first-{name}-{field}")
        rest = [level for level in levels[field] if level != one]
        other = st.selectbox("Second", rest, key=f"level-second-{name}-{field}") or rest[0]
    spoken = field.replace("_", " ")
    return Side(f"{spoken} {one}", model, None, field, str(one)), Side(f"{spoken} {other}", model, None, field, other)


def _metrics(name: str, made: Exhibit) -> dict[str, Any]:
    """The table of metrics; returns the row looked at, the lens where none was chosen."""
    row = parts.picked(made, "metrics", height=300)
    parts.below(made, f"two-sides-{name.replace('/', '-')}", folded=False)
    lens = data.benchmark(name).lens
    standing = made.numbers.with_row_index().filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet))
    return made.numbers.row(row if row is not None else standing["index"][0] if standing.height else 0, named=True)


def _stems(name: str, row: dict[str, Any], sides: dict[str, Any], pair: tuple[Side, Side]) -> None:
    """The stems behind one metric, and what could be done where it says nothing."""
    made = views.stems_apart(data.now(), metric=row["metric"], facet=row["facet"], **sides)
    if made.empty:
        return
    for said in made.limits:
        parts.say(said)
    st.markdown(f"**{parts.plain(row['metric'].replace('_', ' '))}, {parts.plain(row['facet'])}**: where they differ most")
    chosen = parts.picked(made, "stems")
    parts.below(made, f"stems-{name.replace('/', '-')}", folded=False)
    if made.caption:
        st.caption(parts.plain(made.caption))
    st.caption("Choose a row to read both conversations.")
    if chosen is not None:
        _conversations(name, str(made.numbers["stem"][chosen]), *pair)


def _changed(name: str, sides: dict[str, Any]) -> None:
    """The flip report: which answers differ, by category and one by one."""
    st.markdown("**Which answers changed**")
    by, every = views.changed_by_category(data.now(), **sides), views.changed_answers(data.now(), **sides)
    if every.table is None:
        st.info(every.sentence, icon=":material/search_off:")
        return
    parts.say(every.sentence)
    if by.numbers.height > 1:
        parts.table(by, height=220)
        parts.below(by, f"changed-by-category-{name.replace('/', '-')}", folded=False)
    with st.expander(f"All {every.table.height:,} changed answers", icon=":material/swap_horiz:"):
        parts.table(every)
        parts.below(every, f"flips-{name.replace('/', '-')}", folded=False)


def _conversations(name: str, stem: str, one: Side, other: Side) -> None:
    """What both were asked about a stem, side by side; turns that were read differently are marked."""
    mine = data.now().answers(name, one, other).filter(pl.col("stem") == stem)
    shared = mine.unique(["first_trial", "second_trial"], maintain_order=True)
    if shared.is_empty():
        st.info("They were not asked this under the same condition.", icon=":material/search_off:")
        return
    number = st.pagination(shared.height, key=f"shared-{stem}") - 1 if shared.height > 1 else 0
    told = shared.row(min(number, shared.height - 1), named=True)
    fields = {field: level for field, level in json.loads(told["condition"]).items() if field != one.field}
    condition = ", ".join(f"{field.replace('_', ' ')} {level}" for field, level in fields.items())
    st.caption(parts.plain(f"{told['item']}: {condition}, epoch {told['epoch']}"))
    here = mine.filter((pl.col("first_trial") == told["first_trial"]) & (pl.col("second_trial") == told["second_trial"]))
    differs = set(here.filter("differs")["turn"].to_list())
    for column, side, which in zip(st.columns(2), (one, other), ("first", "second"), strict=True):
        with column, st.container(border=True):
            parts.say(side.label)
            _turns(data.now().conversation(told[f"{which}_trial"], told[f"{which}_run"]), differs)


def _turns(side: pl.DataFrame, differs: set[int]) -> None:
    for row in side.unique("turn", keep="last", maintain_order=True).iter_rows(named=True):
        for message in json.loads(row["messages"]):
            with st.chat_message("user", avatar=parts.AVATARS["user"]):
                st.text(message["content"])
        with st.chat_message("assistant", avatar=parts.AVATARS["assistant"]):
            st.text(row["reply"] if row["reply"] is not None else "no reply")
            marked = row["turn"] in differs and row["reading"] != "text"
            answer = row["choice"] or (f"{row['number']:.0f}" if row["number"] is not None else row["reading"] or row["problem"])
            st.badge(f"{answer}{', differs' if marked else ''}", color="orange" if marked else "gray")
