"""All that pages read of the lake: the only file in `pages/` that asks the engine for it, kept as `pages/kept.py` says."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from engine.benchmark import DATA, Benchmark, Item, Lens
from engine.benchmarks import benchmark, benchmarks
from engine.benchmarks import data_card as data_card
from engine.conversation import rehearsed
from engine.lake import estimates, items, references, runs, turns
from engine.metrics import METHODS as METHODS
from engine.metrics import bridges as bridging
from engine.metrics import compare, coverage, free_answers, people, said_and_done, sides, trend
from engine.metrics.bridges import Bridge, Trait
from engine.metrics.compare import Key, Ranking
from engine.metrics.families import provider
from engine.metrics.repeatability import repeatability
from engine.metrics.said_and_done import Across, Followed
from engine.metrics.sides import Side
from engine.metrics.statistics import Interval
from engine.metrics.trend import Point
from pages.kept import FEW, lake, shared, stamp


@shared
def _results(stamp: str, name: str) -> pl.DataFrame:
    found = estimates.newest(lake(), benchmarks=[name])
    if benchmark(name).family != "values":
        return found
    return pl.concat([found, people.distance(found, _figures(stamp, "values"))], how="diagonal")


def results(name: str) -> pl.DataFrame:
    """The newest estimates of every model on a benchmark (columns of `engine.lake.estimates.COLUMNS`, run); with those of values stands
    how far they lie from people's.
    """
    return _results(stamp(), name)


@shared
def _headline(stamp: str, name: str, lens: Lens) -> pl.DataFrame:
    rows = _results(stamp, name).filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet))
    printed = _published(stamp, name).filter((pl.col("metric") == lens.metric) & (pl.col("facet") == "all"))
    return printed if rows.is_empty() else rows.drop("run")


def headline(one: Benchmark, lens: Lens) -> pl.DataFrame:
    """Every model's estimate that a lens shows; the published figures where there is none of our own."""
    return _headline(stamp(), one.name, lens)


def _content(one: Benchmark) -> Sequence[Item]:
    """A benchmark's items; none where it holds imported logs only."""
    return items.items_of(lake(), one) if one.conversation else ()


@shared
def _coverage(stamp: str, name: str) -> pl.DataFrame:
    one, found = benchmark(name), _results(stamp, name)
    designed = {item.id for item, _ in one.design(_content(one), {})} if one.design and found.height else None
    held = _played(stamp).filter((pl.col("benchmark") == name) & (pl.col("version") == one.version))
    return coverage.coverage(found, dict(held.select("model", "items").iter_rows()), len(designed) if designed else None)


def covered(name: str) -> pl.DataFrame:
    """How the questions of a benchmark ended, model by model (columns of `engine.metrics.coverage.SCHEMA`)."""
    return _coverage(stamp(), name)


@shared
def _provenance(stamp: str) -> pl.DataFrame:
    held = _played(stamp).group_by("model").agg(pl.col("source").first(), pl.col("first").min(), pl.col("latest").max())
    asked = runs.model_strings(lake())
    of = {str(name): provider(asked.get(str(name), str(name))) for name in held["model"].to_list()}
    return held.with_columns(provider=pl.col("model").replace_strict(of, default=None, return_dtype=pl.String)).sort("model")


def provenance() -> pl.DataFrame:
    """Of each model with turns: model, source, first, latest (when it was asked), provider."""
    return _provenance(stamp())


@shared
def _evidence(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    one, found = benchmark(name), estimates.newest_evidence(lake(), name)
    return sides.as_posed(found, turns.posed(lake(), name, one.version), one.facets) if one.conversation and found.height else found


@shared
def _rankings(stamp: str, lenses: tuple[tuple[str, Lens], ...], models: tuple[str, ...]) -> dict[Key, Ranking]:
    found = {(name, one.metric, one.facet): compare.pairs_of(_results(stamp, name), _evidence(stamp, name), one.metric, one.facet, models)
             for name, one in lenses}
    keys = {(name, one.metric, one.facet): one for name, one in lenses}
    lower, shares = [key for key, one in keys.items() if one.direction == "lower"], [key for key, one in keys.items() if one.percent]
    return compare.rankings(found, lower, shares)


def rankings(shown: Sequence[tuple[Benchmark, Lens]], models: Sequence[str]) -> dict[Key, Ranking]:
    """These models on all lenses that a page shows, corrected over all their pairs: ranks as far as they are known."""
    return _rankings(stamp(), tuple((one.name, lens) for one, lens in shown), tuple(sorted(models)))


@partial(shared, most=FEW)
def _turns_of(stamp: str, name: str, side: Side) -> pl.DataFrame:  # noqa: ARG001
    found = turns.for_metrics(lake(), side.model, name, benchmark(name).version, run=side.run)
    return sides.at_level(found, side.field, side.level) if side.field else found


@shared
def _two_sides(stamp: str, name: str, one: Side, other: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
    if one.whole and other.whole:
        found = free_answers.as_read_by(_results(stamp, name), None)  # what judges say is shown on the page that says who they are
        return found, _evidence(stamp, name).join(found.select("metric", "facet").unique(), on=["metric", "facet"], how="semi")
    instrument = benchmark(name)
    both = sides.alike([_turns_of(stamp, name, side) for side in (one, other)], one.field)
    source = str(_played(stamp).filter(pl.col("model") == one.model)["source"][0])
    told = dict(zip((one.label, other.label), both, strict=True))
    return sides.measured_sides(instrument, _content(instrument), told, dict.fromkeys(told, source))


def two_sides(name: str, one: Side, other: Side) -> pl.DataFrame:
    """Every metric of two sides on a benchmark that needs no judge, one less the other (see `engine.metrics.compare.two_models`)."""
    found, evidence = _two_sides(stamp(), name, one, other)
    if benchmark(name).family == "values":  # whose units are respondents
        return compare.by_intervals(found, ("broad_value", "higher_order", "distance"), one.label, other.label)
    return compare.two_models(found, evidence, one.label, other.label)


def stems_apart(name: str, metric: str, facet: str, one: Side, other: Side) -> pl.DataFrame:
    """The stems on which two sides differ most."""
    return compare.stems_apart(_two_sides(stamp(), name, one, other)[1], metric, facet, one.label, other.label)


def more_epochs(name: str, metric: str, facet: str, one: Side, other: Side) -> tuple[bool, int | None]:
    """Whether it can be known what more epochs would do, and how many times as many would tell two sides apart (`None`: none)."""
    return compare.more_epochs(_two_sides(stamp(), name, one, other)[1], metric, facet, one.label, other.label)


def asked_again(name: str, metric: str, facet: str, one: Side, other: Side) -> Interval:
    """How far the stems' shares of two askings of a model agree."""
    return compare.asked_again(_two_sides(stamp(), name, one, other)[1], metric, facet, one.label, other.label)


@partial(shared, most=FEW)
def _answers(stamp: str, name: str, one: Side, other: Side) -> pl.DataFrame:
    return sides.paired_answers(_turns_of(stamp, name, one), _turns_of(stamp, name, other), one.field)


def answers(name: str, one: Side, other: Side) -> pl.DataFrame:
    """The same questions as two sides answered them (see `engine.metrics.sides.paired_answers`)."""
    return _answers(stamp(), name, one, other)


@partial(shared, most=FEW)
def _flips(stamp: str, name: str, one: Side, other: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
    instrument, found = benchmark(name), _answers(stamp, name, one, other)
    content = _content(instrument)
    return sides.flips(found, content, instrument.category), sides.flips_by(found, content, instrument.category)


def flips(name: str, one: Side, other: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The answers in which two sides differ, and how many do in each category."""
    return _flips(stamp(), name, one, other)


@shared
def _repeatability(stamp: str, name: str) -> pl.DataFrame:
    return repeatability(_evidence(stamp, name))


def repeatable(name: str) -> pl.DataFrame:
    """How far the same would come out if the same were asked again (columns of `engine.metrics.repeatability.SCHEMA`)."""
    return _repeatability(stamp(), name)


@shared
def _askings(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    return turns.askings(lake(), name, benchmark(name).version)


def askings(name: str) -> pl.DataFrame:
    """Which model was asked a benchmark in which run (see `engine.lake.turns.askings`)."""
    return _askings(stamp(), name)


def every_result() -> pl.DataFrame:
    """The newest estimates of every model on every benchmark."""
    return pl.concat([results(name) for name in instruments()])


def series(name: str, sources: Sequence[str]) -> dict[str, list[Point]]:
    """Of the models of these sources, which were asked a benchmark at two dates or in two versions, and when."""
    return trend.series(askings(name).filter(pl.col("source").is_in(sources)))


@shared
def _points(stamp: str, name: str, points: tuple[Point, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    instrument = benchmark(name)
    frames = sides.alike([_turns_of(stamp, name, Side(point.run, point.model, point.run)) for point in points])
    told = {point.name: frame for point, frame in zip(points, frames, strict=True)}
    return sides.measured_sides(instrument, _content(instrument), told, dict.fromkeys(told, points[0].source))


def over_time(name: str, points: Sequence[Point]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Estimates and evidence of each point of a series, called `model@run`, on what all of them were asked alike."""
    return _points(stamp(), name, tuple(points))


@shared
def _bridges(stamp: str, sources: tuple[str, ...]) -> tuple[list[Trait], list[Bridge]]:  # noqa: ARG001
    found = every_result().filter(pl.col("source").is_in(sources))
    known = bridging.traits(instruments(), found)
    return known, bridging.bridges(known, found)


def bridges(sources: Sequence[str]) -> tuple[list[Trait], list[Bridge]]:
    """What is set against each other over the models of these sources, and how it goes together."""
    return _bridges(stamp(), tuple(sources))


@shared
def _followed(stamp: str, sources: tuple[str, ...]) -> tuple[list[Followed], list[Across]]:
    values, decided = (_results(stamp, name).filter(pl.col("source").is_in(sources)) for name in ("values", "decisions"))
    vignettes = benchmark("decisions").items
    usual = dict(people.band(_figures(stamp, "values")).select("facet", "value").iter_rows())
    told = said_and_done.followed(values, decided, _evidence(stamp, "decisions"), vignettes, usual)
    return told, said_and_done.across(values, decided, vignettes)


def followed(sources: Sequence[str]) -> tuple[list[Followed], list[Across]]:
    """How the decisions of every model of these sources go with its profile, and the same across models (see
    `engine.metrics.said_and_done`).
    """
    return _followed(stamp(), tuple(sources))


def stated_and_shown(model: str) -> pl.DataFrame:
    """A model's ten values as stated and as shown in decisions."""
    return said_and_done.stated_and_shown(results("values"), results("decisions"), [model])


@shared
def _figures(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    return references.figures(lake(), name)


def figures(name: str) -> pl.DataFrame:
    """The published figures that belong to a benchmark."""
    return _figures(stamp(), name)


@shared
def _played(stamp: str) -> pl.DataFrame:  # noqa: ARG001
    return turns.played(lake())


def played() -> pl.DataFrame:
    """What the lake holds: model, source, benchmark, version, turns, trials, first, latest."""
    return _played(stamp())


@shared
def _published(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    return references.of_models(lake(), name)


def published(name: str) -> pl.DataFrame:
    """Published figures of language models that belong to a benchmark, in the shape of `results`."""
    return _published(stamp(), name)


def models() -> list[str]:
    """Every model with turns in the lake."""
    return played()["model"].unique().sort().to_list()


def known_models() -> list[str]:
    """Every model in the lake or in a published table that pages show as a model: the order that colours follow."""
    return sorted({*models(), *published("triethix")["model"]})


@shared
def _likeness(stamp: str, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    found, published = _results(stamp, name), _figures(stamp, "values")
    return people.likeness(found, published), people.gap(found, published)


def likeness(name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Likeness to people and gap to people of every model on a values benchmark (see `engine.metrics.people`)."""
    return _likeness(stamp(), name)


@shared
def _choices(stamp: str, column: str, name: str | None) -> list[str]:  # noqa: ARG001
    return turns.values_of(lake(), column, name)


def choices(column: str, name: str | None = None) -> list[str]:
    """The different values of a column of the turns table, within a benchmark where one is named."""
    return _choices(stamp(), column, name)


@partial(shared, most=FEW)
def _judgements(stamp: str, model: str, name: str, judge: str | None) -> pl.DataFrame:  # noqa: ARG001
    version = benchmark(name).version
    if judge is None:
        return turns.judgements(lake(), model, name, version)
    return free_answers.types_read(turns.grades(lake(), model, name, version), judge)


def judgements(model: str, name: str, strategy: str, judge: str | None) -> pl.DataFrame:
    """How a model's conversations about regional situations ended under a strategy, or what a judge found its free answers to be:
    item, condition, reading, choice, problem.
    """
    return _judgements(stamp(), model, name, judge).filter(pl.col("condition").str.json_path_match("$.strategy") == strategy)


@shared
def _places(stamp: str, name: str) -> dict[str, list[Item]]:  # noqa: ARG001
    found: dict[str, list[Item]] = {}
    for item in items.items_of(lake(), benchmark(name)):
        for code in item.content.get("places") or [item.content["country"]]:
            found.setdefault(code, []).append(item)
    return found


def situations(name: str, code: str) -> list[Item]:
    """The items of a regional benchmark that concern a country."""
    return _places(stamp(), name).get(code, [])


def turn_count(wanted: dict[str, Any]) -> int:
    """How many turns match the filters."""
    return turns.count(lake(), **wanted)


def turn_page(limit: int, offset: int, wanted: dict[str, Any]) -> pl.DataFrame:
    """One page of the turns that match the filters."""
    return turns.page(lake(), limit=limit, offset=offset, **wanted)


def conversation(trial: str, run: str | None) -> pl.DataFrame:
    """The turns of one conversation, in order."""
    return turns.conversation(lake(), trial, run)


def judging(trial: str, run: str | None) -> pl.DataFrame:
    """The turns of judges about one conversation."""
    return turns.judging(lake(), trial, run)


def instruments() -> dict[str, Benchmark]:
    """Every benchmark by name, and the imported sets that were played."""
    sets = [name for name in played()["benchmark"].unique().sort().to_list() if "/" in name]
    return benchmarks() | {name: benchmark(name) for name in sets}


@shared
def _examples(stamp: str, name: str) -> dict[str, list[tuple[str, str]]]:  # noqa: ARG001
    one = benchmark(name)
    known = items.items_of(lake(), one) if one.items or name in items.imported(lake()) else ()
    if one.conversation is None or one.design is None or not known:
        return {}
    item, condition = next((i, c) for i, c in one.design(known, {}) if c.get("pressure", "argument") == "argument")
    found = {"The questions, word for word, on its first item": rehearsed(one.conversation(item, condition, 0))}
    if one.grading:
        freely = next(c for _, c in one.design(known[:1], {"answer": ("open",), "strategy": ("five steps",)}))
        found["The same answered freely, after five steps"] = rehearsed(one.conversation(item, freely, 0))
        found["What a judge is asked about a free answer"] = rehearsed(one.grading.conversation(item, "A free answer."))
    return found


def examples(name: str) -> dict[str, list[tuple[str, str]]]:
    """What is asked on a benchmark's first item, as (role, words) under what it shows; replies stand for any."""
    return _examples(stamp(), name)


def not_found() -> str:
    """What could not be found of published figures (the README beside them)."""
    return Path(DATA / "reference" / "README.md").read_text(encoding="utf-8")
