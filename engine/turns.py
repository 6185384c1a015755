"""The unit that is kept: one question and its reply, with everything needed to read it again."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from engine.conversation import Condition, Message, Reading
from engine.problems import Problem

Source = Literal["measured", "simulated", "imported", "published"]
"""Where a number comes from: asked of a model here, of a simulated one, read from another's logs, or printed."""


@dataclass(frozen=True)
class Judged:
    """The trial, as it was played in one run, whose free reply a judge reads."""

    trial: str
    run: str


@dataclass(frozen=True)
class Trial:
    """One conversation: a model, an item, a condition and the n-th repeat of them. A judge's has the trial that it reads."""

    model: str
    benchmark: str
    version: str
    item: str
    stem: str
    condition: Condition
    epoch: int
    seed: int
    judged: Judged | None = None

    @cached_property
    def key(self) -> str:
        """The same for the same trial in every run: what tells a repeat from a duplicate."""
        told = [self.model, self.benchmark, self.version, self.item, dict(self.condition), self.epoch]
        return digest([*told, self.judged.trial, self.judged.run] if self.judged else told)


@dataclass(frozen=True)
class Turn:
    """A row of the lake's `turns` table. `messages` are those this turn added before the reply, as they were sent."""

    run: str
    trial: Trial
    source: Source
    item: str
    turn: int
    last: bool
    """Whether the conversation ended with this turn."""
    messages: list[Message]
    reply: str | None
    reading: Reading | None
    problem: Problem | None
    answered_at: datetime
    detail: str = ""
    step: str = ""
    """What the question was for, in the benchmark's words."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    thinking: str | None = None
    """Hidden thinking, kept apart from the reply."""
    finish: str | None = None
    """Why the model stopped, in the provider's word."""
    served: str | None = None
    """The exact model that answered, where the provider names it."""
    sent: dict[str, Any] = field(default_factory=dict[str, Any])
    """The parameters that were really sent."""
    attempts: int = 1
    """How often the question was put until this outcome; 0 where the reply was taken from the lake."""
    reused: str | None = None
    """The run whose reply this is, where the same question had been answered before."""
    asked: list[Message] | None = None
    """The messages as the script meant them, where they were sent otherwise."""
    call: str | None = None
    """A digest of model, parameters, messages and epoch: the same for the same question."""


@dataclass(frozen=True)
class Stored:
    """An answered turn of a conversation that was broken off: what is needed to go on after it."""

    prompt_digest: str
    reply: str
    reading: Reading

    def answers(self, messages: list[Message]) -> bool:
        """Whether it is the answer to these messages."""
        return self.prompt_digest == digest(messages)


def digest(told: object) -> str:
    """A short, stable fingerprint of anything JSON can say."""
    said = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(said.encode(), digest_size=10).hexdigest()


def seed_of(*told: object) -> int:
    """A seed of 31 bits that depends on all of `told` and on nothing else."""
    return int(digest(list(told)), 16) % (2**31)
