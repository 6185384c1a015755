"""What pages read of the lake: its numbers as they stand (`now`), turns, and the words of the Methods page."""

from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from engine.benchmark import DATA
from engine.benchmarks import benchmark as benchmark
from engine.benchmarks import data_card as data_card
from engine.conversation import rehearsed
from engine.lake import items, turns
from engine.metrics import METHODS as METHODS
from pages.kept import KEPT, lake
from pages.kept import now as now


def turn_count(wanted: dict[str, Any]) -> int:
    """How many turns match the filters."""
    return turns.count(lake(), **wanted)


def turn_page(limit: int, offset: int, wanted: dict[str, Any]) -> pl.DataFrame:
    """One page of the turns that match the filters."""
    return turns.page(lake(), limit=limit, offset=offset, **wanted)


def judging(trial: str, run: str | None) -> pl.DataFrame:
    """The turns of judges about one conversation."""
    return turns.judging(lake(), trial, run)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _examples(name: str, imported: int) -> dict[str, list[tuple[str, str]]]:
    one = benchmark(name)
    known = items.items_of(lake(), one) if one.items or imported else ()
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
    return _examples(name, items.imported(lake()).get(name, 0))


def not_found() -> str:
    """What could not be found of published figures (the README beside them)."""
    return Path(DATA / "reference" / "README.md").read_text(encoding="utf-8")
