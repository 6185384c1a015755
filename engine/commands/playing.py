"""Playing a run from end to end: plan, play, keep, estimate; and taking it up again where it was broken off."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.benchmark import Benchmark
from engine.benchmarks import benchmark as benchmark_named
from engine.commands.foretelling import whole
from engine.commands.judging import sound_judges, to_judge
from engine.commands.logs import LoggedIntake
from engine.commands.request import Request, checked, next_round, planned, recalled, to_play, written
from engine.lake import Lake, estimates, events, intake, items, runs, turns
from engine.metrics import ALWAYS_EVIDENCED, measured
from engine.models.gateway import Gateway, Reply
from engine.problems import PlumblineError, UsageError
from engine.runs.asking import Kept, Known, nothing_known
from engine.runs.budget import Ceilings
from engine.runs.forecast import beyond, forecast
from engine.runs.plan import Plan
from engine.runs.player import Player, Setting
from engine.runs.precision import Look
from engine.runs.tally import Course
from engine.turns import Turn

State = Literal["complete", "stopped", "failed"]
LOOK_S = 1.0
ALIVE_S = 10.0


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
    looks: Sequence[Look] = ()
    """How wide each cell's interval was at last, where a precision was asked for."""


class Show:
    """Whoever shows a run while it is played; this one shows nothing."""

    def warn(self, said: str) -> None:
        """Something the user should know before the first call."""

    def begin(self, run: str, plan: Plan, course: Course) -> None:
        """The run has a plan, and counts that will change."""

    def more(self, plan: Plan, what: str) -> None:
        """Trials were added, for the reason in words."""

    def watch(self, turn: Turn) -> None:
        """A turn has come."""


SILENT = Show()


def play(lake: Lake, request: Request, *, gateway: Gateway | None = None, show: Show = SILENT) -> Outcome:
    """Play what is missing, keep every turn, and estimate anew what has changed."""
    plan, looks = to_play(lake, request)
    sound_judges(request, plan)
    if not len(plan) and not len(to_judge(lake, request, plan)):
        return Outcome(None, "complete", before=planned(lake, request).before, looks=looks)
    gateway = checked(plan, request, gateway)
    if request.ceilings and (said := beyond(forecast(whole(lake, request, plan)), request.ceilings)):
        show.warn(said)
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
        request = replace(request, ceilings=ceilings)
    intake.recover(lake, run)
    plan, looks = to_play(lake, request, models, but=run)
    if looks:
        runs.plan_more(lake, run, len(plan))
    gateway = checked(plan, request, gateway) if len(plan) or len(to_judge(lake, request, plan, run)) else gateway
    return _sit(lake, run, request, plan, gateway, show)


def _sit(lake: Lake, run: str, request: Request, plan: Plan, gateway: Gateway | None, show: Show) -> Outcome:
    """One sitting of a run: from taking hold of it to its estimates."""
    store = LoggedIntake(lake, run)
    state: State = "failed"
    course, interrupted, looks = Course(), False, list[Look]()
    try:
        runs.mark(lake, run, "running")
        store.note("started", None, {"host": socket.gethostname(), "trials": len(plan), "by_model": plan.by_model()})
        if gateway is not None:
            course, interrupted, looks = asyncio.run(_played(lake, store, run, request, plan, gateway, show))
        state = _state(course, interrupted)
        for model, source, name in sorted({(part.model.name, part.model.source, part.benchmark.name) for part in plan.parts}):
            estimated(lake, run, model, source, benchmark_named(name))
    except OSError as problem:
        raise PlumblineError(f"the run cannot go on: {problem}; mend that, then `python -m engine resume {run}`") from None
    finally:
        with _undisturbed():
            counts = _finished(lake, store, run, state, course)
    return Outcome(run, state, counts, course, plan.before, interrupted, looks)


@contextmanager
def _undisturbed() -> Generator[None]:
    """A third Ctrl-C must not break off what is being written down after the second."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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
) -> tuple[Course, bool, list[Look]]:
    """Play until done, or until an end is asked for: with Ctrl-C, `cancel` or SIGTERM.

    The first lets what is in flight finish; a second Ctrl-C (or `cancel --now`) does not. Returns the course, whether the
    end came at once, and the last looks at the intervals.
    """
    setting = Setting(
        run, request.seed, request.at_once, request.ceilings, nothing_known if request.fresh else _known(lake, request, plan),
        turns.begun_trials(lake, run), show.watch,
    )
    player = Player(gateway, store, setting)
    show.begin(run, plan, player.course)
    looks: list[Look] = []

    async def in_rounds(plan: Plan) -> None:
        first = plan
        while len(plan):
            await player.play(plan)
            if not request.precision or player.stop.is_set():
                break
            plan, looks[:] = await asyncio.to_thread(
                next_round, lake, request, plan, run, {*player.course.given_up, *player.course.parked}
            )
            if len(plan):
                store.note("epochs_added", None, {"by_model": plan.by_model(), "looks": [look.told() for look in looks]})
                await asyncio.to_thread(runs.plan_more, lake, run, len(plan))
                show.more(plan, "more conversations where intervals are widest")
        if not player.stop.is_set():
            await judged(first)

    async def judged(asked: Plan) -> None:
        judging = await asyncio.to_thread(to_judge, lake, request, asked, run)
        if len(judging):
            await asyncio.to_thread(runs.plan_left, lake, run, len(judging))
            show.more(judging, "free answers to judge")
            await player.play(judging)

    playing = asyncio.ensure_future(in_rounds(plan))

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
        return player.course, True, looks
    finally:
        listening.cancel()
    return player.course, False, looks


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


def _known(lake: Lake, request: Request, plan: Plan) -> Known:
    """Looks up earlier replies of the same models (by whatever name) to the same questions."""
    asked = [*plan.models.values(), *request.judging]
    names = runs.named_alike(lake, [model.fingerprint for model in asked])
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


def estimate_anew(lake: Lake) -> None:
    """Estimate what was estimated by an earlier Plumbline that kept no evidence; nothing is asked."""
    run = runs.newest_id(lake)
    if run is None:
        return
    for row in estimates.without_evidence(lake, ALWAYS_EVIDENCED).iter_rows(named=True):
        one = benchmark_named(row["benchmark"])
        if row["version"] == one.version:
            estimated(lake, run, row["model"], row["source"], one)


def estimated(lake: Lake, run: str, model: str, source: str, benchmark: Benchmark) -> None:
    """Estimate one model on one benchmark from everything the lake holds, and keep it under the run."""
    read = turns.for_metrics(lake, model, benchmark.name, benchmark.version)
    if read.is_empty():
        estimates.forget(lake, model, benchmark.name)
        return
    content = items.items_of(lake, benchmark) if benchmark.conversation else ()
    grades = turns.grades(lake, model, benchmark.name, benchmark.version) if benchmark.grading else None
    estimates.keep(lake, run, model, source, benchmark.name, benchmark.version, *measured(benchmark, content, read, grades))
