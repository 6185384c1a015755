"""What a run will play: every trial of the models, benchmarks, conditions and epochs asked for."""

from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from engine.benchmark import Benchmark, Item
from engine.conversation import Condition
from engine.models.catalogue import Model
from engine.problems import UsageError
from engine.turns import Judged, Trial, seed_of

Wanted = Mapping[str, Sequence[str]]
MOST_EPOCHS = 1000
Epochs = Callable[[Condition], range]
"""Which epochs of a condition are wanted."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One trial with what is needed to play it."""

    trial: Trial
    model: Model
    benchmark: Benchmark
    item: Item


def wanted_levels(told: Sequence[str]) -> dict[str, list[str]]:
    """The levels asked for with `field=level` (several levels of a field add up).

    Raises `UsageError` for anything not written so.
    """
    wanted: dict[str, list[str]] = {}
    for one in told:
        name, separator, level = one.partition("=")
        if not separator or not name or not level:
            raise UsageError(f"condition '{one}' is not written field=level, e.g. pressure=crowd or order=all")
        wanted.setdefault(name.strip(), []).extend(part.strip() for part in level.split(","))
    return wanted


def posed(benchmark: Benchmark, items: Sequence[Item], wanted: Wanted) -> list[tuple[Item, Condition]]:
    """Which item is posed under which condition.

    Raises `UsageError` for a condition the benchmark does not have, or a benchmark that cannot be played.
    """
    if benchmark.conversation is None or benchmark.design is None:
        raise UsageError(
            f"{benchmark.name} holds imported logs and cannot be played; fill it with "
            f"`python -m engine import {benchmark.importer} PATH`"
        )
    once = {name: list(dict.fromkeys(levels)) for name, levels in wanted.items()}  # a level named twice is no second trial
    return list(benchmark.design(items, benchmark.choose_levels(once)))


@dataclass
class Part:
    """One model on one benchmark: what is posed, and which (place in `posed`, epoch) are left to play.

    Held as whole numbers, not as trials, so that a run of any length takes hardly any memory.
    """

    model: Model
    benchmark: Benchmark
    posed: Sequence[tuple[Item, Condition]]
    seed: int
    left: "array[int]" = field(default_factory=lambda: array("Q"))
    asked_for: int = 0
    judged: Sequence[Judged] | None = None
    """Where the model judges: the trial that it reads at each place of `posed`."""

    def want(self, epochs: Epochs, ended: Collection[str]) -> None:
        """Leave to play what is wanted and was not played to its end."""
        for place, (_, condition) in enumerate(self.posed):
            for epoch in epochs(condition):
                self.asked_for += 1
                if not ended or self.assignment(place, epoch).trial.key not in ended:
                    self.left.append(place * (MOST_EPOCHS + 1) + epoch)

    def assignment(self, place: int, epoch: int) -> Assignment:
        """The trial at a place of `posed` in an epoch."""
        item, condition = self.posed[place]
        benchmark = self.benchmark
        trial = Trial(
            self.model.name, benchmark.name, benchmark.version, item.id, item.stem, condition, epoch,
            seed_of(self.seed, benchmark.name, dict(condition), epoch), self.judged[place] if self.judged else None,
        )
        return Assignment(trial, self.model, benchmark, item)

    def at(self, number: int) -> Assignment:
        """The trial that a number in `left` stands for."""
        return self.assignment(*divmod(number, MOST_EPOCHS + 1))


@dataclass
class Plan:
    """The parts of a run."""

    parts: list[Part] = field(default_factory=list[Part])

    def __len__(self) -> int:
        return sum(len(part.left) for part in self.parts)

    @property
    def before(self) -> int:
        """Trials asked for that were played to their end before."""
        return sum(part.asked_for for part in self.parts) - len(self)

    @property
    def models(self) -> dict[str, Model]:
        """The models with trials left, by name."""
        return {part.model.name: part.model for part in self.parts if part.left}

    def by_model(self) -> dict[str, int]:
        """Trials left, by model."""
        counts: dict[str, int] = dict.fromkeys(self.models, 0)
        for part in self.parts:
            if part.left:
                counts[part.model.name] += len(part.left)
        return counts

    def trials(self, model: str) -> Iterator[Assignment]:
        """A model's trials, its benchmarks and conditions mixed, in an order that is always the same."""
        mine = [part for part in self.parts if part.model.name == model]
        order = array("Q", (number * len(mine) + place for place, part in enumerate(mine) for number in part.left))
        Random(seed_of(model, len(order))).shuffle(order)
        for told in order:
            number, place = divmod(told, len(mine))
            yield mine[place].at(number)
