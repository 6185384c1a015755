import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from engine.commands.importing import import_from
from engine.lake import Lake
from tests.shared import copied, fill

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=30_000)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module: its event loop must be gone before other tests of this process start their own."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium on this machine; install the package chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(autouse=True)
def closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """The pages of a test do not stay open: they would go on asking the dashboard while the next test is at it."""
    yield
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            context.close()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, triethix_logs: Path) -> Path:
    """The lake that the tests of the pages use, with the logs of one model: all 54 files take half a minute."""
    folder = copied("filled", fill, tmp_path_factory)
    logs = tmp_path_factory.mktemp("logs")
    for file in triethix_logs.glob("gpt5nano*.jsonl"):
        (logs / file.name).symlink_to(file)
    with Lake.open(str(folder)) as opened:
        import_from(opened, "triethix", logs)
    return folder


@pytest.fixture(scope="module")
def served(lake: Path) -> Iterator[str]:
    with serving(lake) as address:
        yield address


@contextmanager
def serving(lake: Path, **settings: str) -> Iterator[str]:
    """The dashboard on a lake, at the address it yields; `settings` go into its environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PLUMBLINE_LAKE": str(lake), **settings},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)
