"""One pinned finding: exactly what was pinned, what newer data would make of it, and where it came from."""

import streamlit as st

from engine.figures.palette import SOURCES
from engine.problems import PlumblineError
from engine.reports.finding import Finding
from pages import lectern, parts, visitor
from pages.sections import newer_data

PAGES = {
    "": "results/overview.py", "values": "results/values.py", "dilemmas": "results/dilemmas.py", "regions": "results/regions.py",
    "stories": "results/stories.py", "tradeoffs": "results/tradeoffs.py", "compare": "results/compare.py", "bridges": "results/bridges.py",
    "turns": "evidence/turns.py", "runs": "evidence/runs.py",
}


def origin(one: Finding) -> None:
    """Where it was pinned, and the turns behind it."""
    made = one.exhibit
    with st.container(horizontal=True):
        if made.page in PAGES:
            st.page_link(PAGES[made.page], label="The page as it is now", icon=":material/open_in_new:", query_params=dict(made.query))
        if made.turns:
            parts.turns_link("The conversations behind this", **dict(made.turns))


def change(one: Finding) -> None:
    """Another title, or off the list."""
    if not visitor.may_change() or one.removed:
        return
    with st.expander("Rename or remove", icon=":material/edit:"), st.form("rename", border=False):
        title = st.text_input("Title", one.title, max_chars=500)
        renamed = st.form_submit_button("Rename")
        removed = st.form_submit_button("Remove from the list", help="Decks that show it go on showing it.")
        try:
            if renamed:
                lectern.rename(one, title)
                st.rerun()
            if removed:
                lectern.remove_finding(one)
                st.rerun()
        except PlumblineError as problem:
            st.error(str(problem), icon=":material/error:")


def versions(one: Finding) -> None:
    """The other versions, each under its own link."""
    every = lectern.versions_of(one.id)
    if every.height < 2:
        return
    with st.expander(f"All {every.height} versions", icon=":material/history:"):
        for row in every.reverse().iter_rows(named=True):
            here = " (shown here)" if row["version"] == one.version else ""
            st.page_link("present/finding.py", query_params={"id": one.id, "version": str(row["version"])}, icon=":material/keep:",
                         label=f"{row['version']}: snapshot {row['snapshot']}, {row['made_at']:%d %B %Y, %H:%M} UTC{here}")


own, version = st.query_params.get("id", ""), st.query_params.get("version", "")
try:
    one = lectern.one_finding(own, int(version) if version.isdecimal() else None)
except PlumblineError as problem:
    st.title("A finding")
    st.warning(str(problem), icon=":material/search_off:")
    st.page_link("present/present.py", label="All findings and decks", icon=":material/arrow_back:")
    st.stop()
st.title(parts.plain(one.title))
if one.removed:
    st.info("This finding was taken from the list. Decks that show it go on showing it.", icon=":material/delete:")
parts.source_badges([source for source in one.exhibit.sources if source in SOURCES])
parts.shown(one.exhibit, key="finding")
if not one.exhibit.empty:
    parts.numbers(one.exhibit.numbers, "finding", percent=one.exhibit.percent)
for limit in one.exhibit.limits:
    st.caption(parts.plain(limit))
st.caption(parts.plain(f"Pinned on {one.pinned_at:%d %B %Y, %H:%M} UTC by {one.pinned_by}, on the lake's snapshot {one.snapshot}; "
                       f"version {one.version}."))
origin(one)
newer_data.show(one)
if st.button("Work it out again from that snapshot", icon=":material/fact_check:", type="tertiary",
             help="Reads the lake as it was then, and compares every number."):
    parts.say(lectern.told_again(one))
versions(one)
change(one)
st.caption("Link to this finding")
st.code(f"/finding?id={one.id}&version={one.version}", language=None)
