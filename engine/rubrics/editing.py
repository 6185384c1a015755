"""Changing criteria: each change is a new version with who, when and why, written in one transaction or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from engine.lake import Lake, criteria, versions
from engine.lake.criteria import Write
from engine.problems import UsageError

LONGEST_NAME, LONGEST_TEXT, LONGEST_WHY = 80, 4000, 500


@dataclass(frozen=True)
class Draft:
    """The words of a criterion. Raises `UsageError` where they are empty or too long."""

    name: str
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", " ".join(self.name.split()))
        object.__setattr__(self, "text", self.text.strip())
        for told, what, longest in ((self.name, "name", LONGEST_NAME), (self.text, "text", LONGEST_TEXT)):
            if not told:
                raise UsageError(f"a criterion needs a {what}; write one")
            if len(told) > longest:
                raise UsageError(f"the criterion's {what} has {len(told)} characters; at most {longest} are taken")


Version = tuple[str, int]
"""A criterion and the number of its version."""


def add(lake: Lake, rubric: str, drafts: Sequence[Draft], by: str, why: str = "") -> list[Version]:
    """Add criteria, all or none. Raises `UsageError` for a name that an active criterion has."""
    made = [Write(versions.unused_id(lake), 0, _row("made", draft, by, why)) for draft in drafts]
    return criteria.add(lake, rubric, made)


def edit(lake: Lake, criterion: str, based_on: int, draft: Draft, by: str, why: str) -> Version:
    """Change a criterion's words; grades given under the words before are then stale. Nothing is written where nothing changed.

    Raises `ChangedMeanwhile` where `based_on` is not its newest version any more, `UsageError` where it is retired, no reason is given or
    another criterion has the name.
    """
    before = criteria.find(lake, criterion)
    if before["version"] == based_on:
        _be_active(before)
        if (before["name"], before["text"]) == (draft.name, draft.text):
            return criterion, based_on
    write = Write(criterion, based_on, _row("edited", draft, by, _reason(why)))
    return criteria.add(lake, before["rubric"], [write])[0]


def split(lake: Lake, criterion: str, based_on: int, parts: Sequence[Draft], by: str, why: str) -> list[Version]:
    """Retire a criterion and make several new ones of it, which know where they come from; they are returned, and have no grades yet.

    Raises as `edit` does, and `UsageError` for fewer than two parts.
    """
    if len(parts) < 2:
        raise UsageError("a criterion is split into two or more; write another one, or edit it")
    before, why = criteria.find(lake, criterion), _reason(why)
    if before["version"] == based_on:
        _be_active(before)
    own = Draft(before["name"], before["text"])
    writes = [Write(criterion, based_on, _row("split", own, by, why, state="retired"))]
    writes += [Write(versions.unused_id(lake), 0, _row("split", part, by, why, [(criterion, based_on)])) for part in parts]
    return criteria.add(lake, before["rubric"], writes)[1:]


def merge(lake: Lake, several: Sequence[Version], into: Draft, by: str, why: str) -> Version:
    """Retire several criteria and make one new one of them, which has no grades yet.

    Raises as `edit` does, and `UsageError` for fewer than two criteria or criteria of different rubrics.
    """
    if len({criterion for criterion, _ in several}) < 2:
        raise UsageError("two or more criteria are merged; choose another one, or edit this one")
    befores, why = [criteria.find(lake, criterion) for criterion, _ in several], _reason(why)
    if len({before["rubric"] for before in befores}) > 1:
        raise UsageError("criteria of different rubrics cannot be merged; add the one to the other's rubric first")
    writes: list[Write] = []
    for before, (criterion, based_on) in zip(befores, several, strict=True):
        if before["version"] == based_on:
            _be_active(before)
        writes.append(Write(criterion, based_on, _row("merged", Draft(before["name"], before["text"]), by, why, state="retired")))
    made = Write(versions.unused_id(lake), 0, _row("merged", into, by, why, several))
    return criteria.add(lake, befores[0]["rubric"], [*writes, made])[-1]


def retire(lake: Lake, criterion: str, based_on: int, by: str, why: str) -> Version:
    """Ask for it no more; its grades and verdicts stay as they are. Raises as `edit` does."""
    return _same_words(lake, criterion, based_on, "retired", "retired", by, why)


def bring_back(lake: Lake, criterion: str, based_on: int, by: str, why: str) -> Version:
    """Ask for a retired criterion again, in the same words: its grades count as before. Raises as `edit` does."""
    return _same_words(lake, criterion, based_on, "active", "brought back", by, why)


def _same_words(lake: Lake, criterion: str, based_on: int, state: str, change: str, by: str, why: str) -> Version:
    before = criteria.find(lake, criterion)
    if before["version"] == based_on and before["state"] == state:
        raise UsageError(f"the criterion '{before['name']}' is {state} already")
    row = _row(change, Draft(before["name"], before["text"]), by, _reason(why), state=state)
    return criteria.add(lake, before["rubric"], [Write(criterion, based_on, row)])[0]


def _row(
    change: str, draft: Draft, by: str, why: str, parents: Sequence[Version] = (), *, state: str = "active"
) -> dict[str, object]:
    if len(why) > LONGEST_WHY:
        raise UsageError(f"the reason has {len(why)} characters; at most {LONGEST_WHY} are taken")
    return {
        "state": state, "name": draft.name, "text": draft.text, "parents": json.dumps([list(one) for one in parents]), "change": change,
        "made_by": by, "why": why.strip(),
    }


def _reason(why: str) -> str:
    if not why.strip():
        raise UsageError("say why the criterion changes, in a few words; whoever reads its history will want to know")
    return why


def _be_active(before: dict[str, object]) -> None:
    if before["state"] != "active":
        raise UsageError(f"the criterion '{before['name']}' is retired; bring it back first")
