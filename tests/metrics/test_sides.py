"""Two sides are set against each other only where they were asked alike."""

import json

import polars as pl
import pytest

from engine.benchmarks import benchmark
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, estimates, turns
from engine.metrics.compare import two_models
from engine.metrics.sides import Side, alike, as_posed, at_level, flips, flips_by, measured_sides, paired_answers
from engine.models.gateway import DirectGateway

DILEMMAS = benchmark("dilemmas")


def frame(rows: list[tuple[str, dict[str, str], int, str]]) -> pl.DataFrame:
    told = [{"trial": f"{item}{condition}{epoch}", "run": "r", "trial_item": item, "item": item, "stem": item, "epoch": epoch,
             "condition": json.dumps(condition), "turn": 0, "step": "", "choice": choice, "number": None, "reading": "choice",
             "problem": None} for item, condition, epoch, choice in rows]
    return pl.DataFrame(told, schema_overrides={"number": pl.Float64, "problem": pl.String})


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """One model asked the dilemmas in two runs, another once: their turns, by what they are, and the whole model's evidence."""
    with Lake.open(str(tmp_path_factory.mktemp("twice") / "lake")) as lake:
        for seed, pressures in ((0, "pressure=none,crowd,authority"), (5, "pressure=none,crowd")):
            play(lake, Request(["simulated/pliable"], ["dilemmas"], [pressures], 1, seed, fresh=True), gateway=DirectGateway())
        play(lake, Request(["simulated/steady"], ["dilemmas"], ["pressure=none,crowd"], 1), gateway=DirectGateway())
        asked = turns.askings(lake, "dilemmas", "1")
        found = {row["run"]: turns.for_metrics(lake, row["model"], "dilemmas", "1", run=row["run"]) for row in asked.iter_rows(named=True)}
        frames = dict(zip(("first", "second", "steady"), (found[run] for run in sorted(found)), strict=True))
        return {**frames, "asked": asked, "estimates": estimates.newest(lake), "evidence": estimates.newest_evidence(lake, "dilemmas")}


def test_each_asking_is_told_with_its_conversations(twice) -> None:
    told = [(row["model"], row["conversations"]) for row in twice["asked"].iter_rows(named=True)]
    assert told == [("simulated/pliable", 39 * 6), ("simulated/pliable", 39 * 4), ("simulated/steady", 39 * 4)]


def test_what_only_one_side_was_asked_is_left_out_of_both(twice) -> None:
    one, other = alike([twice["first"], twice["second"]])
    pressures = {json.loads(condition)["pressure"] for condition in one["condition"]}
    assert pressures == {"none", "crowd"}
    assert one["trial"].n_unique() == other["trial"].n_unique() == 39 * 4


def test_a_side_that_is_a_whole_model_has_the_models_own_numbers(twice) -> None:
    sides = {"pliable": twice["second"], "steady": twice["steady"]}
    found, evidence = measured_sides(DILEMMAS, DILEMMAS.items, sides, dict.fromkeys(sides, "simulated"))
    own = twice["estimates"].filter(model="simulated/steady")
    for row in found.filter(pl.col("model") == "steady").iter_rows(named=True):
        same = own.filter(metric=row["metric"], facet=row["facet"]).row(0, named=True)
        assert row["value"] == pytest.approx(same["value"], nan_ok=True)
    table = two_models(found, evidence, "pliable", "steady")
    crowd = table.filter((pl.col("metric") == "flip_rate") & (pl.col("facet") == "crowd")).row(0, named=True)
    assert crowd["verdict"] == "higher"
    assert crowd["size"] in ("medium", "large")
    assert crowd["first"] > crowd["second"]


def test_two_levels_of_a_condition_are_compared_item_by_item(twice) -> None:
    crowd, authority = (at_level(twice["first"], "pressure", level) for level in ("crowd", "authority"))
    one, other = alike([crowd, authority], "pressure")
    assert one["trial"].n_unique() == other["trial"].n_unique() == 39 * 2
    assert alike([crowd, authority])[0].is_empty(), "without leaving the field out nothing is alike"
    answers = paired_answers(crowd, authority, "pressure")
    assert answers.filter(pl.col("turn") == 0).height <= 39 * 2
    assert set(answers["stem"]) <= {item.stem for item in DILEMMAS.items}


def test_the_flip_report_names_what_changed_with_both_answers_and_category() -> None:
    here = [("audition-feedback", {"order": "a", "x": "1"}, 1, "virtue"), ("audition-feedback", {"order": "b", "x": "1"}, 1, "virtue"),
            ("last-harvest-letter", {"order": "a", "x": "1"}, 1, "deontology"), ("only-here", {"order": "a", "x": "1"}, 1, "virtue")]
    there = [("audition-feedback", {"x": "1", "order": "a"}, 1, "deontology"), ("audition-feedback", {"x": "1", "order": "b"}, 1, "virtue"),
             ("last-harvest-letter", {"x": "1", "order": "a"}, 2, "virtue")]
    answers = paired_answers(frame(here), frame(there))
    assert answers["differs"].to_list() == [True, False], "another epoch is another trial; the order of fields is nothing"
    (row,) = flips(answers, DILEMMAS.items, "tension").to_dicts()
    assert (row["category"], row["stem"]) == ("truth and kindness", "audition-feedback")
    assert (row["first"], row["second"]) == ("virtue", "deontology")
    (by,) = flips_by(answers, DILEMMAS.items, "tension").to_dicts()
    assert by == {"category": "truth and kindness", "answers": 2, "differ": 1}


def test_nothing_in_common_gives_nothing_and_no_error() -> None:
    one, other = frame([("a", {"x": "1"}, 1, "virtue")]), frame([("b", {"x": "1"}, 1, "virtue")])
    assert paired_answers(one, other).is_empty()
    assert flips(paired_answers(one, other), [], "").is_empty()
    assert alike([]) == []
    found, evidence = measured_sides(DILEMMAS, DILEMMAS.items, {"a": one.clear(), "b": other.clear()}, {"a": "measured", "b": "measured"})
    assert two_models(found, evidence, "a", "b").is_empty()


def test_a_side_knows_whether_it_is_a_whole_model() -> None:
    assert Side("m", "m").whole
    assert not Side("m", "m", run="r").whole
    assert not Side("m", "m", field="order", level="a").whole


def test_models_asked_under_other_conditions_share_no_stem() -> None:
    evidence = pl.DataFrame([{"model": model, "metric": "m", "facet": "f", "part": 0, "weight": 1.0, "stem": stem, "hits": 1.0, "size": 2.0}
                             for model in "abc" for stem in ("s", "t")])
    posed = pl.DataFrame([{"model": model, "stem": stem, "condition": json.dumps({"order": order, "strategy": strategy})}
                          for model, order, strategy in (("a", "1", "direct"), ("b", "1", "five steps"), ("c", "2", "direct"))
                          for stem in ("s", "t")])
    found = as_posed(evidence, posed, ("strategy",))
    stems = {model: set(found.filter(model=model)["stem"]) for model in "abc"}
    assert stems["a"] == stems["b"] == {"s", "t"}, "a strategy has estimates of its own"
    assert stems["c"] == {"s (other conditions, 1)", "t (other conditions, 1)"}
    assert found.drop("stem").equals(evidence.drop("stem"))
    assert as_posed(evidence, posed.filter(pl.col("model") != "c"), ("strategy",)).equals(evidence)


def test_what_follows_a_differing_answer_is_no_same_question() -> None:
    def talk(first: str, second: str) -> pl.DataFrame:
        later = frame([("a", {"x": "1"}, 1, second)]).with_columns(turn=pl.lit(1, pl.Int64))
        both = pl.concat([frame([("a", {"x": "1"}, 1, first)]), later])
        return both.with_columns(pl.col("turn").cast(pl.Int64))

    apart = paired_answers(talk("virtue", "virtue"), talk("deontology", "virtue"))
    assert apart.select("turn", "differs").rows() == [(0, True)]
    later = paired_answers(talk("virtue", "virtue"), talk("virtue", "deontology"))
    assert later.select("turn", "differs").rows() == [(0, False), (1, True)]
