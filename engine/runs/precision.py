"""Playing until intervals are narrow enough, instead of for a number of epochs.

The rule: after each round every cell (the trials one estimate rests on) is looked at. A cell whose 95 % interval is within
± the half-width asked for is done. Any other gets the epochs that its present width says it needs, at most half as many
again as it has, until it is done or has the most epochs allowed. Only widths are looked at, never the values themselves,
and only at whole rounds; that is a sequential interval of fixed width (Chow & Robbins 1965, doi 10.1214/aoms/1177700156;
for shares Frey 2010, doi 10.1198/tast.2010.09140). Its known weakness, stopping on a first few answers that happen to agree,
is met twice: no cell is looked at before its second epoch, and the intervals themselves (Wilson at the clustered effective
number, t quantiles) keep their width where nothing varied. The project's tests simulate the coverage.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Self

from engine.benchmark import Benchmark
from engine.conversation import Condition
from engine.problems import UsageError

FIRST = 2
"""Epochs before the first look."""
MOST = 40
"""Epochs at which a cell is given up when the user does not say."""
GROWTH = 1.5
TELLING = 8
"""From so many epochs on, two looks tell how narrow an interval can become."""


@dataclass(frozen=True)
class Precision:
    """What was asked for: every interval of `metric` within ± `half`."""

    metric: str
    half: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `metric=half-width`, e.g. `flip_rate=0.05`. Raises `UsageError` for anything else."""
        metric, _, half = text.partition("=")
        try:
            width = float(half)
        except ValueError:
            width = 0.0
        if not metric or not 0 < width < math.inf:
            raise UsageError(f"precision '{text}' is not written metric=half-width, e.g. flip_rate=0.05")
        return cls(metric.strip(), width)

    def __str__(self) -> str:
        return f"{self.metric}={self.half:g}"

    def concerns(self, benchmark: Benchmark) -> bool:
        """Whether the benchmark has the metric."""
        return self.metric in benchmark.metrics

    def cell(self, benchmark: Benchmark, facet: str) -> "Cell":
        """The trials that the estimate of a facet rests on."""
        name = benchmark.cells.get(self.metric)
        return Cell(name, facet) if name and facet in benchmark.levels[name] else Cell()


@dataclass(frozen=True)
class Cell:
    """The trials of a model on a benchmark whose condition has this level; all of them where none is named."""

    field: str | None = None
    level: str | None = None

    def holds(self, condition: Condition) -> bool:
        """Whether trials under this condition belong to it."""
        return self.field is None or condition[self.field] == self.level

    def __str__(self) -> str:
        return self.level or "all"


@dataclass(frozen=True)
class Look:
    """How wide a cell's widest interval is after so many epochs."""

    model: str
    benchmark: str
    cell: Cell
    epochs: int
    half: float | None
    """Half the interval's width; `None` where there is none yet."""
    at_best: float | None = None
    """What is left of it however many epochs are added: the items differ among themselves."""

    def told(self) -> dict[str, object]:
        """The look as JSON can say it."""
        return {**asdict(self), "cell": str(self.cell)}

    def done(self, asked: Precision) -> bool:
        """Whether it is as narrow as was asked for."""
        return self.half is not None and self.half <= asked.half

    def next(self, asked: Precision, most: int) -> int:
        """The number of epochs the cell should have by the next look; its present number where it is to get no more."""
        if self.done(asked) or self.epochs >= most or (self.at_best or 0.0) > asked.half:
            return self.epochs
        growing = math.ceil(self.epochs * GROWTH)
        needed = growing if self.half is None else math.ceil(self.epochs * (self.half / asked.half) ** 2)
        return min(most, max(self.epochs + 1, min(needed, growing)))


def first_look(benchmark: Benchmark, most: int) -> int:
    """How many epochs a cell has when it is first looked at."""
    return min(most, max(FIRST, benchmark.epochs))


def narrowest(early: tuple[int, float], late: tuple[int, float]) -> float | None:
    """What two looks (epochs, half-width) say a half-width tends to: half² = a + b / epochs. `None` where they cannot tell.

    `a` is the spread of the items, which repeating them does not shrink; `b` that of the replies to one item.
    """
    (few, wide), (many, narrow) = early, late
    if few >= many or many < TELLING:
        return None
    replies = (wide**2 - narrow**2) / (1 / few - 1 / many)
    return math.sqrt(max(0.0, narrow**2 - max(0.0, replies) / many))


def widest(asked: Precision, benchmark: Benchmark, rows: Sequence[Mapping[str, object]]) -> dict[Cell, float | None]:
    """For each cell the half-width of its widest interval, from estimates with the columns metric, facet, low, high."""
    found: dict[Cell, float | None] = {}
    for row in rows:
        if row["metric"] != asked.metric:
            continue
        cell, low, high = asked.cell(benchmark, str(row["facet"])), row["low"], row["high"]
        half = (high - low) / 2 if isinstance(low, float) and isinstance(high, float) else None
        known = found.get(cell, 0.0)
        found[cell] = None if half is None or known is None else max(known, half)
    return found
