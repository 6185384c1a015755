"""All that pages read. The only place in `pages/` that opens the lake and the only one that caches.

Every cache key contains the lake's stamp, which changes when a run finishes, so results appear at once. (The argument is
`stamp` and not `_stamp`: Streamlit leaves arguments with an underscore out of the key.)
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from engine.benchmark import DATA, Benchmark, Item
from engine.benchmarks import benchmark, benchmarks, data_card
from engine.conversation import Conversation
from engine.lake import Lake, estimates, items, references, runs, turns
from engine.metrics import METHODS, compare, free_answers, people
from engine.metrics import bridges as bridging
from engine.metrics.bridges import Bridge, Trait
from engine.metrics.compare import Ranking
from engine.metrics.evidence import cells
from engine.problems import PlumblineError

KEPT = 64
ANY_REPLY = {
    **dict.fromkeys(("choice", "second choice", "judgement", "answer type"), "A"), "rating": "4",
    "norms stated": "- A norm that the answer states.", "truth": "1: true", "matches": "1: none",
}
"""A reply to each kind of question, where only the questions are to be shown."""


@st.cache_resource
def lake() -> Lake:
    """The open lake, one for all visitors."""
    return Lake.open()


def _stamp() -> str:
    """The lake's stamp, read once for each drawing of a page (`checked`): a page asks for many things."""
    return st.session_state.get("lake_stamp") or runs.newest(lake())


def checked(work: Callable[[], None]) -> None:
    """Do `work`; a mistake in the set-up (no lake, one from a newer version) is said in one line."""
    try:
        st.session_state["lake_stamp"] = runs.newest(lake())
    except PlumblineError as problem:
        st.error(str(problem), icon=":material/error:")
        st.stop()
    work()


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _results(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    return estimates.newest(lake(), benchmarks=[name])


def results(name: str) -> pl.DataFrame:
    """The newest estimates of every model on a benchmark (columns of `engine.lake.estimates.COLUMNS`, run)."""
    return _results(_stamp(), name)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _evidence(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    return estimates.newest_evidence(lake(), name)


@st.cache_data(max_entries=256, show_spinner=False)
def _ranking(stamp: str, name: str, metric: str, facet: str, models: tuple[str, ...], lower: bool) -> Ranking:
    return compare.ranked(_results(stamp, name), _evidence(stamp, name), metric, facet, models, lower_is_better=lower)


def ranking(one: Benchmark, models: Sequence[str]) -> Ranking:
    """These models on a benchmark's lens: ranks as far as they are known, and every pair."""
    lens = one.lens
    return _ranking(_stamp(), one.name, lens.metric, lens.facet, tuple(sorted(models)), lens.direction == "lower")


def two_models(name: str, one: str, other: str) -> pl.DataFrame:
    """Every metric of two models on a benchmark that needs no judge, one less the other (see `engine.metrics.compare.two_models`)."""
    found = free_answers.as_read_by(results(name), None)  # what judges say is shown on the page that says who they are
    evidence = _evidence(_stamp(), name).join(found.select("metric", "facet").unique(), on=["metric", "facet"], how="semi")
    return compare.two_models(found, evidence, one, other)


def stems_apart(name: str, metric: str, facet: str, one: str, other: str) -> pl.DataFrame:
    """The stems on which two models differ most."""
    return compare.stems_apart(_evidence(_stamp(), name), metric, facet, one, other)


def more_epochs(name: str, metric: str, facet: str, one: str, other: str) -> tuple[bool, int | None]:
    """Whether it can be known what more epochs would do, and how many times as many would tell two models apart (`None`: none)."""
    laid = cells(_evidence(_stamp(), name).filter(pl.col("model").is_in([one, other])), metric, facet)
    places = laid.models.index(one), laid.models.index(other)
    return compare.repeated(laid, *places), compare.epochs_to_separate(laid, *places)


def every_result() -> pl.DataFrame:
    """The newest estimates of every model on every benchmark."""
    return pl.concat([results(name) for name in instruments()])


@st.cache_data(max_entries=8, show_spinner=False)
def _bridges(stamp: str, sources: tuple[str, ...]) -> tuple[list[Trait], list[Bridge]]:  # noqa: ARG001
    found = every_result().filter(pl.col("source").is_in(sources))
    known = bridging.traits(instruments(), found)
    return known, bridging.bridges(known, found)


def bridges(sources: Sequence[str]) -> tuple[list[Trait], list[Bridge]]:
    """What is set against each other over the models of these sources, and how it goes together."""
    return _bridges(_stamp(), tuple(sources))


def shared_trials(name: str, one: str, other: str, stem: str) -> pl.DataFrame:
    """The conversations about a stem that two models both ended."""
    return turns.shared_trials(lake(), one, other, name, benchmark(name).version, stem)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _figures(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    return references.figures(lake(), name)


def figures(name: str) -> pl.DataFrame:
    """The published figures that belong to a benchmark."""
    return _figures(_stamp(), name)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _played(stamp: str) -> pl.DataFrame:  # noqa: ARG001
    return turns.played(lake())


def played() -> pl.DataFrame:
    """What the lake holds: model, source, benchmark, version, turns, trials, first, latest."""
    return _played(_stamp())


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _published(stamp: str, name: str) -> pl.DataFrame:  # noqa: ARG001
    return references.of_models(lake(), name)


def published(name: str) -> pl.DataFrame:
    """Published figures of language models that belong to a benchmark, in the shape of `results`."""
    return _published(_stamp(), name)


def models() -> list[str]:
    """Every model with turns in the lake."""
    return played()["model"].unique().sort().to_list()


def known_models() -> list[str]:
    """Every model in the lake or in a published table that pages show as a model: the order that colours follow."""
    return sorted({*models(), *published("triethix")["model"]})


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _likeness(stamp: str, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:  # noqa: ARG001
    published = references.figures(lake(), "values")
    found = estimates.newest(lake(), benchmarks=[name])
    return people.likeness(found, published), people.gap(found, published)


def likeness(name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Likeness to people and gap to people of every model on a values benchmark (see `engine.metrics.people`)."""
    return _likeness(_stamp(), name)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _choices(stamp: str, column: str, name: str | None) -> list[str]:  # noqa: ARG001
    return turns.values_of(lake(), column, name)


def choices(column: str, name: str | None = None) -> list[str]:
    """The different values of a column of the turns table, within a benchmark where one is named."""
    return _choices(_stamp(), column, name)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _judgements(stamp: str, model: str, name: str, judge: str | None) -> pl.DataFrame:  # noqa: ARG001
    version = benchmark(name).version
    if judge is None:
        return turns.judgements(lake(), model, name, version)
    return free_answers.types_read(turns.grades(lake(), model, name, version), judge)


def judgements(model: str, name: str, strategy: str, judge: str | None) -> pl.DataFrame:
    """How a model's conversations about regional situations ended under a strategy, or what a judge found its free answers to be:
    item, condition, reading, choice, problem.
    """
    return _judgements(_stamp(), model, name, judge).filter(pl.col("condition").str.json_path_match("$.strategy") == strategy)


@st.cache_data(max_entries=8, show_spinner=False)
def _places(stamp: str, name: str) -> dict[str, list[Item]]:  # noqa: ARG001
    found: dict[str, list[Item]] = {}
    for item in items.items_of(lake(), benchmark(name)):
        for code in item.content.get("places") or [item.content["country"]]:
            found.setdefault(code, []).append(item)
    return found


def situations(name: str, code: str) -> list[Item]:
    """The items of a regional benchmark that concern a country."""
    return _places(_stamp(), name).get(code, [])


def as_read_by(found: pl.DataFrame, judge: str | None) -> pl.DataFrame:
    """The estimates that rest on a judge's readings, or on none's."""
    return free_answers.as_read_by(found, judge)


def agreement_with(found: pl.DataFrame, judge: str) -> dict[str, dict[tuple[str, str], dict[str, Any]]]:
    """How often each other judge says the same as this one."""
    return free_answers.agreement_with(found, judge)


def judges_of(found: pl.DataFrame) -> list[str]:
    """The judges whose readings are among these estimates."""
    return free_answers.judges_of(found)


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


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _examples(stamp: str, name: str) -> dict[str, list[tuple[str, str]]]:  # noqa: ARG001
    one = benchmark(name)
    known = items.items_of(lake(), one) if one.items or name in items.imported(lake()) else ()
    if one.conversation is None or one.design is None or not known:
        return {}
    item, condition = next((i, c) for i, c in one.design(known, {}) if c.get("pressure", "argument") == "argument")
    found = {"The questions, word for word, on its first item": _held(one.conversation(item, condition, 0))}
    if one.grading:
        freely = next(c for _, c in one.design(known[:1], {"answer": ("open",), "strategy": ("five steps",)}))
        found["The same answered freely, after five steps"] = _held(one.conversation(item, freely, 0))
        found["What a judge is asked about a free answer"] = _held(one.grading.conversation(item, "A free answer."))
    return found


def examples(name: str) -> dict[str, list[tuple[str, str]]]:
    """What is asked on a benchmark's first item, as (role, words) under what it shows; replies stand for any."""
    return _examples(_stamp(), name)


def _held(talk: Conversation) -> list[tuple[str, str]]:
    """A conversation with somebody who gives any reply that keeps it going."""
    said: list[tuple[str, str]] = []
    ask = next(talk)
    while True:
        said += [(message["role"], message["content"]) for message in ask.messages()]
        reply = ANY_REPLY.get(ask.cue["kind"], "Because …")
        said.append(("assistant", reply))
        try:
            ask = talk.send(ask.read(reply))
        except StopIteration:
            return said


def not_found() -> str:
    """What could not be found of published figures (the README beside them)."""
    return Path(DATA / "reference" / "README.md").read_text(encoding="utf-8")


__all__ = [
    "METHODS",
    "agreement_with",
    "as_read_by",
    "benchmark",
    "benchmarks",
    "bridges",
    "checked",
    "choices",
    "conversation",
    "data_card",
    "every_result",
    "examples",
    "figures",
    "instruments",
    "judgements",
    "judges_of",
    "judging",
    "known_models",
    "lake",
    "likeness",
    "models",
    "more_epochs",
    "not_found",
    "played",
    "published",
    "ranking",
    "results",
    "shared_trials",
    "situations",
    "stems_apart",
    "turn_count",
    "turn_page",
    "two_models",
]
