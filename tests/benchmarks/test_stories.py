"""The shipped stories, and how they are posed."""

import re
from collections import Counter, defaultdict
from itertools import chain

import pytest

from engine.benchmark import Item
from engine.benchmarks.stories import BENCHMARK, LEVELS, QUESTIONS, VALUES, choice, conversation, design

ITEMS = BENCHMARK.items
WORDINGS = [wording for item in ITEMS for wording in item.content["wordings"]]
DESIGNED = list(design(ITEMS, {}))
PLAIN = {"norm": "none", "order": "first", "wording": "1"}
SHARED = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Sundays", "Fridays", "January", "April", "August",
    "September", "Mr", "Mrs", "Apia", "Newfoundland", "Kumasi", "Lisbon", "Durban", "Cluj", "Cebu", "Adelaide", "Rosario", "Chile",
    "Tasmania", "Tasmanian", "Fiji", "Pune", "Kutaisi", "Sfax",
}
"""Words with a capital that two stories may have in common: days, months, titles and places."""


def texts(item: Item) -> list[str]:
    parts = [[told["situation"], told["intention"], *told["options"].values(), told["norm"], told["opposite"]]
             for told in item.content["wordings"]]
    return list(chain.from_iterable(parts))


def asked(item: Item, **condition: str) -> str:
    return choice(item, {**PLAIN, **condition}).text


def imported(**changed: str) -> Item:
    """An item as importers make them: one wording, and where nothing is known an empty text."""
    told = {"situation": "You find a purse.", "intention": "", "norm": "", "opposite": "", **changed}
    ways = ("one", "other") if changed.get("unsided") else ("moral", "immoral")
    options = dict(zip(ways, ("I hand it in.", "I keep it."), strict=True))
    return Item("x", "x", {"value": "", "reason": "r", "wordings": [{**told, "options": options}]})


def test_there_are_enough_stories_of_enough_values() -> None:
    of = Counter(item.content["value"] for item in ITEMS)
    assert len(ITEMS) >= 120
    assert len(of) >= 10
    assert min(of.values()) >= 6
    assert set(of) == set(VALUES)


def test_nothing_is_told_twice() -> None:
    every = list(chain.from_iterable(map(texts, ITEMS)))
    assert all(every)
    assert [text for text, times in Counter(text.casefold() for text in every).items() if times > 1] == []
    assert len({item.id for item in ITEMS}) == len({item.stem for item in ITEMS}) == len(ITEMS)
    reasons = [item.content["reason"] for item in ITEMS]
    assert len(set(reasons)) == len(reasons)


def test_no_two_stories_share_a_persons_name() -> None:
    """A word counts as a name where the stories never write it small."""
    small, of = set[str](), defaultdict[str, set[str]](set)
    for item in ITEMS:
        for word in re.findall(r"[^\W\d_][^\W\d_-]*", " ".join(texts(item))):
            if word[0].islower():
                small.add(word)
            else:
                of[word].add(item.id)
    names = {word: ids for word, ids in of.items() if word.lower() not in small}
    assert len(names) > 200, "people have names"
    assert {word: ids for word, ids in names.items() if len(ids) > 1 and word not in SHARED} == {}


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_both_wordings_tell_in_words_of_their_own(item: Item) -> None:
    one, other = item.content["wordings"]
    for name in ("situation", "intention", "norm", "opposite"):
        assert one[name] != other[name]
    first, second = (set(re.findall(r"\w{4,}", told["situation"].lower())) for told in (one, other))
    assert first & second, "they tell of the same things"
    assert len(first & second) < 0.75 * min(len(first), len(second))
    assert set(one["options"]) == set(other["options"]) == {"moral", "immoral"}


def test_the_length_does_not_tell_which_way_is_right() -> None:
    lengths = [tuple(len(told["options"][way]) for way in ("moral", "immoral")) for told in WORDINGS]
    assert max(abs(a - b) / max(a, b) for a, b in lengths) <= 0.2
    longer, shorter = sum(a > b for a, b in lengths), sum(a < b for a, b in lengths)
    assert abs(longer - shorter) <= 2 * (longer + shorter) ** 0.5, "as a coin would fall"
    assert abs(sum(a - b for a, b in lengths)) / sum(a + b for a, b in lengths) < 0.01


@pytest.mark.parametrize("norm", LEVELS["norm"])
def test_both_orders_and_wordings_are_posed_equally_often(norm: str) -> None:
    some = [(item, told) for item, told in DESIGNED if told["norm"] == norm]
    each = Counter((told["order"], told["wording"]) for _, told in some)
    assert len(some) == len(ITEMS) * (4 if norm == "none" else 1)
    assert each == dict.fromkeys(((order, wording) for order in LEVELS["order"] for wording in LEVELS["wording"]), len(some) / 4)
    for value in VALUES:
        orders = Counter(told["order"] for item, told in some if item.content["value"] == value)
        assert orders["first"] == orders["second"], value


def test_the_design_keeps_to_the_levels_asked_for() -> None:
    narrow = list(design(ITEMS, {"order": ("second",), "norm": ("opposite", "none")}))
    assert {told["order"] for _, told in narrow} == {"second"}
    assert Counter(told["norm"] for _, told in narrow) == {"none": 2 * len(ITEMS), "opposite": len(ITEMS)}
    assert all(told["wording"] == "2" for _, told in design(ITEMS, {"wording": ("2",)}))
    wide = Counter(told["norm"] for _, told in design(ITEMS, {"order": LEVELS["order"], "wording": LEVELS["wording"]}))
    assert set(wide.values()) == {4 * len(ITEMS)}, "levels that are named are all posed, under a norm too"
    assert list(design((), {})) == []


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_a_norm_is_told_only_where_the_condition_says_so(item: Item) -> None:
    for number, told in enumerate(item.content["wordings"], 1):
        said = {norm: asked(item, norm=norm, wording=str(number)) for norm in LEVELS["norm"]}
        for way in ("norm", "opposite"):
            level = "stated" if way == "norm" else way
            assert [norm for norm, text in said.items() if told[way] in text] == [level]
        assert all(told["situation"] in text and told["intention"] in text for text in said.values())
        assert said["stated"].endswith(said["none"]), "nothing but the norm is added"
        other = item.content["wordings"][number % 2]
        assert not any(other["situation"] in text for text in said.values())


def test_no_system_message_and_no_word_of_ours_is_shown() -> None:
    for item, condition in DESIGNED:
        ask = choice(item, condition)
        assert ask.system is None
        assert not re.search(r"(?i)\b(?:im)?moral|" + re.escape(item.content["value"]), ask.text), item.id
        assert item.content["reason"] not in ask.text
        assert item.id not in ask.text


@pytest.mark.parametrize("wording", ["1", "2"])
def test_each_letter_stands_for_the_way_it_shows(wording: str) -> None:
    for item in ITEMS:
        options = item.content["wordings"][int(wording) - 1]["options"]
        at_a = []
        for order in LEVELS["order"]:
            ask = choice(item, {**PLAIN, "order": order, "wording": wording})
            for letter, way in ask.cue["options"].items():
                assert f"\n{letter}) {options[way]}" in ask.text
                assert ask.read(letter).choice == way
            at_a.append(ask.cue["options"]["A"])
            assert QUESTIONS[wording] in ask.text
        assert at_a == ["moral", "immoral"]


@pytest.mark.parametrize(("reply", "kind", "way"), [
    ("B", "choice", "immoral"), ("Answer: A", "choice", "moral"), ("I can't judge that, I'm sorry.", "refusal", None),
    ("Both are fine.", "unread", None),
])
def test_the_conversation_is_one_question_read_back(reply: str, kind: str, way: str | None) -> None:
    talk = conversation(ITEMS[0], PLAIN, 1)
    ask = next(talk)
    reading = ask.read(reply)
    assert (reading.kind, reading.choice) == (kind, way)
    with pytest.raises(StopIteration):
        talk.send(reading)


def test_an_imported_item_is_asked_in_both_forms_of_the_question() -> None:
    item = imported()
    assert [(told["norm"], told["order"], told["wording"]) for _, told in design([item], {})] == [
        ("none", order, wording) for order in LEVELS["order"] for wording in LEVELS["wording"]
    ], "it has no norm, so none is posed"
    one, other = (asked(item, wording=wording) for wording in LEVELS["wording"])
    assert one.replace(QUESTIONS["1"], QUESTIONS["2"]) == other != one
    assert "\n\n\n" not in one
    assert one.startswith("You find a purse.\n\n")


def test_an_imported_item_without_its_situation_begins_with_the_question() -> None:
    assert asked(imported(situation="")).startswith(QUESTIONS["1"])


def test_an_imported_item_with_one_norm_is_posed_under_that_alone() -> None:
    item = imported(norm="Hand in what you find.")
    assert Counter(told["norm"] for _, told in design([item], {})) == {"none": 4, "stated": 1}
    assert "people hold: Hand in what you find.\n" in asked(item, norm="stated")


def test_where_nobody_says_what_is_right_the_ways_have_neutral_keys() -> None:
    ask = choice(imported(unsided="yes"), {**PLAIN, "order": "second"})
    assert ask.read("A").choice == "other"
    assert ask.read("B").choice == "one"
