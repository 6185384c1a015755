"""HTML printed to PDF by a Chromium that is on the machine."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from engine.problems import PlumblineError
from engine.reports.whole_file import write_whole

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
SETTING = "PLUMBLINE_CHROMIUM"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--no-pdf-header-footer", "--virtual-time-budget=10000",
)
TIME_LIMIT = 180.0
"""Seconds that printing may take; 20 slides take some 5."""


def program() -> str | None:
    """The Chromium that prints: the one that `PLUMBLINE_CHROMIUM` names, else the first that is found; `None` where there is none.

    Raises `PlumblineError` where `PLUMBLINE_CHROMIUM` names no program.
    """
    named = os.environ.get(SETTING)
    if named:
        if found := shutil.which(named):
            return found
        raise PlumblineError(f"{SETTING} is {named}, which is no program; set it to a Chromium or leave it out")
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def write(html: str | Path, path: Path, *, time_limit: float = TIME_LIMIT) -> None:
    """Print a deck or a report (its HTML, or a file of it) to a PDF at `path`.

    The address ends in `#print`: such a page draws all its charts while it is loaded, before it can be printed. Raises `PlumblineError`
    without a Chromium, after `time_limit` seconds, or where nothing came of it; there is then no file.
    """
    chromium = program()
    if chromium is None:
        raise PlumblineError("a PDF needs Chromium: install the package chromium, or open the HTML and print it")
    if isinstance(html, Path) and not html.is_file():
        raise PlumblineError(f"there is no file {html}; write the HTML first")
    with tempfile.TemporaryDirectory(prefix="plumbline-pdf-", ignore_cleanup_errors=True) as folder:
        page, printed = Path(folder) / "page.html", Path(folder) / "page.pdf"
        if isinstance(html, str):
            page.write_bytes(html.encode())
        else:
            page = html.resolve()
        _print(chromium, f"{page.as_uri()}#print", printed, Path(folder) / "profile", time_limit)
        content = printed.read_bytes() if printed.is_file() else b""
    if not content.startswith(b"%PDF") or b"%%EOF" not in content[-1024:]:
        raise PlumblineError(f"{chromium} printed no PDF; open the HTML and print it")
    write_whole(path, content)


def _print(chromium: str, address: str, printed: Path, profile: Path, time_limit: float) -> None:
    command = [chromium, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={printed}", address]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    ) as process:
        try:
            process.wait(time_limit)
        except subprocess.TimeoutExpired:
            _end(process)
            late = f"{chromium} did not print within {time_limit:.0f} seconds"
            raise PlumblineError(f"{late}; try again, or open the HTML and print it") from None
        except BaseException:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """End Chromium with the processes it started: its own group, where the system has groups."""
    try:
        os.killpg(process.pid, 9)
    except (AttributeError, ProcessLookupError, PermissionError):
        process.kill()
