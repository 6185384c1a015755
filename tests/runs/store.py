"""A store that keeps turns in a list."""

from typing import Any

from engine.turns import Turn


class Listed:
    """Keeps what it is given; `kept` are turns kept for good, `noted` the events."""

    def __init__(self) -> None:
        self.held: list[Turn] = []
        self.kept: list[Turn] = []
        self.noted: list[tuple[str, str | None, dict[str, Any]]] = []

    @property
    def waiting(self) -> int:
        return len(self.held)

    def add(self, turn: Turn) -> None:
        self.held.append(turn)

    def note(self, kind: str, model: str | None, told: Any) -> None:
        self.noted.append((kind, model, dict(told)))

    def take(self) -> list[Turn]:
        taken, self.held = self.held, []
        return taken

    def keep(self, batch: list[Turn]) -> None:
        self.kept += batch

    def put_back(self, batch: list[Turn]) -> None:
        self.held = batch + self.held
