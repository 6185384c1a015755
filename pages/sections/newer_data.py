"""What newer data would make of a pinned finding, before and after side by side."""

import polars as pl
import streamlit as st

from engine.problems import PlumblineError
from engine.reports.finding import Finding
from pages import lectern, parts, visitor


def show(one: Finding, deck: str | None = None) -> None:
    """Say whether newer data would change a finding; show before and after, and move it there on request.

    `deck`: a deck that shows the moved finding from then on.
    """
    newer = lectern.newer(one)
    if not newer.differs:
        st.caption(parts.plain(f"Against the newest data, snapshot {lectern.snapshot()}: {newer.words}"))
        return
    st.warning(parts.plain(f"Newer data: {newer.words}"), icon=":material/update:")
    with st.expander("Before and after", icon=":material/compare:"):
        if newer.exhibit is not None:
            for column, told, made in zip(st.columns(2), ("Pinned", "Newest data"), (one.exhibit, newer.exhibit), strict=True):
                with column:
                    st.markdown(f"**{told}**")
                    parts.shown(made, key=f"{told}-{one.id}")
        if newer.changes.height:
            changed = newer.changes.filter(pl.col("what") != "same")
            st.dataframe(changed, hide_index=True, alt="Numbers before and after")
    if newer.exhibit is not None and visitor.may_change() and st.button(
            f"Move to snapshot {lectern.snapshot()}", key=f"move-{one.id}", icon=":material/update:"):
        try:
            moved = lectern.move_to_newest(one, deck)
        except PlumblineError as problem:
            st.error(str(problem), icon=":material/error:")
            return
        if deck:
            st.toast("Moved. What you wrote on the slide yourself was written for the earlier numbers: check it.", icon=":material/edit:")
        else:
            st.query_params["version"] = str(moved.version)
        st.rerun()
