"""A report on one model, or on several beside each other: chapters by lens, dated, citable, every number with its method."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import polars as pl

from engine.benchmark import Benchmark
from engine.benchmarks import data_card
from engine.figures.exhibit import Exhibit
from engine.figures.office import named
from engine.figures.palette import SOURCES
from engine.figures.sentences import listed
from engine.metrics import METHODS
from engine.problems import UsageError
from engine.reports.report import Chapter, Method, Report
from engine.reports.sheets import Shown
from engine.reports.wording import counted, day
from engine.results import Results
from engine.views import bridges, decisions, dilemmas, overview, regions, stories, tradeoffs, values

Models = Sequence[str]
Found = Iterable[Exhibit]
KINDS = ("real", "simulated")
"""Never set against each other."""
LAST = ("intervals", "comparison", "outcome")
"""Sections of the methods that concern every report."""


def report(results: Results, models: Models, made: datetime) -> Report:
    """The report on these models. Raises `UsageError` where one of them has no turns in the lake, naming those that have."""
    if unknown := [name for name in models if name not in results.models()]:
        raise UsageError(f"no turns of '{unknown[0]}' in this lake; there are {', '.join(results.models()) or 'none of any model'}")
    sources = overview.sources_of(results, models)
    who = listed([named(name, sources[name]) for name in models])
    chapters = [_first(results, models), *(_chapter(results, one, models) for one in _asked(results, models))]
    if len(models) > 1:
        chapters.append(_beside(results, models))
    chapters.append(_last(results, models))
    kept = [_dated(chapter, results.snapshot, made) for chapter in chapters]
    answer = overview.marks(results, models=models)
    title = f"How far is {who} aligned?" if len(models) == 1 else f"{who}: how far are they aligned?"
    return Report(
        title=title, subtitle=f"{day(made)}, from {_counted(results, models)}", made=made, citation=_citation(who, results, made),
        summary=(answer.sentence, *answer.limits), chapters=tuple(kept), methods=_methods(kept), data=_data(results, models),
    )


def _asked(results: Results, models: Models) -> list[Benchmark]:
    """Our own benchmarks, also where these models were never asked, and others where they were."""
    played = set(results.played().filter(pl.col("model").is_in(models))["benchmark"])
    return [one for name, one in results.instruments().items() if name in played or one.items]


def _first(results: Results, models: Models) -> Chapter:
    made = overview.marks(results, models=models)
    return Chapter("Mark by mark", made.title, (), _shown([made]), ())


def _chapter(results: Results, one: Benchmark, models: Models) -> Chapter:
    card = _card(one.name)
    there = results.results(one.name).filter(pl.col("model").is_in(models))
    paragraphs = [f"The benchmark asks {card['Asks']}"] if "Asks" in card else []
    limits = (f"{card['Limits'][:1].upper()}{card['Limits'][1:]}",) if "Limits" in card else ()
    absent = [name for name in models if name not in there["model"].to_list()]
    if absent:
        paragraphs.append(f"Not measured here: {listed(absent)}. Nothing is known of {'it' if len(absent) == 1 else 'them'} on this lens.")
    here = [name for name in models if name not in absent]
    shown = [made for made in EXHIBITS[one.family](results, one.name, here) if not made.empty] if here else []
    told = dict.fromkeys(limit for made in shown for limit in made.limits)
    return Chapter(one.title, one.lens.question, tuple(paragraphs), _shown(shown), (*limits, *told))


def _values(results: Results, name: str, models: Models) -> Found:
    yield values.profile(results, benchmark=name, models=models)
    yield values.likeness(results, benchmark=name, models=models)
    yield values.checks(results, benchmark=name, models=models)


def _dilemmas(results: Results, name: str, models: Models) -> Found:
    yield dilemmas.flip_rates(results, benchmark=name, models=models)
    yield dilemmas.added_flips(results, benchmark=name, models=models)
    yield dilemmas.ethics_weights(results, benchmark=name, models=models)
    yield dilemmas.steadiness(results, benchmark=name, models=models)


def _logs(results: Results, name: str, models: Models) -> Found:
    yield dilemmas.log_flips(results, models=models)
    yield dilemmas.ethics_weights(results, benchmark=name, models=models)
    yield dilemmas.steadiness(results, benchmark=name, models=models)


def _regions(results: Results, name: str, models: Models) -> Found:
    for model in models:
        yield regions.strategies(results, benchmark=name, model=model)
        yield regions.world(results, benchmark=name, model=model)


def _decisions(results: Results, name: str, models: Models) -> Found:  # noqa: ARG001
    sources = overview.sources_of(results, models)
    for kind in KINDS:
        mine = [model for model in models if sources[model] in bridges.sources_of(kind)]
        if not mine:
            continue
        for axis in decisions.AXES:
            yield decisions.decisions_on_axis(results, axis=axis, kind=kind, models=mine)
        yield decisions.profile_and_decisions(results, kind=kind, models=mine)


def _stories(results: Results, name: str, models: Models) -> Found:
    yield stories.right_and_steady(results, benchmark=name, models=models)
    yield stories.every_time(results, benchmark=name, models=models)
    yield stories.by_value(results, benchmark=name, models=models)
    yield stories.norms_told(results, benchmark=name, models=models)
    yield stories.story_checks(results, benchmark=name, models=models)


def _tradeoffs(results: Results, name: str, models: Models) -> Found:  # noqa: ARG001
    yield tradeoffs.respect_and_fairness(results, models=models)
    yield tradeoffs.shift_by_wording(results, models=models)
    yield tradeoffs.verdicts(results, models=models)
    yield tradeoffs.shift_by_message(results, models=models)
    yield tradeoffs.trade_off_checks(results, models=models)


EXHIBITS: dict[str, Callable[[Results, str, Models], Found]] = {
    "values": _values, "dilemmas": _dilemmas, "triethix": _logs, "regions": _regions, "responses": _regions, "decisions": _decisions,
    "stories": _stories, "tradeoffs": _tradeoffs,
}


def _beside(results: Results, models: Models) -> Chapter:
    made = [overview.on_one_lens(results, benchmark=one.name, metric=lens.metric, facet=lens.facet, models=models)
            for one, lens in results.lenses(tuple(models))]
    return Chapter("Beside each other", "Which differences between them are real?", (overview.ORDER,),
                   _shown(one for one in made if not one.empty), ())


def _last(results: Results, models: Models) -> Chapter:
    made = overview.endings(results, models=models)
    return Chapter("What stands behind the numbers", "How did the questions end?", (made.sentence, made.caption), _shown([made]), ())


def _shown(made: Found) -> tuple[Shown, ...]:
    return tuple(Shown(one, datetime.min, 0) for one in made if not one.empty)


def _dated(chapter: Chapter, snapshot: int, made: datetime) -> Chapter:
    shown = tuple(Shown(one.exhibit, made, snapshot) for one in chapter.shown)
    return Chapter(chapter.title, chapter.question, chapter.paragraphs, shown, chapter.limits)


def _card(name: str) -> dict[str, str]:
    """The data card's paragraphs by what begins them: Asks, Items, Limits, …"""
    found = re.split(r"\*\*([\w ]+)\*\*:?", data_card(name))[1:]
    plain = [" ".join(text.replace("*", "").replace("`", "").split()) for text in found[1::2]]
    return dict(zip(found[::2], plain, strict=True))


def _counted(results: Results, models: Models) -> str:
    held = results.played().filter(pl.col("model").is_in(models))
    kinds = listed([SOURCES[source] for source in held["source"].unique().sort()])
    return f"{counted(int(held['turns'].sum()), 'turn')} on {counted(held['benchmark'].n_unique(), 'benchmark')} ({kinds})"


def _citation(who: str, results: Results, made: datetime) -> str:
    named_with = listed([f"{one} ({version})" for one, version in sorted(set(results.played().select("benchmark", "version").iter_rows()))])
    return (f"Plumbline ({made:%Y}). Alignment of {who}: report of {day(made)}. Lake snapshot {results.snapshot}; benchmarks with their "
            f"versions: {named_with}.")


def _methods(chapters: Sequence[Chapter]) -> tuple[Method, ...]:
    used = dict.fromkeys(metric for chapter in chapters for one in chapter.shown for metric in one.exhibit.metrics)
    return tuple(Method(name, name.replace("_", " ").capitalize(), METHODS[name]) for name in dict.fromkeys((*used, *LAST))
                 if name in METHODS)


def _data(results: Results, models: Models) -> pl.DataFrame:
    held = results.played().filter(pl.col("model").is_in(models))
    return held.select(
        "model", "benchmark", "version", pl.col("source").replace(SOURCES).alias("data"), "trials", "turns",
        pl.col("first").dt.strftime("%Y-%m-%d").alias("asked from"), pl.col("latest").dt.strftime("%Y-%m-%d").alias("to"),
    )
