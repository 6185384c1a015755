import asyncio

import pytest

from engine.benchmark import Benchmark, Item, Lens
from engine.conversation import Ask
from engine.models.catalogue import Model
from engine.models.gateway import Reply
from engine.problems import CallFailed, Problem, UsageError
from engine.reading import free_text, one_of
from engine.runs import keeper, plan
from engine.runs.budget import Ceilings
from engine.runs.plan import Part, Plan
from engine.runs.player import BROKEN, Player, Setting
from engine.turns import Stored, digest
from tests.runs.store import Listed

OPTIONS = {"A": "yes", "B": "no"}


def talk(item, condition, seed):
    first = yield Ask(f"{item.id}?", read=one_of(OPTIONS), system="Be brief.")
    if first.choice:
        yield Ask("Why?", read=free_text)


TWO = Benchmark(
    "two", "Two", "1", "dilemmas", (), {"shade": ("light", "dark")}, Lens("?", "m", "f", "l", "none"), "", conversation=talk,
    design=lambda items, levels: [(item, {"shade": level}) for item in items for level in levels.get("shade", ("light",))],
)
ITEMS = [Item(f"i{n}", f"i{n}", {}) for n in range(6)]
MODEL = Model(name="m", model="openai/m", concurrency=3)


class Scripted:
    def __init__(self, reply) -> None:
        self.reply_to, self.seen, self.busy, self.most = reply, [], 0, 0

    async def reply(self, model, call) -> Reply:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0.001)
        self.busy -= 1
        self.seen.append([dict(message) for message in call.messages])
        return Reply(self.reply_to(model, call.messages), cost_usd=0.5)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch) -> None:
    monkeypatch.setattr("engine.runs.asking._JITTER", lambda state: 0.0)


def planned(models, items=ITEMS, wanted=None, epochs=1, ended=()) -> Plan:
    parts = [Part(model, TWO, plan.posed(TWO, items, wanted or {}), 0) for model in models]
    for part in parts:
        part.want(lambda _: range(1, epochs + 1), ended)
    return Plan(parts)


def play(gateway, models=(MODEL,), store=None, items=ITEMS, **settings):
    store = store or Listed()

    async def played() -> Player:
        one = Player(gateway, store, Setting("r", **settings))
        await one.play(planned(models, items))
        return one

    return asyncio.run(played()), store


def test_every_turn_is_kept_with_what_was_asked() -> None:
    gateway = Scripted(lambda model, messages: "A" if messages[-1]["content"] != "Why?" else "Because.")
    player, store = play(gateway)
    tally, kept = player.course.all, store.kept
    assert (tally.planned, tally.answered, tally.ended, tally.turns, tally.cost_usd) == (6, 6, 6, 12, 6.0)
    assert len(kept) == 12
    assert gateway.most <= MODEL.concurrency
    first = [turn for turn in kept if turn.turn == 0]
    assert all(turn.messages[0] == {"role": "system", "content": "Be brief."} and not turn.last for turn in first)
    second = next(turn for turn in kept if turn.turn == 1)
    assert second.messages == [{"role": "user", "content": "Why?"}]
    assert second.last
    longest = max(gateway.seen, key=len)
    assert [message["role"] for message in longest] == ["system", "user", "assistant", "user"]


def test_gibberish_and_refusals_end_the_conversation_as_outcomes() -> None:
    player, store = play(Scripted(lambda model, messages: "I'm sorry, no." if "i0" in messages[-1]["content"] else "blah"))
    tally, kept = player.course.all, store.kept
    assert (tally.refused, tally.unread, tally.answered) == (1, 5, 0)
    assert all(turn.last for turn in kept)


def test_one_bad_trial_costs_one_trial() -> None:
    def reply(model, messages):
        if "i3" in messages[-1]["content"]:
            raise CallFailed(Problem.SERVER_ERROR, "boom")
        return "A"

    player, store = play(Scripted(reply))
    tally, kept = player.course.all, store.kept
    assert (tally.failed, tally.answered) == (1, 5)
    failed = next(turn for turn in kept if turn.problem)
    assert (failed.problem, failed.detail, failed.reply, failed.last) == (Problem.SERVER_ERROR, "boom", None, True)
    assert failed.attempts == 1 + Problem.SERVER_ERROR.handling.again


def test_a_refused_key_ends_its_model_and_no_other() -> None:
    def reply(model, messages):
        if model.name == "locked":
            raise CallFailed(Problem.UNAUTHORISED, "no key")
        return "A"

    locked = Model(name="locked", model="openai/x", concurrency=1)
    player, store = play(Scripted(reply), models=(locked, MODEL))
    assert list(player.course.given_up) == ["locked"]
    assert sum(turn.trial.model == "locked" for turn in store.kept) == 1
    assert player.course.all.answered == 6
    assert ("given_up", "locked") in [(kind, model) for kind, model, _ in store.noted]


def test_a_used_up_quota_parks_its_model_and_no_other() -> None:
    def reply(model, messages):
        if model.name == "spent":
            raise CallFailed(Problem.RATE_LIMITED, "daily", wait_s=7200)
        return "A"

    player, store = play(Scripted(reply), models=(Model(name="spent", model="openai/x", concurrency=1), MODEL))
    assert "UTC" in player.course.parked["spent"]
    assert not player.course.given_up
    assert [turn.problem for turn in store.kept if turn.trial.model == "spent"] == [Problem.QUOTA_USED]
    assert player.course.models["m"].answered == 6


def test_a_model_that_only_fails_is_given_up_after_a_while() -> None:
    def reply(model, messages):
        raise CallFailed(Problem.REJECTED, "no")

    player, store = play(Scripted(reply), items=[Item(f"i{n}", f"i{n}", {}) for n in range(200)])
    assert "in a row failed" in player.course.given_up["m"]
    assert BROKEN <= len(store.kept) <= BROKEN + MODEL.concurrency


def test_a_slow_model_does_not_hold_the_others_back() -> None:
    """With four conversations at once in all, a model that never answers keeps only its own share."""

    class Hanging(Scripted):
        async def reply(self, model, call) -> Reply:
            if model.name == "slow":
                await asyncio.sleep(3600)
            return await super().reply(model, call)

    async def played() -> Player:
        one = Player(Hanging(lambda model, messages: "A"), Listed(), Setting("r", at_once=4))
        playing = asyncio.create_task(one.play(planned((Model(name="slow", model="openai/s"), MODEL), ITEMS * 10)))
        while one.course.models.get("m") is None or one.course.models["m"].ended < 60:
            await asyncio.sleep(0.01)
        playing.cancel()
        return one

    assert asyncio.run(asyncio.wait_for(played(), 20)).course.models["slow"].ended == 0


def test_a_stop_finishes_what_is_in_flight_and_keeps_it() -> None:
    async def stopped():
        stop, store = asyncio.Event(), Listed()
        one = Player(
            Scripted(lambda model, messages: "A"), store, Setting("r", watch=lambda turn: stop.set()), stop
        )
        await one.play(planned((MODEL,), ITEMS * 20))
        return one.course.all, store.kept

    tally, kept = asyncio.run(stopped())
    assert 0 < len(kept) == tally.turns <= 2 * MODEL.concurrency


class Full(Listed):
    def keep(self, batch) -> None:
        raise OSError("disk full")


def test_a_lake_that_cannot_be_written_ends_the_run_with_its_reason(monkeypatch) -> None:
    monkeypatch.setattr(keeper, "PATIENCE", 1)
    with pytest.raises(OSError, match="disk full"):
        play(Scripted(lambda model, messages: "A"), store=Full())


def test_while_nothing_can_be_kept_no_new_question_is_put(monkeypatch) -> None:
    """The lake fails twice: the run is held meanwhile and then goes on; nothing is lost or doubled."""
    monkeypatch.setattr(keeper, "HELD_AT", 5)

    class Busy(Listed):
        tries = most = 0

        def add(self, turn) -> None:
            super().add(turn)
            self.most = max(self.most, self.waiting)

        def keep(self, batch) -> None:
            self.tries += 1
            if self.tries <= 2:
                raise OSError("busy")
            super().keep(batch)

    store = Busy()
    gateway = Scripted(lambda model, messages: "A")
    player, store = play(gateway, store=store, items=[Item(f"i{n}", f"i{n}", {}) for n in range(12)])
    assert 5 <= store.most <= 5 + 8, "no more wait than the limit and those that were on their way when it was reached"
    assert len({(turn.trial.key, turn.turn) for turn in store.kept}) == len(store.kept) == 24
    assert player.course.all.answered == 12


def test_an_unknown_price_is_unknown_and_not_zero() -> None:
    class Free(Scripted):
        async def reply(self, *told, **more) -> Reply:
            return Reply("A")

    assert play(Free(None))[0].course.all.cost_usd is None


def test_a_broken_off_conversation_goes_on_at_its_next_turn() -> None:
    gateway = Scripted(lambda model, messages: "Because.")
    begun = Stored(digest([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "i0?"}]), "A", one_of(OPTIONS)("A"))
    key = planned((MODEL,), ITEMS[:1]).parts[0].at(planned((MODEL,), ITEMS[:1]).parts[0].left[0]).trial.key
    player, store = play(gateway, items=ITEMS[:1], begun={key: [begun]})
    assert [(turn.turn, turn.last) for turn in store.kept] == [(1, True)]
    assert [message["content"] for message in gateway.seen[0]] == ["Be brief.", "i0?", "A", "Why?"]
    assert player.course.all.answered == 1


def test_a_stored_turn_that_the_script_no_longer_asks_is_asked_anew() -> None:
    gateway = Scripted(lambda model, messages: "A" if messages[-1]["content"] != "Why?" else "Because.")
    key = planned((MODEL,), ITEMS[:1]).parts[0].at(planned((MODEL,), ITEMS[:1]).parts[0].left[0]).trial.key
    _, store = play(gateway, items=ITEMS[:1], begun={key: [Stored("another question", "A", one_of(OPTIONS)("A"))]})
    assert [turn.turn for turn in store.kept] == [0, 1]


@pytest.mark.parametrize(("ceilings", "most"), [(Ceilings(calls=5), 5), (Ceilings(cost_usd=3.2), 6)])
def test_a_ceiling_is_reached_and_never_passed(ceilings: Ceilings, most: int) -> None:
    dear = Model(name="m", model="openai/m", usd_per_million_prompt_tokens=0, usd_per_million_completion_tokens=1e6 * 0.5 / 512)
    player, store = play(Scripted(lambda model, messages: "A"), models=(dear,), items=ITEMS * 5, ceilings=ceilings)
    assert len(store.kept) == most
    assert player.course.stopped
    assert player.stop.is_set()


def test_minutes_stop_a_run_that_waits() -> None:
    class Slow(Scripted):
        async def reply(self, model, call) -> Reply:
            await asyncio.sleep(0.05)
            return Reply("A")

    player, _ = play(Slow(None), items=ITEMS * 200, ceilings=Ceilings(minutes=0.3 / 60))
    assert "minutes have passed" in player.course.stopped
    assert 0 < player.course.all.turns < 200


def test_the_same_trial_has_the_same_key_and_others_do_not() -> None:
    keys = [one.trial.key for one in planned((MODEL,), wanted={"shade": ["all"]}, epochs=3).trials("m")]
    assert len(set(keys)) == len(keys) == 36
    again = planned((MODEL,), wanted={"shade": ["light"]}, epochs=4, ended=set(keys))
    assert {one.trial.epoch for one in again.trials("m")} == {4}
    assert (len(again), again.before) == (6, 18)


@pytest.mark.parametrize("told", ["nonsense", "=x", "shade="])
def test_a_condition_that_is_not_one(told: str) -> None:
    with pytest.raises(UsageError, match="field=level"):
        plan.wanted_levels([told])


def test_an_unknown_level_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="choose from light, dark or all"):
        plan.posed(TWO, ITEMS, {"shade": ["blue"]})
