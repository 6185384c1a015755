"""The words a benchmark is written in: what is asked, what was read, what comes next.

A conversation is a generator that yields `Ask`s and receives `Reading`s. It does no input or output,
so it can be tested without a model, replayed from stored turns, and played by hand.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Message = dict[str, str]
"""A chat message: `role` (`system`, `user` or `assistant`) and `content`."""

Condition = Mapping[str, str]
"""How an item is posed. Every condition of a benchmark has the same fields."""

ReadingKind = Literal["choice", "rating", "text", "refusal", "unread"]


@dataclass(frozen=True)
class Reading:
    """What a reply was understood to say."""

    kind: ReadingKind
    choice: str | None = None
    """The option chosen, by the benchmark's own key and not by the letter shown."""
    number: float | None = None
    text: str | None = None

    @property
    def usable(self) -> bool:
        """Whether it answers the question (and is neither a refusal nor unread)."""
        return self.kind not in ("refusal", "unread")


Reader = Callable[[str], Reading]


@dataclass(frozen=True)
class Ask:
    """One question to the model, and how to read its reply."""

    text: str
    read: Reader
    system: str | None = None
    """A system message; only the first question of a conversation may carry one."""
    item: str | None = None
    """The item this question is about, where a conversation goes through many."""
    max_tokens: int = 512
    step: str = ""
    """What this question is for, where a conversation has several parts, e.g. `lenses`; kept with the turn."""
    may_decline: bool = False
    """Whether declining is one of the answers, and no refusal to give one."""
    cue: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What a *simulated* respondent needs to know about the question. Never sent to a real model."""

    def messages(self) -> list[Message]:
        """The messages this question adds to the conversation."""
        said: list[Message] = [{"role": "system", "content": self.system}] if self.system else []
        return [*said, {"role": "user", "content": self.text}]


Conversation = Generator[Ask, Reading, None]


ANY_REPLY = {
    **dict.fromkeys(("choice", "second choice", "judgement", "answer type", "decision", "story", "trade-off"), "A"),
    "rating": "4", "strength": "3",
    "check": "PASS", "proposal": "- No prices | The reply names no price.",
    "norms stated": "- A norm that the answer states.", "truth": "1: true", "matches": "1: none",
}
"""A reply to each kind of question that keeps a conversation going, where only the questions are to be shown."""


def rehearsed(talk: Conversation) -> list[tuple[str, str]]:
    """The words of a conversation, as (role, words), with somebody who gives any reply that keeps it going."""
    said: list[tuple[str, str]] = []
    ask = next(talk)
    while True:
        said += [(message["role"], message["content"]) for message in ask.messages()]
        reply = ANY_REPLY.get(ask.cue["kind"], "Because …")
        said.append(("assistant", reply))
        try:
            ask = talk.send(ask.read(reply))
        except StopIteration:
            return said
