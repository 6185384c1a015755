"""The same lake on a real PostgreSQL, started by the test where the machine has one."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.commands.app import main
from engine.lake import Lake, estimates, graded, turns
from engine.rubrics import carrying
from tests.lake.test_criteria import both_edit
from tests.lake.test_graded import both_grade
from tests.lake.test_snapshots import pins_survive
from tests.lake.test_versions import both_write, one_in_the_middle_of_the_other
from tests.rubrics.test_carrying import made, without_ids

USER = "postgres"


def as_user(*command: str) -> list[str]:
    """PostgreSQL refuses to run as root; then it runs as `nobody`."""
    return ["runuser", "-u", "nobody", "--", *command] if os.geteuid() == 0 else list(command)


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not shutil.which("initdb") or not shutil.which("pg_ctl") or (os.geteuid() == 0 and not shutil.which("runuser")):
        pytest.skip("no PostgreSQL on this machine (initdb and pg_ctl on the PATH)")
    home = Path("/tmp") / f"plumbline-postgres-{os.getpid()}"
    home.mkdir()
    if os.geteuid() == 0:
        shutil.chown(home, "nobody")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = home / "data"
    try:
        made = subprocess.run(as_user("initdb", "-D", str(data), "-U", USER, "-A", "trust"), cwd="/tmp", capture_output=True, text=True)
        if made.returncode:
            pytest.skip(f"initdb does not run here: {made.stderr.strip()[-200:]}")
        options = f"-p {port} -h 127.0.0.1 -k {home}"
        subprocess.run(as_user("pg_ctl", "-D", str(data), "-o", options, "-l", str(home / "log"), "-w", "start"), cwd="/tmp", check=True,
                       capture_output=True)
        yield f"postgres:dbname=postgres host=127.0.0.1 port={port} user={USER}"
    finally:
        subprocess.run(as_user("pg_ctl", "-D", str(data), "-m", "immediate", "stop"), cwd="/tmp", capture_output=True)
        shutil.rmtree(home, ignore_errors=True)


def test_a_run_into_postgres(server: str, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", server)
    monkeypatch.setenv("PLUMBLINE_LAKE_FILES", str(tmp_path / "files"))
    command = ["run", "--model", "simulated/steady", "--benchmark", "values", "--condition", "form=alone", "--epochs", "1", "--json"]
    assert main(command) == 0
    assert main(command) == 0
    assert '"played_before": 114' in capsys.readouterr().out.splitlines()[-1]
    with Lake.open() as lake:
        assert turns.count(lake) == 114
        assert estimates.newest(lake)["model"].unique().to_list() == ["simulated/steady"]


def test_pins_and_versions_on_postgres(server: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE_FILES", str(tmp_path / "files"))
    pins_survive(server)
    both_write(server)
    one_in_the_middle_of_the_other(server, monkeypatch)


def test_rubrics_on_postgres(server: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", server)
    monkeypatch.setenv("PLUMBLINE_LAKE_FILES", str(tmp_path / "files"))
    both_edit(server)
    both_grade(server)
    with Lake.open() as lake:
        rubric = made(lake)
        told = carrying.document(lake, rubric)
        back = carrying.bring(lake, carrying.read(carrying.as_yaml(told), "a.yaml"), "me")
        assert without_ids(carrying.document(lake, back)) == without_ids(told)
        assert graded.undo(lake, rubric, "Ana")["verdict"].to_list() == ["withdrawn"]
