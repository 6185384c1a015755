"""Names and replies from outside stay words: nothing in them becomes an image, a link to fetch or markup."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from engine.conversation import Reading
from engine.lake import Lake, estimates, references, runs, turns
from engine.metrics.evidence import SCHEMA
from engine.problems import Problem
from engine.turns import Trial, Turn
from pages.parts import plain
from tests.pages.test_pages import PAGES, fresh_caches, opened  # noqa: F401

EVIL = "![x](http://example.invalid/x.png)"
MODEL = f"{EVIL}<img src=http://example.invalid/y>"


@pytest.fixture(scope="module")
def hostile(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake whose only model is named like an image: its estimates pass for values and dilemmas, one call failed."""
    folder = tmp_path_factory.mktemp("hostile") / "lake"
    with Lake.open(str(filled)) as other:
        known = estimates.newest(other, models=["simulated/random"])
        evidence = {
            name: estimates.newest_evidence(other, name).filter(pl.col("model") == "simulated/random").select(list(SCHEMA))
            for name in known["benchmark"].unique()
        }
    with Lake.open(str(folder)) as lake:
        references.load(lake)
        runs.begin(lake, "r", plan={}, seed=0, asked_by="a test", versions={})
        for (name,), mine in known.group_by("benchmark"):
            rows = mine.select("metric", "facet", "value", "low", "high", "trials", "stems", "dropped", "method")
            estimates.keep(lake, "r", MODEL, "measured", str(name), "1", rows, evidence[str(name)])
        trial = Trial(MODEL, "dilemmas", "1", EVIL, EVIL, {"order": EVIL}, 1, 0)
        said = [{"role": "user", "content": EVIL}]
        now = datetime.now(UTC)
        turns.append(lake, [
            Turn("r", trial, "measured", EVIL, 0, False, said, EVIL, Reading("unread", text=EVIL), None, now),
            Turn("r", trial, "measured", EVIL, 1, True, said, None, None, Problem.REJECTED, now, detail=EVIL),
        ])
        runs.finish(lake, "r", "complete", {})
    return folder


def drawn(app) -> list[str]:
    """Everything on the page that is shown as Markdown, tooltips included; a badge escapes its own brackets."""
    kinds = ("title", "subheader", "markdown", "caption", "warning", "error")
    elements = [element for kind in kinds for element in getattr(app, kind)]
    return [str(element.value) for element in elements] + [str(getattr(element.proto, "help", "")) for element in elements]


@pytest.mark.parametrize("page", PAGES)
def test_a_hostile_name_is_never_an_image(page: str, hostile: Path, monkeypatch) -> None:
    app = opened(page, hostile, monkeypatch, models=MODEL)
    assert not app.exception
    for text in drawn(app):
        assert "![x](" not in text


def test_a_hostile_conversation_is_plain_text(hostile: Path, monkeypatch) -> None:
    with Lake.open(str(hostile)) as lake:
        trial = turns.page(lake, limit=1)["trial"][0]
    app = opened("evidence/turns.py", hostile, monkeypatch, trial=trial, run="r")
    assert not app.exception
    assert [text.value for text in app.text].count(EVIL) == 3
    assert all("![x](" not in text for text in drawn(app))


@pytest.mark.parametrize("text", ["a_b *c* `d`", "![x](http://e/x.png)", "<b>", "$x$ 12 % (3 to 4)", "a\\b", "~~gone~~ # not a title"])
def test_plain_text_escapes_every_mark(text: str) -> None:
    marked = plain(text)
    assert marked.replace("\\", "") == text.replace("\\", "")
    for place, sign in enumerate(marked):
        if sign in "*_`[]()<>$~#!":
            assert marked[place - 1] == "\\"
