"""A rubric in a lake: outputs of which it is known whether they meet its criterion, and people who err at known rates."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

from engine.checks.content import judge_content, sql_content
from engine.checks.judge import JudgeCheck
from engine.lake import Lake, assertions, graded, outputs, rubrics
from engine.lake.graded import Grade
from engine.rubrics import editing
from engine.rubrics.editing import Draft

TEXT = "It names no price."


@dataclass
class Made:
    """A rubric with one criterion."""

    lake: Lake
    rubric: str
    criterion: str
    truth: dict[str, bool]
    """By output."""
    audit: list[str]
    informative: list[str]

    def judge(self, model: str = "simulated/steady", rates: tuple[float, float] | None = None, **check: str) -> str:
        content = judge_content(model, JudgeCheck(TEXT, **check)) | ({"rates": rates} if rates else {})
        return assertions.add(self.lake, self.rubric, self.criterion, 1, "judge", content, "Ana")

    def sql(self, expression: str) -> str:
        return assertions.add(self.lake, self.rubric, self.criterion, 1, "sql", sql_content(expression, {"n": "text"}), "Ana")

    def grade(self, ids: list[str], grader: str = "Ana", *, slip: float = 0.0, note: str = "", criterion: str = "") -> None:
        chance = random.Random(grader)
        criterion = criterion or self.criterion
        told = [(own, self.truth[own] == (chance.random() >= slip)) for own in ids]
        graded.keep(self.lake, self.rubric, [
            Grade(own, criterion, int(criterion != graded.WHOLE), grader, "pass" if good else "fail", note) for own, good in told
        ])


def made(lake: Lake, folder: Path, n: int = 40, *, truth: bool = True, audit: int | None = None, seed: int = 1) -> Made:
    chance = random.Random(seed)
    rows = [(f"prompt {at}", f"reply {at}", at, chance.random() < 0.7) for at in range(n)]
    path = folder / "outputs.csv"
    with path.open("w", newline="") as file:
        told = csv.writer(file)
        told.writerow(["prompt", "reply", "n", *(["truth"] if truth else [])])
        told.writerows([*row[:3], *([str(row[3]).lower()] if truth else [])] for row in rows)
    rubric = rubrics.create(lake, "Prices", "Ana")
    outputs.bring(lake, rubric, path, "Ana", audit=audit)
    (criterion, _), = editing.add(lake, rubric, [Draft("No price", TEXT)], "Ana")
    by_reply = {row[1]: row[3] for row in rows}
    found = list(outputs.of_rubric(lake, rubric).iter_rows(named=True))
    samples = [[row["id"] for row in found if row["sample"] == sample] for sample in ("audit", "informative")]
    return Made(lake, rubric, criterion, {row["id"]: by_reply[row["reply"]] for row in found}, *samples)
