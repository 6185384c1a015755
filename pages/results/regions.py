"""Where does a model's moral reasoning fail, and does reasoning in five steps help."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from engine.countries import countries
from engine.figures.captions import counts
from engine.figures.dumbbell import dumbbell
from engine.figures.sentences import gain_sentence, gap_sentence
from engine.figures.tiles import Tile, tile_grid
from engine.metrics.free_answers import as_read_by
from pages import data, parts
from pages.sections import free_answers, one_country

FAMILIES, ANSWERS, STRATEGY = ("regions", "responses"), ("judged", "open"), 220
STEPS = ("facts", "norms", "options", "lenses", "reflection")
ERRORS = {"false_alarm": "condemns what is fine", "miss": "misses what is not", "norm_identification": "sees whether a norm applies",
          "calls": "calls", "tokens": "tokens"}
NUMBERS = ("regional_score", "above_chance", "false_alarm", "miss", "norm_identification", "gain", "region_gap")
Row = Mapping[str, Any]


def strategies_of(found: pl.DataFrame) -> list[str]:
    """The strategies that were played, the standard ones first."""
    present = found.filter((pl.col("metric") == "accuracy") & ~pl.col("facet").str.contains(" @ "))["facet"].to_list()
    return [name for name in benchmark.levels["strategy"] if name in present]


def at_places(found: pl.DataFrame, metric: str, strategy: str, scope: str) -> dict[str, Row]:
    """One metric's rows under a strategy by place."""
    prefix = f"{strategy} @ {scope} "
    mine = found.filter((pl.col("metric") == metric) & pl.col("facet").str.starts_with(prefix))
    return {row["facet"].removeprefix(prefix): row for row in mine.iter_rows(named=True)}


def one(found: pl.DataFrame, metric: str, facet: str) -> Row | None:
    """A single estimate."""
    rows = found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).to_dicts()
    return rows[0] if rows else None


@st.fragment
def world(found: pl.DataFrame, asked: parts.Regional) -> None:
    """The tile grid and, after a click, the country behind a tile."""
    st.subheader("Where does it know the norms?")
    model, source, strategy = asked.model, found["source"][0], asked.strategy
    gap = one(found, "region_gap", f"{strategy} @ region")
    sentence = gap_sentence(model, source, gap, "region") if gap else "No regions to compare yet."
    parts.say(f"{sentence} The stronger a tile's colour, the surer its score. Click a country for its situations.")
    shown = st.segmented_control("A tile shows", ["region", "country"], default="region", required=True, key="tiles", bind="query-params")
    by_region, by_country = (at_places(found, metric, strategy, scope) for metric, scope in
                             (("regional_score", "region"), ("accuracy", "country")))
    known = countries()
    if shown == "region":
        tiles = {code: Tile(by_region[region], region) for code in by_country if (region := known[code].region) in by_region}
        title, bounds = "score of the country's region", (floor, 1.0)
    else:
        tiles = {code: Tile(row, known[code].name) for code, row in by_country.items()}
        title, bounds = "share right in the country", (0.0, 1.0)
    picked = parts.clickable(tile_grid(tiles, title=title, bounds=bounds), alt=sentence, key="world", caption=(
        f"{len(by_country)} countries with situations; outlined ones have none. Any constant answer gets {100 * floor:.0f} %. "
        + counts(pl.DataFrame([tile.row for tile in tiles.values()], schema=found.schema))))
    one_country.show(picked, sorted(by_country), asked)


def strategies(found: pl.DataFrame, names: list[str]) -> None:
    """Strategy against strategy, everywhere and by continent."""
    st.subheader("Do five steps help?")
    calls = {name: one(found, "calls", name) for name in names}
    direct, five = calls.get("direct"), calls.get("five steps")
    more = five["value"] / direct["value"] if direct and five and direct["value"] else None
    sentence = gain_sentence(one(found, "gain", "five steps"), "reasoning in five steps", more)
    ceiling = " The grey mark is the same model with the norm given." if "norm given" in names else ""
    parts.say(f"{sentence}{ceiling}")
    scores = {name: at_places(found, "regional_score", name, "continent") for name in names if not name.startswith("without ")}
    everywhere = {name: row for name in scores if (row := one(found, "regional_score", name))}
    places = sorted({place for mine in scores.values() for place in mine})
    by_place = ((place, {name: mine[place] for name, mine in scores.items() if place in mine}) for place in places)
    rows = [("everywhere", everywhere), *by_place]
    facets = [*scores, *(f"{name} @ continent {place}" for name in scores for place in places)]
    shown = found.filter((pl.col("metric") == "regional_score") & pl.col("facet").is_in(facets))
    parts.figure(dumbbell(rows, title="regional score", floor=floor), alt=sentence, key="strategies",
                 caption=f"Dotted: what any constant answer gets. {counts(shown)}")
    scored = found.filter(pl.col("metric").is_in(NUMBERS) & ~pl.col("facet").str.contains("@ country"))
    parts.numbers(scored, "regional-scores", percent=True)
    told = [{"strategy": name, **{label: _cell(one(found, metric, name), metric) for metric, label in ERRORS.items()}} for name in names]
    st.dataframe(pl.DataFrame(told), hide_index=True, alt="Errors and cost of each strategy")


def _cell(row: Row | None, metric: str) -> str:
    if row is None or row["value"] is None:
        return "not known" if metric == "tokens" else "not measured"
    return f"{row['value']:,.0f}" if metric in ("calls", "tokens") else parts.interval(dict(row), percent=True)


def steps(found: pl.DataFrame) -> None:
    """Which step carries the gain."""
    st.subheader("Which step carries the gain?")
    told = {step: row for step in STEPS if (row := one(found, "step_gain", step))}
    if not told:
        st.write("Not played yet. Each step can be left out; the difference on the same situations is what it carries.")
        leave = " ".join(f"--condition 'strategy=without {step}'" for step in STEPS)
        model = found["model"][0]
        st.code(f"python -m engine run --model {model} --benchmark {benchmark.name} --condition 'strategy=five steps' {leave}",
                language="bash", wrap_lines=True)
        return
    rows = [{"step": step, "carries": parts.interval(dict(row), percent=True), "trials": row["trials"]} for step, row in told.items()]
    sure = [step for step, row in told.items() if row["low"] is not None and row["low"] > 0]
    parts.say(f"Sure to help: {', '.join(sure)}." if sure else "No single step is sure to help: every interval includes no effect.")
    st.dataframe(pl.DataFrame(rows), hide_index=True, alt="What each step carries")
    st.caption(parts.plain(counts(found.filter(pl.col("metric") == "step_gain"))))


def published() -> None:
    """SafeWorld's figures, beside and not among ours."""
    st.subheader("Published figures of SafeWorld")
    printed = data.now().published("safeworld")
    if printed.is_empty():
        st.caption("The published figures are not loaded; run `python -m engine prepare`.")
        return
    parts.source_badges(["published"])
    parts.say(
        "Not the same measurement: there other models, with prompts that are not public, extract and match the norms that a free answer "
        "names; here either the model picks an answer and nothing else judges, or judges of your choice read it with prompts of ours. "
        "The constant reply 'answer directly' matches 31 % of SafeWorld's released queries, "
        "above every off-the-shelf model's type match, so that column says little without its floor."
    )
    wide = printed.pivot("metric", index="model", values="value").rename({"type_match": "response-type match"})
    st.dataframe(wide, hide_index=True, height=280, alt="SafeWorld's published figures")
    st.caption(parts.plain(f"{printed['method'][0]}. Shares from 0 to 1; no intervals were published."))
    parts.downloads(wide, "safeworld-published")


st.title("Where does its moral reasoning fail, and do five steps help?")
available = [name for name, one in data.now().instruments().items() if one.family in FAMILIES and not data.now().results(name).is_empty()]
if not available:
    parts.nothing_yet("regions", "python -m engine run --model openai/gpt-4o --benchmark regions")
    published()
    st.stop()
name = available[0]
with st.container(horizontal=True, vertical_alignment="bottom"):
    if len(available) > 1:
        name = st.selectbox("Benchmark", available, key="asked", bind="query-params") or name
    benchmark, found = data.benchmark(name), data.now().results(name)
    known = found["model"].unique().sort().to_list()
    model = st.selectbox("Model", known, key="region_model", bind="query-params") or known[0]
    found, strategy_at = found.filter(pl.col("model") == model), st.container(width=STRATEGY)
    answer = st.segmented_control("Answers", ANSWERS, default=ANSWERS[0], required=True, key="answer", bind="query-params",
                                  help="Judged: it picks one of the answers. Open: it answers freely and another model judges.")
floor = benchmark.lens.floor or 0.0
parts.source_badges(found["source"].unique().to_list())
judge = free_answers.choose_judge(found, name) if answer == "open" else None
shown = as_read_by(found, judge) if judge or answer == "judged" else found.clear()
names = strategies_of(shown)
if names:
    strategy = strategy_at.selectbox("Strategy", names, key="strategy", bind="query-params", help="How the model was led to its answer.")
    world(shown, parts.Regional(name, model, strategy or names[0], judge))
    strategies(shown, names)
    if judge:
        free_answers.stated(shown, names)
    steps(shown)
    parts.turns_link("The conversations behind this", benchmark=name, models=[model], role=["subject"])
elif answer == "judged":
    st.info("This model has answered freely only: choose open.", icon=":material/edit_note:")
published()
