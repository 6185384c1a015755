"""Playing a run from end to end: plan, play, keep, estimate."""

import asyncio
import getpass
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from engine.benchmark import Benchmark
from engine.benchmarks import benchmark as benchmark_named
from engine.lake import Lake, estimates, items, runs, turns
from engine.metrics import estimate
from engine.models.catalogue import Model
from engine.models.catalogue import model as model_named
from engine.models.gateway import Gateway
from engine.problems import UsageError
from engine.runs import plan, player
from engine.runs.plan import Assignment
from engine.runs.player import Tally, Watch

State = Literal["complete", "stopped", "failed"]


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    models: Sequence[str]
    benchmarks: Sequence[str]
    conditions: Sequence[str] = ()
    epochs: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `run` is `None` where everything asked for had been played before."""

    run: str | None
    state: State
    tally: Tally = field(default_factory=Tally)
    before: int = 0
    """Trials asked for that an earlier run had played."""


def planned(lake: Lake, request: Request) -> tuple[list[Assignment], int]:
    """The trials to play, and how many of those asked for were played before.

    Raises `UsageError` for an unknown model, benchmark or condition.
    """
    models = [model_named(name) for name in dict.fromkeys(request.models)]
    wanted = plan.wanted_levels(request.conditions)
    instruments = [benchmark_named(name) for name in dict.fromkeys(request.benchmarks)]
    fields = {name for instrument in instruments for name in instrument.levels}
    if strange := set(wanted) - fields:
        known = ", ".join(sorted(fields))
        raise UsageError(f"no condition '{strange.pop()}' in {', '.join(request.benchmarks)}; they have {known}")
    every: list[Assignment] = []
    for instrument in instruments:
        mine = {name: levels for name, levels in wanted.items() if name in instrument.levels}
        if instrument.conversation is None:
            list(plan.trials(models[0], instrument, (), mine, epochs=request.epochs, seed=request.seed))
        found = items.items_of(lake, instrument)
        for model in models:
            every += plan.trials(model, instrument, found, mine, epochs=request.epochs, seed=request.seed)
    ended = turns.ended_trials(lake, [model.name for model in models], [one.name for one in instruments])
    left = plan.unplayed(every, ended)
    return left, len(every) - len(left)


def litellm_gateway(models: Sequence[Model]) -> Gateway:
    """The gateway through LiteLLM. Raises `UsageError` when it does not know a model's provider."""
    from engine.models.litellm_gateway import LiteLLMGateway  # two seconds: only where models are called

    gateway = LiteLLMGateway()
    for model in models:
        gateway.check(model)
    return gateway


def play(
    lake: Lake, request: Request, *, gateway: Gateway | None = None,
    begin: Callable[[str, Sequence[Assignment], int], None] = lambda run, left, before: None,
    watch: Watch = lambda turn: None,
) -> Outcome:
    """Play what is missing, keep every turn, and estimate anew what has changed.

    `begin` is told the run, its trials and how many were played before; `watch` sees every turn.
    """
    left, before = planned(lake, request)
    if not left:
        return Outcome(None, "complete", before=before)
    models = {one.model.name: one.model for one in left}
    gateway = gateway or litellm_gateway(list(models.values()))
    run = new_run(lake)
    runs.begin(
        lake, run, asked_by=getpass.getuser(), seed=request.seed,
        versions={one.benchmark.name: one.benchmark.version for one in left},
        plan={
            "models": {name: plan.fingerprint(model) for name, model in models.items()},
            "benchmarks": list(request.benchmarks), "conditions": list(request.conditions), "epochs": request.epochs,
            "trials": len(left),
        },
    )
    begin(run, left, before)
    state, tally = "failed", Tally(planned=len(left))
    try:
        tally, stopped = asyncio.run(_played(lake, left, gateway, run, request.seed, watch))
        state = "stopped" if stopped else "failed" if tally.stopped_models or tally.failed == tally.planned else "complete"
        pairs = {(one.model.name, one.model.source, one.benchmark.name) for one in left}
        for model, source, name in sorted(pairs):
            estimated(lake, run, model, source, benchmark_named(name))
    finally:
        counts = {name: getattr(tally, name) for name in ("planned", "answered", "unread", "refused", "failed", "cost_usd")}
        lake.tidy()  # before the run is finished: what a reader caches while files move is out of date a moment later
        runs.finish(lake, run, state, counts)
    return Outcome(run, state, tally, before)


async def _played(
    lake: Lake, left: Sequence[Assignment], gateway: Gateway, run: str, seed: int, watch: Watch
) -> tuple[Tally, bool]:
    """Play until done, or until Ctrl-C asks for an end: the first lets what is in flight finish."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked_to_stop() -> None:
        if stop.is_set():
            loop.remove_signal_handler(signal.SIGINT)
        stop.set()

    with suppress(NotImplementedError, ValueError, RuntimeError):  # not the main thread, or a system without signals
        loop.add_signal_handler(signal.SIGINT, asked_to_stop)
    tally = await player.play(
        left, gateway, lambda batch: turns.append(lake, batch), run=run, population=seed, watch=watch, stop=stop
    )
    return tally, stop.is_set()


def estimated(lake: Lake, run: str, model: str, source: str, benchmark: Benchmark) -> None:
    """Estimate one model on one benchmark from everything the lake holds, and keep it under the run."""
    read = turns.for_metrics(lake, model, benchmark.name, benchmark.version)
    if read.is_empty():
        return
    content = items.items_of(lake, benchmark) if benchmark.conversation else ()
    estimates.keep(lake, run, model, source, benchmark.name, benchmark.version, estimate(benchmark, content, read))


def new_run(lake: Lake) -> str:
    """A new run id: a UUID of version 7, so that ids sort by time."""
    return str(lake.read("SELECT uuidv7()::VARCHAR AS id")["id"][0])
