"""Everything that is kept of a rubric, as it was at one time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

import polars as pl
from polars import selectors as cs

from engine.lake import Lake, assertions, criteria, graded, outputs


@dataclass(frozen=True)
class History:
    """The rows of a rubric, oldest first; outputs without their texts."""

    outputs: pl.DataFrame
    criteria: pl.DataFrame
    grades: pl.DataFrame
    assertions: pl.DataFrame
    verdicts: pl.DataFrame
    choices: pl.DataFrame
    attachments: pl.DataFrame

    @classmethod
    def read(cls, lake: Lake, rubric: str) -> Self:
        """All rows of the rubric; of a lake opened at a snapshot (`Lake.at`), as they were then."""
        frames = (
            outputs.of_rubric(lake, rubric, whole=False), criteria.history(lake, rubric), graded.all_of(lake, rubric),
            assertions.history(lake, rubric), assertions.verdicts(lake, rubric), assertions.choices(lake, rubric),
            assertions.attachments(lake, rubric),
        )
        return cls(*(frame.with_columns(cs.datetime().dt.convert_time_zone("UTC")) for frame in frames))  # the lake's is the machine's

    def until(self, moment: datetime) -> "History":
        """The rows that were there at this moment."""
        when = ("added_at", "made_at", "graded_at", "made_at", "judged_at", "made_at", "made_at")
        frames = (self.outputs, self.criteria, self.grades, self.assertions, self.verdicts, self.choices, self.attachments)
        return History(*(frame.filter(pl.col(name) <= moment) for frame, name in zip(frames, when, strict=True)))
