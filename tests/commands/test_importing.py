"""Bringing queries and situations in: whole or not at all, under a name of their own."""

import json
from pathlib import Path

import pytest

from engine.commands.app import main
from engine.lake import Lake, items

HEAD = "country,situation,label,norm\n"
GOOD = HEAD + 'KE,"Wanjiru takes the cup with both hands.",acceptable,"Things from an elder are taken with both hands."\n'


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "Our Village (2).csv"
    path.write_text(GOOD)
    return path


def held() -> dict[str, int]:
    with Lake.open() as lake:
        return items.imported(lake)


def test_a_set_is_called_after_its_file_or_as_told_and_sets_stand_side_by_side(sheet: Path, capsys) -> None:
    assert main(["import", "situations", str(sheet)]) == 0
    assert main(["import", "situations", str(sheet), "--name", "other", "--json"]) == 0
    said = capsys.readouterr().out
    assert "--benchmark situations/our-village-2" in said
    assert json.loads(said.splitlines()[-1])["benchmark"] == "situations/other"
    assert held() == {"situations/our-village-2": 1, "situations/other": 1}
    assert main(["import", "situations", str(sheet), "--name", "other"]) == 0
    assert held()["situations/other"] == 1, "the same name takes the place of what it had"
    assert main(["benchmarks"]) == 0
    assert "situations/other" in capsys.readouterr().out


@pytest.mark.parametrize(("text", "name", "said"), [
    (GOOD, "No Good", "cannot name a set"), (GOOD, "", "cannot name a set"),
    (HEAD + "XX,s,acceptable,n\n", None, "row 2"), (HEAD + "KE,s,fine,n\n", None, "row 2"), (HEAD + "KE,s,acceptable,\n", None, "row 2"),
    ("country,label\nKE,acceptable\n", None, "situation"),
])
def test_a_wrong_set_is_refused_in_one_line_and_nothing_is_kept(text: str, name: str | None, said: str, sheet: Path, capsys) -> None:
    sheet.write_text(text)
    status = main(["import", "situations", str(sheet), *([] if name is None else ["--name", name])])
    told = capsys.readouterr().err
    assert status in (1, 2)
    assert said in told
    assert told.count("\n") == 1
    assert held() == {}


def test_a_name_is_for_situations_alone(sheet: Path, capsys) -> None:
    assert main(["import", "pvq", str(sheet), "--name", "x"]) == 2
    assert "--name is for situations" in capsys.readouterr().err


def test_the_published_queries_come_whole_with_the_damaged_ones_named(safeworld: Path, capsys) -> None:
    assert main(["import", "safeworld", str(safeworld), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["benchmark"]) == (2350, "safeworld")
    assert [one.partition(":")[0] for one in told["damaged"]] == ["culture-type2.json, line 222", "policy-type2.json, line 1123"]
    assert held() == {"safeworld": 2350}


def test_a_set_that_was_never_imported_says_how_to(capsys) -> None:
    assert main(["run", "--model", "simulated/steady", "--benchmark", "situations/mine"]) == 2
    assert "import situations PATH" in capsys.readouterr().err


def test_an_item_that_models_have_answered_does_not_become_another(sheet: Path, capsys) -> None:
    assert main(["import", "situations", str(sheet), "--name", "mine"]) == 0
    assert main(["run", "--model", "simulated/steady", "--benchmark", "situations/mine", "--json"]) == 0
    more = 'TZ,"Juma greets his uncle first.",acceptable,"The younger greets first."\n'
    sheet.write_text(GOOD + more)
    assert main(["import", "situations", str(sheet), "--name", "mine"]) == 0, "a row at the end changes nothing that was answered"
    sheet.write_text(HEAD + more + GOOD.removeprefix(HEAD))
    capsys.readouterr()
    assert main(["import", "situations", str(sheet), "--name", "mine"]) == 2
    assert "item 'row-2' of situations/mine differs from the one that models have answered; give another --name" in capsys.readouterr().err
    assert held() == {"situations/mine": 2}
