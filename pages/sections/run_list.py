"""Every run in a table; a row leads to the run."""

from typing import Any

import polars as pl
import streamlit as st

from engine.figures.palette import SOURCES
from pages import desk, parts

ICONS = {
    "complete": "✓ complete", "running": "▶ running", "waiting": "… starting", "stopped": "■ stopped", "failed": "✗ failed",
    "interrupted": "⚠ interrupted",
}
BUSY = ("running", "waiting")
EACH_S = 5


def show() -> None:
    """The table, kept up to date while something runs."""
    every = desk.every_run()
    if not every:
        parts.nothing_yet("runs")
        return
    busy = any(row["state"] in BUSY for row in every)
    st.fragment(_table, run_every=EACH_S if busy else None)()


def _table() -> None:
    every = desk.every_run()
    rows = [_row(row) for row in every]
    counted = "One run." if len(rows) == 1 else f"{len(rows):,} runs."
    st.write(f"{counted} Choose a row to see it, stop it, go on with it, or repeat it with changes.")
    event = st.dataframe(
        pl.DataFrame(rows), hide_index=True, on_select="rerun", selection_mode="single-row", key="runs_table",
        alt="Every run, newest first", column_config={
            "done": st.column_config.ProgressColumn("done", format="percent", min_value=0.0, max_value=1.0),
            "started": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
            "cost, USD": st.column_config.NumberColumn(format="%.2f"),
            "asked of": st.column_config.TextColumn(width="medium"),
        },
    )
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(every):
        st.switch_page(parts.RUNS, query_params={"run": every[chosen[0]]["id"]})


def _row(row: dict[str, Any]) -> dict[str, Any]:
    planned, outcomes = row["planned"] or 0, ("answered", "unread", "refused", "failed")
    counts = {name: row[name] or 0 for name in outcomes}
    if row["state"] in BUSY or row["finished"] is None:
        found = desk.progress(row["id"])
        counts = {name: int(found[name].sum()) for name in outcomes}
    ended = sum(counts.values())
    return {
        "state": ICONS.get(row["state"], row["state"]), "asked of": desk.asked_of(row),
        "done": min(1.0, ended / planned) if planned else None, "conversations": planned or ended, "failed": counts["failed"],
        "cost, USD": row["cost_usd"], "source": ", ".join(SOURCES[one] for one in desk.sources(row)), "started": row["started"],
        "by": row["asked_by"],
    }
