"""Where a grader pays off: a criterion attached to free answers gives a corrected score on their page."""

from pathlib import Path

import pytest

from engine.checks import content
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, assertions, graded, outputs, rubrics
from engine.models.gateway import DirectGateway
from engine.results import Results
from engine.rubrics import editing
from engine.rubrics.attached import check_attached
from engine.views import make
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401

MODEL = "simulated/steady"
WANTED = {"benchmark": "regions", "model": MODEL}


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Free answers, of which people graded some, and a criterion with a check that errs now and then, attached to them."""
    folder = tmp_path_factory.mktemp("attached") / "lake"
    with Lake.open(str(folder)) as lake:
        run = play(lake, Request([MODEL], ["regions"], ["answer=open", "strategy=direct"]), gateway=DirectGateway()).run
        assert run
        rubric = rubrics.create(lake, "Plain judgements", "tester")
        outputs.take(lake, rubric, outputs.Wanted(run, "regions", MODEL), 40, "tester", audit=40)
        ((criterion, version),) = editing.add(lake, rubric, [editing.Draft("Allows it", "The reply finds it acceptable.")], "tester")
        every = outputs.of_rubric(lake, rubric).iter_rows(named=True)
        graded.keep(lake, rubric, [
            graded.Grade(row["id"], criterion, version, "tester", "pass" if ": acceptable" in row["reply"] else "fail") for row in every
        ])
        check = assertions.add(lake, rubric, criterion, version, "sql", content.sql_content("contains(reply, 'acceptable')", {}), "tester")
        assertions.choose(lake, rubric, criterion, check, "tester")
        assertions.attach(lake, rubric, criterion, check, "regions", "tester")
    return folder


def test_before_it_is_run_the_page_says_what_is_missing(judged: Path, monkeypatch) -> None:
    app = opened("results/regions.py", judged, monkeypatch, region_model=MODEL, answer="open")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "Held to your own criteria" in said
    assert "no verdict on this model's answers yet" in said
    assert app.button(key="run_attached").label.startswith("Run on ")


def test_the_corrected_score_stands_beside_the_naive_one(judged: Path, monkeypatch) -> None:
    with Lake.open(str(judged)) as lake:
        check_attached(lake, "regions", MODEL)
        made = make(Results(lake), "attached_scores", WANTED)
    rate = {row["metric"]: row for row in made.numbers.iter_rows(named=True)}
    naive, corrected = rate["naive_rate"], rate["corrected_rate"]
    assert naive["value"] > corrected["value"], "the check passes 'not acceptable' too"
    assert corrected["high"] - corrected["low"] > naive["high"] - naive["low"], "not knowing the errors widens it"
    app = opened("results/regions.py", judged, monkeypatch, region_model=MODEL, answer="open")
    assert not app.exception
    assert "before correction" in words(app)


def test_nothing_is_said_of_criteria_where_none_is_attached(filled: Path, monkeypatch) -> None:
    app = opened("results/regions.py", filled, monkeypatch, answer="open")
    assert not app.exception
    assert "Held to your own criteria" not in words(app)


def test_the_report_card_says_where_its_criterion_is_attached_and_takes_it_off(judged: Path, monkeypatch) -> None:
    with Lake.open(str(judged)) as lake:
        rubric = str(rubrics.listed(lake)["id"][0])
    app = opened("criteria/criteria.py", judged, monkeypatch, rubric=rubric, step="Report card")
    assert not app.exception
    said = words(app)
    assert "SIMULATED" in said
    assert "Attached to regions" in said
    app.button(next(one.key for one in app.button if one.label == "Take it off")).click().run()
    assert not app.exception
    assert "Attached to regions" not in words(app)
    with Lake.open(str(judged)) as lake:
        assert assertions.attached_to(lake, "regions").is_empty()
