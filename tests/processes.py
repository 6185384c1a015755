"""Commands in processes of their own, for tests that watch, interrupt or kill them."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from tests.servers.faulty import ROOT

PATIENCE_S = 180
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.warm"])


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for a condition, however slow the machine is; returns what it returned."""
    latest = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        if time.monotonic() > latest:
            raise TimeoutError(f"waited {PATIENCE_S} s for {what}")
        time.sleep(0.01)
    return found


def environment(lake: Path, url: str, key: str = "any", **more: str) -> dict[str, str]:
    """What a command needs to play into `lake` and to ask the server at `url`."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    return {**mine, "PLUMBLINE_LAKE": str(lake), "OPENAI_BASE_URL": url, "OPENAI_API_KEY": key, **more}


class Handle(Protocol):
    """A process."""

    @property
    def pid(self) -> int | None: ...

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; `None` while it runs."""
        ...

    def wait(self) -> int:
        """Its exit status, at its end."""
        ...


class Command:
    """A `python -m engine`, in a process group of its own, with what it has said."""

    def __init__(self, process: Handle, said: Path) -> None:
        self.process, self._said, self.began = process, said, time.monotonic()

    @property
    def ended(self) -> bool:
        return self.process.status is not None

    def said(self) -> str:
        return self._said.read_text(encoding="utf-8", errors="replace") if self._said.exists() else ""

    def event(self, kind: str) -> dict[str, Any] | None:
        """The first whole event of a kind, if it has been said."""
        told = [json.loads(line) for line in self.said().split("\n")[:-1] if line.startswith("{")]
        return next((event for event in told if event["event"] == kind), None)

    def started(self) -> dict[str, Any]:
        """Its first event, waited for."""
        found = until(lambda: self.event("started") or self.ended, "the run to start")
        assert isinstance(found, dict), f"it ended with {self.process.status}: {self.said()[-2000:]}"
        return found

    def finished(self) -> dict[str, Any]:
        """Its last event, once it has ended."""
        self.process.wait()
        found = self.event("finished")
        assert found, f"it ended with {self.process.status}: {self.said()[-2000:]}"
        return found

    def interrupt(self) -> None:
        """What Ctrl-C does."""
        assert self.process.pid
        os.kill(self.process.pid, signal.SIGINT)

    def kill(self) -> bool:
        """SIGKILL to the whole group; false where the process had ended by itself."""
        if not self.ended and self.process.pid:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:  # forked a moment ago: not yet a group of its own
                os.kill(self.process.pid, signal.SIGKILL)
        return self.process.wait() == -signal.SIGKILL


class _Spawned:
    def __init__(self, arguments: Sequence[str], env: Mapping[str, str], said: Path) -> None:
        with said.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "engine", *arguments], cwd=ROOT, env=dict(env), stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def wait(self) -> int:
        return self._process.wait()


class Forked:
    """A process that begins with everything imported, which saves the seconds that importing LiteLLM takes."""

    def __init__(self, work: Callable[..., Any], *arguments: Any) -> None:
        self._process = FORKS.Process(target=work, args=arguments)
        self._process.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def status(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int:
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode


def engine(arguments: Sequence[str], env: Mapping[str, str], said: str) -> None:
    """What `python -m engine` does, in a forked process."""
    os.setsid()
    out = os.open(said, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    from engine.commands.app import main

    sys.exit(main(list(arguments)))


@contextmanager
def command(arguments: Sequence[str], env: Mapping[str, str], said: Path, *, fresh: bool = False) -> Iterator[Command]:
    """A command that does not outlive the block; `fresh` starts a new Python, as a user does."""
    one = Command(_Spawned(arguments, env, said) if fresh else Forked(engine, list(arguments), dict(env), str(said)), said)
    try:
        yield one
    finally:
        one.kill()
