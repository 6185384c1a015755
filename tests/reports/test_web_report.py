"""The report, as HTML and in a real browser opened from a file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, expect

from engine.metrics import METHODS
from engine.reports.report import Chapter, Method, Report
from engine.reports.web import report as web
from engine.reports.web.formulas import as_html
from tests.reports.browsing import chromium, watched
from tests.reports.decks import HEBREW, LONG, MADE, NASTY, exhibits, shown

browsing = pytest.mark.xdist_group("browser")


def report() -> Report:
    of = {name: shown(one) for name, one in exhibits().items()}
    data = pl.DataFrame({"benchmark": ["dilemmas", "values"], "version": ["1.2", "1.0"], "turns": [12345, 678], "models": [NASTY, LONG]})
    return Report(
        "Held to a moral position?", HEBREW, MADE, f"Plumbline (2026). {NASTY}", ("It flips.", NASTY),
        (Chapter("Under pressure", "Does it flip?", ("A paragraph. " * 30, NASTY), (of["flips"], of["rows"], of["many"]), (LONG,)),
         Chapter(LONG, HEBREW, (), tuple(of[name] for name in ("weights", "radar", "dots", "flow", "tiles", "table", "none", "nasty")))),
        (Method("flip_rate", "Flip rate", METHODS["flip_rate"]), Method("alpha", "Alpha", METHODS["alpha"]), Method("x", NASTY, NASTY)),
        data,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    web.write(report(), path)
    return path.as_uri()


@pytest.mark.parametrize(("text", "holds", "lacks"), [
    ("a **b** | c", "<strong>b</strong>", "<b>"), ("<script>hurt()</script>", "&lt;script&gt;", "<script"),
    ("# big", "<h4>big</h4>", "<h1"), ("![x](https://example.org/x.png)", "!", "<img"), ("[x](javascript:hurt())", "[x]", "href"),
    ("$\\frac{a}{b}$", "<mfrac>", "$"), ("costs $5 or $6", "$5 or $6", "<math"), ("$\\text{<script>}\\frac{$", "&lt;script", "<script"),
])
def test_markdown_of_methods(text: str, holds: str, lacks: str) -> None:
    made = as_html(text)
    assert holds in made
    assert lacks not in made


def test_every_formula_of_the_methods_can_be_set() -> None:
    for name, text in METHODS.items():
        assert "$" not in as_html(text), name


def test_a_report_of_nothing_is_still_a_page() -> None:
    made = web.document(replace(report(), chapters=(), methods=(), data=pl.DataFrame(), summary=()))
    assert "No data are named." in made
    assert "How this is measured" not in made


@browsing
@pytest.mark.parametrize(("width", "scheme"), [(1400, "dark"), (400, "light")])
def test_it_is_read_at_any_width_without_a_request(browser: Browser, address: str, width: int, scheme: str) -> None:
    page, bad = watched(browser, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(address)
    assert page.locator(".chart:not(.drawn)").count() > 3, "charts are drawn when they come near"
    for chart in page.locator(".chart").all():
        chart.scroll_into_view_if_needed()
        expect(chart.locator(".main-svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.evaluate("window.hurt") is None
    assert page.locator("img").count() == 0
    page.get_by_role("navigation").get_by_role("link", name="Under pressure").click()
    assert page.url.endswith("#chapter-1")
    page.get_by_role("figure").get_by_role("link", name="flip rate").first.click()
    assert page.url.endswith("#method-flip_rate")
    expect(page.locator("#method-flip_rate")).to_be_in_viewport()
    expect(page.get_by_text("SIMULATED", exact=True).first).to_be_attached()
    page.get_by_text("Numbers", exact=True).first.click()
    expect(page.get_by_role("table", name="Flip rate").first).to_contain_text("30.0 %")
    letters = page.locator("#chapter-1 > p").nth(1).evaluate("""p => { const one = document.createElement('span');
        one.textContent = '0'.repeat(70); one.style.cssText = 'position:absolute;white-space:nowrap'; p.append(one);
        const wide = one.getBoundingClientRect().width; one.remove(); return p.getBoundingClientRect().width / wide; }""")
    assert letters <= 1.01, "a line has at most some 70 letters"
    before = page.locator("html").get_attribute("data-theme")
    assert before == scheme
    page.get_by_role("button", name="Light or dark").click()
    assert page.locator("html").get_attribute("data-theme") != before
    assert bad == []
    page.context.close()


@browsing
def test_before_printing_everything_is_drawn_and_fits_the_paper(browser: Browser, address: str) -> None:
    page, bad = watched(browser, viewport={"width": 1200, "height": 900}, color_scheme="dark")
    page.goto(address)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".chart:not(.drawn)").count() == 0
    assert page.locator("html").get_attribute("data-theme") == "light"
    sizes = page.evaluate("[...document.querySelectorAll('.chart')].map(one => one.getBoundingClientRect().height)")
    assert max(sizes) <= 641
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    expect(page.locator(".chart.drawn").first).to_be_attached()
    assert bad == []
    page.context.close()


def test_the_file_is_written_whole(tmp_path: Path) -> None:
    web.write(report(), tmp_path / "new" / "report.html")
    assert (tmp_path / "new" / "report.html").read_text(encoding="utf-8") == web.document(report())
