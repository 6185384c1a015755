"""What a criterion's pass rate was at a moment: as people graded it, and as the chosen assertion judged it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from engine.metrics.statistics import NOTHING, Interval, clustered_share, paired_difference
from engine.rubrics.history import History
from engine.rubrics.standing import kept, marked, worded

AUDIT = "audit"
METHOD = (
    "share of passes among passes and failures, audit sample, newest batch; Wilson's interval at the effective number of answers, "
    "prompts as clusters"
)


@dataclass(frozen=True)
class Judge:
    """Who gives an assertion's verdicts."""

    assertion: str
    models: tuple[tuple[str, str], ...]
    """The models asked and those that answered."""


@dataclass(frozen=True)
class Moment:
    """A criterion at one time. Rates are of the newest batch of outputs that had been graded or judged by then."""

    when: datetime
    version: int | None
    """`None` where the criterion was not made yet."""
    wording: int | None
    batch: str | None
    judge: Judge | None
    people: Interval
    """The pass rate by grades that are not stale."""
    grades: int
    graders: int
    judged: Interval
    """The pass rate by the chosen assertion, not corrected."""
    verdicts: int
    errors: int
    """Outputs on which the assertion gave no verdict; they are in no rate."""
    method: str = METHOD


@dataclass(frozen=True)
class Rows:
    """One criterion's rows up to a moment, ready for pairing. `hit` is 1 for a pass, 0 for a failure, empty otherwise."""

    grades: pl.DataFrame
    """Kept grades: output, grader, wording, again, hit, when, batch, prompt_digest."""
    verdicts: pl.DataFrame
    """assertion, model, served, output, reply_digest, hit, when, batch, prompt_digest, wording (that the assertion was written for)."""
    versions: pl.DataFrame
    """version, wording, made_at."""
    choices: pl.DataFrame

    def until(self, when: datetime) -> "Rows":
        """Those of this moment."""
        return Rows(
            self.grades.filter(pl.col("when") <= when), self.verdicts.filter(pl.col("when") <= when),
            self.versions.filter(pl.col("made_at") <= when), self.choices.filter(pl.col("made_at") <= when),
        )


def rows_of(history: History, criterion: str, sample: str | None = AUDIT) -> Rows:
    """The rows of one criterion; of one sample of outputs, unless `None`. Grades taken back within the history are gone."""
    outputs = history.outputs if sample is None else history.outputs.filter(pl.col("sample") == sample)
    keys = outputs.select(pl.col("id").alias("output"), "batch", "prompt_digest", "place")
    versions = worded(history.criteria.filter(pl.col("criterion") == criterion)).select("version", "wording", "made_at")
    grades = marked(kept(history.grades.filter(pl.col("criterion") == criterion)), history.criteria)
    grades = grades.join(keys, on="output", maintain_order="left").select(
        "output", "grader", "wording", "again", _hit("verdict"), pl.col("graded_at").alias("when"), "batch", "prompt_digest", "place"
    )
    written = history.assertions.filter(pl.col("criterion") == criterion).unique("assertion", keep="first", maintain_order=True)
    written = written.select("assertion", pl.col("criterion_version").alias("version")).join(
        versions.select("version", "wording"), on="version", how="left"
    ).select("assertion", "wording")
    verdicts = history.verdicts.join(written, on="assertion", maintain_order="left").join(keys, on="output", maintain_order="left").select(
        "assertion", pl.col("model").fill_null(""), pl.col("served").fill_null(""), "output", "reply_digest", _hit("outcome"),
        pl.col("judged_at").alias("when"), "batch", "prompt_digest", "place", "wording",
    ).sort("when", maintain_order=True)
    return Rows(grades, verdicts, versions, history.choices.filter(pl.col("criterion") == criterion).sort("made_at"))


def at(rows: Rows, when: datetime) -> Moment:
    """The criterion at a moment."""
    rows = rows.until(when)
    newest = rows.versions.sort("version").tail(1)
    version, wording = newest.select("version", "wording").row(0) if newest.height else (None, None)
    chosen = rows.choices["assertion"][-1] if rows.choices.height else None
    judged = rows.verdicts.filter(pl.col("assertion") == chosen).unique("output", keep="last", maintain_order=True) if chosen else (
        rows.verdicts.clear()
    )
    newest_grades = rows.grades.unique(("output", "grader"), keep="last", maintain_order=True)
    grades = newest_grades.filter(pl.col("wording").eq_missing(pl.lit(wording)))
    seen = pl.concat([grades.select("batch", "place"), judged.select("batch", "place")]).sort("place").tail(1)
    batch = seen["batch"][0] if seen.height else None
    grades, judged = (frame.filter(pl.col("batch").eq_missing(pl.lit(batch))) for frame in (grades, judged))
    judge = Judge(chosen, tuple(sorted(set(judged.select("model", "served").iter_rows())))) if chosen else None
    return Moment(
        when, version, wording, batch, judge, rate(grades), grades["hit"].count(), grades["grader"].n_unique(), rate(judged),
        judged["hit"].count(), judged["hit"].null_count(),
    )


def rate(rows: pl.DataFrame) -> Interval:
    """The share of passes (`hit`), prompts as clusters."""
    told = _clusters(rows)
    return clustered_share(told["hits"].to_numpy(), told["size"].to_numpy()) if told.height else NOTHING


def difference(before: pl.DataFrame, after: pl.DataFrame) -> Interval:
    """The share of passes after, minus that before; prompts as clusters, those of one side only too."""
    both = _clusters(before).join(_clusters(after), on="prompt_digest", how="full", coalesce=True, suffix="_after").sort("prompt_digest")
    one, other = (
        tuple(both[name + suffix].fill_null(0).to_numpy().astype(np.float64) for name in ("hits", "size")) for suffix in ("_after", "")
    )
    return paired_difference((one[0], one[1]), (other[0], other[1])) if both.height else NOTHING


def _clusters(rows: pl.DataFrame) -> pl.DataFrame:
    told = rows.filter(pl.col("hit").is_not_null())
    return told.group_by("prompt_digest").agg(hits=pl.col("hit").sum(), size=pl.len().cast(pl.Float64)).sort("prompt_digest")


def _hit(column: str) -> pl.Expr:
    return pl.col(column).replace_strict({"pass": 1.0, "fail": 0.0}, default=None, return_dtype=pl.Float64).alias("hit")
