"""Running assertions: what is due is said before, verdicts come once, errors count as such, and stopping loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.commands.checking import check, due
from engine.lake import Lake, assertions, criteria, outputs
from engine.models.catalogue import Model
from engine.models.gateway import Call, DirectGateway, Reply
from engine.problems import CallFailed, Problem, UsageError
from engine.rubrics import editing
from engine.rubrics.editing import Draft
from tests.rubrics.simulated import Made, made


@pytest.fixture
def rubric(tmp_path: Path) -> Iterator[Made]:
    with Lake.open() as lake:
        yield made(lake, tmp_path, 24)


class Saying:
    """A gateway that says one thing after the other, the last one for ever; what is a problem is raised."""

    def __init__(self, *said: str | Problem, cost: float | None = 0.01) -> None:
        self.said, self.cost, self.calls = list(said), cost, 0

    async def reply(self, model: Model, call: Call) -> Reply:
        told = self.said[min(self.calls, len(self.said) - 1)]
        self.calls += 1
        if isinstance(told, Problem):
            raise CallFailed(told, "so it said")
        return Reply(told, cost_usd=self.cost, served="the very model")


def test_what_is_due_is_what_is_run_and_once(rubric: Made) -> None:
    rubric.judge()
    rubric.sql("n::INTEGER < 12")
    told = due(rubric.lake, rubric.rubric)
    assert (told.assertions, told.outputs, told.sql, told.calls, told.cost_usd) == (2, 24, 24, 24, 0.0)
    assert told.models == ("simulated/steady",)
    heard = []
    done = check(rubric.lake, rubric.rubric, on_verdict=heard.append)
    assert done.passed + done.failed + done.errors == 48 == len(heard)
    assert (done.calls, done.left) == (24, 0)
    rows = assertions.verdicts(rubric.lake, rubric.rubric)
    assert rows.height == rows.select("assertion", "output").unique().height == 48
    assert rows.filter(rows["model"] == "")["outcome"].value_counts().sort("outcome")["count"].to_list() == [12, 12]
    assert due(rubric.lake, rubric.rubric).calls == 0
    assert check(rubric.lake, rubric.rubric, gateway=Saying(Problem.UNAUTHORISED)).calls == 0


def test_known_rates_come_out(tmp_path: Path) -> None:
    with Lake.open() as lake:
        rubric = made(lake, tmp_path, 300)
        perfect, wrong = rubric.judge(rates=(1.0, 1.0)), rubric.judge(rates=(0.0, 0.0), wording="faults first")
        check(lake, rubric.rubric)
        rows = [row for row in assertions.verdicts(lake, rubric.rubric).iter_rows(named=True) if row["outcome"] != "error"]
        assert len(rows) > 560, "simulated judges sometimes decline"
        for row in rows:
            assert (row["outcome"] == "pass") == (rubric.truth[row["output"]] == (row["assertion"] == perfect)), wrong


def test_stopped_in_the_middle_it_goes_on_where_it_was(rubric: Made) -> None:
    rubric.judge()
    rubric.judge(wording="faults first")
    heard = []

    def stop(verdict) -> None:
        heard.append(verdict)
        if len(heard) == 7:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(rubric.lake, rubric.rubric, on_verdict=stop)
    kept = assertions.verdicts(rubric.lake, rubric.rubric)
    assert kept.height == 7
    assert kept["output"].n_unique() <= 5, "candidates are compared output by output"
    assert due(rubric.lake, rubric.rubric).calls == 41
    assert check(rubric.lake, rubric.rubric, most=10).left == 31
    assert check(rubric.lake, rubric.rubric).left == 0
    rows = assertions.verdicts(rubric.lake, rubric.rubric)
    assert rows.select("assertion", "output").is_duplicated().sum() == 0
    with pytest.raises(UsageError, match="at most 0 calls"):
        check(rubric.lake, rubric.rubric, most=0)


def test_prose_is_an_error_kept_with_its_words_and_its_cost(rubric: Made) -> None:
    rubric.judge("openai/gpt-4o")
    done = check(rubric.lake, rubric.rubric, gateway=Saying("It is hard to say.", "I'm sorry, I can't grade this.", "PASS"))
    assert (done.errors, done.passed, done.left) == (2, 22, 0)
    assert done.cost_usd == pytest.approx(0.24)
    rows = assertions.verdicts(rubric.lake, rubric.rubric)
    told = rows.filter(rows["outcome"] == "error")["detail"].to_list()
    assert any("hard to say" in one for one in told)
    assert any("declined" in one for one in told)
    assert set(rows["served"]) == {"the very model"}


def test_a_refused_key_ends_its_model_and_leaves_everything_due(rubric: Made) -> None:
    rubric.judge("openai/gpt-4o")
    gateway = Saying(Problem.UNAUTHORISED)
    done = check(rubric.lake, rubric.rubric, gateway=gateway)
    assert "openai/gpt-4o" in done.given_up
    assert gateway.calls <= 8, "those in flight"
    assert (done.left, done.passed, done.failed) == (24, 0, 0)
    assert assertions.verdicts(rubric.lake, rubric.rubric).is_empty()
    assert check(rubric.lake, rubric.rubric, gateway=Saying("FAIL", cost=None)).cost_usd is None
    assert due(rubric.lake, rubric.rubric).calls == 0


def test_a_price_that_is_not_known_is_said_and_one_that_is_gives_the_most_it_may_cost(rubric: Made) -> None:
    own = rubric.judge("openai/gpt-4o")
    told = due(rubric.lake, rubric.rubric)
    assert told.cost_usd is not None
    assert 0 < told.cost_usd < 1
    rubric.judge("openai/nobody-knows", wording="faults first")
    told = due(rubric.lake, rubric.rubric)
    assert (told.cost_usd, told.price_unknown, told.calls) == (None, ("openai/nobody-knows",), 48)
    assert due(rubric.lake, rubric.rubric, [own]).cost_usd is not None
    with pytest.raises(UsageError, match="not in this rubric"):
        due(rubric.lake, rubric.rubric, ["other"])


def test_an_sql_check_that_is_no_check_ends_in_errors_and_harms_no_other(rubric: Made) -> None:
    bad = rubric.sql("read_text('/etc/passwd') = ''")
    none = rubric.sql("n")
    good = rubric.sql("length(reply) > 0")
    done = check(rubric.lake, rubric.rubric)
    assert (done.passed, done.errors, done.calls) == (24, 48, 0)
    rows = assertions.verdicts(rubric.lake, rubric.rubric)
    assert set(rows.filter(rows["outcome"] == "error")["assertion"]) == {bad, none}
    assert good not in {bad, none}


def test_what_is_retired_is_not_run_and_what_is_deleted_meanwhile_keeps_its_verdicts(rubric: Made) -> None:
    judge, other = rubric.judge(), rubric.judge(wording="faults first")
    assertions.retire(rubric.lake, other, "Ana")

    def retire(_verdict) -> None:
        if criteria.find(rubric.lake, rubric.criterion)["version"] == 1:
            editing.retire(rubric.lake, rubric.criterion, 1, "Ben", "no use")

    check(rubric.lake, rubric.rubric, on_verdict=retire)
    assert set(assertions.verdicts(rubric.lake, rubric.rubric)["assertion"]) == {judge}
    assert assertions.verdicts(rubric.lake, rubric.rubric).height == 24
    assert due(rubric.lake, rubric.rubric).assertions == 0
    assert due(rubric.lake, rubric.rubric, [other]).calls == 24


def test_a_simulated_judge_reads_no_real_reply(tmp_path: Path) -> None:
    with Lake.open() as lake:
        rubric = made(lake, tmp_path, 6, truth=False)
        rubric.judge()
        assert "simulated and cannot read" in due(lake, rubric.rubric).refused[0][1]
        assert due(lake, rubric.rubric).calls == 0
        with pytest.raises(UsageError, match="a real model must judge"):
            check(lake, rubric.rubric)
        rubric.sql("true OR reply = ''")
        assert len(check(lake, rubric.rubric).refused) == 1
        (long, _), = editing.add(lake, rubric.rubric, [Draft("Long", "x" * 700)], "Ana")
        assertions.add(lake, rubric.rubric, long, 1, "judge", {"model": "openai/gpt-4o"}, "Ana")
        assert any("shorten" in why for _, why in due(lake, rubric.rubric).refused)


def test_no_model_judges_its_own_replies_unless_told() -> None:
    from engine.commands.playing import play
    from engine.commands.request import Request
    from engine.lake import rubrics
    from engine.lake.outputs import Wanted

    with Lake.open() as lake:
        run = play(lake, Request(["simulated/steady"], ["values"], epochs=1), gateway=DirectGateway()).run or ""
        rubric = rubrics.create(lake, "Own", "Ana")
        outputs.take(lake, rubric, Wanted(run), 5, "Ana")
        (criterion, _), = editing.add(lake, rubric, [Draft("Fit", "It fits.")], "Ana")
        mine = Made(lake, rubric, criterion, {}, [], [])
        own = mine.judge("simulated/steady")
        with pytest.raises(UsageError, match="would judge its own answers"):
            check(lake, rubric)
        other = mine.judge("simulated/pliable")
        assert set(check(lake, rubric).refused) == {own}
        assert set(assertions.verdicts(lake, rubric)["assertion"]) == {other}
        assert check(lake, rubric, judge_itself=True).calls == 5
