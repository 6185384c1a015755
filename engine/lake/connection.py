"""Opening the lake, reading it, and writing to it beside others."""

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

import duckdb
import duckdb_extensions  # pyright: ignore[reportMissingTypeStubs]
import polars as pl
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random_exponential

from engine.lake import schema
from engine.problems import PlumblineError, UsageError

DEFAULT = Path(__file__).resolve().parents[2] / "data" / "lake"
ALMOST_FULL = 2**20
"""Bytes of room, below which a disk is taken for full."""
PATIENT_S = 5.0
"""How long tidying waits for a moment in which nobody writes, before it is left for later."""
LARGE = 500_000
"""Bytes; a Parquet file of this size is not joined with others any more, so that tidying takes no longer as a lake grows."""
T = TypeVar("T")


class LakeUnusable(PlumblineError, OSError):
    """The lake cannot be read or written just now: its disk is full, its server is gone, or others hold it for too long."""


@dataclass(frozen=True)
class Address:
    """Where the catalogue and the Parquet files are, taken from `PLUMBLINE_LAKE`."""

    catalogue: str
    """DuckLake's address of the catalogue, e.g. `sqlite:/…/catalogue.sqlite`."""
    files: str
    extension: str
    shown: str

    @classmethod
    def parse(cls, where: str | None) -> Self:
        """A folder, or `postgres:` followed by libpq settings (then `PLUMBLINE_LAKE_FILES` names the folder).

        Raises `UsageError` for an address of another kind.
        """
        where = where or os.environ.get("PLUMBLINE_LAKE") or str(DEFAULT)
        files = os.environ.get("PLUMBLINE_LAKE_FILES")
        if where.startswith("postgres:"):
            return cls(where, files or str(DEFAULT / "parquet"), "postgres_scanner", "postgres:…")
        if "://" in where:
            raise UsageError(f"PLUMBLINE_LAKE is '{where}'; give a folder or postgres:dbname=…")
        folder = Path(where).expanduser().resolve()
        return cls(f"sqlite:{folder / 'catalogue.sqlite'}", str(folder / "parquet"), "sqlite_scanner", str(folder))

    @property
    def folder(self) -> Path | None:
        """The lake's own folder, where it is embedded."""
        return Path(self.shown) if self.extension == "sqlite_scanner" else None

    @property
    def local(self) -> Path:
        """Where this machine keeps what is its own: journals and logs of the runs it plays."""
        return self.folder or DEFAULT


class Moved(Exception):
    """Another process moved rows while they were read."""


def _busy(problem: BaseException) -> bool:
    signs = ("database is locked", "conflict", "could not serialize", "transaction is aborted", "deadlock detected")
    return isinstance(problem, Moved) or (isinstance(problem, duckdb.Error) and any(sign in str(problem).lower() for sign in signs))


def _outside(problem: BaseException) -> bool:
    """Whether it is the disk's, the server's or another writer's fault, and not the query's."""
    signs = ("disk i/o error", "disk is full", "no space left", "readonly database", "unable to open database", "connection to server")
    return isinstance(problem, duckdb.IOException) or _busy(problem) or any(sign in str(problem).lower() for sign in signs)


_patiently = retry(
    retry=retry_if_exception(_busy), stop=stop_after_delay(60), wait=wait_random_exponential(0.02, max=1), reraise=True
)


class Lake:
    """An open lake. Reads take a fresh cursor each, so threads may share it; writes are retried while it is busy."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, address: Address, snapshot: int | None = None) -> None:
        self._connection = connection
        self.address = address
        self.snapshot = snapshot
        """Which snapshot it shows, for reading only; `None`: always the newest."""
        self._tidying = threading.Lock()

    @classmethod
    def open(cls, where: str | None = None, *, create: bool = True) -> Self:
        """Open the lake at `where` (else `PLUMBLINE_LAKE`, else `data/lake`), making it when it is not there.

        Raises `UsageError` when it is missing and `create` is false, `PlumblineError` when it cannot be
        opened or was written by a newer Plumbline.
        """
        address = Address.parse(where)
        if folder := address.folder:
            if not (folder / "catalogue.sqlite").exists() and not create:
                raise UsageError(f"no lake at {folder}; run `python -m engine prepare` or set PLUMBLINE_LAKE")
            try:
                (folder / "parquet").mkdir(parents=True, exist_ok=True)
            except OSError as problem:
                raise PlumblineError(f"cannot make a lake at {folder}: {problem.strerror}; set PLUMBLINE_LAKE") from None
        lake = cls(_attach(address), address)
        schema.prepare(lake)
        return lake

    def at(self, snapshot: int) -> Self:
        """This lake as it was at an earlier snapshot (`engine.lake.runs.snapshot`), for reading only. Close it after use.

        Opening takes some 0.2 s, for a DuckDB of its own. Raises `UsageError` when the lake has no such snapshot.
        """
        return type(self)(_attach(self.address, snapshot), self.address, snapshot)

    def read(self, sql: str, parameters: Mapping[str, Any] | None = None) -> pl.DataFrame:
        """The rows of a query; parameters are written `$name`. Raises `LakeUnusable`."""
        try:
            return self._read(sql, parameters)
        except (duckdb.Error, Moved) as problem:
            raise self._understood(problem) from problem

    @_patiently
    def _read(self, sql: str, parameters: Mapping[str, Any] | None) -> pl.DataFrame:
        with self._connection.cursor() as cursor:
            cursor.execute("USE lake")
            before = self._moves()
            found = cursor.execute(sql, dict(parameters or {})).pl()
        if self._moves() != before:
            raise Moved
        return found

    def _moves(self) -> tuple[Any, ...]:
        """Changes whenever rows have moved from the catalogue into Parquet files, or from file to file.

        DuckDB's SQLite extension reads each table of the catalogue through a connection of its own, so what a statement sees
        is not one snapshot of it: rows that another process is just moving into a file may be missed in both places (seen:
        one read in some 300, with a run that was "not in this lake"). A read or write during which rows moved is done again.
        """
        if self.address.folder is None:
            return ()
        with self._connection.cursor() as cursor:
            found = cursor.execute(
                "SELECT (SELECT max(data_file_id) FROM __ducklake_metadata_lake.ducklake_data_file),"
                " (SELECT max(delete_file_id) FROM __ducklake_metadata_lake.ducklake_delete_file)"
            ).fetchone()
        return found or ()

    def write(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Do `work` in one transaction, from the start again while another writer holds the lake.

        Raises `LakeUnusable`, and `PlumblineError` on a lake that shows an earlier snapshot.
        """
        self._be_writable()
        try:
            return self._write(work)
        except (duckdb.Error, Moved) as problem:
            raise self._understood(problem) from problem

    @_patiently
    def _write(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        with self._beside_others(), self._connection.cursor() as cursor:
            cursor.execute("USE lake")
            before = self._moves()
            cursor.execute("BEGIN")
            try:
                result = work(cursor)
                if self._moves() != before:
                    raise Moved
                cursor.execute("COMMIT")
            except BaseException:
                _roll_back(cursor)
                raise
            return result

    def _be_writable(self) -> None:
        if self.snapshot is not None:
            raise PlumblineError(f"snapshot {self.snapshot} of the lake can only be read; write to the lake itself")

    def _understood(self, problem: Exception) -> Exception:
        """What to raise instead of an error that DuckDB raised for good."""
        if not _outside(problem):
            return problem
        told = (str(problem).strip() or "others write to it without a pause").splitlines()[0]
        with suppress(OSError):
            if shutil.disk_usage(self.address.folder or self.address.files).free < ALMOST_FULL:
                told = "its disk is full"
        return LakeUnusable(f"the lake at {self.address.shown} cannot be used: {told}")

    def insert(self, table: str, rows: pl.DataFrame) -> None:
        """Append rows; columns are matched by name."""
        if rows.is_empty():
            return

        def work(cursor: duckdb.DuckDBPyConnection) -> None:
            cursor.register("incoming", rows)
            cursor.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming')

        self.write(work)

    def tidy(self) -> None:
        """Move rows that wait in the catalogue into Parquet files and join small files. Left for later while others write."""
        self._be_writable()
        for step in ("ducklake_flush_inlined_data('lake')", f"ducklake_merge_adjacent_files('lake', max_file_size => {LARGE})"):
            try:
                with self._alone() as alone, self._one_thread():
                    if alone:
                        self._tidied(step)
            except duckdb.Error as problem:
                if not _busy(problem):
                    raise

    @contextmanager
    def _beside_others(self) -> Generator[None]:
        """While the block lasts nobody on this machine moves rows.

        On the SQLite catalogue an UPDATE that meets a file being joined ends in a fatal error of DuckLake's ("could not find matching
        file for written delete file") that takes the process with it (seen: 2 of 27 processes, three of them updating and tidying
        without a pause). On PostgreSQL the transactions of the catalogue keep them apart.
        """
        with self._moving() as held:
            if held is not None:
                fcntl.flock(held, fcntl.LOCK_SH)
            yield

    @contextmanager
    def _alone(self) -> Generator[bool]:
        """Whether this process may move rows: nobody on this machine writes until the block ends. Gives up soon."""
        with self._moving() as held:
            latest = time.monotonic() + PATIENT_S
            while held is not None:
                with suppress(BlockingIOError):
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if time.monotonic() > latest:
                    yield False
                    return
                time.sleep(0.02)
            yield True

    @contextmanager
    def _one_thread(self) -> Generator[None]:
        """While the block lasts this DuckDB works in one thread.

        Joining files in two threads corrupts the heap now and then and takes the process with it ("double free", "unaligned tcache
        chunk": seen 2 in some 1,500 times with DuckLake 1.5.5, in `PhysicalBatchCollector::Sink`; with one thread never).
        """
        with self._tidying, self._connection.cursor() as cursor:
            cursor.execute("SET threads = 1")
            try:
                yield
            finally:
                cursor.execute("RESET threads")

    @contextmanager
    def _moving(self) -> Generator[int | None]:
        """The open lock file of an embedded lake; closing it lets go of the lock."""
        if self.address.folder is None:
            yield None
            return
        held = os.open(self.address.folder / "moving.lock", os.O_CREAT | os.O_RDWR)
        try:
            yield held
        finally:
            os.close(held)

    def _tidied(self, step: str) -> None:
        since = time.time() - 1
        with self._connection.cursor() as cursor:
            cursor.execute("USE lake")
            cursor.execute("BEGIN")
            try:
                cursor.execute(f"CALL {step}")
                _to_disk(Path(self.address.files), since)
                cursor.execute("COMMIT")
            except BaseException:
                _roll_back(cursor)
                raise

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _to_disk(folder: Path, since: float) -> None:
    """Have the system write new Parquet files to the disk before the catalogue forgets the rows they hold.

    DuckDB does not (seen with strace): a power cut just after a commit would leave a catalogue that names torn files.
    """
    for path in folder.rglob("*.parquet"):
        with suppress(FileNotFoundError):  # another process tidied it away
            if path.stat().st_mtime >= since:
                for place, flags in ((path, os.O_RDONLY), (path.parent, os.O_RDONLY | os.O_DIRECTORY)):
                    opened = os.open(place, flags)
                    try:
                        os.fsync(opened)
                    finally:
                        os.close(opened)


def _roll_back(cursor: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # the failed statement may have ended the transaction already
        cursor.execute("ROLLBACK")


@_patiently
def _attach(address: Address, snapshot: int | None = None) -> duckdb.DuckDBPyConnection:
    unknown = UsageError(f"the lake at {address.shown} has no snapshot {snapshot} (any more); show the newest")
    if snapshot is not None and not 0 < snapshot < 2**63:
        raise unknown
    connection = duckdb.connect()
    for name in ("ducklake", address.extension):
        try:
            duckdb_extensions.import_extension(name, con=connection)
        except Exception:  # no wheel for this machine: DuckDB's own download is the fallback
            connection.install_extension(name)
        connection.load_extension(name)
    extra = ", META_JOURNAL_MODE 'WAL'" if address.folder else ""
    if snapshot is not None:
        extra += f", SNAPSHOT_VERSION {snapshot:d}, READ_ONLY"
    target = f"ducklake:{address.catalogue}".replace("'", "''")
    files = address.files.replace("'", "''")
    try:
        connection.execute(
            f"ATTACH '{target}' AS lake (DATA_PATH '{files}', OVERRIDE_DATA_PATH true, "
            f"DATA_INLINING_ROW_LIMIT 1000{extra})"
        )
    except duckdb.Error as problem:
        connection.close()
        if _busy(problem):
            raise
        told = str(problem).strip().splitlines()[0]
        if "No snapshot found" in told:
            raise unknown from None
        raise PlumblineError(f"cannot open the lake at {address.shown}: {told}; check PLUMBLINE_LAKE") from None
    connection.execute("SET TimeZone = 'UTC'")
    return connection
