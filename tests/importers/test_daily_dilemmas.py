"""DailyDilemmas: every situation is a choice, with the data's own words for the actions where both are told."""

import csv
from pathlib import Path

import pytest

from engine.importers import daily_dilemmas
from engine.importers.daily_dilemmas import ACTIONS, OURS
from engine.problems import PlumblineError
from tests.importers.published import published

HEAD = ("", "idx", "basic_situation", "dilemma_situation")
BUS = ("0", "7", "taking the bus.", "You see a purse on the seat. Do you keep it?")
TEA = ("1", "9", "having tea.", "Your host spills the tea. Do you say so?")


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def action(kind: str, told: str, values: str = "['trust']", idx: str = "7", dilemma: str = BUS[3]) -> tuple[str, ...]:
    return (idx, "taking the bus.", dilemma, kind, told, "It is missed.", values, "transport")


def test_each_situation_is_a_choice_in_our_words(tmp_path: Path) -> None:
    first, second = daily_dilemmas.read(write(tmp_path / "dilemma.csv", HEAD, BUS, TEA)).items
    assert (first.id, first.stem, second.id) == ("7", "7", "9")
    assert first.content == {
        "value": "", "wordings": [{"situation": BUS[3], "intention": "", "options": OURS, "norm": "", "opposite": ""}],
        "basic_situation": "taking the bus.", "source_file": "dilemma.csv",
    }
    assert list(OURS) == ["one", "other"]


def test_the_file_of_actions_gives_words_values_and_topic(tmp_path: Path) -> None:
    write(tmp_path / "dilemma.csv", HEAD, BUS, TEA)
    other = action("not_to_do", "Hand it in", "['honesty', \"others' trust\"]")
    write(tmp_path / "by_action.csv", ACTIONS, other, action("to_do", "Keep it"))
    brought = daily_dilemmas.read(tmp_path)
    first, second = brought.items
    assert first.content["wordings"][0]["options"] == {"one": "Keep it", "other": "Hand it in"}
    assert list(first.content["wordings"][0]["options"]) == ["one", "other"]
    assert first.content["values"] == {"one": ["trust"], "other": ["honesty", "others' trust"]}
    assert (first.content["value"], second.content["value"]) == ("transport", "")
    assert second.content["wordings"][0]["options"] == OURS
    assert brought.rows == {"by_action.csv": 2, "dilemma.csv": 2}
    assert brought.notes == ["1 dilemmas have the data's own words for their two actions, 1 have ours"]
    assert [item.id for item in daily_dilemmas.read(tmp_path / "by_action.csv").items] == ["7"]


@pytest.mark.parametrize(("rows", "told"), [
    ([action("to_do", "Keep it")], {2: "the row with the other action"}),
    ([action("to_do", "Keep it"), action("not_to_do", "keep it.")], {}),
    ([action("to_do", "Keep it"), action("perhaps", "Wait")], {2: "the row with the other", 3: "its action_type is 'perhaps'"}),
    ([action("to_do", "Keep it"), action("not_to_do", "Leave", "[open")], {2: "the row with the other", 3: "its values_names is"}),
    ([action("to_do", "Keep it"), action("not_to_do", "Leave", "[1]")], {2: "the row with the other", 3: "its values_names is"}),
    ([action("to_do", "A"), action("to_do", "B"), action("not_to_do", "C")], {3: "the idx '7' was there before (by_action.csv, line 2)"}),
    ([action("to_do", "A"), action("not_to_do", "B", dilemma="Else?")], {2: "the row with the other", 3: "its dilemma is not the one of"}),
])
@pytest.mark.parametrize("alone", [True, False])
def test_bad_rows_of_actions_are_refused_by_line(rows: list[tuple[str, ...]], told: dict[int, str], alone: bool, tmp_path: Path) -> None:
    write(tmp_path / "by_action.csv", ACTIONS, *rows)
    if not alone:
        write(tmp_path / "dilemma.csv", HEAD, BUS)
    refused = [one for one in daily_dilemmas.read(tmp_path).refused if one.startswith("by_action.csv")]
    if told:
        assert [one.startswith(f"by_action.csv, line {line}: {why}") for one, (line, why) in zip(refused, told.items(), strict=True)] == [
            True for _ in told
        ]
    else:
        assert "its two actions are equal" in daily_dilemmas.read(tmp_path).refused[0]


@pytest.mark.parametrize(("row", "why"), [
    (("1", "8", "b", " "), "it has no dilemma_situation"), (BUS, "the idx '7' was there before (dilemma.csv, line 2)"),
    (("5", "8", *BUS[2:]), "the same situation and options were there before (dilemma.csv, line 2)"),
    (("1", "", *TEA[2:]), "it has no idx"),
])
def test_bad_dilemmas_are_refused_by_line(row: tuple[str, ...], why: str, tmp_path: Path) -> None:
    brought = daily_dilemmas.read(write(tmp_path / "dilemma.csv", HEAD, BUS, row))
    assert brought.refused == (f"dilemma.csv, line 3: {why}",)
    assert [item.id for item in brought.items] == ["7"]


def test_a_file_without_dilemmas(tmp_path: Path) -> None:
    path = write(tmp_path / "values.csv", ("", "value"), ("0", "trust"))
    with pytest.raises(PlumblineError, match="the column idx is missing"):
        daily_dilemmas.read(path)
    assert "values.csv is left alone: it holds no dilemmas" in daily_dilemmas.read(tmp_path).notes


def test_the_published_files_are_read_whole() -> None:
    brought = daily_dilemmas.read(published("daily_dilemmas"))
    assert brought.rows == {"dilemma.csv": 1360, "dilemmas_with_detail_by_action_test.csv": 8}
    assert (len(brought.items), brought.refused) == (1360, ())
    assert sum("values" in item.content for item in brought.items) == 4
    assert brought.items[0].content["wordings"][0]["options"]["one"] == "Report the colleague"
    assert "4 dilemmas have the data's own words for their two actions, 1356 have ours" in brought.notes
