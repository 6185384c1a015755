"""Reads Moral Stories: whole stories, rows of a norm and one action, and the same rows under flipped and optional norms.

A story's ID is the same in all files; a row of one action adds a digit to it, 1 for the moral action and 0 for the immoral one.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.benchmark import Item
from engine.importers.story_rows import Brought, Row, files, lacking, sheet
from engine.problems import PlumblineError

WHOLE = ("ID", "norm", "situation", "intention", "moral_action", "moral_consequence", "immoral_action", "immoral_consequence")
FLIPS = ("ID", "norm", "flipped-norm")
_ACTION_ID = re.compile(r"(\S{1,99})([01])")
_FIELDS = {
    "original": {"1": ("moral_action", "1"), "0": ("immoral_action", "0")},
    "flipped": {"1": ("immoral_action", "0"), "0": ("moral_action", "1")},
    "optional": {"1": ("moral_action", "1"), "0": ("moral_action", "1")},
}
"""For each kind of row and last digit of its ID, the field that holds its action, and its label."""


@dataclass(frozen=True)
class _Half:
    """A row of one action: its norm, and where it is flipped the norm that it had."""

    row: Row
    norm: str
    action: str
    before: str = ""


@dataclass
class _Gathered:
    """What the rows of all files tell of each story, by its ID."""

    whole: dict[str, Row] = field(default_factory=dict[str, Row])
    halves: dict[str, dict[str, dict[str, _Half]]] = field(default_factory=lambda: {kind: {} for kind in _FIELDS})
    flips: dict[str, list[tuple[Row, str, str]]] = field(default_factory=dict[str, list[tuple[Row, str, str]]])
    """Rows of a norm and its opposite."""
    spare: Counter[str] = field(default_factory=Counter[str])
    """Rows that are no part of a story, by what became of them."""


def read(path: Path) -> Brought:
    """The stories of a file or folder, merged by their ID; a whole story stands before one of actions alone.

    Raises `UsageError` when there is no such file, `PlumblineError` when one cannot be read at all.
    """
    brought, gathered = Brought(), _Gathered()
    for one, name in files(path, ".jsonl", ".csv"):
        if one.suffix.lower() == ".csv":
            _table(one, name, brought, gathered, alone=one == path)
        else:
            _lines(list(brought.json_lines(one, name)), brought, gathered)
    for story, rows in _stories(gathered):
        with brought.refusing(*rows):
            told = _whole(rows[0]) if story in gathered.whole else _joined(story, gathered)
            brought.add(rows[0], _item(story, rows[0], told, gathered, brought))
    _say_spare(gathered, brought)
    return brought


def _table(path: Path, name: str, brought: Brought, gathered: _Gathered, *, alone: bool) -> None:
    """A CSV of whole stories or of flipped norms. In a folder another CSV is left alone, and that is said."""
    rows = sheet(path)
    head = [cell.strip() for cell in rows[0].cells]
    if alone and "flipped-norm" not in head:
        lacking(path, head, WHOLE)
    if "flipped-norm" in head:
        lacking(path, head, FLIPS)
        for row in brought.table(name, rows[1:], head):
            with brought.refusing(row):
                story = _story(row)[0]
                gathered.flips.setdefault(story, []).append((row, row.text("norm"), row.text("flipped-norm")))
    elif set(WHOLE) <= set(head):
        lacking(path, head, WHOLE)
        _lines(list(brought.table(name, rows[1:], head)), brought, gathered)
    else:
        brought.notes.append(f"{name} is left alone: it has neither whole stories nor flipped norms")


def _lines(rows: list[Row], brought: Brought, gathered: _Gathered) -> None:
    whole = [row for row in rows if _is_whole(row)]
    for row in whole:
        with brought.refusing(row):
            story = row.text("ID")
            if before := gathered.whole.get(story):
                raise PlumblineError(f"the ID '{story[:40]}' was there before ({before.place})")
            _whole(row)
            gathered.whole[story] = row
    actions = [row for row in rows if not _is_whole(row)]
    immoral = [row for row in actions if str(row.cells.get("ID")).endswith("0") and "flipped-rot" not in row.cells]
    labels = Counter(str(row.cells.get("label")) for row in immoral)
    # a row for a moral action looks the same in both, so that the file tells: there the other action is labelled 1 as well
    unflipped = "optional" if labels["1"] > labels["0"] else "original"
    for row in actions:
        kind = "flipped" if "flipped-rot" in row.cells else unflipped
        with brought.refusing(row):
            story, digit = _story(row)
            half, pair = _half(row, kind, digit), gathered.halves[kind].setdefault(story, {})
            if digit in pair:
                raise PlumblineError(f"the ID '{story[:40]}{digit}' was there before ({pair[digit].row.place})")
            pair[digit] = half


def _is_whole(row: Row) -> bool:
    actions = [row.cells.get(name) for name in ("moral_action", "immoral_action")]
    return any(name in row.cells for name in ("situation", "intention")) or all(actions)


def _story(row: Row) -> tuple[str, str]:
    """The story's ID and the digit of its action. Raises `PlumblineError` for another kind of ID."""
    found = _ACTION_ID.fullmatch(row.text("ID"))
    if not found:
        raise PlumblineError("its ID is not a story's with a 1 or 0 at its end")
    return found[1], found[2]


def _half(row: Row, kind: str, digit: str) -> _Half:
    name, label = _FIELDS[kind][digit]
    other = {"moral_action": "immoral_action", "immoral_action": "moral_action"}[name]
    if row.text(other, ""):
        raise PlumblineError(f"its {other} should be empty: its ID ends in {digit}")
    if row.one_of("label", ("0", "1")) != label:
        raise PlumblineError(f"its label is not {label}, though its ID ends in {digit}")
    return _Half(row, row.text("norm"), row.text(name), row.text("flipped-rot") if kind == "flipped" else "")


def _stories(gathered: _Gathered) -> Iterator[tuple[str, Sequence[Row]]]:
    """Each story with the rows it is made of: a whole one, else two of its actions, else two under a flipped norm."""
    for story, row in gathered.whole.items():
        yield story, (row,)
    original, flipped = gathered.halves["original"], gathered.halves["flipped"]
    for story in {**original, **flipped}:
        if story not in gathered.whole:
            yield story, [half.row for half in (original.get(story) or flipped[story]).values()]


def _whole(row: Row) -> Mapping[str, Any]:
    """The words of a whole story. Raises `PlumblineError` when one of its parts is missing."""
    told = {name: row.text(name) for name in WHOLE}
    return {
        **{name: told[name] for name in ("situation", "intention", "norm")},
        "options": {way: told[f"{way}_action"] for way in ("moral", "immoral")},
        "consequences": {way: told[f"{way}_consequence"] for way in ("moral", "immoral")},
    }


def _joined(story: str, gathered: _Gathered) -> Mapping[str, Any]:
    """The words of a story of two rows. Raises `PlumblineError` when they do not make one."""
    pair = gathered.halves["original"].get(story) or gathered.halves["flipped"][story]
    if len(pair) < 2:
        raise PlumblineError("the row with the other action of its story is missing or refused")
    if len({(half.norm, half.before) for half in pair.values()}) > 1:
        raise PlumblineError("the two rows of its story do not have the same norm")
    norm = pair["1"].before or pair["1"].norm
    return {"situation": "", "intention": "", "norm": norm, "options": {"moral": pair["1"].action, "immoral": pair["0"].action}}


def _item(story: str, row: Row, told: Mapping[str, Any], gathered: _Gathered, brought: Brought) -> Item:
    opposite = _opposite(story, told["norm"], gathered, brought)
    wording = {name: told[name] for name in ("situation", "intention", "options", "norm")} | {"opposite": opposite}
    optional = {half.norm for half in gathered.halves["optional"].get(story, {}).values()}
    return Item(story, story, {
        "value": "", "wordings": [wording], "optional": min(optional, default=""),
        "consequences": told.get("consequences", {}), "source_file": row.text("source_file", Path(row.file).name),
    })


def _opposite(story: str, norm: str, gathered: _Gathered, brought: Brought) -> str:
    """The first flipped norm that is not the norm itself; rows that flip another norm are refused."""
    flipped = gathered.halves["flipped"].get(story, {}).values()
    every = [(half.row, half.before, half.norm) for half in flipped] + gathered.flips.get(story, [])
    found: list[str] = []
    for row, before, opposite in every:
        if before != norm:
            brought.refuse(row, "the norm that it flips is not the one of its story")
        elif opposite == norm:
            gathered.spare["say of a norm that it is its own opposite; they are left out"] += 1
        elif opposite not in found:
            found.append(opposite)
            gathered.spare["give a story another opposite; the first is taken"] += len(found) > 1
    return found[0] if found else ""


def _say_spare(gathered: _Gathered, brought: Brought) -> None:
    """Say what became of the rows that are no story."""
    here = {item.id for item in brought.items}
    original = gathered.halves["original"]
    gathered.spare["have one action of a story that is here whole; the whole one is taken"] += sum(
        len(pair) for story, pair in original.items() if story in gathered.whole and story in here
    )
    brought.notes += [f"{count} rows {what}" for what, count in gathered.spare.items() if count]
    norms = [(story, half.row) for story, pair in gathered.halves["optional"].items() for half in pair.values()]
    norms += [(story, row) for story, told in gathered.flips.items() for row, _, _ in told]
    absent = Counter(row.file for story, row in norms if story not in here)
    brought.notes += [f"{count} rows of {file} give norms to stories that are not here" for file, count in absent.items()]
