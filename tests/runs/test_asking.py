"""Putting one model's questions to a gateway that does as it is told."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from engine.conversation import Ask, Message
from engine.models.catalogue import Model
from engine.models.gateway import Call, Reply
from engine.models.prices import Price
from engine.problems import HANDLING, CallFailed, Problem
from engine.reading import free_text
from engine.runs.asking import PARK_S, THINKING_ROOM, Answer, Asker, Kept, Stopped, fleet, folded
from engine.runs.budget import Budget, Ceilings
from engine.runs.pace import Pace
from engine.turns import Trial
from tests.runs.test_pace import clock, quickly

ASK = Ask("Why?", read=free_text, system="Be brief.", max_tokens=100)
TRIAL = Trial("m", "two", "1", "i", "i", {}, 1, 7)
BEFORE: list[Message] = [{"role": "user", "content": "Hm?"}, {"role": "assistant", "content": "Hm."}]
Does = Callable[[int, Call], Reply]


@pytest.fixture(autouse=True)
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runs.asking._JITTER", lambda state: 0.0)  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]


class Fake:
    """A gateway whose n-th reply (from 1) is what `does` returns or raises, after a tenth of a second."""

    def __init__(self, does: Does) -> None:
        self.does, self.seen = does, list[Call]()

    async def reply(self, model: Model, call: Call) -> Reply:
        self.seen.append(call)
        number = len(self.seen)
        await asyncio.sleep(0.1)
        return self.does(number, call)


class Desk:
    """An asker with everything around it."""

    def __init__(
        self, does: Does, price: Price | None = None, ceilings: Ceilings | None = None, thinks: bool = False, **settings: Any
    ) -> None:
        self.gateway, self.told, self.stop = Fake(does), list[tuple[str, dict[str, Any]]](), asyncio.Event()
        self.model = Model.model_validate({"name": "m", "model": "openai/m"} | settings)
        self.budget = Budget(ceilings or Ceilings(), clock)
        self.pace = Pace(self.model, self.stop, self.tell, clock)
        self.asker = Asker(
            self.model, self.gateway, pace=self.pace, budget=self.budget, price=price, population=3, tell=self.tell, thinks=thinks,
        )

    def tell(self, kind: str, told: Mapping[str, Any]) -> None:
        self.told.append((kind, dict(told)))

    def heard(self, kind: str) -> list[dict[str, Any]]:
        return [told for what, told in self.told if what == kind]


def asked(does: Does, times: int = 1, together: bool = False, **settings: Any) -> tuple[list[Answer], Desk, float]:
    """The answers to the same question asked so often, the desk, and the seconds it took."""

    async def main() -> tuple[list[Answer], Desk, float]:
        desk = Desk(does, **settings)
        if together:
            answers = list(await asyncio.gather(*(desk.asker.ask([], ASK, TRIAL) for _ in range(times))))
        else:
            answers = [await desk.asker.ask([], ASK, TRIAL) for _ in range(times)]
        return answers, desk, clock()

    return quickly(main())


def fails(problem: Problem, detail: str = "", **more: Any) -> Does:
    def does(number: int, call: Call) -> Reply:
        raise CallFailed(problem, detail, **more)

    return does


def without(*names: str) -> Does:
    """A model that does not take these parameters (or `system`), and names the first that it was sent."""

    def does(number: int, call: Call) -> Reply:
        carried = [*call.parameters, *(message["role"] for message in call.messages)]
        if refused := next((name for name in names if name in carried), None):
            raise CallFailed(Problem.REJECTED, f"no {refused}, please", refused=refused)
        return Reply("Because.")

    return does


def answers(number: int, call: Call) -> Reply:
    return Reply("Because.", cost_usd=0.01)


@pytest.mark.parametrize("problem", HANDLING)
def test_what_fails_is_asked_again_as_often_as_the_table_says_and_no_more(problem: Problem) -> None:
    (answer,), desk, _ = asked(fails(problem, "so it is"))
    assert answer.failure
    assert (answer.failure.problem, answer.failure.detail, answer.reply) == (problem, "so it is", None)
    assert answer.attempts == len(desk.gateway.seen) == 1 + HANDLING[problem].again
    told = desk.heard("asking_again")
    assert [one["attempt"] for one in told] == list(range(1, 1 + HANDLING[problem].again))
    assert all((one["problem"], one["why"]) == (problem.value, "so it is") for one in told)


@pytest.mark.parametrize("problem", [problem for problem in HANDLING if HANDLING[problem].again])
def test_a_failure_that_passes_is_no_failure_and_slows_the_model_down(problem: Problem) -> None:
    def does(number: int, call: Call) -> Reply:
        return Reply("At last.") if number == 1 + HANDLING[problem].again else fails(problem)(number, call)

    (answer,), desk, _ = asked(does)
    assert answer.reply == Reply("At last.")
    assert answer.failure is None
    assert answer.attempts == 1 + HANDLING[problem].again
    assert [one["why"] for one in desk.heard("pace")][:1] == [problem.value.replace("_", " ")]


@pytest.mark.parametrize(("wait_s", "problem", "calls"), [(PARK_S - 1, None, 2), (PARK_S, Problem.QUOTA_USED, 1)])
def test_a_wait_of_ten_minutes_is_a_used_up_quota_and_a_shorter_one_is_waited_out(
    wait_s: float, problem: Problem | None, calls: int
) -> None:
    def does(number: int, call: Call) -> Reply:
        return answers(number, call) if number > 1 else fails(Problem.RATE_LIMITED, wait_s=wait_s)(number, call)

    (answer,), desk, took = asked(does)
    assert (answer.failure and answer.failure.problem) == problem
    assert len(desk.gateway.seen) == calls
    assert took == pytest.approx(0.2 + wait_s if problem is None else 0.1, abs=0.01)
    if answer.failure:
        assert answer.failure.wait_s == PARK_S


def test_the_providers_wait_keeps_every_question_to_the_model_back() -> None:
    def does(number: int, call: Call) -> Reply:
        return answers(number, call) if number > 1 else fails(Problem.RATE_LIMITED, wait_s=30)(number, call)

    async def main() -> float:
        desk = Desk(does)
        first = asyncio.create_task(desk.asker.ask([], ASK, TRIAL))
        await asyncio.sleep(1)
        await desk.asker.ask([], ASK, TRIAL)
        await first
        return clock()

    assert quickly(main()) == pytest.approx(30.2, abs=0.01)


@pytest.mark.parametrize("name", ["temperature", "seed", "reasoning_effort"])
def test_a_parameter_the_model_does_not_take_is_left_out_from_then_on(name: str) -> None:
    (first, second), desk, _ = asked(without(name), 2, parameters={"temperature": 0.5, "seed": 1}, effort="low")
    assert (first.attempts, second.attempts) == (2, 1)
    meant: dict[str, Any] = {"max_tokens": 100, "temperature": 0.5, "seed": 1, "reasoning_effort": "low"}
    expected = {one: value for one, value in meant.items() if one != name}
    assert first.sent == second.sent == desk.gateway.seen[-1].parameters == expected
    assert desk.heard("adapted") == [{"without": name, "why": f"no {name}, please"}]
    assert not desk.heard("asking_again")


def test_several_things_are_left_out_one_after_another_and_told_once_each_by_any_number_of_questions() -> None:
    found, desk, _ = asked(without("temperature", "system", "seed"), 5, together=True, parameters={"temperature": 0.5, "seed": 1})
    assert all(answer.reply and answer.sent == {"max_tokens": 100} for answer in found)
    assert [told["without"] for told in desk.heard("adapted")] == ["temperature", "system", "seed"]


def test_max_tokens_goes_by_its_other_name_where_the_model_wants_it() -> None:
    (first, second), _, _ = asked(without("max_tokens"), 2)
    assert first.sent == second.sent == {"max_completion_tokens": 100}
    (both,), _, _ = asked(without("max_tokens", "max_completion_tokens"))
    assert (both.sent, both.attempts) == ({}, 3)


@pytest.mark.parametrize(("system", "attempts"), [("send", [2, 1]), ("fold", [1, 1])])
def test_a_system_message_that_is_not_taken_goes_before_the_question(system: str, attempts: list[int]) -> None:
    found, desk, _ = asked(without("system"), 2, system=system)
    assert [answer.attempts for answer in found] == attempts
    once: list[Message] = [{"role": "user", "content": "Be brief.\n\nWhy?"}]
    assert all(answer.messages == once for answer in found)
    assert desk.gateway.seen[-1].messages == once


def test_only_a_leading_system_message_is_folded_and_nothing_else_changes() -> None:
    system: Message = {"role": "system", "content": "Be brief."}
    assert folded([system, *BEFORE]) == [{"role": "user", "content": "Be brief.\n\nHm?"}, BEFORE[1]]
    assert folded(BEFORE) == BEFORE
    assert folded([]) == []


def test_a_parameter_that_was_not_sent_cannot_be_left_out() -> None:
    (answer,), desk, _ = asked(fails(Problem.REJECTED, "no top_k", refused="top_k"))
    assert answer.failure
    assert answer.failure.problem is Problem.REJECTED
    assert len(desk.gateway.seen) == 1
    assert not desk.heard("adapted")


@pytest.mark.parametrize(("settings", "sent"), [
    ({}, {"max_tokens": 100}),
    ({"thinks": True}, {"max_tokens": 100 + THINKING_ROOM}),
    ({"thinks": True, "effort": "none"}, {"max_tokens": 100, "reasoning_effort": "none"}),
    ({"thinks": True, "effort": "high"}, {"max_tokens": 100 + THINKING_ROOM, "reasoning_effort": "high"}),
    ({"thinking_tokens": 2000}, {"max_tokens": 2100, "thinking": {"type": "enabled", "budget_tokens": 2000}}),
    ({"thinking_tokens": 2000, "effort": "low"}, {"max_tokens": 2100, "reasoning_effort": "low"}),
    ({"thinking_tokens": 2000, "parameters": {"max_tokens": 50}, "effort": "low"}, {"max_tokens": 50, "reasoning_effort": "low"}),
    ({"parameters": {"temperature": 0, "max_tokens": 5}}, {"temperature": 0, "max_tokens": 5}),
])
def test_what_is_sent_is_what_the_question_the_model_and_its_thinking_need(settings: dict[str, Any], sent: dict[str, Any]) -> None:
    (answer,), desk, _ = asked(answers, **settings)
    assert answer.sent == desk.gateway.seen[0].parameters == sent


def test_a_question_comes_after_what_was_said_and_only_its_own_messages_are_the_turns() -> None:
    async def main() -> tuple[Answer, Call]:
        desk = Desk(answers)
        return await desk.asker.ask(BEFORE, Ask("And?", read=free_text, cue={"kind": "rating"}), TRIAL), desk.gateway.seen[0]

    answer, call = quickly(main())
    assert answer.messages == [{"role": "user", "content": "And?"}]
    assert call.messages == [*BEFORE, *answer.messages]
    assert (call.cue, call.seed, call.population) == ({"kind": "rating"}, 7, 3)


def digest(
    said: str = "Why?", epoch: int = 1, seed: int = 7, max_tokens: int = 100, before: list[Message] = BEFORE, **settings: Any
) -> str:
    trial = Trial("m", "two", "1", "i", "i", {}, epoch, seed)

    async def main() -> str:
        return (await Desk(answers, **settings).asker.ask(before, Ask(said, read=free_text, max_tokens=max_tokens), trial)).call

    return quickly(main())


@pytest.mark.parametrize("other", [
    {"said": "Why not?"}, {"epoch": 2}, {"max_tokens": 101}, {"before": []}, {"model": "openai/other"},
    {"parameters": {"temperature": 0}}, {"effort": "low"}, {"thinking_tokens": 9}, {"base_url": "http://localhost/v1"},
])
def test_another_question_has_another_digest(other: dict[str, Any]) -> None:
    assert digest(**other) != digest()


@pytest.mark.parametrize("same", [
    {"seed": 8}, {"name": "called otherwise"}, {"concurrency": 2}, {"timeout_s": 5}, {"requests_per_minute": 600}, {"about": "it"},
])
def test_the_same_question_has_the_same_digest_however_and_whenever_it_is_put(same: dict[str, Any]) -> None:
    assert digest(**same) == digest()


def test_a_simulated_model_is_another_respondent_for_every_seed() -> None:
    assert digest(model="simulated/steady", seed=8) != digest(model="simulated/steady")


def test_the_digest_is_of_what_was_meant_and_not_of_what_the_model_took() -> None:
    (adapted,), _, _ = asked(without("system", "temperature"), parameters={"temperature": 0.5})
    (plain,), _, _ = asked(answers, parameters={"temperature": 0.5})
    assert adapted.sent != plain.sent
    assert adapted.call == plain.call


def test_what_is_known_is_not_asked_and_costs_nothing() -> None:
    looked: list[str] = []

    async def known(call: str) -> Kept | None:
        looked.append(call)
        return Kept("earlier", Reply("Because.", cost_usd=0.3)) if len(looked) == 1 else None

    async def main() -> tuple[list[Answer], Desk]:
        desk = Desk(answers, ceilings=Ceilings(calls=1))
        desk.asker = Asker(desk.model, desk.gateway, pace=desk.pace, budget=desk.budget, price=None, population=3, known=known)
        return [await desk.asker.ask([], ASK, TRIAL) for _ in range(2)], desk

    (kept, fresh), desk = quickly(main())
    assert (kept.reply, kept.reused, kept.attempts) == (Reply("Because.", cost_usd=0.3), "earlier", 0)
    assert (fresh.reused, fresh.attempts) == (None, 1)
    assert looked == [kept.call, fresh.call]
    assert kept.call == fresh.call
    assert (desk.budget.calls, desk.budget.spent_usd, len(desk.gateway.seen)) == (1, 0.01, 1)


def test_every_attempt_is_reserved_at_its_dearest_and_booked_at_what_it_cost() -> None:
    def does(number: int, call: Call) -> Reply:
        return Reply("Because.", cost_usd=None) if number > 1 else fails(Problem.SERVER_ERROR)(number, call)

    dearest = 1e-3 * 100 + 1e-4 * len("Be brief.Why?") / 3
    (answer,), desk, _ = asked(does, price=Price(1e-4, 1e-3), ceilings=Ceilings(cost_usd=dearest * 1.01))
    assert answer.attempts == desk.budget.calls == 2
    assert desk.budget.spent_usd == pytest.approx(dearest), "a failure is free, an unknown cost is the dearest"
    with pytest.raises(Stopped):
        asked(answers, price=Price(1e-4, 1e-3), ceilings=Ceilings(cost_usd=dearest * 0.99))


@pytest.mark.parametrize("wait_s", [None, 300])
def test_a_stop_ends_the_waiting_and_no_question_is_put_any_more(wait_s: float | None) -> None:
    async def main() -> tuple[int, float]:
        desk = Desk(fails(Problem.RATE_LIMITED, wait_s=wait_s), requests_per_minute=1)
        asking = asyncio.create_task(desk.asker.ask([], ASK, TRIAL))
        await asyncio.sleep(20)
        desk.stop.set()
        with pytest.raises(Stopped):
            await asking
        return len(desk.gateway.seen), clock()

    calls, at = quickly(main())
    assert calls == 1
    assert at == pytest.approx(20, abs=0.01)


def test_the_runs_own_limit_is_shared_evenly_and_leaves_each_model_one() -> None:
    async def main() -> list[list[int]]:
        paces = {str(most): Desk(answers, concurrency=most).pace for most in (2, 30, 60)}
        shares: list[list[int]] = []
        for most in (30, 31, 2, None):
            fleet(paces, most)
            shares.append([pace.share for pace in paces.values()])
        return shares

    assert quickly(main()) == [[10, 10, 10], [10, 10, 10], [1, 1, 1], [2, 30, 60]]
