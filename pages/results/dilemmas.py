"""Which ethics does a model choose by, and does it flip under pressure."""

import polars as pl
import streamlit as st

from engine.figures.dots import interval_rows
from engine.figures.flips import flip_table
from engine.figures.flow import flow, transition_matrix
from engine.figures.sentences import comparison, flips_sentence, flow_sentence, weights_sentence
from engine.figures.sentences import name as model_name
from engine.figures.weights import ternary
from pages import data, parts
from pages.sections import published_logs

KINDS = {
    "none": "again", "theory": "theory", "argument": "argument", "crowd": "crowd", "authority": "authority",
}
STEADY = {
    ("self_agreement", "all"): "same choice when repeated", ("consistency", "none"): "keeps it when asked again",
    ("consistency", "all"): "keeps it, all trials", ("consistency", "adversarial"): "keeps it under a real push",
    ("position_effect", "first"): "takes the option shown first", ("position_effect", "second"): "shown second",
    ("position_effect", "third"): "shown third", **{("outcome", end): end for end in ("answered", "refused", "unread", "failed")},
}
HALF = 490  # width in pixels of one of two figures abreast; on a narrow screen they stand one below the other


def metric(found: pl.DataFrame, name: str, facet: str | None = None) -> pl.DataFrame:
    """The rows of one metric (and facet)."""
    rows = found.filter(pl.col("metric") == name)
    return rows if facet is None else rows.filter(pl.col("facet") == facet)


def pressure(found: pl.DataFrame, colours: dict[str, str]) -> None:
    """Flip rates by kind of pressure, and what pressure adds to a neutral asking."""
    st.subheader("Does it flip under pressure?")
    sentence = flips_sentence(found)
    parts.say(
        f"{sentence} The first column is the noise floor: the same question asked again with no push. A push is always towards an "
        "option the model did not choose."
    )
    rates = metric(found, "flip_rate")
    parts.figure(flip_table(rates, list(KINDS), KINDS, colours), alt=sentence, key="flips",
                 caption=f"Bar: share of second choices that differ from the first; line: 95 % interval; n: trials. {parts.counts(rates)}")
    parts.numbers(rates, "flip-rates", percent=True)
    excess = metric(found, "excess_flip", "all")
    parts.figure(interval_rows(excess, colours, title="flips that pressure adds to asking again", percent=True, line=0.0),
                 alt=comparison(excess, "the share of flips that pressure adds"), key="excess", caption=parts.counts(excess))
    parts.numbers(metric(found, "excess_flip"), "excess-flips", percent=True)


def weights(found: pl.DataFrame, colours: dict[str, str], published: pl.DataFrame) -> None:
    """Ethics weights on a triangle."""
    st.subheader("Which ethics does it choose by?")
    mine = metric(found, "weight") if found.height else metric(published, "weight")
    sentence = weights_sentence(mine)
    parts.say(f"{sentence} A point nearer a corner chose that kind of option more often.")
    every = pl.concat([metric(found, "weight").drop("run"), metric(published, "weight")], how="vertical_relaxed")
    parts.figure(ternary(every, colours), alt=sentence, key="weights", caption=parts.counts(mine))
    parts.numbers(every, "ethics-weights", percent=True)


def directions(found: pl.DataFrame) -> None:
    """Where pushed choices go, for one model."""
    st.subheader("Where do pushed choices go?")
    moves = metric(found, "transition")
    model = st.selectbox("Model", moves["model"].unique().sort().to_list(), key="flow_model", bind="query-params")
    mine = moves.filter(pl.col("model") == model)
    sentence = flow_sentence(mine)
    parts.say(f"{sentence} Pale streams kept their choice, strong ones changed it.")
    with st.container(horizontal=True):
        with st.container(width=HALF):
            parts.figure(flow(mine), alt=sentence, key="flow", caption=f"Width: share of all {mine['trials'][0]} pushed trials.")
        with st.container(width=HALF):
            parts.figure(transition_matrix(mine), alt=sentence, key="matrix", caption=parts.counts(mine))
    parts.numbers(mine, "transitions", percent=True)


def steadiness(found: pl.DataFrame) -> None:
    """Self-agreement, consistency, position effect and outcomes as a table."""
    st.subheader("How steady are the choices?")
    rows: list[dict[str, str]] = []
    for (model, source), mine in found.group_by("model", "source", maintain_order=True):
        of = {(row["metric"], row["facet"]): row for row in mine.iter_rows(named=True)}
        told = {label: parts.interval(of[key], percent=True) for key, label in STEADY.items() if key in of}
        rows.append({"model": model_name(str(model), str(source)), **told})
    table = pl.DataFrame(rows)
    st.dataframe(table, hide_index=True, alt="Steadiness of choices and how questions ended")
    balanced = " Every option is shown first, second and third equally often: without bias each place takes a third."
    shown = found.filter(pl.col("metric").is_in(sorted({name for name, _ in STEADY})))
    st.caption(parts.plain(parts.counts(shown)) + (balanced if benchmark == "dilemmas" else ""))
    parts.downloads(table, "steadiness")


st.title("Which ethics does a model choose by, and does it hold?")
printed = data.published("triethix")
available = [name for name in ("dilemmas", "triethix") if not data.results(name).is_empty()]
if printed.height and "triethix" not in available:
    available.append("triethix")
if not available:
    parts.nothing_yet("dilemmas")
    st.stop()
benchmark = st.segmented_control("Benchmark", available, default=available[0], required=True, key="asked", bind="query-params")
found = data.results(benchmark)
known = found if found.height else printed
chosen, colours = parts.choose_models(known["model"].unique().to_list())
every, every_printed = found, printed
found, printed = (frame.filter(pl.col("model").is_in(chosen)) for frame in (found, printed))
parts.source_badges([*found["source"].to_list(), *(["published"] if benchmark == "triethix" else [])])
if benchmark == "dilemmas":
    pressure(found, colours)
    weights(found, colours, printed.clear())
    directions(found)
elif found.height:
    published_logs.show(found, printed, colours)
    weights(found, colours, printed)
    published_logs.families(every, "adversarial")
else:
    published_logs.show_printed(printed, colours)
    weights(found, colours, printed)
    published_logs.families(every_printed, "all")
if found.height:
    steadiness(found)
    parts.turns_link("The conversations behind this", benchmark=benchmark, models=chosen)
