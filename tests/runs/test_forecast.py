"""What a run takes lies between the least and the most that was foretold."""

import asyncio
import math
from collections.abc import Collection, Sequence
from typing import Any

import pytest

from engine.benchmark import Benchmark, Item, Lens
from engine.benchmarks import benchmark
from engine.conversation import Ask, Condition, Conversation
from engine.models.catalogue import Model
from engine.models.gateway import Call, Reply
from engine.models.prices import price
from engine.models.simulated import answer, persona
from engine.reading import free_text
from engine.runs.asking import THINKING_ROOM
from engine.runs.budget import Ceilings
from engine.runs.forecast import SAMPLE, Forecast, beyond, forecast, total
from engine.runs.plan import Part, Plan, Wanted, posed
from engine.runs.player import Player, Setting
from tests.runs.store import Listed

PRICED: dict[str, Any] = {"usd_per_million_prompt_tokens": 2, "usd_per_million_completion_tokens": 8}
SHORT: Wanted = {"order": ["vdc"], "wording": ["1"], "push": ["first"]}


class Counted:
    """Answers as a simulated respondent does, at four bytes a token, and says what it takes."""

    def __init__(self, who: str) -> None:
        self.who, self.tokens, self.calls = persona(who), 0, 0

    async def reply(self, model: Model, call: Call) -> Reply:
        text = answer(self.who, call.messages, call.cue, call.seed, call.population)
        prompt, completion = (math.ceil(len(said.encode()) / 4) for said in ("".join(one["content"] for one in call.messages), text))
        known = price(model)
        assert known
        self.tokens += prompt + completion
        self.calls += 1
        return Reply(text, prompt_tokens=prompt, completion_tokens=completion, cost_usd=known.of(prompt, completion))


def part(
    model: Model, of: Benchmark, wanted: Wanted, epochs: int, items: Sequence[Item] | None = None, ended: Collection[str] = ()
) -> Part:
    made = Part(model, of, posed(of, of.items if items is None else items, wanted), 0)
    made.want(lambda _: range(1, epochs + 1), ended)
    return made


def between(ends: tuple[float, float], value: float) -> bool:
    return ends[0] <= value <= ends[1]


@pytest.mark.parametrize("who", ["steady", "pliable", "random"])
@pytest.mark.parametrize(("name", "wanted", "epochs"), [
    ("dilemmas", SHORT, 1), ("dilemmas", {"pressure": ["none", "crowd"]}, 1), ("values", {}, 1), ("values", {"form": ["sheet"]}, 2),
])
def test_a_played_run_takes_no_less_and_no_more_than_was_foretold(name: str, wanted: Wanted, epochs: int, who: str) -> None:
    plan = Plan([part(Model(name="m", model="openai/m", **PRICED), benchmark(name), wanted, epochs)])
    (row,) = forecast(plan)
    gateway = Counted(who)
    player = Player(gateway, Listed(), Setting("r"))
    asyncio.run(player.play(plan))
    assert row.trials == player.course.all.ended == len(plan)
    assert between(row.calls, gateway.calls)
    assert between(row.tokens, gateway.tokens)
    assert row.cost_usd
    assert between(row.cost_usd, player.course.all.cost_usd or 0)


def chain(item: Item, condition: Condition, seed: int) -> Conversation:
    """As many questions as the condition says, whatever is answered."""
    for number in range(int(condition["questions"])):
        yield Ask(f"Question {number}?", read=free_text, max_tokens=100)


CHAIN = Benchmark(
    "chain", "Chain", "1", "dilemmas", (), {"questions": ("1", "40")}, Lens("?", "m", "f", "l", "none"), "", conversation=chain,
    design=lambda items, levels: [
        (item, {"questions": count}) for item in items for count in levels.get("questions", ("1", "40") if item.id == "i7" else ("1",))
    ],
)


@pytest.mark.parametrize("epochs", [1, 2, 3, 5, 10, 60])
def test_one_long_conversation_among_many_short_ones_is_foretold_exactly(epochs: int) -> None:
    """A sample that skips it would foretell too little, one that hits it by chance too much."""
    items = [Item(f"i{number}", "s", {}) for number in range(3 * SAMPLE)]
    (row,) = forecast(Plan([part(Model(name="m", model="simulated/steady"), CHAIN, {}, epochs, items)]))
    assert row.calls == (epochs * (3 * SAMPLE + 40),) * 2


@pytest.mark.parametrize("epochs", [1, 2, 3, 20])
def test_sheets_of_portraits_among_portraits_alone_are_foretold_exactly(epochs: int) -> None:
    (row,) = forecast(Plan([part(Model(name="m", model="simulated/steady"), benchmark("values"), {}, epochs)]))
    assert row.calls == (epochs * 4 * 57,) * 2


def one_row(questions: str = "1", items: int = 5, **settings: Any) -> Forecast:
    model = Model.model_validate({"name": "m", "model": "openai/nobody-knows"} | settings)
    return forecast(Plan([part(model, CHAIN, {"questions": [questions]}, 1, [Item(f"i{n}", "s", {}) for n in range(items)])]))[0]


def test_at_most_every_reply_takes_all_tokens_it_may_and_is_read_again_with_the_next_question() -> None:
    alone, twice = one_row("1", 1), one_row("40", 1)
    question = len("Question 0?") / 3
    assert alone.tokens == (round(question / 2 + 1), round(question + 100))
    read = sum(n * question + (n - 1) * 100 for n in range(1, 41))
    assert read + 4000 <= twice.tokens[1] <= 1.3 * (read + 4000)
    longer = one_row("40", 1, parameters={"max_tokens": 1000})
    assert longer.tokens[1] >= sum(n * 1000 for n in range(40)), "also where the model's own setting says how many"


@pytest.mark.parametrize(("settings", "room"), [
    ({"thinking_tokens": 2000}, 2000), ({"model": "openai/o3"}, THINKING_ROOM), ({"model": "openai/o3", "effort": "none"}, 0),
    ({"model": "openai/gpt-4o"}, 0),
])
def test_a_reasoning_model_may_think_before_each_reply(settings: dict[str, Any], room: int) -> None:
    assert one_row(**settings).tokens[1] == one_row().tokens[1] + 5 * room


def test_money_is_foretold_from_the_models_price_and_not_where_it_is_unknown() -> None:
    assert one_row().cost_usd is None
    priced = one_row(usd_per_million_prompt_tokens=0, usd_per_million_completion_tokens=1e6)
    assert priced.cost_usd == pytest.approx((5, 500))
    assert one_row(model="simulated/steady").cost_usd == (0, 0)


def test_nothing_left_to_play_is_no_row() -> None:
    model = Model(name="m", model="simulated/steady")
    every = Plan([part(model, benchmark("values"), {"form": ["sheet"]}, 1)])
    ended = {one.trial.key for one in every.trials("m")}
    assert forecast(Plan([part(model, benchmark("values"), {"form": ["sheet"]}, 1, ended=ended)])) == []
    assert forecast(Plan()) == []
    assert total([]) == {"trials": 0, "calls": [0, 0], "tokens": [0, 0], "cost_usd": [0, 0], "minutes": [0, 0], "price_unknown": []}


def test_a_models_benchmarks_are_one_row_and_what_was_played_is_not_foretold() -> None:
    model = Model(name="m", model="simulated/steady")
    sheet: Wanted = {"form": ["sheet"]}
    once = {one.trial.key for one in Plan([part(model, benchmark("values"), sheet, 1)]).trials("m")}
    long = part(model, CHAIN, {"questions": ["40"]}, 1, [Item("i", "s", {})])
    (row,) = forecast(Plan([part(model, benchmark("values"), sheet, 3, ended=once), long]))
    assert (row.trials, row.calls) == (5, (4 * 57 + 40,) * 2)


def test_all_models_together_are_the_sum_and_unknown_prices_are_named() -> None:
    rows = [
        Forecast("one", 2, (1, 2), (10, 20), (0.5, 1.0), (1, 4)), Forecast("two", 3, (3, 6), (30, 60), None, (2, 3)),
        Forecast("three", 1, (1, 1), (1, 1), (0.0, 0.0), (2, 2), simulated=True), Forecast("four", 1, (1, 1), (1, 1), (0, 0), (3, 3), True),
    ]
    assert total(rows) == {
        "trials": 7, "calls": [6, 10], "tokens": [42, 82], "cost_usd": [0.5, 1.0], "minutes": [5, 5], "price_unknown": ["two"],
    }, "models are asked side by side, the simulated ones one after another"


def test_from_least_takes_the_least_of_the_other_or_nothing() -> None:
    least, most = Forecast("m", 2, (1, 2), (10, 20), (0.5, 1.0), (1, 2)), Forecast("m", 9, (5, 9), (50, 90), (2.5, 9.0), (4, 8))
    assert most.from_least(least) == Forecast("m", 9, (1, 9), (10, 90), (0.5, 9.0), (1, 8))
    assert most.from_least(None) == Forecast("m", 9, (0, 9), (0, 90), (0.0, 9.0), (0, 8))


@pytest.mark.parametrize(("most", "said"), [
    (Ceilings(), ""), (Ceilings(calls=6), ""), (Ceilings(cost_usd=3.0, minutes=5.0), ""),
    (Ceilings(calls=5), "at least 6 calls where 5 are allowed"),
    (Ceilings(cost_usd=2.99), "at least 3 US dollars where 2.99 are allowed"),
    (Ceilings(minutes=4), "at least 5 minutes where 4 are allowed"),
    (Ceilings(calls=1, minutes=1), "at least 6 calls where 1 are allowed and at least 5 minutes where 1 are allowed"),
])
def test_only_a_limit_that_is_sure_to_be_reached_is_told_of(most: Ceilings, said: str) -> None:
    rows = [Forecast("one", 1, (1, 900), (1, 1), (3.0, 90.0), (5, 50)), Forecast("two", 1, (5, 900), (1, 1), None, (4, 40))]
    assert beyond(rows, most) == (f"this takes {said}: the run will stop there and can be gone on with" if said else "")


@pytest.mark.parametrize(("settings", "latency_s", "minutes"), [
    ({"concurrency": 60}, 6.0, (1, 7.5)), ({"concurrency": 60}, None, (0.5 / 6, 12.5)), ({"concurrency": 2}, 6.0, (30, 30)),
    ({"concurrency": 60, "requests_per_minute": 30}, 6.0, (20, 20)), ({"model": "simulated/steady"}, 6.0, (0.03, 0.03)),
])
def test_the_time_is_that_of_the_replies_side_by_side_within_the_models_limits(
    settings: dict[str, Any], latency_s: float | None, minutes: tuple[float, float]
) -> None:
    model = Model.model_validate({"name": "m", "model": "openai/m"} | settings)
    plan = Plan([part(model, CHAIN, {"questions": ["1"]}, 1, [Item(f"i{n}", "s", {}) for n in range(600)])])
    (row,) = forecast(plan, {"m": latency_s} if latency_s else None)
    assert row.minutes == pytest.approx(minutes)
