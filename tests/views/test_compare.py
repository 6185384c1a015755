"""The views of the Compare page: the same numbers again when remade, and words where there is nothing."""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest

from engine.benchmarks import benchmark
from engine.commands.playing import play
from engine.commands.request import Request
from engine.figures.exhibit import Exhibit, same_numbers
from engine.lake import Lake
from engine.models.gateway import DirectGateway
from engine.problems import UsageError
from engine.results import Results
from engine.views import compare, make, two_sides

MODELS = ["simulated/random", "simulated/steady"]
LENSES = [compare.place_of(one, lens) for one in (benchmark("decisions"), benchmark("regions")) for lens in one.lenses]
DECISIONS = LENSES[0]
SIDES: dict[str, Any] = {
    "benchmark": "decisions", "one": {"label": MODELS[0], "model": MODELS[0]}, "other": {"label": MODELS[1], "model": MODELS[1]},
}
WORDINGS: dict[str, Any] = {"benchmark": "decisions", **{
    which: {"label": f"wording {level}", "model": "simulated/steady", "field": "wording", "level": level}
    for which, level in (("one", "1"), ("other", "2"))}}
RANKED: dict[str, Any] = {"lens": DECISIONS, "lenses": LENSES, "models": MODELS}
EVERY = [
    ("ranking", RANKED), ("every_pair", RANKED), ("repeatability", {"benchmarks": ["decisions", "regions"], "models": MODELS}),
    ("metric_by_metric", SIDES), ("metric_by_metric", WORDINGS), ("stems_apart", {**SIDES, "metric": "chosen", "facet": "others and self"}),
    ("changed_by_category", SIDES), ("changed_answers", SIDES), ("changed_answers", WORDINGS),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """Decisions and regions of two models."""
    folder = tmp_path_factory.mktemp("compared") / "lake"
    with Lake.open(str(folder)) as lake:
        play(lake, Request(MODELS, ["decisions"], (), 1), gateway=DirectGateway())
        play(lake, Request(MODELS, ["regions"], ["strategy=direct"], 1), gateway=DirectGateway())
        yield Results(lake)


@pytest.mark.parametrize(("name", "wanted"), EVERY, ids=lambda told: told if isinstance(told, str) else "")
def test_a_view_is_kept_and_made_again_with_the_same_numbers(results: Results, name: str, wanted: dict[str, Any]) -> None:
    made = make(results, name, wanted)
    assert made.table is not None
    assert made.numbers.height
    assert made.sentence
    assert made.caption
    assert made.sources == ("simulated",)
    kept = Exhibit.thawed(made.frozen())
    assert same_numbers(kept, made)
    again = make(results, kept.view, json.loads(json.dumps(kept.wanted)))
    assert same_numbers(again, made)
    assert again.sentence == made.sentence


@pytest.mark.parametrize(("name", "wanted"), EVERY, ids=lambda told: told if isinstance(told, str) else "")
@pytest.mark.parametrize("absent", [True, False])
def test_what_was_never_asked_is_said(results: Results, name: str, wanted: dict[str, Any], absent: bool) -> None:
    nobody = {"label": "nobody", "model": "nobody", **({"run": "none"} if absent else {})}
    made = make(results, name, {**wanted, **({"models": ["nobody"] if absent else []} if "models" in wanted
                                             else {"one": nobody, "other": wanted["other"]})})
    assert made.empty
    assert made.sentence
    assert made.chart is None
    assert Exhibit.thawed(made.frozen()).empty


def test_a_run_that_is_gone_leaves_words(results: Results) -> None:
    sides: dict[str, Any] = {which: {"label": which, "model": MODELS[0], "run": which} for which in ("one", "other")}
    for view in (two_sides.metric_by_metric, two_sides.changed_answers):
        assert view(results, benchmark="decisions", **sides).empty


def test_the_chart_of_a_ranking_has_its_numbers(results: Results) -> None:
    made = compare.ranking(results, **RANKED)
    assert made.chart
    (series,) = made.chart.series
    assert [series.values, series.lows, series.highs] == [tuple(made.numbers[end]) for end in ("value", "low", "high")]
    assert made.chart.categories == tuple(f"{name.removeprefix('simulated/')} (SIMULATED)" for name in made.numbers["model"])


def test_a_ranking_keeps_the_correction_over_all_lenses_it_was_shown_with(results: Results) -> None:
    together, alone = (compare.every_pair(results, lens=DECISIONS, lenses=lenses, models=MODELS) for lenses in (LENSES, [DECISIONS]))
    p = together.numbers["p"][0]
    assert alone.numbers["adjusted"][0] == pytest.approx(p)
    others = [compare.every_pair(results, lens=lens, lenses=LENSES, models=MODELS).numbers for lens in LENSES]
    known = pl.concat(others).drop_nulls("p").sort("p")
    assert known.height > 1
    assert together.numbers["adjusted"][0] > p
    assert known["adjusted"][0] == pytest.approx(known.height * known["p"][0])
    assert f"over {len(LENSES)} pairs on {len(LENSES)} lenses" in together.limits[0]


def test_a_lens_outside_of_its_correction_or_unknown_is_named(results: Results) -> None:
    with pytest.raises(UsageError, match="add it to `lenses`"):
        compare.ranking(results, lens=DECISIONS, lenses=LENSES[1:], models=MODELS)
    with pytest.raises(UsageError, match="no lens 'gone, all'"):
        compare.ranking(results, lens={**DECISIONS, "metric": "gone", "facet": "all"}, lenses=LENSES, models=MODELS)


def test_two_conditions_lead_back_to_the_page(results: Results) -> None:
    made = two_sides.metric_by_metric(results, **WORDINGS)
    assert made.page == "compare"
    assert made.query == {"models": ["simulated/steady"], "asked": "decisions", "sides": two_sides.CONDITIONS,
                          "side_model": "simulated/steady"}
    assert made.title.endswith("wording 1 and wording 2 of steady")
