"""Two sides on one benchmark: every metric, the stems on which they differ most, which answers changed, and both conversations.

A side is a model, one of a model's dates, or one level of a condition under which a model was asked.
"""

import json

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark
from engine.figures.sentences import VERDICTS
from engine.metrics.compare import FEWEST
from engine.metrics.resampling import sign_flip
from engine.metrics.sides import Side
from pages import data, parts

MOST = 12
MODELS, DATES, CONDITIONS = "two models", "two dates of a model", "two conditions of a model"


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
    one, other = pair
    found = data.now().two_sides(name, one, other)
    if found.is_empty():
        before = " Where one was estimated before Plumbline kept evidence, `python -m engine prepare` makes it anew." if one.whole else ""
        st.info("These two were asked nothing alike here that could be compared: it takes the same items under the same conditions."
                f"{before}", icon=":material/compare_arrows:")
        return
    parts.say(_sentence(found, one, other))
    _stems(name, _metrics(name, found), one, other)
    _changed(name, one, other)


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


def _sentence(found: pl.DataFrame, one: Side, other: Side) -> str:
    apart = found.filter(pl.col("verdict").is_in(["higher", "lower"])).height
    if (found["verdict"] == "not comparable").all():
        return f"{one.label} and {other.label} share too few stems under the same conditions to be compared: it takes {FEWEST}."
    if not apart:
        return f"Nothing here tells {one.label} and {other.label} apart: that is no proof that they are the same."
    return f"{apart} of {found.height} metrics tell {one.label} and {other.label} apart after correction for looking at all of them."


def _metrics(name: str, found: pl.DataFrame) -> dict[str, object]:
    """The table of metrics; returns the row looked at, the lens where none was chosen."""
    share = data.benchmark(name).family != "values"
    told = pl.col("first", "second", "difference", "low", "high")
    shown = found.select(
        pl.col("metric").str.replace_all("_", " "), pl.col("facet").str.replace_all("_", " "), told.round(3),
        pl.col("verdict").replace(VERDICTS).alias("verdict on the first"), pl.col("size").alias("size of the difference"),
        p=pl.col("adjusted"), stems=pl.col("stems"))
    style = st.column_config.NumberColumn(format="percent" if share else "%.2f")
    event = st.dataframe(shown, hide_index=True, key="metrics", on_select="rerun", selection_mode="single-row", height=300,
                         column_config={"p": st.column_config.NumberColumn(format="%.4f"),
                                        **dict.fromkeys(("first", "second", "difference", "low", "high"), style)},
                         alt="Two sides, metric by metric")
    parts.downloads(found, f"two-sides-{name.replace('/', '-')}")
    rows = event["selection"]["rows"]
    lens = data.benchmark(name).lens
    standing = found.with_row_index().filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet))
    return found.row(rows[0] if rows and rows[0] < found.height else standing["index"][0] if standing.height else 0, named=True)


def _stems(name: str, row: dict[str, object], one: Side, other: Side) -> None:
    """The stems behind one metric, and what could be done where it says nothing."""
    metric, facet = str(row["metric"]), str(row["facet"])
    stems = data.now().stems_apart(name, metric, facet, one, other)
    if stems.is_empty():
        return
    if row["verdict"] == "inconclusive":
        parts.say(_what_it_would_take(*data.now().more_epochs(name, metric, facet, one, other)))
    if one.run:
        agreed = parts.interval(data.now().asked_again(name, metric, facet, one, other)._asdict())
        parts.say(f"Agreement of the stems' shares between the two askings, from 0 to 1 (ICC 2,1): {agreed}.")
    st.markdown(f"**{parts.plain(metric.replace('_', ' '))}, {parts.plain(facet)}**: where they differ most")
    style = st.column_config.NumberColumn(format="percent")
    shown = stems.head(MOST).with_columns(pl.col("first", "second", "difference").round(3))
    event = st.dataframe(shown, hide_index=True, key="stems", on_select="rerun", selection_mode="single-row",
                         column_config=dict.fromkeys(("first", "second", "difference"), style), alt="Stems on which two sides differ most")
    parts.downloads(stems, f"stems-{name.replace('/', '-')}")
    by_chance = sign_flip(stems["difference"].to_numpy())
    if by_chance is not None:
        st.caption(f"With the sign of each stem's difference drawn at random, the mean is as far from 0 in {100 * by_chance:.1f} % "
                   "of cases (each stem counted alike, not corrected).")
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


def _changed(name: str, one: Side, other: Side) -> None:
    """The flip report: which answers differ, by category and one by one."""
    st.markdown("**Which answers changed**")
    every, by = data.now().flips(name, one, other)
    asked, differ = int(by["answers"].sum()), every.height
    if not asked:
        st.info("They were never asked the same question under the same condition.", icon=":material/search_off:")
        return
    parts.say(f"{differ:,} of {asked:,} answers to the same questions, in the same epoch, differ ({100 * differ / asked:.0f} %). Answers "
              "to the same question also differ between epochs of one model, so a change of a single answer is no finding.")
    if by["category"].n_unique() > 1:
        st.dataframe(by.with_columns(share=pl.col("differ") / pl.col("answers")), hide_index=True, alt="Changed answers by category",
                     column_config={"share": st.column_config.NumberColumn(format="percent")}, height=220)
    with st.expander(f"All {differ:,} changed answers", icon=":material/swap_horiz:"):
        st.dataframe(every, hide_index=True, alt="Answers that differ",
                     column_order=("category", "stem", "item", "condition", "epoch", "step", "first", "second"))
        parts.downloads(every, f"flips-{name.replace('/', '-')}")


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
