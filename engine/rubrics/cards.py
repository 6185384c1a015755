"""The report card of each criterion: what can be said of its assertion, of the people who graded, and of the outputs.

Grades that stand alone count: not taken back, not stale, several graders settled by the majority. Every number is of the audit sample, the
card's held to grades that did not choose the assertion; what is listed for looking at (disagreements) says which sample it is from.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import polars as pl

from engine.checks.content import in_words
from engine.grades.agreement import Agreement, people_agreement, settled
from engine.grades.choosing import Choice, choose, predictions
from engine.grades.corrected import CorrectedRate, corrected_rate
from engine.grades.frames import AUDIT
from engine.grades.report_card import ReportCard, report_card
from engine.metrics.statistics import Interval
from engine.problems import UsageError
from engine.rubrics.history import History
from engine.rubrics.standing import current, standing

DISAGREEMENTS = {
    "output": pl.String, "people": pl.String, "assertion": pl.String, "note": pl.String, "sample": pl.String, "place": pl.Int32
}


@dataclass(frozen=True)
class Counts:
    """How much there is of what; counts of outputs but where said."""

    outputs: int
    audit: int
    """In the audit sample."""
    graded: int
    """With a grade that stands."""
    audit_graded: int
    graders: int
    """People."""
    stale: int
    """Grades that an edit has made stale."""
    split: int
    """Outputs that people do not agree on: they judge no assertion."""
    not_applicable: int
    judged: int
    """With a verdict of the chosen assertion."""
    errors: int
    """On which it ended in an error."""
    candidates: int
    """Assertions to choose from."""


@dataclass(frozen=True)
class Card:
    """One criterion as it is now."""

    criterion: str
    name: str
    text: str
    version: int
    chosen: str | None
    """The assertion that stands for it: the one a person chose last, else the one that the grades choose."""
    chosen_words: str
    by_hand: bool
    """Whether a person chose another one than the grades do: the card is then that one's own, and too good if they looked at these
    grades."""
    choice: Choice
    card: ReportCard
    people: Agreement
    corrected: CorrectedRate | None
    """The pass rate over all outputs of the rubric; `None` where nothing is judged."""
    disagreements: pl.DataFrame
    """Columns output, people, assertion (pass or fail), note, sample, place; those of the audit sample first."""
    counts: Counts
    missing: str
    """What is to be done before there is anything to say; empty where there is."""


def cards(history: History) -> list[Card]:
    """The cards of all active criteria, oldest criterion first."""
    return [_card(history, row) for row in current(history.criteria).iter_rows(named=True)]


def card_of(history: History, criterion: str) -> Card:
    """The card of one criterion, a retired one too. Raises `UsageError` where there is none."""
    for retired in (False, True):
        found = current(history.criteria, retired=retired).filter(pl.col("criterion") == criterion)
        if found.height:
            return _card(history, found.row(0, named=True))
    raise UsageError(f"criterion '{criterion}' is not in this rubric; reload it")


def grades_of(history: History, criterion: str) -> pl.DataFrame:
    """The grades that stand under one criterion, stale ones too: output, grader, grade, note, stale, sample."""
    told = standing(history.grades.filter(pl.col("criterion") == criterion), history.criteria)
    samples = history.outputs.select(pl.col("id").alias("output"), "sample", "place")
    return told.select("output", "grader", pl.col("verdict").alias("grade"), "note", "stale").join(samples, on="output", how="inner")


def outcomes_of(history: History, criterion: str) -> pl.DataFrame:
    """The newest verdicts of a criterion's assertions on replies as they are now, retired assertions' too: output, assertion, outcome."""
    own = history.assertions.filter(pl.col("criterion") == criterion)["assertion"].unique().implode()
    now = history.outputs.select(pl.col("id").alias("output"), "reply_digest")
    told = history.verdicts.filter(pl.col("assertion").is_in(own)).join(now, on=["output", "reply_digest"], how="semi")
    return told.sort("judged_at", maintain_order=True).unique(("assertion", "output"), keep="last", maintain_order=True).select(
        "output", "assertion", "outcome"
    )


def own_card(history: History, criterion: str, assertion: str) -> ReportCard:
    """One assertion held to the audit sample's grades, whoever chose it."""
    fresh = grades_of(history, criterion).filter(~pl.col("stale") & (pl.col("sample") == AUDIT))
    judged = outcomes_of(history, criterion).filter(pl.col("assertion") == assertion)
    return report_card(_agreed(fresh).select("output", "grade"), judged.select("output", "outcome"))


def chosen_by_person(history: History, criterion: str) -> str | None:
    """The assertion that a person chose last, where it is not retired."""
    told = history.choices.filter(pl.col("criterion") == criterion).sort("made_at", maintain_order=True)
    last = told["assertion"][-1] if told.height else None
    return last if last in _in_force(history, criterion) else None


def _card(history: History, row: Mapping[str, Any]) -> Card:
    criterion: str = row["criterion"]
    grades = grades_of(history, criterion)
    fresh = grades.filter(~pl.col("stale"))
    agreed = _agreed(fresh)
    contents = _in_force(history, criterion)
    outcomes = outcomes_of(history, criterion).filter(pl.col("assertion").is_in(list(contents)))
    choice = choose(agreed, outcomes)
    told = chosen_by_person(history, criterion)
    chosen, by_hand = told or choice.chosen, told is not None and told != choice.chosen
    mine = outcomes.filter(pl.col("assertion") == chosen) if chosen else outcomes.clear()
    audit = agreed.filter(pl.col("sample") == AUDIT).select("output", "grade")
    report = report_card(audit, mine.select("output", "outcome")) if by_hand else choice.card
    predicted = _predicted(mine) if by_hand else predictions(choice, outcomes)
    counts = Counts(
        history.outputs.height, int((history.outputs["sample"] == AUDIT).sum()), fresh["output"].n_unique(), audit.height,
        fresh["grader"].n_unique(), int(grades["stale"].sum()), fresh["output"].n_unique() - agreed.height,
        int((agreed["grade"] == "na").sum()), mine.height, int((mine["outcome"] == "error").sum()), len(contents),
    )
    seen = fresh.filter(pl.col("sample") == AUDIT).select("output", "grader", "grade")
    return Card(
        criterion, row["name"], row["text"], row["version"], chosen, contents.get(chosen, "") if chosen else "", by_hand, choice, report,
        people_agreement(seen), corrected_rate(audit, predicted) if predicted.height else None, _disagreements(fresh, agreed, mine), counts,
        _missing(counts, report, chosen),
    )


def _agreed(fresh: pl.DataFrame) -> pl.DataFrame:
    """One grade per output: output, grade, sample; without outputs that people are split on."""
    told = settled(fresh.select("output", "grader", "grade")).filter(pl.col("grade").is_not_null())
    samples = fresh.select("output", "sample").unique()
    return told.select("output", "grade").join(samples, on="output", how="left", maintain_order="left")


def _in_force(history: History, criterion: str) -> dict[str, str]:
    """The assertions that are not retired, in words."""
    newest = history.assertions.filter(pl.col("criterion") == criterion).sort("version", maintain_order=True).unique(
        "assertion", keep="last", maintain_order=True
    )
    return {
        row["assertion"]: in_words(row["kind"], json.loads(row["content"])) for row in newest.iter_rows(named=True) if not row["retired"]
    }


def _predicted(mine: pl.DataFrame) -> pl.DataFrame:
    verdict = pl.col("outcome").replace_strict({"pass": 1.0, "fail": 0.0}, default=None, return_dtype=pl.Float64)
    return mine.select("output", verdict.alias("predicted"))


def _disagreements(fresh: pl.DataFrame, agreed: pl.DataFrame, mine: pl.DataFrame) -> pl.DataFrame:
    notes = fresh.filter(pl.col("note") != "").group_by("output").agg(pl.col("note").sort().str.join("; "))
    places = fresh.select("output", "place").unique()
    both = agreed.join(mine.select("output", pl.col("outcome").alias("assertion")), on="output", how="inner")
    both = both.filter((pl.col("grade") != "na") & (pl.col("assertion") != "error") & (pl.col("grade") != pl.col("assertion")))
    told = both.join(notes, on="output", how="left").join(places, on="output", how="left").with_columns(
        people=pl.col("grade"), note=pl.col("note").fill_null("")
    )
    return told.sort("sample", "place", "output").select(pl.col(name).cast(kind) for name, kind in DISAGREEMENTS.items())


def _missing(counts: Counts, report: ReportCard, chosen: str | None) -> str:
    if not counts.outputs:
        return "There are no outputs yet; take some from a run or a file."
    if not counts.graded:
        again = f" ({counts.stale} grades are stale since the criterion was edited)" if counts.stale else ""
        return f"Nobody has graded an output under this criterion as it reads now{again}; grade some."
    if not counts.candidates:
        return "There is no assertion to hold to the grades yet; write one or have some proposed."
    if not counts.audit_graded:
        return "No output of the audit sample is graded yet, and numbers come from no other; go on grading."
    if chosen is None:
        return "No assertion has a verdict on a graded output yet; run them."
    if not report.compared:
        return "No graded output of the audit sample has a verdict yet; run the assertions, or go on grading."
    lacks = [what for what, count in (("passed", report.cells.passed), ("failed", report.cells.failed)) if not count]
    if lacks:
        return f"People have {lacks[0]} no output of the audit sample that has a verdict: alignment is not computable; grade more."
    return ""


def numbers(card: Card) -> dict[str, Any]:
    """A card as plain data, for JSON and for the document that is exported; what cannot be computed is null."""
    corrected = card.corrected
    return {
        "criterion": card.criterion, "name": card.name, "text": card.text, "version": card.version, "chosen": card.chosen,
        "assertion": card.chosen_words, "chosen_by_hand": card.by_hand, "missing": card.missing, "counts": asdict(card.counts),
        "steady": card.choice.steady, "card": _plain(card.card),
        "people": {name: told for name, told in _plain(card.people).items() if name not in ("shares", "disagreements")},
        "corrected": None if corrected is None else {
            **{name: _plain(getattr(corrected, name)) for name in ("method", "naive", "people")},
            "rate": _plain(corrected.shown.rate), "why": corrected.shown.why,
            **{name: getattr(corrected, name) for name in ("graded", "ungraded", "errors", "not_applicable")},
        },
        "disagreements": card.disagreements.height,
    }


def _plain(told: Any) -> Any:
    if isinstance(told, Interval):
        return {"value": told.value, "low": told.low, "high": told.high}
    if hasattr(told, "__dataclass_fields__"):
        return {one.name: _plain(getattr(told, one.name)) for one in fields(told) if not isinstance(getattr(told, one.name), pl.DataFrame)}
    return told
