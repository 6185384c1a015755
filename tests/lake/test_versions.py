"""Findings and decks as rows: versions that are only added, and what happens when two write at once."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.lake import Lake, decks, findings, runs, versions
from engine.problems import UsageError

ROOT = Path(__file__).resolve().parents[2]
ADDER = """
import sys
from engine.lake import Lake, decks, versions
who = sys.argv[2]
added = refused = 0
with Lake.open(sys.argv[1]) as lake:
    while added < 3:
        newest = decks.listed(lake).row(0, named=True)
        told = {"title": f"{who} {added}", "content": "{}", "change": "", "made_by": who, "restores": None, "removed": False}
        try:
            decks.add(lake, "one", newest["version"], told)
            added += 1
        except versions.ChangedMeanwhile:
            refused += 1
        if added == 2:
            lake.tidy()
print(refused)
"""


def deck(title: str = "t", by: str = "me", slides: int = 0) -> dict[str, Any]:
    content = json.dumps({"slides": [{}] * slides})
    return {"title": title, "content": content, "change": "made", "made_by": by, "restores": None, "removed": False}


def finding(title: str = "t", content: str = "{}") -> dict[str, Any]:
    return {
        "title": title, "view": "dilemmas.flips", "wanted": "{}", "snapshot": 1, "stamp": "", "content": content, "made_by": "me",
        "removed": False,
    }


def both_write(where: str) -> None:
    """Two processes write versions of one deck: each version is written once, by the one who knew the version before it."""
    with Lake.open(where) as lake:
        decks.add(lake, "one", 0, deck())
        writers = [subprocess.Popen([sys.executable, "-c", ADDER, where, who], cwd=ROOT, stdout=subprocess.PIPE) for who in "ab"]
        told = [writer.communicate()[0] for writer in writers]
        assert [writer.returncode for writer in writers] == [0, 0]
        rows = decks.history(lake, "one")
        assert rows["version"].to_list() == list(range(1, 8)), told
        assert sorted(rows["title"].to_list()[1:]) == sorted(f"{who} {n}" for who in "ab" for n in range(3))
        assert decks.find(lake, "one")["version"] == 7


def one_in_the_middle_of_the_other(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another writes after it was checked that nobody had, and before the row is in the lake."""
    look = versions.check_newest
    with Lake.open(where) as lake, Lake.open(where) as other:
        decks.add(lake, "middle", 0, deck("first"))
        faster = [True]

        def interrupted(*told) -> None:
            look(*told)
            if faster and faster.pop():
                decks.add(other, "middle", 1, deck("second", by="the faster"))

        monkeypatch.setattr(versions, "check_newest", interrupted)
        with pytest.raises(versions.ChangedMeanwhile, match="by the faster"):
            decks.add(lake, "middle", 1, deck("lost"))
        assert decks.history(lake, "middle")["title"].to_list() == ["first", "second"]


def test_a_writer_in_the_middle_of_another(lake_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_in_the_middle_of_the_other(str(lake_folder), monkeypatch)


def test_two_who_write_at_once(lake_folder: Path) -> None:
    both_write(str(lake_folder))


def test_who_was_faster_is_named_and_nothing_is_lost() -> None:
    with Lake.open() as lake:
        assert decks.add(lake, "one", 0, deck("first")) == 1
        assert decks.add(lake, "one", 1, deck("second", by="Ana")) == 2
        before = runs.snapshot(lake)
        with pytest.raises(versions.ChangedMeanwhile, match=r"the deck was changed meanwhile by Ana .*; reload") as raised:
            decks.add(lake, "one", 1, deck("third"))
        assert "\n" not in str(raised.value)
        assert runs.snapshot(lake) == before
        assert decks.history(lake, "one")["title"].to_list() == ["first", "second"]
        with pytest.raises(UsageError, match="'two' is not in this lake"):
            decks.add(lake, "two", 1, deck())


def test_lists_have_the_newest_version_without_its_content() -> None:
    with Lake.open() as lake:
        decks.add(lake, "one", 0, deck("first", slides=2))
        decks.add(lake, "one", 1, deck("second", slides=3))
        decks.add(lake, "other", 0, deck("other"))
        found = decks.listed(lake)
        assert found.select("id", "version", "title", "slides").rows() == [("other", 1, "other", 0), ("one", 2, "second", 3)]
        findings.add(lake, "f", 0, finding("a title", content='{"much": 1}'))
        findings.add(lake, "f", 1, finding("another"))
        assert findings.listed(lake)["title"].to_list() == ["another"]
        assert "content" not in findings.listed(lake).columns + found.columns
        assert findings.history(lake, "f")["title"].to_list() == ["a title", "another"]
        assert findings.find(lake, "f", 1)["content"] == '{"much": 1}'
        asked = [("f", 1), ("f", 2), ("f", 3), ("one", 1)]
        assert sorted(findings.several(lake, asked).select("id", "version").rows()) == [("f", 1), ("f", 2)]
        assert findings.several(lake, []).height == 0
        for call in (lambda: findings.find(lake, "f", 9), lambda: decks.find(lake, "x"), lambda: decks.find(lake, "one", 9)):
            with pytest.raises(UsageError, match="is not in this lake"):
                call()


def test_results_on_pages_are_not_read_anew_for_a_deck() -> None:
    with Lake.open() as lake:
        results, own = runs.newest(lake), decks.stamp(lake)
        assert decks.stamp(lake) == own
        decks.add(lake, "one", 0, deck())
        with_deck = decks.stamp(lake)
        findings.add(lake, "f", 0, finding())
        assert len({own, with_deck, decks.stamp(lake)}) == 3
        assert runs.newest(lake) == results


def test_ids_are_in_the_order_of_time() -> None:
    with Lake.open() as lake:
        ids = [versions.unused_id(lake) for _ in range(20)]
    assert ids == sorted(set(ids))
