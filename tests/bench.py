"""`make bench`: the figures the issues ask for, measured on this machine. Not a test: nothing fails here.

Prints one line a figure, and ratios where two things are measured side by side.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = "http://127.0.0.1:8599"
ROOT = Path(__file__).resolve().parents[1]


def timed(command: list[str], lake: str) -> float:
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "PLUMBLINE_LAKE": lake})
    return time.monotonic() - began


@contextmanager
def browsed(lake: str) -> "Iterator[Browser]":
    """A browser, while a fresh dashboard of this lake stands at `HERE`."""
    from playwright.sync_api import sync_playwright

    from tests.journeys.conftest import ARGUMENTS

    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", HERE.rpartition(":")[2]], cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PLUMBLINE_LAKE": lake},
    )
    time.sleep(5)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
            yield browser
            browser.close()
    finally:
        server.terminate()
        server.wait(10)


def switched(page: "Page", steps: Sequence[tuple[str, str]]) -> str:
    """How long it takes from a click on a choice until the words that it brings are there: median of these steps, each five times."""
    taken = []
    for label, sign in list(steps) * 5:
        began = time.monotonic()
        page.get_by_role("radio", name=label, exact=True).click()
        page.get_by_text(sign).first.wait_for()
        taken.append(time.monotonic() - began)
    return f"median {sorted(taken)[len(taken) // 2] * 1000:.0f} ms of {len(taken)}"


def pages(lake: str) -> None:
    """First render of the overview, and a warm change of a filter, in a browser."""
    with browsed(lake) as browser:
        for name in ("first visitor of a fresh server", "next visitor", "the same visitor again"):
            if not name.startswith("the same"):
                context = browser.new_context(viewport={"width": 1400, "height": 900})
            page = context.new_page()
            began = time.monotonic()
            page.goto(HERE)
            page.locator(".js-plotly-plot .main-svg").first.wait_for()
            print(f"overview, {name}: {time.monotonic() - began:.2f} s from goto to the first figure")
        page.goto(f"{HERE}/values")
        page.locator(".js-plotly-plot .main-svg").first.wait_for()
        print(f"values, warm filter change: {switched(page, (('19 values', 'Power: resources'), ('4 groups', 'Self-transcendence')))}")


def main() -> None:
    """Measure and print."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        lake = str(Path(folder) / "lake")
        first = timed([python, "-m", "engine", "prepare"], lake)
        again = timed([python, "-m", "engine", "prepare"], lake)
        print(f"prepare: {first:.1f} s, again {again:.1f} s (ratio {first / again:.0f})")
        for command in (["estimates", "--json"], ["runs", "--json"], ["models"]):
            print(f"python -m engine {' '.join(command)}: {timed([python, '-m', 'engine', *command], lake):.2f} s")
        pages(lake)


if __name__ == "__main__":
    main()
