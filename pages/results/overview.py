"""Which models hold up, on which lens, and how sure are we."""

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark
from engine.figures.dots import interval_rows
from engine.figures.palette import SOURCES
from engine.figures.sentences import comparison, rank_words, ranking_sentence
from engine.figures.sentences import name as model_name
from pages import data, parts

PAGE_OF = {"values": ("results/values.py", "questionnaire"), "dilemmas": ("results/dilemmas.py", "asked")}
CARD = 490  # width of a card in pixels: two abreast on a laptop, one on a narrow screen
PAGE_OF["triethix"] = PAGE_OF["dilemmas"]
PAGE_OF["regions"] = PAGE_OF["responses"] = ("results/regions.py", "asked")


def lens_rows(one: Benchmark) -> pl.DataFrame:
    """The headline estimate of every model on a benchmark; the published figures where nothing else is there."""
    rows = data.results(one.name).filter((pl.col("metric") == one.lens.metric) & (pl.col("facet") == one.lens.facet))
    printed = data.published(one.name).filter((pl.col("metric") == one.lens.metric) & (pl.col("facet") == "all"))
    return printed if rows.is_empty() else rows.drop("run")


def card(one: Benchmark, chosen: list[str], colours: dict[str, str]) -> None:
    """One lens: its question, a row for each model, and the way to more."""
    rows = lens_rows(one).filter(pl.col("model").is_in(chosen))
    share = one.family != "values"
    with st.container(border=True):
        st.subheader(one.lens.question)
        direction = {"higher": "higher is better", "lower": "lower is better", "none": "no end is better"}[one.lens.direction]
        sentence = ranks(one, rows) if share else fit_sentence(one.name, rows)
        parts.say(sentence)
        drawn = interval_rows(rows, colours, title=f"{one.lens.label} ({direction})", percent=share, line=one.lens.floor)
        parts.figure(drawn, alt=sentence, key=f"lens-{one.name}", caption=parts.counts(rows))
        with st.container(horizontal=True):
            page, field = PAGE_OF[one.family]
            st.page_link(page, label=f"More: {one.title}", icon=":material/arrow_forward:", query_params={field: one.name})
            if "published" not in rows["source"].to_list():
                parts.turns_link("The conversations", benchmark=one.name)


def ranks(one: Benchmark, rows: pl.DataFrame) -> str:
    """Who is how high, and which models can be told apart at all."""
    said = comparison(rows, one.lens.label.lower())
    found = data.ranking(one, rows["model"].to_list())
    if len(found.order) < 3:
        return said
    names = {row["model"]: model_name(row["model"], row["source"]) for row in rows.iter_rows(named=True)}
    return f"{said} {ranking_sentence(found, names)}"


def fit_sentence(name: str, rows: pl.DataFrame) -> str:
    """How many of the profiles may be read as one."""
    verdicts = data.results(name).filter((pl.col("metric") == "interpretable") & (pl.col("facet") == "all"))
    here = verdicts.filter(pl.col("model").is_in(rows["model"].to_list()))
    good = here.filter(pl.col("value") == 1).height
    return f"{good} of {here.height} profiles have the order of human values and can be read as one; the others are marked."


def coverage(chosen: list[str], shown: list[Benchmark]) -> pl.DataFrame:
    """A row for each model: every lens in words, and how the questions ended."""
    rows = []
    for model in chosen:
        told: dict[str, str] = {"model": model}
        for one in shown:
            mine = data.results(one.name).filter(pl.col("model") == model)
            lens = lens_rows(one).filter(pl.col("model") == model)
            told["data"] = SOURCES[lens["source"][0]] if lens.height else told.get("data", "")
            value = parts.interval(lens.row(0, named=True) if lens.height else None, percent=one.family != "values")
            place = rank_words(data.ranking(one, chosen), model)
            told[f"{one.title}: {one.lens.label.lower()}"] = f"{value}, {place}" if place else value
            ended = mine.filter(pl.col("metric") == "outcome")
            told[f"{one.title}: how questions ended"] = ", ".join(
                f"{100 * row['value']:.1f} % {row['facet']}" for row in ended.iter_rows(named=True) if row["value"]
            ) or "not run"
        rows.append(told)
    return pl.DataFrame(rows)


st.title("Which models hold up, and how sure are we?")
shown = [one for one in data.instruments().values() if not lens_rows(one).is_empty()]
if not shown:
    parts.nothing_yet("results")
    st.stop()
held = data.played()
if held.is_empty():
    parts.nothing_yet("results")
    st.stop()
real = held.filter(pl.col("source") != "simulated")["model"].n_unique()
only_simulated = "" if real else (
    " These are simulated models with known parameters, for a first look; of real models there are published figures only."
)
st.write(
    f"The lake holds {held['turns'].sum():,} turns of {held['model'].n_unique()} models, {real} of them real, the newest from "
    f"{held['latest'].max():%d %B %Y}.{only_simulated} Points are estimates, lines their 95 % intervals; where lines overlap, no "
    "order is claimed."
)
every = sorted({name for one in shown for name in lens_rows(one)["model"]})
chosen, colours = parts.choose_models(every, most=len(every))
parts.source_badges([source for one in shown for source in lens_rows(one).filter(pl.col("model").is_in(chosen))["source"]])
with st.container(horizontal=True):
    columns = [st.container(width=CARD) for _ in shown[:2]]
for number, one in enumerate(shown):
    with columns[number % len(columns)]:
        card(one, chosen, colours)
st.subheader("Model by model")
matrix = coverage(chosen, shown)
st.dataframe(matrix, hide_index=True, row_height=36, alt="Every lens for every model, and how its questions ended")
parts.downloads(matrix, "overview")
