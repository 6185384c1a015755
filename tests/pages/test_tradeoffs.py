"""The Trade-offs page: two framings as two cards, the verdict and what it is read against."""

from pathlib import Path

from engine.benchmarks import benchmark
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake
from engine.models.gateway import DirectGateway
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401

STEM = "cabin-promised-tuesday"


def test_a_case_is_shown_in_both_framings_with_how_answers_moved(filled: Path, monkeypatch) -> None:
    app = opened("results/tradeoffs.py", filled, monkeypatch, pair_model="simulated/steady", told="both", stem=STEM, paraphrase="2")
    assert not app.exception
    said = words(app).replace("\\", "")
    item = next(item for item in benchmark("tradeoffs").items if item.id == STEM)
    for framing in ("person", "resource"):
        assert item.content["paraphrases"][1][framing].strip() in said
    assert "One case shows an example and no effect" in said
    assert item.content["options"]["compare"].strip() in said
    assert "respect and fair shares" in said or "both" in said


def test_the_verdict_names_the_smallest_effect_and_why(filled: Path, monkeypatch) -> None:
    app = opened("results/tradeoffs.py", filled, monkeypatch)
    assert not app.exception
    (table,) = (frame.value for frame in app.dataframe if "verdict" in frame.value.columns)
    assert set(table["verdict"]) <= {"supports", "refutes", "undecided"}
    assert set(table["smallest effect"]) == {"0.36"}
    assert all(table["because"])
    assert "it takes 5" in words(app)


def test_one_system_message_alone_gives_no_verdict(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        asked = Request(["simulated/steady"], ["tradeoffs"], ["told=none", "order=first"], 1, smallest_effect=0.5)
        play(lake, asked, gateway=DirectGateway())
        play(lake, Request(["simulated/steady"], ["tradeoffs"], ["told=both", "paraphrase=1"], 1), gateway=DirectGateway())
    app = opened("results/tradeoffs.py", lake_folder, monkeypatch)
    assert not app.exception
    (table,) = (frame.value for frame in app.dataframe if "verdict" in frame.value.columns)
    assert list(table["verdict"]) == ["undecided"]
    assert list(table["smallest effect"]) == ["0.50"], "as the first run said, not the later one"
    app = opened("results/tradeoffs.py", lake_folder, monkeypatch, told="respect", stem="nowhere")
    assert not app.exception
    assert "It was not asked in both framings under this message" in words(app)
