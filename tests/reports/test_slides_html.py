"""A deck as one HTML file, in a real browser without the internet."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser, Page

from engine.problems import PlumblineError
from engine.reports import slides_html
from engine.reports.sheets import Presentation, Sheet, Shown
from tests.journeys.conftest import browser  # noqa: F401
from tests.reports import made_decks as made

INERT = "</script><script>window.bad = 1</script><img src=x onerror='window.bad = 1'> **bold** {{ 7 * 7 }}"
OUTSIDE = """
(() => {
  const stage = document.querySelector(".frame.now .slide"), box = stage.getBoundingClientRect(), wrong = [];
  const parts = ["header", ".body", "footer"].map((name) => stage.querySelector(":scope > " + name)).filter(Boolean);
  const seen = parts.map((part) => part.getBoundingClientRect()).filter((part) => part.height > 0);
  const within = (part) => part.left >= box.left - 1 && part.right <= box.right + 1 && part.top >= box.top - 1
    && part.bottom <= box.bottom + 1;
  for (const part of seen) if (!within(part)) wrong.push("outside");
  for (let at = 1; at < seen.length; at += 1) if (seen[at].top < seen[at - 1].bottom - 1) wrong.push("over another");
  if (stage.scrollWidth > stage.clientWidth + 1) wrong.push("wider than the stage");
  const room = document.documentElement;
  if (room.scrollWidth > room.clientWidth + 1 || room.scrollHeight > room.clientHeight + 1) wrong.push("wider than the window");
  return wrong;
})()
"""


def drawn(sheet: Sheet) -> Sheet:
    """The same sheet with figures that Plotly can draw."""
    def figure(one: Shown) -> Shown:
        if one.exhibit.chart is None:
            return one
        bars = go.Figure(go.Bar(y=["the first", "the second, whose name is much longer than it should be"], x=[0.2, 0.7], orientation="h"))
        return replace(one, exhibit=replace(one.exhibit, figure=bars.update_layout(height=300, title_text=None)))

    return replace(sheet, shown=tuple(figure(one) for one in sheet.shown))


def deck(*sheets: Sheet) -> Presentation:
    return made.deck(*(drawn(sheet) for sheet in sheets))


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Any]:  # noqa: F811
    """Opens a deck from a file; nothing but that file may be asked for, and nothing may go wrong in it."""
    pages: list[Page] = []
    bad: list[str] = []

    def open_deck(presentation: Presentation, width: int = 1280, height: int = 720, after: str = "", **how: Any) -> Page:
        path = tmp_path / "deck.html"
        path.write_text(slides_html.document(presentation, **how), encoding="utf-8")
        page = browser.new_context(viewport={"width": width, "height": height}, offline=True).new_page()
        pages.append(page)
        page.on("request", lambda asked: bad.append(asked.url) if not asked.url.startswith(("file:", "data:", "blob:")) else None)
        page.on("pageerror", lambda problem: bad.append(str(problem)))
        page.on("console", lambda told: bad.append(told.text) if told.type == "error" else None)
        page.goto(f"{path.as_uri()}{after}")
        return page

    yield open_deck
    for page in pages:
        page.context.close()
    assert bad == []


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (800, 600)])
def test_every_slide_stands_on_its_stage(opened: Any, width: int, height: int) -> None:
    sheets = [*made.every_layout(), *made.nasty()]
    page = opened(deck(*sheets), width, height)
    for number in range(1, len(sheets) + 1):
        assert page.locator(".page").nth(number - 1).text_content() == f"{number} / {len(sheets)}"
        assert page.evaluate(OUTSIDE) == [], f"slide {number}: {sheets[number - 1].title[:60]}"
        page.keyboard.press("ArrowRight")


def at(page: Page) -> str:
    return str(page.evaluate("location.hash"))


def test_keys_lead_through_the_deck(opened: Any) -> None:
    page = opened(deck(*(replace(sheet, notes=f"note {number}") for number, sheet in enumerate(made.every_layout(), 1))))
    last = len(made.every_layout())
    for key, place in (("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("End", last), ("ArrowRight", last), ("Home", 1)):
        page.keyboard.press(key)
        assert at(page) == f"#{place}", key
    assert not page.locator("#notes").is_visible()
    page.keyboard.press("n")
    assert page.get_by_text("note 1", exact=True).is_visible()
    assert page.evaluate(OUTSIDE) == [], "the slide makes room for the notes"
    page.keyboard.press("n")
    before = page.evaluate("getComputedStyle(document.querySelector('.frame.now .slide')).backgroundColor")
    page.keyboard.press("d")
    assert page.evaluate("getComputedStyle(document.querySelector('.frame.now .slide')).backgroundColor") != before
    page.keyboard.press("o")
    assert page.locator(".frame:visible").count() == last
    page.get_by_role("button", name="Go to slide 3").click()
    assert at(page) == "#3"
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    page.go_back()
    assert at(page) != "#3", "the browser's own way back works"


def test_a_link_opens_at_its_slide_and_the_room_is_told(opened: Any) -> None:
    assert at(opened(deck(*made.every_layout()), after="#4")) == "#4"
    page = opened(deck(*made.every_layout()), at=5, embedded=True)
    assert page.locator(".frame.now").get_attribute("data-n") == "5"


def test_charts_answer_the_mouse_and_are_not_alone(opened: Any) -> None:
    page = opened(deck(*made.every_layout()), after="#3")
    bar = page.locator(".frame.now .bars path").first
    bar.wait_for()
    bar.hover(force=True)
    page.locator(".frame.now .hovertext").first.wait_for(timeout=5_000)
    assert page.locator(".frame.now [role=img]").get_attribute("aria-label") == "One answer in five flips."
    page.locator(".frame.now summary").click()
    assert page.locator(".frame.now table").is_visible()
    assert page.locator(".frame.now .badge").inner_text() == "SIMULATED"


def test_words_are_words_whatever_they_look_like(opened: Any) -> None:
    sheet = replace(made.sheet("text", INERT, takeaway=INERT, lines=(INERT,), footer=INERT), notes=INERT)
    page = opened(deck(sheet, made.sheet("figure", "x", made.exhibit(made.bars(), title=INERT, sentence=INERT, caption=INERT))))
    page.keyboard.press("n")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("window.bad") is None
    page.keyboard.press("ArrowLeft")
    assert page.locator(".frame.now .words").inner_text() == INERT
    assert page.locator("#notes .note:visible .said").inner_text() == INERT


def test_right_to_left_words_begin_at_the_right(opened: Any) -> None:
    page = opened(deck(made.sheet("text", made.HEBREW, takeaway="", lines=(made.HEBREW,))))
    assert page.evaluate("getComputedStyle(document.querySelector('.frame.now .title')).direction") == "rtl"


def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deck.html"
    slides_html.write(deck(*made.every_layout()), path)
    assert path.read_text().startswith("<!doctype html>")
    assert [one.name for one in tmp_path.iterdir()] == ["deck.html"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(PlumblineError, match="cannot write"):
        slides_html.write(deck(*made.every_layout()), tmp_path / "file" / "deck.html")
