"""What goes with what across models: known correlations, intervals that cover, and nothing said from too few."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.benchmarks import benchmark
from engine.metrics.bridges import FEWEST, Trait, bridges, correlation, traits

X, Y, W = Trait("a", "m", "f", "X"), Trait("b", "m", "f", "Y"), Trait("a", "n", "f", "W")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=5, max_size=25))
def test_it_is_spearmans_correlation(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    rho, p = correlation(a, b)
    if len(set(a)) < 2 or len(set(b)) < 2:
        assert (rho.value, p) == (None, None)
        return
    assert rho.value == pytest.approx(stats.spearmanr(a, b).statistic)
    assert rho.low <= rho.value <= rho.high
    assert 0 < p <= 1


def test_few_models_have_an_exact_chance() -> None:
    rho, p = correlation(np.arange(5.0), np.arange(5.0))
    assert rho.value == pytest.approx(1)
    assert p == pytest.approx(2 / 120), "two orders of 120 are as extreme"


@pytest.mark.parametrize("n", range(FEWEST))
def test_nothing_is_said_of_too_few_models(n: int) -> None:
    assert correlation(np.arange(float(n)), np.arange(float(n))) == ((None, None, None), None)


@pytest.mark.parametrize(("n", "true"), [(8, 0.0), (20, 0.0), (20, 0.6)])
def test_the_interval_covers(n: int, true: float) -> None:
    rng, covered = np.random.default_rng(3), 0
    aim = 6 / np.pi * np.arcsin(true / 2)  # Spearman's of a bivariate normal with Pearson's `true`
    for _ in range(400):
        a = rng.normal(size=n)
        rho, _ = correlation(a, true * a + np.sqrt(1 - true**2) * rng.normal(size=n))
        covered += rho.low <= aim <= rho.high
    assert 0.92 <= covered / 400 <= 0.99


def frame(values: dict[Trait, list[float]]) -> pl.DataFrame:
    return pl.DataFrame([
        {"benchmark": trait.benchmark, "metric": trait.metric, "facet": trait.facet, "model": f"m{number}", "value": value}
        for trait, told in values.items() for number, value in enumerate(told)
    ])


def test_numbers_of_one_benchmark_are_not_set_against_each_other() -> None:
    order = [float(number) for number in range(8)]
    (one, other) = bridges([X, Y, W], frame({X: order, Y: order, W: order[::-1]}))
    assert {(one.one.label, one.other.label), (other.one.label, other.other.label)} == {("X", "Y"), ("Y", "W")}
    assert one.sure
    assert other.rho.value == pytest.approx(-1)


def test_only_models_with_both_count_and_too_few_are_said_to_be() -> None:
    (told,) = bridges([X, Y], frame({X: [1.0, 2.0, 3.0], Y: [float(number) for number in range(9)]}))
    assert (told.models, told.rho.value, told.p, told.adjusted, told.sure) == (3, None, None, None, False)


def test_chance_is_hardly_ever_called_a_bridge() -> None:
    rng, false = np.random.default_rng(4), 0
    every = [Trait(str(number), "m", "f", str(number)) for number in range(4)]
    for _ in range(60):
        false += any(bridge.sure for bridge in bridges(every, frame({trait: rng.normal(size=7).tolist() for trait in every})))
    assert false <= 8, "five in a hundred, over all pairs together"


def test_the_lens_of_every_benchmark_and_more_of_some_is_a_trait() -> None:
    names = {name: benchmark(name) for name in ("values", "dilemmas", "regions")}
    rows = [(name, one.lens.metric, one.lens.facet) for name, one in names.items()]
    rows += [("dilemmas", "weight", "virtue"), ("values", "higher_order", "openness"), ("regions", "accuracy", "direct")]
    held = pl.DataFrame([{"benchmark": b, "metric": m, "facet": f, "model": "m", "value": 1.0} for b, m, f in rows])
    assert {(trait.benchmark, trait.facet) for trait in traits(names, held)} == {
        ("values", "all"), ("values", "openness"), ("dilemmas", "all"), ("dilemmas", "virtue"), ("regions", "direct")}
