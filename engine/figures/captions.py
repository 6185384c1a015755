"""What stands under a figure: how many trials it rests on, by which method, and how the questions ended."""

from collections.abc import Sequence

import polars as pl

from engine.metrics.coverage import ENDS

NOT_SCORED = {"ungraded": "without a judge's verdict", "unjudged": "not judged yet", "missing": "items never asked"}


def counts(frame: pl.DataFrame) -> str:
    """How many trials and independent units a set of estimates rests on, and by which method."""
    known = frame.filter(pl.col("value").is_not_null())
    if known.is_empty():
        return "No estimates."
    ranges = [(known[name].drop_nulls().min(), known[name].drop_nulls().max()) for name in ("trials", "stems", "dropped")]
    trials, stems, dropped = (f"{low}" if low == high else f"{low} to {high}" for low, high in ranges)
    method = "; ".join(known["method"].unique(maintain_order=True).to_list()[:2])
    lost = f", {dropped} dropped as unusable" if ranges[2][1] else ""
    if set(known["source"]) == {"published"}:
        return f"Published without intervals; {trials} trials each. Source: {method}."
    units = "independent unit" if stems == "1" else "independent units"
    return f"95 % intervals. {trials} trials, {stems} {units} each{lost}. Method: {method}."


def ended(covered: pl.DataFrame, models: Sequence[str]) -> str:
    """How the questions of these models on a benchmark ended (`covered`: columns of `engine.metrics.coverage.SCHEMA`); whatever is not an
    answer is named.
    """
    found = covered.filter(pl.col("model").is_in(models))
    if found.is_empty():
        return ""
    total = {column: int(found[column].fill_null(0).sum()) for column in ("questions", *ENDS, "ungraded", "unjudged", "missing")}
    told = [f"{total[end]:,} {end}" for end in ENDS if total[end] or end == "answered"]
    told += [f"{total[column]:,} {words if total[column] != 1 else words.replace('items', 'item')}" for column, words in NOT_SCORED.items()
             if total[column]]
    return f"Of {total['questions']:,} questions {', '.join(told)}."


def nothing_usable(covered: pl.DataFrame, models: Sequence[str]) -> str:
    """That a benchmark was asked and gave no number, and how its questions ended."""
    return f"No number can be told. {ended(covered, models) or 'None of these models was asked.'}".strip()
