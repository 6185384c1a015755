"""Structured logs: one JSON object a line, with the run's id, and never with a key."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog

from engine.lake import Lake
from engine.lake.intake import Intake
from engine.models.keys import without_secrets

QUIET = ("alive",)


def log_of(lake: Lake, run: str) -> Path:
    """The file a run's log goes to, on the machine that plays it."""
    return lake.address.local / "logs" / f"{run}.jsonl"


def _without_secrets(_: Any, __: str, told: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: without_secrets(value) if isinstance(value, str) else value for name, value in told.items()}


class LoggedIntake(Intake):
    """An intake that writes every event into the run's log as well."""

    def __init__(self, lake: Lake, run: str) -> None:
        super().__init__(lake, run)
        path = log_of(lake, run)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file_of_log = path.open("a", encoding="utf-8")
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(self._file_of_log),
            processors=[
                structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True), _without_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            run=run, process=os.getpid(),
        )

    def note(self, kind: str, model: str | None, told: Mapping[str, Any]) -> None:
        """Take in an event, and log it."""
        super().note(kind, model, told)
        if kind not in QUIET:
            self._log.info(kind, model=model, **told)

    def close(self) -> None:
        """Let go of the run and of its log."""
        super().close()
        self._file_of_log.close()
