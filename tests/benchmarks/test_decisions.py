import re
from collections import Counter

import pytest

from engine.benchmarks.decisions import AXES, BENCHMARK, DOMAINS, STRENGTH, conversation
from engine.circle import BROAD, LABELS
from engine.conversation import Reading

CONDITION = {"order": "first", "wording": "1"}


def test_there_are_enough_vignettes_on_each_axis_in_each_domain() -> None:
    counted = Counter((item.content["axis"], item.content["domain"]) for item in BENCHMARK.items)
    assert counted == {(axis, domain): 4 for axis in AXES for domain in DOMAINS}


def test_every_broad_value_is_offered_often_enough_to_be_shown() -> None:
    offered = Counter(item.content[side] for item in BENCHMARK.items for side in ("first", "second"))
    assert set(offered) == set(BROAD)
    assert min(offered.values()) >= 3


@pytest.mark.parametrize("item", BENCHMARK.items, ids=lambda item: item.id)
def test_each_is_whole_and_gives_nothing_away(item) -> None:
    told = item.content
    firsts, seconds = AXES[told["axis"]]
    assert told["first"] in firsts
    assert told["second"] in seconds
    one, other = told["wordings"]
    assert one["situation"] != other["situation"]
    for wording in (one, other):
        lengths = [len(wording[side].split()) for side in ("first", "second")]
        assert max(lengths) <= 1.5 * min(lengths), "an option stands out by its length"
        assert 50 <= len(wording["situation"].split()) <= 100
        shown = f"{wording['first']} {wording['second']}".lower()
        for word in {part for name in LABELS.values() for part in re.findall(r"\w+", name.lower())} - {"to", "change", "self", "care"}:
            assert not re.search(rf"\b{word}\b", shown), f"an option names the value: {word}"


def test_each_option_is_shown_first_as_often_as_second() -> None:
    designed = list(BENCHMARK.design(BENCHMARK.items, {}))
    assert Counter(condition["order"] for _, condition in designed) == {"first": 48, "second": 48}
    item = BENCHMARK.items[0]
    for order, letter in (("first", "A"), ("second", "B")):
        ask = next(conversation(item, {**CONDITION, "order": order}, 0))
        assert ask.cue["options"][letter] == item.content["first"]
        assert f"{letter}) {item.content['wordings'][0]['first']}" in ask.text
        assert ask.read(letter).choice == item.content["first"]


def test_strength_is_asked_of_a_decision_that_was_read_and_only_then() -> None:
    talk = conversation(BENCHMARK.items[0], CONDITION, 0)
    next(talk)
    ask = talk.send(Reading("choice", choice=BENCHMARK.items[0].content["second"]))
    assert ask.cue["other"] == BENCHMARK.items[0].content["first"]
    assert all(f"{number} = {words}" in ask.text for number, words in STRENGTH.items())
    talk = conversation(BENCHMARK.items[0], CONDITION, 0)
    next(talk)
    with pytest.raises(StopIteration):
        talk.send(Reading("refusal"))
