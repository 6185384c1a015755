"""Grading by keyboard in a real browser: quick, and nothing lost when the page is left."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.lake import Lake, graded
from tests.journeys.conftest import serving
from tests.journeys.test_journeys import watched
from tests.pages.test_criteria import made

QUICK = """
(key) => new Promise((done) => {
  const find = (node) => { for (const each of node.querySelectorAll("*")) { if (each.classList.contains("reply")) return each;
    if (each.shadowRoot) { const found = find(each.shadowRoot); if (found) return found; } } };
  const shown = find(document), before = shown.textContent, begun = performance.now();
  window.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const look = () => shown.textContent !== before ? done(performance.now() - begun)
    : performance.now() - begun > 5000 ? done(5000) : requestAnimationFrame(look);
  look();
})
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("grading") / "lake"
    with Lake.open(str(folder)) as lake:
        return folder, made(lake, 9)[0]


def reply(page: Page) -> str:
    return page.get_by_role("region", name="The reply").inner_text()


def test_three_outputs_are_graded_by_keyboard_and_nothing_is_lost(browser: Browser, begun: tuple[Path, str]) -> None:
    folder, rubric = begun
    with serving(folder) as served:
        page, bad = watched(browser, viewport={"width": 1400, "height": 900})
        page.goto(f"{served}/criteria?rubric={rubric}&step=Grades&grader=Ana")
        expect(page.get_by_text("0 of 18 verdicts given")).to_be_visible()
        seen = [reply(page)]
        page.keyboard.press("m")
        page.keyboard.type("short")
        page.keyboard.press("Enter")
        for _ in range(3):
            page.keyboard.press("f")
            assert page.evaluate(QUICK, "p") < 200, "the next output waits in the browser"
            seen.append(reply(page))
        assert len(set(seen)) == 4
        page.keyboard.press("u")
        page.keyboard.press("u")
        assert reply(page) == seen[2]
        page.keyboard.press("2")
        page.keyboard.press("n")
        expect(page.get_by_text("5 of 18 verdicts given")).to_be_visible()
        expect(page.get_by_text("all kept")).to_be_visible()
        page.reload()
        expect(page.get_by_text("5 of 18 verdicts given")).to_be_visible()
        assert reply(page) == seen[2]
        page.get_by_role("button", name="Pass: Apologises").click()
        expect(page.get_by_text("6 of 18 verdicts given")).to_be_visible()
        assert reply(page) == seen[3], "it goes on where it was"
        page.keyboard.press("p")
        again = page.context.new_page()
        page.close()  # in the middle of it
        again.goto(f"{served}/criteria?rubric={rubric}&step=Grades&grader=Ana")
        expect(again.get_by_text("7 of 18 verdicts given")).to_be_visible()
        assert bad == []
    with Lake.open(str(folder)) as lake:
        kept = graded.all_of(lake, rubric)
    given = ["fail", "pass", "fail", "pass", "fail", "pass", "withdrawn", "withdrawn", "na", "pass", "pass"]
    assert kept["verdict"].to_list() == given, "each once, however often it was sent"
    assert kept["note"].to_list()[0] == "short"
