"""What models decide, and whether they decide as the profile says that they state."""

import polars as pl
import streamlit as st

from engine.figures.sentences import across_sentence
from engine.views import decisions as views
from engine.views.bridges import sources_of
from pages import data, parts

COMMAND = "python -m engine run --model openai/gpt-4o --benchmark values --benchmark decisions"


def show(kind: str) -> None:
    """What was decided; then, for every model with a profile too, what follows from it, beyond people's order, and both profiles."""
    decided = data.now().results("decisions").filter(pl.col("source").is_in(sources_of(kind)))
    if decided.is_empty():
        parts.nothing_yet("decisions", COMMAND)
        return
    chosen, _ = parts.choose_models(decided["model"].unique().sort().to_list())
    parts.source_badges(decided.filter(pl.col("model").is_in(chosen))["source"].to_list())
    made(kind, chosen)
    st.subheader("Does it decide as it says?")
    table = views.profile_and_decisions(data.now(), kind=kind, models=chosen)
    if table.table is None:
        parts.say(table.sentence)
        st.code(COMMAND, language="bash")
        return
    followed(kind, chosen)
    parts.table(table)
    st.caption(parts.plain(table.caption))
    parts.below(table, "values-and-decisions", folded=False)
    _, across = data.now().followed(sources_of(kind))
    parts.say(across_sentence(across))
    profiles(kind, table.table["model"].to_list())


def made(kind: str, chosen: list[str]) -> None:
    """The decisions themselves: on each axis, by domain, and how steady they are."""
    st.subheader("What does it decide?")
    domains = views.decisions_by_domain(data.now(), kind=kind, models=chosen)
    if domains.table is None:
        parts.say(domains.sentence)
        return
    for column, axis in zip(st.columns(2), views.AXES, strict=True):
        with column:
            parts.exhibit(views.decisions_on_axis(data.now(), axis=axis, kind=kind, models=chosen), say_so=False,
                          name=f"axis-{axis.replace(' ', '-')}")
    with st.expander("By domain, and how steady", icon=":material/table:"):
        parts.table(domains)
        parts.below(domains, "decisions", folded=False)
    st.caption(parts.plain(domains.caption))
    parts.turns_link("The decisions", **domains.turns)


def followed(kind: str, chosen: list[str]) -> None:
    """What follows the own profile, and what it predicts beyond people's order."""
    own = views.goes_with_profile(data.now(), kind=kind, models=chosen)
    parts.say(own.sentence)
    left, right = st.columns(2)
    with left:
        parts.exhibit(own, say_so=False, name="followed")
    with right:
        parts.exhibit(views.beyond_people(data.now(), kind=kind, models=chosen), say_so=False, name="followed-gain")


def profiles(kind: str, models: list[str]) -> None:
    """One model's ten values, stated and shown."""
    st.subheader("Stated against shown")
    model = st.selectbox("Model", models, key="stated", bind="query-params") or models[0]
    st.write("Left: how high the questionnaire puts a value. Right: how often the model decided for it where it was offered, always "
             "against an opposed one. Where the right side falls like the left, it decides as it says.")
    parts.exhibit(views.stated_beside_shown(data.now(), kind=kind, model=model), say_so=False, name="stated-and-shown")
