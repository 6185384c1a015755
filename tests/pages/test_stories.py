"""The Stories page: what is shown of stories with and without a right way, and one story in its wordings."""

from pathlib import Path

from engine.benchmark import Item
from engine.benchmarks import benchmark
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, items
from engine.models.gateway import DirectGateway
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401

STORY = "spraying-in-full-bloom"


def test_a_story_is_shown_in_both_wordings_with_its_answers(filled: Path, monkeypatch) -> None:
    app = opened("results/stories.py", filled, monkeypatch, stories_model="simulated/random", story=STORY)
    assert not app.exception
    said = words(app).replace("\\", "")
    item = next(item for item in benchmark("stories").items if item.id == STORY)
    for wording in item.content["wordings"]:
        assert wording["situation"] in said
        assert all(words in said for words in wording["options"].values())
    assert "chose the moral way in" in said
    assert item.content["reason"].strip() in said
    (least,) = (frame.value for frame in app.dataframe if "wording 2" in frame.value.columns)
    assert len(least) == 20


def test_models_are_chosen_and_every_number_is_said_with_its_counts(filled: Path, monkeypatch) -> None:
    app = opened("results/stories.py", filled, monkeypatch, models="simulated/steady")
    assert not app.exception
    said = words(app)
    assert "120 independent units" in said
    assert "random" not in said.replace("simulated/random", "")
    assert len(app.get("plotly_chart")) == 4


def imported(folder: Path, name: str, *content: dict) -> None:
    with Lake.open(str(folder)) as lake:
        kept = [Item(f"i{number}", f"i{number}", {"value": "", "wordings": [told]}) for number, told in enumerate(content)]
        items.keep(lake, benchmark(name), kept, "made up")
        play(lake, Request(["simulated/steady"], [name], epochs=3), gateway=DirectGateway())


def story(situation: str, **options: str) -> dict:
    return {"situation": situation, "intention": "", "options": options, "norm": "", "opposite": ""}


def test_where_nobody_says_which_way_is_right_only_steadiness_is_told(lake_folder: Path, monkeypatch) -> None:
    imported(lake_folder, "daily-dilemmas", *(story(f"Case {number}.", one="Do it.", other="Do not.") for number in range(4)))
    app = opened("results/stories.py", lake_folder, monkeypatch)
    assert not app.exception
    said = words(app)
    assert "Nobody says which way is right" in app.info[0].value
    assert "moral way" not in said.partition("How steady")[0]
    assert "SIMULATED" in said


def test_words_from_outside_stay_words(lake_folder: Path, monkeypatch) -> None:
    nasty = "<script>alert(1)</script> **bold** ![x](http://x) \u202eright to left $x$"
    imported(lake_folder, "moral-stories", story(nasty, moral=f"Help. {nasty}", immoral=f"Leave. {nasty}"))
    app = opened("results/stories.py", lake_folder, monkeypatch)
    assert not app.exception
    shown = [one.value for one in app.markdown if "script" in one.value]
    assert shown
    assert all("<script>" not in one.replace("\\<", "") and "![x]" not in one for one in shown)


def test_an_unknown_story_or_benchmark_in_the_address_does_no_harm(filled: Path, monkeypatch) -> None:
    app = opened("results/stories.py", filled, monkeypatch, story="nowhere", asked="none", stories_model="nobody")
    assert not app.exception
    assert "It has not been answered twice" in words(app).replace("\\", "")
