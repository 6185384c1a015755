"""What leaves Plumbline of a rubric and can come back: criteria with their whole history and the assertions that were chosen for them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.problems import PlumblineError

FORMAT = 1
State = Literal["active", "retired"]
Change = Literal["made", "edited", "split", "merged", "retired", "brought back"]


class Part(BaseModel):
    """Part of a document: it has no fields but those it should have."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VersionPart(Part):
    """One version of a criterion."""

    version: int = Field(ge=1)
    state: State
    name: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1, max_length=4000)
    parents: list[tuple[str, int]] = []
    change: Change
    made_by: str
    made_at: datetime
    why: str = ""


class AssertionPart(Part):
    """An assertion that was chosen once."""

    id: str
    criterion_version: int = Field(ge=1)
    kind: Literal["judge", "sql"]
    content: dict[str, Any]
    made_by: str
    made_at: datetime
    retired: bool = False


class ChoicePart(Part):
    """From when on an assertion (or none) stood for the criterion."""

    assertion: str | None
    made_by: str
    made_at: datetime
    why: str = ""


class CriterionPart(Part):
    """A criterion as it is now, and how it came to be so."""

    id: str
    name: str
    text: str
    state: State
    chosen: str | None = None
    """The assertion that stands for it."""
    history: list[VersionPart] = Field(min_length=1)
    assertions: list[AssertionPart] = []
    choices: list[ChoicePart] = []
    grades: dict[str, int] = {}
    """How many `given`, `stale` and by how many `graders`, when it was exported."""
    report: dict[str, Any] = {}
    """The report card of the chosen assertion, when it was exported."""

    @model_validator(mode="after")
    def _hangs_together(self) -> "CriterionPart":
        if [one.version for one in self.history] != list(range(1, len(self.history) + 1)):
            raise ValueError(f"the versions of '{self.name}' are not 1, 2, 3, … in order")
        last = self.history[-1]
        if (last.name, last.text, last.state) != (self.name, self.text, self.state):
            raise ValueError(f"'{self.name}' is not as its last version says; change it in Plumbline, not in the file")
        known = {one.id for one in self.assertions}
        if {one.assertion for one in self.choices} - known - {None} or self.chosen not in known | {None}:
            raise ValueError(f"an assertion that was chosen for '{self.name}' is missing")
        if any(one.criterion_version > len(self.history) for one in self.assertions):
            raise ValueError(f"an assertion of '{self.name}' is for a version that is missing")
        return self


class RubricPart(Part):
    """The whole document."""

    plumbline_rubric: Literal[1] = FORMAT
    name: str = Field(min_length=1, max_length=200)
    note: str = ""
    exported_at: datetime
    criteria: list[CriterionPart]

    @model_validator(mode="after")
    def _once_each(self) -> "RubricPart":
        ids = [one.id for one in self.criteria] + [told.id for one in self.criteria for told in one.assertions]
        if len(set(ids)) < len(ids):
            raise ValueError("an id comes twice")
        names = [one.name.lower() for one in self.criteria if one.state == "active"]
        if len(set(names)) < len(names):
            raise ValueError("two active criteria have one name")
        versions = {(one.id, told.version) for one in self.criteria for told in one.history}
        if any(parent not in versions for one in self.criteria for told in one.history for parent in told.parents):
            raise ValueError("a criterion that another comes from is missing")
        return self


def checked(told: Any, where: str) -> RubricPart:
    """A document from what was read. Raises `PlumblineError` naming the first thing that is wrong with it."""
    if not isinstance(told, Mapping) or "plumbline_rubric" not in told:
        raise PlumblineError(f"{where} is not an exported rubric; export one on the Criteria page")
    try:
        return RubricPart.model_validate(told)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PlumblineError(f"{where} cannot be read: {' '.join((f'{place}: ' if place else '').split())} {first['msg']}") from None
