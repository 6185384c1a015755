"""Reads DailyDilemmas: everyday situations that end in a question, whether to act or not.

Nobody says which is right, so the two actions are `one` (to act) and `other`. Their words are those of the file of actions where it has
both, else ours; that file also names the values which speak for either.
"""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from engine.benchmark import Item
from engine.importers.story_rows import Brought, Row, files, lacking, sheet
from engine.problems import PlumblineError

DILEMMAS = ("idx", "basic_situation", "dilemma_situation")
ACTIONS = (*DILEMMAS, "action_type", "action", "negative_consequence", "values_names", "topic_group")
KEYS = {"to_do": "one", "not_to_do": "other"}
OURS = {"one": "Do what the question names first.", "other": "Do not do it."}
"""Many of the questions name two ways ("… or …"), so that neither yes and no nor their own words would do for all."""


def read(path: Path) -> Brought:
    """The dilemmas of a file or folder, with the actions and values of those that a file of actions has.

    Raises `UsageError` when there is no such file, `PlumblineError` when one cannot be read at all.
    """
    brought = Brought()
    dilemmas: dict[str, Row] = {}
    actions: dict[str, dict[str, Row]] = {}
    for one, name in files(path, ".csv"):
        rows = sheet(one)
        head = [cell.strip() for cell in rows[0].cells]
        if one != path and "dilemma_situation" not in head:
            brought.notes.append(f"{name} is left alone: it holds no dilemmas")
            continue
        kind = ACTIONS if "action_type" in head else DILEMMAS
        lacking(one, head, kind)
        for row in brought.table(name, rows[1:], head):
            with brought.refusing(row):
                identity = row.text("idx")
                key = KEYS[row.one_of("action_type", tuple(KEYS))] if kind is ACTIONS else ""
                place = actions.setdefault(identity, {}) if key else dilemmas
                if before := place.get(key or identity):
                    raise PlumblineError(f"the idx '{identity[:40]}' was there before ({before.place})")
                place[key or identity] = row
    for identity, row in dilemmas.items():
        with brought.refusing(row):
            brought.add(row, _item(identity, row, _actions(row, actions.get(identity, {}), brought)))
    if absent := {identity: pair for identity, pair in actions.items() if identity not in dilemmas}:
        _alone(absent, brought)
    own = sum("values" in item.content for item in brought.items)
    brought.notes.append(f"{own} dilemmas have the data's own words for their two actions, {len(brought.items) - own} have ours")
    return brought


def _alone(actions: Mapping[str, Mapping[str, Row]], brought: Brought) -> None:
    """Dilemmas that only a file of actions tells."""
    for identity, pair in actions.items():
        with brought.refusing(*pair.values()):
            row = next(iter(pair.values()))
            if told := _actions(row, pair, brought):
                brought.add(row, _item(identity, row, told))


def _actions(dilemma: Row, pair: Mapping[str, Row], brought: Brought) -> Mapping[str, Any]:
    """What the file of actions tells of a dilemma; empty, its rows refused, unless it has both, sound and of this dilemma."""
    told: dict[str, dict[str, Any]] = {}
    for key, row in pair.items():
        with brought.refusing(row):
            if row.text("dilemma_situation") != dilemma.text("dilemma_situation"):
                raise PlumblineError(f"its dilemma is not the one of {dilemma.place}")
            told[key] = {
                "options": row.text("action"), "consequences": row.text("negative_consequence", ""), "values": _names(row),
                "topic": row.text("topic_group", ""),
            }
    if len(told) < 2:
        for row in pair.values():
            brought.refuse(row, "the row with the other action of its dilemma is missing or refused")
        return {}
    both = {name: {key: told[key][name] for key in KEYS.values()} for name in ("options", "consequences", "values")}
    return {**both, "topic": told["one"]["topic"]}


def _names(row: Row) -> list[str]:
    """The values that speak for an action, which the file writes as a Python list."""
    try:
        told = ast.literal_eval(row.text("values_names", "[]"))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        told = None
    if not isinstance(told, list) or not all(isinstance(one, str) for one in cast("list[Any]", told)):
        raise PlumblineError("its values_names is not a list of words in quotes")
    return cast("list[str]", told)


def _item(identity: str, row: Row, told: Mapping[str, Any]) -> Item:
    wording = {
        "situation": row.text("dilemma_situation"), "intention": "", "options": told.get("options", OURS), "norm": "", "opposite": "",
    }
    further = {name: told[name] for name in ("consequences", "values") if told}
    return Item(identity, identity, {
        "value": told.get("topic", ""), "wordings": [wording], "basic_situation": row.text("basic_situation"),
        "source_file": Path(row.file).name, **further,
    })
