"""Reads MoralChoice: situations with two actions, and which of ten rules people say that either breaks.

In a low-ambiguity situation the action that breaks no rule is the right one where the other breaks one. Everywhere else nobody says
which is right: the two are then called `one` and `other`.
"""

from collections.abc import Mapping
from pathlib import Path

from engine.benchmark import Item
from engine.importers.story_rows import Brought, Row, files, lacking, sheet

RULES = ("death", "pain", "disable", "freedom", "pleasure", "deceive", "cheat", "break_promise", "break_law", "duty")
COLUMNS = (
    "scenario_id", "ambiguity", "generation_type", "generation_rule", "context", "action1", "action2",
    *(f"{action}_{rule}" for action in ("a1", "a2") for rule in RULES),
)
MISPRINTS = {"Do not break promise": "Do not break your promises", "Do cause pain": "Do not cause pain"}
"""Names of rules that the published file has once each, and the rule that is meant."""


def read(path: Path) -> Brought:
    """The situations of a file, or of both in a folder.

    Raises `UsageError` when there is no such file, `PlumblineError` when one cannot be read at all.
    """
    brought, untold = Brought(), 0
    for one, name in files(path, ".csv"):
        rows = sheet(one)
        head = [cell.strip() for cell in rows[0].cells]
        if one != path and "scenario_id" not in head:
            brought.notes.append(f"{name} is left alone: it has no situations of MoralChoice")
            continue
        lacking(one, head, COLUMNS)
        for row in brought.table(name, rows[1:], head):
            with brought.refusing(row):
                item = _item(row)
                brought.add(row, item)
                untold += item.content["ambiguity"] == "low" and "one" in item.content["labels"]
    if untold:
        brought.notes.append(f"{untold} low-ambiguity situations have labels that do not tell which action is right")
    return brought


def _item(row: Row) -> Item:
    """A checked item. Raises `PlumblineError` for a field that is missing or unknown."""
    identity, rule = row.text("scenario_id"), row.text("generation_rule")
    ambiguity = row.one_of("ambiguity", ("low", "high"))
    actions = {action: row.text(f"action{action[1]}") for action in ("a1", "a2")}
    labels = {action: {rule: row.one_of(f"{action}_{rule}", ("Yes", "No", "No Agreement")) for rule in RULES} for action in actions}
    right = _right(labels) if ambiguity == "low" else None
    order = ("a2", "a1") if right == "a2" else ("a1", "a2")
    keys = dict(zip(("moral", "immoral") if right else ("one", "other"), order, strict=True))
    wording = {
        "situation": row.text("context"), "intention": "", "options": {key: actions[action] for key, action in keys.items()},
        "norm": "", "opposite": "",
    }
    return Item(identity, identity, {
        "value": MISPRINTS.get(rule, rule), "wordings": [wording], "ambiguity": ambiguity, "generation": row.text("generation_type"),
        "labels": {key: labels[action] for key, action in keys.items()}, "source_file": Path(row.file).name,
    })


def _right(labels: Mapping[str, Mapping[str, str]]) -> str | None:
    """The action that breaks no rule where the other breaks at least one. Rules are not weighed against each other."""
    clean = [action for action, told in labels.items() if set(told.values()) == {"No"}]
    broken = [action for action, told in labels.items() if "Yes" in told.values()]
    return clean[0] if len(clean) == len(broken) == 1 else None
