"""What a run will play: every trial of the models, benchmarks, conditions and epochs asked for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.benchmark import Benchmark, Item
from engine.models.catalogue import Model
from engine.problems import UsageError
from engine.turns import Trial, digest, seed_of

Wanted = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
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


def fingerprint(model: Model) -> dict[str, object]:
    """What of a model decides its answers: kept with the run."""
    return {"model": model.model, "parameters": model.parameters, "base_url": model.base_url}


def trials(
    model: Model, benchmark: Benchmark, items: Sequence[Item], wanted: Wanted, *, epochs: int | None, seed: int
) -> Iterator[Assignment]:
    """Every trial of one model on one benchmark.

    Raises `UsageError` for a condition the benchmark does not have, or one that cannot be played.
    """
    if benchmark.conversation is None or benchmark.design is None:
        raise UsageError(
            f"{benchmark.name} holds imported logs and cannot be played; fill it with "
            f"`python -m engine import {benchmark.importer} PATH`"
        )
    levels = benchmark.choose_levels(wanted)
    for item, condition in benchmark.design(items, levels):
        for epoch in range(1, (epochs or benchmark.epochs) + 1):
            trial = Trial(
                model.name, benchmark.name, benchmark.version, item.id, item.stem, condition, epoch,
                seed_of(seed, benchmark.name, dict(condition), epoch),
            )
            yield Assignment(trial, model, benchmark, item)


def unplayed(assignments: Collection[Assignment], ended: Collection[str]) -> list[Assignment]:
    """Those that were not played to their end before, in an order that mixes conditions but is always the same."""
    left = [assignment for assignment in assignments if assignment.trial.key not in ended]
    return sorted(left, key=lambda assignment: digest([assignment.trial.seed, assignment.trial.key]))
