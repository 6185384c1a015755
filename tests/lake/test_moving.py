"""Reads and writes beside processes that move rows into files."""

import subprocess
import sys
from pathlib import Path

from engine.lake import Lake

ROOT = Path(__file__).resolve().parents[2]
MOVER = """
import sys
from engine.lake import Lake
with Lake.open(sys.argv[1]) as lake:
    for turn in range(24):
        lake.write(lambda cursor: cursor.execute("UPDATE runs SET planned = planned + 1 WHERE id = 'x'"))
        if turn % 2:
            lake.tidy()
"""


def test_rows_that_are_on_their_way_into_a_file_are_never_missed(lake_folder: Path) -> None:
    with Lake.open(str(lake_folder)) as lake:
        lake.write(lambda cursor: cursor.execute("INSERT INTO runs (id, planned) VALUES ('x', 0)"))
        movers = [subprocess.Popen([sys.executable, "-c", MOVER, str(lake_folder)], cwd=ROOT) for _ in range(2)]
        seen: set[int] = set()
        while any(mover.poll() is None for mover in movers):
            seen.add(lake.read("SELECT * FROM runs WHERE starts_with(id, 'x')").height)
        assert [mover.returncode for mover in movers] == [0, 0]
        assert seen == {1}
        assert lake.read("SELECT planned FROM runs")["planned"].to_list() == [48], "an update missed its row and nobody noticed"
