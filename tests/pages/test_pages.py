"""Every page, on a filled lake and on an empty one, as Streamlit's own test runner sees it."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.commands.playing import play
from engine.commands.request import Request
from engine.conversation import Reading
from engine.lake import Lake, references, schema, turns
from engine.models.gateway import DirectGateway
from engine.turns import Trial, Turn

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "results/overview.py": "Can these models be called aligned?", "results/values.py": "What does a model say it values",
    "results/dilemmas.py": "Which ethics does a model choose by", "results/regions.py": "Where does its moral reasoning fail",
    "results/stories.py": "Is it on people's side every time?", "results/tradeoffs.py": "When respect and fair shares collide",
    "evidence/turns.py": "The conversations themselves",
    "evidence/runs.py": "Runs: ask the models",
    "results/compare.py": "Which differences are real?",
    "results/bridges.py": "What goes with what?",
    "about/methods.py": "How these numbers are made", "present/present.py": "Present",
}


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def opened(page: str, lake: Path, monkeypatch, /, **query: str) -> AppTest:
    monkeypatch.setenv("PLUMBLINE_LAKE", str(lake))
    app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(page).run()


def words(app: AppTest) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "text", "code", "warning", "error")
    return " ".join(str(element.value) for kind in kinds for element in getattr(app, kind))


@pytest.mark.parametrize(("page", "title"), PAGES.items())
def test_a_page_opens_on_a_filled_lake_first_of_all(page: str, title: str, filled: Path, monkeypatch) -> None:
    app = opened(page, filled, monkeypatch)
    assert not app.exception
    assert app.title[0].value.startswith(title)
    if page.startswith("results"):
        assert "SIMULATED" in words(app)
        assert "95 % intervals" in words(app)


@pytest.mark.parametrize(("page", "title"), PAGES.items())
def test_a_page_on_an_empty_lake_says_what_to_run(page: str, title: str, lake_folder: Path, monkeypatch) -> None:
    app = opened(page, lake_folder, monkeypatch)
    assert not app.exception
    assert app.title[0].value.startswith(title)
    if not page.startswith("about"):
        assert "python -m engine prepare" in words(app)


def test_filters_come_from_the_address(filled: Path, monkeypatch) -> None:
    app = opened("results/values.py", filled, monkeypatch, detail="19 values", view="Dots", models="simulated/steady")
    assert not app.exception
    assert app.multiselect(key="models").value == ["simulated/steady"]
    assert "published norms exist at ten values only" in words(app)


def test_nonsense_in_the_address_falls_back(filled: Path, monkeypatch) -> None:
    for page in PAGES:
        nonsense = {"detail": "<b>", "view": "x", "models": "nobody", "asked": "9", "page": "-4", "study": "?", "countries": "Atlantis",
                    "country": "Atlantis", "strategy": "luck", "tiles": "sea", "region_model": "<i>"}
        app = opened(page, filled, monkeypatch, **nonsense)
        assert not app.exception, page


def test_a_profile_that_fails_is_marked_before_it_is_drawn(filled: Path, monkeypatch) -> None:
    app = opened("results/values.py", filled, monkeypatch)
    assert any("simulated/random" in warning.value and "no profile" in warning.value for warning in app.warning)


def test_real_logs_stand_beside_the_published_table(with_logs: Path, monkeypatch) -> None:
    app = opened("results/dilemmas.py", with_logs, monkeypatch, asked="triethix")
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "published" in frame.value.columns)
    known = table[table["published"].notna()]
    assert len(known) == 4
    assert "dropped" not in known


def test_without_logs_the_published_table_of_real_models_is_shown(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        references.load(lake)
        play(lake, Request(["simulated/steady"], ["dilemmas"], epochs=1), gateway=DirectGateway())
    app = opened("results/dilemmas.py", lake_folder, monkeypatch, asked="triethix")
    assert not app.exception
    assert "Published flip rates of real models" in words(app)
    assert "import triethix PATH" in words(app)
    overview = opened("results/overview.py", lake_folder, monkeypatch)
    assert not overview.exception
    assert "published figures only" in words(overview)
    assert "gpt-5-nano" in words(overview)


def test_a_conversation_has_a_permalink_and_hostile_words_stay_words(lake_folder: Path, monkeypatch) -> None:
    hostile = "![x](http://example.invalid/x.png) <img src=http://example.invalid/y> $x$ :material/home:"
    trial = Trial("<script>alert(1)</script>", "dilemmas", "1", "i", "s", {"order": "vdc"}, 1, 0)
    with Lake.open(str(lake_folder)) as lake:
        turns.append(lake, [Turn("r", trial, "measured", "i", 0, True, [{"role": "user", "content": hostile}], hostile,
                                 Reading("unread", text=hostile), None, datetime.now(UTC))])
    app = opened("evidence/turns.py", lake_folder, monkeypatch, trial=trial.key)
    assert not app.exception
    assert [text.value for text in app.text].count(hostile) == 2
    assert all("example.invalid" not in block.value for block in app.markdown)
    assert any(trial.key in code.value for code in app.code)
    for page in ("results/overview.py", "evidence/turns.py"):
        assert not opened(page, lake_folder, monkeypatch).exception


def test_an_unknown_conversation_is_said_to_be_none(filled: Path, monkeypatch) -> None:
    app = opened("evidence/turns.py", filled, monkeypatch, trial="nothing")
    assert not app.exception
    assert "not in the lake" in app.warning[0].value


def test_a_lake_from_a_newer_version_is_one_line(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        lake.write(lambda cursor: cursor.execute(f"INSERT INTO lake_version VALUES ({schema.VERSION + 1})"))
    app = opened("results/overview.py", lake_folder, monkeypatch)
    assert not app.exception
    assert "update Plumbline" in app.error[0].value


def test_the_methods_page_shows_prompts_and_every_metric(filled: Path, monkeypatch) -> None:
    app = opened("about/methods.py", filled, monkeypatch, part="Benchmarks")
    assert not app.exception
    assert any("Reply with the letter" in text.value for text in app.text)
    assert sum("judge is asked" in one.label for one in app.expander) == 1
    assert "You grade an answer that somebody else gave" in words(app)
    assert "Flip rate" in words(opened("about/methods.py", filled, monkeypatch))
    assert "could not be found" in words(opened("about/methods.py", filled, monkeypatch, part="Published figures"))


def test_the_dashboard_never_imports_litellm(filled: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, '.')\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"for page in {list(PAGES)!r}:\n"
        "    app = AppTest.from_file('pages/main.py', default_timeout=60).switch_page(page).run()\n"
        "    assert not app.exception and app.title, page\n"
        "assert 'litellm' not in sys.modules, 'LiteLLM was imported'\n"
    )
    command = [sys.executable, "-c", script.replace("'pages/main.py'", repr(str(ROOT / "pages" / "main.py")))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PLUMBLINE_LAKE": str(filled)})
    assert done.returncode == 0, done.stderr[-2000:]


def test_new_results_appear_at_once(lake_folder: Path, monkeypatch) -> None:
    """No cache may outlive a run: the same session shows a model as soon as its run has finished."""
    request = Request(["simulated/steady"], ["values"], ["form=alone"], epochs=2)
    with Lake.open(str(lake_folder)) as lake:
        play(lake, request, gateway=DirectGateway())
        app = opened("results/values.py", lake_folder, monkeypatch)
        assert app.multiselect(key="models").options == ["simulated/steady"]
        play(lake, replace(request, models=["simulated/pliable"]), gateway=DirectGateway())
        app.run()
        assert app.multiselect(key="models").options == ["simulated/pliable", "simulated/steady"]
        assert "pliable" in words(app)


def test_the_second_page_of_turns_shows_other_turns(filled: Path, monkeypatch) -> None:
    first = opened("evidence/turns.py", filled, monkeypatch, benchmark="dilemmas")
    second = opened("evidence/turns.py", filled, monkeypatch, benchmark="dilemmas", page="2")
    assert not second.exception
    assert first.dataframe[0].value["item"].tolist() != second.dataframe[0].value["item"].tolist()
