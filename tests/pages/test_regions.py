"""The Regions page: what a tile leads to, and what is said where little is known."""

from pathlib import Path

import pytest

from engine.benchmarks import benchmark
from engine.commands.importing import import_from
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake
from engine.models.gateway import DirectGateway
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401


def test_a_country_shows_its_situations_norms_answers_and_who_checked_them(filled: Path, monkeypatch) -> None:
    app = opened("results/regions.py", filled, monkeypatch, region_model="simulated/steady", country="KE", strategy="direct")
    assert not app.exception
    said = words(app).replace("\\", "")
    here = [item.content for item in benchmark("regions").items if item.content["country"] == "KE"]
    assert len(here) == 4
    assert all(told["situation"].strip() in said and told["norm"] in said for told in here)
    assert "Kenya, Eastern Africa: 4 situations" in said.replace("**", "")
    assert "Not yet checked by a person from there" in said


def test_regions_are_not_ranked_where_intervals_do_not_allow_it(filled: Path, monkeypatch) -> None:
    app = opened("results/regions.py", filled, monkeypatch, region_model="simulated/random")
    said = words(app).replace("\\", "")
    assert "that may be chance, so regions are not ranked" in said
    assert "Not the same measurement" in said
    assert "strategy=without norms" in said, "how to find out which step carries the gain"


def test_which_step_carries_the_gain_is_shown_once_steps_were_left_out(lake_folder: Path, monkeypatch) -> None:
    asked = ["strategy=five steps", "strategy=without norms", "strategy=without facts"]
    with Lake.open(str(lake_folder)) as lake:
        play(lake, Request(["simulated/steady"], ["regions"], asked), gateway=DirectGateway())
    app = opened("results/regions.py", lake_folder, monkeypatch)
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "carries" in frame.value.columns)
    assert set(table["step"]) == {"facts", "norms"}
    assert "What reasoning in five steps adds has not been measured" in words(app)


OPEN = ["answer=open", "strategy=direct", "strategy=five steps"]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with free answers: of one model read by two judges, of another by one, of a third by none."""
    folder = tmp_path_factory.mktemp("judged") / "lake"
    with Lake.open(str(folder)) as lake:
        for model, judges in (("steady", ["pliable", "random"]), ("pliable", ["random"]), ("contrarian", [])):
            asked = OPEN if model == "steady" else OPEN[:2]
            request = Request([f"simulated/{model}"], ["regions"], asked, judges=[f"simulated/{judge}" for judge in judges])
            play(lake, request, gateway=DirectGateway())
    return folder


def test_free_answers_are_shown_with_their_judge_and_how_often_another_agrees(judged: Path, monkeypatch) -> None:
    app = opened("results/regions.py", judged, monkeypatch, region_model="simulated/steady", answer="open", judge="simulated/pliable",
                 country="KE")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "simulated/pliable graded" in said
    (pair,) = (frame.value for frame in app.dataframe if "other judge" in frame.value.columns)
    assert list(pair["other judge"]) == ["simulated/random"]
    assert "type: kappa" in pair.columns
    assert any("norms on record that it states" in frame.value.columns for frame in app.dataframe)
    assert "reasoning in five steps" in said
    assert "as simulated/pliable reads it" in said


def test_what_one_judge_says_is_held_back_until_another_has_read_it(judged: Path, monkeypatch) -> None:
    app = opened("results/regions.py", judged, monkeypatch, region_model="simulated/pliable", answer="open")
    assert not app.exception
    assert "its scores are held back" in app.warning[0].value
    assert "Where does it know the norms?" not in words(app)
    assert not any("other judge" in frame.value.columns or "calls" in frame.value.columns for frame in app.dataframe)


def test_answers_that_nobody_has_read_say_how_to_have_them_judged(judged: Path, monkeypatch) -> None:
    app = opened("results/regions.py", judged, monkeypatch, region_model="simulated/contrarian", answer="open")
    assert "No free answers have been judged yet" in words(app)
    assert "--condition answer=open --judge" in words(app)


def test_a_model_that_answered_freely_only_says_so_among_judged_answers(judged: Path, monkeypatch) -> None:
    app = opened("results/regions.py", judged, monkeypatch, region_model="simulated/contrarian")
    assert not app.exception
    assert "has answered freely only" in app.info[0].value


def test_a_conversation_shows_its_steps_and_how_judges_read_it(judged: Path, monkeypatch) -> None:
    with Lake.open(str(judged)) as lake:
        trial, run = lake.read(
            "SELECT trial, run FROM turns WHERE model = 'simulated/steady' AND role = 'subject' AND last AND reading = 'text'"
            " AND contains(condition, 'five steps') ORDER BY trial LIMIT 1").row(0)
        told, = lake.read("SELECT trial FROM turns WHERE judged = $trial ORDER BY trial LIMIT 1", {"trial": trial}).row(0)
    app = opened("evidence/turns.py", judged, monkeypatch, trial=trial, run=run)
    assert not app.exception
    said = words(app)
    for number, step in enumerate(("facts", "norms", "options", "lenses", "reflection", "answer"), 1):
        assert f"{number} of 6: {step}" in said
    assert sorted(one.label for one in app.expander if "judges this answer" in one.label) == [
        f"How simulated/{judge} judges this answer" for judge in ("pliable", "random")]
    other = opened("evidence/turns.py", judged, monkeypatch, trial=told)
    assert "You grade an answer that somebody else gave" in words(other)
    assert not other.exception


SHEET = """country,situation,label,norm
KE,"Wanjiru takes the cup from her grandmother with both hands.",acceptable,"Things from an elder are taken with both hands."
Kenya,"Otieno pays his fare on the matatu with coins.",no norm applies,"Things from an elder are taken with both hands."
TZ,"Juma tosses the cup back to his grandfather.",not acceptable,"Things are handed to elders with the right hand."
"""


def test_situations_of_ones_own_have_the_same_page_and_a_card_on_the_overview(lake_folder: Path, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "Our Village.csv").write_text(SHEET)
    with Lake.open(str(lake_folder)) as lake:
        brought = import_from(lake, "situations", tmp_path / "Our Village.csv")
        assert (brought.benchmark, brought.new) == ("situations/our-village", 3)
        play(lake, Request(["simulated/steady"], [brought.benchmark], ["strategy=direct"], 3), gateway=DirectGateway())
    app = opened("results/regions.py", lake_folder, monkeypatch, country="KE")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "Kenya, Eastern Africa: 2 situations" in said.replace("**", "")
    assert "Otieno pays his fare" in said
    overview = opened("results/overview.py", lake_folder, monkeypatch)
    assert not overview.exception
    assert "regional score" in words(overview).lower()


def test_safeworlds_queries_have_the_same_page(lake_folder: Path, safeworld: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        assert import_from(lake, "safeworld", safeworld).new == 2350
        play(lake, Request(["simulated/steady"], ["safeworld"], ["strategy=direct"]), gateway=DirectGateway())
    app = opened("results/regions.py", lake_folder, monkeypatch, country="PK")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "Any constant answer gets 25 %" in said
    assert "Pakistan, Southern Asia: 99 situations" in said.replace("**", ""), "as many as the facts file counts"
