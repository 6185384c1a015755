"""All that pages read. The only place in `pages/` that opens the lake and the only one that caches.

Every cache key contains the lake's stamp, which changes when a run finishes, so results appear at once. (The argument is
`stamp` and not `_stamp`: Streamlit leaves arguments with an underscore out of the key.)
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from engine.benchmark import DATA
from engine.benchmarks import benchmark, benchmarks, data_card
from engine.lake import Lake, estimates, references, runs, turns
from engine.metrics import METHODS, people
from engine.problems import PlumblineError

KEPT = 64


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
def _judgements(stamp: str, model: str) -> pl.DataFrame:  # noqa: ARG001
    return turns.judgements(lake(), model, "regions")


def judgements(model: str, strategy: str) -> pl.DataFrame:
    """How a model's conversations about regional situations ended under a strategy: item, condition, reading, choice, problem."""
    return _judgements(_stamp(), model).filter(pl.col("condition").str.json_path_match("$.strategy") == strategy)


def turn_count(wanted: dict[str, Any]) -> int:
    """How many turns match the filters."""
    return turns.count(lake(), **wanted)


def turn_page(limit: int, offset: int, wanted: dict[str, Any]) -> pl.DataFrame:
    """One page of the turns that match the filters."""
    return turns.page(lake(), limit=limit, offset=offset, **wanted)


def conversation(trial: str, run: str | None) -> pl.DataFrame:
    """The turns of one conversation, in order."""
    return turns.conversation(lake(), trial, run)


@st.cache_data(max_entries=KEPT, show_spinner=False)
def example(name: str) -> list[tuple[str, str]]:
    """The questions of a benchmark on its first item, as (role, words); replies stand for any."""
    one = benchmark(name)
    if one.conversation is None or one.design is None or not one.items:
        return []
    item, condition = next((i, c) for i, c in one.design(one.items, {}) if c.get("pressure", "argument") == "argument")
    talk, said = one.conversation(item, condition, 0), []
    ask = next(talk)
    while True:
        said += [(message["role"], message["content"]) for message in ask.messages()]
        reply = "A" if ask.cue["kind"] in ("choice", "second choice", "judgement") else "4" if ask.cue["kind"] == "rating" else "Because …"
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
    "benchmark",
    "benchmarks",
    "checked",
    "choices",
    "conversation",
    "data_card",
    "example",
    "figures",
    "judgements",
    "known_models",
    "lake",
    "likeness",
    "models",
    "not_found",
    "played",
    "published",
    "results",
    "turn_count",
    "turn_page",
]
