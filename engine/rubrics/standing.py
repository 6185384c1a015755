"""What counts now: criteria in their newest version, grades that were not taken back, and which of them are stale. Pure functions.

A criterion's *wording* is the version in which its name or text last changed: retiring it and bringing it back makes versions, but changes
no word. A grade is stale when its criterion has another wording by now than the one it was given under, and for no other reason.
"""

import polars as pl

from engine.lake.graded import WHOLE

GRADED = ("output", "criterion", "grader")
"""What there is one standing grade for."""


def worded(criteria: pl.DataFrame) -> pl.DataFrame:
    """All versions of criteria with the column `wording`: the version that brought the words this version has."""
    changed = (pl.col("text") != pl.col("text").shift().over("criterion")) | (pl.col("name") != pl.col("name").shift().over("criterion"))
    return criteria.sort("criterion", "version").with_columns(
        wording=pl.when(changed.fill_null(True)).then(pl.col("version")).forward_fill().over("criterion")
    )


def current(criteria: pl.DataFrame, *, retired: bool = False) -> pl.DataFrame:
    """The newest version of each criterion that is active (or is retired), oldest criterion first, with `wording`, `begun_at`
    and `versions` (how many).

    `criteria` is `engine.lake.criteria.history`.
    """
    newest = worded(criteria).group_by("criterion", maintain_order=True).agg(
        pl.all().last(), begun_at=pl.col("made_at").first(), versions=pl.len()
    )
    return newest.filter(pl.col("state") == ("retired" if retired else "active")).sort("begun_at", "criterion")


def kept(grades: pl.DataFrame) -> pl.DataFrame:
    """The grades that were not taken back, repeats among them, in the order they were given."""
    withdrawn = grades["withdraws"].drop_nulls().implode()
    return grades.filter(pl.col("withdraws").is_null() & ~pl.col("id").is_in(withdrawn)).sort("graded_at", "id")


def standing(grades: pl.DataFrame, criteria: pl.DataFrame) -> pl.DataFrame:
    """The newest grade of each grader on each output and criterion, as `marked` marks it; grades taken back do not count."""
    return marked(kept(grades).unique(GRADED, keep="last", maintain_order=True), criteria)


def marked(grades: pl.DataFrame, criteria: pl.DataFrame) -> pl.DataFrame:
    """Grades with three columns more: `wording` (that they were given under), `stale`, and `active` (whether the criterion is)."""
    versions = worded(criteria).select("criterion", "version", "wording", "state")
    now = versions.group_by("criterion").agg(pl.col("wording").last().alias("now"), (pl.col("state").last() == "active").alias("active"))
    told = grades.join(
        versions.select("criterion", pl.col("version").alias("criterion_version"), "wording"), on=["criterion", "criterion_version"],
        how="left", maintain_order="left",
    ).join(now, on="criterion", how="left", maintain_order="left")
    return told.with_columns(
        wording=pl.coalesce("wording", "criterion_version"), active=pl.coalesce("active", pl.col("criterion") == WHOLE),
        stale=(pl.col("now") != pl.coalesce("wording", "criterion_version")).fill_null(False),
    ).drop("now")


def changed_minds(grades: pl.DataFrame, criteria: pl.DataFrame) -> pl.DataFrame:
    """Outputs that a grader graded under two wordings of a criterion, with the newest grade under each of the last two.

    Columns: criterion, output, grader, before, after (verdicts), wording_before, wording_after, note, graded_at.
    """
    told = marked(kept(grades), criteria).unique([*GRADED, "wording"], keep="last", maintain_order=True)
    pairs = told.with_columns(
        before=pl.col("verdict").shift().over(GRADED), wording_before=pl.col("wording").shift().over(GRADED)
    ).unique(GRADED, keep="last", maintain_order=True).filter(pl.col("before").is_not_null())
    return pairs.select(
        "criterion", "output", "grader", "before", pl.col("verdict").alias("after"), "wording_before",
        pl.col("wording").alias("wording_after"), "note", "graded_at",
    )
