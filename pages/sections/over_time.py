"""The same model over dates and versions: did it change."""

import streamlit as st

from engine.views import over_time as views
from engine.views.bridges import sources_of
from pages import data, parts

MOST = 6


def show(kind: str) -> None:
    """Choose a lens; every model that was asked twice, under one name or as versions of one, is drawn and tested."""
    sources = sources_of(kind)
    known = {views.label(name, lens): (name, lens) for name, one in data.now().instruments().items() for lens in one.lenses
             if lens.metric != "distance" and data.now().series(name, sources)}
    if not known:
        parts.nothing_yet("models asked at two dates", "python -m engine run --model openai/gpt-4o --benchmark dilemmas --fresh")
        return
    picked = st.selectbox("Lens", list(known), key="lens", bind="query-params") or next(iter(known))
    name, lens = known[picked]
    every = list(data.now().series(name, sources))
    shown = every[:MOST]
    if len(every) > MOST:
        shown = st.multiselect("Models asked twice", every, key="twice", bind="query-params", max_selections=MOST,
                               placeholder=f"the first {MOST}") or shown
    st.write("Each point is one run of its own (`--fresh` asks again what the lake holds already). Only items and conditions that all "
             "points of a model share are counted, and the last point is tested against the first, corrected over the models shown. Names "
             "that differ only in a date at their end, or in latest, preview or exp, are points of one line.")
    made = views.over_time(data.now(), benchmark=name, metric=lens.metric, facet=lens.facet, kind=kind, models=shown)
    parts.say(made.sentence)
    if made.figure is None:
        return
    parts.figure(made.figure, alt=made.sentence, key="over-time", caption=made.caption)
    parts.table(made)
    parts.below(made, f"over-time-{name.replace('/', '-')}", folded=False)
    parts.turns_link("The conversations behind this", **made.turns)
