"""Imported raw logs beside the table that was printed from them."""

from collections.abc import Mapping

import polars as pl
import streamlit as st

from engine.figures.flips import flip_table
from engine.figures.sentences import comparison, families_sentence
from engine.metrics.families import families_apart
from pages import parts

LOGS = {"all": "all trials", "adversarial": "real pushes only"}


def show_printed(published: pl.DataFrame, colours: Mapping[str, str]) -> None:
    """The printed table alone, where the logs have not been imported."""
    st.subheader("Published flip rates of real models")
    rates = published.filter(pl.col("metric") == "flip_rate")
    sentence = comparison(rates, "the published flip rate")
    parts.say(
        f"{sentence} About 30 % of these trials push towards the option already chosen. The raw logs tell more; with a copy of them:"
    )
    st.code("python -m engine import triethix PATH", language="bash")
    parts.figure(flip_table(rates, ["all"], LOGS, colours), alt=sentence, key="printed-flips", caption=f"Source: {rates['method'][0]}.")
    parts.numbers(published, "triethix-published")


def show(found: pl.DataFrame, published: pl.DataFrame, colours: Mapping[str, str]) -> None:
    """The engine's numbers from the raw logs beside the printed table."""
    st.subheader("Published flip rates, read again from the raw logs")
    rates = found.filter(pl.col("metric") == "flip_rate")
    sentence = comparison(rates.filter(pl.col("facet") == "adversarial"), "the flip rate under a real push")
    parts.say(
        f"{sentence} In the published logs about 30 % of the pushes name the option already chosen; the right column leaves them out. "
        "There are six different stems, so the intervals are wide."
    )
    parts.figure(flip_table(rates, list(LOGS), LOGS, colours), alt=sentence, key="log-flips", caption=parts.counts(rates))
    printed = published.select("model", "metric", "facet", pl.col("value").alias("published"))
    table = found.filter(pl.col("metric").is_in(["weight", "flip_rate"])).join(printed, on=["model", "metric", "facet"], how="left")
    shown = table.select("model", "metric", "facet", "value", "low", "high", "published", "trials", "stems")
    number = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(shown, hide_index=True, column_config=dict.fromkeys(("value", "low", "high", "published"), number),
                 alt="Engine's numbers beside the published table")
    parts.downloads(shown, "triethix-against-published")


def families(found: pl.DataFrame, facet: str) -> None:
    """The published conclusion that families differ, looked at again over every model, with models as the units."""
    st.subheader("Do families of models differ?")
    wanted = [("flip_rate", facet), *(("weight", ethics) for ethics in ("virtue", "deontology", "consequentialism"))]
    apart = families_apart(found, wanted)
    st.write(
        "The study pools all answers of a family's models and finds that families differ. Answers of one model are no evidence about other "
        "models of its family, so here each model counts once: Kruskal and Wallis's test by permutation over all models, corrected over "
        "the four numbers."
    )
    parts.say(families_sentence(apart))
    table = pl.DataFrame([
        {"number": f"{one.metric.replace('_', ' ')}, {one.facet}", "H": one.test.statistic, "p": one.test.p, "p, corrected": one.adjusted,
         "models": one.test.models,
         **{f"{name} (mean of {count})": value for name, (value, count) in one.means.items()}} for one in apart
    ])
    share = st.column_config.NumberColumn(format="percent")
    st.dataframe(table, hide_index=True, alt="Families of models, with models as the units",
                 column_config={name: share for name in table.columns if "(mean of" in name} | dict.fromkeys(
                     ("p", "p, corrected"), st.column_config.NumberColumn(format="%.4f")))
    parts.downloads(table, "triethix-families")
