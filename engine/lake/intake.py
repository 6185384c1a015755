"""How replies get into the lake and nowhere get lost: a journal takes each at once, the lake takes them together.

A line of the journal is written (not yet forced to the disk) the moment a reply is there, so that it outlives the
process; the lake's commit, at most a second or a hundred replies later, forces it to the disk, so that it outlives the
power too. What a killed process left in its journal is brought into the lake when the run is next looked at.
"""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.lake import events, turns
from engine.lake.connection import Lake
from engine.problems import UsageError
from engine.turns import Turn

CHUNK = 500
"""Rows in one insert: few enough to lie in the catalogue until the lake is tidied, and to be forced to the disk with it."""
TIDY_TURNS = 10_000
"""So many turns kept, the lake is tidied: reading or moving them takes memory, so all of a long run's at once takes too much."""


def folder(lake: Lake, run: str) -> Path:
    """Where a run's journal lies on this machine."""
    return lake.address.local / "journal" / run


class Intake:
    """The way of one run's turns and events into the lake. Holding it is what makes a run *being played*."""

    def __init__(self, lake: Lake, run: str) -> None:
        """Take hold of a run. Raises `UsageError` when another process of this machine is playing it."""
        self._lake, self._run = lake, run
        self._folder = folder(lake, run)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(self._folder / "lock", os.O_CREAT | os.O_RDWR)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise UsageError(f"run {run} is being played by another process; `python -m engine cancel {run}` stops it") from None
        recover(lake, run)
        self._number, self._kept = 0, 0
        self._file = self._open()
        self._batch = Batch([self._path])

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._number}.jsonl"

    def _open(self) -> int:
        opened = os.open(self._folder / f"{self._number + 1}.jsonl", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._number += 1  # only now: while no new one can be opened, the old one goes on and must not be thrown away
        return opened

    @property
    def waiting(self) -> int:
        """Turns that are in the journal and not yet in the lake."""
        return len(self._batch.turns)

    def add(self, turn: Turn) -> None:
        """Take a turn in: it outlives this process from now on.

        Raises `OSError` where the disk is full: the turn is then held in memory alone, until the lake has it.
        """
        row = turns.row(turn)
        self._batch.turns.append(row)
        told = json.dumps({**row, "answered_at": row["answered_at"].isoformat()})
        line = f"\n{told}\n".encode()  # the break before it: a full disk may have cut the line that went before
        if os.write(self._file, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def note(self, kind: str, model: str | None, told: Mapping[str, Any]) -> None:
        """Take in an event."""
        row = events.row(self._run, kind, model, told)
        if kind == "started":  # in the lake at once: else a `cancel` of the sitting before would be taken for one of this
            events.append(self._lake, [row])
        else:
            self._batch.events.append(row)

    def take(self) -> "Batch":
        """All that waits; what comes from now on goes into another batch, with a journal of its own."""
        taken = self._batch
        if taken.turns:
            with suppress(OSError):
                held, self._file = self._file, self._open()
                os.close(held)
        self._batch = Batch([self._path])
        return taken

    def keep(self, batch: "Batch") -> None:
        """Bring a batch into the lake; may be called from another thread. What was kept leaves the batch, for another try."""
        while batch.turns:
            turns.append_rows(self._lake, batch.turns[:CHUNK])
            self._kept += len(batch.turns[:CHUNK])
            del batch.turns[:CHUNK]
        events.append(self._lake, batch.events)
        batch.events.clear()
        for path in batch.journals:
            if path != self._path:
                path.unlink(missing_ok=True)
        if self._kept >= TIDY_TURNS:
            self._kept = 0
            self._lake.tidy()

    def put_back(self, batch: "Batch") -> None:
        """Take a batch that could not be kept in again."""
        self._batch = Batch(
            list(dict.fromkeys([*batch.journals, *self._batch.journals])), batch.turns + self._batch.turns,
            batch.events + self._batch.events,
        )

    def close(self) -> None:
        """Let go of the run; a journal that is in the lake is thrown away."""
        os.close(self._file)
        if not self._batch.turns:
            shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)


@dataclass
class Batch:
    """Turns and events on their way into the lake, and the journals that hold the turns meanwhile."""

    journals: list[Path]
    turns: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def held(lake: Lake, run: str) -> bool:
    """Whether a process of this machine is playing the run."""
    try:
        lock = os.open(folder(lake, run) / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


def recover(lake: Lake, run: str) -> int:
    """Bring what a killed process left in the run's journal into the lake; returns how many turns that were.

    Turns that had reached the lake already are left out: (trial, turn, answered_at) tells them apart.
    """
    left = sorted(folder(lake, run).glob("*.jsonl"))
    rows = [row for path in left for row in _lines(path)]
    if rows:
        known = lake.read("SELECT trial, turn, epoch_us(answered_at) AS moment FROM turns WHERE run = $run", {"run": run})
        have = set(known.iter_rows())
        rows = [row for row in rows if (row["trial"], row["turn"], _microseconds(row)) not in have]
        for start in range(0, len(rows), CHUNK):
            turns.append_rows(lake, rows[start:start + CHUNK])
    for path in left:
        path.unlink(missing_ok=True)
    return len(rows)


def _microseconds(row: Mapping[str, Any]) -> int:
    return round(row["answered_at"].timestamp() * 1_000_000)


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    """The whole lines of a journal; a kill may have cut the last one."""
    for line in path.read_bytes().split(b"\n"):
        try:
            row = json.loads(line)
        except ValueError:
            continue
        yield {**row, "answered_at": datetime.fromisoformat(row["answered_at"])}
