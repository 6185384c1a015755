"""The command line as scripts use it: exit status, one-line errors, JSON that stays as it is."""

import json
from pathlib import Path

import pytest

from engine.commands.app import main
from engine.lake import Lake, runs, turns

FINISHED = {"event", "run", "state", "planned", "answered", "unread", "refused", "failed", "cost_usd", "played_before",
            "turns", "reused", "why", "parked", "given_up", "looks"}
ESTIMATE = ["model", "source", "benchmark", "metric", "facet", "value", "low", "high", "trials", "stems", "method"]
SHORT = ["run", "--model", "simulated/steady", "--benchmark", "values", "--condition", "form=alone", "--condition", "scale=ascending",
         "--epochs", "1", "--json"]


def events(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_run_from_command_to_estimates(capsys) -> None:
    assert main(SHORT) == 0
    last = events(capsys)[-1]
    assert set(last) == FINISHED
    assert (last["event"], last["state"], last["planned"], last["failed"]) == ("finished", "complete", 57, 0)
    assert last["answered"] + last["unread"] + last["refused"] == 57

    assert main(["turns", last["run"][:18], "--json"]) == 0
    kept = events(capsys)
    assert len(kept) == 57
    assert {row["source"] for row in kept} == {"simulated"}
    assert kept[0]["condition"] == {"form": "alone", "scale": "ascending"}

    assert main(["estimates", "--benchmark", "values", "--json"]) == 0
    (found,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert list(found[0]) == ESTIMATE
    assert {row["source"] for row in found} == {"simulated"}
    assert main(["estimates", "--format", "csv"]) == 0
    assert capsys.readouterr().out.startswith(",".join(ESTIMATE))
    assert main(["runs", "--json"]) == 0
    assert events(capsys)[0]["state"] == "complete"


def test_the_same_command_plays_nothing_again_and_more_epochs_only_what_is_missing(capsys) -> None:
    main(SHORT)
    capsys.readouterr()
    assert main(SHORT) == 0
    again = events(capsys)[-1]
    assert (again["planned"], again["played_before"], again["run"]) == (0, 57, None)
    more = [*SHORT]
    more[more.index("--epochs") + 1] = "2"
    assert main(more) == 0
    assert events(capsys)[-1]["planned"] == 57


def test_the_same_seed_gives_the_same_replies(capsys, tmp_path: Path, monkeypatch) -> None:
    replies = []
    for name in ("one", "other"):
        monkeypatch.setenv("PLUMBLINE_LAKE", str(tmp_path / name))
        main(SHORT)
        with Lake.open() as lake:
            replies.append(turns.page(lake, limit=None).sort("trial", "turn")["reply"].to_list())
    capsys.readouterr()
    assert replies[0] == replies[1]


WRONG = {
    "model": (["run", "--model", "nobody", "--benchmark", "values"], "no model 'nobody'"),
    "persona": (["run", "--model", "simulated/nobody", "--benchmark", "values"], "no model 'simulated/nobody'"),
    "benchmark": (["run", "--model", "simulated/steady", "--benchmark", "nothing"], "no benchmark 'nothing'"),
    "condition": (["run", "--model", "simulated/steady", "--benchmark", "values", "--condition", "weather=wet"], "no condition 'weather'"),
    "level": (["run", "--model", "simulated/steady", "--benchmark", "dilemmas", "--condition", "pressure=rain"], "no pressure 'rain'"),
    "shape": (["run", "--model", "simulated/steady", "--benchmark", "dilemmas", "--condition", "pressure"], "field=level"),
    "imported only": (["run", "--model", "simulated/steady", "--benchmark", "triethix"], "cannot be played"),
    "no items": (["run", "--model", "simulated/steady", "--benchmark", "pvq"], "import pvq PATH"),
    "run": (["turns", "0000"], "not in this lake"),
    "importer": (["import", "nothing", "."], "no importer 'nothing'"),
    "path": (["import", "triethix", "/no/such/path"], "no file or folder"),
    "option": (["run", "--colour", "red"], "--colour"),
    "epochs": (["run", "--model", "simulated/steady", "--benchmark", "values", "--epochs", "0"], "epochs"),
    "estimates of nothing": (["estimates", "--benchmark", "nothing"], "no benchmark 'nothing'"),
    "provider": (["run", "--model", "nowhere/x", "--benchmark", "values"], "no provider 'nowhere'"),
    "key": (["run", "--model", "openai/gpt-4o", "--benchmark", "values"], "needs OPENAI_API_KEY"),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG.keys())
def test_wrong_usage_is_one_line_status_two_and_nothing_written(arguments, told: str, capsys, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert told in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert "Traceback" not in said.err
    with Lake.open() as lake:
        assert runs.listed(lake).is_empty()
        assert turns.count(lake) == 0


def test_a_models_file_with_a_mistake(tmp_path: Path, monkeypatch, capsys) -> None:
    (tmp_path / "models.toml").write_text('[models."x"]\nmodle = "openai/x"\n')
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models.toml"))
    assert main(["models"]) == 1
    assert "model 'x'" in capsys.readouterr().err


def test_lists_for_people_and_machines(capsys) -> None:
    assert main(["models"]) == 0
    assert "simulated/steady" in capsys.readouterr().out
    assert main(["benchmarks", "--json"]) == 0
    found = {row["name"]: row for row in events(capsys)}
    assert found["dilemmas"]["conditions"]["pressure"] == ["none", "theory", "argument", "crowd", "authority"]
    assert found["triethix"]["playable"] is False
    assert main(["benchmarks"]) == 0
    assert "import pvq" in capsys.readouterr().out
