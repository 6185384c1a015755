"""The presenter, as HTML and in a real browser opened from a file."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.problems import PlumblineError
from engine.reports.sheets import Presentation
from engine.reports.web import slides
from tests.reports.browsing import chromium, watched
from tests.reports.decks import HEBREW, LONG, NASTY, deck

browsing = pytest.mark.xdist_group("browser")
BEYOND = """() => [...document.querySelectorAll('.frame.now .slide')].flatMap((slide) => {
  const room = slide.getBoundingClientRect(), found = [];
  if (slide.scrollWidth > slide.clientWidth || slide.scrollHeight > slide.clientHeight) found.push('slide');
  for (const one of slide.querySelectorAll('header *, .body, .body > *, .exhibit > *, figcaption > *, footer, footer *')) {
    const box = one.getBoundingClientRect();
    if (box.width && (box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1 || box.bottom > room.bottom + 1))
      found.push(`${one.tagName}.${one.className}`);
  }
  const [body, foot] = ['.body', 'footer'].map((name) => slide.querySelector(name).getBoundingClientRect());
  if (body.height && body.bottom > foot.top + 1) found.push('body over footer');
  const parts = [...slide.querySelectorAll('header > h2, header > p, .body > *, .exhibit > *')].map((one) => one.getBoundingClientRect());
  parts.filter((one) => one.height && one.bottom > foot.top + 1).forEach(() => found.push('part over footer'));
  return found; })"""
CUT = """() => [...document.querySelectorAll('.frame.now .chart')].flatMap((chart) => {
  const room = chart.getBoundingClientRect();
  return [...chart.querySelectorAll('.ytick text, .xtick text, .angularaxistick text, .legendtext, .gtitle, .xtitle')]
    .filter((text) => { const box = text.getBoundingClientRect(); return box.left < room.left - 1 || box.right > room.right + 1; })
    .map((text) => text.textContent); })"""


def kept(folder: Path, presentation: Presentation) -> str:
    slides.write(presentation, folder / "deck.html")
    return (folder / "deck.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return kept(tmp_path_factory.mktemp("deck"), deck())


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[tuple[Page, list[str]]]:
    """One page that the tests of keys share: loading Plotly takes a second."""
    page, bad = watched(browser, viewport={"width": 1280, "height": 720}, color_scheme="light")
    page.goto(address)
    yield page, bad
    page.context.close()


def at(page: Page) -> int:
    return int(page.locator(".frame.now").get_attribute("data-n") or 0)


def go(page: Page, number: int) -> None:
    if page.locator("body.overview").count():
        page.keyboard.press("Escape")
    page.evaluate("number => { location.hash = number }", number)
    expect(page.locator(f".frame.now[data-n='{number}']")).to_be_visible()


def test_words_cannot_become_markup_or_code() -> None:
    made = slides.document(deck())
    own = re.findall(r"<script>", made)
    assert len(own) == 4, "Plotly and three scripts of ours, whatever the words say"
    assert NASTY not in made
    assert html.escape(NASTY, quote=False).partition("'")[0] in made
    data = re.findall(r'<script type="application/json" id="[\w-]+">(.*?)</script>', made, flags=re.DOTALL)
    assert len(data) == sum(1 for sheet in deck().sheets if "figure" in sheet.layout for one in sheet.shown if one.exhibit.figure)
    assert not any("<" in one for one in data)


def test_the_same_deck_gives_the_same_file_and_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    assert slides.document(deck()) == slides.document(deck())
    kept(tmp_path, deck())
    assert [one.name for one in tmp_path.iterdir()] == ["deck.html"]
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(PlumblineError, match="cannot write"):
        slides.write(deck(), tmp_path / "taken" / "deck.html")


def test_a_deck_without_slides_is_still_a_page() -> None:
    assert "<main" in slides.document(replace(deck(), sheets=()))


@pytest.mark.parametrize(("text", "size"), [("", 1), ("Short", 1), ("x" * 47, 2), ("字" * 47, 3), (LONG, 4)])
def test_long_words_are_set_smaller_and_wide_ones_count_twice(text: str, size: int) -> None:
    assert slides.size(text) == size


@browsing
def test_every_key_does_what_it_should(opened: tuple[Page, list[str]]) -> None:
    page, bad = opened
    last = len(deck().sheets)
    assert at(page) == 1
    for number, key in enumerate(("ArrowRight", "ArrowDown", "PageDown", "Space"), 2):
        page.keyboard.press(key)
        assert at(page) == number
    for number, key in ((4, "ArrowLeft"), (3, "ArrowUp"), (2, "PageUp"), (last, "End"), (1, "Home"), (1, "ArrowLeft")):
        page.keyboard.press(key)
        assert at(page) == number
    page.get_by_role("button", name="Next").click()
    page.keyboard.press("ArrowRight")
    assert at(page) == 3
    assert page.locator(".frame.now .page").inner_text() == f"3 / {last}"
    assert page.locator("#said").inner_text() == f"Slide 3 of {last}: Figure flips"
    page.keyboard.press("f")
    expect(page.locator(":fullscreen").first).to_be_attached()
    page.keyboard.press("f")
    expect(page.locator(":fullscreen")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("ArrowRight")
    assert at(page) == 3, "the keys belong to the dialog while it is open"
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert bad == []


@browsing
def test_notes_theme_and_overview(opened: tuple[Page, list[str]]) -> None:
    page, bad = opened
    go(page, 1)
    stage = page.locator(".frame.now").bounding_box()
    page.keyboard.press("n")
    expect(page.get_by_text("Welcome.")).to_be_visible()
    smaller = page.locator(".frame.now").bounding_box()
    assert stage
    assert smaller
    assert smaller["height"] < 0.75 * stage["height"]
    page.keyboard.press("n")
    expect(page.get_by_text("Welcome.")).to_be_hidden()
    go(page, 2)
    tick = page.locator(".frame.now .ytick text").first
    ink = "e => getComputedStyle(e).fill"
    assert tick.evaluate(ink) == "rgb(23, 33, 43)"
    page.keyboard.press("D")
    assert page.locator(".frame.now .ytick text").first.evaluate(ink) == "rgb(232, 237, 242)"
    page.keyboard.press("d")
    assert page.locator(".frame.now .ytick text").first.evaluate(ink) == "rgb(23, 33, 43)"
    page.keyboard.press("o")
    expect(page.get_by_role("button", name=re.compile("Go to slide"))).to_have_count(len(deck().sheets))
    expect(page.locator(".chart:not(.drawn)")).to_have_count(0)
    tops = page.evaluate("[...document.querySelectorAll('.frame')].map(one => one.offsetTop)")
    assert tops[0] == tops[1] < tops[-1], "several abreast"
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Go to slide 3: Figure flips")).to_be_focused()
    page.get_by_role("button", name="Go to slide 5: Figure radar").click()
    assert at(page) == 5
    expect(page.locator(".frame:visible")).to_have_count(1)
    assert bad == []


@browsing
def test_the_address_says_the_slide_and_the_back_button_works(browser: Browser, address: str) -> None:
    page, bad = watched(browser, viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.goto(f"{address}#4")
    assert at(page) == 4
    assert page.locator(".chart.drawn").count() == 1, "charts are drawn when their slide is first shown"
    assert page.locator(".frame.now .slide").evaluate("e => getComputedStyle(e).animationName") == "none"
    page.keyboard.press("ArrowRight")
    assert page.url.endswith("#5")
    page.go_back()
    expect(page.locator(".frame.now[data-n='4']")).to_be_visible()
    for start, end, number in ((400, 200, 5), (200, 400, 4)):  # a swipe
        page.evaluate("""([start, end]) => { for (const [kind, x] of [['touchstart', start], ['touchend', end]]) {
            const touch = new Touch({ identifier: 1, target: document.getElementById('room'), clientX: x, clientY: 300 });
            touch.target.dispatchEvent(new TouchEvent(kind, { bubbles: true, touches: kind === 'touchstart' ? [touch] : [],
                                                              changedTouches: [touch] })); } }""", [start, end])
        assert at(page) == number
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".chart:not(.drawn)").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator(".frame:visible")).to_have_count(1)
    assert at(page) == 4
    assert bad == []
    page.context.close()


@browsing
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (800, 600), (1280, 720)])
def test_nothing_leaves_its_slide_and_no_label_is_cut(opened: tuple[Page, list[str]], width: int, height: int) -> None:
    page, bad = opened
    page.set_viewport_size({"width": width, "height": height})
    for number, sheet in enumerate(deck().sheets, 1):
        go(page, number)
        assert page.evaluate(BEYOND) == [], f"{sheet.layout}, slide {number}"
        assert page.evaluate(CUT) == [], f"{sheet.layout}, slide {number}"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    point = page.locator(".frame.now .scatterlayer .point").nth(1).bounding_box()
    assert point
    page.mouse.move(point["x"] + point["width"] / 2 - 2, point["y"] + point["height"] / 2)
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    told = page.locator(".frame.now .hoverlayer .hovertext")
    expect(told.first).to_contain_text("trials")
    beside = told.first.bounding_box()
    assert beside
    assert abs(beside["y"] + beside["height"] / 2 - point["y"]) < 0.2 * height, "the words stand by their mark"
    page.mouse.move(1, 1)
    assert bad == []


@browsing
def test_nasty_words_are_shown_as_they_stand(opened: tuple[Page, list[str]]) -> None:
    page, bad = opened
    number = next(place for place, sheet in enumerate(deck().sheets, 1) if sheet.title == NASTY)
    go(page, number)
    page.locator(".frame.now summary").click()
    assert page.locator(".frame.now details td").count() > 5
    page.keyboard.press("Escape")
    expect(page.locator(".frame.now details[open]")).to_have_count(0)
    assert page.locator(".frame.now h2").text_content() == NASTY
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0
    go(page, number + 1)
    assert page.locator(".frame.now h2").get_attribute("title") == LONG
    assert LONG.strip() in (page.locator(f".note[data-n='{number + 1}']").text_content() or "")
    go(page, next(place for place, sheet in enumerate(deck().sheets, 1) if sheet.title == HEBREW))
    assert page.locator(".frame.now h2").evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert bad == []


@browsing
def test_words_are_large_enough_for_the_back_row(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    sizes = """() => [...document.querySelectorAll('.frame.now .slide *')].filter((one) =>
      !one.closest('.rows, svg') && [...one.childNodes].some((text) => text.nodeType === 3 && text.data.trim())).map((one) =>
      [parseFloat(getComputedStyle(one).fontSize), Boolean(one.closest('.small, .badges, summary, .unseen'))])"""
    for number in range(1, len(deck().sheets) + 1):
        go(page, number)
        found = page.evaluate(sizes)
        assert found
        assert all(size >= (14 if small else 24) for size, small in found), f"slide {number}"
    go(page, 2)
    assert page.locator(".frame.now .ytick text").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 18


@browsing
def test_everything_can_be_had_without_the_picture(opened: tuple[Page, list[str]]) -> None:
    page, _ = opened
    go(page, 2)
    slide = page.get_by_role("region", name=f"Slide 2 of {len(deck().sheets)}: Figure rows")
    expect(slide.get_by_role("img", name="The share of flips goes from 30 % to 40 %.")).to_be_visible()
    expect(slide.get_by_text("SIMULATED", exact=True).first).to_be_visible()
    slide.get_by_text("Numbers").click()
    expect(slide.get_by_role("table")).to_contain_text("30.0 %")
    slide.get_by_text("Numbers").click()


@browsing
def test_in_a_frame_it_listens_and_tells_the_window_around_it(browser: Browser, tmp_path: Path) -> None:
    made = html.escape(slides.document(deck(), theme="dark", at=3, embedded=True))
    around = tmp_path / "around.html"
    listening = "window.heard=[];addEventListener('message',e=>document.body.dataset.heard=heard.push(e.data))"
    around.write_text(f"<!doctype html><script>{listening}</script>"
                      f'<iframe allow="fullscreen \'none\'" style="width:1000px;height:600px" srcdoc="{made}"></iframe>', encoding="utf-8")
    page, bad = watched(browser, viewport={"width": 1100, "height": 700})
    page.goto(around.as_uri())
    inside = page.frame_locator("iframe")
    expect(inside.locator(".frame.now[data-n='3'] .chart.drawn")).to_be_visible()
    assert inside.locator("html").get_attribute("data-theme") == "dark"
    page.evaluate("document.querySelector('iframe').focus()")
    for key in ("ArrowRight", "f", "Space", "Escape"):
        page.keyboard.press(key)
    expect(inside.locator(".frame.now[data-n='5']")).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-heard", "4")
    heard = page.evaluate("heard")
    assert heard == [{"plumbline": "slide", "at": 3}, {"plumbline": "slide", "at": 4}, {"plumbline": "slide", "at": 5},
                     {"plumbline": "left"}]
    assert page.url == around.as_uri(), "the address of the window around it is not its own to change"
    assert bad == []
    page.context.close()
