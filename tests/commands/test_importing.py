"""Bringing queries and situations in: whole or not at all, under a name of their own."""

import json
from pathlib import Path

import pytest

from engine.benchmarks import benchmark
from engine.commands.app import main
from engine.lake import Lake, items
from tests.importers.published import published

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


def story(number: int, **changed: str) -> str:
    told = {
        "ID": f"S{number}", "norm": "Share what is left.", "situation": f"Ola has {number} apples.", "intention": "Ola is hungry.",
        "moral_action": "Ola halves them.", "moral_consequence": "Both eat.", "immoral_action": "Ola hides them.",
        "immoral_consequence": "One eats.",
    }
    return json.dumps(told | changed) + "\n"


def test_stories_come_whole_with_the_count_of_their_rows(tmp_path: Path, capsys) -> None:
    (tmp_path / "own.jsonl").write_text(story(1) + story(2))
    assert main(["import", "moral-stories", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "read 2 rows of own.jsonl\nimported 2 items, 0 rows refused; play them with" in said.out
    assert "--benchmark moral-stories" in said.out
    assert said.err == ""
    assert held() == {"moral-stories": 2}


def test_one_bad_story_stops_all_unless_bad_rows_are_skipped(tmp_path: Path, capsys) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text(story(1) + story(2, norm="") + story(1) + story(3))
    assert main(["import", "moral-stories", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "refused: own.jsonl, line 2: it has no norm\nrefused: own.jsonl, line 3: the ID 'S1' was there before (own.jsonl, line 1)\n"
        "plumbline: 2 of 4 rows are refused and nothing was imported; mend them, or bring in the other 2 items with --skip-bad\n"
    )
    assert held() == {}
    assert main(["import", "moral-stories", str(path), "--skip-bad", "--json"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["new"], told["refused"], told["rows"], told["benchmark"]) == (2, 2, {"own.jsonl": 4}, "moral-stories")
    assert said.err.count("refused: ") == 2
    assert main(["import", "moral-stories", str(path), "--skip-bad"]) == 0
    assert "imported 2 items, 2 rows refused" in capsys.readouterr().out
    assert held() == {"moral-stories": 2}


def test_of_many_bad_rows_twenty_are_told(tmp_path: Path, capsys) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text("".join(story(number, norm="") for number in range(23)))
    assert main(["import", "moral-stories", str(path), "--skip-bad"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["refused"] * 20 + ["and 3 more", "plumbline"]
    assert "23 of 23 rows are refused and nothing was imported" in lines[-1]
    assert held() == {}


def test_rows_that_make_no_story_import_nothing(tmp_path: Path, capsys) -> None:
    (tmp_path / "flips.csv").write_text("ID,norm,flipped-norm\nS11,Share.,Keep.\n")
    assert main(["import", "moral-stories", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "has no item for moral-stories (1 rows of flips.csv give norms to stories that are not here)" in told
    assert told.count("\n") == 1


def test_bad_rows_are_skipped_in_stories_alone(sheet: Path, capsys) -> None:
    assert main(["import", "situations", str(sheet), "--skip-bad"]) == 2
    assert "--skip-bad is for moral-stories, moralchoice, ethics, daily-dilemmas" in capsys.readouterr().err
    assert held() == {}


@pytest.mark.parametrize(("importer", "folder", "new", "refused"), [
    ("moral-stories", "moral_stories", 2000, 0), ("moralchoice", "moralchoice", 1366, 1), ("ethics", "ethics", 11888, 0),
    ("daily-dilemmas", "daily_dilemmas", 1360, 0),
])
def test_the_published_data_come_into_the_lake(importer: str, folder: str, new: int, refused: int, capsys) -> None:
    assert main(["import", importer, str(published(folder)), "--skip-bad", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["refused"]) == (new, refused)
    assert held() == {importer: new}
    assert main(["benchmarks"]) == 0
    assert importer in capsys.readouterr().out
    with Lake.open() as lake:
        kept = items.items_of(lake, benchmark(importer))
    assert {"value", "wordings"} <= set(kept[0].content)
