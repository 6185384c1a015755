"""The views of the Bridges page: the same numbers again when remade, and words where there is nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from engine.circle import LABELS
from engine.commands.playing import play
from engine.commands.request import Request
from engine.figures import office
from engine.figures.exhibit import Exhibit, same_numbers
from engine.lake import Lake, references
from engine.models.gateway import DirectGateway
from engine.problems import UsageError
from engine.results import Results
from engine.views import bridges, decisions, make, over_time

SHEETS = 3
"""Of the questionnaire, from which on a profile can be read as one."""
NAMES = [f"simulated/m{number}" for number in range(5)]
LIKE = ("steady", "pliable", "contrarian", "random", "steady")
SIMULATED: dict[str, Any] = {"kind": "simulated", "models": NAMES}
AXIS = {"axis": "others and self", **SIMULATED}
TIME: dict[str, Any] = {"benchmark": "decisions", "metric": "chosen", "facet": "others and self", **SIMULATED}
EVERY = [
    ("correlations", {"kind": "simulated"}), ("decisions_on_axis", AXIS), ("decisions_by_domain", SIMULATED),
    ("goes_with_profile", SIMULATED), ("beyond_people", SIMULATED), ("profile_and_decisions", SIMULATED),
    ("stated_beside_shown", {"kind": "simulated", "model": NAMES[0]}), ("over_time", TIME),
]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Results]:
    """Profiles and decisions of five models, one of them asked to decide twice."""
    folder = tmp_path_factory.mktemp("bridged")
    catalogue = folder / "models.toml"
    catalogue.write_text("".join(f'[models."{name}"]\nmodel = "simulated/{who}"\n' for name, who in zip(NAMES, LIKE, strict=True)))
    with pytest.MonkeyPatch.context() as patch, Lake.open(str(folder / "lake")) as lake:
        patch.setenv("PLUMBLINE_MODELS", str(catalogue))
        references.load(lake)
        play(lake, Request(NAMES[:1], ["values"], ["form=sheet"], SHEETS), gateway=DirectGateway())
        play(lake, Request(NAMES[1:], ["values"], ["form=sheet"], 1), gateway=DirectGateway())
        play(lake, Request(NAMES, ["decisions"], ["wording=1"], 1), gateway=DirectGateway())
        play(lake, Request(NAMES[:1], ["decisions"], ["wording=1"], 1, 1, fresh=True), gateway=DirectGateway())
        yield Results(lake)


@pytest.mark.parametrize(("name", "wanted"), EVERY, ids=[name for name, _ in EVERY])
def test_a_view_is_kept_and_made_again_with_the_same_numbers(results: Results, name: str, wanted: dict[str, Any]) -> None:
    made = make(results, name, wanted)
    assert not made.empty
    assert made.numbers.height
    assert made.sentence
    assert made.caption
    assert made.sources == ("simulated",)
    assert any("never mixed" in limit for limit in made.limits)
    kept = Exhibit.thawed(made.frozen())
    assert same_numbers(kept, made)
    again = make(results, kept.view, json.loads(json.dumps(kept.wanted)))
    assert same_numbers(again, made)
    assert again.sentence == made.sentence


@pytest.mark.parametrize(("name", "wanted"), EVERY, ids=[name for name, _ in EVERY])
@pytest.mark.parametrize("filters", [{"kind": "real"}, {"models": []}, {"models": ["nobody"]}], ids=str)
def test_what_was_never_asked_is_said(results: Results, name: str, wanted: dict[str, Any], filters: dict[str, Any]) -> None:
    if "models" in filters and "models" not in wanted:
        filters = {"model": "nobody"} if "model" in wanted else {"kind": "real"}
    made = make(results, name, {**wanted, **filters})
    assert made.empty
    assert made.sentence
    assert made.chart is None
    assert Exhibit.thawed(made.frozen()).empty


def test_bars_have_the_numbers(results: Results) -> None:
    for name, filters in (("decisions_on_axis", {"axis": "change and order"}), ("goes_with_profile", {}), ("beyond_people", {})):
        made = make(results, name, {**SIMULATED, **filters})
        assert made.chart
        assert made.chart.kind == "bars"
        (series,) = made.chart.series
        assert [series.values, series.lows, series.highs] == [tuple(made.numbers[end]) for end in ("value", "low", "high")]


def test_each_value_is_a_named_mark_of_stated_and_shown(results: Results) -> None:
    made = decisions.stated_beside_shown(results, kind="simulated", model=NAMES[0])
    assert made.chart
    assert made.chart.kind == "scatter"
    (series,) = made.chart.series
    rows = made.numbers.sort("stated", descending=True)
    assert made.chart.categories == tuple(LABELS[facet] for facet in rows["facet"])
    assert [series.across, series.values, series.lows, series.highs] == [
        tuple(rows[column]) for column in ("stated", "shown", "shown_low", "shown_high")]
    assert f"decided for {made.chart.categories[0]}, which it states highest" in made.sentence


def test_a_line_over_time_has_the_estimates_of_each_date(results: Results) -> None:
    made = over_time.over_time(results, **TIME)
    assert made.chart
    assert made.chart.kind == "lines"
    (series,) = made.chart.series
    assert [series.values, series.lows, series.highs] == [tuple(made.numbers[end]) for end in ("value", "low", "high")]
    assert len(made.chart.categories) == made.numbers.height == 2
    assert made.table is not None
    assert made.table["conversations"].to_list() == made.numbers["conversations"].to_list()


def test_lines_asked_together_share_their_dates() -> None:
    first, last = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)
    point = {"value": 0.5, "low": 0.4, "high": 0.6}
    told = office.over_time({"a": {first: point, last: point}, "b": {first + timedelta(hours=1): point}}, {}, "share")
    assert told.categories == ("02 Jan 2026", "02 Feb 2026")
    assert [one.values for one in told.series] == [(0.5, 0.5), (0.5, None)]
    assert office.over_time({"a": {first: point, first + timedelta(seconds=1): point}}, {}, "").categories == (
        "02 Jan 2026 03:04:05", "02 Jan 2026 03:04:06")


def test_correlations_tell_their_intervals_and_what_they_are_corrected_over(results: Results) -> None:
    made = bridges.correlations(results, kind="simulated")
    told = made.numbers.drop_nulls("value")
    assert (told["low"] <= told["value"]).all()
    assert (told["p, corrected"] >= told["p"]).all()
    assert f"all {told.height} pairs" in made.limits[0]


def test_the_correction_over_profiles_stays_that_of_all_models(results: Results) -> None:
    every, one = (decisions.profile_and_decisions(results, kind="simulated", models=models).numbers for models in (NAMES, NAMES[:1]))
    assert one["p, corrected"].to_list() == every.filter(pl.col("model") == NAMES[0])["p, corrected"].to_list()


def test_kinds_and_lenses_that_are_not_there_are_named(results: Results) -> None:
    with pytest.raises(UsageError, match="no 'imagined' models; choose from real, simulated"):
        bridges.correlations(results, kind="imagined")
    with pytest.raises(UsageError, match="decisions has no lens 'gone, all'"):
        over_time.over_time(results, **{**TIME, "metric": "gone", "facet": "all"})
