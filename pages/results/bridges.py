"""What goes with what: do stated values predict decisions, do lenses hang together across models, does a model change over time."""

import polars as pl
import streamlit as st

from engine.views import bridges as views
from pages import data, parts
from pages.sections import over_time, said_and_done

COMMAND = (
    "python -m engine run --model openai/gpt-4o --model anthropic/claude-sonnet-4-5 --benchmark dilemmas --benchmark regions "
    "--benchmark values"
)


def across_benchmarks(kind: str) -> None:
    """Every two numbers of different benchmarks over all models that have both."""
    st.write(
        "Each cell sets two numbers of different benchmarks against each other over all models that have both: Spearman's rank "
        "correlation, with its 95 % intervals in the table. Colour is given only where chance is ruled out after correction for all "
        "cells; grey claims nothing."
    )
    made = views.correlations(data.now(), kind=kind)
    parts.exhibit(made, name="bridges")
    if made.empty:
        st.write("More models can be asked the same benchmarks at once; nothing that was answered is asked again:")
        st.code(COMMAND, language="bash", wrap_lines=True)
        return
    parts.turns_link("The conversations behind this", **made.turns)


VIEWS = {"Values and decisions": said_and_done.show, "Across benchmarks": across_benchmarks, "Over time": over_time.show}


def usual_kind(present: list[str]) -> str:
    """The kind of the models that the visitor has chosen, else the first there is."""
    chosen = st.query_params.get_all("models") or st.session_state.get("models_before", [])
    sources = set(data.now().provenance().filter(pl.col("model").is_in(chosen))["source"])
    return next((kind for kind in present if sources and sources <= set(views.KINDS[kind])), present[0])


st.title("What goes with what?")
every = data.now().every_result()
present = [kind for kind, sources in views.KINDS.items() if every.filter(pl.col("source").is_in(sources)).height]
if not present:
    parts.nothing_yet("benchmarks to set against each other")
    st.stop()
with st.container(horizontal=True, vertical_alignment="bottom"):
    view = st.segmented_control("Bridge", list(VIEWS), default=next(iter(VIEWS)), required=True, key="bridge", bind="query-params")
    kind = st.segmented_control("Kind of models", present, default=usual_kind(present), required=True, key="kind", bind="query-params",
                                help="Simulated models never mix with real ones.")
VIEWS[view or next(iter(VIEWS))](kind or present[0])
