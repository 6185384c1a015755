"""A criterion attached to a benchmark with free answers: the score set right for its judge's errors, or why not."""

import numpy as np
import pytest

from engine.commands.checking import check
from engine.commands.playing import play
from engine.commands.request import Request
from engine.grades.report_card import Cells, card
from engine.lake import Lake, assertions, graded, outputs, rubrics
from engine.lake.graded import Grade
from engine.lake.outputs import Wanted
from engine.metrics.statistics import effective_trials
from engine.models.gateway import DirectGateway
from engine.problems import UsageError
from engine.rubrics import editing
from engine.rubrics.attached import attachable, check_attached, corrected, corrected_scores, due_attached
from engine.rubrics.editing import Draft
from engine.rubrics.running import MET
from engine.turns import seed_of
from tests.rubrics.simulated import Made

RATES = (0.75, 0.9)


def test_the_corrected_score_is_about_the_truth_and_the_naive_one_below_it() -> None:
    with Lake.open() as lake:
        asked = Request(["simulated/steady", "simulated/pliable"], ["regions"], ["answer=open", "strategy=direct"])
        run = play(lake, asked, gateway=DirectGateway()).run or ""
        assert attachable(lake) == ["regions"]
        rubric = rubrics.create(lake, "Open answers", "Ana")
        outputs.take(lake, rubric, Wanted(run, model="simulated/pliable", readings=["text"]), 150, "Ana", audit=120)
        (criterion, _), = editing.add(lake, rubric, [Draft("Fit", "It fits.")], "Ana")
        judge = Made(lake, rubric, criterion, {}, [], []).judge("simulated/random", RATES)
        with pytest.raises(UsageError, match="no such criterion is attached"):
            check_attached(lake, "regions", "simulated/steady")
        assert corrected_scores(lake, "regions") == []
        assertions.attach(lake, rubric, criterion, judge, "regions", "Ana")
        unjudged = corrected_scores(lake, "regions")
        assert {one.why for one in unjudged} == {"the assertion has no verdict on this model's answers yet; run it"}

        check(lake, rubric)
        truth = lambda words: seed_of("meets", criterion, words) % 1000 < 1000 * MET  # noqa: E731
        graded.keep(lake, rubric, [
            Grade(row["id"], criterion, 1, "Ana", "pass" if truth(row["reply_digest"]) else "fail")
            for row in outputs.of_rubric(lake, rubric).iter_rows(named=True) if row["sample"] == "audit"
        ])
        replies = outputs.free_digests(lake, rubric, "regions", "simulated/steady")
        assert due_attached(lake, "regions", "simulated/steady") == (0, replies.height)
        assert check_attached(lake, "regions", "simulated/steady", most=20).left == replies.height - 20
        done = check_attached(lake, "regions", "simulated/steady")
        assert (done.calls, done.left) == (replies.height - 20, 0)

        by_model = {one.model: one for one in corrected_scores(lake, "regions")}
        score = by_model["simulated/steady"]
        right = sum(map(truth, replies["reply_digest"])) / replies.height
        assert score.source == "simulated"
        assert score.why == ""
        assert score.judged + score.errors == replies.height
        assert abs(score.naive.value - (right * RATES[0] + (1 - right) * (1 - RATES[1]))) < 0.12
        assert score.naive.value < right
        width = score.corrected.high - score.corrected.low
        assert abs(score.corrected.value - right) < width, "ids differ from run to run, so chance does: four standard errors"
        assert score.corrected.high - score.corrected.low > score.naive.high - score.naive.low
        assert score.card.chosen == judge
        assert score.held.compared > 100
        taken = by_model["simulated/pliable"]
        assert taken.judged + taken.errors == 150, "what the rubric judged already is not asked again"

        assertions.attach(lake, rubric, criterion, judge, "regions", "Ana", removed=True)
        assert corrected_scores(lake, "regions") == []
        with pytest.raises(UsageError):
            corrected_scores(lake, "nothing")


def test_an_assertion_that_tells_no_more_than_a_coin_corrects_nothing() -> None:
    hits, size = np.array([4.0, 0.0, 2.0]), np.array([4.0, 4.0, 4.0])
    found = corrected(hits, size, card(Cells(10, 10, 10, 10)))
    assert found.rate.value is None
    assert "no more than a coin" in found.why
    assert "errors are not known" in corrected(hits, size, card(Cells(10, 10, 0, 0))).why
    assert effective_trials(hits, size) < 5, "answers to one item are alike"
    assert effective_trials(np.array([4.0, 4.0]), np.array([4.0, 4.0])) <= 8
    assert effective_trials(np.array([]), np.array([])) == 0
