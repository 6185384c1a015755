"""What goes with what: do a model's values, its firmness and its knowledge of norms hang together."""

import polars as pl
import streamlit as st

from engine.figures.correlations import correlation_grid, words
from engine.figures.sentences import bridges_sentence
from pages import data, parts

KINDS = {"real": ("measured", "imported"), "simulated": ("simulated",)}

st.title("What goes with what?")
st.write(
    "Each cell sets two numbers of different benchmarks against each other over all models that have both: Spearman's rank correlation, "
    "with its 95 % intervals in the table. Colour is given only where chance is ruled out after correction for all cells; grey claims "
    "nothing. Simulated models never mix with real ones."
)
every = data.every_result()
present = [kind for kind, sources in KINDS.items() if every.filter(pl.col("source").is_in(sources)).height]
if not present:
    parts.nothing_yet("benchmarks to set against each other")
    st.stop()
kind = st.segmented_control("Models", present, default=present[0], required=True, key="kind", bind="query-params")
sources = KINDS[kind or present[0]]
parts.source_badges([source for source in sources if source in every["source"].to_list()])
traits, bridges = data.bridges(sources)
sentence = bridges_sentence(bridges)
parts.say(sentence)
if any(bridge.rho.value is not None for bridge in bridges):
    counted = sorted({bridge.models for bridge in bridges})
    span = f"{counted[0]}" if len(counted) == 1 else f"{counted[0]} to {counted[-1]}"
    parts.figure(correlation_grid(traits, bridges), alt=sentence, key="bridges", caption=(
        f"{span} models a cell. Method: Spearman's correlation, Bonett and Wright's interval, p by permutation, Holm's correction over all "
        "cells. That each number has an interval of its own pulls correlations towards 0."))
    table = pl.DataFrame([
        {"first": bridge.one.label, "second": bridge.other.label, "correlation": words(bridge), "p, corrected": bridge.adjusted,
         "models": bridge.models} for bridge in bridges
    ], schema_overrides={"p, corrected": pl.Float64})
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(table, hide_index=True, alt="Every pair of numbers",
                     column_config={"p, corrected": st.column_config.NumberColumn(format="%.4f")})
        parts.downloads(table, "bridges")
else:
    st.write("More models can be asked the same benchmarks at once; nothing that was answered is asked again:")
    st.code("python -m engine run --model openai/gpt-4o --model anthropic/claude-sonnet-4-5 --benchmark dilemmas --benchmark regions "
            "--benchmark values", language="bash", wrap_lines=True)
parts.turns_link("The conversations behind this", source=list(sources), role=["subject"])
