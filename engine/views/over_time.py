"""The same models over dates and versions: did they change."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from engine.benchmark import Lens
from engine.benchmarks import benchmark as benchmark_of
from engine.figures.exhibit import Exhibit
from engine.figures.office import over_time as lines_over_time
from engine.figures.palette import colours, value_text
from engine.figures.sentences import change_sentence
from engine.figures.sentences import name as model_name
from engine.figures.timeline import timeline
from engine.metrics.trend import Point, change, changes
from engine.problems import UsageError
from engine.results import Results
from engine.views.bridges import kept_to, sources_of
from engine.views.view import of, view

NOTHING = ("No point has a value on what all points of its model were asked alike: it takes runs with the same items and conditions, and "
           "answers that could be read.")


def label(benchmark: str, lens: Lens) -> str:
    """A lens as the page's address has it."""
    return f"{benchmark_of(benchmark).title}: {lens.label.lower()}"


@view("bridges")
def over_time(results: Results, *, benchmark: str, metric: str, facet: str, kind: str, models: Sequence[str]) -> Exhibit:
    """Models that were asked twice, under one name or as versions of one, on one lens; the last point tested against the first, corrected
    over these models. `models`: names without dates, as `Results.series` has them.
    """
    lens = next((lens for lens in benchmark_of(benchmark).lenses if (lens.metric, lens.facet) == (metric, facet)), None)
    if lens is None:
        raise UsageError(f"{benchmark} has no lens '{metric}, {facet}' in this Plumbline; pin the finding again")
    every = results.series(benchmark, sources_of(kind))
    shown = {base: every[base] for base in models if base in every}
    told = {base: _rows(results, benchmark, lens, points) for base, points in shown.items()}
    tested = changes({base: change(*results.over_time(benchmark, tuple(points)), metric, facet, points[0].name, points[-1].name)
                      for base, points in shown.items()})
    named = {base: model_name(base, points[0].source) for base, points in shown.items()}
    said = " ".join(change_sentence(named[base], tested.get(base), (_called(points, 0), _called(points, -1)), percent=lens.percent)
                    for base, points in shown.items())
    points_told = [(base, point, row) for base, points in shown.items() for point, row in zip(points, told[base], strict=True)]
    known = any(row["value"] is not None for *_, row in points_told)
    hues = colours(list(shown), list(every))
    drawn = timeline({base: [(point.asked, _called(points, number), told[base][number]) for number, point in enumerate(points)]
                      for base, points in shown.items()}, hues, title=lens.label, percent=lens.percent, line=lens.mark)
    chart = lines_over_time(
        {named[base]: {point.asked: row for point, row in zip(points, told[base], strict=True)} for base, points in shown.items()},
        {named[base]: hues[base] for base in shown}, f"{lens.label} ({lens.good_end})", percent=lens.percent, mark=lens.mark)
    table = pl.DataFrame([
        {"model": point.model, "asked": f"{point.asked:%Y-%m-%d %H:%M}", "conversations": point.conversations,
         lens.label.lower(): "not measured" if row["trials"] is None else value_text(dict(row), percent=lens.percent)}
        for _, point, row in points_told])
    return Exhibit(
        of(f"{benchmark_of(benchmark).title}, {lens.label.lower()} over time", list(shown)),
        said if known else f"{said} {NOTHING}" if shown else "None of these models was asked this at two dates.",
        "95 % intervals, clustered by stem. Lines join what belongs together and claim nothing of the time between."
        + (f" Dotted: {lens.held_to}." if lens.mark is not None else ""), _numbers(benchmark, lens, points_told),
        drawn if known else None, chart if known else None, table if known else None, lens.percent,
        tuple(dict.fromkeys(points[0].source for points in shown.values())), (benchmark,), (metric, "trend"),
        limits=("Only items and conditions that all points of a model share are counted, and the last point is tested against the first, "
                f"corrected over {len(tested)} model{'' if len(tested) == 1 else 's'}.", *kept_to(kind)),
        turns={"benchmark": benchmark, "run": [point.run for _, point, _ in points_told]},
        query={"bridge": "Over time", "kind": kind, "lens": label(benchmark, lens), "twice": list(models)},
    )


def _numbers(benchmark: str, lens: Lens, told: Sequence[tuple[str, Point, Mapping[str, Any]]]) -> pl.DataFrame:
    """The estimates of all points, with when and in which run each was asked."""
    schema = {**dict.fromkeys(("model", "source", "benchmark", "metric", "facet"), pl.String),
              **dict.fromkeys(("value", "low", "high"), pl.Float64), **dict.fromkeys(("trials", "stems", "dropped"), pl.Int64),
              "method": pl.String, "asked": pl.Datetime("us", "UTC"), "conversations": pl.Int64, "run": pl.String}
    return pl.DataFrame([
        {**{name: row[name] for name in ("value", "low", "high", "trials", "stems", "dropped", "method")}, "model": point.model,
         "source": point.source, "benchmark": benchmark, "metric": lens.metric, "facet": lens.facet, "asked": point.asked,
         "conversations": point.conversations, "run": point.run} for _, point, row in told
    ], schema=schema)


def _rows(results: Results, benchmark: str, lens: Lens, points: Sequence[Point]) -> list[dict[str, Any]]:
    """The estimate of each point; empty where it has none on what all points share."""
    estimates, _ = results.over_time(benchmark, tuple(points))
    mine = estimates.filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet))
    known = {row["model"]: row for row in mine.iter_rows(named=True)}
    nothing = dict.fromkeys(("value", "low", "high", "trials", "stems", "dropped", "method"))
    return [known.get(point.name, {**nothing, "model": point.model, "source": point.source}) for point in points]


def _called(points: Sequence[Point], place: int) -> str:
    return points[place].label(alone=len({point.model for point in points}) == 1)
