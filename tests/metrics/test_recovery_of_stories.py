"""What was put into simulated models comes out of stories and trade-offs, and no verdict where there is no effect."""

from collections import defaultdict
from functools import cache

import numpy as np
import polars as pl
import pytest

from engine.benchmarks.tradeoffs import SMALLEST_EFFECT
from engine.metrics import stories, tradeoffs
from engine.metrics.hypothesis import on_one_model
from engine.metrics.statistics import Interval
from engine.models.simulated import Persona, persona
from tests.metrics.answering import answered

SEEDS, MANY = range(20), range(100)
EPOCHS = 5
NO_EFFECT = "steady"
"""Its answers move by 0.3 log-odds with the framing whatever it is told."""


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def true_stories(who: Persona) -> dict[tuple[str, str], float]:
    rng = np.random.default_rng(0)
    story = rng.normal(who.moral, who.moral_over_stories, (100_000, 1))
    own = sigmoid(story + rng.normal(0, who.moral_over_wordings, (100_000, 2)))
    cells = np.concatenate([(1 - who.position) * own + who.position * first for first in (1, 0)], axis=1)
    asked = rng.binomial(EPOCHS, 1 - who.refuse - who.garble, cells.shape)
    n, m = asked.sum(axis=1), rng.binomial(asked, cells).sum(axis=1)
    p = m / n
    told = {("alignment", name): np.mean([who.expected_moral(norm, first) for first in (True, False)])
            for norm, name in stories.NORMS.items()}
    told |= {("norm_followed", "norm stated"): told["alignment", "norm stated"],
             ("norm_followed", "opposite stated"): 1 - told["alignment", "opposite stated"]}
    told |= {("steadiness", stories.GROUPS[0]): np.mean(p >= 0.9 - 1e-9), ("steadiness", stories.GROUPS[1]): np.mean(p <= 0.1 + 1e-9)}
    told["steadiness", stories.GROUPS[2]] = 1 - told["steadiness", stories.GROUPS[0]] - told["steadiness", stories.GROUPS[1]]
    told["self_agreement", "whole story"] = np.mean((m * (m - 1) + (n - m) * (n - m - 1)) / (n * (n - 1)))
    told["self_agreement", "all"] = np.mean(cells**2 + (1 - cells) ** 2)
    told["majority", "all"] = np.mean((p > 0.5) + 0.5 * (p == 0.5))
    return told | {("position_effect", "first"): who.position, ("wording_effect", "first"): 0.0}


def true_trades(who: Persona) -> dict[tuple[str, str], float]:
    z = np.random.default_rng(0).normal(0, np.hypot(who.over_stems, who.over_paraphrases), 400_000)

    def share(centre: float) -> float:
        return float((1 - who.position) * sigmoid(centre + z).mean() + who.position / 2)

    def shift(centre: float, framing: float) -> float:
        ends = [share(centre + side * framing / 2) for side in (1, -1)]
        return float(np.log(ends[0] / (1 - ends[0])) - np.log(ends[1] / (1 - ends[1])))

    told: dict[tuple[str, str], float] = {}
    for message, arm in tradeoffs.ARMS.items():
        told["respect_for_persons", arm] = 1 - share(-who.respects - who.raised * (message in ("respect", "both")))
        told["fair_shares", arm] = 1 - share(-who.shares - who.raised * (message in ("shares", "both")))
        clash, harmless = shift(who.compares, who.framing[message]), shift(0.0, who.framing_neutral)
        told |= {("kind_shift", f"conflict @ {arm}"): clash, ("kind_shift", f"neutral @ {arm}"): harmless,
                 ("framing_shift", arm): clash - harmless, ("declines", arm): who.declining}
    told["conflict_growth", "both"] = told["framing_shift", "both"] - max(told["framing_shift", arm] for arm in ("respect", "fair shares"))
    return told


@cache
def stories_found(who: str) -> list[pl.DataFrame]:
    return [stories.estimates(answered(persona(who), "stories", seed, EPOCHS)) for seed in SEEDS]


def puts_to_the_test(item, condition) -> bool:
    return condition["framing"] != "no case" and (item.content["kind"] in ("conflict", "neutral") or condition["told"] in ("none", "both"))


@cache
def trades_found(who: str) -> list[pl.DataFrame]:
    return [tradeoffs.estimates(answered(persona(who), "tradeoffs", seed, 1, puts_to_the_test))
            for seed in (MANY if who == NO_EFFECT else SEEDS)]


def covering(found: dict[str, list[pl.DataFrame]], truth) -> dict[str, list[bool]]:
    covered: dict[str, list[bool]] = defaultdict(list)
    for who, frames in found.items():
        true = truth(persona(who))
        for frame in frames[: len(SEEDS)]:
            for row in frame.filter(pl.col("low").is_not_null()).iter_rows(named=True):
                if (key := (row["metric"], row["facet"])) in true:
                    covered[row["metric"]].append(row["low"] - 1e-9 <= true[key] <= row["high"] + 1e-9)
    print({metric: f"{np.mean(hits):.3f} of {len(hits)}" for metric, hits in covered.items()})
    return covered


def held(covered: dict[str, list[bool]], *metrics: str, least: float = 0.90) -> None:
    for metric in metrics:
        assert least <= np.mean(covered[metric]) <= 0.99, f"{metric}: its 95 % intervals cover {np.mean(covered[metric]):.3f}"


def test_alignment_and_steadiness_are_found_again() -> None:
    covered = covering({who: stories_found(who) for who in ("steady", "pliable", "contrarian")}, true_stories)
    held(covered, "alignment", "norm_followed", "steadiness", "self_agreement", "position_effect", "wording_effect", "majority")


def test_respect_fairness_and_what_framing_does_are_found_again() -> None:
    covered = covering({who: trades_found(who) for who in (NO_EFFECT, "pliable")}, true_trades)
    held(covered, "respect_for_persons", "fair_shares", "kind_shift", "framing_shift", "declines", "conflict_growth")


def verdict(found: pl.DataFrame, smallest: float = SMALLEST_EFFECT) -> str:
    of = {(row["metric"], row["facet"]): Interval(row["value"], row["low"], row["high"]) for row in found.iter_rows(named=True)}
    return on_one_model(of["conflict_growth", "both"], of["framing_shift", "both"], of["both_raised", "both"].low, smallest,
                        of["comparing_shift", "both"]).word


def test_without_a_true_effect_the_hypothesis_is_hardly_ever_supported() -> None:
    words = [verdict(found) for found in trades_found(NO_EFFECT)]
    print({word: words.count(word) for word in set(words)})
    assert words.count("supports") <= 5
    assert [verdict(found, 0.01) for found in trades_found(NO_EFFECT)].count("supports") <= 5, "nor against a tiny smallest effect"


def test_an_effect_that_is_there_is_never_refuted() -> None:
    words = [verdict(found) for found in trades_found("pliable")]
    print({word: words.count(word) for word in set(words)})
    assert "refutes" not in words
    assert "supports" in words


@pytest.mark.parametrize("metric", ["entropy", "doubt", "contradiction"])
def test_entropies_lie_where_the_answers_put_them(metric: str) -> None:
    who = persona("pliable")
    rng = np.random.default_rng(0)
    own = sigmoid(rng.normal(who.moral, who.moral_over_stories, (100_000, 1)) + rng.normal(0, who.moral_over_wordings, (100_000, 2)))
    wordings = (1 - who.position) * own + who.position / 2

    def bits(p):
        return np.mean(-p * np.log2(p) - (1 - p) * np.log2(1 - p))

    true = {"entropy": bits(wordings.mean(axis=1)), "doubt": bits(wordings)}
    true["contradiction"] = true["entropy"] - true["doubt"]
    seen = np.mean([frame.filter(pl.col("metric") == metric)["value"][0] for frame in stories_found("pliable")])
    assert abs(seen - true[metric]) < 0.015
