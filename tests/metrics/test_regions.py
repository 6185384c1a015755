"""The regional metrics: known answers by hand, properties of the gap, and recovery of what was put into simulated models."""

import json
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl
import pytest

from engine.benchmarks import benchmark
from engine.metrics import regions
from engine.metrics.regions import RESPONSES, SCOPES, SITUATIONS, gap, join_means
from engine.metrics.statistics import Interval
from engine.models.simulated import Persona, persona
from tests.metrics.test_recovery import played

SEEDS = range(20)
PLAYED = ("direct", "think first", "five steps")
LABELS = SITUATIONS.labels
estimates = partial(regions.estimates, scheme=SITUATIONS)


def turns(
    answer: Callable[[int, str, str], str | None], stems: int = 12, strategies=("direct", "five steps"), labels=LABELS
) -> pl.DataFrame:
    """`answer(stem, label, strategy)`; labels rotate, even stems lie in Africa, odd ones in Asia."""
    rows = []
    for stem in range(stems):
        label = labels[stem % len(labels)]
        for strategy in strategies:
            for turn in range(6 if strategy == "five steps" else 1):
                choice = answer(stem, label, strategy) if turn in (0, 5) and (strategy != "five steps" or turn == 5) else None
                rows.append({
                    "run": "r", "trial": f"{stem}/{strategy}", "stem": f"s{stem:02d}", "turn": turn, "choice": choice, "label": label,
                    "condition": json.dumps({"answer": "judged", "strategy": strategy, "order": "1"}), "problem": None, "prompt_tokens": 10,
                    "reading": "choice" if choice else "text" if turn < 5 and strategy == "five steps" else "refusal",
                    "completion_tokens": 5, "continent": ("Africa", "Asia")[stem % 2], "region": "R", "country": f"C{stem}",
                })
    return pl.DataFrame(rows, schema_overrides={"problem": pl.String, "choice": pl.String})


def told(found: pl.DataFrame, metric: str, facet: str) -> dict:
    return found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).row(0, named=True)


@pytest.mark.parametrize("constant", LABELS)
def test_any_constant_answer_scores_a_third_and_nothing_above_chance(constant: str) -> None:
    found = estimates(turns(lambda stem, label, strategy: constant, stems=15))
    assert told(found, "regional_score", "direct")["value"] == pytest.approx(1 / 3)
    above = told(found, "above_chance", "direct")
    assert above["value"] == pytest.approx(0)
    assert above["low"] < 0 < above["high"]
    assert told(found, "gain", "five steps")["value"] == 0


@pytest.mark.parametrize("constant", RESPONSES.labels)
def test_with_four_answers_a_constant_one_scores_a_quarter(constant: str) -> None:
    found = regions.estimates(turns(lambda stem, label, strategy: constant, stems=16, labels=RESPONSES.labels), scheme=RESPONSES)
    assert told(found, "regional_score", "direct")["value"] == pytest.approx(1 / 4)
    assert told(found, "above_chance", "direct")["value"] == pytest.approx(0)
    assert told(found, "false_alarm", "direct")["value"] == (0 if constant == "answers directly" else 1)
    assert told(found, "miss", "direct")["value"] == (1 if constant == "answers directly" else 0)
    assert found.filter(pl.col("metric") == "norm_identification").is_empty(), "no answer says that no norm applies"


def test_a_situation_in_several_continents_counts_everywhere_and_at_no_place() -> None:
    read = turns(lambda stem, label, strategy: label, stems=12).with_columns(
        continent=pl.when(pl.col("stem") == "s00").then(None).otherwise("continent"))
    found = estimates(read)
    assert told(found, "accuracy", "direct")["trials"] == 12
    assert sum(found.filter(pl.col("metric") == "accuracy", pl.col("facet").str.starts_with("direct @ continent"))["trials"]) == 11
    assert not any("None" in facet for facet in found["facet"])


def test_scores_errors_gains_and_costs_by_hand() -> None:
    def answer(stem: int, label: str, strategy: str) -> str:
        return label if strategy == "five steps" or stem % 2 else "not acceptable"

    found = estimates(turns(answer))
    assert told(found, "regional_score", "direct")["value"] == pytest.approx((0.5 + 1 + 0.5) / 3)
    assert told(found, "regional_score", "five steps")["value"] == 1
    assert told(found, "regional_score", "direct @ continent Asia")["value"] == 1
    assert told(found, "regional_score", "direct @ continent Africa")["value"] == pytest.approx(1 / 3)
    assert told(found, "false_alarm", "direct")["value"] == pytest.approx(0.5)
    assert told(found, "miss", "direct")["value"] == 0
    assert told(found, "norm_identification", "direct")["value"] == pytest.approx((1 + 0.5) / 2)
    assert told(found, "false_alarm", "direct @ continent Africa")["value"] == 1
    assert told(found, "false_alarm", "direct @ continent Asia")["value"] == 0
    assert found.filter((pl.col("metric") == "miss") & pl.col("facet").str.contains("@ country")).is_empty()
    gain = told(found, "gain", "five steps")
    assert gain["value"] == pytest.approx(4 / 12)
    assert (gain["trials"], gain["stems"]) == (24, 12)
    assert told(found, "gain", "five steps @ continent Asia")["value"] == 0
    assert told(found, "gain", "five steps @ region R")["value"] == pytest.approx(4 / 12)
    assert (told(found, "calls", "direct")["value"], told(found, "calls", "five steps")["value"]) == (1, 6)
    assert told(found, "tokens", "five steps")["value"] == 90
    assert told(found, "outcome", "answered")["value"] == 1


def test_refusals_are_dropped_counted_and_never_wrong() -> None:
    found = estimates(turns(lambda stem, label, strategy: None if stem == 0 else label))
    score = told(found, "regional_score", "direct")
    assert (score["value"], score["trials"], score["dropped"]) == (1, 11, 1)
    assert told(found, "outcome", "refused")["value"] == pytest.approx(1 / 12)


def test_a_place_with_one_kind_of_answer_has_no_score_and_still_an_accuracy() -> None:
    found = estimates(turns(lambda stem, label, strategy: label))
    assert told(found, "regional_score", "direct @ country C1")["value"] is None
    assert told(found, "accuracy", "direct @ country C1")["value"] == 1


def test_ablations_are_paired_with_the_whole() -> None:
    found = estimates(turns(lambda stem, label, strategy: label if strategy == "five steps" or stem else "x",
                            strategies=("five steps", "without norms")))
    assert told(found, "step_gain", "norms")["value"] == pytest.approx(1 / 12)
    assert found.filter(pl.col("metric") == "gain").is_empty()


def test_joined_means_follow_the_known_formula() -> None:
    joined = join_means([Interval(0.5, 0.4, 0.7), Interval(0.9, 0.6, 1.0)])
    assert joined == pytest.approx((0.7, 0.7 - (0.1**2 + 0.3**2) ** 0.5 / 2, 0.7 + (0.2**2 + 0.1**2) ** 0.5 / 2))
    assert join_means([Interval(None, None, None)]).value is None


@pytest.mark.parametrize("true", [(0.6, 0.6, 0.6, 0.6, 0.6), (0.5, 0.6, 0.6, 0.7, 0.6), (0.3, 0.9, 0.6, 0.6, 0.6)])
def test_the_gaps_interval_covers_the_true_gap_although_the_extremes_were_picked(true: tuple[float, ...]) -> None:
    rng, error, covered, naive = np.random.default_rng(7), 0.06, 0, 0
    for _ in range(300):
        seen = rng.normal(true, error)
        found = gap({str(n): Interval(v, v - 1.96 * error, v + 1.96 * error) for n, v in enumerate(seen)}, draws=4000)
        assert found.value is not None
        covered += found.low <= max(true) - min(true) <= found.high
        naive += abs(found.value - (max(true) - min(true))) <= 1.96 * error * 2**0.5
    assert covered / 300 >= 0.93
    assert covered >= naive


def truth(who: Persona) -> dict[tuple[str, str], float]:
    """What the estimates aim at, from the parameters and the labels of the items at each place."""
    expected = {
        strategy: [(item.content, who.expected_judgement(item.content["continent"], strategy, item.content["label"]))
                   for item in benchmark("regions").items]
        for strategy in PLAYED
    }
    found: dict[tuple[str, str], float] = {}
    for strategy, rows in expected.items():
        places = [("", None, None)] + [(f" @ {scope} {place}", scope, place) for scope in SCOPES[:2]
                                       for place in {content[scope] for content, _ in rows}]
        for suffix, scope, place in places:
            here = [(c["label"], right) for c, right in rows if scope is None or c[scope] == place]
            by_label = [[right for label, right in here if label == one] for one in LABELS]
            if all(by_label):
                found["regional_score", strategy + suffix] = float(np.mean([np.mean(some) for some in by_label]))
            found["accuracy", strategy + suffix] = float(np.mean([right for _, right in here]))
        if strategy in ("think first", "five steps"):
            gained = [after - before for (_, after), (_, before) in zip(rows, expected["direct"], strict=True)]
            found["gain", strategy] = float(np.mean(gained))
    return found


def test_knowledge_by_place_and_the_gain_of_the_steps_are_recovered() -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)
    for who in ("steady", "contrarian"):
        true = truth(persona(who))
        for seed in SEEDS:
            for found in played(who, "regions", seed, {"strategy": PLAYED}).iter_rows(named=True):
                key = (found["metric"], found["facet"])
                if key in true and found["value"] is not None:
                    kind = f"{found['metric']} {'at places' if ' @ ' in found['facet'] else 'everywhere'}"
                    hits[kind].append(found["low"] - 1e-9 <= true[key] <= found["high"] + 1e-9)
                    errors[kind].append(found["value"] - true[key])
    shares = {kind: float(np.mean(some)) for kind, some in hits.items()}
    print({kind: f"{share:.3f} of {len(hits[kind])}" for kind, share in shares.items()})
    for kind, share in shares.items():
        assert 0.90 <= share <= 0.99, f"{kind}: its 95 % intervals cover {share:.3f} of cases"
        assert abs(np.mean(errors[kind])) < 0.02, f"{kind} is off by {np.mean(errors[kind]):.3f} on average"
