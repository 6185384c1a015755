"""Printing with a real Chromium, and what is said where it cannot be."""

import time
from pathlib import Path

import pypdfium2
import pytest

from engine.problems import PlumblineError
from engine.reports import pdf
from engine.reports.web import report as web_report
from engine.reports.web import slides
from tests.reports.decks import deck
from tests.reports.test_web_report import report

chromium = pytest.mark.skipif(not pdf.program(), reason="no Chromium on this machine; install the package chromium")
pytestmark = pytest.mark.xdist_group("browser")


def pages(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


@chromium
def test_a_deck_has_a_page_for_each_slide_with_its_chart(tmp_path: Path) -> None:
    pdf.write(slides.document(deck(), theme="dark", at=4), tmp_path / "deck.pdf")
    found = pages(tmp_path / "deck.pdf")
    assert len(found) == len(deck().sheets)
    for number, (sheet, text) in enumerate(zip(deck().sheets, found, strict=True), 1):
        if sheet.title.isascii():  # words from right to left come out of a PDF in the order they stand
            assert f"{number} / {len(found)}" in text
            assert sheet.title.split()[0][:20] in text
    assert "flips that pressure adds to asking again" in found[1], "the title of the chart's axis"
    assert "more rows in the data file" in found[14]
    assert not any("Welcome." in text for text in found), "notes are for the speaker"
    with pypdfium2.PdfDocument(tmp_path / "deck.pdf") as document:
        assert document[0].get_size() == pytest.approx((960, 540))
        assert document[1].render().to_numpy()[2, 2].tolist() == [255, 255, 255], "printed light"
    assert [one.name for one in tmp_path.iterdir()] == ["deck.pdf"]


@chromium
def test_a_report_is_printed_on_a4_from_its_file(tmp_path: Path) -> None:
    web_report.write(report(), tmp_path / "a report#1.html")
    pdf.write(tmp_path / "a report#1.html", tmp_path / "report.pdf")
    found = pages(tmp_path / "report.pdf")
    assert 8 <= len(found) <= 20
    whole = "\n".join(found)
    assert "flips that pressure adds to asking again" in whole
    assert "How this is measured" in whole
    with pypdfium2.PdfDocument(tmp_path / "report.pdf") as document:
        assert document[0].get_size() == pytest.approx((595, 842), abs=1)


@pytest.mark.parametrize("name", ["", "no-such-browser"])
def test_without_chromium_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(pdf.SETTING, name)
    remedy = "is no program" if name else "install the package chromium, or open the HTML and print it"
    with pytest.raises(PlumblineError, match=remedy):
        pdf.write("<p>x", tmp_path / "x.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("script", "said"), [
    ("exit 3", "printed no PDF"), ("sleep 30", "did not print within 1 seconds"),
    ('for a; do case "$a" in --print-to-pdf=*) echo %PDF-half > "${a#*=}";; esac; done', "printed no PDF"),
])
def test_a_browser_that_fails_hangs_or_stops_half_way_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str,
) -> None:
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv(pdf.SETTING, str(program))
    begun = time.monotonic()
    with pytest.raises(PlumblineError, match=said):
        pdf.write("<p>x", tmp_path / "x.pdf", time_limit=1)
    assert time.monotonic() - begun < 10
    assert [one.name for one in tmp_path.iterdir()] == ["browser"]


def test_a_missing_page_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pdf.SETTING, "sh")
    with pytest.raises(PlumblineError, match="there is no file"):
        pdf.write(tmp_path / "none.html", tmp_path / "x.pdf")
