"""What a grader is shown next, and how far everybody is. Pure functions over the lake's frames; nothing here is told what others said.

What was begun comes first, so that a browser closed in the middle, or an undo, goes on where it was. Then, now and then, an output graded
before; then outputs that lack a grade, in the order given; then outputs with stale grades.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from engine.grades.audit_sample import disagreement
from engine.grades.frames import INFORMATIVE
from engine.lake.graded import WHOLE
from engine.rubrics.standing import current, kept, marked, standing

Why = Literal["ungraded", "stale", "repeat"]
REPEATS = 0.1
"""How often an output comes once more, where one can."""
GAP = 5
"""An output comes once more after at least so many others."""


@dataclass(frozen=True)
class Showing:
    """One output to be graded, under which criteria. `why` and `again` are for keeping, not for showing: the grader must not know."""

    output: str
    criteria: tuple[tuple[str, int], ...]
    """Criterion and version, in the order of the criteria; those still without a grade in this showing."""
    why: Why

    @property
    def again(self) -> bool:
        """Whether its grades are to be kept as a repeat."""
        return self.why == "repeat"


def telling(assertions: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """How much a grade of each output would help to choose: output, disagreement (of a criterion's candidates, the mean over criteria).

    All rows of both histories; retired candidates and errors do not count, and of several verdicts on an output the newest does.
    """
    now = assertions.unique("assertion", keep="last", maintain_order=True).filter(~pl.col("retired")).select("assertion", "criterion")
    newest = verdicts.unique(("assertion", "output"), keep="last", maintain_order=True).join(now, on="assertion")
    found = [disagreement(mine.select("output", "assertion", "outcome")) for _, mine in newest.group_by("criterion", maintain_order=True)]
    whole = pl.concat([pl.DataFrame(schema={"output": pl.String, "disagreement": pl.Float64}), *found])
    return whole.group_by("output").agg(pl.col("disagreement").mean()).sort("output")


def in_turns(outputs: pl.DataFrame, help_to_choose: pl.DataFrame | None = None) -> list[str]:
    """The order in which outputs are shown where no other is wanted: one of the audit sample, an informative one, and so on.

    The audit sample goes by its random place alone; informative ones that help to choose more (`telling`) come sooner.
    """
    known = outputs.with_columns(disagreement=pl.lit(0.0)) if help_to_choose is None else outputs.join(
        help_to_choose, left_on="id", right_on="output", how="left").with_columns(pl.col("disagreement").fill_null(0.0))
    helps = pl.when(pl.col("sample") == INFORMATIVE).then(pl.col("disagreement")).otherwise(0.0)
    told = known.with_columns(helps=helps).sort("helps", "place", "id", descending=[True, False, False])
    told = told.with_columns(turn=pl.int_range(pl.len()).over("sample"))
    return told.sort("turn", "sample", "id")["id"].to_list()


def asked(criteria: pl.DataFrame) -> list[tuple[str, int]]:
    """What every output is graded under now: the active criteria and their versions; where there are none, the output as a whole."""
    return current(criteria).select("criterion", "version").rows() or [(WHOLE, 0)]


def next_showing(
    outputs: pl.DataFrame, criteria: pl.DataFrame, grades: pl.DataFrame, grader: str, *, order: Sequence[str] | None = None,
    seed: int = 0, repeats: float = REPEATS, gap: int = GAP, skipped: Collection[str] = (),
) -> Showing | None:
    """What this grader is shown next; `None` where nothing is left. The same rows give the same answer.

    outputs: id, place, sample (`engine.lake.outputs.of_rubric`); criteria and grades: all rows of their histories. `order`: ids of outputs,
    those first that are wanted first (else `in_turns`); `skipped`: put off for now.
    """
    mine = _Mine(outputs, criteria, grades.filter(pl.col("grader") == grader))
    if (begun := mine.begun()) and begun.output not in skipped:
        return begun
    if again := mine.once_more(random.Random(f"{seed}/{grader}/{mine.given}"), repeats, gap, skipped):
        return again
    place = {own: at for at, own in enumerate(in_turns(outputs) if order is None else order)}
    waiting = sorted((own for own in mine.outputs if own not in skipped), key=lambda own: place.get(own, len(place)))
    for why in ("ungraded", "stale"):
        for own in waiting:
            if mine.lacks(own) == why:
                return Showing(own, tuple(mine.open(own)), why)
    return None


class _Mine:
    """One grader's own grades, looked at by output."""

    def __init__(self, outputs: pl.DataFrame, criteria: pl.DataFrame, grades: pl.DataFrame) -> None:
        self.asked = asked(criteria)
        self.outputs: list[str] = outputs.sort("place", "id")["id"].to_list()
        self.there = set(self.outputs)
        last = grades.sort("graded_at", "id").tail(1)
        self.last = last.row(0, named=True) if last.height else None
        told = marked(kept(grades), criteria).filter(pl.col("output").is_in(self.outputs))
        self.given = told.height
        self.recent = list(dict.fromkeys(reversed(told["output"].to_list())))[::-1]
        self.stale: dict[tuple[str, str], bool] = {}
        self.repeated: set[tuple[str, str]] = set()
        for output, criterion, again, stale in told.select("output", "criterion", "again", "stale").iter_rows():
            self.stale[output, criterion] = stale  # the newest counts
            if again and not stale:
                self.repeated.add((output, criterion))

    def open(self, output: str) -> list[tuple[str, int]]:
        """The criteria that lack a grade, or have a stale one."""
        return [one for one in self.asked if self.stale.get((output, one[0]), True)]

    def lacks(self, output: str) -> Why | None:
        """Why an output waits, if it does."""
        if any((output, criterion) not in self.stale for criterion, _ in self.asked):
            return "ungraded"
        return "stale" if self.open(output) else None

    def unrepeated(self, output: str) -> list[tuple[str, int]]:
        """The criteria whose grades hold and were not given twice."""
        return [
            one for one in self.asked if self.stale.get((output, one[0])) is False and (output, one[0]) not in self.repeated
        ]

    def begun(self) -> Showing | None:
        """The output that was graded (or whose grade was taken back) last, where something of it is left."""
        if self.last is None or self.last["output"] not in self.there:
            return None
        own: str = self.last["output"]
        if self.last["again"]:
            left = self.unrepeated(own)
            return Showing(own, tuple(left), "repeat") if left else None
        why = self.lacks(own)
        edited_since = why == "stale" and self.last["verdict"] != "withdrawn" and self.stale.get((own, self.last["criterion"]), False)
        return Showing(own, tuple(self.open(own)), why) if why and not edited_since else None

    def once_more(self, chance: random.Random, share: float, gap: int, skipped: Collection[str]) -> Showing | None:
        """An output to be shown once more, where it is time for one."""
        if chance.random() >= share or not any(self.lacks(own) for own in self.outputs):
            return None
        late = set(self.recent[-gap:]) if gap else set[str]()
        ready = [
            own for own in self.outputs
            if own not in late and own not in skipped and not self.open(own)
            and not any((own, criterion) in self.repeated for criterion, _ in self.asked)
        ]
        if not ready:
            return None
        own = chance.choice(ready)
        return Showing(own, tuple(self.unrepeated(own)), "repeat")


def progress(outputs: pl.DataFrame, criteria: pl.DataFrame, grades: pl.DataFrame) -> pl.DataFrame:
    """How far each grader is with each criterion that is asked now.

    Columns: grader, criterion, version, name, outputs, graded (not stale), stale, left (without a grade), audit (graded, not stale, of the
    audit sample), repeats, passed, failed, not_applicable.
    """
    names: Mapping[str, str] = dict(current(criteria).select("criterion", "name").iter_rows())
    now = pl.DataFrame(
        [(criterion, version, names.get(criterion, "as a whole")) for criterion, version in asked(criteria)],
        schema={"criterion": pl.String, "version": pl.Int32, "name": pl.String}, orient="row",
    ).with_row_index("nth")
    told = standing(grades, criteria).join(outputs.select(pl.col("id").alias("output"), "sample"), on="output")
    again = marked(kept(grades), criteria).filter(pl.col("again") & ~pl.col("stale")).group_by("grader", "criterion").agg(repeats=pl.len())
    fresh = ~pl.col("stale")
    counted = told.group_by("grader", "criterion").agg(
        graded=fresh.sum(), stale=pl.col("stale").sum(), audit=(fresh & (pl.col("sample") == "audit")).sum(),
        passed=(fresh & (pl.col("verdict") == "pass")).sum(), failed=(fresh & (pl.col("verdict") == "fail")).sum(),
        not_applicable=(fresh & (pl.col("verdict") == "na")).sum(),
    )
    every = grades.select("grader").unique().join(now, how="cross").join(counted, on=["grader", "criterion"], how="left")
    every = every.join(again, on=["grader", "criterion"], how="left").with_columns(outputs=pl.lit(outputs.height, pl.Int64))
    numbers = ("graded", "stale", "audit", "repeats", "passed", "failed", "not_applicable")
    every = every.with_columns(pl.col(name).fill_null(0).cast(pl.Int64) for name in numbers)
    every = every.with_columns(left=pl.col("outputs") - pl.col("graded") - pl.col("stale")).sort("grader", "nth")
    columns = ("grader", "criterion", "version", "name", "outputs", "graded", "stale", "left")
    return every.select(*columns, "audit", "repeats", "passed", "failed", "not_applicable")
