"""How the command line speaks: tables and bars for people, JSON for machines, one line for an error."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from engine.runs.plan import Assignment
from engine.turns import Turn


def plain(value: object) -> Any:
    """A value as JSON can say it."""
    return value.isoformat() if isinstance(value, datetime) else value


def line(told: Mapping[str, Any]) -> None:
    """One JSON object on one line."""
    print(json.dumps({name: plain(value) for name, value in told.items()}, ensure_ascii=False), flush=True)


def say(text: str) -> None:
    """A line for people, on standard output."""
    Console(highlight=False, soft_wrap=True).print(escape(text))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """A table for people. Not cut to the window when standard output is a file."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 220)
    drawn = Table(title=title, box=None, header_style="bold", pad_edge=False)
    for name in columns:
        drawn.add_column(name, overflow="fold")
    for row in rows:
        drawn.add_row(*(escape(_shown(value)) for value in row))
    console.print(drawn)


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Comma-separated values on standard output."""
    writer = csv.DictWriter(sys.stdout, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)


class Bars(AbstractContextManager["Bars"]):
    """A progress bar for each model while a run is played; plain lines where there is no terminal."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn(),
            TextColumn("{task.fields[troubles]}"), console=self._console, disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, Any] = {}
        self._done: dict[str, int] = {}
        self._troubles: dict[str, int] = {}

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, run: str, left: Sequence[Assignment], before: int) -> None:
        """A bar for each model of the run."""
        counts: dict[str, int] = {}
        for one in left:
            counts[one.model.name] = counts.get(one.model.name, 0) + 1
        told = f", {before} played before" if before else ""
        self._console.print(f"run {run}: {len(left)} conversations with {len(counts)} models{told}")
        for name, total in counts.items():
            self._tasks[name] = self._progress.add_task(escape(name), total=total, troubles="")

    def watch(self, turn: Turn) -> None:
        """Move the model's bar on when a conversation has ended."""
        name = turn.trial.model
        if turn.problem or (turn.reading and not turn.reading.usable):
            self._troubles[name] = self._troubles.get(name, 0) + 1
        if turn.last:
            trouble = f"{self._troubles[name]} refused, unread or failed" if name in self._troubles else ""
            self._progress.update(self._tasks[name], advance=1, troubles=trouble)
            self._done[name] = self._done.get(name, 0) + 1
            task = next(t for t in self._progress.tasks if t.id == self._tasks[name])
            if self._progress.disable and self._done[name] == task.total:
                self._console.print(f"  {name}: {self._done[name]} conversations done", markup=False)


class Events:
    """The same as JSON events, one a line: `started`, `progress` at each twentieth part, and what the caller adds."""

    def __init__(self) -> None:
        self._planned, self._ended = 0, 0

    def begin(self, run: str, left: Sequence[Assignment], before: int) -> None:
        """The run has a plan."""
        self._planned = len(left)
        line({"event": "started", "run": run, "planned": len(left), "played_before": before})

    def watch(self, turn: Turn) -> None:
        """A turn has come."""
        self._ended += turn.last
        step = max(1, self._planned // 20)
        if turn.last and self._ended % step == 0:
            line({"event": "progress", "run": turn.run, "ended": self._ended, "planned": self._planned})
