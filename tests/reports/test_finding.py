"""Findings in a lake: what was pinned is found again exactly."""

import json

import pytest

from engine.figures.exhibit import same_numbers
from engine.lake import Lake, runs, turns
from engine.lake.versions import ChangedMeanwhile
from engine.problems import PlumblineError, UsageError
from engine.reports import finding
from tests.lake.test_lake import turn
from tests.reports.made import BAD, exhibit, row


def test_a_finding_reads_the_same_a_thousand_turns_later() -> None:
    shown = exhibit()
    with Lake.open() as lake:
        runs.begin(lake, "r1", plan={"trials": 1}, seed=0, asked_by="me", versions={})
        snapshot = runs.snapshot(lake)
        pinned = finding.pin(lake, shown, "It flips", "Ana")
        assert (pinned.snapshot, pinned.version, pinned.pinned_by, pinned.stamp) == (snapshot, 1, "Ana", runs.newest(lake))
        turns.append(lake, [turn(epoch=n) for n in range(1000)])
        runs.forget(lake, "r1")
        lake.tidy()
        later = finding.find(lake, pinned.id)
        assert same_numbers(later.exhibit, shown)
        assert json.loads(later.exhibit.frozen()) == json.loads(shown.frozen())
        assert (later.title, later.pinned_at) == ("It flips", pinned.pinned_at)


def test_moving_renaming_and_removing_are_versions(lake: Lake) -> None:
    first = finding.pin(lake, exhibit(row("a", 0.1)), "", "Ana", snapshot=1)
    assert (first.title, first.snapshot) == ("Flips under blame", 1)
    second = finding.move(lake, first, exhibit(row("a", 0.2)), 7, "Ben")
    third = finding.rename(lake, second, "  Another\n title ", "Cem")
    assert (third.version, third.title, third.snapshot, third.pinned_by) == (3, "Another title", 7, "Cem")
    assert third.exhibit.numbers["value"].to_list() == [0.2]
    assert finding.find(lake, first.id, 1).exhibit.numbers["value"].to_list() == [0.1]
    with pytest.raises(ChangedMeanwhile, match="the finding was changed meanwhile by Cem"):
        finding.move(lake, first, exhibit(), 9, "Ana")
    gone = finding.remove(lake, third, "Ana")
    assert first.id not in finding.listed(lake)["id"]
    assert finding.listed(lake, removed=True)["title"].to_list() == ["Another title"]
    assert finding.find(lake, first.id).removed
    assert finding.find(lake, first.id, 3).exhibit.numbers["value"].to_list() == [0.2], "decks go on showing it"
    finding.bring_back(lake, gone, "Ana")
    assert finding.listed(lake).select("id", "title", "version").row(0) == (first.id, "Another title", 5)
    assert finding.history(lake, first.id)["title"].to_list() == ["Flips under blame"] * 2 + ["Another title"] * 3
    assert "content" not in finding.listed(lake).columns


def test_bad_input_is_kept_as_it_is(lake: Lake) -> None:
    for words in BAD:
        shown = exhibit(row(words, 0.4), row("other", None), title=words, sentence=words, caption=words, wanted={"models": [words]})
        pinned = finding.pin(lake, shown, words, words)
        assert pinned.title == words
        assert json.loads(pinned.exhibit.frozen()) == json.loads(shown.frozen())
        assert pinned.exhibit.numbers["model"][0] == words
    assert set(BAD) <= set(finding.listed(lake)["title"])
    odd = finding.pin(lake, exhibit(sentence="half \ud800 a pair\0"), "lone \ud800", "")
    assert (odd.title, odd.exhibit.sentence) == ("lone \ufffd", "half \ufffd a pair\0")
    empty = finding.pin(lake, exhibit(row("a", 0.1), figure=None, chart=None, sentence="No model is chosen."), "Nothing", "me")
    assert empty.exhibit.empty
    with pytest.raises(UsageError, match="write up to 500"):
        finding.pin(lake, exhibit(), "x" * 501, "me")
    with pytest.raises(UsageError, match="needs a title"):
        finding.rename(lake, empty, " \n", "me")


def test_what_is_not_there_or_cannot_be_read_is_named(lake: Lake) -> None:
    pinned = finding.pin(lake, exhibit(), "t", "me")
    for own, version in (("nothing", None), (pinned.id, 2)):
        with pytest.raises(UsageError, match="is not in this lake"):
            finding.find(lake, own, version)
    lake.write(lambda cursor: cursor.execute("UPDATE findings SET content = '{}' WHERE id = $id", {"id": pinned.id}))
    with pytest.raises(PlumblineError, match="pin it again"):
        finding.find(lake, pinned.id)
