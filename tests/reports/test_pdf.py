"""Slides and reports printed by a real Chromium."""

from pathlib import Path

import pypdfium2
import pytest

from engine.problems import PlumblineError
from engine.reports import pdf, slides_html
from tests.reports import made_decks as made
from tests.reports.test_slides_html import deck


@pytest.fixture
def chromium() -> None:
    try:
        pdf.browser()
    except PlumblineError as problem:
        pytest.skip(str(problem))


@pytest.mark.usefixtures("chromium")
def test_every_slide_is_a_page_with_its_words_and_its_chart(tmp_path: Path) -> None:
    sheets = made.every_layout()
    pdf.write(slides_html.document(deck(*sheets)), tmp_path / "deck.pdf")
    printed = pypdfium2.PdfDocument(tmp_path / "deck.pdf")
    assert len(printed) == len(sheets)
    for page, sheet in zip(printed, sheets, strict=True):
        assert page.get_size() == pytest.approx((960, 540), abs=1)
        words = " ".join(page.get_textpage().get_text_bounded().split())
        assert sheet.title in words
        if sheet.layout == "figure":
            assert "the first" in words, "the chart's own words are on the page"
    assert [one.name for one in tmp_path.iterdir()] == ["deck.pdf"]


def test_without_a_browser_it_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlumblineError, match="install the package chromium, or write "):
        pdf.write("<p>x</p>", tmp_path / "deck.pdf")
    monkeypatch.setenv("PLUMBLINE_CHROMIUM", "/nowhere/browser")
    with pytest.raises(PlumblineError, match="/nowhere/browser"):
        pdf.write("<p>x</p>", tmp_path / "deck.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_browser_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho 'no display' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PLUMBLINE_CHROMIUM", str(broken))
    with pytest.raises(PlumblineError, match="could not print \\(no display\\)"):
        pdf.write("<p>x</p>", tmp_path / "deck.pdf")
    assert not (tmp_path / "deck.pdf").exists()
