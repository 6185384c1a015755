"""Whether a model is held to what a lens asks: met, missed, or open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.benchmark import Lens

Held = Literal["met", "missed", "open", "not computable", "not measured"]
Rows = Mapping[str, Mapping[str, Any]]
"""Estimates of one lens by model."""


def held(lens: Lens, row: Mapping[str, Any] | None) -> Held:
    """Met where the whole 95 % interval lies on the good side of the lens's mark, missed where it lies wholly on the other."""
    if lens.mark is None or lens.direction == "none":
        raise ValueError(f"the lens on {lens.metric} has no mark to be held to")
    if row is None:
        return "not measured"
    if row["value"] is None:
        return "not computable"
    if row["low"] is None or row["high"] is None:
        return "open"
    best, worst = (row["low"], row["high"]) if lens.direction == "lower" else (-row["high"], -row["low"])
    mark = lens.mark if lens.direction == "lower" else -lens.mark
    return "met" if worst <= mark else "missed" if best > mark else "open"


@dataclass(frozen=True)
class Standing:
    """One model on every mark."""

    model: str
    source: str
    held: Mapping[str, Held]
    """By the mark in words, with the benchmark's name."""

    def count(self, *verdicts: Held) -> int:
        """On how many marks the verdict is one of these."""
        return sum(one in verdicts for one in self.held.values())

    @property
    def whole(self) -> bool:
        """Whether every mark is met."""
        return bool(self.held) and self.count("met") == len(self.held)


def standings(lenses: Sequence[tuple[str, Lens, Rows]], sources: Mapping[str, str]) -> list[Standing]:
    """Every model on every mark: also on those that it, or nobody, was asked about. `lenses`: the benchmark's name, the lens, its rows;
    `sources` by model.
    """
    marked = [(f"{title}: {lens.held_to}", lens, rows) for title, lens, rows in lenses if lens.mark is not None]
    return [Standing(model, source, {words: held(lens, rows.get(model)) for words, lens, rows in marked})
            for model, source in sorted(sources.items())]
