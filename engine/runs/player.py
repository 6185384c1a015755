"""The player: holds every conversation of a run and hands each turn to be kept.

It knows no lake and no LiteLLM: where turns go (`Store`) and how questions are put (`Gateway`) are given to it.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.conversation import Ask, Message, Reading
from engine.models.catalogue import Model
from engine.models.gateway import Gateway
from engine.models.prices import price, thinks
from engine.problems import CallFailed, Problem
from engine.runs.asking import Answer, Asker, Known, Stopped, fleet, nothing_known
from engine.runs.budget import Budget, Ceilings
from engine.runs.keeper import Keeper, Store
from engine.runs.pace import Pace
from engine.runs.plan import Assignment, Plan
from engine.runs.tally import Course
from engine.turns import Stored, Turn

BROKEN = 20
"""So many trials of a model failing one after another, with none answered between, end the model."""


TAKEN = ("prompt_tokens", "completion_tokens", "cost_usd", "latency_s", "thinking", "finish", "served")
"""What a turn takes over from its reply as it is."""
NO_CEILINGS = Ceilings()


@dataclass(frozen=True)
class Setting:
    """What a run is played with, besides its plan."""

    run: str
    population: int = 0
    at_once: int | None = None
    """The most conversations of all models together; each model gets an even share."""
    ceilings: Ceilings = NO_CEILINGS
    known: Known = nothing_known
    begun: Mapping[str, Sequence[Stored]] = field(default_factory=dict[str, Sequence[Stored]])
    """Turns of conversations that were broken off, by trial."""
    watch: Callable[[Turn], None] = lambda turn: None


class Player:
    """Plays plans of one run, one after another; paces, counts and ceilings go on from plan to plan.

    Models are played side by side, each at its own pace. A trial that fails costs that trial; a key that is refused ends
    its model; a quota that is used up parks it. When `stop` is set no new question is put.
    """

    def __init__(self, gateway: Gateway, store: Store, setting: Setting, stop: asyncio.Event | None = None) -> None:
        self.course = Course()
        self.stop = stop or asyncio.Event()
        self.budget = Budget(setting.ceilings)
        self._gateway, self._setting, self._store = gateway, setting, store
        self._askers: dict[str, Asker] = {}
        self._failures: dict[str, int] = {}

    async def play(self, plan: Plan) -> None:
        """Play a plan to its end, or until the run is stopped. Raises what the store raises for good."""
        self.course.plan(plan.by_model())
        keeper = Keeper(self._store, self.stop)
        for name, model in plan.models.items():
            self._askers.setdefault(name, self._asker(model))
        going = {name: self._askers[name].pace for name in plan.models}
        fleet(going, self._setting.at_once)
        keeping = asyncio.create_task(keeper.work())
        timing = asyncio.create_task(self._time())
        playing = asyncio.gather(*(self._model(name, plan.trials(name), keeper, going) for name in plan.models))
        try:
            await asyncio.wait([keeping, playing], return_when=asyncio.FIRST_COMPLETED)
            if not keeping.done():
                await playing
        finally:
            timing.cancel()
            playing.cancel()
            await asyncio.gather(playing, timing, return_exceptions=True)
            keeper.close()
            await keeping

    def _asker(self, model: Model) -> Asker:
        def tell(kind: str, told: Mapping[str, Any]) -> None:
            self._store.note(kind, model.name, told)

        return Asker(
            model, self._gateway, pace=Pace(model, self.stop, tell), budget=self.budget, price=price(model), known=self._setting.known,
            population=self._setting.population, tell=tell, thinks=thinks(model.model),
        )

    async def _time(self) -> None:
        """Stop when the time is up, also while everybody waits."""
        while (left := self.budget.minutes_left) is not None:
            if left <= 0:
                self._reached(f"{self.budget.ceilings.minutes:g} minutes have passed")
                return
            await asyncio.sleep(min(1.0, left * 60))

    def _reached(self, what: str) -> None:
        if not self.course.stopped:
            self.course.stopped = what
            self._store.note("reached", None, {"ceiling": what})
        self.stop.set()

    def _over(self, name: str) -> bool:
        return self.stop.is_set() or name in self.course.given_up or name in self.course.parked

    async def _model(self, name: str, trials: Iterator[Assignment], keeper: Keeper, going: dict[str, Pace]) -> None:
        """One model's conversations, as many at once as its pace allows."""
        pace = self._askers[name].pace

        async def one(assignment: Assignment) -> None:
            try:
                self._judge(name, await self._converse(assignment, keeper))
            finally:
                pace.leave()

        async with asyncio.TaskGroup() as conversations:
            for assignment in trials:
                await keeper.room()
                if self._over(name) or not await pace.enter():
                    break
                if self._over(name):
                    pace.leave()
                    break
                conversations.create_task(one(assignment))
        going.pop(name)
        fleet(going, self._setting.at_once)

    def _judge(self, name: str, outcome: CallFailed | bool) -> None:
        """What a conversation's outcome means for its model: true is an answer, false a run stopped under way."""
        if not isinstance(outcome, CallFailed):
            if outcome:
                self._failures[name] = 0
            return
        costs = outcome.problem.handling.costs
        self._failures[name] = 0 if outcome.problem.answered else self._failures.get(name, 0) + 1
        if name in self.course.given_up or name in self.course.parked:
            return
        if costs == "model":
            self._give_up(name, str(outcome))
        elif costs == "rest of the quota":
            until = datetime.now(UTC) + timedelta(seconds=outcome.wait_s) if outcome.wait_s else None
            self.course.parked[name] = f"{until:%Y-%m-%d %H:%M} UTC" if until else "when its quota is renewed"
            self._store.note("parked", name, {"until": until.isoformat() if until else None, "why": outcome.detail})
        elif self._failures[name] >= BROKEN:
            self._give_up(name, f"{BROKEN} conversations in a row failed, the last with {outcome}")

    def _give_up(self, name: str, why: str) -> None:
        self.course.given_up[name] = why
        self._store.note("given_up", name, {"why": why})

    async def _converse(self, assignment: Assignment, keeper: Keeper) -> CallFailed | bool:
        """One conversation from its first question, or the first that was not answered before, to its last.

        A turn is recorded when the script has said whether another follows. Returns why it failed, if it did, and else
        whether it came to its end.
        """
        asker, talk = self._askers[assignment.model.name], Talk(assignment)
        for stored in self._setting.begun.get(assignment.trial.key, ()):
            if not talk.replay(stored):
                talk = Talk(assignment)  # the script has changed since: from the start
                break
        while talk.ask is not None:
            await keeper.room()
            if self.stop.is_set():
                return False
            try:
                answer = await asker.ask(talk.said, talk.ask, assignment.trial)
            except Stopped:
                if self.budget.reached:
                    self._reached(self.budget.reached)
                return False
            turn = talk.go_on(answer, self._setting.run)
            self.course.count(turn)
            keeper.add(turn)
            self._setting.watch(turn)
            if turn.problem:
                return answer.failure or CallFailed(turn.problem)
        return True


class Talk:
    """Where a conversation stands: what was said, and what is asked next (`None` at its end)."""

    def __init__(self, assignment: Assignment) -> None:
        script = assignment.benchmark.conversation
        assert script is not None
        self._assignment = assignment
        self._script = script(assignment.item, assignment.trial.condition, assignment.trial.seed)
        self.said: list[Message] = []
        self.number = 0
        self.ask: Ask | None = next(self._script)

    def replay(self, stored: Stored) -> bool:
        """Go over a turn that was answered before; false when it is not the one the script asks for."""
        if self.ask is None or not stored.answers(self.ask.messages()):
            return False
        self._hear(self.ask, stored.reply, stored.reading)
        return True

    def _hear(self, ask: Ask, reply: str, reading: Reading) -> None:
        self.said += [*ask.messages(), {"role": "assistant", "content": reply}]
        self.number += 1
        self.ask = None
        with suppress(StopIteration):
            self.ask = self._script.send(reading)

    def go_on(self, answer: Answer, run: str) -> Turn:
        """Take an answer in and return the turn to keep."""
        ask, number, reply = self.ask, self.number, answer.reply
        assert ask is not None
        reading = reply.read(ask) if reply else None
        problem = answer.failure.problem if answer.failure else reply.problem(reading) if reply and reading else None
        if reply and reading and not problem:
            self._hear(ask, reply.text, reading)
        trial, model = self._assignment.trial, self._assignment.model
        told: dict[str, Any] = {name: getattr(reply, name) for name in TAKEN} if reply else {}
        if answer.reused:
            told["cost_usd"] = 0.0
        return Turn(
            run=run, trial=trial, source=model.source, item=ask.item or trial.item, turn=number,
            last=problem is not None or self.ask is None, messages=answer.messages, asked=ask.messages(),
            reply=reply.text if reply else None, reading=reading, problem=problem,
            detail=answer.failure.detail if answer.failure else _cut(problem), step=ask.step, answered_at=datetime.now(UTC),
            sent=answer.sent, attempts=answer.attempts, reused=answer.reused, call=answer.call, **told,
        )


def _cut(problem: Problem | None) -> str:
    return problem.handling.means if problem else ""
