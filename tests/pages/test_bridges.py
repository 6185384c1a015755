"""The Bridges page: grey where nothing may be said, and what it takes where nothing can."""

from pathlib import Path

from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake
from engine.models.gateway import DirectGateway
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401


def test_too_few_models_say_what_it_takes_and_show_no_empty_chart(filled: Path, monkeypatch) -> None:
    app = opened("results/bridges.py", filled, monkeypatch, bridge="Across benchmarks")
    assert not app.exception
    said = words(app)
    assert "2 models have both of any two numbers, and it takes 5" in said
    assert "python -m engine run" in said
    assert not app.get("plotly_chart")


def test_five_models_are_set_against_each_other(lake_folder: Path, tmp_path: Path, monkeypatch) -> None:
    names = [f"simulated/m{number}" for number in range(5)]
    like = ("steady", "pliable", "contrarian", "random", "steady")
    catalogue = tmp_path / "models.toml"
    catalogue.write_text("".join(f'[models."{name}"]\nmodel = "simulated/{who}"\n' for name, who in zip(names, like, strict=True)))
    monkeypatch.setenv("PLUMBLINE_MODELS", str(catalogue))
    with Lake.open(str(lake_folder)) as lake:
        play(lake, Request(names, ["regions"], ["strategy=direct"]), gateway=DirectGateway())
        play(lake, Request(names, ["dilemmas"], ["pressure=none,crowd"], 1), gateway=DirectGateway())
    app = opened("results/bridges.py", lake_folder, monkeypatch, bridge="Across benchmarks")
    assert not app.exception
    assert app.get("plotly_chart")
    (table,) = [frame.value for frame in app.dataframe if "correlation" in frame.value.columns]
    assert set(table["models"]) == {5}
    assert "Flips caused by pressure" in set(table["first"]) | set(table["second"])


def test_decisions_are_set_against_the_profile(filled: Path, monkeypatch) -> None:
    app = opened("results/bridges.py", filled, monkeypatch, stated="simulated/steady")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "decide by the stated values" in said or "decides by the stated values" in said or "No model is shown to decide by" in said
    assert "cannot be said from 1 model, it takes 5" in said
    (table,) = [frame.value for frame in app.dataframe if "goes with its profile" in frame.value.columns]
    assert list(table["model"]) == ["simulated/steady"], "the other's profile cannot be read as one"
    assert app.selectbox(key="stated").value == "simulated/steady"
    assert len(app.get("plotly_chart")) == 5


def test_a_model_asked_twice_is_drawn_over_time_and_its_change_tested(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        for seed in (0, 1):
            play(lake, Request(["simulated/steady"], ["decisions"], (), 1, seed, fresh=True), gateway=DirectGateway())
    app = opened("results/bridges.py", lake_folder, monkeypatch, bridge="Over time")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "steady (simulated): no sure change" in said or "steady (simulated) stayed the same" in said
    assert "points could have been seen" in said
    (table,) = [frame.value for frame in app.dataframe if "asked" in frame.value.columns]
    assert list(table["conversations"]) == [96, 96]


def test_one_asking_says_what_it_takes(filled: Path, monkeypatch) -> None:
    app = opened("results/bridges.py", filled, monkeypatch, bridge="Over time")
    assert not app.exception
    assert "--fresh" in words(app)
