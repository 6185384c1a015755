"""Report cards from a rubric's rows: which grades and verdicts count, and what is said where nothing can be."""

import json

import pytest

from engine.checks.content import PLACES, in_words, judge_check, judge_content, sql_content, written_out
from engine.checks.judge import Example, JudgeCheck
from engine.problems import UsageError
from engine.rubrics.cards import Card, card_of, cards, numbers
from tests.rubrics.frames import Told


def rubric(outputs: int = 40, audit: int = 30) -> Told:
    told = Told()
    for at in range(outputs):
        told.output(f"o{at:02d}", sample="audit" if at < audit else "informative")
    told.version()
    return told


def fails(at: int) -> str:
    return "fail" if at % 3 == 0 else "pass"


def graded(told: Told, n: int = 40, **more: str) -> None:
    for at in range(n):
        told.grade(f"o{at:02d}", fails(at), **more)


def judged(told: Told, own: str, wrong: set[int], n: int = 40) -> None:
    for at in range(n):
        right = fails(at)
        told.judge(own, f"o{at:02d}", right if at not in wrong else {"pass": "fail", "fail": "pass"}[right])


def only(told: Told) -> Card:
    found, = cards(told.history())
    return found


def test_the_card_is_of_the_audit_sample_and_of_the_assertion_that_grades_choose() -> None:
    told = rubric()
    told.assertion("good", choose=False)
    told.assertion("bad", choose=False)
    graded(told)
    judged(told, "good", {1, 39})
    judged(told, "bad", set(range(20)))
    card = only(told)
    assert (card.chosen, card.by_hand, card.missing) == ("good", False, "")
    assert card.card.compared == 30
    assert (card.card.cells.passed_failed, card.card.cells.failed_passed) == (1, 0)
    assert card.card.coverage.value == 1
    assert card.counts.graded == 40
    assert card.counts.audit_graded == 30
    assert card.disagreements.select("output", "people", "assertion", "sample").rows() == [
        ("o01", "pass", "fail", "audit"), ("o39", "fail", "pass", "informative"),
    ]
    assert card.corrected is not None
    assert card.corrected.ungraded == 10, "informative outputs are judged and not graded, for the rate"
    assert json.loads(json.dumps(numbers(card)))["card"]["cells"]["passed_failed"] == 1


def test_withdrawn_and_stale_grades_and_verdicts_on_other_words_do_not_count() -> None:
    told = rubric()
    told.assertion("good", choose=False)
    graded(told, 10)
    told.undo(told.grade("o11"))
    judged(told, "good", set())
    assert only(told).counts.graded == 10
    told.version(text="other words")
    card = only(told)
    assert (card.counts.graded, card.counts.stale, card.card.compared) == (0, 10, 0)
    assert "10 grades are stale" in card.missing
    graded(told, 30)
    assert only(told).card.compared == 30
    told.verdicts = [row | {"reply_digest": "before"} for row in told.verdicts]
    assert only(told).card.unjudged == 30
    assert only(told).corrected is None
    assert "run them" in only(told).missing


def test_several_graders_are_settled_and_their_split_judges_nothing() -> None:
    told = rubric()
    told.assertion("good", choose=False)
    graded(told)
    judged(told, "good", set())
    for at in range(6):
        told.grade(f"o{at:02d}", "na" if at else "pass", grader="Ben")
    card = only(told)
    assert card.counts.split == 6
    assert card.card.compared == 24
    assert (card.people.graders, card.people.outputs) == (2, 6)
    assert card.people.raw.value == 0


def test_what_a_person_chose_stands_and_is_said_where_the_grades_would_not() -> None:
    told = rubric()
    told.assertion("good", choose=False)
    graded(told)
    judged(told, "good", set())
    told.assertion("mine")
    judged(told, "mine", set(range(0, 40, 4)))
    card = only(told)
    assert (card.chosen, card.choice.chosen, card.by_hand) == ("mine", "good", True)
    assert card.card.cells.passed_failed + card.card.cells.failed_passed == 8
    told.assertions.append({**told.assertions[-1], "version": 2, "retired": True, "made_at": told.now()})
    assert only(told).chosen == "good", "a retired one stands for nothing"


def test_what_is_missing_is_said_and_nothing_is_nought() -> None:
    told = Told()
    told.version()
    assert "no outputs" in only(told).missing
    told = rubric()
    assert "Nobody has graded" in only(told).missing
    told.grade("o35")
    assert "no assertion" in only(told).missing
    told.assertion("good", choose=False)
    assert "audit sample" in only(told).missing
    told.grade("o01")
    assert "run them" in only(told).missing
    judged(told, "good", set())
    card = only(told)
    assert "failed no output" in card.missing
    assert card.card.coverage.value is None
    assert card.card.alignment.value is None
    with pytest.raises(UsageError, match="not in this rubric"):
        card_of(told.history(), "none")
    told.version(state="retired")
    assert cards(told.history()) == []
    assert card_of(told.history(), "c").chosen == "good"


def test_an_assertion_in_words_and_its_prompt_written_out() -> None:
    check = JudgeCheck("It is kind.", "reasons first", "Tone  counts.", (Example("o", "q", "r", True),))
    content = judge_content("m/x", check)
    assert judge_check(content, "") == check
    assert in_words("judge", content) == "m/x, asked for 'reasons first'; more exactly: Tone counts.; with 1 graded examples"
    assert in_words("sql", sql_content("a\n  = b", {})) == "SQL: a = b"
    text = written_out(content, "")
    assert all(place in text for place in PLACES)
    assert text.count("<reply [[MARK]]>") == 2
    with pytest.raises(UsageError, match="cannot be read"):
        judge_check({"examples": [{"output": "o"}]}, "c")
