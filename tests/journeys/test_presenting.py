"""From a figure on a page to a room of people, in a real browser."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_journeys import settled, watched


def pinned(page: Page, served: str, deck: str) -> None:
    """Pin the first figure of Dilemmas into a new deck, and go there."""
    page.goto(f"{served}/dilemmas")
    settled(page)
    page.get_by_role("button", name="Pin", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Kept with its filters")).to_be_visible()
    if not dialog.get_by_label("Name of the new deck").is_visible():
        dialog.get_by_label("Into the deck").click()
        page.get_by_role("option", name="a new deck").click()
    name = dialog.get_by_label("Name of the new deck")
    name.fill(deck)
    name.press("Tab")
    dialog.get_by_role("button", name="Pin").click()
    dialog.get_by_role("link", name="Open the deck").click()
    expect(page.get_by_role("heading", name=deck, exact=True)).to_be_visible()
    settled(page)


def test_a_pinned_figure_is_shown_full_screen_and_led_by_keys(browser: Browser, served: str) -> None:
    page, bad = watched(browser, viewport={"width": 1400, "height": 900})
    pinned(page, served, "For the room")
    notes = page.get_by_role("textbox", name="Speaker notes")
    notes.fill("Wait for the laughter.")
    page.get_by_role("button", name="Save").last.click()
    page.wait_for_timeout(1_000)
    settled(page)
    page.get_by_role("button", name="Show full screen").click()
    frame = page.frame_locator("iframe[title='The deck, full screen']")
    expect(frame.get_by_text("For the room").first).to_be_visible()
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("slide=2"))
    expect(frame.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    page.keyboard.press("n")
    expect(frame.get_by_text("Wait for the laughter.").last).to_be_visible()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(r"slide=[3-9]"))
    link = page.url
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/deck"))
    settled(page)
    other, _ = watched(browser, viewport={"width": 800, "height": 600})
    other.goto(link)
    expect(other.frame_locator("iframe[title='The deck, full screen']").get_by_text("Method and limits").first).to_be_visible()
    assert bad == []


def test_a_deck_is_taken_along_as_one_file(browser: Browser, served: str, tmp_path: Path) -> None:
    page, bad = watched(browser, viewport={"width": 1400, "height": 900})
    pinned(page, served, "To take along")
    page.get_by_role("button", name="Export").click()
    page.get_by_role("button", name="One HTML file").click()
    with page.expect_download() as loaded:
        page.get_by_role("button", name="Save to-take-along.html").click()
    path = tmp_path / "deck.html"
    loaded.value.save_as(path)
    asked: list[str] = []
    alone = browser.new_context(offline=True).new_page()
    alone.on("request", lambda request: asked.append(request.url))
    alone.goto(f"{path.as_uri()}#2")
    expect(alone.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert bad == []
