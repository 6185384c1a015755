"""The Runs page as Streamlit's own test runner sees it: starting, reading, stopping, deleting, trying."""

import json
import time
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.commands import controlling
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, runs
from engine.models.gateway import DirectGateway
from engine.runs.budget import Ceilings
from engine.runs.precision import Precision
from tests.pages.test_pages import opened, words

PAGE = "evidence/runs.py"
FORM = {"show": "Start", "ask": "simulated/steady", "on": "values"}


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def stopped_run(folder: Path, **more) -> str:
    """A run that reached its ceiling after 40 calls."""
    with Lake.open(str(folder)) as lake:
        request = Request(["simulated/steady"], ["values"], ("form=alone",), 1, ceilings=Ceilings(calls=40), **more)
        return play(lake, request, gateway=DirectGateway()).run or ""


def wait_until(lake: Lake, run: str, state: str) -> None:
    until = time.monotonic() + 60
    while controlling.state(lake, runs.find(lake, run)) != state:
        assert time.monotonic() < until, f"not {state} after a minute: {runs.find(lake, run)}"
        time.sleep(0.2)


def test_a_run_is_foretold_and_started_in_a_process_of_its_own(lake_folder: Path, monkeypatch) -> None:
    app = opened(PAGE, lake_folder, monkeypatch, **FORM, epochs="1")
    assert not app.exception
    shown = metrics(app)
    assert shown["Conversations"] == "116"  # 57 portraits alone and one sheet, each scale both ways
    assert shown["Cost"] == "free"
    assert "python -m engine run --model simulated/steady --benchmark values --epochs 1" in words(app)
    app.button(key="start").click().run()
    assert not app.exception
    with Lake.open(str(lake_folder)) as lake:
        (started,) = controlling.listed(lake)
        wait_until(lake, started["id"], "complete")
        assert runs.find(lake, started["id"])["planned"] == 116


def test_what_was_played_is_not_offered_again(filled: Path, monkeypatch) -> None:
    app = opened(PAGE, filled, monkeypatch, **FORM)
    assert "in the lake already" in app.success[0].value
    assert not [button for button in app.button if button.key == "start"]


def test_a_missing_key_and_an_impossible_limit_are_said_before_anything_is_asked(lake_folder: Path, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    app = opened(PAGE, lake_folder, monkeypatch, **{**FORM, "ask": "openai/gpt-4o"})
    assert "OPENAI\\_API\\_KEY" in app.warning[0].value or "OPENAI_API_KEY" in app.warning[0].value
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    app = opened(PAGE, lake_folder, monkeypatch, **{**FORM, "ask": "openai/nobody-knows-it", "cost": "3.0"})
    assert "price" in app.error[0].value
    app = opened(PAGE, lake_folder, monkeypatch, **{**FORM, "ask": "nonsense"})
    assert "no model" in app.error[0].value
    app = opened(PAGE, lake_folder, monkeypatch, **{**FORM, "ask": "openai/nobody-knows-it"})
    assert metrics(app)["Cost"] == "price unknown"


def test_a_stopped_run_says_so_and_goes_on(lake_folder: Path, monkeypatch) -> None:
    run = stopped_run(lake_folder)
    app = opened(PAGE, lake_folder, monkeypatch, run=run)
    assert not app.exception
    assert metrics(app)["Conversations"] == "40 of 114"
    assert "SIMULATED" in words(app)
    next(button for button in app.button if button.label == "Go on").click().run()
    with Lake.open(str(lake_folder)) as lake:
        wait_until(lake, run, "stopped")  # its own ceiling of 40 calls holds for each sitting
        assert sum(runs.find(lake, run)[name] for name in ("answered", "unread", "refused", "failed")) == 80


def test_a_run_is_deleted_only_after_a_second_question(lake_folder: Path, monkeypatch) -> None:
    run = stopped_run(lake_folder)
    app = opened(PAGE, lake_folder, monkeypatch, run=run)
    assert "cannot be undone" in words(app)
    app.button(key="delete").click().run()
    assert not app.exception
    with Lake.open(str(lake_folder)) as lake:
        assert runs.listed(lake).is_empty()
    assert "not in the lake" in opened(PAGE, lake_folder, monkeypatch, run=run).warning[0].value


def test_a_run_can_be_repeated_with_changes_from_its_form(lake_folder: Path, monkeypatch) -> None:
    run = stopped_run(lake_folder, precision=Precision("value", 0.4))
    monkeypatch.setenv("PLUMBLINE_LAKE", str(lake_folder))
    from pages import desk

    told = desk.run(run)
    assert told is not None
    form = desk.form_of(told)
    app = opened(PAGE, lake_folder, monkeypatch, **form)
    assert not app.exception
    assert app.multiselect(key="ask").value == ["simulated/steady"]
    assert app.multiselect(key="only").value == ["form: alone"]
    assert app.number_input(key="calls").value == 40
    assert (app.selectbox(key="metric").value, app.number_input(key="half").value) == ("value", 0.4)
    assert desk.command_of(told) in words(app)


def test_every_run_stands_in_the_table_with_its_state(lake_folder: Path, monkeypatch) -> None:
    run = stopped_run(lake_folder)
    with Lake.open(str(lake_folder)) as lake:
        runs.mark(lake, run, "running")  # as a process that was killed leaves it
    app = opened(PAGE, lake_folder, monkeypatch)
    (frame,) = app.dataframe
    assert frame.value["state"].tolist() == ["⚠ interrupted"]
    assert frame.value["done"].tolist() == [pytest.approx(40 / 114)]


def test_one_item_is_tried_and_nothing_is_kept(filled: Path, monkeypatch) -> None:
    with Lake.open(str(filled)) as lake:
        before = runs.newest(lake)
    app = opened(PAGE, filled, monkeypatch, show="Try one", **{"with": "dilemmas", "item": "choir-treasurer", "ask": "simulated/steady"})
    assert not app.exception
    app.button(key="try").click().run(timeout=90)
    assert not app.exception
    said = words(app)
    assert "What should be done?" in said
    assert "answers in the lake say" in said
    with Lake.open(str(filled)) as lake:
        assert runs.newest(lake) == before


def test_the_page_offers_models_whose_key_is_there_first(monkeypatch, tmp_path: Path) -> None:
    from engine.models import keys
    from pages import desk

    for names in keys.OF_PROVIDER.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(keys, "SECRETS", tmp_path / "none.toml")
    catalogue = tmp_path / "models.toml"
    catalogue.write_text('[models.early]\nmodel = "openai/gpt-4o"\n[models."simulated/steady"]\nmodel = "simulated/steady"\n')
    monkeypatch.setenv("PLUMBLINE_MODELS", str(catalogue))
    assert desk.offered() == ["simulated/steady", "early"]
    monkeypatch.setenv("MISTRAL_API_KEY", "any")
    offered = desk.offered()
    assert offered[0] == "simulated/steady"
    assert offered[-1] == "early"
    assert all(name.startswith("mistral/") for name in offered[1:-1])
    assert json.dumps(desk.keyless(["early"])) == '{"early": "OPENAI_API_KEY"}'


def test_the_smallest_effect_is_asked_for_where_a_verdict_is_given(lake_folder: Path, monkeypatch) -> None:
    asked = {"show": "Start", "ask": "simulated/steady", "only": "told: none"}
    app = opened(PAGE, lake_folder, monkeypatch, **asked, on="tradeoffs", smallest="0.5")
    assert not app.exception
    assert app.number_input(key="smallest").value == 0.5
    assert "--smallest-effect 0.5" in words(app)
    app = opened(PAGE, lake_folder, monkeypatch, **{**asked, "on": "dilemmas", "only": "pressure: none"})
    assert not app.exception
    assert "smallest" not in {one.key for one in app.number_input}
