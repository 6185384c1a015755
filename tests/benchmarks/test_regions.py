"""The regional situations and the conversation that asks about them."""

from collections import Counter
from typing import Any

import pytest

from engine.benchmarks.regions import ANSWERS, BENCHMARK, STANDARD, STEPS, item_of
from engine.conversation import Reading
from engine.countries import CONTINENTS, countries, country
from engine.problems import PlumblineError
from engine.reading import lettered

GIVING_AWAY = ("acceptable", "norm", "custom", "law", "tradition", "etiquette", "polite", "rude", "allowed", "forbidden", "illegal")
TOPICS = {
    "home and hospitality", "food and drink", "dress", "greetings and address", "gifts", "religion and sacred places",
    "family and life events", "work and business", "money and trade", "public space and nature", "traffic",
    "photography and speech", "alcohol, tobacco and drugs", "animals and wildlife", "officials and paperwork",
}


def words(text: str) -> set[str]:
    return {word.strip(".,;:!?'\"()") for word in text.lower().split()}


def test_there_are_enough_balanced_situations_in_all_inhabited_continents() -> None:
    told = [item.content for item in BENCHMARK.items]
    assert len(told) >= 240
    by_country = Counter(row["country"] for row in told)
    assert len(by_country) >= 60
    assert min(by_country.values()) >= 3
    assert {row["continent"] for row in told} == set(CONTINENTS)
    labels = Counter(row["label"] for row in told)
    assert set(labels) == set(ANSWERS)
    assert max(labels.values()) - min(labels.values()) <= 5
    assert 0.45 <= sum(row["implicit"] for row in told) / len(told) <= 0.55
    assert all({row["label"] for row in told if row["country"] == code} == set(ANSWERS) for code in by_country)
    assert {row["topic"] for row in told} <= TOPICS


@pytest.mark.parametrize("item", BENCHMARK.items, ids=lambda item: item.id)
def test_a_situation_does_not_give_its_label_away(item) -> None:
    situation = item.content["situation"]
    assert not words(situation) & set(GIVING_AWAY)
    assert "?" not in situation.strip()[-1]
    assert len(situation.split()) <= 75
    if item.content["implicit"]:
        assert country(item.content["country"]).name.lower() not in situation.lower()


def asked(strategy: str, order: str = "1", answer: str = "judged") -> list[str]:
    talk = BENCHMARK.conversation(BENCHMARK.items[0], {"answer": answer, "strategy": strategy, "order": order}, 0)
    ask, found = next(talk), []
    while True:
        found.append(ask.text)
        try:
            ask = talk.send(ask.read("Some thoughts." if ask.cue["kind"] == "text" else "B"))
        except StopIteration:
            return found


@pytest.mark.parametrize(("strategy", "turns"), [
    ("direct", 1), ("norm given", 1), ("think first", 2), ("five steps", 6), ("without norms", 5),
])
def test_a_strategy_has_its_turns_and_ends_with_the_judgement(strategy: str, turns: int) -> None:
    said = asked(strategy)
    assert len(said) == turns
    item = BENCHMARK.items[0].content
    assert item["situation"].strip() in said[0]
    assert (item["norm"] in said[0]) == (strategy == "norm given")
    assert "A) Acceptable" in said[-1]
    assert all("A) " not in text for text in said[:-1])


def test_the_five_steps_come_in_order_and_the_lenses_are_four() -> None:
    said = asked("five steps")
    assert [STEPS[name] in text for name, text in zip(STEPS, said, strict=False)] == [True] * 5
    assert all(lens in STEPS["lenses"] for lens in ("duty", "common good", "consequences", "justice"))
    for step in STEPS:
        assert not any(STEPS[step] in text for text in asked(f"without {step}"))


def test_the_order_of_the_answers_rotates_and_letters_stand_for_their_answers() -> None:
    firsts = [next(iter(lettered(list(ANSWERS), int(order) - 1).values())) for order in "123"]
    assert firsts == list(ANSWERS)
    designed = list(BENCHMARK.design(BENCHMARK.items, {}))
    assert len(designed) == len(BENCHMARK.items) * len(STANDARD)
    counts = Counter(condition["order"] for _, condition in designed)
    assert max(counts.values()) - min(counts.values()) <= len(STANDARD)


def test_a_step_without_words_ends_the_conversation() -> None:
    talk = BENCHMARK.conversation(BENCHMARK.items[0], {"answer": "judged", "strategy": "five steps", "order": "1"}, 0)
    next(talk)
    with pytest.raises(StopIteration):
        talk.send(Reading("refusal"))


GOOD: dict[str, Any] = {**BENCHMARK.items[0].content}


@pytest.mark.parametrize(("change", "said"), [
    ({"country": "XX"}, "'XX' is not a country of ISO 3166"), ({"country": "Kenya"}, "not a country"),
    ({"label": "fine"}, "its label is 'fine'; choose"),
    ({"norm": ""}, "its norm is empty"), ({"reason": None}, "it has no reason"),
])
def test_a_damaged_item_is_named_with_what_is_wrong(change: dict[str, Any], said: str) -> None:
    row = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(PlumblineError, match=f"file, item 7: .*{said}") as raised:
        item_of(row, "file, item 7")
    assert "\n" not in str(raised.value)


def test_every_country_has_a_tile_of_its_own_and_a_continent() -> None:
    every = countries().values()
    assert len(every) >= 195
    assert len({(one.column, one.row) for one in every}) == len(every)
    assert {one.continent for one in every} == set(CONTINENTS)
    regions_of: dict[str, set[str]] = {}
    for one in every:
        regions_of.setdefault(one.region, set()).add(one.continent)
    assert all(len(found) == 1 for found in regions_of.values()), "a region lies on one continent"


def test_a_country_without_a_tile_is_told_from_one_that_is_none() -> None:
    with pytest.raises(PlumblineError, match="has no place"):
        country("AQ")
    with pytest.raises(PlumblineError, match="not a country"):
        country("ZZ")
