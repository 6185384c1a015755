"""Metrics of the decisions: which of two opposed values is followed, how strongly, how steadily."""

from typing import Any

import polars as pl

from engine.circle import BROAD
from engine.metrics.counts import Counts, counted, fields
from engine.metrics.dilemmas import self_agreement
from engine.metrics.evidence import joined, rests_on
from engine.metrics.frame import outcomes, row, share, table
from engine.metrics.statistics import mean_interval

LENT = ("domain", "axis", "first", "second")
"""What a vignette's content lends its turns: domain and axis, and the values that its two options serve."""


def trials_of(turns: pl.DataFrame) -> pl.DataFrame:
    """One row a trial: trial, stem, condition, order, domain, axis, one and other (the values offered), `first` (the value chosen, or
    null), strength.
    """
    trials = turns.group_by("trial", "run", maintain_order=True).agg(
        pl.col("stem", "condition", "domain", "axis").first(), one=pl.col("first").first(), other=pl.col("second").first(),
        chosen=pl.col("choice").filter(pl.col("turn") == 0).first(), strength=pl.col("number").filter(pl.col("turn") == 1).first(),
    )
    return fields(trials.rename({"chosen": "first"}), "order")


def counts_of(trials: pl.DataFrame) -> Counts:
    """The trials counted by vignette, axis and domain: `read` (those with a decision), `for_one` (decided for the first value), `at_top`
    (for the option shown first), and for each broad value `offered VALUE` and `took VALUE`.
    """
    first, one, other = pl.col("first"), pl.col("one"), pl.col("other")
    read = first.is_not_null()
    return counted(trials, ["axis", "domain"], {
        "read": read, "for_one": first == one,
        "at_top": first == pl.when(pl.col("order") == "first").then(one).otherwise(other),
        **{f"offered {value}": read & ((one == value) | (other == value)) for value in BROAD},
        **{f"took {value}": first == value for value in BROAD},
    })


def estimates(turns: pl.DataFrame) -> pl.DataFrame:
    """All estimates of one model; `turns` as `engine.lake.turns.for_metrics` gives them, with what items lend (`LENT`)."""
    trials = trials_of(turns)
    counts, lost = counts_of(trials), trials["first"].null_count()
    rows = [share("chosen", axis, some, "for_one", "read", dropped=lost) for axis, some in sorted(counts.each("axis").items())]
    rows += [share("chosen", f"{axis} @ {domain}", some, "for_one", "read")
             for axis, every in sorted(counts.each("axis").items()) for domain, some in sorted(every.each("domain").items())]
    rows += [share("chosen_value", value, counts, f"took {value}", f"offered {value}", dropped=lost) for value in BROAD]
    rows += [share("position_effect", "first", counts, "at_top", "read", dropped=lost), strength(trials), *self_agreement(trials)]
    return table([*rows, *outcomes(turns)])


def strength(trials: pl.DataFrame) -> dict[str, Any]:
    """How strongly choices are recommended, 1 to 5: the mean over vignettes of their mean."""
    rated = trials.drop_nulls("strength")
    means = rated.group_by("stem").agg(pl.col("strength").mean()).sort("stem")["strength"].to_numpy()
    return row("strength", "all", mean_interval(means), trials=rated.height, stems=len(means), dropped=trials.height - rated.height,
               method="mean over vignettes of the mean strength, 1 to 5; t interval")


def evidence(turns: pl.DataFrame) -> pl.DataFrame:
    """What shares of decisions rest on, vignette by vignette (see `engine.metrics.evidence`)."""
    by_axis = counts_of(trials_of(turns)).each("axis")
    return joined(rests_on("chosen", axis, (1.0, some, "for_one", "read")) for axis, some in sorted(by_axis.items()))
