"""Keeping turns while a run goes on: together, within a second, and holding the run while they cannot be kept."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol

from engine.turns import Turn

FLUSH_S = 1.0
FLUSH_TURNS = 100
HELD_AT = 500
"""So many turns waiting, the run puts no new questions until they are kept."""
PATIENCE = 6
"""How often keeping is tried again before the run is ended; the pauses double from half a second."""


class Store(Protocol):
    """Where turns and events go (`engine.lake.intake.Intake`; a list in tests)."""

    @property
    def waiting(self) -> int:
        """Turns not yet kept."""
        ...

    def add(self, turn: Turn) -> None:
        """Take a turn in so that it outlives the process. Raises `OSError` where only this process has it."""
        ...

    def note(self, kind: str, model: str | None, told: Mapping[str, Any]) -> None:
        """Take an event in."""
        ...

    def take(self) -> Any:
        """All that waits, as a batch."""
        ...

    def keep(self, batch: Any) -> None:
        """Keep a batch for good; called in another thread, may raise."""
        ...

    def put_back(self, batch: Any) -> None:
        """Take a batch that could not be kept in again."""
        ...


class Keeper:
    """Has turns kept after a second or a hundred of them, whichever comes first."""

    def __init__(self, store: Store, stop: asyncio.Event) -> None:
        self._store, self._stop = store, stop
        self._full, self._room = asyncio.Event(), asyncio.Event()
        self._room.set()
        self._closing = False

    def add(self, turn: Turn) -> None:
        """Take a turn in. Where it would not outlive this process, no new question is put until it is kept."""
        try:
            self._store.add(turn)
        except OSError:
            self._room.clear()
            self._full.set()
        if self._store.waiting >= FLUSH_TURNS:
            self._full.set()
        if self._store.waiting >= HELD_AT:
            self._room.clear()

    async def room(self) -> None:
        """Wait while too much is waiting to be kept: a question whose reply cannot be kept is not worth its price."""
        await self._room.wait()

    async def work(self) -> None:
        """Keep what waits until `close`. Raises what the store raises when patience is at its end."""
        tried = 0
        try:
            while True:
                if not self._closing:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(FLUSH_S * 0.8):
                            await self._full.wait()
                self._full.clear()
                closing, batch = self._closing, self._store.take()
                try:
                    await asyncio.to_thread(self._store.keep, batch)
                except Exception:
                    self._store.put_back(batch)
                    self._room.clear()
                    tried += 1
                    if tried > PATIENCE:
                        raise
                    await asyncio.sleep(0.5 * 2 ** (tried - 1))
                    continue
                tried = 0
                self._room.set()
                if closing:
                    return
        finally:
            self._room.set()
            if tried:
                self._stop.set()

    def close(self) -> None:
        """Keep the rest and end."""
        self._closing = True
        self._full.set()
