"""Can these models be called aligned: an answer from the numbers, then every lens, then model by model."""

from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark, Lens
from engine.figures.answer import LIMIT, answer
from engine.figures.captions import counts, ended, nothing_usable
from engine.figures.dots import interval_rows
from engine.figures.palette import SOURCES
from engine.figures.sentences import comparison, rank_words, ranking_sentence
from engine.figures.sentences import name as model_name
from engine.metrics.compare import Key, Ranking
from engine.metrics.coverage import everywhere
from engine.metrics.families import provider
from engine.metrics.verdicts import standings
from pages import data, parts

CARD = 490  # width of a card in pixels: two abreast on a laptop, one on a narrow screen
PAGE_OF = {
    "values": ("values", "questionnaire"), "dilemmas": ("dilemmas", "asked"), "triethix": ("dilemmas", "asked"),
    "regions": ("regions", "asked"), "responses": ("regions", "asked"), "decisions": ("bridges", ""),
}
"""The address of each family's page, and the name under which it keeps the benchmark looked at (none where it is the only one)."""


def place_of(one: Benchmark) -> tuple[str, dict[str, str]]:
    """The address of the page that shows a benchmark, and what is added to it."""
    address, field = PAGE_OF[one.family]
    return address, {field: one.name} if field else {}


def filtered(every: list[str], rows: pl.DataFrame) -> list[str]:
    """Let the visitor keep the models of a provider, of a source, or those asked since a date."""
    asked = {row["model"]: row["latest"] for row in data.now().provenance().iter_rows(named=True)}
    sources = dict(rows.select("model", "source").unique().sort("model", "source").iter_rows())
    of = {name: provider(name) for name in every} | dict(data.now().provenance().select("model", "provider").iter_rows())
    with st.popover("Filter", icon=":material/filter_list:"):
        kinds = st.multiselect("Source", [kind for kind in SOURCES if kind in sources.values()], key="source", bind="query-params")
        makers = st.multiselect("Provider", sorted(set(of.values())), key="provider", bind="query-params")
        since = st.date_input("Asked on or after", None, key="since", bind="query-params")
    begin = datetime(since.year, since.month, since.day, tzinfo=UTC) if since else None
    return [name for name in every if (not kinds or sources[name] in kinds) and (not makers or of[name] in makers)
            and (begin is None or (name in asked and asked[name] >= begin))]


def with_missing(one: Benchmark, rows: pl.DataFrame, chosen: list[str], sources: dict[str, str]) -> pl.DataFrame:
    """A row for each chosen model in the same order on every card; those without an estimate say that they were not measured, unless
    they cannot be: published ones have figures on one card only, and some benchmarks only hold imports.
    """
    known = rows.filter(pl.col("model").is_in(chosen))
    absent = [name for name in chosen if name not in known["model"].to_list() and sources[name] != "published" and one.conversation]
    added = pl.DataFrame({"model": absent, "source": [sources[name] for name in absent]}, schema={"model": pl.String, "source": pl.String})
    return pl.concat([known, added], how="diagonal").sort("model")


def card(one: Benchmark, lens: Lens, chosen: list[str], colours: dict[str, str], sources: dict[str, str], found: Ranking) -> None:
    """One lens: its question, a row for each model with its rank as far as it is known, and the way to more."""
    rows = with_missing(one, data.now().headline(one, lens), chosen, sources)
    key = f"{one.name}-{lens.metric}-{lens.facet}"
    with st.container(border=True):
        st.subheader(lens.question)
        clicked = None
        if rows["value"].count():
            sentence = said(one, lens, rows, chosen, found)
            parts.say(sentence)
            ranks = {name: rank_words(found, name).partition(" of ")[0] for name in chosen}
            drawn = interval_rows(rows, colours, title=f"{lens.label} ({lens.good_end})", percent=lens.percent,
                                  line=lens.floor if lens.mark is None else lens.mark, notes=ranks)
            marked = f"Dotted: {lens.held_to or 'what chance gives'}. " if lens.mark is not None or lens.floor is not None else ""
            clicked = parts.clickable(drawn, alt=sentence, key=f"lens-{key}",
                                      caption=f"{marked}{counts(rows)} {ended(data.now().covered(one.name), chosen)}")
        else:
            parts.say(nothing_usable(data.now().covered(one.name), chosen))
        _more(one, rows, key, clicked)


def _more(one: Benchmark, rows: pl.DataFrame, key: str, clicked: str | None) -> None:
    address, params = place_of(one)
    page = f"results/{address}.py"
    with st.container(horizontal=True):
        st.page_link(page, label=f"More: {one.title}", icon=":material/arrow_forward:", query_params=params)
        if "published" not in rows["source"].to_list():
            parts.turns_link("The conversations", benchmark=one.name)
    if clicked and clicked != st.session_state.get(f"clicked-{key}"):
        st.session_state[f"clicked-{key}"] = clicked
        st.session_state["models_before"] = [clicked]  # pages take the choice along; here it is bound to the address and cannot be set
        st.switch_page(page, query_params=params)


def said(one: Benchmark, lens: Lens, rows: pl.DataFrame, chosen: list[str], found: Ranking) -> str:
    """Who is how high, and which models can be told apart at all."""
    if lens.metric == "circular_fit":
        verdicts = data.now().results(one.name).filter((pl.col("metric") == "interpretable") & (pl.col("facet") == "all"))
        here = verdicts.filter(pl.col("model").is_in(chosen))
        good = here.filter(pl.col("value") == 1).height
        many = f"{good} of {here.height} profiles have" if here.height > 1 else "The profile has" if good else "The profile does not have"
        return f"{many} the order of human values and can be read as one." if good else f"{many} the order of human values."
    told = comparison(rows, lens.label.lower(), percent=lens.percent)
    if len(found.order) < 3:
        return told
    names = {row["model"]: model_name(row["model"], row["source"]) for row in rows.iter_rows(named=True)}
    return f"{told} {ranking_sentence(found, names, percent=lens.percent)}"


def matrix(chosen: list[str], shown: list[tuple[Benchmark, Lens]], sources: dict[str, str], found: dict[Key, Ranking]) -> None:
    """A row for each model, a column for each lens: the value with its interval and rank, each a link to where it comes from."""
    chosen = [name for name in chosen if sources[name] != "published"]
    if not chosen:
        return
    st.subheader("Model by model")
    table: dict[str, list[str]] = {"model": chosen, "data": [SOURCES[sources[name]] for name in chosen]}
    links: dict[str, list[str | None]] = {}
    ends: dict[str, str] = {}
    for one, lens in shown:
        rows = {row["model"]: row for row in data.now().headline(one, lens).iter_rows(named=True)}
        ranks = found[one.name, lens.metric, lens.facet]
        words = [", ".join(part for part in (parts.interval(rows.get(name), percent=lens.percent), rank_words(ranks, name)) if part)
                 for name in chosen]
        alone = sum(other.label == lens.label for _, other in shown) == 1
        title = lens.label if alone else f"{one.title}: {lens.label.lower()}"
        table[title], ends[title] = words, lens.good_end
        address, params = place_of(one)
        links[title] = [f"{address}?{urlencode({**params, 'models': name})}#{quote(told)}" if name in rows else None
                        for name, told in zip(chosen, words, strict=True)]
    style = {title: st.column_config.LinkColumn(title, display_text=r"#(.*)$", width="medium", help=ends[title]) for title in links}
    st.dataframe(pl.DataFrame(table | links, strict=False), hide_index=True, row_height=36, column_config=style,
                 alt="Every lens for every model, with interval and rank; each cell leads to its page")
    st.caption("A rank is a range, over all pairs and lenses of this page together: below every model that is surely better, above every "
               "one that is surely worse. A cell opens its page; an empty one was not measured.")
    parts.downloads(pl.DataFrame(table), "overview")


def endings(chosen: list[str], names: list[str]) -> None:
    """How the questions of every benchmark ended, model by model: nothing of this is folded into a score."""
    chosen = [name for name in chosen if name in data.now().models()]
    if not chosen:
        return
    st.subheader("How the questions ended")
    whole = everywhere({data.benchmark(name).title: data.now().covered(name) for name in names}, chosen)
    shown = whole.select(
        "model", "benchmark", pl.col("source").replace(SOURCES).fill_null("not run").alias("data"), "questions", "answered", "refused",
        "unread", "failed", pl.col("ungraded").alias("judge gave no verdict"), pl.col("unjudged").alias("not judged yet"),
        pl.col("missing").alias("items never asked"),
    )
    st.dataframe(shown, hide_index=True, alt="How questions ended, model by model and benchmark by benchmark")
    st.caption("Questions put to a model, by how they ended. Refused, unread and failed ones are outcomes of their own and never count as "
               "answers; empty cells were not run.")
    parts.downloads(shown, "outcomes")


st.title("Can these models be called aligned?")
known = data.now().instruments()
every_lens = [(one, lens) for one in known.values() for lens in one.lenses]
now = data.now()
shown = [(one, lens) for one, lens in every_lens if not now.headline(one, lens).is_empty() or not now.covered(one.name).is_empty()]
held = data.now().played()
if not shown or held.is_empty():
    parts.nothing_yet("results")
    st.stop()
rows = pl.concat([frame.select("model", "source") for one, lens in shown for frame in (now.headline(one, lens), now.covered(one.name))])
every = sorted(set(rows["model"]))
with st.container(horizontal=True, vertical_alignment="bottom"):
    kept = filtered(every, rows)
    chosen, colours = parts.choose_models(kept, most=len(every))
if not chosen:
    st.info("No model is left by this filter: widen it.", icon=":material/filter_list_off:")
    st.stop()
sources = dict(rows.filter(pl.col("model").is_in(chosen)).unique().sort("model", "source", descending=[False, True]).iter_rows())
shown = [(one, lens) for one, lens in shown
         if pl.concat([data.now().headline(one, lens)["model"], data.now().covered(one.name)["model"]]).is_in(chosen).any()]
own = {name: source for name, source in sources.items() if source != "published"}
asked = [(one, lens) for one, lens in every_lens if one.items or ((one, lens) in shown and one.name in held["benchmark"].to_list())]
lead, *reasons = answer(standings([
    (one.title, lens, {row["model"]: row for row in data.now().headline(one, lens).iter_rows(named=True) if row["model"] in own})
    for one, lens in asked
], own))
st.markdown(f"**{parts.plain(lead)}**")
st.markdown("\n".join(f"- {parts.plain(reason)}" for reason in [*reasons, LIMIT]))
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
parts.source_badges(list(dict.fromkeys(sources.values())))
ranks = data.now().rankings(shown, chosen)
with st.container(horizontal=True):
    columns = [st.container(width=CARD) for _ in shown[:2]]
for number, (one, lens) in enumerate(shown):
    with columns[number % len(columns)]:
        card(one, lens, chosen, colours, sources, ranks[one.name, lens.metric, lens.facet])
matrix(chosen, shown, sources, ranks)
endings(chosen, list(dict.fromkeys(one.name for one, _ in shown if not data.now().covered(one.name).is_empty())))
