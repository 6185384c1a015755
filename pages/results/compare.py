"""Which differences between models are real, and what do they rest on."""

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark
from engine.figures.sentences import name as model_name
from engine.figures.sentences import rank_words, ranking_sentence
from pages import data, parts
from pages.sections import side_by_side

VERDICTS = {"higher": "higher", "lower": "lower", "same": "the same within 5 points", "inconclusive": "cannot be said",
            "not comparable": "not comparable"}


def points(value: float | None, *, percent: bool) -> str:
    """A difference in points of a share, or in units of the metric."""
    return "not known" if value is None else f"{100 * value:+.0f} points" if percent else f"{value:+.2f}"


def lens(one: Benchmark, chosen: list[str]) -> None:
    """All chosen models on one lens: a sentence, ranks as ranges, every pair."""
    found = data.ranking(one, chosen)
    if not found.order:
        return
    rows = {row["model"]: row for row in lens_rows(one, chosen).iter_rows(named=True)}
    names = {name: model_name(name, rows[name]["source"]) for name in found.order}
    percent = one.family != "values"
    direction = {"higher": "higher is better", "lower": "lower is better", "none": "no end is better"}[one.lens.direction]
    st.subheader(one.lens.question)
    parts.say(ranking_sentence(found, names))
    told = [{"model": names[name], f"{one.lens.label.lower()} ({direction})": parts.interval(rows[name], percent=percent),
             "rank": rank_words(found, name).removeprefix("rank ") or "alone", "trials": rows[name]["trials"]} for name in found.order]
    st.dataframe(pl.DataFrame(told), hide_index=True, alt=f"Models on {one.title}, ranks as ranges")
    if not found.pairs:
        return
    with st.expander(f"All {len(found.pairs)} pairs", icon=":material/compare_arrows:"):
        table = pl.DataFrame([
            {"first": names[pair.one], "second": names[pair.other], "first less second": points(pair.difference.value, percent=percent),
             "from": points(pair.difference.low, percent=percent), "to": points(pair.difference.high, percent=percent),
             "verdict on the first": VERDICTS[pair.verdict], "could have been seen": points(pair.smallest, percent=percent),
             "p, corrected": pair.adjusted, "shared stems": pair.stems} for pair in found.pairs
        ])
        st.dataframe(table, hide_index=True, alt="Every pair of models",
                     column_config={"p, corrected": st.column_config.NumberColumn(format="%.4f")})
        parts.downloads(table, f"pairs-{one.name.replace('/', '-')}")


def lens_rows(one: Benchmark, chosen: list[str]) -> pl.DataFrame:
    """The headline estimates of the chosen models."""
    rows = data.results(one.name).filter((pl.col("metric") == one.lens.metric) & (pl.col("facet") == one.lens.facet))
    return rows.filter(pl.col("model").is_in(chosen))


st.title("Which differences are real?")
lenses = [one for one in data.instruments().values() if lens_rows(one, data.models()).drop_nulls("value").height]
if not lenses:
    parts.nothing_yet("models to compare")
    st.stop()
present = sorted({name for one in lenses for name in lens_rows(one, data.models())["model"]})
chosen, _ = parts.choose_models(present)
parts.source_badges(sorted({source for one in lenses for source in lens_rows(one, chosen)["source"]}))
st.write(
    "Every pair of models is compared on the stems both were asked, with 95 % intervals and p values after Holm's correction over all "
    "pairs of a lens. A rank is a range: below every model that is surely better, above every one that is surely worse."
)
for one in lenses:
    lens(one, chosen)
side_by_side.show(chosen, [one for one in lenses if lens_rows(one, chosen).height > 1])
