"""Many models against each other: the numbers agree with the estimates, the intervals cover, and no more is claimed than can be."""

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, estimates
from engine.metrics.compare import (
    Pair,
    as_table,
    epochs_to_separate,
    holm,
    judged,
    paired,
    ranking,
    rankings,
    repeated,
    unpaired,
)
from engine.metrics.counts import ALL, counted
from engine.metrics.evidence import SCHEMA, Cells, cells, rests_on
from engine.metrics.statistics import Interval, paired_difference
from engine.models.gateway import DirectGateway

STEMS, EPOCHS = 36, 5


def every_pair(laid: Cells) -> list[Pair]:
    """All pairs of models on one metric, corrected over them."""
    return judged([paired(laid, one, other) for one, other in combinations(range(len(laid.models)), 2)])


def made(models: Mapping[str, np.ndarray], sizes: int | Mapping[str, np.ndarray] = EPOCHS) -> Cells:
    """Evidence of one part; `models`: hits of each stem."""
    names = sorted(models)
    hits = np.stack([models[name] for name in names])[:, None, :].astype(float)
    size = np.stack([np.broadcast_to(sizes if isinstance(sizes, int) else sizes[name], hits.shape[2]) for name in names])[:, None, :]
    return Cells(names, [f"s{n:02d}" for n in range(hits.shape[2])], np.array([1.0]), hits, size.astype(float))


def drawn(rng: np.random.Generator, means: Mapping[str, float], *, icc: float = 0.5, stems: int = STEMS, epochs: int = EPOCHS) -> Cells:
    """Hits of models whose stems are hard or easy for all alike: beta-binomial with an intraclass correlation, the same ranks of stems."""
    easy = rng.uniform(size=stems)
    told = {}
    for name, mean in means.items():
        spread = (1 - icc) / icc
        chance = stats.beta.ppf(np.clip(easy, 1e-9, 1 - 1e-9), mean * spread, (1 - mean) * spread)
        told[name] = rng.binomial(epochs, chance)
    return made(told, epochs)


def test_the_evidence_of_every_metric_comes_to_its_estimate(lake_folder) -> None:
    models = ["simulated/steady", "simulated/pliable"]
    with Lake.open() as lake:
        play(lake, Request(models, ["dilemmas"], ["pressure=none,crowd"], 1), gateway=DirectGateway())
        play(lake, Request(models, ["regions"], ["strategy=direct,five steps"]), gateway=DirectGateway())
        judges = ["simulated/random", "simulated/contrarian"]
        play(lake, Request(models[:1], ["regions"], ["strategy=direct", "answer=open"], judges=judges), gateway=DirectGateway())
        compared = 0
        for name in ("dilemmas", "regions"):
            found, evidence = estimates.newest(lake, benchmarks=[name]), estimates.newest_evidence(lake, name)
            for metric, facet in evidence.select("metric", "facet").unique().sort("metric", "facet").iter_rows():
                laid = cells(evidence, metric, facet)
                for model, value in zip(laid.models, laid.values(), strict=True):
                    mine = (pl.col("metric") == metric) & (pl.col("facet") == facet) & (pl.col("model") == model)
                    row = found.filter(mine).row(0, named=True)
                    if metric != "gain":  # a gain is estimated on the situations that both strategies answered
                        assert value == pytest.approx(row["value"]), f"{name} {metric} {facet} {model}"
                        compared += 1
        assert compared > 30


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_holm_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=6, max_size=40))
def test_a_pair_of_shares_has_the_paired_difference_within_an_interval_of_its_size(hits: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, dtype=float) for column in zip(*hits, strict=True))
    found = paired(made({"a": a, "b": b}), 0, 1)
    size = np.full(len(hits), float(EPOCHS))
    assert found.difference.value == pytest.approx(paired_difference((a, size), (b, size)).value, abs=1e-12)
    assert found.difference.low <= found.difference.value <= found.difference.high
    turned = paired(made({"a": b, "b": a}), 0, 1)
    assert (turned.difference.low, turned.difference.high) == pytest.approx((-found.difference.high, -found.difference.low))


def test_pairs_are_compared_on_what_both_were_asked() -> None:
    hits = {"a": np.array([5.0] * 10 + [0.0] * 10), "b": np.array([5.0] * 10 + [0.0] * 10)}
    sizes = {"a": np.array([5.0] * 20), "b": np.array([5.0] * 10 + [0.0] * 10)}
    found = paired(made(hits, sizes), 0, 1)
    assert (found.difference.value, found.stems) == (0.0, 10), "the stems that b was not asked do not count against a"


@pytest.mark.parametrize("means", [{"a": 0.3, "b": 0.3}, {"a": 0.2, "b": 0.5}, {"a": 0.9, "b": 0.8}, {"a": 0.97, "b": 0.9}])
def test_paired_intervals_cover_with_realistic_clusters(means: Mapping[str, float]) -> None:
    rng, covered, told = np.random.default_rng(5), 0, 0
    for _ in range(600):
        found = paired(drawn(rng, means), 0, 1)
        covered += found.difference.low <= means["a"] - means["b"] <= found.difference.high
        told += (found.p < 0.05) == (not found.difference.low <= 0 <= found.difference.high)
    assert 0.93 <= covered / 600 <= 0.985
    assert told == 600, "the test and the interval say the same"


def test_of_equal_models_hardly_ever_any_is_called_different() -> None:
    rng, false = np.random.default_rng(6), 0
    for _ in range(400):
        pairs = every_pair(drawn(rng, dict.fromkeys("abcde", 0.4)))
        false += any(pair.verdict in ("higher", "lower") for pair in pairs)
    assert false / 400 <= 0.075, "over all ten pairs together"


def test_true_ranks_lie_within_their_ranges() -> None:
    rng, means, covered = np.random.default_rng(7), {"a": 0.8, "b": 0.6, "c": 0.55, "d": 0.2}, 0
    for _ in range(200):
        laid = drawn(rng, means)
        found = ranking(dict(zip(laid.models, laid.values(), strict=True)), every_pair(laid))
        covered += all(found.ranks[name][0] <= place <= found.ranks[name][1] for place, name in enumerate("abcd", 1))
    assert covered / 200 >= 0.93


def test_a_ranking_by_hand_with_ranges_and_ties() -> None:
    values = {"a": 0.9, "b": 0.7, "c": 0.65, "d": 0.1}
    apart = {("a", "b"): 1e-6, ("a", "c"): 1e-6, ("a", "d"): 1e-9, ("b", "c"): 0.6, ("b", "d"): 1e-8, ("c", "d"): 1e-7}
    pairs = judged([
        Pair(one, other, Interval(values[one] - values[other], None, None), 0.05, 35, 36, p) for (one, other), p in apart.items()
    ])
    found = ranking(values, pairs)
    assert found.order == ["a", "b", "c", "d"]
    assert found.ranks == {"a": (1, 1), "b": (2, 3), "c": (2, 3), "d": (4, 4)}
    assert found.ties == [["b", "c"]]
    turned = ranking(values, pairs, lower_is_better=True)
    assert turned.ranks == {"d": (1, 1), "b": (2, 3), "c": (2, 3), "a": (4, 4)}


def test_a_verdict_may_be_that_nothing_can_be_said_and_tells_what_could_have_been_seen() -> None:
    rng = np.random.default_rng(8)
    (pair,) = every_pair(drawn(rng, {"a": 0.40, "b": 0.42}, stems=10))
    assert pair.verdict == "inconclusive"
    assert pair.smallest > 0.05
    (same,) = every_pair(made({"a": np.tile([2.0, 3.0], 200), "b": np.tile([2.0, 3.0, 3.0, 2.0], 100)}))
    assert same.verdict == "same"


def test_more_epochs_are_only_promised_where_they_would_do() -> None:
    rng = np.random.default_rng(9)
    loud = made({"a": rng.binomial(2, 0.60, 60), "b": rng.binomial(2, 0.45, 60)}, 2)
    assert epochs_to_separate(loud.shared(0, 1)) in range(1, 30)
    easy = rng.uniform(size=30)
    mixed = made({"a": np.round(20 * easy), "b": np.round(20 * easy[::-1]) + 1}, 21)
    assert epochs_to_separate(mixed.shared(0, 1)) is None, "what differs is which stems, and more epochs change no stem"
    assert repeated(mixed.shared(0, 1))
    assert not repeated(made({"a": np.ones(9), "b": np.zeros(9)}, 1).shared(0, 1)), "asked once, what varies within a stem is unknown"


@pytest.mark.parametrize(("hits", "verdict"), [
    ({"a": np.zeros(10), "b": np.zeros(10)}, "inconclusive"), ({"a": np.full(10, 5.0), "b": np.full(10, 5.0)}, "inconclusive"),
    ({"a": np.full(10, 5.0), "b": np.zeros(10)}, "higher"),
])
def test_constant_answers_have_a_width_and_are_told_apart_only_where_they_differ(hits: Mapping[str, np.ndarray], verdict: str) -> None:
    (pair,) = every_pair(made(hits))
    assert pair.difference.high - pair.difference.low > 0.1
    assert pair.verdict == verdict


@pytest.mark.parametrize("stems", [0, 1, 5])
def test_too_few_stems_are_not_comparable(stems: int) -> None:
    (pair,) = every_pair(made({"a": np.ones(stems), "b": np.zeros(stems)}))
    assert pair.verdict == "not comparable"
    assert pair.difference.value is None
    assert as_table([pair])["p"].to_list() == [None]


def test_one_model_has_no_pairs_and_the_first_rank() -> None:
    assert every_pair(made({"a": np.ones(10)})) == []
    assert ranking({"a": 0.2}, []).ranks == {"a": (1, 1)}


def test_models_that_share_no_stems_are_compared_by_their_intervals() -> None:
    a, b = ({"model": name, "value": value, "low": value - 0.1, "high": value + 0.1, "stems": 12}
            for name, value in (("a", 1.0), ("b", 0.2)))
    (pair,) = judged([unpaired(a, b)])
    assert pair.verdict == "higher"
    assert pair.difference.value == pytest.approx(0.8)
    assert pair.difference.high - pair.difference.value == pytest.approx(0.1 * 2**0.5)
    nothing = unpaired({**a, "low": None}, b)
    assert judged([nothing])[0].verdict == "not comparable"


def test_evidence_counts_hits_and_sizes_by_stem_and_part() -> None:
    frame = pl.DataFrame({"stem": ["x", "x", "y"], "hit": [True, False, True]})
    every, one, none = (counted(some, sums={"hit": pl.col("hit")}) for some in (frame, frame.head(1), frame.clear()))
    found = rests_on("m", "f", (1.0, every, "hit", ALL), (-1.0, one, "hit", ALL))
    assert found.columns == list(SCHEMA)
    assert found.select("part", "weight", "stem", "hits", "size").rows() == [
        (0, 1.0, "x", 1.0, 2.0), (0, 1.0, "y", 1.0, 1.0), (1, -1.0, "x", 1.0, 1.0)]
    assert rests_on("m", "f", (1.0, every, "hit", ALL), (-1.0, none, "hit", ALL)).is_empty(), "a sum lacks a term"


def test_rankings_looked_at_together_are_corrected_together() -> None:
    rng = np.random.default_rng(11)
    laid = drawn(rng, {"a": 0.40, "b": 0.52})
    alone, many = (paired(laid, 0, 1) for _ in range(2))
    values = dict(zip(laid.models, laid.values(), strict=True))
    one = rankings({("x", "m", "f"): (values, [alone])}, [], [])["x", "m", "f"].pairs[0]
    found = rankings({("x", "m", str(number)): (values, [many]) for number in range(8)}, [("x", "m", "0")], [])
    assert one.adjusted == one.p
    assert found["x", "m", "1"].pairs[0].adjusted == pytest.approx(min(1.0, 8 * one.p))
    assert found["x", "m", "0"].order == ["a", "b"]
    assert found["x", "m", "1"].order == ["b", "a"], "where less is not better"


def test_only_shares_can_be_the_same_within_points() -> None:
    same = made({"a": np.tile([2.0, 3.0], 200), "b": np.tile([2.0, 3.0, 3.0, 2.0], 100)})
    told = {("x", "m", "f"): ({"a": 0.5, "b": 0.5}, [paired(same, 0, 1)])}
    assert rankings(told, [], list(told))["x", "m", "f"].pairs[0].verdict == "same"
    assert rankings(told, [], [])["x", "m", "f"].pairs[0].verdict == "inconclusive"
