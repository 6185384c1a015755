"""Counting how a run goes, in all and by model."""

from dataclasses import dataclass, field

from engine.turns import Turn


@dataclass
class Tally:
    """How trials have ended so far, by their last turn; `cost_usd` is `None` once a price was not known."""

    planned: int = 0
    turns: int = 0
    answered: int = 0
    unread: int = 0
    refused: int = 0
    failed: int = 0
    reused: int = 0
    """Turns whose reply was in the lake already."""
    cost_usd: float | None = 0.0
    first_failure: str = ""
    """How the first call failed that did."""

    def count(self, turn: Turn) -> None:
        """Add one turn."""
        self.turns += 1
        self.reused += turn.reused is not None
        if not turn.problem or turn.problem.answered:
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


@dataclass
class Course:
    """A run's counts, by model and in all, and what ended early."""

    models: dict[str, Tally] = field(default_factory=dict[str, Tally])
    all: Tally = field(default_factory=Tally)
    given_up: dict[str, str] = field(default_factory=dict[str, str])
    """Models that were given up, with the provider's own line."""
    parked: dict[str, str] = field(default_factory=dict[str, str])
    """Models whose quota is used up, with when to come back."""
    stopped: str = ""
    """Why no further question was put, in words; empty when the run came to its end."""

    def plan(self, counts: dict[str, int]) -> None:
        """Add planned trials, by model."""
        for name, planned in counts.items():
            self.models.setdefault(name, Tally()).planned += planned
            self.all.planned += planned

    def count(self, turn: Turn) -> None:
        """Add one turn."""
        self.models.setdefault(turn.trial.model, Tally()).count(turn)
        self.all.count(turn)
