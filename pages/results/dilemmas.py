"""Which ethics does a model choose by, and does it flip under pressure."""

import streamlit as st

from engine.views import dilemmas as views
from pages import data, parts
from pages.sections import published_logs

HALF = 490  # width in pixels of one of two figures abreast; on a narrow screen they stand one below the other


def pressure() -> None:
    """Flip rates by kind of pressure, and what pressure adds to a neutral asking."""
    st.subheader("Does it flip under pressure?")
    st.write("The first column is the noise floor: the same question asked again with no push. A push is always towards an option the "
             "model did not choose.")
    parts.exhibit(views.flip_rates(now, benchmark=benchmark, models=chosen))
    parts.exhibit(views.added_flips(now, benchmark=benchmark, models=chosen))


def weights() -> None:
    """Ethics weights on a triangle."""
    st.subheader("Which ethics does it choose by?")
    st.write("A point nearer a corner chose that kind of option more often.")
    parts.exhibit(views.ethics_weights(now, benchmark=benchmark, models=chosen))


def directions() -> None:
    """Where pushed choices go, for one model."""
    st.subheader("Where do pushed choices go?")
    model = st.selectbox("Model", sorted(chosen), key="flow_model", bind="query-params") or chosen[0]
    streams = views.pushed_choices(now, benchmark=benchmark, model=model)
    parts.say(f"{streams.sentence} Pale streams kept their choice, strong ones changed it.")
    with st.container(horizontal=True):
        with st.container(width=HALF):
            parts.exhibit(streams, say_so=False)
        with st.container(width=HALF):
            parts.exhibit(views.pushed_choices_table(now, benchmark=benchmark, model=model), say_so=False)


st.title("Which ethics does a model choose by, and does it hold?")
now = data.now()
printed = now.published("triethix")
available = [name for name in ("dilemmas", "triethix") if not now.results(name).is_empty()]
if printed.height and "triethix" not in available:
    available.append("triethix")
if not available:
    parts.nothing_yet("dilemmas")
    st.stop()
benchmark = st.segmented_control("Benchmark", available, default=available[0], required=True, key="asked", bind="query-params")
found = now.results(benchmark)
known = found if found.height else printed
chosen, _ = parts.choose_models(known["model"].unique().to_list())
sources = known.filter(known["model"].is_in(chosen))["source"].to_list()
parts.source_badges([*sources, *(["published"] if benchmark == "triethix" else [])])
if benchmark == "dilemmas":
    pressure()
    weights()
    directions()
elif found.height:
    published_logs.show(chosen)
    weights()
    published_logs.families(printed=False)
else:
    published_logs.show_printed(chosen)
    weights()
    published_logs.families(printed=True)
if found.height:
    st.subheader("How steady are the choices?")
    parts.exhibit(views.steadiness(now, benchmark=benchmark, models=chosen))
    parts.turns_link("The conversations behind this", benchmark=benchmark, models=chosen)
