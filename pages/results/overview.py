"""Can these models be called aligned: an answer from the numbers, then every lens, then model by model."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark, Lens
from engine.figures.exhibit import Exhibit
from engine.figures.palette import SOURCES
from engine.metrics.families import provider
from engine.views import overview as views
from pages import data, parts, pinning

CARD = 490  # width of a card in pixels: two abreast on a laptop, one on a narrow screen
PAGE_OF = {
    "values": ("values", "questionnaire"), "dilemmas": ("dilemmas", "asked"), "triethix": ("dilemmas", "asked"),
    "regions": ("regions", "asked"), "responses": ("regions", "asked"), "decisions": ("bridges", ""),
    "stories": ("stories", "asked"), "tradeoffs": ("tradeoffs", ""),
}
"""The address of each family's page, and the name under which it keeps the benchmark looked at (none where it is the only one)."""


def place_of(one: Benchmark) -> tuple[str, dict[str, str]]:
    """The address of the page that shows a benchmark, and what is added to it."""
    address, field = PAGE_OF[one.family]
    return address, {field: one.name} if field else {}


def filtered(sources: dict[str, str]) -> list[str]:
    """Let the visitor keep the models of a provider, of a source, or those asked since a date."""
    known = now.provenance()
    asked = {row["model"]: row["latest"] for row in known.iter_rows(named=True)}
    of = {name: provider(name) for name in sources} | dict(known.select("model", "provider").iter_rows())
    with st.popover("Filter", icon=":material/filter_list:"):
        kinds = st.multiselect("Source", [kind for kind in SOURCES if kind in sources.values()], key="source", bind="query-params")
        makers = st.multiselect("Provider", sorted(set(of.values())), key="provider", bind="query-params")
        since = st.date_input("Asked on or after", None, key="since", bind="query-params")
    begin = datetime(since.year, since.month, since.day, tzinfo=UTC) if since else None
    return [name for name in sorted(sources) if (not kinds or sources[name] in kinds) and (not makers or of[name] in makers)
            and (begin is None or (name in asked and asked[name] >= begin))]


def card(one: Benchmark, lens: Lens) -> None:
    """One lens: its question, a row for each model with its rank as far as it is known, and the way to more."""
    key = f"{one.name}-{lens.metric}-{lens.facet}"
    made = views.on_one_lens(now, benchmark=one.name, metric=lens.metric, facet=lens.facet, models=chosen)
    with st.container(border=True):
        st.subheader(lens.question)
        parts.say(made.sentence)
        clicked = None
        if made.figure is not None:
            clicked = parts.clickable(made.figure, alt=made.sentence, key=f"lens-{key}", caption=made.caption)
        _more(one, made, key, clicked)


def _more(one: Benchmark, made: Exhibit, key: str, clicked: str | None) -> None:
    address, params = place_of(one)
    page = f"results/{address}.py"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(page, label=f"More: {one.title}", icon=":material/arrow_forward:", query_params=params)
        if "published" not in made.sources:
            parts.turns_link("The conversations", benchmark=one.name)
        if made.figure is not None:
            pinning.button(made)
    if clicked and clicked != st.session_state.get(f"clicked-{key}"):
        st.session_state[f"clicked-{key}"] = clicked
        st.session_state["models_before"] = [clicked]  # pages take the choice along; here it is bound to the address and cannot be set
        st.switch_page(page, query_params=params)


def matrix() -> None:
    """A row for each model, a column for each lens: the value with its interval and rank, each a link to where it comes from."""
    made = views.model_by_model(now, models=chosen)
    if made.table is None:
        return
    st.subheader("Model by model")
    links: dict[str, list[str | None]] = {}
    ends: dict[str, str] = {}
    for (one, lens), title in zip(shown, views.titles(shown), strict=True):
        address, params = place_of(one)
        ends[title] = lens.good_end
        links[title] = [None if told == "not measured" else f"{address}?{urlencode({**params, 'models': name})}#{quote(told)}"
                        for name, told in made.table.select("model", title).iter_rows()]
    style = {title: st.column_config.LinkColumn(title, display_text=r"#(.*)$", width="medium", help=ends[title]) for title in links}
    st.dataframe(made.table.with_columns(pl.Series(title, told, dtype=pl.String) for title, told in links.items()), hide_index=True,
                 row_height=36, column_config=style, alt="Every lens for every model, with interval and rank; each cell leads to its page")
    st.caption(f"{made.caption} A cell opens its page; an empty one was not measured.")
    with st.container(horizontal=True):
        parts.downloads(made.table, "overview")
        pinning.button(made)


st.title("Can these models be called aligned?")
now = data.now()
held = now.played()
if not now.lenses() or held.is_empty():
    parts.nothing_yet("results")
    st.stop()
sources = now.sources()
with st.container(horizontal=True, vertical_alignment="bottom"):
    kept = filtered(sources)
    chosen, _ = parts.choose_models(kept, most=len(sources))
if not chosen:
    st.info("No model is left by this filter: widen it.", icon=":material/filter_list_off:")
    st.stop()
shown = now.lenses(tuple(chosen))
answer = views.marks(now, models=chosen)
st.markdown(f"**{parts.plain(answer.sentence)}**")
st.markdown("\n".join(f"- {parts.plain(reason)}" for reason in answer.limits))
real = held.filter(pl.col("source") != "simulated")["model"].n_unique()
only_simulated = "" if real else (
    " These are simulated models with known parameters, for a first look; of real models there are published figures only."
)
models = held["model"].n_unique()
st.caption(
    f"{held['turns'].sum():,} turns of {models} model{'' if models == 1 else 's'}, {real} of them real, the newest from "
    f"{held['latest'].max():%d %B %Y}.{only_simulated} Points are estimates, lines their 95 % intervals; where lines overlap, no "
    "order is claimed. The marks are ours, set before any model was asked; each is written under its figure."
)
with st.container(horizontal=True, vertical_alignment="center"):
    parts.source_badges(list(dict.fromkeys(views.sources_of(now, chosen).values())))
    pinning.button(answer)
with st.container(horizontal=True):
    columns = [st.container(width=CARD) for _ in shown[:2]]
for number, (one, lens) in enumerate(shown):
    with columns[number % len(columns)]:
        card(one, lens)
matrix()
ended = views.endings(now, models=chosen)
if ended.table is not None:
    st.subheader("How the questions ended")
    parts.shown(ended, key="endings", say_so=False)
    parts.below(ended, folded=False)
