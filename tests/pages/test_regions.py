"""The Regions page: what a tile leads to, and what is said where little is known."""

from pathlib import Path

from engine.benchmarks import benchmark
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
