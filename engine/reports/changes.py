"""What would change in a finding's numbers if it were moved to a later snapshot."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from engine.figures.exhibit import Exhibit
from engine.figures.palette import value_text

KEYS = ("model", "benchmark", "metric", "facet")
NO_KEYS = ("trials", "stems", "dropped", "n", "method", "value", "low", "high")
"""Counts and methods change with the numbers; they do not say which number it is."""
ENDS = ("", "_low", "_high")


def changes(before: Exhibit, after: Exhibit) -> pl.DataFrame:
    """The numbers of two exhibits side by side, one row each.

    Numbers are the same one where model, benchmark, metric and facet are the same; where a table has none of these, or they do not tell
    its rows apart, all its columns that are neither fractions nor counts. Columns: these keys, `number` (the column it stood in), `before`,
    `before_low`, `before_high`, `after`, `after_low`, `after_high`, `what`: `same`, `changed`, `new`, `gone`.
    """
    old, new = _plain(before), _plain(after)
    keys = _keys(old, new)
    sides = [_long(frame, keys, side) for frame, side in ((old, "before"), (new, "after"))]
    by = [*keys, "number", "place"]
    joined = sides[0].join(sides[1], on=by, how="full", coalesce=True, nulls_equal=True, maintain_order="left_right")
    differ = pl.any_horizontal(pl.col(f"before{end}").ne_missing(pl.col(f"after{end}")) for end in ENDS)
    what = (
        pl.when(pl.col("in_before").is_null()).then(pl.lit("new")).when(pl.col("in_after").is_null()).then(pl.lit("gone"))
        .when(differ).then(pl.lit("changed")).otherwise(pl.lit("same"))
    )
    return joined.with_columns(what=what).drop("place", "in_before", "in_after")


def change_words(found: pl.DataFrame, *, percent: bool = False) -> str:
    """What `changes` found, in a sentence. `percent`: values are shares."""
    counts = {what: found.filter(pl.col("what") == what).height for what in ("changed", "new", "gone")}
    if not any(counts.values()):
        return "No number would change." if found.height else "There are no numbers, neither before nor after."
    shared = found.filter(pl.col("what").is_in(["same", "changed"])).height
    said = [f"{counts['changed']} of {shared} numbers would change{_largest(found, percent)}" if shared else ""]
    said += [f"{counts[what]} would be {what}" for what in ("new", "gone") if counts[what]]
    return "; ".join(part for part in said if part) + "."


def _largest(found: pl.DataFrame, percent: bool) -> str:
    changed = found.filter(pl.col("what") == "changed").with_columns(step=(pl.col("after") - pl.col("before")).abs())
    if changed.is_empty():
        return ""
    moved = changed.filter(pl.col("step") > 0).sort("step", descending=True, maintain_order=True)
    appeared = changed.filter(pl.col("before").is_null() != pl.col("after").is_null())
    if moved.is_empty() and appeared.is_empty():
        return ", in their intervals only"
    row = (moved if moved.height else appeared).row(0, named=True)
    keys = [name for name in found.columns[: found.columns.index("number")] if name != "benchmark"]
    named = ", ".join(str(row[name]) for name in keys if row[name] not in (None, "")) or row["number"]
    was, will = (value_text(_side(row, side), percent=percent and row["number"] == "value") for side in ("before", "after"))
    return f", the largest: {named} from {was} to {will}"


def _side(row: Mapping[str, Any], side: str) -> dict[str, Any]:
    return {"value": row[side], "low": row[f"{side}_low"], "high": row[f"{side}_high"]}


def _plain(exhibit: Exhibit) -> pl.DataFrame:
    """The numbers as they are after being kept, so that a fresh exhibit and a kept one have columns of the same types."""
    return Exhibit.thawed(replace(exhibit, figure=None, chart=None, table=None).frozen()).numbers


def _keys(old: pl.DataFrame, new: pl.DataFrame) -> list[str]:
    both = [name for name in old.columns if name in new.columns]
    if not old.columns or not new.columns:  # one of them is empty: the other's columns name its numbers
        both = old.columns or new.columns
    schema = {**old.schema, **new.schema}
    named = [name for name in KEYS if name in both]
    if named and not any(frame.columns and frame.select(named).is_duplicated().any() for frame in (old, new)):
        return named
    return [name for name in both if not schema[name].is_float() and name not in NO_KEYS]


def _long(frame: pl.DataFrame, keys: list[str], side: str) -> pl.DataFrame:
    """One row a number: keys, number, place (which of several with the same keys), the side's value and interval, and that it is there."""
    parts = [_part(frame, keys, name, side, ends=place == 0) for place, name in enumerate(_numbers(frame))]
    return pl.concat(parts, how="diagonal_relaxed").with_columns(place=pl.int_range(pl.len()).over([*keys, "number"]))


def _numbers(frame: pl.DataFrame) -> list[str]:
    """The columns that are numbers; the first is the one that `low` and `high` belong to."""
    floats = [name for name, kind in frame.schema.items() if name not in ("low", "high") and (kind.is_float() or name == "value")]
    return sorted(floats, key=lambda name: name != "value") or [""]


def _part(frame: pl.DataFrame, keys: list[str], name: str, side: str, *, ends: bool) -> pl.DataFrame:
    taken = (name, *(("low", "high") if ends else ("", "")))
    told = {f"{side}{end}": _number(frame, column) for end, column in zip(ENDS, taken, strict=True)}
    chosen = [(pl.col(key) if key in frame.columns else pl.lit(None)).cast(pl.String).alias(key) for key in keys]
    return frame.select(*chosen, number=pl.lit(name), **told, **{f"in_{side}": pl.lit(True)}).head(frame.height)


def _number(frame: pl.DataFrame, column: str) -> pl.Expr:
    if column not in frame.columns:
        return pl.lit(None, dtype=pl.Float64)
    number = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)
