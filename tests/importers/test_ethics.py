"""ETHICS: each row a claim, with the judgement that its label says as the right option."""

import csv
import time
from pathlib import Path

import pytest

from engine.importers import ethics
from engine.problems import PlumblineError
from tests.importers.published import published

YES, NO = ethics.COMMONSENSE


def write(path: Path, *rows: tuple[object, ...]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def test_commonsense_rows_keep_their_label_and_marks(tmp_path: Path) -> None:
    rows = [("label", "input", "is_short", "edited"), (1, "I hid her keys.", "True", "False"), (0, "I found\n\nher keys.", "False", "True"),
            (1, "The bus left without the slow child.", "True", "False")]
    wrong, right, other = ethics.read(write(tmp_path / "cm_test.csv", *rows)).items
    assert [(item.id, item.stem) for item in (wrong, right, other)] == [
        ("cm_test-1", "cm_test-1"), ("cm_test-2", "cm_test-1"), ("cm_test-3", "cm_test-3"),
    ], "a claim and its other side stand below each other"
    assert wrong.content == {
        "value": "commonsense",
        "wordings": [{
            "situation": "I hid her keys.", "intention": "", "options": {"moral": YES, "immoral": NO}, "norm": "", "opposite": "",
        }],
        "label": "1", "source_file": "cm_test.csv", "is_short": "True", "edited": "False",
    }
    assert right.content["wordings"][0]["options"] == {"moral": NO, "immoral": YES}
    assert right.content["wordings"][0]["situation"] == "I found\n\nher keys."


def test_the_ambiguous_rows_have_no_head_and_no_right_answer(tmp_path: Path) -> None:
    brought = ethics.read(write(tmp_path / "cm_ambig.csv", ("Was I wrong? | I left,\nearly.",), ("Was I rude?",)))
    assert [item.id for item in brought.items] == ["cm_ambig-1", "cm_ambig-2"]
    assert brought.items[0].content["wordings"][0]["options"] == {"one": YES, "other": NO}
    assert (brought.rows, brought.items[0].content["value"], brought.items[0].content["label"]) == ({"cm_ambig.csv": 2}, "commonsense", "")
    with pytest.raises(PlumblineError, match="line 1: it has 2 cells, the published file one"):
        ethics.read(write(tmp_path / "cm_ambig.csv", ("a", "b")))


def test_deontology_shows_both_statements_and_a_scenario_is_a_stem(tmp_path: Path) -> None:
    head = ("label", "scenario", "excuse")
    brought = ethics.read(write(
        tmp_path / "deontology_train.csv", head, (1, "Feed the cat? ", "No because it ate."), (0, "Feed the cat?", "No, I like tea."),
        (1, "I am a cook.", "So I should taste."),
    ))
    assert [(item.id[-1], item.stem[-1]) for item in brought.items] == [("1", "1"), ("2", "1"), ("3", "3")]
    wording = brought.items[0].content["wordings"][0]
    assert wording["situation"] == "Feed the cat?\nNo because it ate."
    assert list(wording["options"].values()) == list(ethics.PARTS["deontology"].judgements)
    assert brought.items[1].content["wordings"][0]["options"]["immoral"] == wording["options"]["moral"]


def test_justice_rows_of_one_family_share_a_stem(tmp_path: Path) -> None:
    claims = (
        "I used to walk with Ann but I stopped because she moved.", "I used to walk with Ann but I stopped because she has shoes.",
        "I deserve a cake from my aunt because I cleaned her house today.", "I deserve her car because I cleaned her house today.",
        "I deserve a seat on the train.",
    )
    brought = ethics.read(write(tmp_path / "justice_test.csv", ("label", "scenario"), *((1, claim) for claim in claims)))
    assert [item.stem.rpartition("-")[2] for item in brought.items] == ["1", "1", "3", "3", "5"]
    assert brought.items[0].content["wordings"][0]["options"] == {"moral": "That is reasonable.", "immoral": "That is unreasonable."}


@pytest.mark.parametrize(("row", "why"), [
    ((2, "I ran."), "its label is '2'; it must be 0 or 1"), (("", "I ran."), "it has no label"), ((1, " "), "it has no scenario"),
    ((0, "i  sat"), "the same situation and options were there before (own.csv, line 2)"),
    ((1, "a", "b"), "it has 3 cells, the head has 2"),
])
def test_bad_rows_are_refused_by_line(row: tuple[object, ...], why: str, tmp_path: Path) -> None:
    brought = ethics.read(write(tmp_path / "own.csv", ("label", "scenario"), (1, "I sat."), row, (0, "Dogs may sing all night.")))
    (told,) = brought.refused
    assert told.startswith(f"own.csv, line 3: {why}")
    assert [item.id for item in brought.items] == ["own-1", "own-3"], "a refused row does not change another's id"
    assert brought.rows == {"own.csv": 3}


def test_parts_that_are_no_claims_are_left_out_and_said(tmp_path: Path) -> None:
    write(tmp_path / "virtue" / "virtue_test.csv", ("label", "scenario"), (1, "She smiled. [SEP] kind"))
    write(tmp_path / "utilitarianism" / "util_test.csv", ("I won.", "I lost."), ("I ate.", "I fasted."))
    write(tmp_path / "notes.csv", ("a",), ("b",))
    write(tmp_path / "justice" / "justice_test.csv", ("label", "scenario"), (1, "It is mine."))
    brought = ethics.read(tmp_path)
    assert [item.id for item in brought.items] == ["justice_test-1"]
    assert [note.partition(":")[0] for note in brought.notes] == [
        "notes.csv is left out, 1 rows", "utilitarianism/util_test.csv is left out, 2 rows", "virtue/virtue_test.csv is left out, 1 rows",
    ]
    with pytest.raises(PlumblineError, match="virtue asks for a trait"):
        ethics.read(tmp_path / "virtue" / "virtue_test.csv")


def test_as_many_rows_as_are_published_take_seconds(tmp_path: Path) -> None:
    rows = [(at % 2, f"I usually greet neighbour {at // 4} at the door but today I did not because of {at}.") for at in range(60_000)]
    path = write(tmp_path / "justice_train.csv", ("label", "scenario"), *rows)
    start = time.perf_counter()
    brought = ethics.read(path)
    assert (len(brought.items), brought.refused) == (60_000, ())
    assert time.perf_counter() - start < 20


def test_the_published_files_are_read_whole() -> None:
    brought = ethics.read(published("ethics"))
    assert brought.rows == {
        "deontology/deontology_test.csv": 3596, "deontology/deontology_test_hard.csv": 3536, "justice/justice_test.csv": 2704,
        "justice/justice_test_hard.csv": 2052,
    }
    assert brought.refused == ()
    assert len(brought.items) == sum(brought.rows.values())
    assert [note.split(":")[0] for note in brought.notes] == [
        "utilitarianism/util_test.csv is left out, 4808 rows", "utilitarianism/util_test_hard.csv is left out, 4272 rows",
        "virtue/virtue_test.csv is left out, 4975 rows", "virtue/virtue_test_hard.csv is left out, 4780 rows",
    ]
    stems = {part: {item.stem for item in brought.items if item.content["value"] == part} for part in ("deontology", "justice")}
    assert {part: len(told) for part, told in stems.items()} == {"deontology": 1783, "justice": 1379}
    # the published justice rows stand in fours: none of our families reaches over two of them
    fours = {(item.stem, (int(item.id.rpartition("-")[2]) - 1) // 4) for item in brought.items if item.content["value"] == "justice"}
    assert len(fours) == len(stems["justice"])
