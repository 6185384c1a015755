"""The one seam between the player and a model: an `Ask` goes out, a `Reply` comes back or `CallFailed` is raised."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.conversation import Ask, Message
from engine.models.catalogue import Model
from engine.models.simulated import answer, persona


@dataclass(frozen=True)
class Reply:
    """What came back, and what it took."""

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    """`None` where the price is not known."""
    latency_s: float | None = None


class Gateway(Protocol):
    """Anything that can put a question to a model."""

    async def reply(self, model: Model, messages: Sequence[Message], ask: Ask, *, seed: int, population: int) -> Reply:
        """The model's reply to the conversation so far. Raises `CallFailed`.

        `seed` is the administration's and `population` the run's; only simulated models read them.
        """
        ...


class DirectGateway:
    """Asks simulated models in this process, without LiteLLM: for proving metrics over many seeds."""

    async def reply(self, model: Model, messages: Sequence[Message], ask: Ask, *, seed: int, population: int) -> Reply:
        """The simulated reply, at once."""
        who = persona(model.model.removeprefix("simulated/"))
        return Reply(answer(who, messages, ask.cue, seed, population), cost_usd=0.0)
