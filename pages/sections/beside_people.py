"""A model beside people: likeness, never alone but against single countries, and the gap in person SD."""

from collections.abc import Mapping, Sequence

import polars as pl
import streamlit as st

from engine.circle import BROAD, LABELS
from engine.figures.captions import counts
from engine.figures.dots import dots, interval_rows
from pages import data, parts


def show(benchmark: str, chosen: Sequence[str], colours: Mapping[str, str]) -> None:
    """Rank agreement with people and the gap at each of ten values, for the chosen models."""
    st.subheader("Beside people")
    alike, gap = data.now().likeness(benchmark)
    alike, gap = (frame.filter(pl.col("model").is_in(chosen)) for frame in (alike, gap))
    if alike.is_empty():
        st.caption("Not computable: no complete profile at ten values.")
        return
    spread = alike.row(0, named=True)
    parts.say(
        f"Rank agreement with the mean of 31 European countries. A single country reaches {spread['country_low']:.2f} to "
        f"{spread['country_high']:.2f} (median {spread['country_median']:.2f}), so a value in that "
        "range only says: as alike as a country is."
    )
    profile = data.now().results(benchmark).filter(pl.col("metric") == "broad_value")
    whole = profile.group_by("model", "source").agg(pl.col("trials").sum(), pl.col("stems").max(), pl.col("dropped").max())
    how = pl.lit("Spearman's rho at ten values, the profile drawn 1,000 times from its own intervals")
    told = alike.join(whole, on="model", maintain_order="left").with_columns(method=how)
    drawn = interval_rows(told, colours, title="rank agreement with people (rho)", bounds=(-1.05, 1.05),
                          line=spread["country_median"])
    parts.figure(drawn, alt="Rank agreement of each model with people, against the median country", key="likeness",
                 caption=f"Dotted: the median country. {counts(told)}")
    parts.numbers(told, "likeness-to-people")
    st.write("Gap to people in person SD: 0 is the average person, ±1 is as far out as one person's usual spread.")
    own = profile.select("model", "source", "facet", "trials", "stems", "dropped")
    how = pl.lit("(value - people's mean) / person SD")
    rows = gap.join(own, on=["model", "facet"], maintain_order="left").with_columns(method=how)
    drawn = dots(rows, tuple(BROAD), LABELS, colours, title="gap to people, in person SD", bounds=None)
    parts.figure(drawn, alt="Gap of each value to people in person SD", key="gap",
                 caption=f"People: 569 English-speaking respondents, PVQ-21. {counts(rows)}")
    parts.numbers(rows, "gap-to-people")
