"""What every view keeps: it is made again with the same numbers, kept as JSON, and says in words where there is nothing."""

import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.figures.exhibit import Chart, Exhibit, same_numbers
from engine.lake import Lake
from engine.lake import turns as kept_turns
from engine.metrics.methods import METHODS
from engine.problems import UsageError
from engine.results import Results
from engine.views import make, views
from tests.views import test_bridges, test_compare

BOTH = ["simulated/random", "simulated/steady"]
ONE = BOTH[1]
DILEMMAS: dict[str, Any] = {"benchmark": "dilemmas", "models": BOTH}
VALUES: dict[str, Any] = {"benchmark": "values", "models": BOTH}
REGIONS: dict[str, Any] = {"benchmark": "regions", "model": ONE}
STORIES: dict[str, Any] = {"benchmark": "stories", "models": BOTH}
MODELS: dict[str, Any] = {"models": BOTH}
CASES: list[tuple[str, dict[str, Any]]] = [
    ("marks", {"models": BOTH}), ("model_by_model", {"models": BOTH}), ("endings", {"models": BOTH}),
    ("on_one_lens", {"benchmark": "dilemmas", "metric": "excess_flip", "facet": "all", "models": BOTH}),
    ("flip_rates", DILEMMAS), ("added_flips", DILEMMAS), ("ethics_weights", DILEMMAS), ("steadiness", DILEMMAS),
    ("pushed_choices", {"benchmark": "dilemmas", "model": ONE}), ("pushed_choices_table", {"benchmark": "dilemmas", "model": ONE}),
    ("printed_flips", {"models": ["gpt-5"]}), ("families", {"printed": True}),
    ("profile", VALUES), ("profile", {**VALUES, "detail": "19 values", "drawn_as": "Dots"}),
    ("profile", {**VALUES, "countries": ["Germany"]}),
    ("checks", VALUES), ("likeness", VALUES), ("gap", VALUES), ("reliability", VALUES), ("published_profiles", {"study": "ValueBench"}),
    ("world", REGIONS), ("world", {**REGIONS, "strategy": "five steps", "tiles": "country"}), ("strategies", REGIONS), ("errors", REGIONS),
    ("right_and_steady", STORIES), ("every_time", STORIES), ("by_value", STORIES), ("norms_told", STORIES), ("story_checks", STORIES),
    ("unstable", {"benchmark": "stories", "model": ONE}),
    ("one_story", {"benchmark": "stories", "model": ONE, "story": "spraying-in-full-bloom"}),
    ("respect_and_fairness", MODELS), ("shift_by_wording", MODELS), ("shift_by_message", MODELS), ("verdicts", MODELS),
    ("across_all", MODELS),
    ("trade_off_checks", MODELS), ("one_pair", {"model": ONE, "stem": "cabin-promised-tuesday", "told": "both", "paraphrase": "2"}),
    ("published_safeworld", {}), ("turns_found", {"filters": {"benchmark": "dilemmas", "model": BOTH, "search": None}}),
]
NOTHING: list[tuple[str, dict[str, Any]]] = [
    *((name, {**wanted, "models": models}) for name, wanted in CASES if "models" in wanted for models in ([], ["nobody"])),
    *((name, {**wanted, "model": "nobody"}) for name, wanted in CASES if "model" in wanted),
    ("steps", REGIONS), ("norms_stated", {**REGIONS, "judge": "nobody"}), ("judges_agree", {**REGIONS, "judge": "nobody"}),
    ("world", {**REGIONS, "judge": "nobody"}), ("conversation", {"trial": "none"}), ("log_flips", {"models": BOTH}),
    ("logs_beside_print", {"models": BOTH}), ("run_problems", {"run": "none"}), ("turns_found", {"filters": {"model": ["nobody"]}}),
    ("attached_scores", REGIONS),
    ("narrowing_estimate", {"run": "none", "model": ONE, "benchmark": "dilemmas", "whole": True}),
]
ELSEWHERE = {name for name, _ in (*test_bridges.EVERY, *test_compare.EVERY)}
"""Views whose tests lie beside this one, on lakes of their own."""


@pytest.fixture(scope="module")
def results(filled: Path) -> Iterator[Results]:
    with Lake.open(str(filled)) as lake:
        yield Results(lake)


def told(case: tuple[str, dict[str, Any]]) -> str:
    return f"{case[0]}-{'-'.join(str(value) for value in case[1].values())}"


@pytest.mark.parametrize("case", CASES, ids=told)
def test_it_is_kept_and_made_again_with_the_same_numbers(results: Results, case: tuple[str, dict[str, Any]]) -> None:
    name, wanted = case
    made = make(results, name, wanted)
    assert not made.empty, made.sentence
    assert made.title
    assert made.sentence
    assert made.sources
    assert (made.view, made.wanted) == (name, wanted)
    kept = Exhibit.thawed(made.frozen())
    assert same_numbers(kept, made)
    assert same_numbers(make(results, kept.view, kept.wanted), made)
    assert (kept.chart, kept.sources, kept.metrics, kept.limits) == (made.chart, made.sources, made.metrics, made.limits)
    assert json.loads(Exhibit.thawed(kept.frozen()).frozen()) == json.loads(kept.frozen()), "kept once, it does not change any more"
    if made.figure is not None:
        assert kept.figure is not None
        assert len(kept.figure.data) == len(made.figure.data)
    if made.metrics and "published" not in made.sources:
        assert set(made.metrics) & set(METHODS), f"nothing of {made.metrics} is explained"


@pytest.mark.parametrize("case", CASES, ids=told)
def test_what_an_office_chart_shows_is_among_the_numbers(results: Results, case: tuple[str, dict[str, Any]]) -> None:
    made = make(results, *case)
    if made.chart is None:
        assert made.table is not None, "an office program would have nothing to show"
        return
    known = {end: {None, *made.numbers[end].to_list()} for end in ("value", "low", "high")}
    for series in _measured(made.chart):
        for end, column in (("value", series.values), ("low", series.lows), ("high", series.highs)):
            assert set(column) <= known[end], series.name
        assert len(series.values) == len(made.chart.categories)
    assert any(value is not None for series in made.chart.series for value in series.values)


def _measured(chart: Chart) -> list[Any]:
    return [series for series in chart.series if series.name != "people, mean"]


@pytest.mark.parametrize("case", NOTHING, ids=told)
def test_where_there_is_nothing_it_says_why(results: Results, case: tuple[str, dict[str, Any]]) -> None:
    made = make(results, *case)
    assert made.empty, "something is shown of nobody"
    assert made.sentence
    assert same_numbers(Exhibit.thawed(made.frozen()), made)


def test_a_conversation_is_told_word_for_word(results: Results) -> None:
    turn = kept_turns.page(results.lake, limit=1, benchmark="dilemmas").row(0, named=True)
    made = make(results, "conversation", {"trial": turn["trial"], "run": turn["run"]})
    assert made.table is not None
    assert {"question", "reply"} <= set(made.table["who"])
    assert turn["reply"] in made.table["words"].to_list()
    assert "example and no evidence" in made.caption


def test_what_a_run_found_while_it_went_narrows_to_all_its_answers(results: Results) -> None:
    run = kept_turns.page(results.lake, limit=1, benchmark="dilemmas").row(0, named=True)["run"]
    wanted = {"run": run, "model": ONE, "benchmark": "dilemmas", "whole": True}
    made = make(results, "narrowing_estimate", wanted)
    assert made.numbers["conversations"].to_list()[:3] == [25, 50, 100]
    assert made.numbers["conversations"][-1] == kept_turns.ended(results.lake, run, ONE, "dilemmas")
    assert made.sources == ("simulated",)
    widths = (made.numbers["high"] - made.numbers["low"]).drop_nulls()
    assert widths[-1] < widths[0]
    assert same_numbers(Exhibit.thawed(made.frozen()), make(results, made.view, made.wanted))


def test_every_view_has_a_case_and_takes_keywords_only() -> None:
    assert set(views()) == {name for name, _ in (*CASES, *NOTHING)} | ELSEWHERE
    for one in views().values():
        _, *filters = inspect.signature(one.work).parameters.values()
        assert all(wanted.kind is inspect.Parameter.KEYWORD_ONLY for wanted in filters), one.name


def test_an_unknown_view_or_filter_is_named(results: Results) -> None:
    with pytest.raises(UsageError, match="no view 'portrait'"):
        make(results, "portrait", {})
    with pytest.raises(UsageError, match="not what it takes now"):
        make(results, "flip_rates", {**DILEMMAS, "colour": "red"})
    with pytest.raises(UsageError, match="no benchmark 'x'"):
        make(results, "flip_rates", {**DILEMMAS, "benchmark": "x"})
    with pytest.raises(UsageError, match="dilemmas has no lens 'x, all'"):
        make(results, "on_one_lens", {**DILEMMAS, "metric": "x", "facet": "all"})
