"""A model's profile against its decisions: what follows must be found, what does not must not."""

import asyncio

import numpy as np
import polars as pl
import pytest

from engine.benchmark import Item
from engine.benchmarks import benchmark
from engine.circle import BROAD
from engine.lake.turns import SCHEMA, row
from engine.metrics import measured
from engine.metrics.said_and_done import Laid, across, by_chance, followed, laid, profile_of, stated_and_shown
from engine.models.catalogue import Model
from engine.models.gateway import DirectGateway
from engine.models.simulated import persona
from engine.runs.plan import Part, Plan, posed
from engine.runs.player import Player, Setting
from tests.runs.store import Listed

ITEMS = benchmark("decisions").items
PEOPLE = dict(zip(BROAD, np.linspace(0.5, -0.5, 10), strict=True))


def rows(model: str, metric: str, values: dict[str, float], source: str = "simulated") -> pl.DataFrame:
    told = [{"model": model, "source": source, "metric": metric, "facet": facet, "value": value, "low": value - 0.1, "high": value + 0.1,
             "trials": 8} for facet, value in values.items()]
    return pl.DataFrame(told)


def decided_by(model: str, chance, size: float = 8.0) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Estimates and evidence of decisions with a chance for each vignette's first option."""
    hits = {item.stem: size * chance(item) for item in ITEMS}
    evidence = pl.DataFrame([{"model": model, "metric": "chosen", "facet": "a", "part": 0, "weight": 1.0, "stem": stem, "hits": n,
                              "size": size} for stem, n in hits.items()])
    shown = {}
    for value in BROAD:
        made = [chance(item) if item.content["first"] == value else 1 - chance(item) for item in ITEMS
                if value in (item.content["first"], item.content["second"])]
        shown[value] = float(np.mean(made))
    axes = {axis: float(np.mean([chance(item) for item in ITEMS if item.content["axis"] == axis]))
            for axis in {item.content["axis"] for item in ITEMS}}
    return pl.concat([rows(model, "chosen_value", shown), rows(model, "chosen", axes)]), evidence


def own_order(item: Item) -> float:
    return 1.0 if PROFILE[item.content["first"]] > PROFILE[item.content["second"]] else 0.0


PROFILE = dict(zip(BROAD, np.random.default_rng(3).normal(size=10).tolist(), strict=True))


def test_decisions_by_the_own_order_follow_it_wholly_and_not_by_chance() -> None:
    estimates, evidence = decided_by("m", own_order)
    (one,) = followed(rows("m", "broad_value", PROFILE), estimates, evidence, ITEMS, PEOPLE)
    assert one.share.value == 1.0
    assert one.share.low < 1
    assert one.p == one.adjusted < 0.01
    assert (one.trials, one.vignettes) == (24 * 8, 24)
    assert one.gain.value == pytest.approx(1 - one.people.value)
    assert one.shown > 0.6


def test_the_opposite_of_the_profile_follows_it_never() -> None:
    estimates, evidence = decided_by("m", lambda item: 1 - own_order(item))
    (one,) = followed(rows("m", "broad_value", PROFILE), estimates, evidence, ITEMS, PEOPLE)
    assert one.share.value == 0.0
    assert one.p > 0.99


def test_the_order_of_people_is_no_gain_over_itself() -> None:
    estimates, evidence = decided_by("m", lambda item: 0.8 if PEOPLE[item.content["first"]] > PEOPLE[item.content["second"]] else 0.2)
    (one,) = followed(rows("m", "broad_value", PEOPLE), estimates, evidence, ITEMS, PEOPLE)
    assert one.gain.value == 0.0
    assert one.share.value == pytest.approx(0.8)


def test_equal_values_predict_half() -> None:
    made = Laid(np.array([0, 1]), np.array([2, 2]), np.array([8.0, 8.0]), np.array([8.0, 8.0]))
    assert made.predicted(np.array([1.0, 0.0, 1.0] + [0.0] * 7)).tolist() == [4.0, 0.0]


def wave(rng: np.random.Generator) -> np.ndarray:
    return np.cos(2 * np.pi * np.arange(10) / 10 - rng.uniform(0, 2 * np.pi)) + rng.normal(0, 0.3, 10)


@pytest.mark.parametrize("shaped", [wave, lambda rng: rng.normal(size=10)], ids=["circles", "numbers"])
def test_p_is_as_often_small_as_it_says_when_nothing_is_followed(shaped) -> None:
    """Also where both the profile and the decisions go round the circle, each its own way."""
    rng = np.random.default_rng(5)
    evidence = decided_by("m", lambda _: 0.5)[1]
    bare, small = laid(evidence, "m", ITEMS), 0
    for _ in range(400):
        other = shaped(rng)
        chance = 1 / (1 + np.exp(-1.2 * (other[bare.one] - other[bare.other])))
        drawn = Laid(bare.one, bare.other, rng.binomial(8, chance).astype(float), bare.size)
        small += by_chance(drawn, shaped(rng), draws=400) < 0.05
    assert small / 400 < 0.09


def test_a_profile_that_is_followed_is_found_at_every_turn_of_the_circle() -> None:
    rng, bare, found = np.random.default_rng(6), laid(decided_by("m", lambda _: 0.5)[1], "m", ITEMS), 0
    for _ in range(50):
        own = wave(rng)
        chance = 1 / (1 + np.exp(-1.2 * (own[bare.one] - own[bare.other])))
        found += by_chance(Laid(bare.one, bare.other, rng.binomial(8, chance).astype(float), bare.size), own, draws=400) < 0.05
    assert found >= 45


def test_a_profile_that_may_not_be_read_is_left_out() -> None:
    values = rows("m", "broad_value", PROFILE)
    unread = pl.concat([values, rows("m", "interpretable", {"all": 0.0})])
    assert profile_of(values, "m") is not None
    assert profile_of(unread, "m") is None


def test_what_is_missing_is_left_out_and_nothing_breaks() -> None:
    estimates, evidence = decided_by("m", own_order)
    values = rows("m", "broad_value", PROFILE)
    assert followed(values.filter(pl.col("facet") != "power"), estimates, evidence, ITEMS, PEOPLE) == []
    assert profile_of(rows("m", "broad_value", dict.fromkeys(BROAD, 0.0)), "m") is None
    assert followed(values, estimates, evidence.head(3), ITEMS, PEOPLE) == [], "three vignettes say nothing"
    assert followed(values.clear(), estimates.clear(), evidence.clear(), ITEMS, PEOPLE) == []
    assert [one.rho.value for one in across(values, estimates, ITEMS)] == [None, None], "one model has no correlation"
    (one,) = followed(values, estimates, evidence, ITEMS, {})
    assert one.people.value is None


def test_across_models_the_leaning_profile_decides_that_way() -> None:
    values, decided = [], []
    for number, lean in enumerate(np.linspace(-1, 1, 8)):
        profile = {value: lean if value in ("universalism", "benevolence", "self_direction", "stimulation", "hedonism") else -lean
                   for value in BROAD}
        values.append(rows(f"m{number}", "broad_value", profile))
        decided.append(decided_by(f"m{number}", lambda _, lean=lean: 0.5 + 0.4 * lean)[0])
    found = across(pl.concat(values), pl.concat(decided), ITEMS)
    assert {one.axis for one in found} == {item.content["axis"] for item in ITEMS}
    for one in found:
        assert one.rho.value == pytest.approx(1)
        assert one.models == 8
        assert one.adjusted < 0.01


def test_both_profiles_stand_beside_each_other() -> None:
    estimates, _ = decided_by("m", own_order)
    found = stated_and_shown(rows("m", "broad_value", PROFILE), estimates, ["m"])
    assert found["facet"].to_list() == list(BROAD)
    assert {"stated", "stated_low", "shown", "shown_high", "trials"} <= set(found.columns)


@pytest.mark.parametrize(("who", "follows"), [("steady", True), ("contrarian", False)])
def test_simulated_models_that_follow_their_values_are_found_and_the_one_that_does_not_is_not(who: str, follows: bool) -> None:
    model = Model(name=f"simulated/{who}", model=f"simulated/{who}")
    told = {}
    for name in ("values", "decisions"):
        instrument, store = benchmark(name), Listed()
        part = Part(model, instrument, posed(instrument, instrument.items, {}), 1)
        part.want(lambda _: range(1, 3), ())
        asyncio.run(Player(DirectGateway(), store, Setting("r", population=1)).play(Plan([part])))
        frame = pl.DataFrame([row(turn) for turn in store.kept], schema_overrides=SCHEMA).sort("trial", "turn")
        told[name] = [one.with_columns(model=pl.lit(model.name), source=pl.lit("simulated"))
                      for one in measured(instrument, instrument.items, frame)]
    found = followed(told["values"][0], told["decisions"][0], told["decisions"][1], ITEMS, PEOPLE)
    assert len(found) == 1
    assert (found[0].share.low > 0.5) is follows
    assert (found[0].share.high < 0.5) is (persona(who).follows < 0)
