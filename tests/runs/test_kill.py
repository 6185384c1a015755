"""The short form of `make soak`: a run killed with SIGKILL three times ends whole, and asks again only what was in flight."""

import pytest

from tests.soak import Soak, soak

SEED = 20
KILLS = 3


@pytest.fixture(autouse=True)
def lake_folder() -> None:
    """Each soak has a lake of its own."""


def check(done: Soak) -> None:
    print(done)
    assert not done.faults(), str(done)
    assert done.kills == KILLS, str(done)
    assert done.asked_again > 0, "no kill hit while questions were in flight"


def test_a_run_killed_three_times_ends_with_exactly_the_planned_trials() -> None:
    done = soak("values", kills=KILLS, epochs=3, seed=SEED)
    check(done)
    assert done.turns == done.planned == 57 * 2 * 3


def test_a_conversation_cut_by_a_kill_goes_on_at_its_next_turn() -> None:
    done = soak("dilemmas", kills=KILLS, epochs=1, seed=SEED, fresh=False)
    check(done)
    assert done.turns == 3 * done.planned == 3 * 156
    assert done.went_on > 0
