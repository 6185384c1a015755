"""Nothing that was answered gets lost: not with the process, not with a cut journal, not with a full disk or a busy lake."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from engine.commands.app import main
from engine.lake import Lake, intake, runs, turns
from engine.lake.connection import LakeUnusable
from engine.lake.intake import Intake
from engine.problems import UsageError
from engine.runs import keeper
from tests.lake.test_lake import turn
from tests.processes import Command, Forked, command, engine, environment, until
from tests.servers.faulty import Server, serve

SHORT = ["run", "--model", "simulated/steady", "--benchmark", "values", "--condition", "form=alone", "--epochs", "1", "--json"]
PLANNED = 57 * 2


@pytest.fixture
def lake(lake_folder: Path) -> Iterator[Lake]:
    with Lake.open() as opened:
        yield opened


def answered(epoch: int):
    return turn(epoch=epoch, run="r", reply="A\nB 雪")


def taken_in(folder: str, kept: int, waiting: int, end: str) -> None:
    """Take turns in, keep the first of them, and end without a word."""
    with Lake.open(folder) as lake:
        store = Intake(lake, "r")
        for epoch in range(kept):
            store.add(answered(epoch))
        batch = store.take()
        turns.append_rows(lake, batch.turns)  # the lake has them; the process ends before their journal is thrown away
        for epoch in range(kept, kept + waiting):
            store.add(answered(epoch))
        if end == "wait":
            signal.pause()
        os.kill(os.getpid(), signal.SIGKILL) if end == "kill" else os._exit(1)


@pytest.mark.parametrize("end", ["kill", "exit"])
def test_what_is_in_the_journal_outlives_the_process_and_is_taken_once(lake: Lake, lake_folder: Path, end: str) -> None:
    assert Forked(taken_in, str(lake_folder), 3, 4, end).wait() in (-signal.SIGKILL, 1)
    assert turns.count(lake) == 3
    assert intake.recover(lake, "r") == 4
    assert intake.recover(lake, "r") == 0
    assert sorted(turns.page(lake)["epoch"]) == list(range(7))
    assert set(turns.page(lake)["reply"]) == {"A\nB 雪"}


def test_holding_a_run_brings_in_what_was_left(lake: Lake, lake_folder: Path) -> None:
    Forked(taken_in, str(lake_folder), 0, 5, "kill").wait()
    store = Intake(lake, "r")
    assert turns.count(lake) == 5
    store.close()
    assert not intake.folder(lake, "r").exists()


@pytest.mark.parametrize("cut", [2, 40, 10_000_000])
def test_a_line_cut_by_the_kill_is_dropped_and_the_others_are_kept(lake: Lake, lake_folder: Path, cut: int) -> None:
    Forked(taken_in, str(lake_folder), 0, 3, "kill").wait()
    (journal,) = [path for path in intake.folder(lake, "r").glob("*.jsonl") if path.stat().st_size]
    whole = journal.read_bytes()
    last = len(whole.rstrip(b"\n").split(b"\n")[-1])
    journal.write_bytes(whole[: -min(cut, last)])
    assert intake.recover(lake, "r") == 2
    assert sorted(turns.page(lake)["epoch"]) == [0, 1]


def test_a_run_that_another_process_holds_is_refused(lake: Lake, lake_folder: Path) -> None:
    other = Forked(taken_in, str(lake_folder), 0, 1, "wait")
    until(lambda: intake.held(lake, "r"), "the other process")
    with pytest.raises(UsageError, match="being played by another process"):
        Intake(lake, "r")
    assert other.pid
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    assert not intake.held(lake, "r")
    Intake(lake, "r").close()


def test_a_batch_kept_by_halves_is_kept_whole_and_once_at_the_next_try(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "CHUNK", 2)
    store, real, tries = Intake(lake, "r"), turns.append_rows, []

    def failing(lake: Lake, rows) -> None:
        tries.append(len(rows))
        if len(tries) == 2:
            raise OSError(errno.ENOSPC, "full")
        real(lake, rows)

    monkeypatch.setattr(turns, "append_rows", failing)
    for epoch in range(5):
        store.add(answered(epoch))
    batch = store.take()
    with pytest.raises(OSError, match="full"):
        store.keep(batch)
    store.put_back(batch)
    store.add(answered(5))
    store.keep(store.take())
    assert sorted(turns.page(lake)["epoch"]) == list(range(6))
    store.close()


def test_a_line_cut_by_a_full_disk_does_not_spoil_the_next(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    store, real = Intake(lake, "r"), os.write
    monkeypatch.setattr(os, "write", lambda file, line: real(file, line[:50]))
    with pytest.raises(OSError, match="space"):
        store.add(answered(1))
    monkeypatch.undo()
    store.add(answered(2))
    (journal,) = intake.folder(lake, "r").glob("*.jsonl")
    assert [row["epoch"] for row in intake._lines(journal)] == [2]  # pyright: ignore[reportPrivateUsage]
    store.keep(store.take())
    assert sorted(turns.page(lake)["epoch"]) == [1, 2]
    store.close()


def counts(lake_folder: Path) -> tuple[int, int]:
    """Turns and different trials in the lake."""
    with Lake.open(str(lake_folder)) as lake:
        (found,) = lake.read("SELECT count(*), count(DISTINCT trial) FROM turns").rows()
    return found


def test_a_full_disk_ends_the_run_with_one_line_and_a_resume_completes_it(lake_folder: Path, monkeypatch, capsys) -> None:
    """Full from the start for the journal, and for the lake once the run is under way."""
    real, written = Lake.write, []

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write(self, work):
        written.append(work)
        return real(self, work) if len(written) < 6 else full()

    with monkeypatch.context() as patched:
        patched.setattr(keeper, "PATIENCE", 1)
        patched.setattr(Lake, "write", write)
        patched.setattr(os, "write", lambda file, line: full())
        assert main(SHORT) == 1
    said = capsys.readouterr()
    with Lake.open() as lake:
        run = runs.newest_id(lake)
    (line,) = said.err.splitlines()
    assert line == f"plumbline: the run cannot go on: [Errno 28] No space left on device; mend that, then `python -m engine resume {run}`"
    assert counts(lake_folder)[0] < PLANNED
    assert main(["resume", str(run), "--json"]) == 0
    assert counts(lake_folder) == (PLANNED, PLANNED)


def impatient(*told) -> None:
    keeper.PATIENCE = 2
    engine(*told)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    where = tmp_path / "small"
    where.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "plumbline", str(where)], capture_output=True, text=True) \
        if shutil.which("mount") and os.geteuid() == 0 else None
    if mounted is None or mounted.returncode:
        pytest.skip("a small disk can only be made by root; the same is tested with a disk that is said to be full")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", str(where)], check=True)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(0.05) as running:
        yield running


def fill(disk: Path) -> Path:
    ballast = os.open(disk / "ballast", os.O_CREAT | os.O_WRONLY)
    for size in (65_536, 4096, 1):
        try:
            while True:
                os.write(ballast, b"x" * size)
        except OSError:
            pass
    os.close(ballast)
    return disk / "ballast"


ASKED = ["run", "--model", "openai/ok", "--benchmark", "values", "--condition", "form=alone", "--epochs", "3", "--at-once", "8", "--json"]


def test_on_a_disk_that_is_really_full_only_what_was_in_flight_is_asked_again(small_disk: Path, server: Server, tmp_path: Path) -> None:
    server.reset()
    env = environment(small_disk / "lake", server.url)
    said = tmp_path / "said"
    one = Command(Forked(impatient, ASKED, env, str(said)), said)
    run = one.started()["run"]
    until(lambda: server.seen()["calls"] > 40 or one.ended, "some replies")
    ballast = fill(small_disk)
    assert one.process.wait() == 1
    last = one.said().splitlines()[-1]
    assert last.startswith("plumbline: the run cannot go on: ")
    assert last.endswith(f"its disk is full; mend that, then `python -m engine resume {run}`")
    assert "Traceback" not in one.said()
    ballast.unlink()
    with command(["resume", run, "--json"], env, tmp_path / "again") as other:
        assert other.finished()["state"] == "complete"
    assert counts(small_disk / "lake") == (3 * PLANNED, 3 * PLANNED)
    assert server.seen()["calls"] - 3 * PLANNED <= 8


def test_a_disk_that_is_full_for_a_moment_holds_the_run_and_nothing_is_asked_again(
    small_disk: Path, server: Server, tmp_path: Path
) -> None:
    server.reset()
    with command(ASKED, environment(small_disk / "lake", server.url), tmp_path / "said") as one:
        one.started()
        until(lambda: server.seen()["calls"] > 40 or one.ended, "some replies")
        ballast = fill(small_disk)
        held = until(still(server), "the run to be held")
        ballast.unlink()
        assert one.finished()["state"] == "complete"
    assert held < 3 * PLANNED
    assert server.seen()["calls"] == 3 * PLANNED
    assert counts(small_disk / "lake") == (3 * PLANNED, 3 * PLANNED)


def still(server: Server):
    """Whether no question has come for a second."""
    latest = (0, time.monotonic())

    def look() -> int:
        nonlocal latest
        calls, now = server.seen()["calls"], time.monotonic()
        latest = latest if calls == latest[0] else (calls, now)
        return calls if now - latest[1] > 1 else 0

    return look


def test_a_lake_that_another_writer_holds_for_two_seconds_gets_every_turn(lake: Lake, lake_folder: Path, capsys) -> None:
    stop, held = threading.Event(), []

    def hold() -> None:
        while not stop.is_set() and not held:
            with sqlite3.connect(lake_folder / "catalogue.sqlite", isolation_level=None, timeout=30) as other:
                if other.execute("SELECT count(*) FROM ducklake_snapshot").fetchone()[0] < 4:
                    time.sleep(0.01)
                    continue
                other.execute("BEGIN IMMEDIATE")
                time.sleep(2)
                other.execute("ROLLBACK")
                held.append(True)

    holding = threading.Thread(target=hold)
    holding.start()
    assert main(SHORT) == 0
    stop.set()
    holding.join()
    assert held
    assert counts(lake_folder) == (PLANNED, PLANNED)


def test_a_lake_that_stays_busy_is_said_to_be(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_):
        raise duckdb.Error("Failed to commit: database is locked")

    monkeypatch.setattr(Lake._write.retry, "stop", lambda state: True)  # pyright: ignore
    with pytest.raises(LakeUnusable, match="cannot be used: Failed to commit: database is locked"):
        lake.write(locked)
