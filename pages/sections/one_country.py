"""The situations of one country: what was asked, what holds there, what the model said."""

import polars as pl
import streamlit as st

from engine.benchmark import Item
from engine.benchmarks.regions import written
from engine.countries import country
from pages import data, parts

SIZE = 10


def show(picked: str | None, codes: list[str], asked: parts.Regional) -> None:
    """A choice of country (the clicked one first) and its situations with norm, right answer and the model's answers."""
    code = _chosen(picked, codes)
    if not code:
        return
    place, here = country(code), data.now().situations(asked.benchmark, code)
    given = data.now().judgements(asked.model, asked.benchmark, asked.strategy, asked.judge)
    st.markdown(f"**{parts.plain(place.name)}**, {parts.plain(place.region)}: {len(here)} situations")
    first = 0
    if len(here) > SIZE:
        first = SIZE * (st.pagination(-(-len(here) // SIZE), key=f"situations-{asked.benchmark}-{code}") - 1)
    for item in here[first:first + SIZE]:
        _situation(item, given.filter(pl.col("item") == item.id), asked)


def _chosen(picked: str | None, codes: list[str]) -> str | None:
    """The country clicked or chosen last; it stands in the address.

    A click makes the choice a new widget: one whose value is set from here can be set back by a browser that has not heard of it yet.
    """
    clicks, before = st.session_state.get("clicked", (0, None))
    if picked and picked != before and picked in codes:
        clicks, st.query_params["country"] = clicks + 1, picked
        st.session_state["clicked"] = (clicks, picked)
    there = st.query_params.get("country")
    code = st.selectbox("Country", codes, index=codes.index(there) if there in codes else None, key=f"country-{clicks}",
                        placeholder="choose one, or click a tile", help="By its two-letter code, as on the tiles.")
    if code:
        st.query_params["country"] = code
    elif there:
        del st.query_params["country"]
    return code


def _situation(item: Item, mine: pl.DataFrame, asked: parts.Regional) -> None:
    told = item.content
    with st.container(border=True):
        parts.say(told["situation"].strip())
        right = int((mine["choice"] == told["label"]).sum())
        said = ", ".join(f"{row['choice'] or row['reading']} ({row['times']})" for row in _counted(mine).iter_rows(named=True))
        parts.say(f"Right: {told['label']}. {' '.join(written(item))} {told.get('reason', '')}".strip())
        read = f", as {asked.judge} reads it" if asked.judge else ""
        times = f"; right in {right} of {mine.height}" if mine.height else ""
        parts.say(f"The model, {asked.strategy}{read}: {said or 'not asked'}{times}.")
        st.caption(parts.plain(_about(item)))
        if mine.height:
            parts.turns_link("The conversations", benchmark=asked.benchmark, item=item.id, models=[asked.model], role=["subject"])


def _about(item: Item) -> str:
    """Where the norm comes from and who has checked it."""
    told = item.content
    about = "; ".join(one for one in (told.get("topic"), told.get("group"), told["kind"]) if one)
    if "reviewed" not in told:
        return f"{about}. {'Damaged as published: the text is cut.' if told.get('damaged') else 'As published.'}"
    checked = f"Checked by {told['reviewed']}." if told["reviewed"] else "Not yet checked by a person from there."
    return f"{about}. Support: {told['support']}. {checked}"


def _counted(mine: pl.DataFrame) -> pl.DataFrame:
    return mine.group_by("choice", "reading", maintain_order=True).agg(times=pl.len())
