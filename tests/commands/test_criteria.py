"""The commands about criteria: one line where something is wrong, the right exit status, and what goes out comes back."""

import json
from pathlib import Path

import pytest

from engine.commands.app import main
from engine.lake import Lake, assertions
from tests.rubrics.simulated import made


def test_from_checking_to_the_card_and_out_and_back(tmp_path: Path, capsys) -> None:
    with Lake.open() as lake:
        one = made(lake, tmp_path, 40)
        assertions.choose(lake, one.rubric, one.criterion, one.judge(), "Ana")
        one.sql("n::INTEGER % 3 > 0")
        one.grade(one.audit)
    assert main(["criteria", "check", "prices", "--dry-run"]) == 0
    assert "40 verdicts by SQL, 40 calls of simulated/steady (free)" in capsys.readouterr().out
    assert main(["criteria", "check", one.rubric, "--most", "10", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["calls"], told["left"]) == (10, 30)
    assert main(["criteria", "check", one.rubric]) == 0
    assert "0 are left" in capsys.readouterr().out
    assert main(["criteria", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outputs"] == 40
    assert main(["criteria", "card", "Prices"]) == 0
    shown = capsys.readouterr().out
    assert "No price" in shown
    assert "simulated/steady, asked for 'verdict'" in shown
    assert main(["criteria", "card", "Prices", "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["counts"]["audit_graded"] == 20
    assert main(["criteria", "list"]) == 0
    for ending in ("yaml", "py"):
        to = tmp_path / f"out.{ending}"
        assert main(["criteria", "export", "Prices", "--to", str(to)]) == 0
        assert "It names no price." in to.read_text()
    assert "[[REPLY]]" in (tmp_path / "out.py").read_text()
    assert card["card"]["cells"]["passed_passed"] > 0
    assert main(["criteria", "import", str(tmp_path / "out.py")]) == 0
    capsys.readouterr()
    assert main(["criteria", "card", "Prices"]) == 2
    assert "stands for 2 rubrics" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "status", "told"), [
    (["card", "none"], 2, "rubric 'none' is not in this lake"), (["check", "none"], 2, "not in this lake"),
    (["import", "none.yaml"], 2, "check the path"), (["import", "{bad}"], 1, "not an exported rubric"),
    (["export", "Prices", "--to", "a.txt"], 2, ".yaml or .py"), (["export", "Prices", "--to", "/nowhere/a.py"], 1, "cannot be written"),
    (["check", "Prices", "--most", "0"], 2, "nothing to ask"), (["check", "Prices", "--assertion", "x"], 2, "not in this rubric"),
])
def test_what_is_wrong_is_one_line(arguments: list[str], status: int, told: str, tmp_path: Path, capsys) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("a: 1")
    with Lake.open() as lake:
        made(lake, tmp_path, 4)
    assert main(["criteria", *(str(bad) if one == "{bad}" else one for one in arguments)]) == status
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
