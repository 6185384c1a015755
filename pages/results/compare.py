"""Which differences between models are real, and what do they rest on."""

from functools import partial

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark, Lens
from engine.figures.captions import ended, nothing_usable
from engine.figures.sentences import VERDICTS, rank_words, ranking_sentence
from engine.figures.sentences import name as model_name
from engine.metrics.compare import Ranking
from pages import data, parts
from pages.sections import side_by_side

GOOD = 0.8
"""Reliability from which on single items may be read; the usual cut (Nunnally & Bernstein 1994, Psychometric Theory)."""


def points(value: float | None, *, percent: bool) -> str:
    """A difference in points of a share, or in units of the metric."""
    return "not known" if value is None else f"{100 * value:+.0f} points" if percent else f"{value:+.2f}"


def ranked(one: Benchmark, lens: Lens, found: Ranking) -> None:
    """All chosen models on one lens: a sentence, ranks as ranges, every pair."""
    if not found.order:
        return
    rows = {row["model"]: row for row in data.now().headline(one, lens).iter_rows(named=True)}
    names = {name: model_name(name, rows[name]["source"]) for name in found.order}
    st.subheader(lens.question)
    parts.say(ranking_sentence(found, names, percent=lens.percent))
    told = [{"model": names[name], f"{lens.label.lower()} ({lens.good_end})": parts.interval(rows[name], percent=lens.percent),
             "rank": rank_words(found, name).removeprefix("rank ") or "alone", "trials": rows[name]["trials"]} for name in found.order]
    st.dataframe(pl.DataFrame(told), hide_index=True, alt=f"Models on {one.title}, ranks as ranges")
    st.caption(parts.plain(ended(data.now().covered(one.name), found.order)))
    parts.turns_link("The conversations", benchmark=one.name, model=found.order)
    if not found.pairs:
        return
    with st.expander("The one pair" if len(found.pairs) == 1 else f"All {len(found.pairs)} pairs", icon=":material/compare_arrows:"):
        unit = partial(points, percent=lens.percent)
        table = pl.DataFrame([
            {"first": names[pair.one], "second": names[pair.other], "first less second": unit(pair.difference.value),
             "from": unit(pair.difference.low), "to": unit(pair.difference.high), "verdict on the first": VERDICTS[pair.verdict],
             "could have been seen": unit(pair.smallest),
             "p, corrected": pair.adjusted, "shared stems": pair.stems} for pair in found.pairs
        ], schema_overrides={"p, corrected": pl.Float64})
        st.dataframe(table, hide_index=True, alt="Every pair of models",
                     column_config={"p, corrected": st.column_config.NumberColumn(format="%.4f")})
        parts.downloads(table, f"pairs-{one.name.replace('/', '-')}-{lens.metric}-{lens.facet.replace(' ', '-')}")


def repeatable(chosen: list[str], names: list[str]) -> None:
    """Whether the same items would come out alike if they were asked again."""
    found = [data.now().repeatable(name).filter(pl.col("model").is_in(chosen)).with_columns(benchmark=pl.lit(data.benchmark(name).title))
             for name in names]
    every = pl.concat(found).drop_nulls("retest")
    if every.is_empty():
        return
    st.subheader("Would the same come out again?")
    good, bad = every.filter(pl.col("retest_low") >= GOOD).height, every.filter(pl.col("retest_high") < GOOD).height
    parts.say(f"{good} of {every.height} shares would give nearly the same items again (reliability of at least {GOOD:g} with the whole "
              f"interval), {bad} would not, of the others it cannot be said. A low value does not make a model's overall share wrong: its "
              "interval holds it already. It says that single items should not be read.")
    with st.expander(f"All {every.height} shares", icon=":material/repeat:"):
        told = every.select(
            "model", "benchmark", pl.col("metric").str.replace_all("_", " "), "facet", *map(_ends, ("share", "icc", "retest")),
            "trials", "stems", pl.col("effective").round(0).cast(pl.Int64).alias("worth so many independent trials"),
        ).rename({"share": "share, stems resampled", "icc": "alike within a stem", "retest": "reliability if asked again"})
        st.dataframe(told, hide_index=True, alt="How far the same would come out if the same were asked again")
        parts.downloads(every, "repeatability")


def _ends(name: str) -> pl.Expr:
    low, high = (pl.col(f"{name}_{end}") for end in ("low", "high"))
    value, *ends = ((one.round(2) + 0.0).cast(pl.String) for one in (pl.col(name), low, high))
    return pl.when(low.is_null()).then(pl.format("{} (no interval)", value)).otherwise(pl.format("{} ({} to {})", value, *ends)).alias(name)


st.title("Which differences are real?")
lenses = [(one, lens) for one in data.now().instruments().values() for lens in one.lenses
          if data.now().results(one.name).height and data.now().headline(one, lens).drop_nulls("value").height]
if not lenses:
    asked = [name for name in data.now().instruments() if not data.now().covered(name).is_empty()]
    for name in asked:
        parts.say(f"{data.benchmark(name).title}: {nothing_usable(data.now().covered(name), data.now().models())}")
    if not asked:
        parts.nothing_yet("models to compare")
    st.stop()
present = sorted({name for one, lens in lenses for name in data.now().headline(one, lens)["model"]})
chosen, _ = parts.choose_models(present)
parts.source_badges(sorted({source for one, lens in lenses for source in
                            data.now().headline(one, lens).filter(pl.col("model").is_in(chosen))["source"]}))
st.write(
    "Every pair of models is compared on the stems both were asked under the same conditions, with 95 % intervals and p values after "
    "Holm's correction over all pairs and lenses shown. A rank is a range: below every model that is surely better, above every one "
    "that is surely worse."
)
ranks = data.now().rankings(lenses, chosen)
for one, lens in lenses:
    ranked(one, lens, ranks[one.name, lens.metric, lens.facet])
repeatable(chosen, list(dict.fromkeys(one.name for one, _ in lenses)))
side_by_side.show(chosen, [one for one, lens in lenses if lens is one.lens])
