"""The situations of one country: what was asked, what holds there, what the model said."""

import polars as pl
import streamlit as st

from engine.countries import country
from pages import data, parts


def show(picked: str | None, codes: list[str], model: str, strategy: str) -> None:
    """A choice of country (the clicked one first) and its situations with norm, right judgement and the model's answers."""
    if picked and picked in codes and st.session_state.get("picked_before") != picked:
        st.session_state["country"], st.session_state["picked_before"] = picked, picked
    code = st.selectbox("Country", codes, index=None, key="country", bind="query-params", placeholder="choose one, or click a tile",
                        help="By its two-letter code, as on the tiles.")
    if not code:
        return
    place, given = country(code), data.judgements(model, strategy)
    situations = [item for item in data.benchmark("regions").items if item.content["country"] == code]
    st.markdown(f"**{parts.plain(place.name)}**, {parts.plain(place.region)}: {len(situations)} situations")
    for item in situations:
        mine = given.filter(pl.col("item") == item.id)
        told = item.content
        with st.container(border=True):
            parts.say(told["situation"].strip())
            right = int((mine["choice"] == told["label"]).sum())
            said = ", ".join(f"{row['choice'] or row['reading']} ({row['times']})" for row in _counted(mine).iter_rows(named=True))
            parts.say(f"There: {told['label']}. {told['norm']} {told['reason']}")
            parts.say(f"The model, {strategy}: {said or 'not asked'}{f'; right in {right} of {mine.height}' if mine.height else ''}.")
            checked = f"Checked by {told['reviewed']}." if told["reviewed"] else "Not yet checked by a person from there."
            st.caption(parts.plain(f"{told['topic']}; {told['kind']}. Support: {told['support']}. {checked}"))
            if mine.height:
                parts.turns_link("The conversations", benchmark="regions", item=item.id, models=[model])


def _counted(mine: pl.DataFrame) -> pl.DataFrame:
    return mine.group_by("choice", "reading", maintain_order=True).agg(times=pl.len())
