"""The pace of one model, in a time that jumps to the next thing waited for."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.models.catalogue import Model
from engine.models.limits import Limits, Quota
from engine.runs.asking import fleet
from engine.runs.pace import START, Meter, Pace

Got = TypeVar("Got")


class Jumping(selectors.SelectSelector):
    """Waits for nothing: its clock jumps ahead instead, a little at least, as time does."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        assert ready or timeout is not None, "everybody waits for something that never comes"
        self.now += (timeout or 0.0) + 1e-7
        return ready


class Loop(asyncio.SelectorEventLoop):
    """A loop in a time of its own; what is given to a thread is done at once."""

    def __init__(self) -> None:
        self._jumping = Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as problem:
            done.set_exception(problem)
        return done


def quickly(main: Coroutine[Any, Any, Got]) -> Got:
    """Run it without waiting; hours pass in no time."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(main)


def clock() -> float:
    """The seconds that have passed in there."""
    return asyncio.get_running_loop().time()


def paced(told: list[dict[str, Any]] | None = None, **settings: Any) -> tuple[Pace, asyncio.Event]:
    def tell(kind: str, what: Mapping[str, Any]) -> None:
        if told is not None:
            told.append({"kind": kind, **what})

    stop = asyncio.Event()
    return Pace(Model(name="m", model="openai/m", **settings), stop, tell, clock), stop


def quota(limit: float, remaining: float, reset_s: float) -> Limits:
    return Limits(requests=Quota(limit, remaining, reset_s))


async def gone(pace: Pace, calls: int, tokens: float = 0.0) -> list[float]:
    """When each of so many calls went."""
    went: list[float] = []
    for _ in range(calls):
        assert await pace.go(tokens)
        went.append(round(clock(), 3))
    return went


@given(st.floats(0.5, 6000), st.lists(st.tuples(st.floats(0, 90), st.floats(0, 5000)), min_size=2, max_size=40))
def test_a_meter_is_never_passed_by_more_than_one_call(per_minute: float, asked: list[tuple[float, float]]) -> None:
    """Whenever calls come and however large they are: in any span all but the last fit what the span allows."""
    meter, now, went = Meter(per_minute), 0.0, list[tuple[float, float]]()
    for pause, amount in asked:
        now += pause
        now += meter.due(now)
        meter.take(amount, now)
        went.append((now, amount))
    for first in range(len(went)):
        for last in range(first + 1, len(went)):
            span = went[last][0] - went[first][0]
            assert sum(amount for _, amount in went[first:last]) <= per_minute * span / 60 + 1e-5


def test_what_a_meter_booked_too_much_is_given_back_but_never_saved_up() -> None:
    meter = Meter(60)
    meter.take(10, now=0)
    assert meter.due(0) == 10
    meter.take(-9, now=0)
    assert meter.due(0) == 1
    meter.take(-5, now=100)
    meter.take(3, now=100)
    assert meter.due(100) == 3


def test_a_meter_without_a_limit_never_waits() -> None:
    meter = Meter(None)
    meter.take(1e9, now=0)
    assert meter.due(0) == 0


def test_requests_per_minute_space_the_calls() -> None:
    async def main() -> list[float]:
        return await gone(paced(requests_per_minute=30)[0], 4)

    assert quickly(main()) == pytest.approx([0, 2, 4, 6], abs=0.01)


def test_tokens_per_minute_space_the_calls_by_their_tokens_and_are_mended_by_what_was_really_used() -> None:
    async def main() -> list[float]:
        pace, _ = paced(tokens_per_minute=600)
        went = await gone(pace, 2, tokens=100)
        pace.healthy(1, booked=100, tokens=20, limits=None)
        went += await gone(pace, 1, tokens=100)
        pace.healthy(1, booked=100, tokens=400, limits=None)
        return went + await gone(pace, 1)

    assert quickly(main()) == pytest.approx([0, 10, 12, 52], abs=0.01)


def test_a_retry_after_is_waited_out_and_a_shorter_one_does_not_shorten_it() -> None:
    async def main() -> list[float]:
        pace, _ = paced()
        pace.limited(30)
        pace.limited(5)
        pace.limited(None)
        return await gone(pace, 2)

    assert quickly(main()) == pytest.approx([30, 30], abs=0.01)


@pytest.mark.parametrize(("falls", "left"), [("limited", 4), ("troubled", 6)])
def test_one_crowd_of_failures_falls_once_and_the_next_falls_again(falls: str, left: int) -> None:
    async def main() -> list[int]:
        pace, _ = paced()
        pace.busy = START
        fall = (lambda: pace.limited(None)) if falls == "limited" else (lambda: pace.troubled("timed out"))
        seen: list[int] = []
        for _ in range(2):
            for _ in range(START):
                fall()
            seen.append(pace.allowed)
            await asyncio.sleep(1.01)
        return seen

    assert quickly(main()) == [left, left * left // START]


def test_the_crowd_of_a_slow_model_is_all_that_was_in_flight_together() -> None:
    async def main() -> list[int]:
        pace, _ = paced()
        pace.busy = START
        pace.healthy(20, 0, None, None)
        pace.limited(None)
        once = pace.allowed
        await asyncio.sleep(19)
        pace.limited(None)
        same = pace.allowed
        await asyncio.sleep(2)
        pace.limited(None)
        return [once, same, pace.allowed]

    assert quickly(main()) == [4, 4, 2]


def test_a_fall_starts_from_what_was_really_used_and_leaves_one_call() -> None:
    async def main() -> list[int]:
        pace, _ = paced()
        pace.busy = 2
        seen: list[int] = []
        for _ in range(3):
            pace.limited(None)
            seen.append(pace.allowed)
            await asyncio.sleep(2)
        return seen

    assert quickly(main()) == [1, 1, 1]


def test_healthy_replies_climb_to_the_most_only_where_the_room_is_used() -> None:
    async def main() -> tuple[int, int, int]:
        pace, _ = paced(concurrency=20)
        pace.busy = START - 2
        for _ in range(50):
            pace.healthy(0.1, 0, None, None)
        unused = pace.allowed
        pace.busy = START - 1
        pace.healthy(0.1, 0, None, None)
        one = pace.allowed
        for _ in range(50):
            pace.busy = pace.allowed
            pace.healthy(0.1, 0, None, None)
        return unused, one, pace.allowed

    assert quickly(main()) == (START, START + 1, 20)


def test_after_a_fall_the_climb_is_slow() -> None:
    """A whole round of healthy replies adds one call, not as many as there were."""

    async def main() -> tuple[int, int]:
        pace, _ = paced()
        pace.busy = START
        pace.limited(None)
        pace.busy = 4
        for _ in range(3):
            pace.healthy(0.1, 0, None, None)
        short = pace.allowed
        for _ in range(2):
            pace.healthy(0.1, 0, None, None)
        return short, pace.allowed

    assert quickly(main()) == (4, 5)


def test_replies_that_take_longer_and_longer_end_the_climb() -> None:
    async def main() -> tuple[int, int]:
        pace, _ = paced()
        pace.busy = 1000
        pace.healthy(0.5, 0, None, None)
        quick = pace.allowed
        for _ in range(40):
            pace.healthy(5, 0, None, None)
        queued = pace.allowed
        for _ in range(9):
            pace.healthy(5, 0, None, None)
        assert pace.allowed == queued
        return quick, queued

    quick, queued = quickly(main())
    assert quick == START + 1
    assert queued < START + 10


@pytest.mark.parametrize(("remaining", "busy", "expected"), [
    (50, 3, [0, 0, 0]), (9, 3, [0, 5, 10]), (11, 20, [0, 4.09, 8.18]), (0, 1, [45, 46, 47]),
])
def test_a_quota_nearly_used_up_is_spread_over_the_time_until_it_is_whole(remaining: int, busy: int, expected: list[float]) -> None:
    """Of 100 calls in 45 s, as the headers tell: plenty, few, hardly more than are in flight, none."""

    async def main() -> list[float]:
        pace, _ = paced(requests_per_minute=60 if not remaining else None)
        pace.busy = busy
        pace.healthy(0.1, 0, None, quota(100, remaining, 45))
        return await gone(pace, 3)

    assert quickly(main()) == pytest.approx(expected, abs=0.01)


def test_what_is_left_of_a_token_quota_counts_in_calls_of_the_usual_size() -> None:
    async def main() -> list[float]:
        pace, _ = paced()
        pace.healthy(0.1, 0, 500, Limits(tokens=Quota(100_000, 2_000, 40)))
        return await gone(pace, 3)

    assert quickly(main()) == pytest.approx([0, 10, 20], abs=0.01)


def test_after_the_quota_was_short_calls_go_one_by_one_until_a_reply_tells_that_it_is_whole() -> None:
    async def main() -> list[float]:
        pace, _ = paced()
        pace.healthy(0.1, 0, None, quota(100, 1, 30))
        first = await gone(pace, 4)
        pace.healthy(0.1, 0, None, quota(100, 99, 30))
        return first + await gone(pace, 2)

    assert quickly(main()) == pytest.approx([0, 30, 30.1, 30.2, 30.2, 30.2], abs=0.01)


async def served(limit: int, window_s: float, latency_s: float, calls: int) -> tuple[int, float]:
    """Ask a provider that counts calls in fixed windows and tells of them in headers: how often it says no, and how long it takes."""
    pace, _ = paced()
    used: dict[int, int] = {}
    refused = 0

    async def one() -> None:
        nonlocal refused
        assert await pace.go()
        window = int(clock() / window_s)
        used[window] = used.get(window, 0) + 1
        left, reset_s = limit - used[window], (window + 1) * window_s - clock()
        await asyncio.sleep(latency_s)
        if left < 0:
            refused += 1
            pace.limited(reset_s)
        else:
            pace.healthy(latency_s, 0, None, quota(limit, left, reset_s - latency_s if reset_s > latency_s else 0.0))
        pace.leave()

    async with asyncio.TaskGroup() as talks:
        for _ in range(calls):
            assert await pace.enter()
            talks.create_task(one())
    return refused, clock()


@pytest.mark.parametrize(("limit", "window_s", "latency_s"), [(40, 10, 0.1), (200, 60, 1.5), (60, 60, 0.2), (500, 60, 3)])
def test_a_provider_that_tells_of_its_quota_has_hardly_ever_to_say_no(limit: int, window_s: float, latency_s: float) -> None:
    refused, took = quickly(served(limit, window_s, latency_s, 4 * limit))
    assert refused <= 0.02 * 4 * limit
    assert took <= 6 * window_s


def test_no_more_conversations_than_allowed_are_held_and_the_peak_is_known() -> None:
    async def main() -> tuple[int, int, int]:
        pace, _ = paced(concurrency=3)
        held = most = ended = 0

        async def one() -> None:
            nonlocal held, most, ended
            assert await pace.enter()
            held += 1
            most = max(most, held)
            await asyncio.sleep(1)
            held -= 1
            ended += 1
            pace.leave()

        await asyncio.gather(*(one() for _ in range(20)))
        return most, pace.peak, ended

    assert quickly(main()) == (3, 3, 20)


def test_a_stop_frees_everybody_who_waits() -> None:
    async def main() -> tuple[list[bool], float]:
        pace, stop = paced(concurrency=1, requests_per_minute=0.001)
        assert await pace.enter()
        assert await pace.go()
        pace.limited(3600)
        waiting = asyncio.gather(pace.enter(), pace.enter(), pace.go(), pace.go(), pace.asleep(3600))
        await asyncio.sleep(5)
        stop.set()
        return list((await waiting)[:4]), clock()

    freed, at = quickly(main())
    assert freed == [False] * 4
    assert 5 <= at <= 6.1


def test_a_share_given_up_by_one_model_is_taken_by_the_others_at_once() -> None:
    async def main() -> tuple[list[int], list[int], float, list[int]]:
        one, two = paced()[0], paced(concurrency=5)[0]
        fleet({"one": one, "two": two}, 6)
        shared = [one.allowed, two.allowed]
        for _ in range(3):
            assert await two.enter()
        waiting = asyncio.create_task(two.enter())
        await asyncio.sleep(0.2)
        fleet({"two": two}, 6)
        assert await waiting
        at = clock()
        alone = [two.allowed]
        fleet({"one": one, "two": two}, None)
        return shared, alone, at, [one.share, two.share]

    shared, alone, at, free = quickly(main())
    assert (shared, alone, free) == ([3, 3], [5], [64, 5])
    assert at < 0.3


def test_the_climb_and_every_fall_are_told() -> None:
    async def main() -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        pace, _ = paced(told, concurrency=32)
        for _ in range(60):
            pace.busy = pace.allowed
            pace.healthy(0.1, 0, None, None)
        pace.limited(1)
        pace.healthy(0.1, 0, None, quota(100, 0, 50))
        return told

    told = quickly(main())
    assert [(one["kind"], one["at_once"]) for one in told] == [("pace", 12), ("pace", 18), ("pace", 27), ("pace", 16), ("pace", 16)]
    assert [one["why"] for one in told[2:]] == ["replies are healthy", "rate limited", "the quota is used up for now"]
