"""Two sides set against each other where they were asked alike: two models, two dates of one, or two levels of a condition.

A side is its turns, as `engine.lake.turns.for_metrics` gives them. What was posed to one side only is left out of both.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from engine.benchmark import Benchmark, Item
from engine.metrics import SCHEMA, measured
from engine.metrics.evidence import SCHEMA as EVIDENCE

CELL = ["trial_item", "posed"]
"""What makes two trials alike: the item, and the condition under which it was posed."""


@dataclass(frozen=True)
class Side:
    """A model: all its trials, or those of one run, or those under one level of a condition's field."""

    label: str
    model: str
    run: str | None = None
    field: str = ""
    level: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is all of the model's trials."""
        return self.run is None and not self.field


def at_level(turns: pl.DataFrame, field: str, level: str) -> pl.DataFrame:
    """The turns of trials under one level of a condition's field."""
    here = [text for text, told in _conditions(turns).items() if told.get(field) == level]
    return turns.filter(pl.col("condition").is_in(here))


def alike(sides: Sequence[pl.DataFrame], but: str = "") -> list[pl.DataFrame]:
    """The turns of each side on items and conditions (whatever the field `but` was) that every side was asked, with the column `posed`."""
    marked = [_posed(side, lambda told: _without(told, [but])) for side in sides]
    shared = marked[0].select(CELL).unique() if marked else pl.DataFrame()
    for side in marked[1:]:
        shared = shared.join(side.select(CELL).unique(), on=CELL, how="semi")
    return [side.join(shared, on=CELL, how="semi", maintain_order="left") for side in marked]


def as_posed(evidence: pl.DataFrame, posed: pl.DataFrame, facets: Sequence[str]) -> pl.DataFrame:
    """Evidence of whole models in which a stem that was posed to some of them under other conditions is, for those, another stem.

    So models are compared only where they were asked alike. `posed`: model, stem, condition (JSON); `facets`: fields that may differ, as
    their levels have estimates of their own.
    """
    told = _posed(posed, lambda condition: _without(condition, facets))
    under = told.group_by("model", "stem").agg(pl.col("posed").unique().sort().str.join(" "))
    kinds = under.group_by("stem", "posed").len().sort("stem", "len", "posed", descending=[False, True, False])
    kinds = kinds.with_columns(kind=pl.int_range(pl.len()).over("stem"))
    own = under.join(kinds, on=["stem", "posed"]).filter(pl.col("kind") > 0).select("model", "stem", "kind")
    marked = evidence.join(own, on=["model", "stem"], how="left", maintain_order="left")
    other = pl.format("{} (other conditions, {})", "stem", "kind")
    return marked.with_columns(stem=pl.when(pl.col("kind").is_null()).then("stem").otherwise(other)).drop("kind")


def _without(condition: Mapping[str, str], fields: Sequence[str]) -> str:
    return json.dumps({name: condition[name] for name in sorted(condition) if name not in fields})


def _conditions(turns: pl.DataFrame) -> dict[str, dict[str, str]]:
    return {text: json.loads(text) for text in turns["condition"].unique().to_list()}


def _posed(turns: pl.DataFrame, say: Callable[[dict[str, str]], str]) -> pl.DataFrame:
    told = {text: say(condition) for text, condition in _conditions(turns).items()}
    return turns.with_columns(posed=pl.col("condition").replace_strict(told, default=None, return_dtype=pl.String))


def measured_sides(
    benchmark: Benchmark, items: Sequence[Item], sides: Mapping[str, pl.DataFrame], sources: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Estimates and evidence of every side, with the side's name as `model` and its source: what `engine.metrics.compare` takes."""
    found = {name: measured(benchmark, items, turns.drop("posed", strict=False)) for name, turns in sides.items() if turns.height}

    def joined(which: int) -> pl.DataFrame:
        named = [each[which].with_columns(model=pl.lit(name), source=pl.lit(sources[name])) for name, each in found.items()]
        return pl.concat(named) if named else pl.DataFrame(schema={**(SCHEMA, EVIDENCE)[which], "model": pl.String, "source": pl.String})

    return joined(0), joined(1)


def paired_answers(one: pl.DataFrame, other: pl.DataFrame, but: str = "") -> pl.DataFrame:
    """The same questions as both sides answered them: stem, item, condition (the first's), epoch, turn, step, first, second (what the
    replies were read to say), differs, first_trial, second_trial, first_run, second_run.

    What comes after an answer that differs is left out: later questions depend on it.
    """
    key = [*CELL, "item", "epoch", "turn"]
    a, b = (side.with_columns(said=_said()) for side in alike([one, other], but))
    both = a.join(b.select(*key, pl.col("said").alias("second"), pl.col("trial").alias("second_trial"), pl.col("run").alias("second_run")),
                  on=key, how="inner", maintain_order="left")
    both = both.sort("trial", "second_trial", "turn").with_columns(differs=pl.col("said") != pl.col("second"))
    until = pl.col("differs").cast(pl.Int32).cum_sum().over("trial", "second_trial") - pl.col("differs").cast(pl.Int32)
    return both.filter(until == 0).select(
        "stem", "item", "condition", "epoch", "turn", "step", pl.col("said").alias("first"), "second", "differs",
        pl.col("trial").alias("first_trial"), "second_trial", pl.col("run").alias("first_run"), "second_run",
    )


def _said() -> pl.Expr:
    """What a reply was read to say: its choice, its rating, or how it ended without one."""
    number = pl.col("number").cast(pl.Int64, strict=False).cast(pl.String)
    return pl.coalesce(pl.col("choice"), number, pl.col("problem"), pl.col("reading"))


def _category(items: Sequence[Item], name: str) -> pl.Expr:
    of = {item.id: str(item.content.get(name, "")) for item in items} if name else dict[str, str]()
    return pl.col("item").replace_strict(of, default="", return_dtype=pl.String).alias("category")


def flips(answers: pl.DataFrame, items: Sequence[Item], category: str) -> pl.DataFrame:
    """The answers that differ, for a report: category (a field of the items' content, where it is named), and the columns of
    `paired_answers`. Free text never agrees word for word and is left out.
    """
    apart = answers.filter(pl.col("differs") & ~((pl.col("first") == "text") | (pl.col("second") == "text")))
    told = apart.with_columns(_category(items, category))
    columns = [name for name in answers.columns if name != "differs"]
    return told.select("category", *columns).sort("category", "stem", "condition", "epoch", "turn")


def flips_by(answers: pl.DataFrame, items: Sequence[Item], category: str) -> pl.DataFrame:
    """How many answers differ in each category: category, answers, differ."""
    told = answers.filter((pl.col("first") != "text") & (pl.col("second") != "text")).with_columns(_category(items, category))
    return told.group_by("category").agg(answers=pl.len(), differ=pl.col("differs").sum()).sort("differ", descending=True)
