"""Trying one item: the exact questions, the replies as they are written, how they are read. Nothing is kept."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from time import monotonic
from typing import Any, Protocol

from engine.benchmark import Benchmark, Item
from engine.conversation import Condition
from engine.lake import Lake, items
from engine.models.catalogue import Model
from engine.models.gateway import Call, Reply
from engine.models.prices import price, thinks
from engine.problems import UsageError
from engine.runs.asking import Asker
from engine.runs.budget import Budget, Ceilings
from engine.runs.pace import Pace
from engine.runs.plan import Assignment, posed, wanted_levels
from engine.runs.player import Talk
from engine.turns import Trial, seed_of

Tell = Callable[[Mapping[str, Any]], None]
MOST = 3


class Streaming(Protocol):
    """A gateway that can give a reply piece by piece."""

    async def streamed(self, model: Model, call: Call, tell: Callable[[str, str], None]) -> Reply:
        """The reply; `tell` hears (`text` or `thinking`, words) as they come. Raises `CallFailed`."""
        ...


class _Aloud:
    """A gateway as the player knows it, which tells every piece of a reply on its way."""

    def __init__(self, gateway: Streaming, tell: Tell) -> None:
        self._gateway, self._tell = gateway, tell

    async def reply(self, model: Model, call: Call) -> Reply:
        """See `Gateway.reply`."""
        began = monotonic()
        self._tell({"event": "asking", "model": model.name})
        reply = await self._gateway.streamed(
            model, call, lambda kind, words: self._tell({"event": "piece", "model": model.name, "kind": kind, "words": words})
        )
        self._tell({"event": "replied", "model": model.name, "seconds": round(monotonic() - began, 2), "cost_usd": reply.cost_usd})
        return reply


def chosen(lake: Lake, benchmark: Benchmark, item: str, conditions: Sequence[str]) -> tuple[Item, Condition]:
    """An item and the first condition that fits those asked for. Raises `UsageError` for an unknown item or condition."""
    wanted = wanted_levels(conditions)
    posed(benchmark, (), wanted)
    found = next(((one, condition) for one, condition in posed(benchmark, items.items_of(lake, benchmark), wanted) if one.id == item), None)
    if found is None:
        raise UsageError(f"no item '{item}' in {benchmark.name} under these conditions; `python -m engine turns` shows items by name")
    return found


async def tried(
    models: Sequence[Model], benchmark: Benchmark, item: Item, condition: Condition, gateway: Streaming, tell: Tell, seed: int = 0
) -> None:
    """Hold the conversation with one to three models side by side, telling all that happens as events.

    Events (each with `event` and `model`): `question` (turn, messages), `asking` (again, after a failure: pieces so far are
    void), `piece` (kind, words), `replied` (seconds, cost_usd), `again` (problem, wait_s), `read` (turn, reading, problem,
    detail), `end`.
    """
    if not 1 <= len(models) <= MOST:
        raise UsageError(f"try one to {MOST} models at a time, not {len(models)}")
    await asyncio.gather(*(_held(model, benchmark, item, condition, gateway, tell, seed) for model in models))


async def _held(
    model: Model, benchmark: Benchmark, item: Item, condition: Condition, gateway: Streaming, tell: Tell, seed: int
) -> None:
    def told(kind: str, what: Mapping[str, Any]) -> None:
        if kind == "asking_again":
            tell({"event": "again", "model": model.name, "problem": what["problem"], "wait_s": what["wait_s"], "why": what["why"]})

    trial = Trial(model.name, benchmark.name, benchmark.version, item.id, item.stem, condition, 1,
                  seed_of(seed, benchmark.name, dict(condition), 1))
    asker = Asker(
        model, _Aloud(gateway, tell), pace=Pace(model, asyncio.Event(), told), budget=Budget(Ceilings()), price=price(model),
        population=seed, tell=told, thinks=thinks(model.model),
    )
    talk = Talk(Assignment(trial, model, benchmark, item))
    while (ask := talk.ask) is not None:
        tell({"event": "question", "model": model.name, "turn": talk.number, "item": ask.item or item.id, "messages": ask.messages()})
        number, answer = talk.number, await asker.ask(talk.said, ask, trial)
        turn = talk.go_on(answer, "")
        tell({
            "event": "read", "model": model.name, "turn": number, "reading": asdict(turn.reading) if turn.reading else None,
            "problem": turn.problem, "detail": turn.detail, "reply": turn.reply, "thinking": turn.thinking, "sent": turn.sent,
        })
        if turn.problem:
            break
    tell({"event": "end", "model": model.name})
