"""Free answers as a judge reads them: who judged, how far judges agree, and what the answers state."""

import polars as pl
import streamlit as st

from engine.figures.captions import counts
from engine.metrics.free_answers import agreement_with, judges_of
from pages import parts

KINDS = {"judge_agreement": "says the same", "judge_kappa": "kappa"}
MEASURES = {
    "coverage": "norms on record that it states", "faithfulness": "norms it states that are on record",
    "factuality": "norms it states that hold",
}


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
        st.warning("No second judge has read these answers, so nobody knows how far this one can be relied on; its scores are held back.",
                   icon=":material/balance:")
        st.code(f"{again}NAME_OF_ANOTHER_MODEL", language="bash", wrap_lines=True)
        return None
    agreement(found, judge)
    return judge


def agreement(found: pl.DataFrame, judge: str) -> None:
    """How often every other judge says the same."""
    rows = []
    for other, told in agreement_with(found, judge).items():
        rows.append({"other judge": other, **{
            f"{what}: {KINDS[metric]}": parts.interval(row, percent=metric == "judge_agreement") for (metric, what), row in told.items()
        }})
    st.dataframe(pl.DataFrame(rows), hide_index=True, alt="How often judges agree")
    st.caption("Kappa is agreement beyond chance: 0 is chance, 1 is full agreement. No person has graded these answers yet.")


def stated(found: pl.DataFrame, names: list[str]) -> None:
    """Coverage, faithfulness and factuality of each strategy."""
    st.subheader("Which norms do the answers state?")
    rows = []
    for name in names:
        mine = {row["metric"]: row for row in found.filter(pl.col("facet") == name).iter_rows(named=True)}
        rows.append({"strategy": name, **{label: parts.interval(mine.get(metric), percent=True) for metric, label in MEASURES.items()}})
    parts.say("Coverage, faithfulness and factuality in SafeWorld's words. With the norm given the same judge shows how high they can get.")
    st.dataframe(pl.DataFrame(rows), hide_index=True, alt="Norms stated in free answers")
    measures = found.filter(pl.col("metric").is_in(list(MEASURES)) & ~pl.col("facet").str.contains("@ country"))
    st.caption(parts.plain(counts(measures)))
    parts.numbers(measures, "norms-stated", percent=True)


def _value(found: pl.DataFrame, metric: str, facet: str) -> str:
    rows = found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).to_dicts()
    return parts.interval(rows[0] if rows else None, percent=True)
