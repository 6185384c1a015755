import json

import numpy as np
import polars as pl
import pytest

from engine.circle import BROAD, HIGHER, ORDER_19, angle
from engine.metrics.structure import circular_fit, stability
from engine.metrics.values import estimates


def sheet(rate, people: int = 12, refused: int = 0) -> pl.DataFrame:
    """Turns of `people` respondents; `rate(person, value, number)` gives a rating."""
    rows = []
    for person in range(people):
        condition = json.dumps({"form": "alone", "scale": "descending" if person % 2 else "ascending"})
        for value in ORDER_19:
            for number in range(3):
                rated = rate(person, value, number)
                rows.append({
                    "run": "r", "trial": f"{person}{value}{number}", "item": f"{value}_{number}", "value": value, "stem": value,
                    "condition": condition, "epoch": person // 2, "turn": 0, "number": None if rated is None else float(rated),
                    "reading": "refusal" if rated is None else "rating", "problem": None, "choice": None,
                })
    return pl.DataFrame(rows, schema_overrides={"number": pl.Float64, "problem": pl.String, "choice": pl.String})


def told(found: pl.DataFrame, metric: str, facet: str) -> dict:
    return found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).row(0, named=True)


@pytest.mark.parametrize("answer", [1, 4, 6])
def test_the_same_answer_everywhere_is_exactly_zero_everywhere(answer: int) -> None:
    found = estimates(sheet(lambda person, value, number: answer))
    for metric in ("value", "broad_value", "higher_order", "direction_effect"):
        for row in found.filter(pl.col("metric") == metric).iter_rows(named=True):
            assert row["value"] == 0.0, row
    assert told(found, "acquiescence", "all")["value"] == answer - 3.5
    assert told(found, "interpretable", "all")["value"] == 0
    assert "do not vary" in told(found, "interpretable", "all")["method"]


def test_scores_follow_the_official_formula() -> None:
    rng = np.random.default_rng(3)
    ratings = {(p, v): rng.integers(1, 7, 3) for p in range(10) for v in ORDER_19}
    found = estimates(sheet(lambda p, v, n: ratings[p, v][n], people=10))
    mrat = {p: np.mean([ratings[p, v] for v in ORDER_19]) for p in range(10)}
    for facet, parts in BROAD.items():
        by_hand = np.mean([np.concatenate([ratings[p, v] for v in parts]).mean() - mrat[p] for p in range(10)])
        assert told(found, "broad_value", facet)["value"] == pytest.approx(by_hand)
    for facet, parts in HIGHER.items():
        by_hand = np.mean([np.mean([ratings[p, v].mean() for v in parts]) - mrat[p] for p in range(10)])
        assert told(found, "higher_order", facet)["value"] == pytest.approx(by_hand)
    assert told(found, "value", "face")["trials"] == 30
    assert sum(len(parts) for parts in BROAD.values()) == 18


def profile_on_the_circle(person: int, value: str, number: int) -> int:
    place = {name: index for index, name in enumerate(ORDER_19)}[value] / len(ORDER_19)
    return round(3.5 + 2 * float(np.cos(2 * np.pi * (place - 0.85))))


def test_a_profile_in_the_order_of_the_circle_is_interpretable() -> None:
    found = estimates(sheet(profile_on_the_circle))
    assert told(found, "circular_fit", "all")["value"] > told(found, "circular_fit", "baseline")["value"]
    assert told(found, "interpretable", "all")["value"] == 1


def test_random_answers_are_not_interpretable() -> None:
    passed = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        found = estimates(sheet(lambda p, v, n, rng=rng: rng.integers(1, 7)))
        passed.append(told(found, "interpretable", "all")["value"])
    assert sum(passed) <= 1


def test_swaps_inside_a_group_cost_nothing() -> None:
    profile = np.array([[0.6, 0.2, -0.1, -0.5, -1.0, 0.1, 0.2, 0.3, 0.8, 0.7]]) + np.zeros((5, 1))
    swapped, names = profile.copy(), list(BROAD)
    a, b = names.index("security"), names.index("tradition")
    swapped[:, [a, b]] = swapped[:, [b, a]]
    assert circular_fit(profile, names)[0].value == pytest.approx(circular_fit(swapped, names)[0].value)
    assert angle("security_personal") == angle("tradition") == angle("conformity_rules")
    assert angle("benevolence_care") == angle("universalism_nature")


def test_too_few_ratings_drop_the_respondent_and_are_counted() -> None:
    found = estimates(sheet(lambda p, v, n: None if p == 0 and v in ORDER_19[:10] else profile_on_the_circle(p, v, n)))
    row = told(found, "value", "power_dominance")
    assert (row["stems"], row["dropped"]) == (11, 27)
    assert told(found, "outcome", "refused")["value"] == pytest.approx(30 / (12 * 57))


def test_a_model_that_answers_nothing_has_no_profile() -> None:
    found = estimates(sheet(lambda p, v, n: None))
    assert found.filter(pl.col("metric") == "value").is_empty()
    assert told(found, "interpretable", "all")["value"] == 0


def test_stability_of_identical_profiles_is_one() -> None:
    assert stability(np.tile(np.arange(10.0), (4, 1))).value == pytest.approx(1)
