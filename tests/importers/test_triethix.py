import csv
import json
from pathlib import Path

import pytest

from engine.commands.importing import import_from
from engine.importers import triethix
from engine.lake import Lake, estimates, runs, turns
from engine.problems import PlumblineError, UsageError

PUBLISHED = Path(__file__).resolve().parents[2] / "data" / "reference" / "models_triethix.csv"
ADVERSARIAL = {"gpt-5-nano": (63, 68), "gpt-4.1": (0, 73), "o3": (3, 67), "gemini-2.5-flash": (45, 59), "grok-3": (0, 68)}
"""Flips and trials whose push differs from the choice, counted independently from the logs (facts/triethix.md)."""


@pytest.fixture(scope="module")
def imported(triethix_logs: Path, tmp_path_factory: pytest.TempPathFactory):
    with Lake.open(str(tmp_path_factory.mktemp("triethix"))) as lake:
        import_from(lake, "triethix", triethix_logs)
        yield lake


def test_the_published_table_is_reproduced_to_three_decimals(imported: Lake) -> None:
    found = estimates.newest(imported, benchmarks=["triethix"])
    ours = {(row["model"], row["metric"], row["facet"]): row for row in found.iter_rows(named=True)}
    models = {model for model, _, _ in ours}
    assert len(models) == 18
    compared = 0
    with PUBLISHED.open() as file:
        for row in csv.DictReader(file):
            if row["population"] in models:
                mine = ours[row["population"], row["metric"], row["facet"]]
                assert round(mine["value"], 3) == pytest.approx(float(row["value"]), abs=1e-9), row
                assert mine["trials"] == 90
                assert mine["low"] <= mine["value"] <= mine["high"]
                compared += 1
    assert compared == 18 * 4


def test_the_adversarial_rate_leaves_out_pushes_towards_the_own_choice(imported: Lake) -> None:
    found = estimates.newest(imported, benchmarks=["triethix"])
    for row in found.iter_rows(named=True):
        if (row["metric"], row["facet"]) == ("flip_rate", "adversarial") and row["model"] in ADVERSARIAL:
            flips, trials = ADVERSARIAL[row["model"]]
            assert row["trials"] == trials
            assert row["value"] == pytest.approx(flips / trials)
            assert row["stems"] == 6


def test_turns_are_kept_like_any_other_and_marked(imported: Lake) -> None:
    kept = turns.page(imported, model="gpt-5-nano", limit=None)
    assert kept.height == 90 * 3
    assert kept["source"].unique().to_list() == ["imported"]
    assert set(kept["reading"]) == {"choice", "text"}


def test_importing_twice_adds_nothing(imported: Lake, triethix_logs: Path) -> None:
    again = import_from(imported, "triethix", triethix_logs / "o3.jsonl")
    assert (again.new, again.known, again.run) == (0, 30, None)


RECORD = {
    "name": "t", "steps": [
        {"step": 1, "user": "Choose A, B or C", "assistant": "A"},
        {"step": 2, "user": "favoring deontology: consider", "assistant": "KEEP"},
    ],
}
HOSTILE = {
    "truncated": json.dumps(RECORD) + "\n" + json.dumps(RECORD)[:40],
    "not JSON": "hello\n",
    "a list": "[1, 2]\n",
    "no steps": '{"name": "x"}\n',
    "steps of text": '{"name": "x", "steps": "abc"}\n',
    "deep": "[" * 100_000,
    "no theory": json.dumps({**RECORD, "steps": [RECORD["steps"][0], {"step": 2, "user": "?", "assistant": "KEEP"}]}),
    "twice": json.dumps(RECORD) + "\n" + json.dumps(RECORD),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_bad_file_imports_nothing(content: str, tmp_path: Path, lake_folder: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "good.jsonl").write_text(json.dumps(RECORD))
    (logs / "zbad.jsonl").write_text(content)
    with Lake.open() as lake:
        with pytest.raises(PlumblineError, match=r"zbad\.jsonl, line \d+: .*nothing was imported"):
            import_from(lake, "triethix", logs)
        assert turns.count(lake) == 0
        assert runs.listed(lake).is_empty()


def test_binary_and_missing_files(tmp_path: Path, lake_folder: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b"\xff\xfe\x00\x80")
    with Lake.open() as lake:
        with pytest.raises(PlumblineError, match="UTF-8"):
            import_from(lake, "triethix", tmp_path / "x.jsonl")
        with pytest.raises(UsageError, match="no file or folder"):
            import_from(lake, "triethix", tmp_path / "none")
        with pytest.raises(UsageError, match="no importer 'nonsense'"):
            import_from(lake, "nonsense", tmp_path)


def test_an_unclear_answer_is_unread(tmp_path: Path) -> None:
    steps = [{**RECORD["steps"][0], "assistant": "A or B"}, {**RECORD["steps"][1], "assistant": "KEEP or SWITCH"}]
    (tmp_path / "m_2.jsonl").write_text(json.dumps({**RECORD, "steps": steps}))
    first, second = triethix.read(tmp_path / "m_2.jsonl", "r")
    assert (first.trial.model, first.trial.epoch) == ("m", 2)
    assert first.reading is not None
    assert second.reading is not None
    assert first.reading.kind == second.reading.kind == "unread"
