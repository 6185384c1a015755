"""A report on a model: a chapter for each lens, also for those it was never asked, every number with its method."""

import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser
from pptx import Presentation as opened_slides

from engine.commands.app import main
from engine.lake import Lake, estimates
from engine.problems import UsageError
from engine.reports import compose, deck_history, export, finding, model_report, report_slides
from engine.reports import deck as editing
from engine.reports.deck import Ref, Slide
from engine.reports.web import report as web_report
from engine.results import Results
from engine.views.dilemmas import KINDS, added_flips
from tests.journeys.conftest import browser  # noqa: F401

MADE = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
ONE, OTHER = "simulated/steady", "simulated/random"


@pytest.fixture(scope="module")
def results(filled: Path) -> Iterator[Results]:
    with Lake.open(str(filled)) as lake:
        yield Results(lake)


def test_every_benchmark_has_a_chapter_and_every_number_comes_from_the_lake(results: Results) -> None:
    report = model_report.report(results, [ONE], MADE)
    assert [chapter.title for chapter in report.chapters] == [
        "Mark by mark", "Decisions", "Dilemmas", "Regions", "Stories", "Trade-offs", "Values", "What stands behind the numbers"]
    assert "steady (SIMULATED)" in report.title
    assert report.summary[0].startswith("Not on this evidence")
    assert f"Lake snapshot {results.snapshot}" in report.citation
    assert "21 November 2026" in report.citation
    (dilemmas,) = (chapter for chapter in report.chapters if chapter.title == "Dilemmas")
    (flips,) = (one.exhibit for one in dilemmas.shown if one.exhibit.view == "flip_rates")
    known = results.results("dilemmas").filter((pl.col("model") == ONE) & (pl.col("metric") == "flip_rate"))
    assert flips.numbers["value"].to_list() == known["value"].to_list()
    assert all(one.exhibit.caption for chapter in report.chapters for one in chapter.shown)


def test_every_metric_that_is_shown_is_explained(results: Results) -> None:
    report = model_report.report(results, [ONE, OTHER], MADE)
    explained = {method.name for method in report.methods}
    for chapter in report.chapters:
        for one in chapter.shown:
            assert set(one.exhibit.metrics) & explained, f"{one.exhibit.title}: nothing of {one.exhibit.metrics}"


def test_several_models_are_set_beside_each_other_and_never_real_with_simulated(results: Results) -> None:
    report = model_report.report(results, [ONE, OTHER], MADE)
    (beside,) = (chapter for chapter in report.chapters if chapter.title == "Beside each other")
    assert len(beside.shown) == len(results.lenses((ONE, OTHER)))
    assert "A rank is a range" in beside.paragraphs[0]


def test_what_was_never_asked_is_a_chapter_that_says_so(tmp_path: Path) -> None:
    with Lake.open(str(tmp_path / "lake")) as lake:
        assert main(["run", "--model", ONE, "--benchmark", "dilemmas", "--epochs", "1", "--condition", "pressure=none"]) == 0
        report = model_report.report(Results(lake), [ONE], MADE)
    (values,) = (chapter for chapter in report.chapters if chapter.title == "Values")
    assert values.shown == ()
    assert f"Not measured here: {ONE}" in values.paragraphs[-1]


def test_an_unknown_model_is_named_with_those_there_are(results: Results) -> None:
    with pytest.raises(UsageError, match=f"no turns of 'nobody' in this lake; there are {OTHER}, {ONE}"):
        model_report.report(results, ["nobody"], MADE)


def test_the_document_asks_for_nothing_and_every_number_leads_to_its_method(
    browser: Browser, results: Results, tmp_path: Path,  # noqa: F811
) -> None:
    web_report.write(model_report.report(results, [ONE], MADE), tmp_path / "report.html")
    asked: list[str] = []
    for width in (400, 1400):
        page = browser.new_context(viewport={"width": width, "height": 900}, offline=True).new_page()
        page.on("request", lambda one: asked.append(one.url))
        page.on("pageerror", lambda problem: asked.append(str(problem)))
        page.goto((tmp_path / "report.html").as_uri())
        links = page.eval_on_selector_all("a[href^='#']", "found => found.map(one => one.getAttribute('href'))")
        assert len(links) > 30
        assert all(page.locator(link).count() == 1 for link in set(links)), "every link has its place"
        page.evaluate("window.scrollTo(0, document.body.scrollHeight / 2)")
        page.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=20_000)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, f"at {width} pixels"
        page.context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


def test_as_slides_it_has_a_section_for_each_chapter_and_method_and_limits_last(results: Results, tmp_path: Path) -> None:
    report = model_report.report(results, [ONE], MADE)
    sheets = report_slides.presentation(report).sheets
    assert [sheet.title for sheet in sheets if sheet.layout == "section"] == [chapter.title for chapter in report.chapters]
    assert sheets[-1].layout == "method"
    assert any("Simulated models are programs" in line for sheet in sheets for line in sheet.lines)
    export.write_report(report, tmp_path / "report.pptx")
    charts = [shape.chart for slide in opened_slides(str(tmp_path / "report.pptx")).slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) >= 8
    (flips,) = (chart for chart in charts if "second choices" in chart.value_axis.axis_title.text_frame.text)
    known = results.results("dilemmas").filter((pl.col("model") == ONE) & (pl.col("metric") == "flip_rate"))
    of = dict(known.select("facet", "value").iter_rows())
    assert dict(zip(flips.plots[0].categories, flips.plots[0].series[0].values, strict=True)) == {
        label: of[facet] for facet, label in KINDS.items()}, "the slide's chart holds the lake's own numbers"


def test_the_command_line_writes_decks_and_reports(filled: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", str(filled))
    with Lake.open(str(filled)) as lake:
        made = deck_history.create(lake, "For the board, from a scheduler", "tester")
        deck_history.save(lake, made.id, editing.insert_section(made.deck, "Begin"), made.version, "a section", "tester")
    assert main(["report", "--deck", "For the board, from a scheduler", "--to", str(tmp_path / "deck.html"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["event"] == "written"
    assert told["bytes"] == (tmp_path / "deck.html").stat().st_size
    assert main(["report", "--model", ONE, "--to", str(tmp_path / "data.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        assert "README.md" in archive.namelist()
    capsys.readouterr()
    assert main(["decks", "--json"]) == 0
    assert "For the board, from a scheduler" in capsys.readouterr().out


def test_a_deck_is_shown_on_the_newest_data_and_what_is_pinned_stays(filled: Path, tmp_path: Path) -> None:
    shutil.copytree(filled, tmp_path / "lake")
    with Lake.open(str(tmp_path / "lake")) as lake:
        pinned = finding.pin(lake, added_flips(Results(lake), benchmark="dilemmas", models=[ONE]), "", "tester")
        ref = Ref(id=pinned.id, version=1)
        slides = (Slide(kind="figure", findings=(ref,), takeaway=pinned.exhibit.sentence),
                  Slide(kind="figure", findings=(ref,), takeaway="My own words."))
        deck = editing.Deck(title="Weekly", slides=slides)
        rows = estimates.newest(lake, models=[ONE], benchmarks=["dilemmas"]).with_columns(pl.col("value", "low", "high") / 2)
        version = lake.read("SELECT max(version) AS v FROM estimates WHERE benchmark = 'dilemmas'")["v"][0]
        later = rows.drop("run", "model", "source", "benchmark")
        estimates.keep(lake, "later", ONE, "simulated", "dilemmas", version, later, later.head(0))
        results = Results(lake)
        now = compose.presentation(lake, deck, MADE, newest=results).sheets
        assert now[1].shown[0].exhibit.numbers["value"].to_list() == [
            value / 2 for value in pinned.exhibit.numbers["value"].to_list()]
        assert now[1].shown[0].snapshot == results.snapshot
        assert now[1].takeaway == now[1].shown[0].exhibit.sentence != pinned.exhibit.sentence
        assert now[2].takeaway == "My own words."
        assert any("written for the pinned numbers" in line for sheet in now for line in sheet.lines)
        before = compose.presentation(lake, deck, MADE).sheets
        assert before[1].shown[0].exhibit.numbers.equals(pinned.exhibit.numbers)


@pytest.mark.parametrize(("arguments", "words"), [
    (["--to", "x.pptx"], "give either --deck or --model"), (["--deck", "a", "--model", "b", "--to", "x.pptx"], "give either"),
    (["--deck", "a", "--to", "x.docx"], "'x.docx' has no ending that says a form; give one of .pptx, .html, .pdf, .zip"),
    (["--deck", "no such deck", "--to", "x.pptx"], "no deck 'no such deck'"),
    (["--model", "nobody", "--to", "x.pptx"], "no turns of 'nobody'"),
])
def test_wrong_usage_is_one_line_and_writes_nothing(
    filled: Path, tmp_path: Path, monkeypatch, capsys, arguments: list[str], words: str
) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", str(filled))
    monkeypatch.chdir(tmp_path)
    assert main(["report", *arguments]) == 2
    said = capsys.readouterr().err
    assert re.fullmatch(r"plumbline: .*\n", said)
    assert words in said
    assert not list(tmp_path.glob("x.*"))
