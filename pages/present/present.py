"""From a finding to a room of people: the decks, the pinned findings, and a report on a model."""

import polars as pl
import streamlit as st

from engine.problems import PlumblineError
from pages import lectern, parts, visitor
from pages.sections import model_report

DECK, FINDING, SHOW = "present/deck.py", "present/finding.py", "present/show.py"


def decks() -> None:
    """Every deck with the ways into it, and a new one."""
    st.subheader("Decks")
    found = lectern.decks()
    for row in found.iter_rows(named=True):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container():
                st.markdown(f"**{parts.plain(row['title'])}**")
                slides = f"{row['slides']} slide{'' if row['slides'] == 1 else 's'}"
                st.caption(parts.plain(f"{slides}, changed {row['made_at']:%d %B %Y, %H:%M} UTC by {row['made_by']}: {row['change']}"))
            st.page_link(DECK, label="Open", icon=":material/edit:" if visitor.may_change() else ":material/slideshow:",
                         query_params={"deck": row["id"]})
            st.page_link(SHOW, label="Show", icon=":material/play_arrow:", query_params={"deck": row["id"]})
    if found.is_empty():
        parts.say("No deck yet. On any page choose Pin under a figure or table, or begin one here.")
    if not visitor.may_change():
        return
    with st.form("begin", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.text_input("A new deck", placeholder="its title", max_chars=500)
        if st.form_submit_button("Begin", icon=":material/add:"):
            try:
                made = lectern.begin(title)
            except PlumblineError as problem:
                st.error(str(problem), icon=":material/error:")
            else:
                st.switch_page(DECK, query_params={"deck": made.id})


def removed() -> None:
    """Decks that were taken away, to be brought back."""
    gone = lectern.decks(removed=True)
    if gone.is_empty() or not visitor.may_change():
        return
    with st.expander(f"Removed decks ({gone.height})", icon=":material/delete:"):
        for row in gone.iter_rows(named=True):
            with st.container(horizontal=True, vertical_alignment="center"):
                parts.say(row["title"])
                if st.button("Bring back", key=f"back-{row['id']}"):
                    lectern.bring_back(row["id"])
                    st.rerun()


def findings() -> None:
    """What has been pinned, newest first."""
    st.subheader("Findings")
    found = lectern.findings()
    if found.is_empty():
        parts.say("Nothing has been pinned yet.")
        return
    table = found.with_columns(pl.col("view").str.replace_all("_", " "),
                               link="finding?id=" + found["id"] + "#" + found["title"].str.replace_all("#", "＃"))
    st.dataframe(
        table.select("link", "view", "snapshot", "made_at", "made_by"), hide_index=True, alt="Pinned findings, newest first",
        column_config={
            "link": st.column_config.LinkColumn("finding", display_text=r"#(.*)$", width="large"), "view": "what",
            "made_at": st.column_config.DatetimeColumn("pinned", format="YYYY-MM-DD HH:mm"), "made_by": "by",
        },
    )


st.title("Present")
st.write("Pin what should be shown, on any page. Put it into an order, write what is to be remembered, and show it full screen or take it "
         "along as a file. Every pinned number reads the same for ever, whatever is measured later.")
decks()
removed()
findings()
model_report.show()
