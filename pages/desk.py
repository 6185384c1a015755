"""Where pages act: forecast, start, watch, stop, resume, delete and try. The only file in `pages/` that reaches the commands.

Runs are played by processes of their own; nothing here calls a model.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from engine.benchmarks import benchmark, benchmarks
from engine.commands import controlling
from engine.commands.foretelling import foretold
from engine.commands.output import money, reading_words
from engine.commands.request import Request, recalled, sound, to_play
from engine.commands.trying import MOST, chosen
from engine.lake import Lake, events, items, runs, turns
from engine.models import catalogue, keys, prices
from engine.problems import PlumblineError
from engine.runs.budget import Ceilings
from engine.runs.forecast import Forecast, beyond, total
from engine.runs.precision import Precision
from pages import kept

SHORT = 8
"""Characters of a run's id that pages show from its end: ids begin with the time and differ at their ends."""


def playable() -> dict[str, Any]:
    """The benchmarks that can be played, by name (those without items of their own, and sets, only once they are in the lake)."""
    shipped = {name: one for name, one in benchmarks().items() if one.conversation and one.items}
    return shipped | {name: benchmark(name) for name in items.imported(_lake())}


def offered() -> list[str]:
    """Models to choose from: those whose key is there first, named ones before LiteLLM's list."""
    keys.load()
    named = catalogue.listed()
    ready = [name for name, model in named.items() if keys.present(model.model) is not False or model.base_url]
    return [*ready, *prices.offered(), *(name for name in named if name not in ready)]


def keyless(names: Sequence[str]) -> dict[str, str]:
    """The chosen models whose provider's key is missing, with the variable that should hold it."""
    named = catalogue.listed()
    wanted = {name: named[name].model if name in named else name for name in names}
    return {
        name: keys.wanted(model) for name, model in wanted.items()
        if keys.present(model) is False and not (name in named and named[name].base_url)
    }


def levels(names: Sequence[str]) -> list[str]:
    """Every condition the benchmarks can be narrowed to, in words: `theory names: shown`."""
    return list(dict.fromkeys(
        _in_words(f"{field}={level}") for name in names for field, every in benchmark(name).levels.items() for level in every
    ))


def _in_words(condition: str) -> str:
    field, _, level = condition.partition("=")
    return f"{field.replace('_', ' ')}: {level}"


def _as_written(words: Sequence[str]) -> list[str]:
    """Conditions as the command line writes them, `theory_names=shown`."""
    parts = (one.partition(": ") for one in words)
    return [f"{field.replace(' ', '_')}={level}" for field, _, level in parts]


def with_free_answers(names: Sequence[str]) -> bool:
    """Whether one of the benchmarks can be answered freely."""
    return any(benchmark(name).grading for name in names)


def narrowable(names: Sequence[str]) -> list[str]:
    """The metrics of the benchmarks that a run can be asked to make precise, in words; the most usual first."""
    found = [benchmark(name) for name in names]
    metrics = [*(metric for one in found for metric in one.cells), *(metric for one in found for metric in one.metrics)]
    judged = {"interpretable", *(metric for one in found if one.grading for metric in one.grading.metrics)}
    return [metric.replace("_", " ") for metric in dict.fromkeys(metrics) if metric not in judged]


def smallest_effect(names: Sequence[str]) -> float | None:
    """What a verdict of one of these benchmarks is read against if nothing else is said; `None` where none gives a verdict."""
    return next((one.smallest_effect for name in names if (one := benchmark(name)).smallest_effect), None)


def request(wanted: Mapping[str, Any]) -> Request:
    """The run a form asks for. Raises `UsageError` for what cannot be."""
    precision = Precision.parse(f"{wanted['metric'].replace(' ', '_')}={wanted['half']}") if wanted["metric"] and wanted["half"] else None
    return Request(
        wanted["models"], wanted["benchmarks"], _as_written(wanted["conditions"]), wanted["epochs"], fresh=wanted["fresh"],
        ceilings=Ceilings(wanted["cost"], wanted["calls"], wanted["minutes"]), precision=precision, judges=wanted["judges"],
        judge_itself=wanted["judge_itself"], smallest_effect=wanted["smallest_effect"],
    )


def command(wanted: Mapping[str, Any]) -> str:
    """The same run as a command line."""
    asked = request(wanted)
    return controlling.command(
        list(asked.models), list(asked.benchmarks), list(asked.conditions), asked.epochs, asked.seed,
        {"cost_usd": asked.ceilings.cost_usd, "calls": asked.ceilings.calls, "minutes": asked.ceilings.minutes},
        fresh=asked.fresh, precision=str(asked.precision) if asked.precision else None, judges=asked.judges,
        judge_itself=asked.judge_itself, smallest_effect=asked.smallest_effect,
    )


def foretell(wanted: Mapping[str, Any]) -> tuple[list[Forecast], int, Mapping[str, Any], str]:
    """What a run would take: by model, the conversations already there, all together, and the limit it is sure to reach.

    Raises `PlumblineError`.
    """
    asked = request(wanted)
    rows, before = foretold(_lake(), asked)
    sound(to_play(_lake(), asked)[0], asked)
    return rows, before, total(rows), beyond(rows, asked.ceilings)


def start(wanted: Mapping[str, Any]) -> str | None:
    """Start a run in a process of its own; its id, or `None` where nothing is left to play. Raises `PlumblineError`."""
    return controlling.start(_lake(), request(wanted))[0]


def every_run() -> list[dict[str, Any]]:
    """Every run, newest first, its state derived and its plan read."""
    return controlling.listed(_lake())


def run(identity: str) -> dict[str, Any] | None:
    """One run, or `None`."""
    try:
        found = runs.find(_lake(), identity)
    except PlumblineError:
        return None
    return {**found, "state": controlling.state(_lake(), found), "plan": json.loads(found["plan"])}


def asked_of(told: Mapping[str, Any]) -> str:
    """Whom a run asks what, in words."""
    plan = told["plan"]
    if "import" in plan:
        return f"Imported logs: {plan['import']}"
    return f"{', '.join(plan.get('models') or ['nobody'])} on {', '.join(plan.get('benchmarks') or ['nothing'])}"


def sources(told: Mapping[str, Any]) -> list[str]:
    """Where a run's turns come from: `measured`, `simulated`, `imported`."""
    plan = told["plan"]
    if "import" in plan:
        return ["imported"]
    return sorted({"simulated" if made["model"].startswith("simulated/") else "measured" for made in (plan.get("models") or {}).values()})


def progress(identity: str) -> pl.DataFrame:
    """How far a run is, by model (see `engine.lake.turns.progress`)."""
    return turns.progress(_lake(), identity)


def latest(identity: str) -> pl.DataFrame:
    """The newest turns of a run."""
    return turns.latest(_lake(), identity)


def history(identity: str) -> pl.DataFrame:
    """What happened in a run besides its turns: happened, kind, model, told (JSON)."""
    return events.of_run(_lake(), identity).filter(pl.col("kind") != "alive")


def last_words(identity: str) -> str:
    """Why a run's process ended, where it said so."""
    return controlling.last_words(_lake(), identity)


def cancel(identity: str) -> None:
    """Stop a run; what is in flight comes in first."""
    controlling.cancel(_lake(), identity)


def resume(identity: str) -> None:
    """Go on with a run in a process of its own."""
    found = runs.find(_lake(), identity)
    if controlling.state(_lake(), found) not in ("running", "waiting"):  # another visitor was quicker
        controlling.launch(_lake(), found["id"])


def delete(identity: str) -> int:
    """Delete a run; how many turns went with it."""
    return controlling.delete(_lake(), identity)["turns"]


def command_of(told: Mapping[str, Any]) -> str:
    """The command line that asks for the same run."""
    return controlling.command_of({**told, "plan": json.dumps(told["plan"])})


def form_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """A run's request as the start form's query parameters."""
    asked, _ = recalled({**told, "plan": json.dumps(told["plan"])})
    most, precision = asked.ceilings, asked.precision
    form: dict[str, Any] = {
        "show": "Start", "ask": list(asked.models), "on": list(asked.benchmarks), "epochs": asked.epochs,
        "only": [_in_words(one) for one in asked.conditions],
        "until": "precise enough" if precision else "repeated", "metric": precision.metric.replace("_", " ") if precision else None,
        "half": precision.half if precision else None, "cost": most.cost_usd, "calls": most.calls, "minutes": most.minutes,
        "fresh": "true" if asked.fresh else None, "judges": list(asked.judges), "judge_itself": "true" if asked.judge_itself else None,
        "smallest": asked.smallest_effect,
    }
    return {name: value if isinstance(value, list) else str(value) for name, value in form.items() if value not in (None, [])}


def items_of(name: str) -> list[str]:
    """The items of a benchmark that can be tried, under its standard conditions."""
    one = benchmark(name)
    return list(dict.fromkeys(item.id for item, _ in one.design(items.items_of(_lake(), one), {}))) if one.design else []


def condition_of(name: str, item: str, wanted: Sequence[str]) -> Mapping[str, str]:
    """The condition an item is tried under. Raises `UsageError` where there is none."""
    return chosen(_lake(), benchmark(name), item, _as_written(wanted))[1]


def first_question(name: str, item: str, wanted: Sequence[str]) -> list[tuple[str, str]]:
    """The first question of a conversation, word for word, as (role, words)."""
    one = benchmark(name)
    found, condition = chosen(_lake(), one, item, _as_written(wanted))
    return [(said["role"], said["content"]) for said in next(one.conversation(found, condition, 0)).messages()] if one.conversation else []


def attempt(models: Sequence[str], name: str, item: str, wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Try an item in a process of its own; its events as they come (see `engine.commands.trying.tried`), `failed` at last if it did."""
    arguments = [sys.executable, "-m", "engine", "try", "--benchmark", name, "--item", item, "--json"]
    for option, values in (("--model", models), ("--condition", _as_written(wanted))):
        for value in values:
            arguments += [option, value]
    where = {"PLUMBLINE_LAKE": str(_lake().address.folder)} if _lake().address.folder else {}
    with subprocess.Popen(
        arguments, cwd=controlling.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **where}
    ) as process:
        try:
            for said in process.stdout or ():
                yield json.loads(said)
            if process.wait():
                told = (process.stderr.read() if process.stderr else "").strip().splitlines()
                yield {"event": "failed", "why": told[-1].removeprefix("plumbline: ") if told else "the process ended early"}
        finally:
            process.kill()


def standing(name: str, item: str, turn: int) -> pl.DataFrame:
    """What models in the lake answered at this turn of an item (see `engine.lake.turns.standing`)."""
    return turns.standing(_lake(), name, item, turn)


def _lake() -> Lake:
    return kept.lake()


__all__ = [
    "MOST", "asked_of", "attempt", "cancel", "command", "command_of", "condition_of", "delete", "every_run", "first_question", "foretell",
    "form_of", "history", "items_of", "keyless", "last_words", "latest", "levels", "money", "narrowable", "offered",
    "playable", "progress", "reading_words", "request", "resume", "run", "sources", "standing", "start",
]
