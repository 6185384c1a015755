"""The process in which a check is run, and nothing else: started anew for each batch, with nothing to reach and little to use.

Run as a file of its own, it imports nothing of Plumbline. It reads one JSON document from its standard input (the statement, the
columns and the rows), gives up what it could do harm with, and writes a line for each row. What the DuckDB in it is told not to do,
the operating system forbids besides: from `confine` on no file and no connection can be opened, no byte be written to a file and no
process be started, and memory ends.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from itertools import pairwise
from typing import Any

TABLE = "output"
SETTINGS = (
    "SET TimeZone='UTC'",
    "SET enable_external_access=false",
    "SET autoinstall_known_extensions=false",
    "SET autoload_known_extensions=false",
    "SET python_enable_replacements=false",
    "SET allow_persistent_secrets=false",
    "SET max_temp_directory_size='0B'",
    "SET lock_configuration=true",
)
_SHOWN = 40
"""Characters shown of the place where an expression went wrong."""


def confine(memory: int, seconds: int) -> None:
    """Give up, for good, files, connections, processes, `memory` bytes beyond what is used now, and `seconds` of computing beyond it."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    limits = {
        resource.RLIMIT_CPU: int(spent.ru_utime + spent.ru_stime) + 1 + seconds,
        resource.RLIMIT_FSIZE: 0, resource.RLIMIT_NPROC: 0, resource.RLIMIT_CORE: 0, resource.RLIMIT_NOFILE: 0,
    }
    with suppress(OSError, ValueError):  # macOS knows no such limit and has no /proc; time is bounded there, memory only by DuckDB
        with open("/proc/self/statm", "rb") as told:  # noqa: PTH123 — pathlib would be loaded for this alone
            used = int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, used + memory))
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def main() -> None:
    """Run a check over its rows. Ends without a word where a row used up what there is: the parent goes on after it."""
    for package in ("numpy", "pandas", "pyarrow", "polars"):
        sys.modules[package] = None  # pyright: ignore[reportArgumentType] — DuckDB would load them, which takes half a second
    import duckdb

    told = json.load(sys.stdin)
    lake = duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "128MB"})
    for setting in SETTINGS:
        lake.execute(setting)
    columns = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}" {kind}' for name, kind in told["columns"])
    lake.execute(f"CREATE TABLE {TABLE} ({columns})")
    lake.execute("SELECT ?, ?, ?, ?, ?", ["", 1, 1.5, True, None]).fetchone()  # what is loaded at the first value cannot be later
    confine(told["memory"], told["seconds"])
    _say({"ready": True})
    fill = f"INSERT INTO {TABLE} VALUES ({', '.join('?' for _ in told['columns'])})"
    for row in told["rows"]:
        try:
            lake.execute(f"DELETE FROM {TABLE}")
            lake.execute(fill, row)
            _say(_verdict(lake.execute(told["statement"])))
        except (MemoryError, duckdb.OutOfMemoryException):
            _say({"verdict": "error", "large": True})
            return
        except (duckdb.FatalException, duckdb.InternalException):
            return
        except duckdb.Error as problem:
            _say({"verdict": "error", "why": _told(str(problem))})


def _verdict(found: Any) -> dict[str, Any]:
    kind = str(found.description[0][1])
    if kind != "BOOLEAN":  # looked at before the value is fetched, which may be large
        return {"verdict": "error", "why": f"it returned {kind.split('(')[0]}, neither true nor false"}
    value = found.fetchone()[0]
    if value is None:
        return {"verdict": "error", "why": "it returned NULL, neither true nor false; a column in it may be empty: use coalesce"}
    return {"verdict": "pass" if value else "fail"}


def _told(problem: str) -> str:
    """The first line of an error, and the words at the place it names."""
    lines = problem.splitlines()
    why = lines[0][:200]
    for before, caret in pairwise(lines):
        if before.startswith("LINE ") and caret.strip() == "^":
            return f"{why} (at: {before[caret.index('^'):][:_SHOWN]})"
    return why


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
