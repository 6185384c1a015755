"""How the command line speaks: tables and bars for people, JSON for machines, one line for an error."""

import csv
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine.commands.playing import Show
from engine.runs.plan import Plan
from engine.runs.tally import Course, Tally
from engine.turns import Turn

EACH_S = 15.0
"""Where there is no terminal, a line is said so often at most."""


def plain(value: object) -> Any:
    """A value as JSON can say it."""
    return value.isoformat() if isinstance(value, datetime) else value


def line(told: Mapping[str, Any]) -> None:
    """One JSON object on one line."""
    print(json.dumps({name: plain(value) for name, value in told.items()}, ensure_ascii=False), flush=True)


def say(text: str) -> None:
    """A line for people, on standard output."""
    Console(highlight=False, soft_wrap=True).print(escape(text))


def say_refused(rows: Sequence[str], most: int = 20) -> None:
    """Rows that were refused, on standard error, a line each; of many only the first, and how many more there are."""
    for one in rows[:most]:
        print(f"refused: {' '.join(one.split())}", file=sys.stderr)
    if len(rows) > most:
        print(f"and {len(rows) - most} more", file=sys.stderr)


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


def money(usd: float | None) -> str:
    """An amount of US dollars in words."""
    if usd is None:
        return "price unknown"
    return "free" if not usd else f"{usd:.4f} USD" if usd < 1 else f"{usd:,.2f} USD"


class Bars(AbstractContextManager["Bars"], Show):
    """A progress bar for each model while a run is played; plain lines where there is no terminal."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TextColumn("{task.fields[troubles]}"),
            TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("{task.fields[cost]}"), console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._course = Course()
        self._began = self._said = time.monotonic()

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def warn(self, said: str) -> None:
        """Something the user should know before the first call."""
        self._console.print(said, markup=False, soft_wrap=True)

    def begin(self, run: str, plan: Plan, course: Course) -> None:
        """A bar for each model of the run."""
        self._course = course
        counts = plan.by_model()
        told = f", {plan.before} played before" if plan.before else ""
        self._console.print(f"run {run}: {len(plan)} conversations with {len(counts)} {'models' if len(counts) > 1 else 'model'}{told}")
        for name, total in counts.items():
            self._tasks[name] = self._progress.add_task(escape(name), total=total, troubles="", rate="", cost="")

    def more(self, plan: Plan, what: str) -> None:
        """Trials were added; a judge gets a bar of its own."""
        for name, added in plan.by_model().items():
            if name not in self._tasks:
                self._tasks[name] = self._progress.add_task(escape(name), total=0, troubles="", rate="", cost="")
            before = self._course.models[name].planned if name in self._course.models else 0
            self._progress.update(self._tasks[name], total=before or added)
            self._console.print(f"  {name}: {added} {what}", markup=False)

    def watch(self, turn: Turn) -> None:
        """Move the model's bar on when a conversation has ended."""
        if not turn.last:
            return
        name = turn.trial.model
        tally, now = self._course.models[name], time.monotonic()
        if self._progress.disable:
            if now - self._said >= EACH_S or tally.ended == tally.planned:
                self._said = now
                told = f"{tally.ended} of {tally.planned}, {_troubles(tally) or 'no trouble'}, {money(tally.cost_usd)}"
                self._console.print(f"  {name}: {told}", markup=False)
            return
        self._progress.update(
            self._tasks[name], completed=tally.ended, troubles=_troubles(tally), cost=money(tally.cost_usd),
            rate=f"{tally.ended / max(now - self._began, 0.1):.0f}/s",
        )


def _troubles(tally: Tally) -> str:
    told = ((tally.failed, "failed"), (tally.unread, "unread"), (tally.refused, "refused"), (tally.reused, "from the lake"))
    return ", ".join(f"{count} {what}" for count, what in told if count)


class Events(Show):
    """The same as JSON events, one a line: `started`, `progress` at each twentieth part, `epochs_added`, and what the caller adds."""

    def __init__(self) -> None:
        self._run, self._course = "", Course()

    def warn(self, said: str) -> None:
        """Something the user should know before the first call."""
        line({"event": "warning", "said": said})

    def begin(self, run: str, plan: Plan, course: Course) -> None:
        """The run has a plan."""
        self._run, self._course = run, course
        line({"event": "started", "run": run, "planned": len(plan), "played_before": plan.before})

    def more(self, plan: Plan, what: str) -> None:
        """Trials were added."""
        event = "judging" if any(part.judged for part in plan.parts) else "epochs_added"
        line({"event": event, "run": self._run, "trials": len(plan), "by_model": plan.by_model(), "what": what})

    def watch(self, turn: Turn) -> None:
        """A turn has come."""
        tally = self._course.all
        if turn.last and tally.ended % max(1, tally.planned // 20) == 0:
            line({
                "event": "progress", "run": turn.run, "ended": tally.ended, "planned": tally.planned, "failed": tally.failed,
                "unread": tally.unread, "cost_usd": tally.cost_usd,
            })


class Aloud:
    """Says a tried item for people: question, reply, how it was read. Several models one after the other, as they end."""

    def __init__(self, several: bool) -> None:
        self._several = several
        self._held: dict[str, list[str]] = {}

    def __call__(self, told: Mapping[str, Any]) -> None:
        """Take in an event of `engine.commands.trying.tried`."""
        words = _aloud(told)
        if not self._several:
            print(words, end="", flush=True)
            return
        self._held.setdefault(told["model"], []).append(words)
        if told["event"] == "end":
            print(f"=== {told['model']} ===\n{''.join(self._held.pop(told['model']))}", flush=True)


def _aloud(told: Mapping[str, Any]) -> str:
    match told["event"]:
        case "question":
            return "".join(f"[{message['role']}]\n{message['content']}\n\n" for message in told["messages"])
        case "asking":
            return "[assistant]\n"
        case "piece":
            return told["words"] if told["kind"] == "text" else ""
        case "again":
            return f"\n({told['problem'].replace('_', ' ')}; asked again in {told['wait_s']:.0f} s)\n"
        case "read":
            return f"\n\n-> {reading_words(told)}\n\n"
        case _:
            return ""


def reading_words(told: Mapping[str, Any]) -> str:
    """What a `read` event says, in words."""
    reading = told["reading"]
    if told["problem"]:
        return f"failed: {told['problem'].replace('_', ' ')}" + (f" ({told['detail']})" if told["detail"] else "")
    answer = reading["choice"] or (f"{reading['number']:.0f}" if reading["number"] is not None else "")
    return f"read as {reading['kind']} {answer}".strip()
