"""Step 5: how far people agree, and how far the chosen assertion agrees with people."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from engine.figures.palette import value_text
from engine.metrics.statistics import Interval
from engine.rubrics.cards import Card
from pages import parts, visitor, workbench
from pages.sections import attached
from pages.sections.attempted import attempt

MEASURE = {"measure": st.column_config.TextColumn(width="medium"), "value": st.column_config.TextColumn("value (95 % interval)"),
           "of": st.column_config.TextColumn("counts", width="large")}


def show(rubric: str) -> None:
    """A card for each criterion; people first."""
    found = workbench.report_cards(rubric)
    if not found:
        parts.say("No criteria yet: write some in the second step.")
        return
    st.subheader("Do people agree?")
    _people(found)
    st.subheader("Does the assertion agree with people?")
    for one in found:
        with st.container(border=True):
            _card(rubric, one)
    st.caption("95 % intervals. Only audit outputs count. Each is judged by the assertion that the other folds' grades chose, so that no "
               "grade reports on a choice it made. Rates: Wilson; alignment, MCC and kappa: draws from the posteriors of coverage, "
               "false failures and the share passed; agreement of people: outputs drawn again.")


def _people(found: Sequence[Card]) -> None:
    rows = [
        {"criterion": one.name, "graders": one.people.graders, "outputs graded by two or more": one.people.outputs,
         "raw agreement": told(one.people.raw, percent=True), "Cohen's kappa": told(one.people.cohen),
         "Krippendorff's alpha": told(one.people.alpha)}
        for one in found
    ]
    st.dataframe(rows, hide_index=True, alt="Agreement between people by criterion")
    divided = [(one, one.people.disagreements) for one in found if one.people.disagreements.height]
    if divided:
        with st.expander("Outputs that people disagree on", icon=":material/groups:"):
            for one, frame in divided:
                st.markdown(f"**{parts.plain(one.name)}** ({frame.height})")
                st.dataframe(frame.with_columns(pl.col("pass", "fail", "na").list.join(", ")), hide_index=True,
                             alt=f"Who gave which verdict on {one.name}", column_config={"na": "not applicable"})


def told(one: Interval, *, percent: bool = False) -> str:
    """A number with its interval, or that there is none."""
    return value_text(dict(one._asdict()), percent=percent)


def _card(rubric: str, one: Card) -> None:
    st.markdown(f"**{parts.plain(one.name)}** &ensp; :gray[version {one.version}]")
    parts.say(one.text)
    if one.chosen:
        by = "chosen by hand; what follows is too good if these grades were looked at" if one.by_hand else "chosen by the grades"
        parts.say(f"Assertion: {one.chosen_words} ({by}).")
    if one.chosen and not workbench.settled(rubric, one.criterion) and visitor.may_change():
        st.button("Let it stand", key=f"stand-{one.criterion}", icon=":material/check:", type="tertiary", on_click=_stand,
                  args=(rubric, one.criterion, one.chosen),
                  help="From now on this assertion stands for the criterion, and its numbers are followed under Drift.")
    if one.missing:
        st.info(parts.plain(one.missing), icon=":material/hourglass_empty:")
    if one.chosen is None:
        return
    left, right = st.columns([2, 3], gap="large")
    with left:
        _matrix(one)
    with right:
        st.dataframe(_measures(one), hide_index=True, alt=f"Numbers of the report card of {one.name}", column_config=MEASURE)
    _rates(one)
    if one.disagreements.height:
        _disagreements(rubric, one)
    attached.attach(rubric, one)


def _stand(rubric: str, criterion: str, assertion: str) -> None:
    attempt(workbench.choose, rubric, criterion, assertion, "chosen by the grades")


def _matrix(one: Card) -> None:
    cells = one.card.cells
    st.dataframe(
        [{"people": "pass", "assertion: pass": cells.passed_passed, "assertion: fail": cells.passed_failed},
         {"people": "fail", "assertion: pass": cells.failed_passed, "assertion: fail": cells.failed_failed}],
        hide_index=True, alt="Confusion matrix, counts of audit outputs",
    )
    card = one.card
    left = ", ".join(f"{count} {what}" for count, what in (
        (card.errors, "errors of the assertion"), (card.not_applicable, "not applicable"), (card.unjudged, "graded and not judged yet"),
        (one.counts.split, "on which people are split"),
    ) if count)
    st.caption(f"{card.compared} audit outputs with a grade and a verdict." + (f" Left out: {left}." if left else ""))


def _measures(one: Card) -> list[dict[str, str]]:
    card, cells = one.card, one.card.cells
    both = f"{cells.failed} failed and {cells.passed} passed by people"
    rows: list[tuple[str, Interval, bool, str]] = [
        ("coverage (TNR)", card.coverage, True, f"{cells.failed_failed} of {cells.failed} that people failed"),
        ("false failures", card.false_failures, True, f"{cells.passed_failed} of {cells.passed} that people passed"),
        ("TPR", card.tpr, True, f"{cells.passed_passed} of {cells.passed} that people passed"),
        ("alignment", card.alignment, True, both), ("MCC", card.mcc, False, both), ("Cohen's kappa", card.kappa, False, both),
    ]
    return [{"measure": name, "value": told(value, percent=percent), "of": of} for name, value, percent, of in rows]


def _rates(one: Card) -> None:
    rate = one.corrected
    if rate is None:
        return
    way = "Rogan and Gladen, interval of Lee et al." if rate.method == "rogan_gladen" else "prediction-powered"
    with st.container(horizontal=True):
        for label, value, how in (
            ("Passes by the assertion, not corrected", rate.naive, "Wilson"), ("Passes, corrected", rate.shown.rate, way),
            ("Passes by people, audit sample", rate.people, "Wilson"),
        ):
            with st.container(width="stretch"):
                st.caption(label)
                st.markdown(f"**{told(value, percent=True)}**")
                st.caption(how)
    st.caption(parts.plain(f"Of {rate.graded} graded and {rate.ungraded} other outputs; {rate.errors} errors, {rate.not_applicable} not "
                           f"applicable.{' ' + rate.shown.why + '.' if rate.shown.why else ''}"))


def _disagreements(rubric: str, one: Card) -> None:
    with st.expander(f"Where assertion and people disagree ({one.disagreements.height})", icon=":material/compare_arrows:"):
        words = workbench.texts(rubric, one.disagreements["output"].to_list())
        rows: list[dict[str, Any]] = [
            {"people": row["people"], "assertion": row["assertion"], "note": row["note"], "sample": row["sample"],
             "reply": words.get(row["output"], {}).get("reply", "")[:600], "prompt": words.get(row["output"], {}).get("prompt", "")[:300]}
            for row in one.disagreements.iter_rows(named=True)
        ]
        st.dataframe(rows, hide_index=True, alt=f"Disagreements on {one.name}",
                     column_config={"reply": st.column_config.TextColumn(width="large")})
