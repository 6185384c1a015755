"""Limits of a whole run: money, calls, minutes. Reached, the run stops cleanly and can be resumed."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ceilings:
    """The most a sitting of a run may take; `None` is without limit."""

    cost_usd: float | None = None
    calls: int | None = None
    minutes: float | None = None

    def __bool__(self) -> bool:
        return any(most is not None for most in (self.cost_usd, self.calls, self.minutes))


class Budget:
    """Keeps a run under its ceilings, counting what is in flight at the most it may cost.

    So a ceiling is never passed: a call is let go only while what was spent, what is in flight at its dearest, and
    this call at its dearest stay below it together.
    """

    def __init__(self, ceilings: Ceilings, clock: Callable[[], float] = time.monotonic) -> None:
        self.ceilings = ceilings
        self.spent_usd = 0.0
        self.calls = 0
        self.reached = ""
        """Which ceiling was reached, in words; empty while none was."""
        self._reserved = 0.0
        self._in_flight = 0
        self._clock = clock
        self._began = clock()
        self._settled = asyncio.Event()

    @property
    def minutes_left(self) -> float | None:
        """Minutes until the time is up."""
        most = self.ceilings.minutes
        return None if most is None else most - (self._clock() - self._began) / 60

    def _over(self, dearest: float, reserved: float) -> str:
        most = self.ceilings
        if most.calls is not None and self.calls >= most.calls:
            return f"{most.calls} calls were made"
        if most.cost_usd is not None and self.spent_usd + reserved + dearest > most.cost_usd:
            return f"{self.spent_usd:.4f} of {most.cost_usd:g} USD were spent and the next call could pass it"
        if (left := self.minutes_left) is not None and left <= 0:
            return f"{most.minutes:g} minutes have passed"
        return ""

    async def take(self, dearest: float) -> bool:
        """Reserve for one call, waiting for those in flight where only their reservations are in the way.

        Returns whether the call may be made; if not, `reached` says why.
        """
        while not self.reached and (self._over(dearest, self._reserved)):
            self.reached = self._over(dearest, 0.0)
            if not self.reached:
                self._settled.clear()
                await self._settled.wait()
        if self.reached:
            self._settled.set()
            return False
        self.calls += 1
        self._in_flight += 1
        self._reserved += dearest
        return True

    def settle(self, dearest: float, cost: float | None) -> None:
        """Give a reservation back and book what the call cost; an unknown cost books the dearest it could be."""
        self._in_flight -= 1
        self._reserved = self._reserved - dearest if self._in_flight else 0.0  # what rounding leaves must hold nobody up
        self.spent_usd += dearest if cost is None else cost
        self._settled.set()
