"""The player: holds every conversation of a run and hands each turn to be kept.

It knows no lake and no LiteLLM: where turns go (`keep`) and how questions are put (`gateway`) are given to it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from engine.conversation import Ask, Message, Reading
from engine.models.gateway import Gateway, Reply
from engine.problems import CallFailed
from engine.runs.plan import Assignment
from engine.turns import Turn

FLUSH_S = 1.0
FLUSH_TURNS = 100


@dataclass
class Tally:
    """How a run's trials have ended so far, by their last turn; `cost_usd` is `None` once a price was not known."""

    planned: int = 0
    turns: int = 0
    answered: int = 0
    unread: int = 0
    refused: int = 0
    failed: int = 0
    cost_usd: float | None = 0.0
    stopped_models: dict[str, str] = field(default_factory=dict[str, str])
    """Models that were given up, with the provider's own line."""
    first_failure: str = ""
    """How the first call failed that did."""

    def count(self, turn: Turn) -> None:
        """Add one turn."""
        self.turns += 1
        if not turn.problem:
            self.cost_usd = None if self.cost_usd is None or turn.cost_usd is None else self.cost_usd + turn.cost_usd
        if not turn.last:
            return
        if turn.problem:
            self.failed += 1
            self.first_failure = self.first_failure or f"{turn.problem.value}: {turn.detail}"
        elif turn.reading and turn.reading.kind == "refusal":
            self.refused += 1
        elif turn.reading and turn.reading.kind == "unread":
            self.unread += 1
        else:
            self.answered += 1

    @property
    def ended(self) -> int:
        """Trials that came to an end, whichever."""
        return self.answered + self.unread + self.refused + self.failed


Watch = Callable[[Turn], None]


class Keeper:
    """Collects turns and has them kept together: after a second or a hundred, whichever comes first."""

    def __init__(self, keep: Callable[[Sequence[Turn]], None]) -> None:
        self._keep = keep
        self._waiting: list[Turn] = []
        self._full = asyncio.Event()
        self._closing = False

    def add(self, turn: Turn) -> None:
        """Take a turn in."""
        self._waiting.append(turn)
        if len(self._waiting) >= FLUSH_TURNS:
            self._full.set()

    async def work(self) -> None:
        """Keep what waits until `close`; a failure to keep ends the run."""
        while not (self._closing and not self._waiting):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), FLUSH_S)
            self._full.clear()
            if batch := self._waiting:
                self._waiting = []
                await asyncio.to_thread(self._keep, batch)

    def close(self) -> None:
        """Keep the rest and end."""
        self._closing = True
        self._full.set()


async def play(
    assignments: Sequence[Assignment], gateway: Gateway, keep: Callable[[Sequence[Turn]], None], *,
    run: str, population: int, watch: Watch = lambda turn: None, stop: asyncio.Event | None = None,
) -> Tally:
    """Play every assignment and return how it went.

    Models are played side by side, each with its own number of conversations at once. A trial that fails
    costs that trial; a key that is refused ends its model. When `stop` is set no new question is put.
    """
    tally = Tally(planned=len(assignments))
    keeper = Keeper(keep)
    stop = stop or asyncio.Event()

    def record(turn: Turn) -> None:
        tally.count(turn)
        keeper.add(turn)
        watch(turn)

    by_model: dict[str, list[Assignment]] = defaultdict(list)
    for assignment in assignments:
        by_model[assignment.model.name].append(assignment)
    keeping = asyncio.create_task(keeper.work())
    playing = asyncio.gather(
        *(_play_model(mine, gateway, record, tally, run, population, stop) for mine in by_model.values())
    )
    try:
        await asyncio.wait([keeping, playing], return_when=asyncio.FIRST_COMPLETED)
        if not keeping.done():
            await playing
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        keeper.close()
        await keeping
    return tally


async def _play_model(
    assignments: Sequence[Assignment], gateway: Gateway, record: Watch, tally: Tally, run: str, population: int,
    stop: asyncio.Event,
) -> None:
    """One model's conversations, as many at once as the model allows."""
    queue = iter(assignments)
    model = assignments[0].model

    async def worker() -> None:
        for assignment in queue:
            if stop.is_set() or model.name in tally.stopped_models:
                return
            failure = await _converse(assignment, gateway, record, run, population, stop)
            if failure and failure.problem.fatal:
                tally.stopped_models.setdefault(model.name, str(failure))

    async with asyncio.TaskGroup() as workers:
        for _ in range(min(model.concurrency, len(assignments))):
            workers.create_task(worker())


async def _converse(
    assignment: Assignment, gateway: Gateway, record: Watch, run: str, population: int, stop: asyncio.Event
) -> CallFailed | None:
    """One conversation from first question to last; returns why it failed, if it did.

    A turn is recorded when the script has said whether another follows.
    """
    trial, script = assignment.trial, assignment.benchmark.conversation
    assert script is not None
    talk = script(assignment.item, trial.condition, trial.seed)
    said: list[Message] = []
    ask: Ask | None = next(talk)
    number = 0
    while ask is not None:
        if stop.is_set():
            return None
        asked = ask.messages()
        said += asked
        failure: CallFailed | None = None
        reply: Reply | None = None
        reading: Reading | None = None
        following: Ask | None = None
        try:
            reply = await gateway.reply(assignment.model, said, ask, seed=trial.seed, population=population)
        except CallFailed as problem:
            failure = problem
        else:
            reading = ask.read(reply.text)
            said.append({"role": "assistant", "content": reply.text})
            with suppress(StopIteration):
                following = talk.send(reading)
        record(_turn(assignment, run, ask, number, asked, reply, reading, failure, last=following is None))
        if failure:
            return failure
        ask, number = following, number + 1
    return None


def _turn(
    assignment: Assignment, run: str, ask: Ask, number: int, asked: list[Message], reply: Reply | None,
    reading: Reading | None, failure: CallFailed | None, *, last: bool,
) -> Turn:
    trial, model = assignment.trial, assignment.model
    return Turn(
        run=run, trial=trial, source=model.source, item=ask.item or trial.item, turn=number, last=last, messages=asked,
        reply=reply.text if reply else None, reading=reading, problem=failure.problem if failure else None,
        detail=failure.detail if failure else "", answered_at=datetime.now(UTC),
        prompt_tokens=reply.prompt_tokens if reply else None, completion_tokens=reply.completion_tokens if reply else None,
        cost_usd=reply.cost_usd if reply else None, latency_s=reply.latency_s if reply else None,
    )
