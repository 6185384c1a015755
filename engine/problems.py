"""Everything that can go wrong, in one place: what a call can end in, and what a user can get wrong."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class PlumblineError(Exception):
    """A mistake the user can mend. Its text names the thing and the remedy in one line.

    `exit_status` is what the command line ends with: 2 for wrong usage, 1 for a failure.
    """

    exit_status = 1


class UsageError(PlumblineError):
    """The request itself is wrong: an unknown name, a missing file, a bad setting."""

    exit_status = 2


class Problem(StrEnum):
    """Why a call to a model brought no usable reply. A refusal in words is a reading, not a problem."""

    RATE_LIMITED = "rate_limited"
    QUOTA_USED = "quota_used"
    TIMED_OUT = "timed_out"
    CONNECTION_LOST = "connection_lost"
    SERVER_ERROR = "server_error"
    MALFORMED = "malformed"
    UNAUTHORISED = "unauthorised"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_FILTER = "content_filter"
    TRUNCATED = "truncated"
    EMPTY = "empty"

    @property
    def handling(self) -> "Handling":
        """What the player does about it."""
        return HANDLING[self]

    @property
    def answered(self) -> bool:
        """Whether the model itself caused it, so that asking again would hide an outcome."""
        return HANDLING[self].counts


@dataclass(frozen=True)
class Handling:
    """What follows from an outcome other than an answer."""

    means: str
    again: int = 0
    """How often the question is put again before the trial is given up."""
    costs: Literal["trial", "model", "rest of the quota"] = "trial"
    """What ends: this trial, every trial of the model, or the model's trials until its quota is renewed."""
    counts: bool = False
    """Whether it is the model's own outcome: it then counts as such and is not played again by a resumed run."""


HANDLING: dict[Problem, Handling] = {
    Problem.RATE_LIMITED: Handling("too many questions at once (429)", again=8),
    Problem.QUOTA_USED: Handling("the day's quota or the credit is used up", costs="rest of the quota"),
    Problem.TIMED_OUT: Handling("no reply within the time allowed", again=2),
    Problem.CONNECTION_LOST: Handling("no connection, or lost before the reply was whole", again=4),
    Problem.SERVER_ERROR: Handling("the provider failed (5xx)", again=4),
    Problem.MALFORMED: Handling("the reply is not what the protocol says", again=2),
    Problem.UNAUTHORISED: Handling("the key is missing, wrong or not allowed this model", costs="model"),
    Problem.NOT_FOUND: Handling("the provider does not know the model", costs="model"),
    Problem.REJECTED: Handling("the provider does not accept the question as it was sent (400)"),
    Problem.CONTEXT_TOO_LONG: Handling("the conversation is longer than the model can read", counts=True),
    Problem.CONTENT_FILTER: Handling("the provider's filter held the reply back", counts=True),
    Problem.TRUNCATED: Handling("the reply was cut off before an answer could be read", counts=True),
    Problem.EMPTY: Handling("the reply has no text", counts=True),
}
"""The one table of what is asked again, how often, and what counts; `docs/running.md` shows the same."""

READINGS: dict[str, Handling] = {
    "refusal": Handling("the model says that it will not answer", counts=True),
    "unread": Handling("there is a reply, but no answer could be found in it", counts=True),
}
"""The outcomes that are readings of a reply and not problems of a call."""


class CallFailed(Exception):
    """A call ended in a `Problem`; `detail` is the provider's own first line, without secrets."""

    def __init__(self, problem: Problem, detail: str = "", *, wait_s: float | None = None, refused: str | None = None) -> None:
        super().__init__(f"{problem.value}: {detail}" if detail else problem.value)
        self.problem = problem
        self.detail = detail
        self.wait_s = wait_s
        """How long the provider asks to be left alone, in seconds."""
        self.refused = refused
        """The parameter (or `system`) the model does not take, where the provider names one."""
