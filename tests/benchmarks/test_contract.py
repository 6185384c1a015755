"""What every benchmark of the folder must keep to."""

import random
from collections import Counter

import pytest

from engine.benchmarks import benchmark, benchmarks, data_card
from engine.conversation import Reading
from engine.metrics import FAMILIES, METHODS
from engine.problems import UsageError

ALL = list(benchmarks().values())
SHIPPED = [one for one in ALL if one.read_items]
PLAYABLE = [one for one in SHIPPED if one.conversation]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_it_declares_itself(one) -> None:
    assert one.family in FAMILIES
    assert one.citation
    assert one.lens.question.endswith("?")
    assert one.lens.direction in ("higher", "lower", "none")
    assert "**" in data_card(one.name), "the module's docstring is the data card, a line for each matter"
    assert one.read_items or one.importer


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_its_metrics_are_explained(one) -> None:
    explained = set(METHODS) | {"broad_value", "higher_order", "raw_mean"}
    assert set(one.metrics) <= explained


@pytest.mark.parametrize("one", SHIPPED, ids=lambda one: one.name)
def test_its_items_are_distinct_and_reasoned(one) -> None:
    assert len({item.id for item in one.items}) == len(one.items)
    assert all(item.content["reason"] for item in one.items)


@pytest.mark.parametrize("one", PLAYABLE, ids=lambda one: one.name)
def test_its_design_covers_every_item_with_whole_conditions(one) -> None:
    designed = list(one.design(one.items, {}))
    for _, condition in designed:
        assert tuple(condition) == tuple(one.levels)
        assert all(condition[name] in levels for name, levels in one.levels.items())
    assert len({(item.id, tuple(condition.items())) for item, condition in designed}) == len(designed)


@pytest.mark.parametrize("one", PLAYABLE, ids=lambda one: one.name)
def test_every_level_can_be_asked_for(one) -> None:
    for name, levels in one.levels.items():
        designed = list(one.design(one.items, {name: levels}))
        assert Counter(condition[name] for _, condition in designed).keys() == set(levels)


@pytest.mark.parametrize("one", PLAYABLE, ids=lambda one: one.name)
def test_any_answers_bring_the_conversation_to_an_end(one) -> None:
    rng = random.Random(4)
    replies = ["A", "B", "C", "1", "6", "I'm sorry, I can't.", "", "words words"]
    for item, condition in rng.sample(list(one.design(one.items, {})), 60):
        talk = one.conversation(item, condition, 3)
        ask = next(talk)
        for _ in range(200):
            assert ask.text.strip()
            assert ask.cue["kind"]
            try:
                ask = talk.send(ask.read(rng.choice(replies)))
            except StopIteration:
                break
        else:
            pytest.fail("the conversation does not end")


@pytest.mark.parametrize("one", PLAYABLE, ids=lambda one: one.name)
def test_the_same_seed_asks_the_same(one) -> None:
    item, condition = list(one.design(one.items, {}))[-1]
    assert next(one.conversation(item, condition, 9)).text == next(one.conversation(item, condition, 9)).text


def test_an_unknown_benchmark_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="choose from daily-dilemmas"):
        benchmark("nothing")


def test_a_reading_knows_whether_it_answers() -> None:
    assert Reading("choice", choice="x").usable
    assert not Reading("refusal").usable
