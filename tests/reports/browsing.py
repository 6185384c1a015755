"""A page in a real browser, and what it did that it should not have."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from engine.reports.pdf import program

ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]
expect.set_options(timeout=15_000)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for one module: its event loop must be gone before other tests of this process start their own."""
    path = program()
    if not path:
        pytest.skip("no Chromium on this machine; install the package chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield found
        found.close()


def watched(browser: Browser, **options: Any) -> tuple[Page, list[str]]:
    """A new page and the list of its requests beyond the file, its errors and warnings."""
    page, bad = browser.new_context(**options).new_page(), list[str]()
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:", "blob:", "about:")) else bad.append(asked.url))
    page.on("pageerror", lambda problem: bad.append(str(problem)))
    page.on("console", lambda said: bad.append(said.text) if said.type in ("error", "warning") else None)
    return page, bad
