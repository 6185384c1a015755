"""A rubric's rows kept at hand while people grade: what is written here is appended, and only what others write is read again."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl

from engine.lake import Lake, graded, outputs, rubrics, runs
from engine.lake.graded import Grade
from engine.rubrics.history import History


class Book:
    """One rubric's history in step with the lake. Safe to use from several threads."""

    def __init__(self, lake: Lake, rubric: str) -> None:
        self._lake, self._rubric, self._lock = lake, rubric, threading.Lock()
        self._snapshot = -1
        self._stamp: str = ""
        self._texts: dict[str, dict[str, str]] = {}
        self._history: History | None = None

    def now(self) -> History:
        """Every row of the rubric. While nobody writes, that costs a look at the lake's snapshot."""
        with self._lock:
            return self._read()

    @property
    def snapshot(self) -> int:
        """The lake's snapshot that was seen last: while it stays, so does the history."""
        return self._snapshot

    def texts(self, wanted: Sequence[str]) -> dict[str, dict[str, str]]:
        """The prompt and reply of these outputs, by output; one that is not there is left out. Texts never change."""
        with self._lock:
            if any(own not in self._texts for own in wanted):
                whole = outputs.of_rubric(self._lake, self._rubric).select("id", "prompt", "reply")
                self._texts = {own: {"prompt": prompt, "reply": reply} for own, prompt, reply in whole.iter_rows()}
            return {own: self._texts[own] for own in wanted if own in self._texts}

    def keep(self, grades: Sequence[Grade]) -> None:
        """Keep grades (`engine.lake.graded.keep`)."""
        self._write(lambda: graded.keep(self._lake, self._rubric, grades))

    def undo(self, grader: str) -> None:
        """Take back the grader's newest grade (`engine.lake.graded.undo`)."""
        self._write(lambda: graded.undo(self._lake, self._rubric, grader))

    def _write(self, work: Callable[[], pl.DataFrame]) -> None:
        with self._lock:
            before = self._read()
            rows = work()
            after = runs.snapshot(self._lake)
            if after == self._snapshot + 1:  # nobody else has written: each writing is a snapshot
                rows = rows.select(before.grades.columns).cast(before.grades.schema)
                self._history, self._snapshot, self._stamp = replace(before, grades=pl.concat([before.grades, rows])), after, ""

    def _read(self) -> History:
        snapshot = runs.snapshot(self._lake)
        if self._history is None or snapshot != self._snapshot:
            stamp = str(rubrics.stamp(self._lake, self._rubric))
            if self._history is None or stamp != self._stamp:
                self._history = History.read(self._lake, self._rubric)
            self._snapshot, self._stamp = snapshot, stamp
        return self._history
