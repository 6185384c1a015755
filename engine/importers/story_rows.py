"""Reads rows strictly: CSV and JSON lines, each row sound or refused with its place, and the items that come of them."""

import csv
import io
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, cast

from engine.benchmark import Item
from engine.problems import PlumblineError, UsageError

LARGEST = 64 * 2**20
"""Bytes of a file."""
LONGEST = 20_000
"""Characters of a cell."""
LONGEST_ID = 100


@dataclass(frozen=True)
class Row:
    """One row of a file: its fields, and where it stands (the first line is 1)."""

    file: str
    line: int
    cells: Mapping[str, Any]

    @property
    def place(self) -> str:
        """The place in words."""
        return f"{self.file}, line {self.line}"

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A field without the spaces around it. Raises `PlumblineError` when it is no text, too long, or empty and not optional."""
        told = self.cells.get(name)
        if told is not None and not isinstance(told, str):
            raise PlumblineError(f"its {name} is not text")
        told = (told or "").strip()
        if len(told) > LONGEST:
            raise PlumblineError(f"its {name} has {len(told)} characters; at most {LONGEST} are taken")
        if not told and otherwise is None:
            raise PlumblineError(f"it has no {name}")
        return told or otherwise or ""

    def one_of(self, name: str, known: Sequence[str]) -> str:
        """A field that is one of a few words; a whole number counts as its digits. Raises `PlumblineError` for another."""
        told = self.cells.get(name)
        told = str(told) if isinstance(told, int) and not isinstance(told, bool) else self.text(name)
        if told not in known:
            raise PlumblineError(f"its {name} is '{' '.join(told.split())[:40]}'; it must be {' or '.join(known)}")
        return told


@dataclass
class Brought:
    """What an importer read: items, how many rows each file has, which were refused and why, and what else is to be said."""

    items: list[Item] = field(default_factory=list[Item])
    rows: dict[str, int] = field(default_factory=dict[str, int])
    """For each file the rows read, refused ones among them; neither heads nor blank lines."""
    notes: list[str] = field(default_factory=list[str])
    _refused: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])
    _ids: dict[str, str] = field(default_factory=dict[str, str])
    _told: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])

    @property
    def refused(self) -> tuple[str, ...]:
        """Each refused row in words, in the order of files and lines."""
        order = {file: number for number, file in enumerate(self.rows)}
        ranked = sorted(self._refused.items(), key=lambda one: (order.get(one[0][0], 0), one[0][1]))
        return tuple(f"{file}, line {line}: {why}" for (file, line), why in ranked)

    def refuse(self, row: Row, why: str) -> None:
        """Take note that a row is refused; its first reason stands."""
        self._refused.setdefault((row.file, row.line), why)

    @contextmanager
    def refusing(self, *rows: Row) -> Generator[None, None, None]:
        """Refuse the rows when what is done with them raises `PlumblineError`."""
        try:
            yield
        except PlumblineError as problem:
            for row in rows:
                self.refuse(row, str(problem))

    def add(self, row: Row, item: Item) -> None:
        """Take an item. Raises `PlumblineError` for an unusable id, options that are equal, and an item that was there before."""
        if len(item.id) > LONGEST_ID or not item.id.isprintable():
            raise PlumblineError(f"its id is not one line of at most {LONGEST_ID} characters")
        if before := self._ids.get(item.id):
            raise PlumblineError(f"the id '{item.id}' was there before ({before})")
        wording = item.content["wordings"][0]
        options = [_folded(told) for told in wording["options"].values()]
        if len(set(options)) < len(options):
            raise PlumblineError("its two actions are equal")
        told = (_folded(wording["situation"]), _folded(wording["intention"]), *sorted(options))
        if before := self._told.get(told):
            raise PlumblineError(f"the same situation and options were there before ({before})")
        self._ids[item.id] = self._told[told] = row.place
        self.items.append(item)

    def table(self, file: str, rows: Iterable["CsvRow"], columns: Sequence[str]) -> Iterator[Row]:
        """The sound rows of a CSV with these columns; the others are refused."""
        self.rows.setdefault(file, 0)
        for one in rows:
            self.rows[file] += 1
            row = Row(file, one.line, dict(zip(columns, one.cells, strict=False)))
            if problem := one.problem or _unsound(one.cells):
                self.refuse(row, problem)
            else:
                yield row

    def json_lines(self, path: Path, file: str) -> Iterator[Row]:
        """The sound rows of a file with one JSON object a line; the others are refused. Raises `PlumblineError` as `text_of` does."""
        self.rows.setdefault(file, 0)
        for number, line in enumerate(text_of(path, strict=False).split("\n"), 1):
            if not line.strip():
                continue
            self.rows[file] += 1
            try:
                told = json.loads(line, object_pairs_hook=_once, parse_constant=_no_number)
                if not isinstance(told, dict):
                    raise PlumblineError("it is not a JSON object")
                cells = cast("dict[str, Any]", told)
                if problem := _unsound(value for value in cells.values() if isinstance(value, str)):
                    raise PlumblineError(problem)
            except PlumblineError as problem:
                self.refuse(Row(file, number, {}), str(problem))
            except (ValueError, RecursionError):
                self.refuse(Row(file, number, {}), "it is not valid JSON")
            else:
                yield Row(file, number, cells)


@dataclass(frozen=True)
class CsvRow:
    """A row of a CSV: its number (the head is 1), the line it begins on, its cells, and what is wrong with it."""

    number: int
    line: int
    cells: Sequence[str]
    problem: str = ""


def files(path: Path, *endings: str) -> list[tuple[Path, str]]:
    """The file itself, or the files so ending of a folder and of the folders in it, each with its name in messages.

    Raises `UsageError` when there are none.
    """
    if path.is_file():
        return [(path, path.name)]
    found = [one for depth in ("*", "*/*") for ending in endings for one in path.glob(depth + ending) if one.is_file()]
    if not found:
        raise UsageError(f"no {' or '.join(endings)} file in {path}; check the path")
    return [(one, one.relative_to(path).as_posix()) for one in sorted(found)]


def text_of(path: Path, *, strict: bool = True) -> str:
    """A file's text, with or without byte order mark; unless strict, bytes that are no text are left for the rows to be refused.

    Raises `PlumblineError` for a file that is too large, is written in UTF-16, or (strict) has a byte that is no UTF-8 or is zero.
    """
    if path.stat().st_size > LARGEST:
        raise PlumblineError(f"{path} is larger than 64 MiB; split it")
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig", "strict" if strict else "surrogateescape")
    except UnicodeDecodeError:
        raise PlumblineError(f"{path} is not UTF-8 text; save it again as UTF-8") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise PlumblineError(f"{path} is not UTF-8 text but UTF-16; save it again as UTF-8")
    if strict and "\0" in text:
        raise PlumblineError(f"{path} is not a CSV: it has a zero byte; save it again as CSV UTF-8")
    return text


def csv_rows(text: str) -> Iterator[CsvRow]:
    """Each row of a CSV that is not blank. One that cannot be read costs its first line alone: reading goes on with the next."""
    lines = list(io.StringIO(text, newline=""))
    number, width, begin = 0, 0, 0
    while begin < len(lines):
        table = csv.reader((lines[at] for at in range(begin, len(lines))), strict=True)
        while True:
            number += 1
            line = begin + table.line_num + 1
            try:
                cells = next(table, None)
            except csv.Error as problem:
                told = str(problem) or "it cannot be read"
                yield CsvRow(number, line, (), f"not a CSV row ({told}); check its quotes, or save the table again as CSV UTF-8")
                begin = line
                break
            if cells is None:
                return
            if cells:
                width = width or len(cells)
                problem = f"it has {len(cells)} cells, the head has {width}; put cells with commas in quotes"
                yield CsvRow(number, line, cells, problem if len(cells) != width else "")


def sheet(path: Path) -> list[CsvRow]:
    """All rows of a CSV, the head first. Raises `PlumblineError` when it is empty or its head cannot be read."""
    rows = list(csv_rows(text_of(path, strict=False)))
    if not rows:
        raise PlumblineError(f"{path} is empty; take the published file")
    if problem := rows[0].problem or _unsound(rows[0].cells):
        raise PlumblineError(f"{path}, line {rows[0].line}: {problem}")
    return rows


def lacking(path: Path, head: Sequence[str], columns: Iterable[str]) -> None:
    """Raises `PlumblineError` when a column is missing from the head of a CSV or comes twice."""
    for name in columns:
        if head.count(name) != 1:
            raise PlumblineError(f"{path}: the column {name} {'comes twice' if name in head else 'is missing'}; take the published file")


def _folded(text: str) -> str:
    """Text as it is compared: neither case, spaces nor a last full stop tell two apart."""
    return " ".join(text.casefold().split()).rstrip(" .")


def _unsound(cells: Iterable[str]) -> str:
    for told in cells:
        if "\0" in told:
            return "it has a zero byte"
        try:
            told.encode()
        except UnicodeEncodeError:
            return "it is not UTF-8 text"
    return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise PlumblineError("a field comes twice in it")
    return told


def _no_number(told: str) -> NoReturn:
    raise PlumblineError(f"it has {told}, which is no JSON")
