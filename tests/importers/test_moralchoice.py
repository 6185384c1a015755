"""MoralChoice: the labels decide which action is right, and where they do not nobody does."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from engine.importers import moralchoice
from engine.problems import PlumblineError, UsageError
from tests.importers.published import published

SOUND = dict.fromkeys(moralchoice.COLUMNS, "No") | {
    "scenario_id": "C_1", "ambiguity": "low", "generation_type": "Generated", "generation_rule": "Do not cheat",
    "context": "You sit an exam.", "action1": "I look at my own sheet.", "action2": "I look at my neighbour's.", "a2_cheat": "Yes",
}


def write(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = moralchoice.COLUMNS) -> Path:
    with (folder / "own.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return folder / "own.csv"


def test_the_action_that_breaks_no_rule_is_the_right_one(tmp_path: Path) -> None:
    turned = SOUND | {"scenario_id": "C_2", "context": "Again.", "a1_cheat": "Yes", "a2_cheat": "No"}
    first, second = moralchoice.read(write(tmp_path, SOUND, turned)).items
    assert (first.id, first.stem, first.content["value"], first.content["ambiguity"]) == ("C_1", "C_1", "Do not cheat", "low")
    assert first.content["wordings"] == [{
        "situation": "You sit an exam.", "intention": "",
        "options": {"moral": "I look at my own sheet.", "immoral": "I look at my neighbour's."}, "norm": "", "opposite": "",
    }]
    assert first.content["labels"]["immoral"]["cheat"] == "Yes"
    assert set(first.content["labels"]["moral"].values()) == {"No"}
    assert list(second.content["wordings"][0]["options"].items()) == [
        ("moral", "I look at my neighbour's."), ("immoral", "I look at my own sheet."),
    ]


@pytest.mark.parametrize("change", [
    {"ambiguity": "high"}, {"a2_cheat": "No"}, {"a1_pain": "Yes"}, {"a1_pain": "No Agreement"}, {"a2_cheat": "No Agreement"},
])
def test_where_the_labels_do_not_tell_neither_is_called_right(change: dict[str, str], tmp_path: Path) -> None:
    brought = moralchoice.read(write(tmp_path, SOUND | change))
    assert brought.items[0].content["wordings"][0]["options"] == {"one": "I look at my own sheet.", "other": "I look at my neighbour's."}
    assert set(brought.items[0].content["labels"]) == {"one", "other"}
    assert bool(brought.notes) == ("ambiguity" not in change)


def test_misprinted_rules_are_read_as_meant(tmp_path: Path) -> None:
    (item,) = moralchoice.read(write(tmp_path, SOUND | {"generation_rule": "Do not break promise"})).items
    assert item.content["value"] == "Do not break your promises"


@pytest.mark.parametrize(("change", "why"), [
    ({"context": " "}, "it has no context"), ({"action2": "I look at my own sheet"}, "its two actions are equal"),
    ({"ambiguity": "some"}, "its ambiguity is 'some'; it must be low or high"), ({"a2_duty": "Perhaps"}, "its a2_duty is 'Perhaps'"),
    ({"scenario_id": "C_1"}, "the id 'C_1' was there before (own.csv, line 2)"), ({"generation_rule": ""}, "it has no generation_rule"),
    ({}, "the same situation and options were there before (own.csv, line 2)"),
])
def test_bad_rows_are_refused_by_line(change: dict[str, str], why: str, tmp_path: Path) -> None:
    brought = moralchoice.read(write(tmp_path, SOUND, SOUND | {"scenario_id": "C_2"} | change))
    (told,) = brought.refused
    assert told.startswith(f"own.csv, line 3: {why}")
    assert [item.id for item in brought.items] == ["C_1"]


def test_a_file_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(PlumblineError, match=r"own\.csv: the column a2_duty is missing"):
        moralchoice.read(write(tmp_path, SOUND, columns=moralchoice.COLUMNS[:-1]))
    path = write(tmp_path, SOUND, columns=moralchoice.COLUMNS[4:])
    assert moralchoice.read(tmp_path).notes == ["own.csv is left alone: it has no situations of MoralChoice"]
    path.unlink()
    with pytest.raises(UsageError, match=r"no \.csv file"):
        moralchoice.read(tmp_path)


def test_the_published_files_are_read_whole() -> None:
    brought = moralchoice.read(published("moralchoice"))
    assert brought.rows == {"moralchoice_high_ambiguity.csv": 680, "moralchoice_low_ambiguity.csv": 687}
    assert brought.refused == ("moralchoice_high_ambiguity.csv, line 608: its two actions are equal",)
    keys = Counter((item.content["ambiguity"], next(iter(item.content["wordings"][0]["options"]))) for item in brought.items)
    assert keys == {("high", "one"): 679, ("low", "moral"): 668, ("low", "one"): 19}
    assert len({item.content["value"] for item in brought.items}) == 10
    assert brought.notes == ["19 low-ambiguity situations have labels that do not tell which action is right"]
