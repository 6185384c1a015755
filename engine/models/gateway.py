"""The one seam between the player and a model: a `Call` goes out, a `Reply` comes back or `CallFailed` is raised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.conversation import Ask, Message, Reading
from engine.models.catalogue import Model
from engine.models.limits import Limits
from engine.models.simulated import answer, persona
from engine.problems import Problem


@dataclass(frozen=True)
class Call:
    """What is put to a model: all messages so far and the parameters that go with them.

    `cue`, `seed` and `population` are only for simulated models and never sent to a real one.
    """

    messages: Sequence[Message]
    parameters: Mapping[str, Any]
    cue: Mapping[str, Any] = field(default_factory=dict[str, Any])
    seed: int = 0
    population: int = 0


@dataclass(frozen=True)
class Reply:
    """What came back, and what it took."""

    text: str
    thinking: str | None = None
    """Hidden thinking, where the provider shows it; never read as an answer."""
    finish: str = "stop"
    """Why the model stopped, in the provider's word."""
    declined: bool = False
    """Whether the provider itself marked the reply as a refusal."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    """`None` where the price is not known."""
    latency_s: float | None = None
    limits: Limits | None = None
    served: str | None = None
    """The exact model that answered, where the provider names it."""

    def read(self, ask: Ask) -> Reading:
        """What the reply says to the question."""
        return Reading("refusal", text=self.text) if self.declined and not ask.may_decline else ask.read(self.text)

    def problem(self, reading: Reading) -> Problem | None:
        """Why it is of no use, if it is of none: held back, cut off before an answer, or without words."""
        if reading.usable or reading.kind == "refusal":
            return None
        cut = {"length": Problem.TRUNCATED, "max_tokens": Problem.TRUNCATED, "content_filter": Problem.CONTENT_FILTER}
        return cut.get(self.finish, None if self.text.strip() else Problem.EMPTY)


class Gateway(Protocol):
    """Anything that can put a question to a model."""

    async def reply(self, model: Model, call: Call) -> Reply:
        """The model's reply. Raises `CallFailed`; it asks once, asking again is the player's part."""
        ...


class DirectGateway:
    """Asks simulated models in this process, without LiteLLM: for proving metrics over many seeds."""

    async def reply(self, model: Model, call: Call) -> Reply:
        """The simulated reply, at once."""
        who = persona(model.model.removeprefix("simulated/"))
        return Reply(answer(who, call.messages, call.cue, call.seed, call.population), cost_usd=0.0)
