"""Decks as PowerPoint: all numbers, titles, notes and words for the blind are in the file, and it looks right in a real office program."""

import io
import os
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pptx
import pypdfium2
import pytest
from lxml import etree

from engine.figures.exhibit import Chart
from engine.problems import PlumblineError
from engine.reports.powerpoint.axes import axis, value_axis
from engine.reports.powerpoint.measure import POINTS, fitted, shortened, width, wrapped
from engine.reports.powerpoint.slides import write
from engine.reports.sheets import Sheet
from tests.reports import made_decks as made

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
M = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def written(folder: Path, *sheets: Sheet) -> Any:
    path = folder / "deck.pptx"
    write(made.deck(*sheets), path)
    return pptx.Presentation(str(path))


def charts(slide: Any) -> list[Any]:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def column(ref: Any) -> tuple[float | None, ...]:
    """A chart's numbers as they are cached in its XML."""
    cache = ref.find(f"{C}numRef/{C}numCache")
    there = {int(point.get("idx")): float(point.findtext(f"{C}v")) for point in cache.findall(f"{C}pt")}
    return tuple(there.get(at) for at in range(int(cache.find(f"{C}ptCount").get("val"))))


def cells(blob: bytes) -> dict[str, tuple[str, str]]:
    """Formula and value of every cell of an embedded workbook."""
    with zipfile.ZipFile(io.BytesIO(blob)) as book:
        words = ["".join(one.itertext()) for one in etree.fromstring(book.read("xl/sharedStrings.xml")).findall(f"{M}si")]
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return {
        cell.get("r"): (cell.findtext(f"{M}f", ""), words[int(cell.findtext(f"{M}v"))] if cell.get("t") == "s" else cell.findtext(f"{M}v"))
        for cell in sheet.iter(f"{M}c")
    }


def in_sheet(chart: Any, ref: Any) -> tuple[float | None, ...]:
    """The same numbers from the workbook, at the address that the chart names."""
    first, last = re.fullmatch(r"Sheet1!\$([A-Z]+)\$2:\$\1\$(\d+)", ref.findtext(f"{C}numRef/{C}f")).groups()
    book = cells(chart.part.chart_workbook.xlsx_part.blob)
    return tuple(float(book[f"{first}{row}"][1]) if f"{first}{row}" in book else None for row in range(2, int(last) + 1))


def same_everywhere(drawn: Any, chart: Chart) -> None:
    found = drawn._chartSpace.findall(f".//{C}ser")
    assert len(found) >= len(chart.series)
    for one, element in zip(chart.series, found, strict=False):
        values = element.find(f"{C}yVal" if chart.kind == "scatter" else f"{C}val")
        assert column(values) == in_sheet(drawn, values) == one.values
        if chart.kind == "scatter":
            assert column(element.find(f"{C}xVal")) == in_sheet(drawn, element.find(f"{C}xVal")) == one.across
        if chart.kind == "radar":
            continue
        for end, above in (("plus", True), ("minus", False)):
            ref = element.find(f"{C}errBars/{C}{end}")
            told = [None if v is None else (h - v if above else v - low) for v, low, h in zip(one.values, one.lows, one.highs, strict=True)]
            assert column(ref) == in_sheet(drawn, ref) == tuple(told)
    book = cells(drawn.part.chart_workbook.xlsx_part.blob)
    numbers = {float(value) for _, value in book.values() if re.fullmatch(r"-?[\d.]+(e-?\d+)?", value)}
    assert {end for one in chart.series for end in (*one.lows, *one.highs) if end is not None} <= numbers


@pytest.mark.parametrize("kind", ["bars", "radar", "lines", "scatter"])
def test_a_chart_and_its_workbook_hold_the_exhibits_numbers_bit_for_bit(kind: str, tmp_path: Path) -> None:
    chart: Chart = getattr(made, kind)()
    slide = written(tmp_path, made.sheet("figure", "One", made.exhibit(chart))).slides[0]
    (drawn,) = charts(slide)
    same_everywhere(drawn, chart)
    assert not [shape for shape in slide.shapes if shape.shape_type == 13], "a picture"
    assert drawn.has_legend == (len(chart.series) > 1)
    if kind == "bars":
        assert list(drawn.plots[0].categories) == list(chart.categories)
        gap = drawn._chartSpace.findall(f".//{C}ser")[1].find(f"{C}val")
        assert column(gap)[2] is None
        book = cells(drawn.part.chart_workbook.xlsx_part.blob)
        assert [formula for formula, _ in book.values() if formula], "edited data would keep the old intervals"
        assert "pressure 2" in " ".join(shape.text_frame.text for shape in slide.placeholders if "Not measured" in shape.text_frame.text)


def test_a_marked_value_is_a_dashed_line_with_each_kind_of_chart(tmp_path: Path) -> None:
    marked = [made.bars(1, mark=0.45), made.lines(mark=0.45), made.radar(2, mark=0.45), made.scatter(mark=0.45)]
    deck = written(tmp_path, *(made.sheet("figure", chart.kind, made.exhibit(chart)) for chart in marked))
    for slide, chart in zip(deck.slides, marked, strict=True):
        (drawn,) = charts(slide)
        if chart.kind == "bars":
            place = drawn.part.part_related_by("http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartUserShapes").blob.decode()
            inner = {key: float(drawn._chartSpace.find(f".//{C}plotArea/{C}layout//{C}{key}").get("val")) for key in "xw"}
            across = [float(x) for x in re.findall(r"<cdr:x>(.*?)</cdr:x>", place)]
            assert across == pytest.approx([inner["x"] + inner["w"] * value_axis(chart).share(0.45)] * 2, abs=1e-4)
            assert 'prstDash val="dash"' in place
        else:
            last = drawn._chartSpace.findall(f".//{C}ser")[-1]
            assert set(column(last.find(f"{C}yVal" if chart.kind == "scatter" else f"{C}val"))) == {0.45}


def test_titles_notes_and_words_for_those_who_do_not_see(tmp_path: Path) -> None:
    deck = written(tmp_path, *made.every_layout())
    sheets = made.every_layout()
    assert (deck.slide_width, deck.slide_height) == (12191695, 6858000)
    assert deck.core_properties.title == "What models value"
    assert deck.core_properties.author == "Plumbline"
    assert deck.core_properties.created.replace(tzinfo=made.MADE.tzinfo) == made.MADE
    for slide, sheet in zip(deck.slides, sheets, strict=True):
        assert slide.shapes.title.text_frame.text == sheet.title
        assert slide.slide_layout.name == sheet.layout
        assert sheet.takeaway in {shape.text_frame.text for shape in slide.placeholders}
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape.element.xpath(".//p:cNvPr")[0].get("descr") == "One answer in five flips."
        for shape in slide.placeholders:
            assert shape.placeholder_format.idx == 13 or shape.text_frame.text.strip(), "an empty placeholder"
        if sheet.shown:
            notes = slide.notes_slide.notes_text_frame.text
            assert all(word in notes for word in ("One answer in five flips.", made.CAPTION, "Snapshot 412"))
    assert "Simulated respondents only." in deck.slides[2].notes_slide.notes_text_frame.text
    said = [" ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame) for slide in deck.slides]
    assert all("SIMULATED" in said[at] for at in (2, 3, 5, 6, 7, 8))
    assert "Simulated respondents only." in said[2]
    assert "SIMULATED" not in said[4]


def test_long_and_odd_words_stay_whole_in_the_notes_and_legible_on_the_slide(tmp_path: Path) -> None:
    deck = written(tmp_path, *made.nasty())
    title = deck.slides[2].shapes.title.text_frame.text
    assert title.endswith("…")
    assert f"1 {made.LONG}"[:480] in deck.slides[2].notes_slide.notes_text_frame.text
    rtl = deck.slides[3].shapes.title.text_frame.paragraphs[0]._p.pPr
    assert (rtl.get("rtl"), rtl.get("algn")) == ("1", "r")
    assert deck.slides[3].shapes.title.text_frame.text == f"{made.HEBREW} <i>&amp;"
    names = list(charts(deck.slides[2])[0].plots[0].categories)
    assert names[0] == made.NASTY[0]
    assert names[1].startswith("two lines and control characters")
    assert names[1].endswith(" (not measured)")
    assert cells(charts(deck.slides[2])[0].part.chart_workbook.xlsx_part.blob)["A4"] == ("", "=1+1")
    small = " ".join(shape.text_frame.text for shape in deck.slides[3].placeholders)
    assert "Not measured: two lines and control characters" in small, "a scatter has no axis to say it at"
    assert deck.slides[-1].shapes.title.text_frame.text == "Method", "a slide without a title has a name all the same"
    assert any("start a run" in shape.text_frame.text for shape in deck.slides[6].shapes if shape.has_text_frame)
    with zipfile.ZipFile(tmp_path / "deck.pptx") as package:
        assert package.testzip() is None
        for name in package.namelist():
            if re.match(r"ppt/(slides|charts)/[^/]+\.xml", name):
                sizes = [int(size) for size in re.findall(rb'\bsz="(\d+)"', package.read(name))]
                assert all(size >= 1200 for size in sizes), name


def test_what_is_too_long_goes_on_over_further_slides_and_the_rest_is_said(tmp_path: Path) -> None:
    many = made.bars(1, 60)
    rows_of = made.sheet("table", "Rows", made.exhibit(None, made.table(300)))
    deck = written(tmp_path, rows_of, made.sheet("figure", "Bars", made.exhibit(many)))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[:4] == [f"Rows ({at} of 4)" for at in range(1, 5)]
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    rows = [row.cells[0].text for table in tables for row in list(table.rows)[1:]]
    assert rows == [f"provider/model-{at}" for at in range(len(rows))]
    said = " ".join(shape.text_frame.text for shape in deck.slides[3].shapes if shape.has_text_frame)
    assert f"… {300 - len(rows)} more rows: in the data file." in said
    parts = [chart for slide in list(deck.slides)[4:] for chart in charts(slide)]
    assert sum((column(chart._chartSpace.find(f".//{C}val")) for chart in parts), ()) == many.series[0].values
    assert len({(chart.value_axis.minimum_scale, chart.value_axis.maximum_scale) for chart in parts}) == 1


def test_nothing_is_half_written(tmp_path: Path) -> None:
    with pytest.raises(PlumblineError, match="cannot be written") as problem:
        write(made.deck(), tmp_path / "absent" / "deck.pptx")
    assert "\n" not in str(problem.value)
    (tmp_path / "taken.pptx").mkdir()
    with pytest.raises(PlumblineError):
        write(made.deck(), tmp_path / "taken.pptx")
    assert os.listdir(tmp_path) == ["taken.pptx"]  # noqa: PTH208


def test_axes_hold_their_values_and_end_roundly() -> None:
    for values in ([0.0, 0.43], [-2.3, 1.7], [1234.0, 1300.0], [0.5], [0.0], [1e-9, 2e-9], [-0.4, -0.4]):
        found = axis(values)
        assert found.low <= min(values) <= max(values) <= found.high
        assert found.low < found.high
        assert 1 <= (found.high - found.low) / found.step <= 8.001
    shares = value_axis(made.bars())
    assert (shares.low, shares.high) == (0.0, 1.0)
    assert shares.form == "0\\ %"


@pytest.mark.parametrize("text", [made.LONG, "x" * 400, "模型" * 200, "a b " * 90, made.HEBREW * 6])
def test_words_are_cut_to_the_lines_that_there_is_room_for(text: str) -> None:
    fit = fitted([text], (4.0, 1.0), (30, 12))
    assert fit.height <= 1.0
    assert all(width(line, fit.size) <= 4 * POINTS + 0.1 for line in wrapped(fit.paragraphs[0], 4 * POINTS, fit.size))
    assert fit.cut == fit.paragraphs[0].endswith("…")
    assert width(shortened(text, 100, 12), 12) <= 100


def letters(text: str) -> Counter[str]:
    plain = unicodedata.normalize("NFKC", text)
    return Counter(char for char in plain if char.isalnum() and ord(char) < 0x2000)


def words_on(slide: Any) -> list[tuple[str, tuple[float, float, float, float], str]]:
    """Name, box (left, top, right, bottom in points) and words of everything with words on a slide."""
    return [
        (shape.name, tuple(edge / 12700 for edge in (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)),
         shape.text_frame.text)
        for shape in slide.shapes if shape.has_text_frame and "‹#›" not in shape.text_frame.text
    ]


def overlapping(boxes: Sequence[tuple[str, tuple[float, float, float, float]]]) -> list[tuple[str, str]]:
    return [
        (one, other) for (one, a), (other, b) in combinations(boxes, 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[1], b[1]) > 1
    ]


def test_libreoffice_shows_every_slide_with_all_words_in_their_places(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("no LibreOffice here (install libreoffice-impress-nogui)")
    deck = written(tmp_path, *made.every_layout(), *made.nasty())
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "deck.pptx")], check=True, capture_output=True, timeout=120)
    pages = pypdfium2.PdfDocument(tmp_path / "deck.pdf")
    assert len(pages) == len(deck.slides)
    for number, (page, slide) in enumerate(zip(pages, deck.slides, strict=True), 1):
        text, (wide, high) = page.get_textpage(), page.get_size()
        for at in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(at)
            past = max(-left, -bottom, right - wide, top - high)
            assert past <= 1, f"page {number} reaches past the page"
        said = words_on(slide)
        frames = [(shape.name, tuple(edge / 12700 for edge in (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)))
                  for shape in slide.shapes if shape.has_chart or shape.has_table]
        assert not overlapping([*((name, box) for name, box, _ in said), *frames]), f"page {number}"
        for name, (left, top, right, bottom), words in said:
            inside = text.get_text_bounded(left - 2, high - bottom - 3, right + 2, high - top + 3)
            lost = letters(words) - letters(inside)
            assert not lost, f"page {number}: {name} does not keep its words in its box: {lost}"
