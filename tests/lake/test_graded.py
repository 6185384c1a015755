"""Grades as rows: every keypress is kept, an undo is a row too, and graders do not disturb each other."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.lake import Lake, graded
from engine.lake.graded import Grade
from engine.problems import UsageError

ROOT = Path(__file__).resolve().parents[2]
GRADER = """
import sys
from engine.lake import Lake, graded
where, who = sys.argv[1:]
with Lake.open(where) as lake:
    for n in range(5):
        graded.keep(lake, "r", [graded.Grade(f"o{n}", "c", 1, who, "pass")])
"""


def given(output: str = "o", verdict: graded.Verdict = "pass", grader: str = "Ana", **changed) -> Grade:
    return Grade(output, changed.pop("criterion", "c"), changed.pop("version", 1), grader, verdict, **changed)


def both_grade(where: str) -> None:
    """Two graders on the same outputs at once: both count."""
    with Lake.open(where) as lake:
        graders = [subprocess.Popen([sys.executable, "-c", GRADER, where, who], cwd=ROOT) for who in ("Ana", "Ben")]
        assert [grader.wait() for grader in graders] == [0, 0]
        found = graded.all_of(lake, "r")
        assert found.height == 10
        assert sorted(found.select("output", "grader").rows()) == sorted((f"o{n}", who) for n in range(5) for who in ("Ana", "Ben"))


def test_two_graders_on_one_output(lake_folder: Path) -> None:
    both_grade(str(lake_folder))


def test_a_grade_comes_back_as_it_was_given_after_the_process_is_gone(lake_folder: Path) -> None:
    with Lake.open() as lake:
        kept = graded.keep(lake, "r", [given(verdict="fail", note=" «no» 雪 ", again=True, seconds=2.5, version=3)])
    with Lake.open() as lake:
        found = graded.all_of(lake, "r")
        assert found.equals(kept)
        assert found.select("verdict", "note", "again", "seconds", "criterion_version").rows() == [("fail", "«no» 雪", True, 2.5, 3)]
        assert graded.all_of(lake, "other").is_empty()


def test_undo_walks_back_along_ones_own_grades_and_adds_rows_only() -> None:
    with Lake.open() as lake:
        first = graded.keep(lake, "r", [given("o1")])
        graded.keep(lake, "r", [given("o2"), given("o2", criterion="d")])
        graded.keep(lake, "r", [given("o9", grader="Ben")])
        before = graded.all_of(lake, "r")
        taken = [graded.undo(lake, "r", "Ana").row(0, named=True) for _ in range(3)]
        assert [(row["output"], row["criterion"], row["verdict"]) for row in taken] == [
            ("o2", "d", "withdrawn"), ("o2", "c", "withdrawn"), ("o1", "c", "withdrawn"),
        ]
        assert taken[-1]["withdraws"] == first["id"][0]
        with pytest.raises(UsageError, match="no grade left to take back"):
            graded.undo(lake, "r", "Ana")
        assert graded.all_of(lake, "r").head(4).equals(before)
        graded.keep(lake, "r", [given("o3")])
        assert graded.undo(lake, "r", "Ana")["output"].to_list() == ["o3"]


@pytest.mark.parametrize(("bad", "why"), [
    (given(verdict="maybe"), "no verdict"), (given(grader=" "), "needs the name"), (given(note="x" * 5001), "5001 characters"),  # type: ignore
])
def test_a_grade_that_is_none_is_refused_and_nothing_is_kept(bad: Grade, why: str) -> None:
    with Lake.open() as lake:
        with pytest.raises(UsageError, match=why):
            graded.keep(lake, "r", [given(), bad])
        assert graded.all_of(lake, "r").is_empty()


def test_ids_are_version_7_and_in_the_order_of_time() -> None:
    with Lake.open() as lake:
        ids = graded.keep(lake, "r", [given(f"o{n}") for n in range(6000)])["id"].to_list()
        assert ids == sorted(set(ids))
        assert {own[14] for own in ids} == {"7"}
        assert {own[19] for own in ids} <= set("89ab")
        later = lake.read("SELECT uuidv7()::VARCHAR AS id")["id"][0]
        assert later[:8] >= ids[0][:8]
