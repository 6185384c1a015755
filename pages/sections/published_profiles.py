"""Profiles of language models that others have published, each on its own scale."""

import polars as pl
import streamlit as st

from engine.metrics.circle import LABELS
from pages import data, parts

STUDIES = {
    "Value Compass": "value_compass_score", "Value Portrait": "value_portrait_score", "ValueBench": "valuebench_score",
}


def show() -> None:
    """A table of one study's models; never laid over our own profiles."""
    st.subheader("Published profiles of language models")
    found = data.figures("values").filter(pl.col("kind") == "model")
    study = st.segmented_control("Study", list(STUDIES), default="Value Compass", required=True, key="study", bind="query-params")
    mine = found.filter(pl.col("metric") == STUDIES[study])
    if mine.is_empty():
        st.caption("The published figures are not loaded; run `python -m engine prepare`.")
        return
    count, scale = mine["population"].n_unique(), mine["scale"][0]
    st.write(f"{count} models. Scale: {scale}. It is not ours: compare the order of values inside this study only.")
    wide = mine.pivot("facet", index="population", values="value").rename({**LABELS, "population": "model"}, strict=False)
    st.dataframe(wide, hide_index=True, height=320, alt=f"Published profiles, {study}")
    st.caption(f"Published: {mine['source'][0]}. Licence: {mine['licence'][0]}. No intervals were published.")
    parts.downloads(mine, STUDIES[study])
