"""Profiles of language models that others have published, each on its own scale."""

import polars as pl
import streamlit as st

from engine.circle import LABELS
from pages import data, parts

STUDIES = {
    "Value Compass": "value_compass_score", "Value Portrait": "value_portrait_score", "ValueBench": "valuebench_score",
}
WHY = {
    "Value Compass": "Another model judged the values in freely written text, so no point of the scale means average.",
    "Value Portrait": "Models rated how similar ready-made answers to real questions are to their own, not portraits of persons.",
    "ValueBench": "A judge rated advice from no to yes, and many scores lie at the top end.",
}


def show() -> None:
    """A table of one study's models; never laid over our own profiles."""
    st.subheader("Published profiles of language models")
    found = data.now().figures("values").filter(pl.col("kind") == "model")
    study = st.segmented_control("Study", list(STUDIES), default="Value Compass", required=True, key="study", bind="query-params")
    mine = found.filter(pl.col("metric") == STUDIES[study])
    if mine.is_empty():
        st.caption("The published figures are not loaded; run `python -m engine prepare`.")
        return
    parts.source_badges(["published"])
    count, scale = mine["population"].n_unique(), mine["scale"][0]
    parts.say(
        f"{count} models. Scale: {scale}. {WHY[study]} So it cannot be laid over the profiles above: compare the order of values "
        "inside this study only."
    )
    wide = mine.pivot("facet", index="population", values="value").rename({**LABELS, "population": "model"}, strict=False)
    st.dataframe(wide, hide_index=True, height=320, alt=f"Published profiles, {study}")
    st.caption(parts.plain(f"Published: {mine['source'][0]}. Licence: {mine['licence'][0]}. No intervals were published."))
    parts.downloads(mine, STUDIES[study])
