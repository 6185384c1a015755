"""Each change of a criterion is a version with who, when and why; none is half done."""

import json

import pytest

from engine.lake import Lake, criteria, rubrics
from engine.lake.versions import ChangedMeanwhile
from engine.problems import UsageError
from engine.rubrics import editing
from engine.rubrics.editing import Draft
from engine.rubrics.standing import current, worded


def begun(lake: Lake) -> tuple[str, list[str]]:
    rubric = rubrics.create(lake, "One", "me")
    made = editing.add(lake, rubric, [Draft("Polite", "It is polite."), Draft("Short", "It is short.")], "Ana")
    return rubric, [criterion for criterion, _ in made]


def names(lake: Lake, rubric: str) -> list[str]:
    return current(criteria.history(lake, rubric))["name"].to_list()


def test_an_edit_keeps_who_when_and_why_and_the_words_before() -> None:
    with Lake.open() as lake:
        rubric, (polite, _) = begun(lake)
        assert editing.edit(lake, polite, 1, Draft("Polite", "It greets."), "Ben", "greeting is what counts") == (polite, 2)
        found = criteria.history(lake, rubric).row(-1, named=True)
        assert (found["made_by"], found["why"], found["change"]) == ("Ben", "greeting is what counts", "edited")
        assert found["made_at"].tzinfo is not None
        rows = criteria.history(lake, rubric).height
        assert editing.edit(lake, polite, 2, Draft(" Polite", "It greets. "), "Ben", "") == (polite, 2)
        assert criteria.history(lake, rubric).height == rows, "nothing changed, nothing written"
        with pytest.raises(ChangedMeanwhile, match="by Ben"):
            editing.edit(lake, polite, 1, Draft("Polite", "Lost"), "Cid", "w")
        for bad, why in (
            (lambda: editing.edit(lake, polite, 2, Draft("Polite", "Other"), "Ben", " "), "say why"),
            (lambda: editing.edit(lake, polite, 2, Draft("short", "Other"), "Ben", "w"), "already"),
            (lambda: Draft(" ", "x"), "needs a name"), (lambda: Draft("x", ""), "needs a text"),
            (lambda: Draft("x", "y" * 4001), "4001 characters"),
            (lambda: editing.retire(lake, polite, 2, "Ben", "w" * 501), "501 characters"),
        ):
            with pytest.raises(UsageError, match=why):
                bad()


def test_a_split_retires_the_one_and_its_parts_know_it() -> None:
    with Lake.open() as lake:
        rubric, (polite, short) = begun(lake)
        parts = editing.split(lake, polite, 1, [Draft("Polite", "It greets."), Draft("Kind", "It is kind.")], "Ben", "two things")
        assert names(lake, rubric) == ["Short", "Polite", "Kind"]
        found = criteria.find(lake, parts[0][0])
        assert (found["parents"], found["change"], found["version"]) == ([[polite, 1]], "split", 1)
        assert criteria.find(lake, polite)["state"] == "retired"
        rows = criteria.history(lake, rubric).height
        with pytest.raises(UsageError, match="is retired; bring it back"):
            editing.split(lake, polite, 2, [Draft("a", "a"), Draft("b", "b")], "Ben", "w")
        with pytest.raises(UsageError, match="two or more"):
            editing.split(lake, short, 1, [Draft("a", "a")], "Ben", "w")
        with pytest.raises(UsageError, match="already"):
            editing.split(lake, short, 1, [Draft("Kind", "a"), Draft("b", "b")], "Ben", "w")
        assert criteria.history(lake, rubric).height == rows


def test_a_merge_retires_all_and_fails_whole_where_one_was_changed() -> None:
    with Lake.open() as lake:
        rubric, (polite, short) = begun(lake)
        editing.edit(lake, short, 1, Draft("Short", "Under 50 words."), "Cid", "clearer")
        with pytest.raises(ChangedMeanwhile, match="by Cid"):
            editing.merge(lake, [(polite, 1), (short, 1)], Draft("Both", "Both."), "Ben", "w")
        assert names(lake, rubric) == ["Polite", "Short"]
        both, version = editing.merge(lake, [(polite, 1), (short, 2)], Draft("Both", "Both."), "Ben", "they go together")
        assert names(lake, rubric) == ["Both"]
        assert json.loads(criteria.history(lake, rubric)["parents"][-1]) == [[polite, 1], [short, 2]]
        assert version == 1
        other = editing.add(lake, rubrics.create(lake, "Other", "me"), [Draft("x", "x")], "me")
        for several, why in (([(both, 1)], "two or more"), ([(both, 1), other[0]], "different rubrics")):
            with pytest.raises(UsageError, match=why):
                editing.merge(lake, several, Draft("y", "y"), "me", "w")


def test_retiring_and_bringing_back_change_no_word() -> None:
    with Lake.open() as lake:
        rubric, (polite, _) = begun(lake)
        assert editing.retire(lake, polite, 1, "Ben", "not needed") == (polite, 2)
        assert names(lake, rubric) == ["Short"]
        assert current(criteria.history(lake, rubric), retired=True)["name"].to_list() == ["Polite"]
        with pytest.raises(UsageError, match="is retired already"):
            editing.retire(lake, polite, 2, "Ben", "w")
        assert editing.bring_back(lake, polite, 2, "Ben", "needed") == (polite, 3)
        told = worded(criteria.history(lake, rubric))
        assert told.select("version", "wording").filter(told["criterion"] == polite).rows() == [(1, 1), (2, 1), (3, 1)]
