"""Where does a model's moral reasoning fail, and does reasoning in five steps help."""

import polars as pl
import streamlit as st

from engine.views import regions as views
from pages import data, parts
from pages.sections import attached, free_answers, one_country

FAMILIES, ANSWERS, STRATEGY = ("regions", "responses"), ("judged", "open"), 220


@st.fragment
def world() -> None:
    """The tile grid and, after a click, the country behind a tile."""
    st.subheader("Where does it know the norms?")
    shown = st.segmented_control("A tile shows", ["region", "country"], default="region", required=True, key="tiles", bind="query-params")
    made = views.world(now, benchmark=name, model=model, strategy=strategy, judge=judge, tiles=shown)
    parts.say(f"{made.sentence} The stronger a tile's colour, the surer its score. Click a country for its situations.")
    if made.figure is None:
        return
    picked = parts.clickable(made.figure, alt=made.sentence, key="world", caption=made.caption)
    parts.below(made)
    known = views.read(now, name, model, judge)["facet"].str.extract(f"^{strategy} @ country (..)$").drop_nulls().unique().sort()
    one_country.show(picked, known.to_list(), parts.Regional(name, model, strategy, judge))


def steps() -> None:
    """Which step carries the gain."""
    st.subheader("Which step carries the gain?")
    made = views.steps(now, benchmark=name, model=model, judge=judge)
    if not made.empty:
        parts.exhibit(made)
        return
    st.write("Not played yet. Each step can be left out; the difference on the same situations is what it carries.")
    leave = " ".join(f"--condition 'strategy=without {step}'" for step in views.STEPS)
    st.code(f"python -m engine run --model {model} --benchmark {name} --condition 'strategy=five steps' {leave}", language="bash",
            wrap_lines=True)


def published() -> None:
    """SafeWorld's figures, beside and not among ours."""
    st.subheader("Published figures of SafeWorld")
    made = views.published_safeworld(now)
    if not made.empty:
        parts.source_badges(["published"])
    parts.exhibit(made)


st.title("Where does its moral reasoning fail, and do five steps help?")
now = data.now()
available = [name for name, one in now.instruments().items() if one.family in FAMILIES and not now.results(name).is_empty()]
if not available:
    parts.nothing_yet("regions", "python -m engine run --model openai/gpt-4o --benchmark regions")
    published()
    st.stop()
name = available[0]
with st.container(horizontal=True, vertical_alignment="bottom"):
    if len(available) > 1:
        name = st.selectbox("Benchmark", available, key="asked", bind="query-params") or name
    found = now.results(name)
    known = found["model"].unique().sort().to_list()
    model = st.selectbox("Model", known, key="region_model", bind="query-params") or known[0]
    found, strategy_at = found.filter(pl.col("model") == model), st.container(width=STRATEGY)
    answer = st.segmented_control("Answers", ANSWERS, default=ANSWERS[0], required=True, key="answer", bind="query-params",
                                  help="Judged: it picks one of the answers. Open: it answers freely and another model judges.")
parts.source_badges(found["source"].unique().to_list())
judge = free_answers.choose_judge(found, name) if answer == "open" else None
if answer == "open":
    attached.scores(name, model)
names = views.strategies_of(views.read(now, name, model, judge), name) if judge or answer == "judged" else []
if names:
    strategy = strategy_at.selectbox("Strategy", names, key="strategy", bind="query-params",
                                     help="How the model was led to its answer.") or names[0]
    world()
    st.subheader("Do five steps help?")
    parts.exhibit(views.strategies(now, benchmark=name, model=model, judge=judge))
    parts.exhibit(views.errors(now, benchmark=name, model=model, judge=judge), say_so=False)
    if judge:
        st.subheader("Which norms do the answers state?")
        parts.exhibit(views.norms_stated(now, benchmark=name, model=model, judge=judge))
    steps()
    parts.turns_link("The conversations behind this", benchmark=name, models=[model], role=["subject"])
elif answer == "judged":
    st.info("This model has answered freely only: choose open.", icon=":material/edit_note:")
published()
