"""What does a model value, against people of many cultures and against other models."""

import polars as pl
import streamlit as st

from engine.circle import BROAD, HIGHER, LABELS, ORDER_19
from engine.figures.captions import counts
from engine.figures.dots import dots
from engine.figures.radar import radar
from engine.figures.sentences import name as model_name
from engine.figures.sentences import values_sentence
from engine.metrics import people
from pages import data, parts
from pages.sections import beside_people, published_profiles

DETAIL = {"10 values": ("broad_value", tuple(BROAD)), "19 values": ("value", ORDER_19), "4 groups": ("higher_order", tuple(HIGHER))}


def verdicts(found: pl.DataFrame) -> set[str]:
    """Say, before anything is drawn, which profiles may be read as one and why others may not."""
    doubtful: set[str] = set()
    overall = found.filter((pl.col("metric") == "interpretable") & (pl.col("facet") == "all"))
    with st.container(horizontal=True):
        for row in overall.iter_rows(named=True):
            good = row["value"] == 1
            doubtful |= set() if good else {row["model"]}
            st.badge(
                f"{model_name(row['model'], row['source'])}: {'interpretable' if good else 'not interpretable'}",
                color="green" if good else "red", icon=":material/check:" if good else ":material/warning:",
                help=parts.plain(row["method"]),
            )
    for row in overall.filter(pl.col("model").is_in(doubtful)).iter_rows(named=True):
        st.warning(parts.plain(f"{row['model']} gives no profile that can be read as one: {row['method']}."), icon=":material/warning:")
    return doubtful


@st.fragment
def profile(found: pl.DataFrame, colours: dict[str, str], doubtful: set[str]) -> None:
    """The profile as radar or dots, with people behind it at ten values."""
    published = data.now().figures("values")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view = st.segmented_control("View", ["Radar", "Dots"], default="Radar", required=True, key="view", bind="query-params")
        detail = st.segmented_control("Detail", list(DETAIL), default="10 values", required=True, key="detail", bind="query-params")
        every = people.countries(published)
        picked = st.multiselect("Countries", every["population"].unique().sort().to_list(), key="countries", bind="query-params",
                                max_selections=6, placeholder="add the people of a country", disabled=detail != "10 values")
    metric, facets = DETAIL[detail]
    shown = found.filter(pl.col("metric") == metric)
    at_ten = metric == "broad_value"
    band = people.band(published) if at_ten else None
    overlay = every.filter(pl.col("population").is_in(picked)) if at_ten else None
    if view == "Radar":
        drawn = radar(shown, facets, LABELS, colours, people=band, countries=overlay, uninterpretable=doubtful)
    else:
        drawn = dots(shown, facets, LABELS, colours, people=band, countries=overlay, uninterpretable=doubtful)
    sentence = values_sentence(shown, LABELS, doubtful)
    parts.say(sentence)
    behind = (
        "The grey band is one person's spread around the mean of 569 English-speaking respondents (PVQ-21)." if at_ten
        else "No people behind this view: published norms exist at ten values only."
    )
    parts.figure(drawn, alt=sentence, key="profile", caption=f"{behind} {counts(shown)}")
    parts.numbers(shown, "values", percent=False)


def quality(found: pl.DataFrame) -> None:
    """The checks behind the verdict."""
    st.subheader("Can the profile be trusted?")
    rows = []
    for (model,), mine in found.group_by("model", maintain_order=True):
        of = {(row["metric"], row["facet"]): row for row in mine.iter_rows(named=True)}
        alphas = mine.filter((pl.col("metric") == "alpha") & pl.col("value").is_not_null())["value"]
        rows.append({
            "model": model, "fit to the circle": parts.interval(of.get(("circular_fit", "all"))),
            "permuted labels reach": parts.interval(of.get(("circular_fit", "baseline"))).partition(" ")[0],
            "agreement of respondents": parts.interval(of.get(("stability", "all"))),
            "random answers reach": parts.interval(of.get(("stability", "floor"))).partition(" ")[0],
            "scale-direction effect": parts.interval(of.get(("direction_effect", "all"))).partition(" ")[0],
            "acquiescence": parts.interval(of.get(("acquiescence", "all"))),
            "alpha, median": f"{alphas.median():.2f} ({alphas.len()} of 19 values)" if alphas.len() else "not computable",
        })
    checks = pl.DataFrame(rows)
    st.dataframe(checks, hide_index=True, alt="Validity checks for each model")
    st.caption("A respondent is one administration of all 57 portraits. Every check is explained on the Methods page.")
    parts.downloads(checks, "values-checks")
    st.caption("By value: reliability (alpha), the effect of turning the scale round, and raw means before centring.")
    parts.numbers(found.filter(pl.col("metric").is_in(["alpha", "direction_effect", "raw_mean"])), "values-reliability")


st.title("What does a model say it values?")
st.write(
    "Models rate how much a described person is like them. A profile shows what a model puts above its own average, and what below; "
    "it is what the model says of itself, which need not show in what it does."
)
available = [name for name in ("values", "pvq") if not data.now().results(name).is_empty()]
if not available:
    parts.nothing_yet("value profiles")
    published_profiles.show()
    st.stop()
benchmark = available[0]
if len(available) > 1:
    benchmark = st.segmented_control("Questionnaire", available, default="values", required=True, key="questionnaire",
                                     bind="query-params")
found = data.now().results(benchmark)
chosen, colours = parts.choose_models(found["model"].unique().to_list())
found = found.filter(pl.col("model").is_in(chosen))
parts.source_badges(found["source"].to_list())
profile(found, colours, verdicts(found))
parts.turns_link("The conversations behind this", benchmark=benchmark, models=chosen)
beside_people.show(benchmark, chosen, colours)
quality(found)
published_profiles.show()
