"""Why a criterion's pass rate is another one now: rubric, judge, outputs or grader.

Each cause is estimated from pairs that differ in it alone:

- *rubric*: one grader's grades of one output under the wording before and under the one after;
- *judge*: verdicts on the same reply by the judge of before and the judge of after, both written for the same wording;
- *outputs*: the same prompt answered in the batch before and in the one after, graded by the same grader under the same wording, or judged
  by the same judge;
- *grader*: one grader's grade of an output before, and of the same output shown once more after, under the same wording.

Pairs with "not applicable" or an error on a side are left out and counted. Where there is no pair, the cause is not known; it is never 0.
Of the audit sample alone, as informative outputs were not drawn at random. A grader needs time to grade again, so that the rubric's share
holds the grader's own drift of that time: the grader's row says how much that is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import polars as pl

from engine.metrics.statistics import NOTHING, Interval
from engine.rubrics.history import History
from engine.rubrics.moments import AUDIT, Moment, Rows, at, difference, rows_of

Name = Literal["rubric", "judge", "outputs", "grader"]
By = Literal["people", "judge"]
State = Literal["known", "unchanged", "not known"]
METHOD = (
    "difference of the shares of passes over pairs that differ in this alone; paired t interval, prompts as clusters (Newcombe's where "
    "none differs)"
)
NOT_AGAIN = "no reply was judged by both; have the judge of now judge the same"
TOTAL = "difference of the two pass rates; paired t interval, prompts as clusters, those of one side too"


@dataclass(frozen=True)
class Cause:
    """What one cause has done to the pass rate, as seen `by` people's grades or the judge's verdicts."""

    name: Name
    by: By
    state: State
    effect: Interval
    """After minus before, over the pairs."""
    pairs: int
    prompts: int
    """Different prompts in the pairs: what the interval counts."""
    to_pass: int
    to_fail: int
    left_out: int
    """Pairs with "not applicable" or an error on a side."""
    told: str
    """The state in words."""
    method: str = METHOD

    @property
    def shifted(self) -> bool:
        """Whether the interval excludes no effect."""
        low, high = self.effect.low, self.effect.high
        return self.state == "known" and low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True)
class Change:
    """A criterion at two moments and what lies between them."""

    criterion: str
    before: Moment
    after: Moment
    people: Interval
    """The change of the pass rate by people's grades."""
    judged: Interval
    """The change of the pass rate by the chosen assertion."""
    causes: tuple[Cause, ...]
    """rubric, judge, outputs (by people, by the judge), grader."""
    method: str = TOTAL

    def attributed(self) -> tuple[Name, ...]:
        """The causes whose effect is not 0 as far as can be told."""
        return tuple(dict.fromkeys(cause.name for cause in self.causes if cause.shifted))


def change(history: History, criterion: str, before: datetime, after: datetime, *, sample: str | None = AUDIT) -> Change:
    """What became of a criterion's pass rate between two moments, and why (`sample=None`: by all outputs, not the audit sample alone)."""
    rows = rows_of(history.until(after), criterion, sample)
    one, other = at(rows, before), at(rows, after)
    causes = (_rubric(rows, one, other), _judge(rows, one, other), *_outputs(rows, one, other), _grader(rows, before))
    people = difference(_graded(rows.until(before), one), _graded(rows, other))
    judged = difference(_judged(rows.until(before), one), _judged(rows, other))
    return Change(criterion, one, other, people, judged, causes)


def _graded(rows: Rows, moment: Moment) -> pl.DataFrame:
    newest = rows.grades.unique(("output", "grader"), keep="last", maintain_order=True)
    return newest.filter(pl.col("wording").eq_missing(pl.lit(moment.wording)) & pl.col("batch").eq_missing(pl.lit(moment.batch)))


def _judged(rows: Rows, moment: Moment) -> pl.DataFrame:
    if moment.judge is None:
        return rows.verdicts.clear()
    told = rows.verdicts.filter(pl.col("assertion") == moment.judge.assertion)
    return told.unique("output", keep="last", maintain_order=True).filter(pl.col("batch").eq_missing(pl.lit(moment.batch)))


def _rubric(rows: Rows, before: Moment, after: Moment) -> Cause:
    if before.wording is None:
        return _unknown("rubric", "people", "the criterion was not made yet")
    if before.wording == after.wording:
        return _unknown("rubric", "people", "the criterion's words are the same", "unchanged")
    newest = rows.grades.unique(("output", "grader", "wording"), keep="last", maintain_order=True)
    one, other = (newest.filter(pl.col("wording") == moment.wording) for moment in (before, after))
    return _paired("rubric", "people", one, other, ("output", "grader"), "nobody has graded an output under both wordings")


def _judge(rows: Rows, before: Moment, after: Moment) -> Cause:
    if before.judge is None or after.judge is None:
        return _unknown("judge", "judge", "no assertion was chosen at both moments")
    earlier = rows.verdicts.filter((pl.col("assertion") == before.judge.assertion) & (pl.col("when") <= before.when))
    later = rows.verdicts.filter(pl.col("assertion") == after.judge.assertion)
    one, other = (told.unique("output", keep="last", maintain_order=True) for told in (earlier, later))
    same = ("assertion", "model", "served")
    if before.judge.assertion == after.judge.assertion and set(other.select(same).iter_rows()) <= set(one.select(same).iter_rows()):
        return _unknown("judge", "judge", "the same assertion and model", "unchanged")
    both = one.join(other, on=("output", "reply_digest"), suffix="_after")
    others = both.filter(pl.any_horizontal(pl.col(name) != pl.col(f"{name}_after") for name in same))
    if others.height and not others.filter(pl.col("wording") == pl.col("wording_after")).height:
        return _unknown("judge", "judge", "the two assertions were written for different wordings of the criterion")
    wanted = others.filter(pl.col("wording") == pl.col("wording_after"))["output"].implode()
    one, other = (told.filter(pl.col("output").is_in(wanted)) for told in (one, other))
    return _paired("judge", "judge", one, other, ("output", "reply_digest"), NOT_AGAIN)


def _outputs(rows: Rows, before: Moment, after: Moment) -> tuple[Cause, Cause]:
    found: list[Cause] = []
    graded = rows.grades.unique(("output", "grader", "wording"), keep="last", maintain_order=True)
    judged = rows.verdicts.unique(("output", "assertion", "model", "served"), keep="last", maintain_order=True)
    ways: tuple[tuple[By, pl.DataFrame, tuple[str, ...]], ...] = (
        ("people", graded, ("prompt_digest", "grader", "wording")), ("judge", judged, ("prompt_digest", "assertion", "model", "served")),
    )
    for by, told, key in ways:
        if before.batch is None or after.batch is None:
            found.append(_unknown("outputs", by, "nothing was graded or judged at both moments"))
        elif before.batch == after.batch:
            found.append(_unknown("outputs", by, "the same batch of outputs", "unchanged"))
        else:
            one, other = (_shares(told.filter(pl.col("batch") == moment.batch), key) for moment in (before, after))
            why = "no prompt was answered in both batches and " + (
                "graded by one person under one wording" if by == "people" else "judged by one judge"
            )
            found.append(_paired("outputs", by, one, other, key, why))
    return found[0], found[1]


def _grader(rows: Rows, before: datetime) -> Cause:
    key = ("output", "grader", "wording")
    earlier = rows.grades.filter(pl.col("when") <= before).unique(key, keep="last", maintain_order=True)
    later = rows.grades.filter((pl.col("when") > before) & pl.col("again")).unique(key, keep="last", maintain_order=True)
    return _paired("grader", "people", earlier, later, key, "no output graded before was shown once more since")


def _shares(rows: pl.DataFrame, key: tuple[str, ...]) -> pl.DataFrame:
    """The share of passes of each group, as one answer: a prompt with many replies counts once."""
    return rows.group_by(key, maintain_order=True).agg(pl.col("hit").mean())


def _paired(name: Name, by: By, before: pl.DataFrame, after: pl.DataFrame, key: tuple[str, ...], lacking: str) -> Cause:
    columns = list(dict.fromkeys((*key, "prompt_digest", "hit")))
    both = before.select(columns).join(after.select([*key, "hit"]), on=list(key), suffix="_after", maintain_order="left")
    pairs = both.drop_nulls(("hit", "hit_after"))
    left_out = both.height - pairs.height
    if pairs.is_empty():
        told = f"{lacking}, or one of the two is not applicable or an error" if left_out else lacking
        return _unknown(name, by, told, left_out=left_out)
    effect = difference(pairs, pairs.select("prompt_digest", pl.col("hit_after").alias("hit")))
    to_pass, to_fail = (pairs.filter(way).height for way in (pl.col("hit_after") > pl.col("hit"), pl.col("hit_after") < pl.col("hit")))
    prompts = pairs["prompt_digest"].n_unique()
    return Cause(name, by, "known", effect, pairs.height, prompts, to_pass, to_fail, left_out, f"from {pairs.height} pairs")


def _unknown(name: Name, by: By, told: str, state: State = "not known", left_out: int = 0) -> Cause:
    return Cause(name, by, state, NOTHING, 0, 0, 0, 0, left_out, f"{state}: {told}")
