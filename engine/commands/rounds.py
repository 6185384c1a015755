"""The rounds of a run that is asked for a precision: look at the intervals, add epochs where they are too wide, look again."""

import json
from collections.abc import Collection, Sequence

import polars as pl

from engine.benchmark import Benchmark
from engine.conversation import Condition
from engine.lake import Lake, items, turns
from engine.metrics import estimate
from engine.runs.plan import Epochs, Part, Plan
from engine.runs.precision import Cell, Look, Precision, first_look, narrowest, widest


def begun(lake: Lake, part: Part, asked: Precision, most: int, run: str | None = None) -> Epochs:
    """The epochs to play before the next look: those of the first, or whatever an earlier sitting had begun."""
    reached = _reached(lake, part, asked, run)
    first = first_look(part.benchmark, most)
    return lambda condition: range(1, max([first, *(epochs for cell, epochs in reached.items() if cell.holds(condition))]) + 1)


def _reached(lake: Lake, part: Part, asked: Precision, run: str | None) -> dict[Cell, int]:
    """The last epoch begun in each cell (in this run, where one is named)."""
    reached: dict[Cell, int] = {}
    name = part.benchmark.cells.get(asked.metric)
    begun = dict(turns.epochs_begun(lake, part.model.name, part.benchmark.name, part.benchmark.version, run=run))
    for condition in {json.dumps(dict(condition)): condition for _, condition in part.posed}.values():
        if epoch := begun.get(json.dumps(dict(condition))):
            cell = Cell(name, condition[name]) if name else Cell()
            reached[cell] = max(reached.get(cell, 0), epoch)
    return reached


def looked(lake: Lake, part: Part, asked: Precision, run: str | None = None) -> list[Look]:
    """How wide the intervals of one model on one benchmark are now, by cell."""
    read = turns.for_metrics(lake, part.model.name, part.benchmark.name, part.benchmark.version)
    reached = _reached(lake, part, asked, run)
    if read.is_empty():
        return []
    widths = _widths(lake, part.benchmark, asked, read)
    looks: list[Look] = []
    for cell, epochs in reached.items():
        half = widths.get(cell)
        best = None
        if half is not None and half > asked.half:
            early = _widths(lake, part.benchmark, asked, read.filter(pl.col("epoch") <= epochs // 2)).get(cell)
            best = narrowest((epochs // 2, early), (epochs, half)) if early is not None else None
        looks.append(Look(part.model.name, part.benchmark.name, cell, epochs, half, best))
    return looks


def _widths(lake: Lake, benchmark: Benchmark, asked: Precision, read: pl.DataFrame) -> dict[Cell, float | None]:
    content = items.items_of(lake, benchmark) if benchmark.conversation else ()
    return widest(asked, benchmark, estimate(benchmark, content, read).to_dicts())


def added(parts: Sequence[Part], looks: Sequence[Look], asked: Precision, most: int, *, over: Collection[str] = ()) -> Plan:
    """The next round: the epochs that cells which are not narrow enough still need; none for the models in `over`."""
    more = Plan()
    for part in parts:
        mine = [look for look in looks if (look.model, look.benchmark) == (part.model.name, part.benchmark.name)]
        if not mine or part.model.name in over:
            continue
        new = Part(part.model, part.benchmark, part.posed, part.seed)

        def wanted(condition: Condition, mine: list[Look] = mine) -> range:
            look = next((one for one in mine if one.cell.holds(condition)), None)
            return range(look.epochs + 1, look.next(asked, most) + 1) if look else range(0)

        new.want(wanted, ())
        more.parts.append(new)
    return more
