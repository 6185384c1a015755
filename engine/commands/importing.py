"""Bringing other people's logs, queries, questionnaires and stories into the lake, whole or not at all.

Of stories the sound rows alone can be brought in, when that is asked for.
"""

import getpass
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.benchmark import Item
from engine.benchmarks import SET_NAME
from engine.benchmarks import benchmark as benchmark_named
from engine.commands.playing import estimated
from engine.commands.request import new_run
from engine.importers import daily_dilemmas, ethics, moral_stories, moralchoice, pvq, safeworld, situations, triethix
from engine.importers.story_rows import Brought
from engine.lake import Lake, items, runs, turns
from engine.problems import PlumblineError, UsageError
from engine.turns import Turn

STORIES: Mapping[str, Callable[[Path], Brought]] = {
    "moral-stories": moral_stories.read, "moralchoice": moralchoice.read, "ethics": ethics.read, "daily-dilemmas": daily_dilemmas.read,
}
"""The importers that can leave bad rows out."""
IMPORTERS = ("triethix", "pvq", "safeworld", "situations", *STORIES)


@dataclass(frozen=True)
class Imported:
    """What an import brought: new trials or items, the models in it, and the run it was kept under."""

    benchmark: str
    new: int
    known: int
    models: tuple[str, ...] = ()
    run: str | None = None
    damaged: tuple[str, ...] = ()
    """Records that are kept as far as they can be read: file, line, and what is wrong."""
    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    """For each file of stories the rows read, refused ones among them."""
    refused: tuple[str, ...] = ()
    """Rows that were left out: file, line, and what is wrong."""
    notes: tuple[str, ...] = ()
    """What else is to be said of the rows."""


class BadRows(PlumblineError):
    """Rows were refused and nothing was imported."""

    def __init__(self, told: str, refused: tuple[str, ...]) -> None:
        super().__init__(told)
        self.refused = refused
        """File, line, and what is wrong."""


def import_from(lake: Lake, importer: str, path: Path, name: str | None = None, *, skip_bad: bool = False) -> Imported:
    """Import `path`; `name` is that of a set of situations, `skip_bad` leaves bad rows of stories out.

    Raises `UsageError` or `PlumblineError`, for bad rows `BadRows`; then nothing was written.
    """
    if importer not in IMPORTERS:
        raise UsageError(f"no importer '{importer}'; choose from {', '.join(IMPORTERS)}")
    if not path.exists():
        raise UsageError(f"no file or folder {path}; check the path")
    if name is not None and importer != "situations":
        raise UsageError(f"--name is for situations; the benchmark of this import is always '{importer}'")
    if skip_bad and importer not in STORIES:
        raise UsageError(f"--skip-bad is for {', '.join(STORIES)}; this import is whole or not at all")
    if importer in STORIES:
        return _stories(lake, importer, path, skip_bad=skip_bad)
    if importer == "triethix":
        return _logs(lake, path)
    if importer == "safeworld":
        read = safeworld.read(path)
        return _items(lake, "safeworld", read.items, path, tuple(read.damaged))
    if importer == "situations":
        return _items(lake, f"situations/{_set_name(path, name)}", situations.read(path), path)
    return _items(lake, "pvq", pvq.read(path), path)


def _items(lake: Lake, name: str, read: Sequence[Item], path: Path, damaged: tuple[str, ...] = ()) -> Imported:
    items.keep(lake, benchmark_named(name), read, str(path))
    return Imported(name, len(read), 0, damaged=damaged)


def _stories(lake: Lake, name: str, path: Path, *, skip_bad: bool) -> Imported:
    """Stories of somebody's data. Without `skip_bad` one bad row stops them all."""
    instrument = benchmark_named(name)
    read = STORIES[name](path)
    rows, refused, kept = sum(read.rows.values()), read.refused, len(read.items)
    if refused and not (skip_bad and kept):
        mend = f"mend them, or bring in the other {kept} items with --skip-bad" if kept else "take the published file"
        raise BadRows(f"{len(refused)} of {rows} rows are refused and nothing was imported; {mend}", refused)
    if not kept:
        why = f" ({'; '.join(read.notes)})" if read.notes else ""
        raise PlumblineError(f"{path} has no item for {name}{why}; nothing was imported, take the published files")
    items.keep(lake, instrument, read.items, str(path))
    return Imported(name, kept, 0, rows=read.rows, refused=refused, notes=tuple(read.notes))


def _set_name(path: Path, name: str | None) -> str:
    """The name of a set: as told, else after its file. Raises `UsageError` for one that cannot be used."""
    told = name if name is not None else re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:40]
    if not SET_NAME.fullmatch(told):
        raise UsageError(f"'{told[:60]}' cannot name a set of situations: use small letters, digits, - and _, at most 40, with --name")
    return told


def _logs(lake: Lake, path: Path) -> Imported:
    instrument = benchmark_named("triethix")
    run = new_run(lake)
    every = [turn for file in triethix.files(path) for turn in triethix.read(file, run)]
    models = tuple(sorted({turn.trial.model for turn in every}))
    known = turns.ended_trials(lake, models, [instrument.name])
    fresh = [turn for turn in every if turn.trial.key not in known]
    trials = {turn.trial.key for turn in every}
    if not fresh:
        return Imported("triethix", 0, len(trials), models)
    _keep(lake, run, path, fresh)
    for model in models:
        estimated(lake, run, model, "imported", instrument)
    new = len({turn.trial.key for turn in fresh})
    lake.tidy()  # before the run is finished, see `engine.commands.playing.play`
    runs.finish(lake, run, "complete", {"planned": new, "answered": new, "unread": 0, "refused": 0, "failed": 0, "cost_usd": 0.0})
    return Imported("triethix", new, len(trials) - new, models, run)


def _keep(lake: Lake, run: str, path: Path, fresh: list[Turn]) -> None:
    runs.begin(
        lake, run, asked_by=getpass.getuser(), seed=0, versions={"triethix": benchmark_named("triethix").version},
        plan={"import": str(path), "trials": len({turn.trial.key for turn in fresh})},
    )
    turns.append(lake, fresh)
