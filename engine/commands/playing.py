"""Playing a run from end to end: plan, play, keep, estimate; and taking it up again where it was broken off."""

import asyncio
import getpass
import json
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from engine.benchmark import Benchmark
from engine.benchmarks import benchmark as benchmark_named
from engine.commands.logs import LoggedIntake
from engine.lake import Lake, estimates, events, intake, items, runs, turns
from engine.metrics import estimate
from engine.models import catalogue
from engine.models.catalogue import Model
from engine.models.catalogue import model as model_named
from engine.models.gateway import Gateway, Reply
from engine.models.prices import price
from engine.problems import PlumblineError, UsageError
from engine.runs.asking import Kept, Known, nothing_known
from engine.runs.budget import Ceilings
from engine.runs.plan import Part, Plan, posed, wanted_levels
from engine.runs.player import NO_CEILINGS, Player, Setting
from engine.runs.tally import Course
from engine.turns import Turn

State = Literal["complete", "stopped", "failed"]
LOOK_S = 1.0
ALIVE_S = 10.0


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    models: Sequence[str]
    benchmarks: Sequence[str]
    conditions: Sequence[str] = ()
    epochs: int | None = None
    seed: int = 0
    fresh: bool = False
    """Ask again what the lake holds already."""
    at_once: int | None = None
    ceilings: Ceilings = NO_CEILINGS


@dataclass(frozen=True)
class Outcome:
    """How a run ended. `run` is `None` where everything asked for had been played before."""

    run: str | None
    state: State
    counts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Of the whole run: planned, answered, unread, refused, failed, cost_usd, turns, reused."""
    course: Course = field(default_factory=Course)
    before: int = 0
    """Trials asked for that an earlier run had played."""
    interrupted: bool = False
    """Whether Ctrl-C was pressed twice."""


class Show:
    """Whoever shows a run while it is played; this one shows nothing."""

    def begin(self, run: str, plan: Plan, course: Course) -> None:
        """The run has a plan, and counts that will change."""

    def more(self, plan: Plan) -> None:
        """Trials were added."""

    def watch(self, turn: Turn) -> None:
        """A turn has come."""


SILENT = Show()


def planned(lake: Lake, request: Request, models: Sequence[Model] | None = None, *, but: str | None = None) -> Plan:
    """The trials to play: those asked for less those an earlier run (but not `but`, if the request is `fresh`) played.

    Raises `UsageError` for an unknown model, benchmark or condition, and for a name that stood for something else before.
    """
    models = models or [model_named(name) for name in dict.fromkeys(request.models)]
    wanted = wanted_levels(request.conditions)
    instruments = [benchmark_named(name) for name in dict.fromkeys(request.benchmarks)]
    if not models or not instruments:
        raise UsageError("a run needs at least one model and one benchmark; name them with --model and --benchmark")
    fields = {name for instrument in instruments for name in instrument.levels}
    if strange := set(wanted) - fields:
        known = ", ".join(sorted(fields))
        raise UsageError(f"no condition '{strange.pop()}' in {', '.join(request.benchmarks)}; they have {known}")
    for model in models:
        _same_as_before(lake, model)
    ended = turns.ended_trials(
        lake, [model.name for model in models], [one.name for one in instruments], run=but if request.fresh else None
    ) if not request.fresh or but else set[str]()
    plan = Plan()
    for instrument in instruments:
        mine = {name: levels for name, levels in wanted.items() if name in instrument.levels}
        if instrument.conversation is None:
            posed(instrument, (), mine)
        every = posed(instrument, items.items_of(lake, instrument), mine)
        epochs = range(1, (request.epochs or instrument.epochs) + 1)
        for model in models:
            part = Part(model, instrument, every, request.seed)
            part.want(lambda _, epochs=epochs: epochs, ended)
            plan.parts.append(part)
    return plan


def _same_as_before(lake: Lake, model: Model) -> None:
    """Refuse a name whose turns in the lake were asked with other parameters: they would be mixed up."""
    decides = {name: told for name, told in model.fingerprint.items() if name != "base_url"}
    for before in runs.fingerprints(lake, model.name):
        other = {name: told for name, told in before.items() if name != "base_url"}
        if other != decides:
            raise UsageError(
                f"model '{model.name}' was asked before as {json.dumps(other)} and is {json.dumps(decides)} now; give it another name"
            )


def checked(plan: Plan, request: Request, gateway: Gateway | None) -> Gateway:
    """The gateway to ask through, once everything that can be known to go wrong has been looked at.

    Raises `UsageError` for an unknown provider, a missing key, a ceiling on cost where a price is not known, or one that
    leaves nothing to do.
    """
    most = request.ceilings
    given = {"--max-cost": most.cost_usd, "--max-calls": most.calls, "--max-minutes": most.minutes, "--at-once": request.at_once}
    for name, told in given.items():
        if told is not None and told <= 0:
            raise UsageError(f"{name} {told:g} leaves nothing to do; give more than 0")
    if most.cost_usd is not None and (dear := [name for name, model in plan.models.items() if price(model) is None]):
        raise UsageError(
            f"--max-cost cannot hold: the price of {', '.join(dear)} is not known; use --max-calls, or give the model "
            "usd_per_million_prompt_tokens and usd_per_million_completion_tokens in data/models.toml"
        )
    if gateway is None:
        from engine.models.litellm_gateway import LiteLLMGateway  # two seconds: only where models are called

        gateway = LiteLLMGateway()
        for model in plan.models.values():
            gateway.check(model)
    return gateway


def written(lake: Lake, request: Request, plan: Plan) -> str:
    """Write down a run that waits to be played; returns its id."""
    run = new_run(lake)
    told = {name: getattr(request, name) for name in ("models", "benchmarks", "conditions", "epochs", "fresh", "at_once")}
    runs.begin(
        lake, run, asked_by=getpass.getuser(), seed=request.seed,
        versions={part.benchmark.name: part.benchmark.version for part in plan.parts},
        plan={
            **told, "models": {part.model.name: part.model.fingerprint for part in plan.parts}, "ceilings": asdict(request.ceilings),
            "trials": len(plan), "by_model": plan.by_model(),
        },
    )
    return run


def play(lake: Lake, request: Request, *, gateway: Gateway | None = None, show: Show = SILENT) -> Outcome:
    """Play what is missing, keep every turn, and estimate anew what has changed."""
    plan = planned(lake, request)
    if not len(plan):
        return Outcome(None, "complete", before=plan.before)
    gateway = checked(plan, request, gateway)
    return _sit(lake, written(lake, request, plan), request, plan, gateway, show)


def resume(lake: Lake, run: str, *, gateway: Gateway | None = None, show: Show = SILENT, ceilings: Ceilings | None = None) -> Outcome:
    """Take up a run that was stopped, killed or parked, where it was broken off. Its ceilings hold anew for each sitting.

    Raises `UsageError` when it is being played, or was imported.
    """
    told = runs.find(lake, run)
    run = told["id"]
    if intake.held(lake, run):
        raise UsageError(f"run {run} is being played; `python -m engine cancel {run}` stops it")
    request, models = recalled(told)
    if ceilings:
        request = _with(request, ceilings)
    intake.recover(lake, run)
    plan = planned(lake, request, models, but=run)
    gateway = checked(plan, request, gateway) if len(plan) else gateway
    return _sit(lake, run, request, plan, gateway, show)


def _with(request: Request, ceilings: Ceilings) -> Request:
    from dataclasses import replace

    return replace(request, ceilings=ceilings)


def recalled(told: Mapping[str, Any]) -> tuple[Request, list[Model]]:
    """The request and the models of a run as they were when it was asked for. Raises `UsageError` for an import."""
    plan = json.loads(told["plan"])
    if "import" in plan:
        raise UsageError(f"run {told['id']} was imported and cannot be played; `python -m engine import` brings logs in")
    known = catalogue.listed()
    models = [
        known[name] if name in known and known[name].fingerprint == made else Model.model_validate({"name": name, **made})
        for name, made in plan["models"].items()
    ]
    ceilings: dict[str, Any] = plan.get("ceilings") or {}
    request = Request(
        list(plan["models"]), plan["benchmarks"], plan.get("conditions") or (), plan.get("epochs"), told["seed"], bool(plan.get("fresh")),
        plan.get("at_once"), Ceilings(**ceilings),
    )
    return request, models


def _sit(lake: Lake, run: str, request: Request, plan: Plan, gateway: Gateway | None, show: Show) -> Outcome:
    """One sitting of a run: from taking hold of it to its estimates."""
    store = LoggedIntake(lake, run)
    state: State = "failed"
    course, interrupted = Course(), False
    try:
        runs.mark(lake, run, "running")
        store.note("started", None, {"host": socket.gethostname(), "trials": len(plan), "by_model": plan.by_model()})
        if gateway is not None:
            course, interrupted = asyncio.run(_played(lake, store, run, request, plan, gateway, show))
        state = _state(course, interrupted)
        for model, source, name in sorted({(part.model.name, part.model.source, part.benchmark.name) for part in plan.parts}):
            estimated(lake, run, model, source, benchmark_named(name))
    except OSError as problem:
        raise PlumblineError(f"the run cannot go on: {problem}; mend that, then `python -m engine resume {run}`") from None
    finally:
        counts = _finished(lake, store, run, state, course)
    return Outcome(run, state, counts, course, plan.before, interrupted)


def _state(course: Course, interrupted: bool) -> State:
    if course.stopped or interrupted or course.parked:
        return "stopped"
    return "failed" if course.given_up or (course.all.planned and course.all.failed == course.all.planned) else "complete"


def _finished(lake: Lake, store: LoggedIntake, run: str, state: State, course: Course) -> dict[str, Any]:
    """Write down how a sitting ended; returns the whole run's counts."""
    told = {"state": state, "why": course.stopped or None, "parked": course.parked}
    store.note("stopped" if state == "stopped" else "finished", None, told)
    batch = store.take()
    with suppress(Exception):  # a lake that cannot be written: the journal keeps what is left for `resume`
        store.keep(batch)
        lake.tidy()  # before the run is finished: what a reader caches while files move is out of date a moment later
        counts = runs.counted(lake, run)
        runs.finish(lake, run, state, {name: counts[name] for name in ("answered", "unread", "refused", "failed", "cost_usd")})
        store.close()
        return counts
    store.put_back(batch)
    store.close()
    names = ("planned", "answered", "unread", "refused", "failed", "cost_usd", "turns", "reused")
    return {name: getattr(course.all, name) for name in names}


async def _played(
    lake: Lake, store: LoggedIntake, run: str, request: Request, plan: Plan, gateway: Gateway, show: Show
) -> tuple[Course, bool]:
    """Play until done, or until an end is asked for: with Ctrl-C, `cancel` or SIGTERM.

    The first lets what is in flight finish; a second Ctrl-C (or `cancel --now`) does not. Returns the course, and whether
    the end came at once.
    """
    setting = Setting(
        run, request.seed, request.at_once, request.ceilings, nothing_known if request.fresh else _known(lake, plan),
        turns.begun_trials(lake, run), show.watch,
    )
    player = Player(gateway, store, setting)
    show.begin(run, plan, player.course)
    playing = asyncio.ensure_future(player.play(plan))

    def asked_to_stop(now: bool = False) -> None:
        if player.stop.is_set() or now:
            playing.cancel()
        player.course.stopped = player.course.stopped or "asked for"
        player.stop.set()

    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError, ValueError, RuntimeError):  # not the main thread, or a system without signals
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, asked_to_stop)
    listening = asyncio.create_task(_listen(lake, store, run, asked_to_stop))
    try:
        await playing
    except asyncio.CancelledError:
        return player.course, True
    finally:
        listening.cancel()
    return player.course, False


async def _listen(lake: Lake, store: LoggedIntake, run: str, asked_to_stop: Callable[[bool], None]) -> None:
    """Look for a `cancel` from another process, and say now and then that this one is alive."""
    heard, beat = "", 0.0
    while True:
        await asyncio.sleep(LOOK_S)
        beat += LOOK_S
        if beat >= ALIVE_S:
            store.note("alive", None, {})
            beat = 0.0
        with suppress(Exception):  # a busy lake: the next look will do
            asked = await asyncio.to_thread(events.cancelled, lake, run)
            if asked and asked != heard:
                heard = asked
                asked_to_stop(asked == "cancel_now")


def _known(lake: Lake, plan: Plan) -> Known:
    """Looks up earlier replies of the same models (by whatever name) to the same questions."""
    names = runs.named_alike(lake, [model.fingerprint for model in plan.models.values()])
    have = turns.answered_calls(lake, names) if names else set[str]()

    async def known(call: str) -> Kept | None:
        if call not in have:
            return None
        found = await asyncio.to_thread(turns.answer_to, lake, call)
        if found is None:
            return None
        told = {name: found[name] for name in ("thinking", "prompt_tokens", "completion_tokens", "served")}
        return Kept(found["run"], Reply(found["reply"], finish=found["finish"] or "stop", declined=found["reading"] == "refusal", **told))

    return known


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
