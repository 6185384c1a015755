from collections import Counter

from engine.benchmark import Item
from engine.benchmarks.pvq import KEY
from engine.benchmarks.values import BENCHMARK, SCALE, SHEET, conversation
from engine.circle import ORDER_19
from engine.conversation import Reading


def test_three_portraits_for_each_of_nineteen_values() -> None:
    assert Counter(item.stem for item in BENCHMARK.items) == dict.fromkeys(ORDER_19, 3)
    assert set(KEY) == set(ORDER_19)
    assert all(12 <= len(item.content["text"].split()) <= 32 for item in BENCHMARK.items)


def asked(form: Item, scale: str, seed: int):
    talk = conversation(form, {"form": "sheet" if form.id == SHEET else "alone", "scale": scale}, seed)
    asks = [next(talk)]
    while True:
        try:
            asks.append(talk.send(Reading("rating", number=3.0)))
        except StopIteration:
            return asks


def test_a_portrait_alone_is_one_question_with_the_whole_scale() -> None:
    (only,) = asked(BENCHMARK.items[0], "ascending", 1)
    assert BENCHMARK.items[0].content["text"] in only.text
    assert all(f"{number} = {words}" in only.text for number, words in SCALE.items())


def test_the_scale_is_turned_round_and_keeps_its_numbers() -> None:
    (up,), (down,) = (asked(BENCHMARK.items[0], scale, 1) for scale in ("ascending", "descending"))
    assert up.text.index("1 = not like me at all") < up.text.index("6 = very much like me")
    assert down.text.index("6 = very much like me") < down.text.index("1 = not like me at all")


def test_the_sheet_asks_everything_once_in_a_seeded_order() -> None:
    sheet = Item(SHEET, SHEET, {"portraits": BENCHMARK.items})
    one, same, other = (asked(sheet, "ascending", seed) for seed in (1, 1, 2))
    assert {ask.item for ask in one} == {item.id for item in BENCHMARK.items}
    assert [ask.item for ask in one] == [ask.item for ask in same] != [ask.item for ask in other]
    assert "1 = not like me" not in one[1].text
