"""HTML printed by a Chromium of this machine: every slide, or every sheet of paper, is a page."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from engine.problems import PlumblineError
from engine.reports.whole_file import write_whole

SETTING = "PLUMBLINE_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--no-pdf-header-footer", "--virtual-time-budget=60000",
)
PATIENT_S = 180
DRAW_ALL = "#print"
"""An address that ends so has the page draw every chart at once."""


def browser() -> str:
    """The browser to print with. Raises `PlumblineError` saying how to get one."""
    wanted = os.environ.get(SETTING, "")
    found = next((path for name in ([wanted] if wanted else NAMES) if (path := shutil.which(name))), None)
    if found is None:
        lacking = f"'{wanted}' ({SETTING}) is no program" if wanted else "no Chromium is installed"
        raise PlumblineError(f"cannot make a PDF, {lacking}: install the package chromium, or write .html and print it from a browser")
    return found


def write(html: str, path: Path) -> None:
    """Print HTML that needs no network to a PDF. Raises `PlumblineError`; nothing is left half-written."""
    program = browser()
    with tempfile.TemporaryDirectory(prefix="plumbline-print-") as folder:
        page, printed = Path(folder) / "page.html", Path(folder) / "printed.pdf"
        page.write_text(html, encoding="utf-8")
        command = [program, *FLAGS, f"--user-data-dir={folder}/profile", f"--print-to-pdf={printed}", f"{page.as_uri()}{DRAW_ALL}"]
        try:
            told = subprocess.run(command, capture_output=True, timeout=PATIENT_S, check=False)
        except subprocess.TimeoutExpired:
            raise PlumblineError(f"{program} took longer than {PATIENT_S} s to print; write .html and print it from a browser") from None
        if not printed.exists():
            last = (told.stderr.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
            raise PlumblineError(f"{program} could not print ({last[:200]}); write .html and print it from a browser")
        write_whole(path, printed.read_bytes())
