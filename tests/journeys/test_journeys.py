"""What a visitor does, in a real browser, without the internet."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.lake import Lake, turns

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("", "values", "dilemmas", "dilemmas?asked=triethix", "regions", "regions?country=KE&tiles=country", "compare",
         "bridges", "bridges?bridge=Across+benchmarks", "turns", "stories", "tradeoffs",
         "runs", "runs?show=Start&ask=simulated/steady&on=values",
         "runs?show=Try+one", "methods", "present", "present?report_on=simulated/steady")


def watched(browser: Browser, **options) -> tuple[Page, list[str]]:
    """A new page and the list of requests that went outside or failed.

    Streamlit looks for its own server under the page's address first; those few tries at `_stcore` may miss.
    """
    page = browser.new_context(**options).new_page()
    bad: list[str] = []
    page.on("request", lambda request: bad.append(request.url) if "//127.0.0.1" not in request.url and "://" in request.url else None)

    def answered(reply) -> None:
        if reply.status >= 400 and "_stcore" not in reply.url:
            bad.append(f"{reply.status} {reply.url}")

    page.on("response", answered)
    page.on("pageerror", lambda problem: bad.append(str(problem)))
    return page, bad


def settled(page: Page) -> None:
    expect(page.locator("h1").first).to_be_visible(timeout=30_000)
    expect(page.locator("[data-testid=stStatusWidget]")).to_have_count(0, timeout=30_000)
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", 800)])
def test_every_page_is_drawn_without_the_internet(browser: Browser, served: str, scheme: str, width: int) -> None:
    page, bad = watched(browser, color_scheme=scheme, viewport={"width": width, "height": 900})
    for name in PAGES:
        page.goto(f"{served}/{name}")
        settled(page)
        if name.startswith(("values", "dilemmas")) or not name:
            expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=20_000)
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{name} is wider than the window at {width} px"
    assert bad == []


def test_from_the_overview_to_a_conversation_and_back_by_its_link(browser: Browser, served: str) -> None:
    page, bad = watched(browser, viewport={"width": 1400, "height": 1000})
    page.goto(served)
    settled(page)
    page.get_by_role("link", name="More: Dilemmas").click()
    expect(page.get_by_role("heading", name="Which ethics does a model choose by, and does it hold?")).to_be_visible()
    expect(page.get_by_text("authority").first).to_be_visible()
    page.get_by_role("link", name="The conversations behind this").click()
    expect(page.get_by_role("heading", name="The conversations themselves")).to_be_visible()
    expect(page.get_by_text("turns match")).to_be_visible()
    assert "benchmark=dilemmas" in page.url
    table = page.locator("[data-testid=stDataFrame]").first
    expect(table.locator("canvas").first).to_be_visible()
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 20, box["y"] + 55)
    expect(page.locator("[data-testid=stChatMessage]").first).to_be_visible(timeout=15_000)
    address = page.locator("[data-testid=stCode]").last.inner_text().strip()
    page.goto(f"{served}{address}")
    expect(page.locator("[data-testid=stChatMessage]").first).to_be_visible(timeout=15_000)
    assert bad == []


def resting_place(page: Page, mark: Locator) -> tuple[float, float]:
    """The middle of a mark, once what is drawn above it has stopped moving it."""
    before = None
    for _ in range(60):
        box = mark.bounding_box()
        if box is not None and box == before:
            return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before = box
        page.wait_for_timeout(250)
    raise AssertionError("the mark never came to rest")


def test_a_mark_and_a_cell_of_the_overview_lead_to_the_models_page(browser: Browser, served: str) -> None:
    page, bad = watched(browser, viewport={"width": 1400, "height": 1100})
    page.goto(served)
    settled(page)
    expect(page.get_by_text("Not on this evidence")).to_be_visible()
    mark = page.locator(".js-plotly-plot").nth(0).locator(".scatterlayer .points path").first
    told = page.locator(".js-plotly-plot").nth(0).locator(".hovertext").first
    for _ in range(10):  # what is drawn meanwhile may move the mark away from under the pointer
        mark.scroll_into_view_if_needed()
        at = resting_place(page, mark)
        page.mouse.move(at[0] - 40, at[1] - 40)
        page.mouse.move(*at)
        page.wait_for_timeout(500)
        if told.is_visible():
            break
    expect(told).to_be_visible()
    page.mouse.click(*at)
    expect(page.get_by_role("heading", name="What goes with what?")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("heading", name="What does it decide?")).to_be_visible()
    page.goto(f"{served}?models=simulated/steady")
    settled(page)
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    expect(table.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(500)
    grid = table.bounding_box()
    assert grid is not None
    with page.context.expect_page(timeout=10_000) as opened:
        page.mouse.move(grid["x"] + 275, grid["y"] + 54)
        page.mouse.click(grid["x"] + 280, grid["y"] + 54)
    expect(opened.value.get_by_role("heading", name="What goes with what?")).to_be_visible(timeout=20_000)
    assert "models=simulated%2F" in opened.value.url
    assert bad == []


def test_a_click_on_a_tile_opens_the_countrys_situations_and_leads_to_a_conversation(browser: Browser, served: str) -> None:
    page, bad = watched(browser, viewport={"width": 1400, "height": 1000})
    page.goto(f"{served}/regions")
    settled(page)
    page.locator(".js-plotly-plot .textpoint text", has_text=re.compile("^KE$")).first.scroll_into_view_if_needed()
    for code, name in (("KE", "Kenya"), ("JP", "Japan")):
        box = page.locator(".js-plotly-plot .textpoint text", has_text=re.compile(f"^{code}$")).first.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.get_by_text(re.compile(f"{name}, .* 4 situations")).first).to_be_visible(timeout=30_000)
        expect(page).to_have_url(re.compile(f"country={code}"))
    link = page.get_by_role("link", name="The conversations", exact=True).first
    expect(link).to_have_attribute("href", re.compile("item=jp-"), timeout=30_000)
    link.click()
    expect(page.get_by_role("heading", name="The conversations themselves")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile("item=jp-"))
    assert bad == []


def test_filters_travel_in_the_address(browser: Browser, served: str) -> None:
    page, _ = watched(browser, viewport={"width": 1400, "height": 1000})
    page.goto(f"{served}/values")
    settled(page)
    page.get_by_role("radio", name="Dots").click()
    page.get_by_role("radio", name="19 values").click()
    expect(page.get_by_text("Universalism: tolerance").first).to_be_visible(timeout=15_000)
    expect(page).to_have_url(re.compile(r"view=Dots"))
    expect(page).to_have_url(re.compile(r"detail=19"))
    other, _ = watched(browser, viewport={"width": 1400, "height": 1000})
    other.goto(page.url)
    settled(other)
    expect(other.get_by_text("Universalism: tolerance").first).to_be_visible(timeout=15_000)


def test_real_models_stand_beside_the_published_table(browser: Browser, served: str) -> None:
    page, _ = watched(browser, viewport={"width": 1400, "height": 1000})
    page.goto(f"{served}/dilemmas?asked=triethix&models=gpt-5-nano")
    settled(page)
    expect(page.get_by_text("gpt-5-nano").first).to_be_visible()
    expect(page.get_by_text("imported logs").first).to_be_visible()
    expect(page.get_by_text("published", exact=True).first).to_be_visible()
    expect(page.get_by_text("71%").first).to_be_visible()


def test_a_run_and_the_dashboard_work_side_by_side(browser: Browser, served: str, lake: Path) -> None:
    """While another process plays a run into the same lake, every reload shows the page; then the new results are there."""
    command = [sys.executable, "-m", "engine", "run", "--model", "simulated/pliable", "--benchmark", "dilemmas", "--json"]
    ended: list[subprocess.CompletedProcess[str]] = []
    environment = {**os.environ, "PLUMBLINE_LAKE": str(lake)}
    run = threading.Thread(
        target=lambda: ended.append(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True))
    )
    page, bad = watched(browser, viewport={"width": 1400, "height": 1000})
    run.start()
    reloads = 0
    while run.is_alive():
        page.goto(f"{served}/turns?search=letter")
        settled(page)
        page.goto(served)
        settled(page)
        reloads += 1
    run.join()
    assert ended[0].returncode == 0, ended[0].stderr
    assert reloads >= 1
    assert bad == []
    with Lake.open(str(lake)) as opened:
        assert turns.count(opened, model="simulated/pliable", benchmark="dilemmas") > 1000
    page.goto(served)
    settled(page)
    expect(page.get_by_text("pliable").first).to_be_visible(timeout=15_000)
