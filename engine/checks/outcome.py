"""How a check of one reply ends, whoever made it."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["pass", "fail", "error"]


@dataclass(frozen=True)
class Outcome:
    """`pass` or `fail`, or `error` where the check gave no verdict: that is counted as such and is never a fail."""

    verdict: Verdict
    why: str = ""
    """One line; for an `error`, what went wrong."""
