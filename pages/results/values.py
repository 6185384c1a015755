"""What does a model value, against people of many cultures and against other models."""

import streamlit as st

from engine.figures.sentences import name as model_name
from engine.metrics import people
from engine.views import values as views
from pages import data, parts


def verdicts() -> None:
    """Say, before anything is drawn, which profiles may be read as one and why others may not."""
    told = views.verdicts(now, benchmark, chosen)
    with st.container(horizontal=True):
        for row in told:
            good = row["value"] == 1
            st.badge(
                f"{model_name(row['model'], row['source'])}: {'interpretable' if good else 'not interpretable'}",
                color="green" if good else "red", icon=":material/check:" if good else ":material/warning:",
                help=parts.plain(row["method"]),
            )
    for row in told:
        if row["value"] != 1:
            st.warning(parts.plain(f"{row['model']} gives no profile that can be read as one: {row['method']}."), icon=":material/warning:")


@st.fragment
def profile() -> None:
    """The profile as radar or dots, with people behind it at ten values."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        drawn_as = st.segmented_control("View", ["Radar", "Dots"], default="Radar", required=True, key="view", bind="query-params")
        detail = st.segmented_control("Detail", list(views.DETAIL), default="10 values", required=True, key="detail", bind="query-params")
        every = people.countries(now.figures("values"))["population"].unique().sort().to_list()
        picked = st.multiselect("Countries", every, key="countries", bind="query-params", max_selections=6,
                                placeholder="add the people of a country", disabled=detail != "10 values")
    parts.exhibit(views.profile(now, benchmark=benchmark, models=chosen, detail=detail, drawn_as=drawn_as, countries=picked))


def beside_people() -> None:
    """Rank agreement with people and the gap at each of ten values, for the chosen models."""
    st.subheader("Beside people")
    alike = views.likeness(now, benchmark=benchmark, models=chosen)
    parts.exhibit(alike)
    if not alike.empty:
        parts.exhibit(views.gap(now, benchmark=benchmark, models=chosen))


def published_profiles() -> None:
    """A table of one study's models; never laid over our own profiles."""
    st.subheader("Published profiles of language models")
    study = st.segmented_control("Study", list(views.STUDIES), default="Value Compass", required=True, key="study", bind="query-params")
    made = views.published_profiles(now, study=study)
    if not made.empty:
        parts.source_badges(["published"])
    parts.exhibit(made)


st.title("What does a model say it values?")
st.write(
    "Models rate how much a described person is like them. A profile shows what a model puts above its own average, and what below; "
    "it is what the model says of itself, which need not show in what it does."
)
now = data.now()
available = [name for name in ("values", "pvq") if not now.results(name).is_empty()]
if not available:
    parts.nothing_yet("value profiles")
    published_profiles()
    st.stop()
benchmark = available[0]
if len(available) > 1:
    benchmark = st.segmented_control("Questionnaire", available, default="values", required=True, key="questionnaire",
                                     bind="query-params")
found = now.results(benchmark)
chosen, _ = parts.choose_models(found["model"].unique().to_list())
parts.source_badges(found.filter(found["model"].is_in(chosen))["source"].to_list())
verdicts()
profile()
parts.turns_link("The conversations behind this", benchmark=benchmark, models=chosen)
beside_people()
st.subheader("Can the profile be trusted?")
parts.exhibit(views.checks(now, benchmark=benchmark, models=chosen), say_so=False)
st.caption("By value: reliability (alpha), the effect of turning the scale round, and raw means before centring.")
made = views.reliability(now, benchmark=benchmark, models=chosen)
parts.below(made)
published_profiles()
