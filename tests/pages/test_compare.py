"""The Compare page: what is told apart, what is not, and the way to the items."""

from pathlib import Path

from engine.commands.playing import estimate_anew, play
from engine.commands.request import Request
from engine.lake import Lake, estimates
from engine.models.gateway import DirectGateway
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401


def test_models_are_compared_on_every_lens_and_every_metric(filled: Path, monkeypatch) -> None:
    app = opened("results/compare.py", filled, monkeypatch, asked="dilemmas")
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "Does it judge by the norms of the place?" in said
    assert "steady (simulated) and random (simulated) are told apart, in this order." in said
    tables = [frame.value for frame in app.dataframe]
    (regional,) = [table for table in tables if any(name.startswith("regional score (") for name in table.columns)]
    assert list(regional["rank"]) == ["1 of 2", "2 of 2"]
    (metrics,) = [table for table in tables if {"verdict on the first", "metric"} <= set(table.columns)]
    assert {"excess flip", "flip rate", "weight"} <= set(metrics["metric"])
    (stems,) = [table for table in tables if {"stem", "difference"} <= set(table.columns)]
    assert stems["difference"].abs().is_monotonic_decreasing


def test_any_two_models_and_benchmark_can_be_chosen_in_the_address(filled: Path, monkeypatch) -> None:
    app = opened("results/compare.py", filled, monkeypatch, asked="regions", first="simulated/random", second="simulated/steady")
    assert not app.exception
    (metrics,) = [frame.value for frame in app.dataframe if {"verdict on the first", "metric"} <= set(frame.value.columns)]
    score = metrics[(metrics["metric"] == "regional score") & (metrics["facet"] == "direct")]
    assert list(score["verdict on the first"]) == ["lower"]
    assert float(score["difference"].iloc[0]) < -0.1


def test_what_judges_say_is_left_to_the_page_that_says_who_they_are(lake_folder: Path, monkeypatch) -> None:
    models = ["simulated/steady", "simulated/pliable"]
    with Lake.open(str(lake_folder)) as lake:
        play(lake, Request(models, ["regions"], ["strategy=direct", "answer=all"], judges=["simulated/random"]), gateway=DirectGateway())
    app = opened("results/compare.py", lake_folder, monkeypatch)
    assert not app.exception
    (metrics,) = [frame.value for frame in app.dataframe if {"verdict on the first", "metric"} <= set(frame.value.columns)]
    assert set(metrics["facet"]) == {"direct"}
    assert set(metrics["metric"]) == {"accuracy", "regional score"}


def test_one_model_says_that_it_takes_two(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        play(lake, Request(["simulated/steady"], ["regions"], ["strategy=direct"]), gateway=DirectGateway())
    app = opened("results/compare.py", lake_folder, monkeypatch)
    assert not app.exception
    assert "One model alone has no rank." in words(app)
    assert "Choose two models" in app.info[0].value


def test_what_was_estimated_before_evidence_was_kept_is_estimated_anew(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        play(lake, Request(["simulated/steady", "simulated/random"], ["regions"], ["strategy=direct"]), gateway=DirectGateway())
        lake.write(lambda cursor: cursor.execute("DELETE FROM evidence"))
    app = opened("results/compare.py", lake_folder, monkeypatch)
    assert not app.exception
    assert "python -m engine prepare" in app.info[0].value
    with Lake.open(str(lake_folder)) as lake:
        turns = lake.read("SELECT count(*) AS n FROM turns")["n"][0]
        estimate_anew(lake)
        assert set(estimates.newest_evidence(lake, "regions")["model"]) == {"simulated/steady", "simulated/random"}
        assert lake.read("SELECT count(*) AS n FROM turns")["n"][0] == turns, "nothing is asked"


def test_two_conditions_of_one_model_are_compared_and_what_changed_is_listed(filled: Path, monkeypatch) -> None:
    app = opened("results/compare.py", filled, monkeypatch, asked="decisions", sides="two conditions of a model", models="simulated/steady")
    assert not app.exception
    (metrics,) = [frame.value for frame in app.dataframe if {"verdict on the first", "metric"} <= set(frame.value.columns)]
    assert set(metrics["metric"]) == {"chosen"}
    (flipped,) = [frame.value for frame in app.dataframe if {"category", "item", "first"} <= set(frame.value.columns)]
    assert (flipped["first"] != flipped["second"]).all()
    assert set(flipped["category"]) <= {"counselling", "workplace", "public policy"}
    assert "answers to the same questions, in the same epoch, differ" in words(app)


def test_one_date_of_a_model_says_how_to_ask_again(filled: Path, monkeypatch) -> None:
    app = opened("results/compare.py", filled, monkeypatch, asked="decisions", sides="two dates of a model")
    assert not app.exception
    assert any("--fresh" in one.value for one in app.info)


def test_two_dates_of_a_model_are_compared(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        for seed in (0, 1):
            play(lake, Request(["simulated/pliable"], ["decisions"], (), 1, seed, fresh=True), gateway=DirectGateway())
    app = opened("results/compare.py", lake_folder, monkeypatch, asked="decisions", sides="two dates of a model")
    assert not app.exception
    assert "96 conversations" in app.selectbox(key="date-first-simulated/pliable").value
    assert any({"verdict on the first", "metric"} <= set(frame.value.columns) for frame in app.dataframe)


def test_profiles_of_values_are_compared_by_their_intervals(filled: Path, monkeypatch) -> None:
    app = opened("results/compare.py", filled, monkeypatch, asked="values")
    assert not app.exception
    (metrics,) = [frame.value for frame in app.dataframe if {"verdict on the first", "metric"} <= set(frame.value.columns)]
    assert {"broad value", "higher order"} <= set(metrics["metric"])
    assert set(metrics["size of the difference"].dropna()) <= {"negligible", "small", "medium", "large"}
