"""What a simulated model answers to benchmarks of one question, without a run: hundreds of seeds in seconds."""

import json
from collections.abc import Callable
from functools import cache

import polars as pl

from engine.benchmark import Item
from engine.benchmarks import benchmark
from engine.conversation import Ask, Condition
from engine.metrics import lent
from engine.models.simulated import Persona, answer
from engine.turns import seed_of

Wanted = Callable[[Item, Condition], bool]


@cache
def asked(name: str, wanted: Wanted | None = None) -> list[tuple[Item, Condition, str, Ask]]:
    """Every question of the standard design (that is `wanted`), with its condition as JSON."""
    one = benchmark(name)
    return [(item, condition, json.dumps(condition), next(one.conversation(item, condition, 0)))
            for item, condition in one.design(one.items, {}) if wanted is None or wanted(item, condition)]


def answered(who: Persona, name: str, seed: int, epochs: int, wanted: Wanted | None = None) -> pl.DataFrame:
    """The turns as metrics read them."""
    rows = []
    for number, (item, _, condition, ask) in enumerate(asked(name, wanted)):
        for epoch in range(1, epochs + 1):
            reading = ask.read(answer(who, ask.messages(), ask.cue, seed_of(seed, epoch), seed))
            rows.append((f"{number}-{epoch}", item.id, item.stem, condition, epoch, reading.kind, reading.choice))
    frame = pl.DataFrame(rows, orient="row", schema=["trial", "item", "stem", "condition", "epoch", "reading", "choice"])
    frame = frame.with_columns(run=pl.lit("r"), trial_item=pl.col("item"), turn=pl.lit(0), problem=pl.lit(None, pl.String))
    return lent(benchmark(name), benchmark(name).items, frame)
