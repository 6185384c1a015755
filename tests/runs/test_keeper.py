"""Turns are kept together, soon, and for certain; time jumps, so nothing here waits."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from engine.runs.keeper import FLUSH_TURNS, HELD_AT, PATIENCE, Keeper
from engine.turns import Trial, Turn
from tests.runs.store import Listed
from tests.runs.test_pace import clock, quickly

WITHIN_S = 1.0


class Store(Listed):
    """A list that notes when how many turns were kept, and fails as often as it is told, taking its time."""

    def __init__(self, failures: int = 0) -> None:
        super().__init__()
        self.failures, self.tries = failures, list[float]()
        self.batches: list[tuple[float, int]] = []

    def keep(self, batch: list[Turn]) -> None:
        self.tries.append(clock())
        if len(self.tries) <= self.failures:
            raise OSError("disk full")
        super().keep(batch)
        if batch:
            self.batches.append((clock(), len(batch)))


def turn(number: int = 0) -> Turn:
    trial = Trial("m", "two", "1", f"i{number}", "i", {}, 1, 7)
    return Turn("r", trial, "measured", "i", number, True, [], "A", None, None, datetime.now(UTC))


Does = Callable[[Keeper, Store], Coroutine[Any, Any, None]]


def working(does: Does, store: Store) -> tuple[Exception | None, bool]:
    """Do it while the keeper works, then close: what the keeper raised, and whether it stopped the run."""

    async def main() -> tuple[Exception | None, bool]:
        stop = asyncio.Event()
        keeper = Keeper(store, stop)
        work = asyncio.create_task(keeper.work())
        await does(keeper, store)
        keeper.close()
        try:
            await work
        except OSError as problem:
            return problem, stop.is_set()
        return None, stop.is_set()

    return quickly(main())


def test_a_turn_is_kept_within_a_second() -> None:
    async def does(keeper: Keeper, store: Store) -> None:
        for number in range(5):
            await asyncio.sleep(0.75)
            came = clock()
            keeper.add(turn(number))
            await asyncio.sleep(WITHIN_S)
            assert len(store.kept) == number + 1
            assert store.batches[-1][0] <= came + WITHIN_S

    assert working(does, Store()) == (None, False)


def test_a_hundred_turns_are_kept_at_once_and_fewer_are_waited_with() -> None:
    async def does(keeper: Keeper, store: Store) -> None:
        await asyncio.sleep(0.01)
        for number in range(FLUSH_TURNS - 1):
            keeper.add(turn(number))
        await asyncio.sleep(0.01)
        assert not store.kept
        keeper.add(turn())
        await asyncio.sleep(0.01)
        assert len(store.kept) == FLUSH_TURNS == 100

    assert working(does, Store()) == (None, False)


def test_a_stream_of_turns_is_kept_whole_in_order_and_in_few_batches() -> None:
    store = Store()

    async def does(keeper: Keeper, store: Store) -> None:
        for number in range(950):
            keeper.add(turn(number))
            await asyncio.sleep(0.002)

    assert working(does, store) == (None, False)
    assert [one.turn for one in store.kept] == list(range(950))
    assert [count for _, count in store.batches] == [100] * 9 + [50]


def test_what_still_waits_at_the_end_is_kept_without_waiting() -> None:
    store = Store()

    async def does(keeper: Keeper, store: Store) -> None:
        keeper.add(turn())

    assert working(does, store) == (None, False)
    assert store.batches == [(pytest.approx(0, abs=0.01), 1)]


def test_with_too_much_waiting_no_question_is_put_until_it_is_kept() -> None:
    async def does(keeper: Keeper, store: Store) -> None:
        for number in range(HELD_AT - 1):
            store.add(turn(number))
        await asyncio.wait_for(keeper.room(), 0.01)
        keeper.add(turn())
        assert store.waiting == HELD_AT == 500
        held = asyncio.create_task(keeper.room())
        assert not held.done()
        await held
        assert len(store.kept) == HELD_AT

    assert working(does, Store()) == (None, False)


def test_a_batch_that_cannot_be_kept_is_put_back_tried_again_after_longer_and_longer_and_holds_the_run() -> None:
    store = Store(failures=4)
    held: list[float] = []

    async def does(keeper: Keeper, store: Store) -> None:
        for number in range(3):
            keeper.add(turn(number))
        await asyncio.sleep(1)
        assert store.waiting == 3
        keeper.add(turn(3))
        await keeper.room()
        held.append(clock())

    assert working(does, store) == (None, False)
    pauses = [later - sooner for sooner, later in zip(store.tries, store.tries[1:], strict=False)]
    assert all(least <= pause <= least + WITHIN_S for least, pause in zip((0.5, 1, 2, 4), pauses[:4], strict=True))
    assert held == [pytest.approx(store.tries[4], abs=0.01)]
    assert [one.turn for one in store.kept] == [0, 1, 2, 3]


def test_patience_begins_anew_after_every_success() -> None:
    class Flaky(Store):
        def keep(self, batch: list[Turn]) -> None:
            self.failures = len(self.tries) + 1 if len(self.tries) % PATIENCE else 0
            super().keep(batch)

    store = Flaky()

    async def does(keeper: Keeper, store: Store) -> None:
        for number in range(3):
            keeper.add(turn(number))
            await asyncio.sleep(60)

    assert working(does, store) == (None, False)
    assert [one.turn for one in store.kept] == [0, 1, 2]


def test_patience_at_its_end_stops_the_run_says_why_and_loses_nothing() -> None:
    store = Store(failures=1000)

    async def does(keeper: Keeper, store: Store) -> None:
        keeper.add(turn())
        await asyncio.sleep(1)
        await asyncio.wait_for(keeper.room(), 120)

    problem, stopped = working(does, store)
    assert str(problem) == "disk full"
    assert stopped
    assert len(store.tries) == 1 + PATIENCE
    assert store.waiting == 1
