"""Pins, decks and who may change them, as the pages show them."""

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.lake import Lake, estimates, runs
from engine.problems import UsageError
from engine.reports import deck as editing
from engine.reports import deck_history, finding
from engine.reports.deck import Ref, Slide
from engine.results import Results
from engine.views import dilemmas
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401

MODELS = ["simulated/random", "simulated/steady"]


@pytest.fixture
def lake(filled: Path, tmp_path: Path) -> Path:
    """A lake of one's own."""
    shutil.copytree(filled, tmp_path / "lake")
    return tmp_path / "lake"


def pinned(lake: Path, title: str = "Who gives way") -> tuple[str, str]:
    """A finding, and a deck with one slide that shows it; their ids."""
    with Lake.open(str(lake)) as opened_lake:
        made = dilemmas.added_flips(Results(opened_lake), benchmark="dilemmas", models=MODELS)
        one = finding.pin(opened_lake, made, title, "tester")
        deck = deck_history.create(opened_lake, "For the board", "tester")
        slide = Slide(kind="figure", findings=(Ref(id=one.id, version=one.version),), takeaway="Pressure works on one of them.")
        deck_history.save(opened_lake, deck.id, editing.add(deck.deck, slide), deck.version, "added a finding", "tester")
    return one.id, deck.id


def button(app: AppTest, label: str):
    (found,) = [one for one in app.button if one.label == label]
    return found


def test_findings_and_decks_are_listed_with_who_made_them(lake: Path, monkeypatch) -> None:
    pinned(lake)
    app = opened("present/present.py", lake, monkeypatch)
    assert not app.exception
    assert "For the board" in words(app)
    assert "by tester" in words(app)
    (table,) = [frame.value for frame in app.dataframe if "snapshot" in frame.value.columns]
    assert [cell.partition("#")[2] for cell in table["link"]] == ["Who gives way"]


def test_a_finding_shows_what_was_pinned_and_says_that_nothing_newer_would_change_it(lake: Path, monkeypatch) -> None:
    own, _ = pinned(lake)
    app = opened("present/finding.py", lake, monkeypatch, id=own)
    assert not app.exception
    assert app.title[0].value == "Who gives way"
    said = words(app).replace("\\", "")
    assert "on the lake's snapshot" in said
    assert "by tester" in said
    assert "No number would change" in said
    app = button(app, "Work it out again from that snapshot").click().run()
    assert "the same" in words(app)
    assert "numbers" in words(app)


def test_newer_data_are_told_and_shown_and_the_finding_moves_there(lake: Path, monkeypatch) -> None:
    own, deck = pinned(lake)
    with Lake.open(str(lake)) as opened_lake:
        before = finding.find(opened_lake, own).exhibit.numbers
        rows = estimates.newest(opened_lake, models=["simulated/steady"], benchmarks=["dilemmas"])
        other = rows.drop("run", "model", "source", "benchmark").with_columns(value=rows["value"] / 2)
        estimates.keep(opened_lake, "later", "simulated/steady", "simulated", "dilemmas", "1", other.head(0), other.head(0))
        version = opened_lake.read("SELECT max(version) AS v FROM estimates WHERE benchmark = 'dilemmas'")["v"][0]
        estimates.keep(opened_lake, "later", "simulated/steady", "simulated", "dilemmas", version, other, other.head(0))
    app = opened("present/deck.py", lake, monkeypatch, deck=deck)
    assert not app.exception
    assert any("numbers would change" in one.value for one in app.warning)
    (move,) = [one for one in app.button if one.label.startswith("Move to snapshot")]
    app = move.click().run()
    assert not app.exception
    assert not app.error
    assert not any("numbers would change" in one.value for one in app.warning), "the deck shows the moved finding"
    with Lake.open(str(lake)) as opened_lake:
        assert finding.find(opened_lake, own, 1).exhibit.numbers.equals(before), "the first version reads what it was pinned with"
        assert finding.find(opened_lake, own).version == 2
        (slide,) = deck_history.find(opened_lake, deck).deck.slides
        assert slide.findings[0].version == 2
        assert slide.takeaway == "Pressure works on one of them.", "own words are left"


def test_a_finding_outlives_its_run(lake: Path, monkeypatch) -> None:
    own, deck = pinned(lake)
    with Lake.open(str(lake)) as opened_lake:
        for run in runs.listed(opened_lake)["id"]:
            runs.forget(opened_lake, run)
    for page, query in (("present/finding.py", {"id": own}), ("present/deck.py", {"deck": deck})):
        app = opened(page, lake, monkeypatch, **query)
        assert not app.exception
        assert "have nothing to show for it" in words(app).replace("\\", "") + " ".join(one.value for one in app.warning)
        assert app.get("plotly_chart"), "what was pinned is still shown"


def test_a_slide_is_changed_undone_and_done_again(lake: Path, monkeypatch) -> None:
    _, deck = pinned(lake)
    app = opened("present/deck.py", lake, monkeypatch, deck=deck)
    (takeaway,) = [one for one in app.text_input if one.label == "What to remember"]
    takeaway.input("<b>Nobody</b> *holds*")
    app = button(app, "Save").click().run() if len([one for one in app.button if one.label == "Save"]) == 1 else \
        [one for one in app.button if one.label == "Save"][-1].click().run()
    assert not app.exception
    assert "Nobody" in words(app)
    assert "\\<b\\>Nobody" in words(app), "HTML and Markdown stand as typed"
    app = button(app, "Undo").click().run()
    assert "Pressure works on one of them" in words(app)
    app = button(app, "Redo").click().run()
    assert "Nobody" in words(app)


def test_two_who_change_a_deck_at_once_are_told(lake: Path, monkeypatch) -> None:
    _, deck = pinned(lake)
    app = opened("present/deck.py", lake, monkeypatch, deck=deck)
    with Lake.open(str(lake)) as opened_lake:
        there = deck_history.find(opened_lake, deck)
        deck_history.save(opened_lake, deck, editing.insert_section(there.deck, "Meanwhile"), there.version, "a section", "another")
    app = button(app, "Copy").click().run()
    assert any("changed meanwhile" in one.value for one in app.error)
    assert "Meanwhile" in " ".join(app.radio[0].options)


def test_who_may_only_look_is_shown_everything_and_changes_nothing(lake: Path, monkeypatch) -> None:
    own, deck = pinned(lake)
    monkeypatch.setenv("PLUMBLINE_EDITORS", "none")
    for page, query in (("present/present.py", {}), ("present/deck.py", {"deck": deck}), ("present/finding.py", {"id": own}),
                        ("results/dilemmas.py", {})):
        app = opened(page, lake, monkeypatch, **query)
        assert not app.exception
        labels = {one.label for one in app.button}
        assert not labels & {"Pin", "Begin", "Undo", "Save", "Copy", "Rename", "Remove"}, page
    from pages import lectern

    monkeypatch.setattr(lectern.kept, "lake", lambda: pytest.fail("the lake was reached"))
    for act in (lambda: lectern.undo(deck), lambda: lectern.begin("x"), lambda: lectern.remove_deck(deck)):
        with pytest.raises(UsageError, match="you may look here"):
            act()


@pytest.mark.parametrize(("page", "query"), [
    ("present/finding.py", {"id": "no such"}), ("present/finding.py", {}), ("present/deck.py", {"deck": "no such"}),
    ("present/show.py", {"deck": "no such"}), ("present/show.py", {"slide": "<b>"}),
])
def test_what_is_not_there_is_said_plainly(lake: Path, monkeypatch, page: str, query: dict[str, str]) -> None:
    app = opened(page, lake, monkeypatch, **query)
    assert not app.exception
    assert app.warning, "what is missing is said"


def test_an_odd_title_is_shown_as_it_stands_everywhere(lake: Path, monkeypatch) -> None:
    odd = ("<img src=x> **bold** # [x](y) \u05de\u05d5\u05d3\u05dc " * 20)[:500].strip()
    own, deck = pinned(lake, odd)
    for page, query in (("present/present.py", {}), ("present/finding.py", {"id": own}), ("present/deck.py", {"deck": deck})):
        app = opened(page, lake, monkeypatch, **query)
        assert not app.exception
    app = opened("present/finding.py", lake, monkeypatch, id=own)
    assert app.title[0].value.replace("\\", "") == odd, "not one character is lost"
    assert "\\<img" in app.title[0].value
