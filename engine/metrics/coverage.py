"""What stands behind a model's numbers on a benchmark: how its questions ended, what judges made of it, what was never asked."""

from collections.abc import Mapping, Sequence

import polars as pl

ENDS = ("answered", "refused", "unread", "failed")
SCHEMA = {
    "model": pl.String, "source": pl.String, "questions": pl.Int64, **dict.fromkeys(ENDS, pl.Int64), "ungraded": pl.Int64,
    "unjudged": pl.Int64, "missing": pl.Int64,
}


def coverage(found: pl.DataFrame, asked: Mapping[str, int], items: int | None) -> pl.DataFrame:
    """A row for each model: model, source, questions (put to it, of those that metrics read), how many were answered, refused, unread,
    failed; ungraded and unjudged (free answers that a judge gave no usable verdict on, or has not read; over all judges), missing
    (items of the benchmark's standard design that it was never asked; null where the design is not known).

    `found`: the newest estimates on one benchmark; `asked`: how many different items each model was asked; `items`: how many there are.
    """
    ends = found.filter(pl.col("metric") == "outcome")
    judged = found.filter(pl.col("metric") == "graded")
    rows: list[dict[str, object]] = []
    for (model, source), mine in ends.group_by("model", "source", maintain_order=True):
        counted = {row["facet"]: round((row["value"] or 0.0) * row["trials"]) for row in mine.iter_rows(named=True)}
        read = judged.filter(pl.col("model") == model)
        rows.append({
            "model": model, "source": source, "questions": mine["trials"].max(), **{end: counted.get(end, 0) for end in ENDS},
            "ungraded": _counted(read, "ungraded by "), "unjudged": _counted(read, "not read yet by "),
            "missing": None if items is None else max(0, items - asked.get(str(model), 0)),
        })
    return pl.DataFrame(rows, schema=SCHEMA)


def everywhere(covered: Mapping[str, pl.DataFrame], models: Sequence[str]) -> pl.DataFrame:
    """A row for each of these models on each benchmark: benchmark, and the columns of `SCHEMA`, null where it was not run. `covered`: by
    the benchmark's title what `coverage` gives.
    """
    told = pl.concat([found.with_columns(benchmark=pl.lit(title)) for title, found in covered.items()])
    every = pl.DataFrame({"model": models}).join(pl.DataFrame({"benchmark": list(covered)}), how="cross")
    return every.join(told, on=["model", "benchmark"], how="left", maintain_order="left")


def _counted(rows: pl.DataFrame, begins: str) -> int:
    mine = rows.filter(pl.col("facet").str.starts_with(begins) & pl.col("value").is_not_null())
    return round(float((mine["value"] * mine["trials"]).sum()))
