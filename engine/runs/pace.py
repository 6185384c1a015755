"""How fast one model is asked: calls at once, requests and tokens a minute, pauses, and the quotas its replies tell of.

The number of calls at once climbs while replies are healthy and falls on trouble (additive increase, multiplicative
decrease; Chiu & Jain 1989, with a doubling start as in TCP).
"""

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.models.catalogue import Model
from engine.models.limits import Limits

START = 8
NEARLY_USED = 0.1
"""Below this part of a quota, or what is in flight, what is left is spread over the time until it is whole again."""
SLOWED = 2.0
"""Replies this many times slower than the fastest so far are a sign of a queue at the provider: the climb ends."""
FALL_RATE, FALL_TROUBLE = 0.5, 0.75

Tell = Callable[[str, Mapping[str, Any]], None]
"""Takes in what happened: an event's kind and what there is to tell of it."""


def untold(kind: str, told: Mapping[str, Any]) -> None:
    """Nobody listens."""


@dataclass
class Meter:
    """Spaces calls so that `per_minute` is never passed by more than one call (generic cell rate algorithm)."""

    per_minute: float | None
    free_at: float = 0.0

    def due(self, now: float) -> float:
        """Seconds until the next call may go."""
        return max(0.0, self.free_at - now) if self.per_minute else 0.0

    def take(self, amount: float, now: float) -> None:
        """Book an amount; a negative one gives back what was booked too much."""
        if self.per_minute:
            self.free_at = max(self.free_at, now if amount > 0 else self.free_at) + amount * 60 / self.per_minute


class Pace:
    """The pace of one model: `enter` waits for a conversation's slot, `go` for the limits before each call, `leave` frees the slot."""

    def __init__(
        self, model: Model, stop: asyncio.Event, tell: Tell = untold, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.most = model.concurrency
        self.share = model.concurrency
        """What the run's own limit leaves this model."""
        self.limit = float(min(START, self.most))
        self.busy = 0
        self.peak = 0
        self._requests, self._tokens = Meter(model.requests_per_minute), Meter(model.tokens_per_minute)
        self._paused_until = 0.0
        self._spread_s, self._spread_until, self._next_at = 0.0, 0.0, 0.0
        self._climbing = True
        self._fallen_at = -math.inf
        self._usual_s = 0.0
        self._fastest_s = math.inf
        self._told = self.limit
        self._sent = deque[float](maxlen=self.most)
        self._tokens_usual = 0.0
        self._freed = asyncio.Event()
        self._stop, self._tell, self._clock = stop, tell, clock

    @property
    def allowed(self) -> int:
        """Conversations that may be held at once now; each has at most one call in flight."""
        return max(1, min(int(self.limit), self.most, self.share))

    async def enter(self) -> bool:
        """Wait for a slot for one conversation; false when the run is stopped meanwhile."""
        while self.busy >= self.allowed and not self._stop.is_set():
            self._freed.clear()
            await self.asleep(1.0, self._freed)
        if self._stop.is_set():
            return False
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        return True

    async def go(self, tokens: float = 0.0) -> bool:
        """Wait until a call of about so many tokens may go; false when the run is stopped meanwhile."""
        while not self._stop.is_set():
            now = self._clock()
            if (wait := self._wait(now)) > 0:
                await self.asleep(wait)
                continue
            self._requests.take(1, now)
            self._tokens.take(tokens, now)
            self._sent.append(now)
            if self._spread_until:  # once that is over one by one, until a reply tells that the quota is whole again
                self._next_at = now + (self._spread_s if now < self._spread_until else self._usual_s)
            return True
        return False

    def _wait(self, now: float) -> float:
        spread = self._next_at - now if self._spread_until else 0.0
        return max(self._paused_until - now, spread, self._requests.due(now), self._tokens.due(now))

    async def asleep(self, seconds: float, until: asyncio.Event | None = None) -> None:
        """Wait so long, or until the run is stopped (or the event set)."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await (until or self._stop).wait()

    def leave(self) -> None:
        """Give the slot back."""
        self.busy -= 1
        self._freed.set()

    def wake(self) -> None:
        """Let whoever waits for a slot look again (the run has been stopped, or the share has changed)."""
        self._freed.set()

    def healthy(self, latency_s: float | None, booked: float, tokens: float | None, limits: Limits | None) -> None:
        """A reply came: climb if it came about as fast as ever, correct the tokens booked, heed the quotas told."""
        now = self._clock()
        if tokens is not None:
            self._tokens.take(tokens - booked, now)
            self._tokens_usual = tokens if not self._tokens_usual else 0.9 * self._tokens_usual + 0.1 * tokens
        if latency_s is not None:
            self._usual_s = latency_s if not self._usual_s else 0.9 * self._usual_s + 0.1 * latency_s
            self._fastest_s = min(self._fastest_s, self._usual_s)
        self._heed(limits, now, now - (latency_s or 0.0))
        if self.busy >= self.allowed - 1 and self.limit < min(self.most, self.share) and self._usual_s <= SLOWED * self._fastest_s + 0.05:
            self.limit = min(float(self.most), self.limit + (1.0 if self._climbing else 1.0 / self.limit))
            self._wrote("replies are healthy")

    def limited(self, wait_s: float | None, limits: Limits | None = None) -> None:
        """The provider said: too many. Halve, and stay away as long as it asks."""
        now = self._clock()
        self._heed(limits, now, now)
        if wait_s:
            self._paused_until = max(self._paused_until, now + wait_s)
        self._fall(FALL_RATE, now, "rate limited")

    def troubled(self, why: str) -> None:
        """A call timed out, was lost or failed at the provider: fall back a little."""
        self._fall(FALL_TROUBLE, self._clock(), why)

    def _fall(self, to: float, now: float, why: str) -> None:
        if now - self._fallen_at < max(1.0, self._usual_s):
            return  # the others of the same crowd
        self._fallen_at, self._climbing = now, False
        self.limit = max(1.0, min(self.limit, float(max(self.busy, 1))) * to)
        self._wrote(why, always=True)

    def _heed(self, limits: Limits | None, now: float, asked_at: float) -> None:
        """Slow down *before* a quota is used up: spread what is left over the time until it is whole again.

        What the reply to a call of `asked_at` tells does not count the calls that have gone out since.
        """
        short, since = False, sum(at > asked_at for at in self._sent) if limits else 0
        for quota, each in ((limits.requests, 1.0), (limits.tokens, max(self._tokens_usual, 1.0))) if limits else ():
            if quota is None or quota.limit <= 0:
                continue
            left = quota.remaining / each - since
            if quota.remaining >= NEARLY_USED * quota.limit and left > self.busy:
                continue
            short = True
            if left < 1:
                pause = min(quota.reset_s, 60.0)
                self._wrote("the quota is used up for now", always=now >= self._spread_until)
                self._paused_until = max(self._paused_until, now + pause)
                self._spread_s, self._spread_until = self._usual_s, now + pause
                continue
            if now >= self._spread_until:
                self._wrote("the quota is nearly used up", always=True)
            self._spread_s, self._spread_until = quota.reset_s / left, now + quota.reset_s
        if not short and now >= self._spread_until:
            self._spread_until = 0.0

    def _wrote(self, why: str, *, always: bool = False) -> None:
        if always or self.limit >= 1.5 * self._told:
            self._told = self.limit
            self._tell("pace", {"at_once": self.allowed, "why": why})


