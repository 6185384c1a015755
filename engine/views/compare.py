"""Which differences between models are real: ranks, every pair, and how far the same would come out again."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from engine.benchmark import Benchmark, Lens
from engine.benchmarks import benchmark as benchmark_of
from engine.figures.captions import counts, ended
from engine.figures.exhibit import Exhibit
from engine.figures.office import one_bar_each
from engine.figures.palette import value_text
from engine.figures.sentences import VERDICTS, rank_words, ranking_sentence
from engine.figures.sentences import name as model_name
from engine.metrics.compare import Ranking, as_table
from engine.metrics.repeatability import SCHEMA
from engine.problems import UsageError
from engine.results import Results
from engine.views.view import lens_of, of, resting, view

GOOD = 0.8
"""Reliability from which on single items may be read; the usual cut (Nunnally & Bernstein 1994, Psychometric Theory)."""
Place = Mapping[str, str]
"""A lens by its `benchmark`, `metric` and `facet`."""


def place_of(one: Benchmark, lens: Lens) -> dict[str, str]:
    """How a lens is told to a view."""
    return {"benchmark": one.name, "metric": lens.metric, "facet": lens.facet}


def _ranked(results: Results, lens: Place, lenses: Sequence[Place], models: Sequence[str]) -> tuple[Ranking, pl.DataFrame, dict[str, Any]]:
    """The ranking on one lens, corrected over all lenses; its estimates in that order; and what the exhibits of both say alike."""
    one, here = lens_of(**lens)
    every = [lens_of(**place) for place in lenses]
    if (one, here) not in every:
        raise UsageError(f"the lens '{here.metric}, {here.facet}' of {one.name} is not among those looked at together; add it to `lenses`")
    ranks = results.rankings(every, models)
    found = ranks[one.name, here.metric, here.facet]
    order = pl.DataFrame({"model": found.order}, schema={"model": pl.String})
    rows = order.join(results.headline(one, here), on="model", how="left", maintain_order="left")
    pairs = sum(len(ranking.pairs) for ranking in ranks.values())
    limits = ["Every pair is compared on the stems both were asked under the same conditions; p values after Holm's correction over "
              f"{pairs} pair{'' if pairs == 1 else 's'} on {len(every)} lens{'' if len(every) == 1 else 'es'}."]
    if found.pairs:
        limits.append("A rank is a range: below every model that is surely better, above every one that is surely worse.")
    shared: dict[str, Any] = {
        **resting(rows, one.name), "metrics": (here.metric, "comparison"), "limits": tuple(limits), "query": {"models": list(models)},
        "turns": {"benchmark": one.name, "models": list(found.order)},
    }
    return found, rows, shared


def _names(rows: pl.DataFrame) -> dict[str, str]:
    return {row["model"]: model_name(row["model"], row["source"]) for row in rows.iter_rows(named=True)}


def _points(value: float | None, *, percent: bool) -> str:
    """A difference in points of a share, or in units of the metric."""
    return "not known" if value is None else f"{100 * value:+.0f} points" if percent else f"{value:+.2f}"


@view("compare")
def ranking(results: Results, *, lens: Place, lenses: Sequence[Place], models: Sequence[str]) -> Exhibit:
    """Models on one lens in their order, ranks as ranges. `lenses`: all that are looked at together, `lens` among them."""
    one, here = lens_of(**lens)
    found, rows, shared = _ranked(results, lens, lenses, models)
    names, label = _names(rows), f"{here.label.lower()} ({here.good_end})"
    table = pl.DataFrame([
        {"model": names[row["model"]], label: value_text(row, percent=here.percent),
         "rank": rank_words(found, row["model"]).removeprefix("rank ") or "alone", "trials": row["trials"]}
        for row in rows.iter_rows(named=True)
    ])
    return Exhibit(
        of(f"{one.title}, {here.label.lower()}", found.order), ranking_sentence(found, names, percent=here.percent),
        f"{counts(rows)} {ended(results.covered(one.name), found.order)}".strip(), rows,
        chart=one_bar_each(rows, f"{here.label} ({here.good_end})", percent=here.percent) if rows.height else None,
        table=table if rows.height else None, percent=here.percent, **shared,
    )


@view("compare")
def every_pair(results: Results, *, lens: Place, lenses: Sequence[Place], models: Sequence[str]) -> Exhibit:
    """Every pair of models on one lens, the first less the second. `lenses`: all that are looked at together, `lens` among them."""
    one, here = lens_of(**lens)
    found, rows, shared = _ranked(results, lens, lenses, models)
    names, unit = _names(rows), partial(_points, percent=here.percent)
    table = pl.DataFrame([
        {"first": names[pair.one], "second": names[pair.other], "first less second": unit(pair.difference.value),
         "from": unit(pair.difference.low), "to": unit(pair.difference.high), "verdict on the first": VERDICTS[pair.verdict],
         "could have been seen": unit(pair.smallest), "p, corrected": pair.adjusted, "shared stems": pair.stems} for pair in found.pairs
    ], schema_overrides={"p, corrected": pl.Float64})
    said = ranking_sentence(found, names, percent=here.percent)
    return Exhibit(
        of(f"Every pair on {one.title}, {here.label.lower()}", found.order), said,
        "95 % intervals of the difference; what could have been seen would have been four times in five. " + counts(rows),
        as_table(found.pairs), table=table if found.pairs else None, percent=here.percent, **shared,
    )


@view("compare")
def repeatability(results: Results, *, benchmarks: Sequence[str], models: Sequence[str]) -> Exhibit:
    """Whether the same items would come out alike if they were asked again: every share that rests on stems."""
    found = [results.repeatable(name).filter(pl.col("model").is_in(models)).with_columns(benchmark=pl.lit(benchmark_of(name).title))
             for name in benchmarks]
    empty = pl.DataFrame(schema={**SCHEMA, "benchmark": pl.String})
    every = pl.concat([empty, *found]).drop_nulls("retest")
    good, bad = every.filter(pl.col("retest_low") >= GOOD).height, every.filter(pl.col("retest_high") < GOOD).height
    sources = results.sources()
    told = every.select(
        "model", "benchmark", pl.col("metric").str.replace_all("_", " "), "facet", *map(_ends, ("share", "icc", "retest")),
        "trials", "stems", pl.col("effective").round(0).cast(pl.Int64).alias("worth so many independent trials"),
    ).rename({"share": "share, stems resampled", "icc": "alike within a stem", "retest": "reliability if asked again"})
    return Exhibit(
        of("Would the same items come out again", models),
        f"{good} of {every.height} shares would give nearly the same items again (reliability of at least {GOOD:g} with the whole "
        f"interval), {bad} would not, of the others it cannot be said. A low value does not make a model's overall share wrong: its "
        "interval holds it already. It says that single items should not be read." if every.height else
        "Whether the same items would come out again cannot be said: it takes shares of stems that were asked more than once.",
        "95 % intervals, stems resampled; trials and stems with each share." if every.height else "", every,
        table=told if every.height else None, sources=tuple(dict.fromkeys(sources[name] for name in sorted(models) if name in sources)),
        benchmarks=tuple(benchmarks), metrics=("reliability",), query={"models": list(models)},
        turns={"models": list(models)},
    )


def _ends(name: str) -> pl.Expr:
    low, high = (pl.col(f"{name}_{end}") for end in ("low", "high"))
    value, *ends = ((one.round(2) + 0.0).cast(pl.String) for one in (pl.col(name), low, high))
    return pl.when(low.is_null()).then(pl.format("{} (no interval)", value)).otherwise(pl.format("{} ({} to {})", value, *ends)).alias(name)
