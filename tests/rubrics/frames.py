"""Rows of a rubric without a lake."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from engine.lake import assertions as kinds
from engine.lake import graded, outputs
from engine.rubrics.history import History

DAY = datetime(2026, 5, 1, tzinfo=UTC)
LATEST = DAY + timedelta(days=90)
WHEN = pl.Datetime("us", "UTC")


def at(minutes: float) -> datetime:
    return DAY + timedelta(minutes=minutes)


class Told:
    """Rows that are written one after the other, a minute each."""

    def __init__(self) -> None:
        self.minute = 0.0
        self.outputs: list[dict[str, Any]] = []
        self.criteria: list[dict[str, Any]] = []
        self.grades: list[dict[str, Any]] = []
        self.assertions: list[dict[str, Any]] = []
        self.verdicts: list[dict[str, Any]] = []
        self.choices: list[dict[str, Any]] = []

    def now(self, step: float = 0.01) -> datetime:
        self.minute += step
        return at(self.minute)

    def output(self, own: str, *, batch: str = "r1", sample: str = "audit", prompt: str = "") -> None:
        self.outputs.append({
            "rubric": "r", "id": own, "place": len(self.outputs), "sample": sample, "source": "simulated", "batch": batch,
            "prompt_digest": prompt or own, "reply_digest": f"{own} {batch}", "origin": "{}", "added_at": self.now(),
        })

    def version(self, criterion: str = "c", *, text: str | None = None, state: str = "active", name: str = "", change: str = "") -> int:
        mine = [row for row in self.criteria if row["criterion"] == criterion]
        before = mine[-1]["text"] if mine else "words"
        self.criteria.append({
            "rubric": "r", "criterion": criterion, "version": len(mine) + 1, "state": state, "name": name or criterion,
            "text": before if text is None else text, "parents": "[]", "change": change or ("edited" if mine else "made"),
            "made_by": "me", "made_at": self.now(), "why": "",
        })
        return len(mine) + 1

    def grade(
        self, output: str, verdict: str = "pass", *, criterion: str = "c", version: int | None = None, grader: str = "Ana",
        again: bool = False,
    ) -> str:
        newest = len([row for row in self.criteria if row["criterion"] == criterion])
        self.grades.append({
            "id": f"{len(self.grades):06d}", "rubric": "r", "criterion": criterion, "criterion_version": version or newest,
            "output": output, "grader": grader, "verdict": verdict, "note": "", "again": again, "withdraws": None, "seconds": 1.0,
            "graded_at": self.now(),
        })
        return self.grades[-1]["id"]

    def undo(self, own: str) -> None:
        row = next(row for row in self.grades if row["id"] == own)
        stamp = {"id": f"{len(self.grades):06d}", "verdict": "withdrawn", "withdraws": own, "graded_at": self.now()}
        self.grades.append({**row, **stamp})

    def assertion(self, own: str, *, criterion: str = "c", version: int = 1, choose: bool = True, retired: bool = False) -> None:
        made = {"made_by": "me", "made_at": self.now()}
        self.assertions.append({
            "assertion": own, "version": 1, "rubric": "r", "criterion": criterion, "criterion_version": version, "kind": "judge",
            "content": "{}", "retired": retired, **made,
        })
        if choose:
            self.choices.append({"rubric": "r", "criterion": criterion, "assertion": own, "why": "", **made})

    def judge(self, assertion: str, output: str, outcome: str, *, model: str = "m1", served: str = "m1-may") -> None:
        digests = {row["id"]: row["reply_digest"] for row in self.outputs}
        self.verdicts.append({
            "rubric": "r", "assertion": assertion, "output": output, "reply_digest": digests[output], "outcome": outcome, "detail": "",
            "model": model, "served": served, "cost_usd": 0.0, "judged_at": self.now(),
        })

    def history(self) -> History:
        criteria = {"version": pl.Int32, "made_at": WHEN}
        made = {"made_by": pl.String, "made_at": WHEN}
        chosen = {"rubric": pl.String, "criterion": pl.String, "assertion": pl.String, **made, "why": pl.String}
        asserted = {
            "assertion": pl.String, "version": pl.Int32, "rubric": pl.String, "criterion": pl.String, "criterion_version": pl.Int32,
            "kind": pl.String, "content": pl.String, **made, "retired": pl.Boolean,
        }
        short = {name: outputs.SCHEMA[name] for name in outputs.SHORT.split(", ")}
        return History(
            _frame(self.outputs, short), pl.DataFrame(self.criteria, schema_overrides=criteria), _frame(self.grades, graded.SCHEMA),
            _frame(self.assertions, asserted), _frame(self.verdicts, kinds.VERDICTS), _frame(self.choices, chosen),
            _frame([], {"rubric": pl.String, "criterion": pl.String, "assertion": pl.String, "benchmark": pl.String, **made,
                        "removed": pl.Boolean}),
        )


def _frame(rows: Sequence[dict[str, Any]], schema: Any) -> pl.DataFrame:
    return pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema)
