"""Step 4: what could grade in people's place, several candidates for each criterion."""

import polars as pl
import streamlit as st

from pages import desk, parts, visitor, workbench
from pages.sections.attempted import attempt

KINDS = ("SQL check", "Judge", "Proposed by a model")


def show(rubric: str) -> None:
    """The candidates with what they said, new ones, and running them."""
    asked = workbench.criteria(rubric)
    if asked.is_empty():
        parts.say("No criteria yet, so there is nothing to check: write some in the second step.")
        return
    may = visitor.may_change()
    found = workbench.candidates(rubric)
    _running(rubric, may=may)
    for row in asked.iter_rows(named=True):
        _criterion(rubric, row, found.filter(pl.col("criterion") == row["criterion"]), may=may)


def _running(rubric: str, *, may: bool) -> None:
    sitting = workbench.sitting(rubric)
    if sitting and sitting.going:
        _watched(rubric)
        return
    if sitting and sitting.problem:
        st.error(parts.plain(sitting.problem), icon=":material/error:")
    elif sitting and sitting.told:
        parts.say(sitting.told)
    try_due = workbench.due(rubric)
    for assertion, why in try_due.refused:
        st.warning(parts.plain(f"{workbench.named(rubric, assertion)}: {why}"), icon=":material/block:")
    if not try_due.assertions:
        if workbench.candidates(rubric).height:
            parts.say("Nothing else is due." if try_due.refused else "Nothing is due: every assertion has a verdict on every output.")
        return
    cost = "at a cost that is not known" if try_due.cost_usd is None else f"for at most {desk.money(try_due.cost_usd)}"
    calls = f", {try_due.calls} calls of {', '.join(try_due.models)} {cost}" if try_due.calls else ", no calls"
    parts.say(f"Due: {try_due.sql + try_due.calls} verdicts of {try_due.assertions} assertions on {try_due.outputs} outputs "
              f"({try_due.sql} by SQL{calls}).")
    if not may:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        calls = try_due.calls
        most = int(st.number_input("Calls at most", 1, calls, calls, key=f"most-{calls}")) if calls else None
        if st.button("Run", icon=":material/play_arrow:", type="primary", help="It goes on while you grade."):
            attempt(workbench.run, rubric, None, most)
            st.rerun()


@st.fragment(run_every=1.0)
def _watched(rubric: str) -> None:
    sitting = workbench.sitting(rubric)
    if sitting is None or not sitting.going:
        st.rerun()
        return
    errors = f", {sitting.errors} of them errors" if sitting.errors else ""
    share = min(1.0, sitting.done / max(1, sitting.wanted))
    st.progress(share, f"Running: {sitting.done} of {sitting.wanted} verdicts{errors}. Go on grading.")


def _criterion(rubric: str, row: dict[str, object], mine: pl.DataFrame, *, may: bool) -> None:
    own = str(row["criterion"])
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container():
                st.markdown(f"**{parts.plain(str(row['name']))}**")
                parts.say(str(row["text"]))
            if may:
                with st.popover("New assertion", icon=":material/add:", width="content"):
                    _new(rubric, (own, int(str(row["version"]))))
        here = mine.filter(~pl.col("retired"))
        if here.is_empty():
            parts.say("No assertion yet.")
        else:
            _table(here)
        if mine.height and may:
            _change(rubric, own, mine)
        broken = here.filter(pl.col("errors") > 0)
        for one in broken.iter_rows(named=True):
            called = parts.plain(workbench.words_of(one["kind"], one["content"])[:80])
            with st.expander(f"Errors of {called} ({one['errors']})", icon=":material/error:"):
                st.dataframe(workbench.problems(rubric, one["assertion"]), hide_index=True, alt="Why it gave no verdict")


def _table(here: pl.DataFrame) -> None:
    words = [workbench.words_of(*one) for one in here.select("kind", "content").iter_rows()]
    told = here.select(
        pl.Series("assertion", words),
        pl.when("chosen").then(pl.lit("chosen by hand")).otherwise(pl.lit("")).alias("chosen"), "passed", "failed", "errors",
        pl.col("criterion_version").alias("for version"), pl.col("made_by").alias("by"),
    )
    st.dataframe(told, hide_index=True, alt="Assertions of this criterion",
                 column_config={"assertion": st.column_config.TextColumn(width="large")})


def _new(rubric: str, one: tuple[str, int]) -> None:
    kind = st.segmented_control("Kind", KINDS, default=KINDS[0], required=True, key=f"kind-{one[0]}",
                                label_visibility="collapsed")
    if kind == KINDS[0]:
        _sql(rubric, one)
        return
    model = st.selectbox("Model", desk.offered(), index=None, accept_new_options=True, key=f"model-{kind}-{one[0]}",
                         placeholder="choose, or type provider/model")
    if kind == KINDS[1]:
        ways = st.multiselect("Wordings, a candidate each", workbench.wordings(), workbench.wordings()[:1], key=f"ways-{one[0]}")
        guidance = st.text_area("More exactly (may stay empty)", max_chars=600, key=f"guidance-{one[0]}")
        if st.button("Add", icon=":material/add:", type="primary", key=f"judge-{one[0]}"):
            attempt(workbench.add_judges, rubric, one, model or "", ways, guidance, done=f"{len(ways)} judges were added.")
            st.rerun()
        return
    most = int(st.number_input("At most, of each kind", 1, 5, 3, key=f"propose-most-{one[0]}"))
    calls = workbench.calls_for_assertions()
    if st.button(f"Propose ({calls} calls)", icon=":material/lightbulb:", disabled=not model, key=f"propose-{one[0]}"):
        with st.spinner("The model is asked"):
            attempt(workbench.propose_assertions, rubric, one[0], str(model), most, done="The proposals are among the candidates.")
        st.rerun()


def _sql(rubric: str, one: tuple[str, int]) -> None:
    with st.form(f"sql-{one[0]}", border=False):
        expression = st.text_area("Passes where this is true", placeholder="length(reply) < 400 AND NOT contains(lower(reply), 'price')")
        held = ", ".join(f"{name} ({kind})" for name, kind in workbench.columns(rubric).items())
        st.caption(parts.plain(f"Columns: {held}. One DuckDB expression that is true or false; it sees one output and nothing else."))
        if st.form_submit_button("Add", icon=":material/add:", type="primary"):
            attempt(workbench.add_sql, rubric, one, expression, done="The check was added.")
            st.rerun()


def _change(rubric: str, criterion: str, mine: pl.DataFrame) -> None:
    names = {row["assertion"]: workbench.words_of(row["kind"], row["content"]) for row in mine.iter_rows(named=True)}
    retired = dict(mine.select("assertion", "retired").iter_rows())
    with st.expander("Choose by hand, or retire", icon=":material/tune:"):
        one = st.selectbox("Assertion", list(names), key=f"which-{criterion}",
                           format_func=lambda own: names[own] + (" (retired)" if retired[own] else "")) or next(iter(names))
        why = st.text_input("Why", key=f"why-{criterion}", max_chars=500)
        with st.container(horizontal=True):
            if st.button("Choose it", key=f"choose-{criterion}", icon=":material/check:", disabled=retired[one],
                         help="Else the grades choose. A card of one chosen by hand is too good if you looked at these grades."):
                attempt(workbench.choose, rubric, criterion, one, why, done="It stands for the criterion now.")
                st.rerun()
            if st.button("Let the grades choose", key=f"unchoose-{criterion}", icon=":material/undo:"):
                attempt(workbench.choose, rubric, criterion, None, why, done="The grades choose again.")
                st.rerun()
            if st.button("Put back" if retired[one] else "Retire", key=f"retire-a-{criterion}", icon=":material/archive:"):
                attempt(lambda: workbench.retire_assertion(one, retired=not retired[one]))
                st.rerun()
