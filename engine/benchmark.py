"""What a benchmark is: its items, its conditions, the script of its conversation, its metrics."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, Literal

from engine.conversation import Condition, Conversation
from engine.problems import PlumblineError, UsageError

DATA = Path(__file__).resolve().parent.parent / "data"

Levels = Mapping[str, Sequence[str]]
"""For each field of the condition, the levels it can take, in order."""


@dataclass(frozen=True)
class Item:
    """One question or scenario. `content` is the benchmark's own; `stem` groups items of one wording family."""

    id: str
    stem: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Lens:
    """How a benchmark shows itself on the overview."""

    question: str
    """The question a stakeholder asks of it."""
    metric: str
    facet: str
    label: str
    direction: Literal["higher", "lower", "none"]
    """Which way is better; `none` where there is no good end."""
    floor: float | None = None
    """What chance, or no effect, gets."""
    mark: float | None = None
    """What a model is held to on the overview, at this value or better. Set by us, before any model was asked."""
    held_to: str = ""
    """The same in words, after "is held to"."""
    percent: bool = True
    """Whether the metric is a share, or a difference of shares."""

    @property
    def good_end(self) -> str:
        """The direction in words."""
        return {"higher": "higher is better", "lower": "lower is better", "none": "no end is better"}[self.direction]


@dataclass(frozen=True)
class Grading:
    """How a judge reads the free replies of a benchmark."""

    concerns: Callable[[Condition], bool]
    """Whether a trial under this condition ends with a free reply."""
    conversation: Callable[[Item, str], Conversation]
    """What a judge is asked about an item and the reply to it."""
    metrics: tuple[str, ...] = ()
    """Those of the benchmark's metrics that only judges give."""


@dataclass(frozen=True)
class Benchmark:
    """One instrument. The module that makes it carries its data card as docstring."""

    name: str
    title: str
    version: str
    family: str
    """Names the metrics that read its turns: a module of `engine/metrics/`."""
    metrics: tuple[str, ...]
    levels: Levels
    lens: Lens
    citation: str
    further: tuple[Lens, ...] = ()
    """More lenses beside the headline one."""
    read_items: Callable[[], Sequence[Item]] | None = None
    """Reads the shipped items. `None`: they come from an import and lie in the lake."""
    conversation: Callable[[Item, Condition, int], Conversation] | None = None
    """The script; the whole number is the trial's recorded seed, for what the script leaves to chance.
    `None`: imported turns only, it cannot be played."""
    design: Callable[[Sequence[Item], Levels], Iterable[tuple[Item, Condition]]] | None = None
    """Which item is posed under which conditions, given the levels asked for."""
    epochs: int = 1
    """How often each item and condition is repeated when the user does not say."""
    facets: tuple[str, ...] = ()
    """Fields of the condition whose levels have estimates of their own: models need not share these to be compared on a level."""
    category: str = ""
    """The field of an item's content that groups items by what they are about."""
    cells: Mapping[str, str] = field(default_factory=dict[str, str])
    """Metrics of which each facet rests on the trials of one level of a field alone, with that field: those trials can be
    repeated without the others when an interval is too wide."""
    grading: Grading | None = None
    """How free replies are graded; `None` where every reply is read by rule."""
    smallest_effect: float | None = None
    """The smallest effect worth speaking of, where a verdict is given: a run stores it before its first question."""
    importer: str | None = None
    """The importer that fills it, where it has no items of its own."""
    sets: bool = False
    """Whether imports stand side by side, each a benchmark of its own named `name/set`."""

    @property
    def lenses(self) -> tuple[Lens, ...]:
        """All its lenses, the headline one first."""
        return (self.lens, *self.further)

    @cached_property
    def items(self) -> Sequence[Item]:
        """The shipped items, read once; empty where they come from an import."""
        return self.read_items() if self.read_items else ()

    def choose_levels(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
        """Check the levels asked for (`all` stands for every level) and return only those.

        Raises `UsageError` for a field or level this benchmark does not have.
        """
        chosen: dict[str, tuple[str, ...]] = {}
        for name, levels in wanted.items():
            known = self.levels.get(name)
            if known is None:
                raise UsageError(f"{self.name} has no condition '{name}'; it has {', '.join(self.levels) or 'none'}")
            if unknown := [level for level in levels if level not in known and level != "all"]:
                raise UsageError(f"{self.name}: no {name} '{unknown[0]}'; choose from {', '.join(known)} or all")
            chosen[name] = tuple(known) if "all" in levels else tuple(levels)
        return chosen


def every_combination(levels: Levels) -> list[dict[str, str]]:
    """All conditions that the levels make, the last field varying fastest."""
    return [dict(zip(levels, combination, strict=True)) for combination in product(*levels.values())]


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file's content. Raises `PlumblineError` naming file and line where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path} is missing; restore it from the repository") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise PlumblineError(f"{path} is not valid TOML: {problem}; mend that line") from None
