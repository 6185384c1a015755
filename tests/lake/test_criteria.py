"""Criteria as rows: versions only added, and two who change one criterion at once do not both succeed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.lake import Lake, criteria, versions
from engine.lake.criteria import Write
from engine.problems import UsageError

ROOT = Path(__file__).resolve().parents[2]
EDITOR = """
import sys
from engine.lake import Lake, criteria, versions
from engine.rubrics import editing
where, who, criterion = sys.argv[1:]
with Lake.open(where) as lake:
    done = 0
    while done < 3:
        newest = criteria.find(lake, criterion)
        try:
            editing.edit(lake, criterion, newest["version"], editing.Draft("Polite", f"{who} {done}"), who, "trying")
            done += 1
        except versions.ChangedMeanwhile:
            pass
"""


def row(name: str = "Polite", text: str = "It is polite.", by: str = "me", **changed) -> dict:
    told = {"state": "active", "name": name, "text": text, "parents": "[]", "change": "made", "made_by": by, "why": ""}
    return {**told, **changed}


def both_edit(where: str) -> None:
    with Lake.open(where) as lake:
        criteria.add(lake, "r", [Write("c", 0, row())])
        editors = [subprocess.Popen([sys.executable, "-c", EDITOR, where, who, "c"], cwd=ROOT) for who in "ab"]
        assert [editor.wait() for editor in editors] == [0, 0]
        found = criteria.history(lake, "r")
        assert found["version"].to_list() == list(range(1, 8))
        assert sorted(found["text"].to_list()[1:]) == sorted(f"{who} {n}" for who in "ab" for n in range(3))


def test_two_editors_of_a_criterion(lake_folder: Path) -> None:
    both_edit(str(lake_folder))


def test_versions_are_added_together_or_not_at_all() -> None:
    with Lake.open() as lake:
        assert criteria.add(lake, "r", [Write("a", 0, row()), Write("b", 0, row("Short"))]) == [("a", 1), ("b", 1)]
        criteria.add(lake, "r", [Write("a", 1, row(text="Very polite.", by="Ana", change="edited"))])
        with pytest.raises(versions.ChangedMeanwhile, match="the criterion was changed meanwhile by Ana"):
            criteria.add(lake, "r", [Write("b", 1, row("Short", state="retired")), Write("a", 1, row(state="retired"))])
        with pytest.raises(UsageError, match=r"named 'P\w+' already"):
            criteria.add(lake, "r", [Write("c", 0, row("POLITE"))])
        criteria.add(lake, "other", [Write("d", 0, row())])
        assert criteria.history(lake, "r").select("criterion", "version", "state").sort("criterion", "version").rows() == [
            ("a", 1, "active"), ("a", 2, "active"), ("b", 1, "active"),
        ]
        found = criteria.find(lake, "a")
        assert (found["text"], found["version"], found["parents"]) == ("Very polite.", 2, [])
        assert json.loads(criteria.history(lake, "r")["parents"][0]) == []
        with pytest.raises(UsageError, match="criterion 'x' is not in this lake; the Criteria page"):
            criteria.find(lake, "x")
