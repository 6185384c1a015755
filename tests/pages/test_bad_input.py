"""What there is too little of, or nothing usable in, is said as such on every page: no exception, no zero, no empty chart."""

import re
from pathlib import Path

import pytest
import streamlit as st

from engine.benchmarks import benchmark
from engine.commands.playing import estimated, play
from engine.commands.request import Request
from engine.lake import Lake, references
from engine.models.gateway import DirectGateway
from tests.pages.test_pages import PAGES, opened, words

MODELS = ["simulated/steady", "simulated/pliable"]
NAMES = ("values", "decisions", "dilemmas", "regions", "stories", "tradeoffs")
VIEWS = [(page, {}) for page in PAGES if page.startswith("results")] + [
    ("results/bridges.py", {"bridge": "Across benchmarks"}), ("results/bridges.py", {"bridge": "Over time"}),
    ("results/compare.py", {"sides": "two conditions of a model", "asked": "values"}),
    ("results/compare.py", {"sides": "two dates of a model", "asked": "decisions"}),
]
CHANGES = {
    "all refused": "UPDATE turns SET reading = 'refusal', choice = NULL, number = NULL",
    "one stem": "DELETE FROM turns WHERE stem NOT IN ('six-ports', 'ferry-ticket', 'power_dominance', 'spraying-in-full-bloom',"
                " 'cabin-promised-tuesday') AND trial_item NOT LIKE 'ke-%'",
    "always the same": "UPDATE turns SET choice = CASE benchmark WHEN 'regions' THEN 'acceptable' WHEN 'stories' THEN 'moral'"
                       " WHEN 'tradeoffs' THEN 'respect' ELSE 'virtue' END, number = 3"
                       " WHERE reading IN ('choice', 'rating')",
    "costs that are no number": "UPDATE turns SET cost_usd = 'nan'::DOUBLE, latency_s = NULL",
    "one epoch of one model": "DELETE FROM turns WHERE epoch > 1 OR model = 'simulated/pliable'",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of two models with a little of everything."""
    folder = tmp_path_factory.mktemp("asked") / "lake"
    with Lake.open(str(folder)) as lake:
        references.load(lake)
        play(lake, Request(MODELS, ["values"], ["form=sheet"], 1), gateway=DirectGateway())
        play(lake, Request(MODELS, ["decisions"], ["wording=1"], 2), gateway=DirectGateway())
        play(lake, Request(MODELS, ["dilemmas"], ["pressure=none,crowd"], 1), gateway=DirectGateway())
        play(lake, Request(MODELS, ["regions"], ["strategy=direct"], 1), gateway=DirectGateway())
        play(lake, Request(MODELS, ["stories"], ["wording=1", "order=first"], 1), gateway=DirectGateway())
        play(lake, Request(MODELS, ["tradeoffs"], ["told=none,both", "order=first", "paraphrase=1,2"], 1), gateway=DirectGateway())
    return folder


@pytest.fixture(scope="module", params=list(CHANGES))
def bad(request: pytest.FixtureRequest, asked: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The same lake made bad in one way, and estimated anew; its pages share what they cache, as those of a dashboard do."""
    folder = tmp_path_factory.mktemp("bad") / "lake"
    with Lake.open(str(folder)) as lake, Lake.open(str(asked), create=False) as before:
        for table in ("runs", "turns", '"references"'):
            lake.insert(table.strip('"'), before.read(f"SELECT * FROM {table}"))
        lake.write(lambda cursor: cursor.execute(CHANGES[request.param]))
        run = str(lake.read("SELECT max(id) AS id FROM runs")["id"][0])
        for model in MODELS:
            for name in NAMES:
                estimated(lake, run, model, "simulated", benchmark(name))
    st.cache_resource.clear()
    st.cache_data.clear()
    return request.param, folder


@pytest.mark.parametrize(("page", "query"), VIEWS, ids=lambda told: told if isinstance(told, str) else "-".join(told.values()))
def test_every_page_says_what_there_is(bad: tuple[str, Path], page: str, query: dict[str, str], monkeypatch) -> None:
    kind, folder = bad
    app = opened(page, folder, monkeypatch, **query)
    assert not app.exception, [one.message for one in app.exception]
    said = words(app)
    assert not re.search(r"\bnan\b", said.lower())
    for chart in app.get("plotly_chart"):
        assert "Not computable" not in chart.proto.spec, "an empty chart"
        assert "Not measured yet" not in chart.proto.spec, "an empty chart"
    if kind == "all refused" and page in ("results/overview.py", "results/compare.py"):
        assert "refused" in said
        assert "0 answered" in said
