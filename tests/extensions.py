"""DuckDB's extensions, checked once a process and not at every opening of a lake.

DuckDB verifies the signatures of the two extensions a lake needs, 71 MB, each time one is opened: 0.18 of the 0.3 seconds of
processor time that opening takes, some two thousand times in these tests. Here every process verifies them when it begins
and opens lakes without doing so again. Commands that tests start as a user would (a new Python) verify them at every opening.
"""

from typing import Any

import duckdb
import duckdb_extensions  # pyright: ignore[reportMissingTypeStubs]

EMBEDDED = ("ducklake", "sqlite_scanner")
_connect = duckdb.connect


def _trusting(*told: Any, **more: Any) -> duckdb.DuckDBPyConnection:
    return _connect(*told, **{**more, "config": {"allow_unsigned_extensions": "true", **more.get("config", {})}})


def check_once() -> None:
    """Load the extensions with their signatures verified, and from then on without. Where they cannot be loaded so, leave all as it is."""
    if duckdb.connect is _trusting:
        return
    try:
        with _connect() as connection:
            for name in EMBEDDED:
                duckdb_extensions.import_extension(name, con=connection)
                connection.load_extension(name)
    except Exception:  # no wheel for this machine: the lake falls back on DuckDB's own download, and is to do so in tests
        return
    duckdb.connect = _trusting
