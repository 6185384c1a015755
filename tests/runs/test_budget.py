"""A run's ceilings are reached and never passed, whatever is in flight."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runs.budget import Budget, Ceilings
from tests.runs.test_pace import clock, quickly

CALLS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1) | st.none(), st.floats(0, 5)), max_size=30)
"""Calls: the dearest each may be, the part of it that it costs (or not known), and how long it takes."""


async def played(budget: Budget, calls: list[tuple[float, float | None, float]]) -> tuple[float, int]:
    """Make the calls, all at once; the most that was ever spent, and how many were made."""
    most = 0.0
    made = 0

    async def one(dearest: float, part: float | None, takes_s: float) -> None:
        nonlocal most, made
        if not await budget.take(dearest):
            return
        made += 1
        await asyncio.sleep(takes_s)
        budget.settle(dearest, None if part is None else part * dearest)
        most = max(most, budget.spent_usd)

    await asyncio.gather(*(one(*call) for call in calls))
    return most, made


@given(CALLS, st.floats(0, 4))
def test_whatever_calls_cost_the_ceiling_is_never_passed(calls: list[tuple[float, float | None, float]], ceiling: float) -> None:
    async def main() -> None:
        budget = Budget(Ceilings(cost_usd=ceiling), clock)
        most, made = await played(budget, calls)
        assert most <= ceiling + 1e-9
        assert (made == len(calls)) == (not budget.reached)

    quickly(main())


@given(CALLS)
def test_a_ceiling_that_holds_all_calls_at_their_dearest_stops_none(calls: list[tuple[float, float | None, float]]) -> None:
    async def main() -> None:
        budget = Budget(Ceilings(cost_usd=sum(dearest for dearest, _, _ in calls) + 1e-9), clock)
        _, made = await played(budget, calls)
        assert (made, budget.reached) == (len(calls), "")

    quickly(main())


@given(CALLS, st.integers(0, 10))
def test_no_more_calls_are_made_than_allowed(calls: list[tuple[float, float | None, float]], most: int) -> None:
    async def main() -> None:
        budget = Budget(Ceilings(calls=most), clock)
        assert (await played(budget, calls))[1] == budget.calls == min(most, len(calls))
        assert budget.reached == (f"{most} calls were made" if most < len(calls) else "")

    quickly(main())


@pytest.mark.parametrize(("cost", "spent"), [(None, 0.5), (0.0, 0.0), (0.2, 0.2)])
def test_an_unknown_cost_is_booked_at_the_dearest(cost: float | None, spent: float) -> None:
    async def main() -> float:
        budget = Budget(Ceilings(), clock)
        assert await budget.take(0.5)
        budget.settle(0.5, cost)
        return budget.spent_usd

    assert quickly(main()) == spent


def test_a_call_waits_while_only_reservations_are_in_its_way_and_goes_when_they_turn_out_cheap() -> None:
    async def main() -> tuple[float, str]:
        budget = Budget(Ceilings(cost_usd=1), clock)
        assert await budget.take(0.75)
        waiting = asyncio.create_task(budget.take(0.5))
        await asyncio.sleep(10)
        assert not waiting.done()
        budget.settle(0.75, 0.5)
        assert await waiting
        return clock(), budget.reached

    at, reached = quickly(main())
    assert at == pytest.approx(10, abs=0.01)
    assert reached == ""


def test_everybody_who_waits_is_turned_away_when_the_money_is_spent() -> None:
    async def main() -> tuple[list[bool], str]:
        budget = Budget(Ceilings(cost_usd=1), clock)
        assert await budget.take(0.75)
        waiting = asyncio.gather(*(budget.take(0.5) for _ in range(3)))
        await asyncio.sleep(1)
        budget.settle(0.75, 0.75)
        turned = await waiting
        assert not await budget.take(0.0), "once a ceiling was reached no call goes, however cheap"
        return turned, budget.reached

    went, reached = quickly(main())
    assert went == [False] * 3
    assert reached == "0.7500 of 1 USD were spent and the next call could pass it"


def test_the_time_is_up_after_as_many_minutes() -> None:
    async def main() -> list[object]:
        await asyncio.sleep(1000)
        budget = Budget(Ceilings(minutes=2), clock)
        await asyncio.sleep(90)
        left, early = budget.minutes_left, await budget.take(0)
        await asyncio.sleep(30.1)
        return [left, early, await budget.take(0), budget.reached]

    left, *rest = quickly(main())
    assert left == pytest.approx(0.5, abs=0.001)
    assert rest == [True, False, "2 minutes have passed"]


def test_without_ceilings_nothing_is_ever_reached() -> None:
    async def main() -> tuple[bool, float | None]:
        budget = Budget(Ceilings(), clock)
        await asyncio.sleep(1e6)
        return await budget.take(1e9), budget.minutes_left

    assert quickly(main()) == (True, None)
    assert not Ceilings()
    assert Ceilings(cost_usd=0)
    assert Ceilings(calls=0)
    assert Ceilings(minutes=0)


def test_what_adding_and_taking_away_leaves_of_a_reservation_holds_nobody_up() -> None:
    """0.02 + 0.03 - 0.02 - 0.03 is not nothing to a computer: with nothing in flight nobody may wait for it."""

    async def main() -> bool:
        budget = Budget(Ceilings(cost_usd=0.11), clock)
        for dearest in (0.02, 0.03):
            assert await budget.take(dearest)
        for dearest, cost in ((0.02, 0.0), (0.03, 0.01)):
            budget.settle(dearest, cost)
        return await asyncio.wait_for(budget.take(0.1), 5)

    assert quickly(main())
