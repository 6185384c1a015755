"""What models decide, and whether they decide as the profile says that they state."""

import polars as pl
import streamlit as st

from engine.circle import LABELS
from engine.figures.captions import counts, ended, nothing_usable
from engine.figures.dots import interval_rows
from engine.figures.palette import points_text
from engine.figures.sentences import across_sentence, followed_sentence
from engine.figures.stated_shown import stated_shown
from engine.metrics.compare import FEWEST
from engine.metrics.said_and_done import Followed
from engine.metrics.statistics import Interval
from pages import data, parts

COMMAND = "python -m engine run --model openai/gpt-4o --benchmark values --benchmark decisions"
HOW = "share of decisions for the value that the profile puts higher; clustered by vignette, the profile taken as given"
AXES = {"others and self": "for care over power and success", "change and order": "for change over order"}
STEADY = {("strength", "all"): "strength, 1 to 5", ("position_effect", "first"): "takes the option shown first",
          ("self_agreement", "all"): "same decision when repeated"}


def show(sources: tuple[str, ...]) -> None:
    """What was decided; then, for every model with a profile too, what follows from it, beyond people's order, and both profiles."""
    decided = data.now().results("decisions").filter(pl.col("source").is_in(sources))
    if decided.is_empty():
        parts.nothing_yet("decisions", COMMAND)
        return
    chosen, colours = parts.choose_models(decided["model"].unique().sort().to_list())
    decided = decided.filter(pl.col("model").is_in(chosen))
    parts.source_badges(decided["source"].to_list())
    made(decided, chosen, colours)
    found, across = data.now().followed(sources)
    shown = [one for one in found if one.model in chosen]
    st.subheader("Does it decide as it says?")
    if not shown:
        parts.say("Nothing can be said of these models: it takes a profile that can be read as one, from `values`, and decisions on "
                  f"{FEWEST} vignettes or more of the same model.")
        st.code(COMMAND, language="bash")
        return
    followed(shown, colours)
    parts.say(across_sentence(across))
    profiles([one.model for one in shown], colours)


def made(decided: pl.DataFrame, chosen: list[str], colours: dict[str, str]) -> None:
    """The decisions themselves: on each axis, by domain, and how steady they are."""
    st.subheader("What does it decide?")
    if not decided.filter(pl.col("metric") == "chosen")["value"].count():
        parts.say(nothing_usable(data.now().covered("decisions"), chosen))
        return
    for column, (axis, words) in zip(st.columns(2), AXES.items(), strict=True):
        rows = decided.filter((pl.col("metric") == "chosen") & (pl.col("facet") == axis))
        with column:
            parts.figure(interval_rows(rows, colours, title=f"decisions {words}", percent=True, line=0.5), alt=f"Decisions {words}",
                         key=f"axis-{axis}", caption=f"Dotted: as often as not; no end is better. {counts(rows)}")
    of = {(row["model"], row["metric"], row["facet"]): row for row in decided.iter_rows(named=True)}
    domains = {facet: facet.replace(" @ ", ", ") for facet in decided["facet"].unique().sort().to_list() if " @ " in facet}
    table = pl.DataFrame([
        {"model": model, **{words: parts.interval(of.get((model, "chosen", facet)), percent=True) for facet, words in domains.items()},
         **{words: parts.interval(of.get((model, *key)), percent=key[0] != "strength") for key, words in STEADY.items()}}
        for model in chosen
    ])
    with st.expander("By domain, and how steady", icon=":material/table:"):
        st.dataframe(table, hide_index=True, alt="Decisions by domain, and how steady they are")
        parts.downloads(decided.drop("run"), "decisions")
    st.caption(parts.plain(ended(data.now().covered("decisions"), chosen)))
    parts.turns_link("The decisions", benchmark="decisions", model=chosen)


def rows_of(found: list[Followed], which: str, method: str) -> pl.DataFrame:
    """One of the intervals of each model in the shape of estimates."""
    told = [{"model": one.model, "source": one.source, "metric": which, "facet": "all", "trials": one.trials, "stems": one.vignettes,
             "dropped": 0, "method": method, **getattr(one, which)._asdict()} for one in found]
    return pl.DataFrame(told, schema_overrides=dict.fromkeys(("value", "low", "high"), pl.Float64))


def followed(shown: list[Followed], colours: dict[str, str]) -> None:
    """What follows the own profile, and what it predicts beyond people's order."""
    sentence = followed_sentence(shown)
    parts.say(sentence)
    own = rows_of(shown, "share", HOW)
    beyond = rows_of(shown, "gain", f"that share less the same for people's order of values; {HOW}")
    left, right = st.columns(2)
    with left:
        drawn = interval_rows(own, colours, title="decisions that go with its own profile", percent=True, line=0.5)
        parts.figure(drawn, alt=sentence, key="followed", caption=f"Dotted: as often as not. {counts(own)}")
    with right:
        if beyond["value"].count():
            drawn = interval_rows(beyond, colours, title="beyond what people's order of values predicts", percent=True, line=0.0)
            parts.figure(drawn, alt="What a model's own profile predicts beyond that of people", key="followed-gain",
                         caption="Dotted: nothing. Most models and most people put the same values first; only what lies beyond is the "
                         "model's own.")
        else:
            parts.say("What people's order of values would predict is not known: `python -m engine prepare` reads the published figures.")
    table = pl.DataFrame([
        {"model": one.model, "goes with its profile": _percent(one.share), "p, corrected": one.adjusted,
         "goes with people's order": _percent(one.people), "own beyond people's": points_text(*one.gain), "p of that, corrected": one.own,
         "stated with shown, rank correlation": one.shown, "decisions": one.trials} for one in shown
    ], schema_overrides={"stated with shown, rank correlation": pl.Float64})
    style = st.column_config.NumberColumn(format="%.4f")
    st.dataframe(table, hide_index=True, alt="Decisions against profiles, model by model", column_config={
        "p, corrected": style, "p of that, corrected": style, "stated with shown, rank correlation": st.column_config.NumberColumn(
            format="%.2f", help="Over ten values, which are no sample: so without an interval.")})
    parts.downloads(table, "values-and-decisions")


def profiles(chosen: list[str], colours: dict[str, str]) -> None:
    """One model's ten values, stated and shown."""
    st.subheader("Stated against shown")
    model = st.selectbox("Model", chosen, key="stated", bind="query-params") or chosen[0]
    beside = data.now().stated_and_shown(model)
    st.write("Left: how high the questionnaire puts a value. Right: how often the model decided for it where it was offered, always "
             "against an opposed one. Where the right side falls like the left, it decides as it says.")
    parts.figure(stated_shown(beside, LABELS, colours[model]), alt=f"Ten values of {model}, stated against shown", key="stated-shown",
                 caption="95 % intervals: over respondents left, clustered by vignette right. Dotted: its own average; as often as not.")
    parts.numbers(beside, "stated-and-shown")


def _percent(told: Interval) -> str:
    return parts.interval(told._asdict(), percent=True)
