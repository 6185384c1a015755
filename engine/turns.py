"""The unit that is kept: one question and its reply, with everything needed to read it again."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.conversation import Condition, Message, Reading
from engine.problems import Problem

Source = Literal["measured", "simulated", "imported", "published"]
"""Where a number comes from: asked of a model here, of a simulated one, read from another's logs, or printed."""


@dataclass(frozen=True)
class Trial:
    """One conversation: a model, an item, a condition and the n-th repeat of them."""

    model: str
    benchmark: str
    version: str
    item: str
    stem: str
    condition: Condition
    epoch: int
    seed: int

    @property
    def key(self) -> str:
        """The same for the same trial in every run: what tells a repeat from a duplicate."""
        told = [self.model, self.benchmark, self.version, self.item, dict(self.condition), self.epoch]
        return digest(told)


@dataclass(frozen=True)
class Turn:
    """A row of the lake's `turns` table. `messages` are those this turn added before the reply."""

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
    role: Literal["subject", "judge"] = "subject"
    detail: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    latency_s: float | None = None


def digest(told: object) -> str:
    """A short, stable fingerprint of anything JSON can say."""
    said = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.blake2b(said.encode(), digest_size=10).hexdigest()


def seed_of(*told: object) -> int:
    """A seed of 31 bits that depends on all of `told` and on nothing else."""
    return int(digest(list(told)), 16) % (2**31)
