import asyncio

import pytest

from engine.benchmark import Benchmark, Item, Lens
from engine.conversation import Ask
from engine.models.catalogue import Model
from engine.models.gateway import Reply
from engine.problems import CallFailed, Problem, UsageError
from engine.reading import free_text, one_of
from engine.runs import plan, player
from engine.turns import Turn

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

    async def reply(self, model, messages, ask, *, seed, population) -> Reply:
        self.busy += 1
        self.most = max(self.most, self.busy)
        await asyncio.sleep(0.001)
        self.busy -= 1
        self.seen.append([dict(message) for message in messages])
        return Reply(self.reply_to(model, messages), cost_usd=0.5)


def play(gateway, models=(MODEL,), keep=None, **options):
    kept: list[Turn] = []
    every = [one for model in models for one in plan.trials(model, TWO, ITEMS, {}, epochs=1, seed=0)]
    tally = asyncio.run(player.play(every, gateway, keep or kept.extend, run="r", population=0, **options))
    return tally, kept


def test_every_turn_is_kept_with_what_was_asked() -> None:
    gateway = Scripted(lambda model, messages: "A" if messages[-1]["content"] != "Why?" else "Because.")
    tally, kept = play(gateway)
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
    tally, kept = play(Scripted(lambda model, messages: "I'm sorry, no." if "i0" in messages[-1]["content"] else "blah"))
    assert (tally.refused, tally.unread, tally.answered) == (1, 5, 0)
    assert all(turn.last for turn in kept)


def test_one_bad_trial_costs_one_trial() -> None:
    def reply(model, messages):
        if "i3" in messages[-1]["content"]:
            raise CallFailed(Problem.SERVER_ERROR, "boom")
        return "A"

    tally, kept = play(Scripted(reply))
    assert (tally.failed, tally.answered) == (1, 5)
    failed = next(turn for turn in kept if turn.problem)
    assert (failed.problem, failed.detail, failed.reply, failed.last) == (Problem.SERVER_ERROR, "boom", None, True)


def test_a_refused_key_ends_its_model_and_no_other() -> None:
    def reply(model, messages):
        if model.name == "locked":
            raise CallFailed(Problem.UNAUTHORISED, "no key")
        return "A"

    locked = Model(name="locked", model="openai/x", concurrency=1)
    tally, kept = play(Scripted(reply), models=(locked, MODEL))
    assert list(tally.stopped_models) == ["locked"]
    assert sum(turn.trial.model == "locked" for turn in kept) == 1
    assert tally.answered == 6


def test_a_stop_finishes_what_is_in_flight_and_keeps_it() -> None:
    async def stopped():
        stop, kept = asyncio.Event(), []
        every = list(plan.trials(MODEL, TWO, ITEMS * 20, {}, epochs=1, seed=0))
        tally = await player.play(
            every, Scripted(lambda model, messages: "A"), kept.extend, run="r", population=0, stop=stop, watch=lambda turn: stop.set()
        )
        return tally, kept

    tally, kept = asyncio.run(stopped())
    assert 0 < len(kept) == tally.turns <= 2 * MODEL.concurrency


def test_a_lake_that_cannot_be_written_ends_the_run_with_its_reason() -> None:
    def keep(turns):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        play(Scripted(lambda model, messages: "A"), keep=keep)


def test_an_unknown_price_is_unknown_and_not_zero() -> None:
    class Free(Scripted):
        async def reply(self, *told, **more) -> Reply:
            return Reply("A")

    assert play(Free(None))[0].cost_usd is None


def test_the_same_trial_has_the_same_key_and_others_do_not() -> None:
    keys = [one.trial.key for one in plan.trials(MODEL, TWO, ITEMS, {"shade": ["all"]}, epochs=3, seed=0)]
    assert len(set(keys)) == len(keys) == 36
    again = list(plan.trials(MODEL, TWO, ITEMS, {"shade": ["light"]}, epochs=4, seed=0))
    left = plan.unplayed(again, set(keys))
    assert {one.trial.epoch for one in left} == {4}


@pytest.mark.parametrize("told", ["nonsense", "=x", "shade="])
def test_a_condition_that_is_not_one(told: str) -> None:
    with pytest.raises(UsageError, match="field=level"):
        plan.wanted_levels([told])


def test_an_unknown_level_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="choose from light, dark or all"):
        list(plan.trials(MODEL, TWO, ITEMS, {"shade": ["blue"]}, epochs=1, seed=0))
