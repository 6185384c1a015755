"""What someone who starts runs does, in a real browser, with models behind a real server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.lake import Lake, runs
from tests.journeys.conftest import serving
from tests.journeys.test_journeys import settled, watched
from tests.servers.faulty import Server, serve

ROOT = Path(__file__).resolve().parents[2]
FORM = "runs?show=Start&ask=openai/ok@slow&on=values&only=form:+alone&epochs=4"


@pytest.fixture(scope="module")
def provider() -> Iterator[Server]:
    with serve(0.6) as server:
        yield server


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs") / "lake"


@pytest.fixture(scope="module")
def served(place: Path, provider: Server) -> Iterator[str]:
    with serving(place, OPENAI_BASE_URL=provider.url, OPENAI_API_KEY="any") as address:
        yield address


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def test_a_run_is_started_watched_stopped_gone_on_with_and_outlives_the_page(browser: Browser, served: str, place: Path) -> None:
    page, bad = watched(browser, viewport={"width": 1400, "height": 1200})
    page.goto(f"{served}/{FORM}")
    settled(page)
    expect(page.get_by_text("price unknown")).to_be_visible()
    button(page, "Start the run").click()
    expect(page.get_by_text("▶ running")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Latest turns")).to_be_visible(timeout=60_000)
    assert "run=" in page.url
    button(page, "Stop the run").click()
    expect(page.get_by_text("■ stopped")).to_be_visible(timeout=60_000)
    button(page, "Go on").click()
    expect(page.get_by_text("▶ running")).to_be_visible(timeout=60_000)
    address = page.url
    page.close()  # the run has a process of its own
    again, more = watched(browser, viewport={"width": 800, "height": 900}, color_scheme="dark")
    again.goto(address)
    expect(again.get_by_text("✓ complete")).to_be_visible(timeout=120_000)
    expect(again.get_by_text("456 of 456").first).to_be_visible()
    assert again.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    with Lake.open(str(place)) as lake:
        assert lake.read("SELECT count(*), count(DISTINCT trial) FROM turns").row(0) == (456, 456)
    assert bad == more == []


def test_a_run_is_repeated_with_changes_and_deleted_with_a_second_question(browser: Browser, served: str, place: Path) -> None:
    played = ["run", "--model", "simulated/steady", "--benchmark", "values", "--condition", "form=alone", "--epochs", "1"]
    subprocess.run([sys.executable, "-m", "engine", *played], cwd=ROOT, check=True, capture_output=True,
                   env={**os.environ, "PLUMBLINE_LAKE": str(place)})
    with Lake.open(str(place)) as lake:
        run = runs.newest_id(lake)
    page, bad = watched(browser, viewport={"width": 1400, "height": 1200})
    page.goto(f"{served}/runs?run={run}")
    settled(page)
    page.get_by_role("link", name="Repeat with changes").click()
    expect(page.get_by_text("in the lake already")).to_be_visible(timeout=30_000)
    page.get_by_role("spinbutton", name="Epochs").fill("2")
    page.keyboard.press("Enter")
    expect(button(page, "Start the run")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("--epochs 2")).to_be_visible()
    page.goto(f"{served}/runs?run={run}")
    settled(page)
    button(page, "Delete").click()
    expect(page.get_by_text("This cannot be undone")).to_be_visible()
    button(page, "Yes, delete it").click()
    expect(page.get_by_text(re.compile("Choose a row|No runs yet"))).to_be_visible()
    with Lake.open(str(place)) as lake:
        assert run not in runs.listed(lake)["id"].to_list()
    assert bad == []


def test_one_item_is_tried_with_two_models_side_by_side(browser: Browser, served: str) -> None:
    page, bad = watched(browser, viewport={"width": 1400, "height": 1200})
    page.goto(f"{served}/runs?show=Try+one&with=values&item=hedonism_1&ask=simulated/steady&ask=openai/thinks")
    settled(page)
    button(page, "Ask").click()
    expect(page.get_by_text("read as rating").nth(1)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Hidden thinking")).to_be_visible()
    assert bad == []
