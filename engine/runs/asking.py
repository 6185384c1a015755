"""Putting one model's questions: at its pace, again where that may help, within the budget, and never twice.

What a model turns out not to take (temperature, seed, a system message) is left out from then on, and what was
really sent is kept.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_random_exponential

from engine.conversation import Ask, Message
from engine.models.catalogue import Model
from engine.models.gateway import Call, Gateway, Reply
from engine.models.prices import Price
from engine.problems import CallFailed, Problem
from engine.runs.budget import Budget
from engine.runs.pace import Pace, Tell, untold
from engine.turns import Trial, digest

PARK_S = 600.0
"""A provider that asks for more than ten minutes has used up a quota, not a moment: the model is parked."""
BYTES_PER_TOKEN = 3.0
THINKING_ROOM = 4096
"""Tokens left for thinking where a reasoning model has no budget of its own."""
_JITTER = wait_random_exponential(0.5, max=30)


@dataclass(frozen=True)
class Kept:
    """An earlier reply to the same question, found in the lake."""

    run: str
    reply: Reply


Known = Callable[[str], Awaitable[Kept | None]]
"""Looks up the reply to a call by its digest."""


@dataclass
class Answer:
    """How one question ended: a reply or a failure, with what was really sent."""

    call: str
    """The digest of the question as it was meant: same model, parameters, messages and epoch."""
    messages: list[Message]
    """The messages this turn added, as they were sent."""
    sent: dict[str, Any] = field(default_factory=dict[str, Any])
    reply: Reply | None = None
    failure: CallFailed | None = None
    attempts: int = 0
    reused: str | None = None
    """The run whose reply this is, where it was not asked again."""


class Stopped(Exception):
    """The run was stopped before the question was put."""


async def nothing_known(call: str) -> Kept | None:  # noqa: ARG001
    """No earlier reply is known."""
    return None


class Asker:
    """Everything between a conversation and the gateway, for one model in one run."""

    def __init__(
        self, model: Model, gateway: Gateway, *, pace: Pace, budget: Budget, price: Price | None, population: int,
        known: Known = nothing_known, tell: Tell = untold, thinks: bool = False,
    ) -> None:
        self.model, self.pace = model, pace
        self._gateway, self._budget, self._price, self._population = gateway, budget, price, population
        self._known, self._tell = known, tell
        self._refused: set[str] = {"system"} if model.system == "fold" else set()
        self._room = model.thinking_tokens or (THINKING_ROOM if thinks and model.effort != "none" else 0)

    async def ask(self, before: Sequence[Message], ask: Ask, trial: Trial) -> Answer:
        """Put `ask` after the messages `before`. Raises `Stopped` when the run was stopped first."""
        asked = ask.messages()
        call = Call([*before, *asked], {"max_tokens": ask.max_tokens}, ask.cue, trial.seed, self._population)
        answer = Answer(self.digest(call, trial), asked)
        if kept := await self._known(answer.call):
            answer.reply, answer.reused = kept.reply, kept.run
            return answer
        try:
            await self._until_answered(call, answer)
        except CallFailed as failure:
            answer.failure = failure
        return answer

    def digest(self, call: Call, trial: Trial) -> str:
        """The same for the same question: model, parameters, messages, epoch, and a simulated model's seeds."""
        seeds = [call.seed, call.population] if self.model.source == "simulated" else []
        return digest([self.model.fingerprint, dict(call.parameters), list(call.messages), trial.epoch, *seeds])

    async def _until_answered(self, call: Call, answer: Answer) -> None:
        try:  # most questions are asked once: tenacity's machinery for asking again took a third of a simulated run
            answer.reply = await self._adapted(call, answer)
            return
        except CallFailed as failure:
            failed = failure
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(CallFailed), stop=_enough, wait=_pause, sleep=self.pace.asleep, reraise=True,
            before_sleep=self._again,
        ):
            with attempt:
                if attempt.retry_state.attempt_number == 1:
                    raise failed
                answer.reply = await self._adapted(call, answer)

    async def _adapted(self, call: Call, answer: Answer) -> Reply:
        """Ask; where the model does not take a parameter, ask without it."""
        while True:
            fitted = self._fit(call)
            answer.sent = dict(fitted.parameters)
            if "system" in self._refused:
                answer.messages = folded(answer.messages)
            try:
                return await self._once(fitted, answer)
            except CallFailed as failure:
                without = failure.refused
                if without is None or not _carries(fitted, without):
                    raise
                if without not in self._refused:
                    self._refused.add(without)
                    self._tell("adapted", {"without": without, "why": failure.detail})

    def _parameters(self, call: Call) -> dict[str, Any]:
        """All that is meant to be sent, before what the model does not take is left out."""
        told: dict[str, Any] = {**call.parameters, **self.model.parameters}
        if "max_tokens" not in self.model.parameters:
            told["max_tokens"] = call.parameters["max_tokens"] + self._room
        if self.model.effort:
            told["reasoning_effort"] = self.model.effort
        elif self.model.thinking_tokens:
            told["thinking"] = {"type": "enabled", "budget_tokens": self.model.thinking_tokens}
        return told

    def _fit(self, call: Call) -> Call:
        meant = self._parameters(call)
        if "max_tokens" in self._refused:  # reasoning models know it under another name
            meant["max_completion_tokens"] = meant["max_tokens"]
        parameters = {name: value for name, value in meant.items() if name not in self._refused}
        messages = folded(call.messages) if "system" in self._refused else call.messages
        return Call(messages, parameters, call.cue, call.seed, call.population)

    async def _once(self, call: Call, answer: Answer) -> Reply:
        tokens = sum(len(message["content"].encode()) for message in call.messages) / BYTES_PER_TOKEN
        most = float(call.parameters.get("max_tokens") or 0)
        if not await self.pace.go(tokens + min(most, 64.0)):
            raise Stopped
        dearest = self._price.of(tokens, most) if self._price else 0.0
        if not await self._budget.take(dearest):
            raise Stopped
        answer.attempts += 1
        cost: float | None = 0.0
        try:
            reply = await self._gateway.reply(self.model, call)
            cost = reply.cost_usd
        except CallFailed as failure:
            raise self._judged(failure) from None
        finally:
            self._budget.settle(dearest, cost)
        used = None if reply.prompt_tokens is None else float(reply.prompt_tokens + (reply.completion_tokens or 0))
        self.pace.healthy(reply.latency_s, tokens + min(most, 64.0), used, reply.limits)
        return reply

    def _judged(self, failure: CallFailed) -> CallFailed:
        """Tell the pace of a failure; a wait that is hours long is a used-up quota."""
        if failure.problem is Problem.RATE_LIMITED and (failure.wait_s or 0) >= PARK_S:
            failure = CallFailed(Problem.QUOTA_USED, failure.detail, wait_s=failure.wait_s)
        if failure.problem is Problem.RATE_LIMITED:
            self.pace.limited(failure.wait_s)
        elif failure.problem.handling.again:
            self.pace.troubled(failure.problem.value.replace("_", " "))
        return failure

    def _again(self, state: RetryCallState) -> None:
        failure = _failure(state)
        if failure:
            self._tell("asking_again", {
                "problem": failure.problem.value, "attempt": state.attempt_number, "wait_s": round(state.upcoming_sleep, 2),
                "why": failure.detail,
            })


def folded(messages: Sequence[Message]) -> list[Message]:
    """The messages with a leading system message put before the first question's words."""
    if not messages or messages[0]["role"] != "system":
        return list(messages)
    first, question, *rest = messages
    return [{"role": "user", "content": f"{first['content']}\n\n{question['content']}"}, *rest]


def _carries(call: Call, name: str) -> bool:
    return name in call.parameters or (name == "system" and any(message["role"] == "system" for message in call.messages))


def _failure(state: RetryCallState) -> CallFailed | None:
    problem = state.outcome.exception() if state.outcome else None
    return problem if isinstance(problem, CallFailed) else None


def _enough(state: RetryCallState) -> bool:
    failure = _failure(state)
    return failure is None or state.attempt_number > failure.problem.handling.again


def _pause(state: RetryCallState) -> float:
    """Exponential with jitter, and never shorter than the provider asks for."""
    failure = _failure(state)
    return max(_JITTER(state), (failure.wait_s or 0.0) if failure else 0.0)


def fleet(waiting: Mapping[str, Pace], most: int | None) -> None:
    """Share a run's own limit of calls at once evenly between the models that still have questions."""
    for pace in waiting.values():
        pace.share = pace.most if most is None else max(1, most // max(1, len(waiting)))
        pace.wake()


