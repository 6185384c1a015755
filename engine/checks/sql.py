"""Checks written as an SQL expression over `prompt`, `reply` and the fields of the item, e.g. `length(reply) < 400`.

Nothing of a model's is run otherwise. Three things stand between an expression and the machine, each enough for what was tried:
the grammar takes listed functions over one row and no more; the DuckDB that runs it has no files, network or extensions; and that
DuckDB lives in a process of its own that the operating system keeps from files, connections and memory, and that is ended when its
time is up. Only the last bounds time and memory: DuckDB's `interrupt()` and `memory_limit` do not reach into one function on
one row (measured on 1.5.5: `levenshtein` of two texts of 100,000 characters ran 26 s after it was interrupted at 1 s, `printf`
took 0.9 GB of the 64 MB allowed).
"""

import json
import math
import os
import re
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Literal, Self

from engine.checks.grammar import statement, taken
from engine.checks.outcome import Outcome
from engine.problems import PlumblineError, UsageError
from engine.reading import spoken

SECONDS = 1.0
"""What one output may take, and a batch of one."""
FURTHER = 0.1
"""Seconds that a batch may take for each further output: an ordinary check takes a hundredth of that."""
MEMORY = 256 * 2**20
"""Bytes that a check may take beyond its outputs."""
STOPS = 3
"""So often a check that used up its time or memory is started again, on the output after it."""
LONGEST_TEXT = 1_000_000
"""Characters of a prompt, a reply or a field that are checked."""
START = 60.0
"""Seconds in which the process must be there: half of one where the machine is idle."""
Kind = Literal["text", "whole number", "number", "yes or no"]
_TYPES: Mapping[Kind, str] = {"text": "VARCHAR", "whole number": "BIGINT", "number": "DOUBLE", "yes or no": "BOOLEAN"}
_NAME = re.compile(r'[^\x00-\x1f"\x7f]{1,64}')
_SURROGATE = re.compile("[\ud800-\udfff]")
_ENVIRONMENT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
"""All that the process is told of the environment: where its libraries are."""


@dataclass(frozen=True)
class Output:
    """What is checked: a reply, what it replies to, and the fields of the item it is about."""

    prompt: str
    reply: str
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


def columns_of(outputs: Sequence[Output]) -> dict[str, Kind]:
    """The columns that a check of these outputs may use, with what they hold: `prompt`, `reply`, then the fields in order of their names.

    Lists and objects are JSON as text; a field that is of several kinds, or always empty, is text. A field is left out where its name
    is that of another column but for capitals, holds quotation marks, or has more than 64 characters. Keep the columns with a check:
    what it says of an output must not depend on the others in the batch.
    """
    kinds: dict[str, set[Kind]] = {}
    for output in outputs:
        for name, value in output.fields.items():
            kinds.setdefault(name, set()).update({_kind(value)} if value is not None else ())
    found: dict[str, Kind] = {"prompt": "text", "reply": "text"}
    for name in sorted(kinds):
        if _NAME.fullmatch(name) and name.lower() not in {one.lower() for one in found}:
            several = kinds[name]
            mixed: Kind = "number" if several == {"whole number", "number"} else "text"
            found[name] = next(iter(several)) if len(several) == 1 else mixed
    return found


def run(expression: str, outputs: Sequence[Output], columns: Mapping[str, Kind] | None = None) -> list[Outcome]:
    """What the check says of each output: `pass` where it is true, `fail` where it is false, `error` with a line otherwise.

    `columns` are as `columns_of` gives them, by default those of these outputs; hidden thinking in a reply is not looked at. An
    output may take a second, the batch a second and a tenth for each further output; what is left then is `error`. Raises
    `UsageError` for a kind of column that there is not, and `PlumblineError` where the process for checks cannot be started at all,
    which is no fault of the check. It waits for that process, a fifth of a second at least: not for an event loop.
    """
    columns = columns_of(outputs) if columns is None else {"prompt": "text", "reply": "text", **columns}
    if unknown := set(columns.values()) - set(_TYPES):
        raise UsageError(f"no kind of column '{unknown.pop()}'; choose from {', '.join(_TYPES)}")
    try:
        taken(expression, columns)
    except UsageError as problem:
        return [Outcome("error", str(problem))] * len(outputs)
    found: dict[int, Outcome] = {}
    rows: dict[int, list[Any]] = {}
    for place, output in enumerate(outputs):
        try:
            rows[place] = _row(output, columns)
        except ValueError as problem:
            found[place] = Outcome("error", str(problem))
    _Batch(expression, columns, rows).work(found)
    return [found[place] for place in range(len(outputs))]


class _Batch:
    """The outputs that are left, and the time that is."""

    def __init__(self, expression: str, columns: Mapping[str, Kind], rows: Mapping[int, list[Any]]) -> None:
        self._told = {
            "statement": statement(expression), "columns": [[name, _TYPES[kind]] for name, kind in columns.items()],
            "memory": MEMORY, "seconds": math.ceil(SECONDS + FURTHER * len(rows)) + 1,
        }
        self._rows = rows
        self._left = SECONDS + FURTHER * (len(rows) - 1)

    def work(self, found: dict[int, Outcome]) -> None:
        """Fill `found` with the outcome of every row."""
        stops, left = 0, list(self._rows)
        while left and stops < STOPS and self._left > 0:
            with _Process({**self._told, "rows": [self._rows[place] for place in left]}) as process:
                while left and self._left > 0:
                    begun = monotonic()
                    found[left.pop(0)], goes_on = process.outcome(min(SECONDS, self._left))
                    self._left -= monotonic() - begun
                    if not goes_on:
                        stops += 1
                        break
        why = f"it was stopped on {stops} outputs" if stops == STOPS else "the time for the batch was up"
        found.update({place: Outcome("error", f"not run: {why} before this one") for place in left})


class _Process:
    """A running `cell.py`. Leaving it ends the process, whatever it is doing."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told
        self._heard, self._last = b"", ""

    def __enter__(self) -> Self:
        command = [sys.executable, "-P", str(Path(__file__).with_name("cell.py"))]
        with tempfile.TemporaryFile() as told:  # not a pipe: what the process does not read must not hold us up
            told.write(json.dumps(self._told).encode())
            told.seek(0)
            self._process = subprocess.Popen(
                command, stdin=told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )
        assert self._process.stdout is not None
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(self._process.stdout, selectors.EVENT_READ)
        try:
            ready = self._line(START)
        except TimeoutError:
            ready = None
        if ready is None:
            self.__exit__()
            raise PlumblineError(f"the process that runs checks did not start: {self._last or 'it gave no reason'}; is duckdb installed?")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._waiting.close()
        last = self._process.communicate()[1]
        self._last = (last.decode(errors="replace").strip().splitlines() or [""])[-1]

    def outcome(self, within: float) -> tuple[Outcome, bool]:
        """How the next row ended, and whether the process goes on after it."""
        try:
            told = self._line(within)
        except TimeoutError:
            return Outcome("error", f"too slow: no result within {within:.1f} s"), False
        if told is None or told.get("large"):
            return Outcome("error", f"too large: it needed more than {MEMORY // 2**20} MB, or broke off"), False
        return Outcome(told["verdict"], told.get("why", "")), True

    def _line(self, within: float) -> dict[str, Any] | None:
        """The next line; none where the process has ended. Raises `TimeoutError`."""
        assert self._process.stdout is not None
        until = monotonic() + within
        while b"\n" not in self._heard:
            if not self._waiting.select(max(0.0, until - monotonic())):
                raise TimeoutError
            piece = os.read(self._process.stdout.fileno(), 65536)
            if not piece:
                return None
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        return json.loads(line)


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int):
        return "whole number" if -(2**63) <= value < 2**63 else "text"
    return "number" if isinstance(value, float) else "text"


def _row(output: Output, columns: Mapping[str, Kind]) -> list[Any]:
    """Raises `ValueError` where a value does not go into its column."""
    told = {**output.fields, "prompt": output.prompt, "reply": spoken(output.reply)}
    return [_value(name, told.get(name), kind) for name, kind in columns.items()]


def _value(name: str, value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind != "text":
        if _kind(value) != kind and not (kind == "number" and _kind(value) == "whole number"):
            raise ValueError(f"the {name} of this output is not a {kind}")
        return value
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if len(said) > LONGEST_TEXT:
        raise ValueError(f"too large: the {name} of this output has {len(said):,} characters, {LONGEST_TEXT:,} are the most")
    return _SURROGATE.sub("\ufffd", said)
