"""Two sides on one benchmark: every metric, the stems on which they differ most, and which answers changed.

A side is a model, one of a model's dates, or one level of a condition under which a model was asked: `label` and `model`, and `run` or
`field` and `level`.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from engine.benchmarks import benchmark as benchmark_of
from engine.figures.exhibit import Exhibit
from engine.figures.palette import value_text
from engine.figures.sentences import VERDICTS, share
from engine.metrics.compare import FEWEST
from engine.metrics.resampling import sign_flip
from engine.metrics.sides import Side
from engine.results import Results
from engine.views.view import view

MOST = 12
"""So many stems are shown."""
MODELS, DATES, CONDITIONS = "two models", "two dates of a model", "two conditions of a model"
Told = Mapping[str, str | None]


def told(side: Side) -> dict[str, str | None]:
    """A side as it is told to a view."""
    return {name: value for name, value in vars(side).items() if value}


def _both(results: Results, one: Told, other: Told) -> tuple[Side, Side] | None:
    """The two sides; `None` where one of them was never asked anything."""
    sides = tuple(Side(**{name: value for name, value in side.items() if value}) for side in (one, other))  # type: ignore[arg-type]
    return (sides[0], sides[1]) if {side.model for side in sides} <= set(results.models()) else None


def _shared(results: Results, benchmark: str, one: Told, other: Told) -> dict[str, Any]:
    """What the exhibits of two sides say alike."""
    models = list(dict.fromkeys(str(side["model"]) for side in (one, other)))
    kind = DATES if one.get("run") else CONDITIONS if one.get("field") else MODELS
    which = {"first": models[0], "second": models[-1]} if kind == MODELS else {"side_model": models[0]}
    known, runs = results.sources(), [str(side["run"]) for side in (one, other) if side.get("run")]
    return {
        "sources": tuple(dict.fromkeys(known[name] for name in models if name in known)), "benchmarks": (benchmark,),
        "query": {"models": models, "asked": benchmark, "sides": kind, **which},
        "turns": {"benchmark": benchmark, "models": models, **({"run": runs} if runs else {})},
    }


def _names(one: Told, other: Told) -> str:
    """Both sides in a title, with their model where the labels do not name it."""
    labels = [str(side["label"]).removeprefix("simulated/") for side in (one, other)]
    whose = "" if one["label"] == one["model"] else f" of {str(one['model']).removeprefix('simulated/')}"
    return f"{labels[0]} and {labels[1]}{whose}"


@view("compare")
def metric_by_metric(results: Results, *, benchmark: str, one: Told, other: Told) -> Exhibit:
    """Every metric of a benchmark, one side less the other, corrected over all of them."""
    title, shared = f"Metric by metric on {benchmark_of(benchmark).title}: {_names(one, other)}", _shared(results, benchmark, one, other)
    both = _both(results, one, other)
    found = results.two_sides(benchmark, *both) if both else pl.DataFrame()
    if not both or found.is_empty():
        before = "" if both and not both[0].whole else \
            " Where one was estimated before Plumbline kept evidence, `python -m engine prepare` makes it anew."
        return Exhibit(title, "These two were asked nothing alike here that could be compared: it takes the same items under the same "
                       f"conditions.{before}", "", found, **shared)
    table = found.select(
        pl.col("metric").str.replace_all("_", " "), pl.col("facet").str.replace_all("_", " "),
        pl.col("first", "second", "difference", "low", "high").round(3), pl.col("verdict").replace(VERDICTS).alias("verdict on the first"),
        pl.col("size").alias("size of the difference"), p=pl.col("adjusted"), stems=pl.col("stems"))
    metrics = (*found["metric"].unique(maintain_order=True), "comparison" if both[0].whole else "sides")
    return Exhibit(
        title, _sentence(found, *both), "95 % intervals of the difference, p after Holm's correction over all metrics shown.", found,
        table=table, percent=benchmark_of(benchmark).family != "values", metrics=metrics,
        limits=(f"p values are corrected over these {found.height} metrics.",), **shared,
    )


def _sentence(found: pl.DataFrame, one: Side, other: Side) -> str:
    apart = found.filter(pl.col("verdict").is_in(["higher", "lower"])).height
    if (found["verdict"] == "not comparable").all():
        return f"{one.label} and {other.label} share too few stems under the same conditions to be compared: it takes {FEWEST}."
    if not apart:
        return f"Nothing here tells {one.label} and {other.label} apart: that is no proof that they are the same."
    return f"{apart} of {found.height} metrics tell {one.label} and {other.label} apart after correction for looking at all of them."


@view("compare")
def stems_apart(results: Results, *, benchmark: str, metric: str, facet: str, one: Told, other: Told) -> Exhibit:
    """The stems behind one metric on which two sides differ most; its limits say what it would take where the metric says nothing."""
    what, shared = f"{metric.replace('_', ' ')}, {facet}", _shared(results, benchmark, one, other)
    title, both = f"Where {_names(one, other)} differ most: {what}", _both(results, one, other)
    stems = results.stems_apart(benchmark, metric, facet, *both) if both else pl.DataFrame()
    if not both or stems.is_empty():
        return Exhibit(title, f"There is no stem on which these two could be compared in {what}.", "", stems, metrics=(metric,), **shared)
    first, limits = stems.row(0, named=True), list[str]()
    verdict = results.two_sides(benchmark, *both).filter((pl.col("metric") == metric) & (pl.col("facet") == facet))["verdict"].to_list()
    if verdict == ["inconclusive"]:
        limits.append(_what_it_would_take(*results.more_epochs(benchmark, metric, facet, *both)))
    if both[0].run:
        agreed = value_text(results.asked_again(benchmark, metric, facet, *both)._asdict())
        limits.append(f"Agreement of the stems' shares between the two askings, from 0 to 1 (ICC 2,1): {agreed}.")
    ends = [share({"value": first[side], "low": None, "high": None}) for side in ("first", "second")]
    by_chance = sign_flip(stems["difference"].to_numpy())
    caption = "" if by_chance is None else (
        f"With the sign of each stem's difference drawn at random, the mean is as far from 0 in {100 * by_chance:.1f} % of cases (each "
        "stem counted alike, not corrected).")
    return Exhibit(
        title, f"In {what}, {both[0].label} and {both[1].label} differ most on {first['stem']}: {ends[0]} against {ends[1]}, in "
        f"{first['trials']} trials. One stem is no evidence of what is usual.", caption, stems,
        table=stems.head(MOST).with_columns(pl.col("first", "second", "difference").round(3)), percent=True, metrics=(metric,),
        limits=tuple(limits), **shared,
    )


def _what_it_would_take(known: bool, times: int | None) -> str:
    if not known:
        return "Asked once, it cannot be known whether more epochs or more stems would tell them apart: play at least two epochs."
    if times is None:
        return "More epochs would not tell them apart: what varies is which stem, not which epoch. It takes more stems."
    return f"If the difference is what it seems, about {times} times as many epochs would tell them apart."


def _flipped(results: Results, benchmark: str, one: Told, other: Told) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """The answers that differ, how many do by category, and both in words."""
    both = _both(results, one, other)
    every, by = results.flips(benchmark, *both) if both else (pl.DataFrame(), pl.DataFrame())
    asked, differ = int(by["answers"].sum()) if by.height else 0, every.height
    if not asked:
        return every, by, "They were never asked the same question under the same condition."
    said = (f"{differ:,} of {asked:,} answers to the same questions, in the same epoch, differ ({100 * differ / asked:.0f} %). Answers to "
            "the same question also differ between epochs of one model, so a change of a single answer is no finding.")
    return every, by, said


@view("compare")
def changed_by_category(results: Results, *, benchmark: str, one: Told, other: Told) -> Exhibit:
    """How many answers to the same questions differ between two sides, by what they are about."""
    _, by, said = _flipped(results, benchmark, one, other)
    shown = by.with_columns(share=pl.col("differ") / pl.col("answers")) if by.height else by
    return Exhibit(
        f"Changed answers by category: {_names(one, other)}", said,
        "Counts of answers to the same questions under the same conditions, in the same epoch; without intervals." if by.height else "",
        shown, table=shown if by.height else None, percent=True, metrics=("sides",), **_shared(results, benchmark, one, other),
    )


@view("compare")
def changed_answers(results: Results, *, benchmark: str, one: Told, other: Told) -> Exhibit:
    """All answers to the same questions that differ between two sides, one by one."""
    every, by, said = _flipped(results, benchmark, one, other)
    table = every.select("category", "stem", "item", "condition", "epoch", "step", "first", "second") if by.height else None
    return Exhibit(
        f"Changed answers: {_names(one, other)}", said, "What comes after an answer that differs is left out: later questions depend on it."
        if by.height else "", every, table=table, metrics=("sides",), **_shared(results, benchmark, one, other),
    )
