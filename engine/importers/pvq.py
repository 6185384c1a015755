"""Reads a user's own copy of the PVQ-RR: a CSV with the columns `number` (1 to 57) and `text`."""

import csv
from collections.abc import Sequence
from pathlib import Path

from engine.benchmark import Item
from engine.benchmarks.pvq import KEY
from engine.problems import PlumblineError, UsageError

_LARGEST = 2**20


def read(path: Path) -> Sequence[Item]:
    """The 57 portraits with the value each stands for by the official key.

    Raises `UsageError` when there is no such file, `PlumblineError` naming line and column when it is not
    such a table.
    """
    if not path.is_file():
        raise UsageError(f"no file {path}; give a CSV with the columns number,text")
    if path.stat().st_size > _LARGEST:
        raise PlumblineError(f"{path} is larger than 1 MiB; a questionnaire of 57 portraits is not")
    value_of = {number: value for value, numbers in KEY.items() for number in numbers}
    texts: dict[int, str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"number", "text"} <= set(rows.fieldnames or ()):
                raise PlumblineError(f"{path}: its first line must name the columns number,text")
            for row in rows:
                _take(texts, row, f"{path}, line {rows.line_num}")
    except (UnicodeDecodeError, csv.Error) as problem:
        raise PlumblineError(f"{path} is not a CSV in UTF-8: {problem}; save it again as CSV UTF-8") from None
    if missing := sorted(set(value_of) - set(texts)):
        raise PlumblineError(f"{path}: portrait {missing[0]} is missing ({len(missing)} in all); it needs 1 to 57")
    return tuple(
        Item(f"pvq_{number:02d}", value_of[number], {"value": value_of[number], "text": texts[number], "number": number})
        for number in sorted(texts)
    )


def _take(texts: dict[int, str], row: dict[str, str | None], place: str) -> None:
    number, text = (row["number"] or "").strip(), (row["text"] or "").strip()
    if not number.isdigit() or not 1 <= int(number) <= 57:
        raise PlumblineError(f"{place}: number '{number[:20]}' is not one of 1 to 57")
    if int(number) in texts:
        raise PlumblineError(f"{place}: portrait {number} comes twice")
    if not 3 <= len(text) <= 500:
        raise PlumblineError(f"{place}: the text of portrait {number} has {len(text)} characters; 3 to 500 are expected")
    texts[int(number)] = text
