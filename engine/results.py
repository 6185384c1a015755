"""All that can be read of a lake's numbers at one moment, each thing worked out once."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import polars as pl

from engine.benchmark import Benchmark, Item, Lens
from engine.benchmarks import benchmark, benchmarks
from engine.lake import Lake, estimates, items, references, runs, turns
from engine.metrics import bridges as bridging
from engine.metrics import compare, coverage, free_answers, lent, narrowing, people, said_and_done, sides, stories, tradeoffs, trend
from engine.metrics.bridges import Bridge, Trait
from engine.metrics.compare import Key, Ranking
from engine.metrics.families import provider
from engine.metrics.repeatability import repeatability
from engine.metrics.said_and_done import Across, Followed
from engine.metrics.sides import Side
from engine.metrics.statistics import Interval
from engine.metrics.trend import Point

KEPT, FEW = 64, 8
"""How many answers of one kind are kept; of turns, which are many, fewer."""
P = ParamSpec("P")
T = TypeVar("T")


class once(Generic[P, T]):
    """A method that works out each of its answers once for each object; nobody may change what it gives.

    The cache lies in the object, where Python finds it before this descriptor: a page with 20 models asks some 700 times in one drawing.
    """

    most = KEPT

    def __init__(self, work: Callable[Concatenate[Any, P], T]) -> None:
        self.work = work
        self.__doc__ = work.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "once[P, T]": ...
    @overload
    def __get__(self, instance: object, owner: type) -> Callable[P, T]: ...
    def __get__(self, instance: object | None, owner: type) -> "once[P, T] | Callable[P, T]":
        if instance is None:
            return self
        found: Callable[P, T] = lru_cache(self.most)(partial(self.work, instance))  # pyright: ignore[reportAssignmentType]
        return instance.__dict__.setdefault(self.name, found)


class few(once[P, T]):
    """The same for answers that are large."""

    most = FEW


class Results:
    """What a lake says at one moment: estimates, what they rest on, and what is worked out from them when somebody looks.

    Make another when the lake's stamp (`engine.lake.runs.newest`) has changed. Frames that it gives are shared: nobody may change them.
    """

    def __init__(self, lake: Lake) -> None:
        self.lake = lake
        self.snapshot = runs.snapshot(lake)
        """The lake's snapshot as this began to read."""

    @once
    def results(self, name: str) -> pl.DataFrame:
        """The newest estimates of every model on a benchmark (columns of `engine.lake.estimates.COLUMNS`, run); with those of values stands
        how far they lie from people's.
        """
        found = estimates.newest(self.lake, benchmarks=[name])
        if benchmark(name).family != "values":
            return found
        return pl.concat([found, people.distance(found, self.figures("values"))], how="diagonal")

    @once
    def _headline(self, name: str, lens: Lens) -> pl.DataFrame:
        rows = self.results(name).filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet))
        printed = self.published(name).filter((pl.col("metric") == lens.metric) & (pl.col("facet") == "all"))
        return printed if rows.is_empty() else rows.drop("run")

    def headline(self, one: Benchmark, lens: Lens) -> pl.DataFrame:
        """Every model's estimate that a lens shows; the published figures where there is none of our own."""
        return self._headline(one.name, lens)

    def _content(self, one: Benchmark) -> Sequence[Item]:
        """A benchmark's items; none where it holds imported logs only."""
        return items.items_of(self.lake, one) if one.conversation else ()

    @once
    def covered(self, name: str) -> pl.DataFrame:
        """How the questions of a benchmark ended, model by model (columns of `engine.metrics.coverage.SCHEMA`)."""
        one, found = benchmark(name), self.results(name)
        designed = {item.id for item, _ in one.design(self._content(one), {})} if one.design and found.height else None
        held = self.played().filter((pl.col("benchmark") == name) & (pl.col("version") == one.version))
        return coverage.coverage(found, dict(held.select("model", "items").iter_rows()), len(designed) if designed else None)

    @once
    def provenance(self) -> pl.DataFrame:
        """Of each model with turns: model, source, first, latest (when it was asked), provider."""
        held = self.played().group_by("model").agg(pl.col("source").first(), pl.col("first").min(), pl.col("latest").max())
        asked = runs.model_strings(self.lake)
        of = {str(name): provider(asked.get(str(name), str(name))) for name in held["model"].to_list()}
        return held.with_columns(provider=pl.col("model").replace_strict(of, default=None, return_dtype=pl.String)).sort("model")

    @once
    def _evidence(self, name: str) -> pl.DataFrame:
        one, found = benchmark(name), estimates.newest_evidence(self.lake, name)
        return sides.as_posed(found, turns.posed(self.lake, name, one.version), one.facets) if one.conversation and found.height else found

    @once
    def _rankings(self, lenses: tuple[tuple[str, Lens], ...], models: tuple[str, ...]) -> dict[Key, Ranking]:
        found = {(name, one.metric, one.facet): compare.pairs_of(self.results(name), self._evidence(name), one.metric, one.facet, models)
                 for name, one in lenses}
        keys = {(name, one.metric, one.facet): one for name, one in lenses}
        lower, shares = [key for key, one in keys.items() if one.direction == "lower"], [key for key, one in keys.items() if one.percent]
        return compare.rankings(found, lower, shares)

    def rankings(self, shown: Sequence[tuple[Benchmark, Lens]], models: Sequence[str]) -> dict[Key, Ranking]:
        """These models on all lenses that a page shows, corrected over all their pairs: ranks as far as they are known."""
        return self._rankings(tuple((one.name, lens) for one, lens in shown), tuple(sorted(models)))

    @few
    def _turns_of(self, name: str, side: Side) -> pl.DataFrame:
        found = turns.for_metrics(self.lake, side.model, name, benchmark(name).version, run=side.run)
        return sides.at_level(found, side.field, side.level) if side.field else found

    @once
    def _two_sides(self, name: str, one: Side, other: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
        if one.whole and other.whole:
            found = free_answers.as_read_by(self.results(name), None)  # what judges say is shown on the page that says who they are
            return found, self._evidence(name).join(found.select("metric", "facet").unique(), on=["metric", "facet"], how="semi")
        instrument = benchmark(name)
        both = sides.alike([self._turns_of(name, side) for side in (one, other)], one.field)
        source = str(self.played().filter(pl.col("model") == one.model)["source"][0])
        told = dict(zip((one.label, other.label), both, strict=True))
        return sides.measured_sides(instrument, self._content(instrument), told, dict.fromkeys(told, source))

    def two_sides(self, name: str, one: Side, other: Side) -> pl.DataFrame:
        """Every metric of two sides on a benchmark that needs no judge, one less the other (see `engine.metrics.compare.two_models`)."""
        found, evidence = self._two_sides(name, one, other)
        if benchmark(name).family == "values":  # whose units are respondents
            return compare.by_intervals(found, ("broad_value", "higher_order", "distance"), one.label, other.label)
        return compare.two_models(found, evidence, one.label, other.label)

    def stems_apart(self, name: str, metric: str, facet: str, one: Side, other: Side) -> pl.DataFrame:
        """The stems on which two sides differ most."""
        return compare.stems_apart(self._two_sides(name, one, other)[1], metric, facet, one.label, other.label)

    def more_epochs(self, name: str, metric: str, facet: str, one: Side, other: Side) -> tuple[bool, int | None]:
        """Whether it can be known what more epochs would do, and how many times as many would tell two sides apart (`None`: none)."""
        return compare.more_epochs(self._two_sides(name, one, other)[1], metric, facet, one.label, other.label)

    def asked_again(self, name: str, metric: str, facet: str, one: Side, other: Side) -> Interval:
        """How far the stems' shares of two askings of a model agree."""
        return compare.asked_again(self._two_sides(name, one, other)[1], metric, facet, one.label, other.label)

    @few
    def answers(self, name: str, one: Side, other: Side) -> pl.DataFrame:
        """The same questions as two sides answered them (see `engine.metrics.sides.paired_answers`)."""
        return sides.paired_answers(self._turns_of(name, one), self._turns_of(name, other), one.field)

    @few
    def flips(self, name: str, one: Side, other: Side) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The answers in which two sides differ, and how many do in each category."""
        instrument, found = benchmark(name), self.answers(name, one, other)
        content = self._content(instrument)
        return sides.flips(found, content, instrument.category), sides.flips_by(found, content, instrument.category)

    @once
    def repeatable(self, name: str) -> pl.DataFrame:
        """How far the same would come out if the same were asked again (columns of `engine.metrics.repeatability.SCHEMA`)."""
        return repeatability(self._evidence(name))

    @once
    def at_cut(self, run: str, model: str, name: str, cut: int) -> dict[str, Any]:
        """A benchmark's headline estimate on the first `cut` conversations of a run that ended (see `engine.metrics.narrowing.at_cut`)."""
        one = benchmark(name)
        return narrowing.at_cut(one, self._content(one), turns.for_metrics(self.lake, model, name, one.version, run=run), cut)

    @once
    def askings(self, name: str) -> pl.DataFrame:
        """Which model was asked a benchmark in which run (see `engine.lake.turns.askings`)."""
        return turns.askings(self.lake, name, benchmark(name).version)

    @once
    def every_result(self) -> pl.DataFrame:
        """The newest estimates of every model on every benchmark."""
        return pl.concat([self.results(name) for name in self.instruments()])

    def series(self, name: str, sources: Sequence[str]) -> dict[str, list[Point]]:
        """Of the models of these sources, which were asked a benchmark at two dates or in two versions, and when."""
        return trend.series(self.askings(name).filter(pl.col("source").is_in(sources)))

    @once
    def over_time(self, name: str, points: tuple[Point, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Estimates and evidence of each point of a series, called `model@run`, on what all of them were asked alike."""
        instrument = benchmark(name)
        frames = sides.alike([self._turns_of(name, Side(point.run, point.model, point.run)) for point in points])
        told = {point.name: frame for point, frame in zip(points, frames, strict=True)}
        return sides.measured_sides(instrument, self._content(instrument), told, dict.fromkeys(told, points[0].source))

    @once
    def bridges(self, sources: tuple[str, ...]) -> tuple[list[Trait], list[Bridge]]:
        """What is set against each other over the models of these sources, and how it goes together."""
        found = self.every_result().filter(pl.col("source").is_in(sources))
        known = bridging.traits(self.instruments(), found)
        return known, bridging.bridges(known, found)

    @once
    def followed(self, sources: tuple[str, ...]) -> tuple[list[Followed], list[Across]]:
        """How the decisions of every model of these sources go with its profile, and the same across models (see
        `engine.metrics.said_and_done`).
        """
        values, decided = (self.results(name).filter(pl.col("source").is_in(sources)) for name in ("values", "decisions"))
        vignettes = benchmark("decisions").items
        usual = dict(people.band(self.figures("values")).select("facet", "value").iter_rows())
        told = said_and_done.followed(values, decided, self._evidence("decisions"), vignettes, usual)
        return told, said_and_done.across(values, decided, vignettes)

    def _lent(self, name: str, model: str) -> pl.DataFrame:
        """A model's turns on a benchmark with what items lend its metrics."""
        one = benchmark(name)
        return lent(one, self._content(one), self._turns_of(name, Side(model, model)))

    @few
    def stories(self, name: str, model: str) -> pl.DataFrame:
        """How a model judged each story (see `engine.metrics.stories.stories_of`)."""
        return stories.stories_of(stories.trials_of(self._lent(name, model)))

    @few
    def trade_offs(self, name: str, model: str) -> pl.DataFrame:
        """How a model answered each case (see `engine.metrics.tradeoffs.trials_of`)."""
        return tradeoffs.trials_of(self._lent(name, model))

    @once
    def smallest_effects(self, name: str) -> dict[str, float]:
        """What each model's verdict on a benchmark is read against, as its first run said (see `engine.lake.runs.smallest_effects`)."""
        return runs.smallest_effects(self.lake, name)

    @once
    def item(self, name: str, called: str) -> Item | None:
        """One item of a benchmark; `None` where it has none of that name (any more)."""
        return next((item for item in self._content(benchmark(name)) if item.id == called), None)

    def stated_and_shown(self, model: str) -> pl.DataFrame:
        """A model's ten values as stated and as shown in decisions."""
        return said_and_done.stated_and_shown(self.results("values"), self.results("decisions"), [model])

    @once
    def figures(self, name: str) -> pl.DataFrame:
        """The published figures that belong to a benchmark."""
        return references.figures(self.lake, name)

    @once
    def played(self) -> pl.DataFrame:
        """What the lake holds: model, source, benchmark, version, turns, trials, first, latest."""
        return turns.played(self.lake)

    @once
    def published(self, name: str) -> pl.DataFrame:
        """Published figures of language models that belong to a benchmark, in the shape of `results`."""
        return references.of_models(self.lake, name)

    def models(self) -> list[str]:
        """Every model with turns in the lake."""
        return self.played()["model"].unique().sort().to_list()

    @once
    def known_models(self) -> list[str]:
        """Every model in the lake or in a published table that pages show as a model: the order that colours follow."""
        return sorted({*self.models(), *self.published("triethix")["model"]})

    @once
    def likeness(self, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Likeness to people and gap to people of every model on a values benchmark (see `engine.metrics.people`)."""
        found, published = self.results(name), self.figures("values")
        return people.likeness(found, published), people.gap(found, published)

    @once
    def choices(self, column: str, name: str | None = None) -> list[str]:
        """The different values of a column of the turns table, within a benchmark where one is named."""
        return turns.values_of(self.lake, column, name)

    @few
    def _judgements(self, model: str, name: str, judge: str | None) -> pl.DataFrame:
        version = benchmark(name).version
        if judge is None:
            return turns.judgements(self.lake, model, name, version)
        return free_answers.types_read(turns.grades(self.lake, model, name, version), judge)

    def judgements(self, model: str, name: str, strategy: str, judge: str | None) -> pl.DataFrame:
        """How a model's conversations about regional situations ended under a strategy, or what a judge found its free answers to be:
        item, condition, reading, choice, problem.
        """
        return self._judgements(model, name, judge).filter(pl.col("condition").str.json_path_match("$.strategy") == strategy)

    @once
    def _places(self, name: str) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for item in items.items_of(self.lake, benchmark(name)):
            for code in item.content.get("places") or [item.content["country"]]:
                found.setdefault(code, []).append(item)
        return found

    def situations(self, name: str, code: str) -> list[Item]:
        """The items of a regional benchmark that concern a country."""
        return self._places(name).get(code, [])

    def conversation(self, trial: str, run: str | None) -> pl.DataFrame:
        """The turns of one conversation, in order."""
        return turns.conversation(self.lake, trial, run)

    def instruments(self) -> dict[str, Benchmark]:
        """Every benchmark by name, and the imported sets that were played."""
        sets = [name for name in self.played()["benchmark"].unique().sort().to_list() if "/" in name]
        return benchmarks() | {name: benchmark(name) for name in sets}

    @once
    def lenses(self, models: tuple[str, ...] | None = None) -> list[tuple[Benchmark, Lens]]:
        """The lenses that have something to show (of these models): estimates, or how their questions ended."""
        found: list[tuple[Benchmark, Lens]] = []
        for name, one in self.instruments().items():
            for lens in one.lenses:
                asked = pl.concat([self.headline(one, lens)["model"], self.covered(name)["model"]])
                if asked.len() if models is None else asked.is_in(models).any():
                    found.append((one, lens))
        return found

    @once
    def sources(self) -> dict[str, str]:
        """Every model that a lens has something of, and where its data are from. One with data of our own is not also published."""
        frames = [frame.select("model", "source") for one, lens in self.lenses()
                  for frame in (self.headline(one, lens), self.covered(one.name))]
        if not frames:
            return {}
        every = pl.concat(frames).unique().sort("model", "source", descending=[False, True])
        return dict(every.iter_rows())
