"""Everything that can go wrong, in one place: what a call can end in, and what a user can get wrong."""

from enum import StrEnum


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
    TIMED_OUT = "timed_out"
    CONNECTION_LOST = "connection_lost"
    SERVER_ERROR = "server_error"
    UNAUTHORISED = "unauthorised"
    NOT_FOUND = "not_found"
    REJECTED = "rejected"
    CONTEXT_TOO_LONG = "context_too_long"
    CONTENT_FILTER = "content_filter"
    TRUNCATED = "truncated"
    EMPTY = "empty"

    @property
    def passing(self) -> bool:
        """Whether asking the same again may work."""
        return self in _PASSING

    @property
    def fatal(self) -> bool:
        """Whether every further call to this model would end the same way."""
        return self in (Problem.UNAUTHORISED, Problem.NOT_FOUND)

    @property
    def answered(self) -> bool:
        """Whether the model itself caused it, so that asking again would hide an outcome."""
        return self in (Problem.CONTENT_FILTER, Problem.TRUNCATED, Problem.EMPTY)


_PASSING = frozenset(
    {Problem.RATE_LIMITED, Problem.TIMED_OUT, Problem.CONNECTION_LOST, Problem.SERVER_ERROR}
)


class CallFailed(Exception):
    """A call ended in a `Problem`; `detail` is the provider's own first line, without secrets."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem.value}: {detail}" if detail else problem.value)
        self.problem = problem
        self.detail = detail
