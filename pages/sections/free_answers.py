"""Free answers as a judge reads them: who judged, and how far judges agree."""

import polars as pl
import streamlit as st

from engine.metrics.free_answers import judges_of
from engine.views import regions as views
from pages import data, parts


def choose_judge(found: pl.DataFrame, benchmark: str) -> str | None:
    """Let the visitor choose a judge, and say how far it can be relied on. Without a second judge there is nothing to show."""
    known = judges_of(found)
    again = f"python -m engine run --model {found['model'][0]} --benchmark {benchmark} --condition answer=open --judge "
    if not known:
        with st.container(border=True):
            st.subheader("No free answers have been judged yet")
            st.write("A judge is another model that says what a free answer amounts to and which norms it states. Two are needed: what one "
                     "says is not shown without how often another agrees.")
            st.code(f"{again}openai/gpt-4o --judge anthropic/claude-sonnet-4-5", language="bash", wrap_lines=True)
        return None
    judge = st.selectbox("Judge", known, key="judge", bind="query-params", help="The model that read the free answers.") or known[0]
    read = {end: _value(found, "graded", f"{end} by {judge}") for end in ("graded", "ungraded", "not read yet")}
    parts.say(f"{judge} graded {read['graded']} of the free answers; of {read['ungraded']} it said nothing that could be read, and "
              f"{read['not read yet']} it has not read yet.")
    if len(known) < 2:
        st.warning(views.HELD_BACK, icon=":material/balance:")
        st.code(f"{again}NAME_OF_ANOTHER_MODEL", language="bash", wrap_lines=True)
        return None
    parts.exhibit(views.judges_agree(data.now(), benchmark=benchmark, model=found["model"][0], judge=judge), say_so=False)
    return judge


def _value(found: pl.DataFrame, metric: str, facet: str) -> str:
    rows = found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).to_dicts()
    return parts.interval(rows[0] if rows else None, percent=True)
