"""Lakes that take long to fill, filled once for all workers of a test session; each takes a copy it may write into."""

import fcntl
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine.commands.app import FIRST_LOOKS
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, references
from engine.models.gateway import DirectGateway

BOTH = ["simulated/steady", "simulated/random"]


def fill(folder: Path) -> None:
    """Every benchmark on two simulated models, and the published figures."""
    with Lake.open(str(folder)) as lake:
        references.load(lake)
        for names, conditions, epochs in FIRST_LOOKS:
            conditions = ["order=first"] if names == ("tradeoffs",) else conditions  # half of it, for time's sake
            play(lake, Request(BOTH, names, conditions, epochs), gateway=DirectGateway())


def copied(name: str, make: Callable[[Path], None], folders: pytest.TempPathFactory) -> Path:
    """A copy of the lake called `name`, which the first worker that asks for it makes while others wait for it."""
    root = folders.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # the session's, of all workers
    made, copy = root / name, folders.mktemp(name) / "lake"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            unfinished = root / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            with ThreadPoolExecutor(1) as other:  # a browser's event loop may be running in this thread
                other.submit(make, unfinished).result()
            unfinished.rename(made)
    shutil.copytree(made, copy)
    return copy
