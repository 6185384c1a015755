"""Runs as things that are started, watched, cancelled and deleted, also from another process."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.benchmarks import benchmark as benchmark_named
from engine.benchmarks import benchmarks
from engine.commands.judging import sound_judges, to_judge
from engine.commands.logs import log_of
from engine.commands.playing import estimated
from engine.commands.request import Request, sound, to_play, written
from engine.lake import Lake, events, intake, runs, turns
from engine.models.catalogue import Model
from engine.problems import UsageError
from engine.runs.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
SILENT_FOR = timedelta(seconds=60)
"""A run on another machine that has not been heard of for so long is taken for gone."""


def state(lake: Lake, told: Mapping[str, Any]) -> str:
    """A run's state, with `interrupted` for one that says `running` while nobody is playing it."""
    if told["state"] not in ("running", "waiting") or intake.held(lake, told["id"]):
        return "running" if told["state"] == "waiting" and intake.held(lake, told["id"]) else told["state"]
    latest = events.latest(lake, told["id"]) or told["started"]
    if datetime.now(UTC) - latest < SILENT_FOR and (told["state"] == "waiting" or events.elsewhere(lake, told["id"])):
        return told["state"]
    return "interrupted"


def listed(lake: Lake) -> list[dict[str, Any]]:
    """Every run, newest first, with its derived state and its plan read."""
    return [{**row, "state": state(lake, row), "plan": json.loads(row["plan"])} for row in runs.listed(lake).iter_rows(named=True)]


def cancel(lake: Lake, run: str, *, now: bool = False) -> str:
    """Ask a run to stop, wherever it is played; returns its id. Raises `UsageError` when nobody is playing it."""
    told = runs.find(lake, run)
    found = state(lake, told)
    if found not in ("running", "waiting"):
        raise UsageError(f"run {told['id']} is {found}, nobody is playing it; `python -m engine resume {told['id']}` goes on with it")
    events.append(lake, [events.row(told["id"], "cancel_now" if now else "cancel")])
    return told["id"]


def delete(lake: Lake, run: str) -> dict[str, Any]:
    """Delete a run with everything that came from it, and estimate anew what is left. Raises `UsageError` while it is played."""
    told = runs.find(lake, run)
    if state(lake, told) == "running":
        raise UsageError(f"run {told['id']} is being played; `python -m engine cancel {told['id']}` first")
    count = turns.count(lake, run=told["id"])
    touched = turns.touched_by(lake, told["id"])
    runs.forget(lake, told["id"])
    log_of(lake, told["id"]).unlink(missing_ok=True)
    again = runs.newest_id(lake)
    for model, source, name in touched:
        if again and name.partition("/")[0] in benchmarks():
            estimated(lake, again, model, source, benchmark_named(name))
    return {"run": told["id"], "turns": count}


def start(lake: Lake, request: Request, models: list[Model] | None = None) -> tuple[str | None, Plan]:
    """Start a run in a process of its own, which outlives this one; returns its id (`None`: nothing is left to play).

    Raises `UsageError` for what can be seen to be wrong beforehand.
    """
    plan, _ = to_play(lake, request, models)
    sound_judges(request, plan)
    if not len(plan) and not len(to_judge(lake, request, plan)):
        return None, plan
    sound(plan, request)
    run = written(lake, request, plan)
    launch(lake, run)
    return run, plan


def launch(lake: Lake, run: str) -> None:
    """Have a process of its own play a run that is written down, from its beginning or where it was broken off."""
    runs.mark(lake, run, "waiting")
    events.append(lake, [events.row(run, "launched")])
    said = log_of(lake, run).with_suffix(".out")
    said.parent.mkdir(parents=True, exist_ok=True)
    where = {} if not lake.address.folder else {"PLUMBLINE_LAKE": str(lake.address.folder)}
    with said.open("wb") as out:
        subprocess.Popen(
            [sys.executable, "-m", "engine", "resume", run, "--json"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True, env={**os.environ, **where},
        )


def last_words(lake: Lake, run: str) -> str:
    """What the run's process said last on its way out, where it said anything but events."""
    said = log_of(lake, run).with_suffix(".out")
    if not said.exists():
        return ""
    lines = [line for line in said.read_text(encoding="utf-8", errors="replace").splitlines() if line.startswith("plumbline: ")]
    return lines[-1].removeprefix("plumbline: ") if lines else ""


def command_of(told: Mapping[str, Any]) -> str:
    """The command line that asks for the same run."""
    plan = json.loads(told["plan"])
    if "import" in plan:
        return f"python -m engine import … {plan['import']}"
    return command(
        list(plan["models"]), plan["benchmarks"], plan.get("conditions") or [], plan.get("epochs"), told["seed"],
        plan.get("ceilings") or {}, fresh=bool(plan.get("fresh")), precision=plan.get("precision"), at_once=plan.get("at_once"),
        judges=list(plan.get("judges") or ()), judge_itself=bool(plan.get("judge_itself")),
        smallest_effect=_unusual(plan.get("smallest_effects") or {}),
    )


def _unusual(effects: Mapping[str, float]) -> float | None:
    """The smallest effect that was asked for, where it is not the benchmark's own."""
    return next((told for name, told in effects.items() if told != benchmark_named(name).smallest_effect), None)


def command(
    models: list[str], names: list[str], conditions: list[str], epochs: int | None, seed: int, ceilings: Mapping[str, Any], *,
    fresh: bool = False, precision: str | None = None, at_once: int | None = None, judges: Sequence[str] = (), judge_itself: bool = False,
    smallest_effect: float | None = None,
) -> str:
    """A run as a command line."""
    words = ["python", "-m", "engine", "run"]
    for option, values in (("--model", models), ("--benchmark", names), ("--condition", conditions), ("--judge", judges)):
        for value in values:
            words += [option, shlex.quote(value)]
    more = {
        "--epochs": epochs, "--seed": seed or None, "--precision": precision, "--at-once": at_once,
        "--smallest-effect": smallest_effect, "--max-cost": ceilings.get("cost_usd"),
        "--max-calls": ceilings.get("calls"), "--max-minutes": ceilings.get("minutes"),
    }
    for option, value in more.items():
        if value is not None:
            words += [option, f"{value:g}" if isinstance(value, float) else str(value)]
    flags = {"--judge-itself": judge_itself, "--fresh": fresh}
    return " ".join([*words, *(flag for flag, wanted in flags.items() if wanted)])
