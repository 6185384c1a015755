"""Putting many single questions to models, a few at once each, at the pace and with the patience of a run."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.conversation import Ask, Reading
from engine.models import keys
from engine.models.catalogue import Model
from engine.models.gateway import DirectGateway, Gateway, Reply
from engine.models.prices import price, thinks
from engine.problems import Problem
from engine.runs.asking import Asker, Stopped
from engine.runs.budget import Budget, Ceilings
from engine.runs.pace import Pace
from engine.turns import Trial, seed_of

AT_ONCE = 8


@dataclass(frozen=True)
class Question:
    """One question to one model; `key` says what it is about."""

    model: Model
    key: tuple[str, ...]
    ask: Ask


@dataclass(frozen=True)
class Answered:
    """How a question ended."""

    question: Question
    reading: Reading | None
    """Empty where no reply came."""
    problem: Problem | None
    detail: str
    reply: Reply | None

    @property
    def counts(self) -> bool:
        """Whether the model itself ended it so; otherwise asking again later may end it better."""
        return self.problem is None or self.problem.answered


def gateway_to(models: Sequence[Model]) -> Gateway:
    """Where these models are asked: simulated ones in this process, others through LiteLLM.

    Raises `UsageError` for a provider that LiteLLM does not know, or a key that is not there.
    """
    if all(model.source == "simulated" for model in models):
        return DirectGateway()
    from engine.models.litellm_gateway import LiteLLMGateway  # two seconds: only where models are called

    keys.load()
    gateway = LiteLLMGateway()
    for model in models:
        gateway.check(model)
    return gateway


def put(
    questions: Sequence[Question], gateway: Gateway, hear: Callable[[Answered], None], *, at_once: int = AT_ONCE, seed: int = 0,
    max_cost_usd: float | None = None,
) -> dict[str, str]:
    """Put these questions, `at_once` to each model, and tell `hear` of each as it ends.

    A model whose key is refused, or whose quota is used up, is asked no more; they are returned with why. What `hear` raises, or
    Ctrl-C, ends it all: what was heard until then has been heard. It waits, so that it is not for an event loop.
    """
    return asyncio.run(_put(questions, gateway, hear, at_once, seed, max_cost_usd))


async def _put(
    questions: Sequence[Question], gateway: Gateway, hear: Callable[[Answered], None], at_once: int, seed: int, max_cost_usd: float | None
) -> dict[str, str]:
    waiting: dict[str, deque[Question]] = {}
    for one in questions:
        waiting.setdefault(one.model.name, deque()).append(one)
    budget, given_up = Budget(Ceilings(cost_usd=max_cost_usd)), dict[str, str]()
    tasks: list[asyncio.Task[None]] = []
    for mine in waiting.values():
        model = mine[0].model
        asker = Asker(
            model, gateway, pace=Pace(model, asyncio.Event()), budget=budget, price=price(model), population=seed,
            thinks=thinks(model.model),
        )
        for _ in range(min(at_once, len(mine))):
            tasks.append(asyncio.create_task(_work(asker, mine, hear, given_up, seed)))
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return given_up


async def _work(
    asker: Asker, waiting: deque[Question], hear: Callable[[Answered], None], given_up: dict[str, str], seed: int
) -> None:
    name = asker.model.name
    while waiting and name not in given_up and await asker.pace.enter():
        if not waiting:  # another has taken the last one while this waited
            asker.pace.leave()
            return
        question = waiting.popleft()
        try:
            answered = await _answered(asker, question, seed)
        except Stopped:
            given_up.setdefault(name, "the most it may cost is reached")
            return
        finally:
            asker.pace.leave()
        if answered.problem and answered.problem.handling.costs != "trial":
            given_up.setdefault(name, f"{answered.problem.handling.means}{f' ({answered.detail})' if answered.detail else ''}")
        hear(answered)


async def _answered(asker: Asker, question: Question, seed: int) -> Answered:
    about, key = " ".join(question.key), question.key
    trial = Trial(asker.model.name, "criteria", "1", about, about, _NONE, 1, seed_of(seed, *key))
    answer = await asker.ask([], question.ask, trial)
    if answer.failure or not answer.reply:
        failure = answer.failure
        return Answered(question, None, failure.problem if failure else Problem.EMPTY, failure.detail if failure else "", None)
    reading = answer.reply.read(question.ask)
    return Answered(question, reading, answer.reply.problem(reading), "", answer.reply)


_NONE: Mapping[str, str] = {}
