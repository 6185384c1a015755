"""Moral Stories: what the files tell of one story comes together, and every row is accounted for."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from engine.importers import moral_stories
from engine.problems import PlumblineError, UsageError
from tests.importers.published import published

KITE = {
    "ID": "K1", "norm": "Give back what you borrow.", "situation": "Ana borrowed a kite.", "intention": "Ana wants to fly it.",
    "moral_action": "Ana asks to keep it a day longer.", "moral_consequence": "They fly it together.",
    "immoral_action": "Ana says it is lost.", "immoral_consequence": "Her friend is sad.",
}


def pair(story: str = "B2", norm: str = "Be on time.") -> list[dict[str, Any]]:
    return [
        {"ID": f"{story}1", "norm": norm, "moral_action": f"{story} leaves early.", "label": "1"},
        {"ID": f"{story}0", "norm": norm, "immoral_action": f"{story} sleeps on.", "label": "0"},
    ]


def flipped(story: str = "B2", norm: str = "Be on time.", opposite: str = "Be late.") -> list[dict[str, Any]]:
    both = {"flipped-rot": norm, "norm": opposite, "split": "dev"}
    return [
        {**both, "ID": f"{story}1", "immoral_action": f"{story} leaves early.", "moral_action": None, "label": 0},
        {**both, "ID": f"{story}0", "immoral_action": None, "moral_action": f"{story} sleeps on.", "label": 1},
    ]


def optional(story: str = "B2") -> list[dict[str, Any]]:
    actions = {"1": f"{story} leaves early.", "0": f"{story} sleeps on."}
    return [
        {"ID": story + digit, "norm": "It is ok to be on time.", "moral_action": action, "immoral_action": None, "label": 1}
        for digit, action in actions.items()
    ]


def write(folder: Path, **told: list[dict[str, Any]]) -> Path:
    for name, rows in told.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def flips(folder: Path, *rows: tuple[str, str, str]) -> Path:
    with (folder / "flips.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("", "ID", "norm", "flipped-norm"), *((at, *row) for at, row in enumerate(rows))])
    return folder


def test_a_whole_story_keeps_all_its_parts(tmp_path: Path) -> None:
    brought = moral_stories.read(write(tmp_path, whole=[KITE | {"source_file": "annotations"}]))
    (item,) = brought.items
    assert (item.id, item.stem) == ("K1", "K1")
    assert item.content == {
        "value": "",
        "wordings": [{
            "situation": KITE["situation"], "intention": KITE["intention"],
            "options": {"moral": KITE["moral_action"], "immoral": KITE["immoral_action"]}, "norm": KITE["norm"], "opposite": "",
        }],
        "optional": "", "consequences": {"moral": KITE["moral_consequence"], "immoral": KITE["immoral_consequence"]},
        "source_file": "annotations",
    }
    assert list(item.content["wordings"][0]["options"]) == ["moral", "immoral"]


def test_two_rows_make_a_story_and_the_other_files_add_their_norms(tmp_path: Path) -> None:
    brought = moral_stories.read(write(tmp_path, a=flipped(), b=optional(), c=pair()))
    (item,) = brought.items
    assert item.content["wordings"] == [{
        "situation": "", "intention": "", "options": {"moral": "B2 leaves early.", "immoral": "B2 sleeps on."},
        "norm": "Be on time.", "opposite": "Be late.",
    }]
    assert item.content["optional"] == "It is ok to be on time."
    assert item.content["source_file"] == "c.jsonl"
    assert (brought.rows, brought.refused, brought.notes) == ({"a.jsonl": 2, "b.jsonl": 2, "c.jsonl": 2}, (), [])


def test_flipped_rows_alone_make_the_story_that_was_flipped(tmp_path: Path) -> None:
    (item,) = moral_stories.read(write(tmp_path, anti=flipped())).items
    wording = item.content["wordings"][0]
    assert (wording["norm"], wording["opposite"]) == ("Be on time.", "Be late.")
    assert wording["options"] == {"moral": "B2 leaves early.", "immoral": "B2 sleeps on."}


def test_the_whole_story_stands_before_its_rows_and_takes_the_opposite(tmp_path: Path) -> None:
    folder = write(tmp_path, a=pair("K1", KITE["norm"]), b=[KITE])
    brought = moral_stories.read(flips(folder, ("K11", KITE["norm"], "Keep it."), ("K11", KITE["norm"], "Keep all."), ("Z91", "n", "m")))
    (item,) = brought.items
    assert item.content["wordings"][0]["situation"] == KITE["situation"]
    assert item.content["wordings"][0]["opposite"] == "Keep it."
    assert brought.refused == ()
    assert sorted(brought.notes) == [
        "1 rows give a story another opposite; the first is taken", "1 rows of flips.csv give norms to stories that are not here",
        "2 rows have one action of a story that is here whole; the whole one is taken",
    ]


def test_a_norm_that_is_its_own_opposite_is_left_out(tmp_path: Path) -> None:
    brought = moral_stories.read(flips(write(tmp_path, a=pair()), ("B21", "Be on time.", "Be on time.")))
    assert brought.items[0].content["wordings"][0]["opposite"] == ""
    assert brought.notes == ["1 rows say of a norm that it is its own opposite; they are left out"]


@pytest.mark.parametrize("part", [name for name in moral_stories.WHOLE if name != "ID"])
@pytest.mark.parametrize("empty", [" ", None])
def test_a_story_with_a_missing_part_is_refused_by_its_line(part: str, empty: str | None, tmp_path: Path) -> None:
    other = {name: f"{told} Again." for name, told in KITE.items()} | {"ID": "K2"}
    brought = moral_stories.read(write(tmp_path, whole=[KITE, other | {part: empty}]))
    assert brought.refused == (f"whole.jsonl, line 2: it has no {part}",)
    assert [item.id for item in brought.items] == ["K1"]


@pytest.mark.parametrize(("rows", "told"), [
    ([KITE, KITE], ["line 2: the ID 'K1' was there before (a.jsonl, line 1)"]),
    ([KITE, KITE | {"ID": "K2"}], ["line 2: the same situation and options were there before (a.jsonl, line 1)"]),
    ([KITE | {"immoral_action": "Ana asks to keep it a day longer"}], ["line 1: its two actions are equal"]),
    ([KITE | {"ID": 7}], ["line 1: its ID is not text"]),
    ([pair()[0]], ["line 1: the row with the other action of its story is missing or refused"]),
    ([*pair(), pair()[1]], ["line 3: the ID 'B20' was there before (a.jsonl, line 2)"]),
    ([pair()[0] | {"label": "0"}, *pair("C3")], ["line 1: its label is not 1, though its ID ends in 1"]),
    ([pair()[0] | {"label": "yes"}, *pair("C3")], ["line 1: its label is 'yes'; it must be 0 or 1"]),
    ([pair()[0] | {"ID": "B27"}], ["line 1: its ID is not a story's with a 1 or 0 at its end"]),
    ([{"ID": "B21", "norm": "n", "immoral_action": "a", "label": "1"}], ["line 1: its immoral_action should be empty: its ID ends in 1"]),
    ([pair()[0], pair(norm="Be early.")[1]], [f"line {at}: the two rows of its story do not have the same norm" for at in (1, 2)]),
    ([*pair(), *flipped(norm="Be kind.")], [f"line {at}: the norm that it flips is not the one of its story" for at in (3, 4)]),
], ids=str)
def test_bad_rows_are_refused_by_line(rows: list[dict[str, Any]], told: list[str], tmp_path: Path) -> None:
    assert moral_stories.read(write(tmp_path, a=rows)).refused == tuple(f"a.jsonl, {one}" for one in told)


def test_tables_of_whole_stories_are_taken_and_others_left_alone(tmp_path: Path) -> None:
    with (tmp_path / "whole.csv").open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([tuple(KITE), tuple(KITE.values())])
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    brought = moral_stories.read(tmp_path)
    assert [item.id for item in brought.items] == ["K1"]
    assert brought.notes == ["other.csv is left alone: it has neither whole stories nor flipped norms"]
    with pytest.raises(PlumblineError, match=r"other\.csv: the column ID is missing"):
        moral_stories.read(tmp_path / "other.csv")
    with pytest.raises(UsageError, match=r"no \.jsonl or \.csv file"):
        moral_stories.read(tmp_path.parent / "nowhere")


def test_the_published_rows_are_all_read() -> None:
    brought = moral_stories.read(published("moral_stories"))
    kind = "{}__action+norm__norm_distance__{}.jsonl".format
    assert brought.rows == {
        kind("original_ms", "dev"): 2000, kind("original_ms", "test"): 2000, kind("anti_ms_llama", "dev"): 2000,
        kind("anti_ms_llama", "test"): 2000, kind("optional_ms", "dev"): 1990, kind("optional_ms", "test"): 2000, "flipped_sample.csv": 500,
    }
    assert brought.refused == ()
    wordings = [item.content["wordings"][0] for item in brought.items]
    assert (len(wordings), sum(bool(told["opposite"]) for told in wordings)) == (2000, 1994)
    assert sum(bool(item.content["optional"]) for item in brought.items) == 1995
    assert not any(told["situation"] for told in wordings)
    assert len({told["norm"] for told in wordings}) == 2000


def test_the_published_whole_stories_merge_with_the_rows(tmp_path: Path) -> None:
    for name in ("moral_stories", "moral_stories_full_sample"):
        (tmp_path / name).symlink_to(published(name))
    assert moral_stories.read(tmp_path / "moral_stories_full_sample").rows == {"moral_stories_full_sample.jsonl": 200}
    brought = moral_stories.read(tmp_path)
    assert (len(brought.items), brought.refused) == (2148, ())
    assert sum(bool(item.content["wordings"][0]["situation"]) for item in brought.items) == 200
    assert "104 rows have one action of a story that is here whole; the whole one is taken" in brought.notes
