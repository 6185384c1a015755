"""Bringing other people's logs and questionnaires into the lake, whole or not at all."""

import getpass
from dataclasses import dataclass
from pathlib import Path

from engine.benchmarks import benchmark as benchmark_named
from engine.commands.playing import estimated
from engine.commands.request import new_run
from engine.importers import pvq, triethix
from engine.lake import Lake, items, runs, turns
from engine.problems import UsageError
from engine.turns import Turn

IMPORTERS = ("triethix", "pvq")


@dataclass(frozen=True)
class Imported:
    """What an import brought: new trials or items, the models in it, and the run it was kept under."""

    importer: str
    new: int
    known: int
    models: tuple[str, ...] = ()
    run: str | None = None


def import_from(lake: Lake, importer: str, path: Path) -> Imported:
    """Import `path`. Raises `UsageError` or `PlumblineError`; then nothing was written."""
    if importer not in IMPORTERS:
        raise UsageError(f"no importer '{importer}'; choose from {', '.join(IMPORTERS)}")
    if not path.exists():
        raise UsageError(f"no file or folder {path}; check the path")
    return _questionnaire(lake, path) if importer == "pvq" else _logs(lake, path)


def _questionnaire(lake: Lake, path: Path) -> Imported:
    portraits = pvq.read(path)
    items.keep(lake, benchmark_named("pvq"), portraits, str(path))
    return Imported("pvq", len(portraits), 0)


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
