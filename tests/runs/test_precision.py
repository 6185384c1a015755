"""Playing to a precision: the rule by itself, and that the intervals it stops at still cover the truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.benchmarks import benchmark
from engine.metrics.statistics import clustered_share
from engine.problems import UsageError
from engine.runs.precision import Cell, Look, Precision, first_look, narrowest, widest

ASKED = Precision("flip_rate", 0.05)
DILEMMAS = benchmark("dilemmas")


def look(epochs: int, half: float | None, at_best: float | None = None) -> Look:
    return Look("m", "dilemmas", Cell("pressure", "crowd"), epochs, half, at_best)


def test_a_precision_is_written_metric_and_half_width():
    assert Precision.parse("flip_rate=0.05") == ASKED
    assert str(ASKED) == "flip_rate=0.05"


@pytest.mark.parametrize("text", ["", "flip_rate", "=0.05", "flip_rate=", "flip_rate=0", "flip_rate=-1", "flip_rate=wide", "flip_rate=nan"])
def test_anything_else_is_refused(text: str):
    with pytest.raises(UsageError, match=r"flip_rate=0\.05"):
        Precision.parse(text)


def test_a_flip_rate_rests_on_the_trials_of_its_pressure_alone_and_a_weight_on_all():
    assert ASKED.cell(DILEMMAS, "crowd") == Cell("pressure", "crowd")
    assert Precision("weight", 0.05).cell(DILEMMAS, "virtue") == Cell()
    assert Cell("pressure", "crowd").holds({"pressure": "crowd"})
    assert not Cell("pressure", "crowd").holds({"pressure": "none"})
    assert Cell().holds({"pressure": "none"})


def test_a_cell_that_is_narrow_enough_gets_nothing_more():
    assert look(3, 0.05).next(ASKED, 40) == 3
    assert look(3, 0.0501).next(ASKED, 40) > 3


def test_a_cell_gets_what_its_width_says_but_at_most_half_as_many_again():
    assert look(10, 0.055).next(ASKED, 40) == 13  # 10 · 1.1² = 12.1
    assert look(10, 0.2).next(ASKED, 40) == 15
    assert look(2, None).next(ASKED, 40) == 3


def test_a_cell_stops_at_the_most_and_where_its_items_forbid_more():
    assert look(38, 0.2).next(ASKED, 40) == 40
    assert look(40, 0.2).next(ASKED, 40) == 40
    assert look(10, 0.08, at_best=0.06).next(ASKED, 40) == 10
    assert look(10, 0.08, at_best=0.04).next(ASKED, 40) > 10


@given(st.integers(2, 39), st.floats(0.001, 1.0))
def test_a_look_never_takes_epochs_back_and_always_goes_on_below_the_most(epochs: int, half: float):
    following = look(epochs, half).next(ASKED, 40)
    assert epochs <= following <= 40
    assert (following == epochs) == (half <= ASKED.half)


def test_the_first_look_comes_after_two_epochs_at_the_least():
    assert first_look(DILEMMAS, 40) == DILEMMAS.epochs == 2
    assert first_look(benchmark("values"), 40) == 3
    assert first_look(DILEMMAS, 1) == 1


def test_two_looks_tell_what_an_interval_tends_to():
    def half(epochs: int) -> float:
        return (0.03**2 + 0.1**2 / epochs) ** 0.5

    assert narrowest((8, half(8)), (16, half(16))) == pytest.approx(0.03)
    assert narrowest((2, half(2)), (4, half(4))) is None, "too early to tell"
    assert narrowest((8, 0.05), (16, 0.06)) == pytest.approx(0.06), "a width that grows owes nothing to the replies"


def test_the_widest_interval_of_a_cell_counts_and_one_that_is_missing_is_never_narrow():
    rows = [
        {"metric": "weight", "facet": "virtue", "low": 0.1, "high": 0.3},
        {"metric": "weight", "facet": "deontology", "low": 0.1, "high": 0.5},
        {"metric": "flip_rate", "facet": "crowd", "low": None, "high": None},
    ]
    assert widest(Precision("weight", 0.1), DILEMMAS, rows) == {Cell(): pytest.approx(0.2)}
    assert widest(ASKED, DILEMMAS, rows) == {Cell("pressure", "crowd"): None}


def stopped_at(flip: float, spread: float, chance: np.random.Generator) -> tuple[bool, int]:
    """One cell of 39 dilemmas, two trials an epoch, played by the rule: is the truth in the interval, and after how many epochs?"""
    stems, each, between = 39, 2, (1 - spread) / spread if spread else 0.0
    own = chance.beta(flip * between, (1 - flip) * between, stems) if spread else np.full(stems, flip)
    hits, epochs, wanted = np.zeros(stems), 0, 2
    while True:
        hits, epochs = hits + chance.binomial((wanted - epochs) * each, own), wanted
        _, low, high = clustered_share(hits, np.full(stems, float(epochs * each)))
        assert low is not None
        assert high is not None
        wanted = look(epochs, (high - low) / 2).next(ASKED, 40)
        if wanted == epochs:
            return low <= flip <= high, epochs


@pytest.mark.parametrize("spread", [0.0, 0.05])
@pytest.mark.parametrize("flip", [0.02, 0.06, 0.12, 0.25, 0.4])
def test_the_interval_at_which_adding_stops_covers_the_truth_as_often_as_it_says(flip: float, spread: float):
    chance = np.random.default_rng(20)
    covered = np.mean([stopped_at(flip, spread, chance)[0] for _ in range(800)])
    assert covered >= 0.93, "95 % nominal; the standard error of this simulation is 0.8 %"


def test_a_steady_model_is_done_sooner_than_one_that_wavers():
    chance = np.random.default_rng(21)
    steady, wavering = (np.mean([stopped_at(flip, 0.0, chance)[1] for _ in range(100)]) for flip in (0.03, 0.4))
    assert wavering > 2 * steady
