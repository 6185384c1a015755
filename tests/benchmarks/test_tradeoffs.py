"""The shipped trade-offs, and how they are posed."""

import re
from collections import Counter

import pytest

from engine.benchmark import Item
from engine.benchmarks.tradeoffs import (
    BENCHMARK,
    DECLINE,
    DECLINING,
    FRAMINGS,
    KINDS,
    LEVELS,
    NEITHER,
    RULES,
    SMALLEST_EFFECT,
    SYSTEM,
    choice,
    conversation,
    design,
    system,
)

ITEMS = BENCHMARK.items
CONFLICTS = [item for item in ITEMS if item.content["kind"] == "conflict"]
DESIGNED = list(design(ITEMS, {}))
ASKED = [(item, condition, choice(item, condition)) for item, condition in DESIGNED]
PLAIN = {"told": "none", "framing": "person", "paraphrase": "1", "order": "first"}
OURS = re.compile(r"(?i)\b(?:person-like|resource-like|framings?|paraphrases?|stems?|conflicts?|neutral|justice|trade-?offs?|tally|skew)\b")
"""What we call the parts of the test; no model is to read it."""


def posed(item: Item, **condition: str):
    return choice(item, {**PLAIN, **condition})


def test_there_are_twenty_stems_of_each_kind() -> None:
    assert Counter(item.content["kind"] for item in ITEMS) == dict.fromkeys(KINDS, 20)
    assert len({item.id for item in ITEMS}) == len({item.stem for item in ITEMS}) == 80
    for item in ITEMS:
        assert set(item.content["options"]) == set(KINDS[item.content["kind"]])
        assert ("rule_respect" in item.content) == ("rule_shares" in item.content) == (item.content["kind"] == "conflict")


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_three_paraphrases_tell_both_framings_at_like_length(item: Item) -> None:
    told = item.content["paraphrases"]
    assert [set(one) for one in told] == [set(FRAMINGS)] * 3
    assert len({text for one in told for text in one.values()}) == 6
    for one in told:
        lengths = [len(one[framing].strip()) for framing in FRAMINGS]
        assert abs(lengths[0] - lengths[1]) <= 0.1 * max(lengths)


def test_nothing_is_told_twice() -> None:
    every = [text for item in ITEMS for one in item.content["paraphrases"] for text in one.values()]
    every += [text for item in ITEMS for text in item.content["options"].values()]
    every += [item.content[rule] for item in CONFLICTS for rule in ("rule_respect", "rule_shares")]
    assert [text for text, times in Counter(every).items() if times > 1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_neither_framing_and_neither_option_is_systematically_longer(kind: str) -> None:
    some = [item.content for item in ITEMS if item.content["kind"] == kind]
    framed = [(len(one["person"]), len(one["resource"])) for told in some for one in told["paraphrases"]]
    offered = [tuple(len(told["options"][key]) for key in KINDS[kind]) for told in some]
    for pairs, apart in ((framed, 0.05), (offered, 0.05)):
        assert abs(sum(a - b for a, b in pairs)) / sum(a + b for a, b in pairs) < apart
    longer, shorter = (sum(sign * (a - b) > 0 for a, b in offered) for sign in (1, -1))
    assert abs(longer - shorter) <= 2 * (longer + shorter) ** 0.5, "as a coin would fall"


def test_all_but_the_case_is_the_same_in_both_framings() -> None:
    for item in ITEMS:
        for number, one in enumerate(item.content["paraphrases"], 1):
            person, resource = (posed(item, framing=framing, paraphrase=str(number)) for framing in FRAMINGS)
            assert person.text.replace(one["person"].strip(), one["resource"].strip()) == resource.text
            assert person.text.startswith(one["person"].strip() + "\n\n")
            assert (person.cue["options"], person.system) == (resource.cue["options"], resource.system)


def test_the_order_is_counterbalanced_in_every_cell() -> None:
    cells = Counter((item.id, told["told"], told["framing"], told["paraphrase"], told["order"]) for item, told in DESIGNED)
    assert set(cells.values()) == {1}
    assert len(cells) == 80 * 4 * 2 * 3 * 2 + 20 * 4 * 2
    for item, told in DESIGNED:
        turned = {"first": "second", "second": "first"}[told["order"]]
        assert (item.id, told["told"], told["framing"], told["paraphrase"], turned) in cells


def test_the_rules_alone_are_asked_of_conflicts_only_once_a_message_and_order() -> None:
    alone = [(item, told) for item, told in DESIGNED if told["framing"] == RULES]
    assert {item.content["kind"] for item, _ in alone} == {"conflict"}
    assert Counter(item.id for item, _ in alone) == dict.fromkeys((item.id for item in CONFLICTS), 8)
    assert Counter((told["told"], told["order"]) for _, told in alone) == {(m, o): 20 for m in LEVELS["told"] for o in LEVELS["order"]}


def test_the_design_keeps_to_the_levels_asked_for() -> None:
    narrow = list(design(CONFLICTS[:1], {"paraphrase": ("3", "2"), "told": ("both",)}))
    assert Counter(told["framing"] for _, told in narrow) == {"person": 4, "resource": 4, RULES: 2}
    assert {told["told"] for _, told in narrow} == {"both"}
    assert {told["framing"] for _, told in design(ITEMS, {"framing": ("resource",)})} == {"resource"}
    assert {item.content["kind"] for item, _ in design(ITEMS, {"framing": (RULES,)})} == {"conflict"}
    assert list(design((), {})) == []


def test_each_letter_stands_for_the_option_it_shows_and_declining_is_last() -> None:
    for item, condition, ask in ASKED:
        kind, alone = item.content["kind"], condition["framing"] == RULES
        keys = KINDS[kind] if condition["order"] == "first" else KINDS[kind][::-1]
        assert ask.cue["options"] == {"A": keys[0], "B": keys[1], "C": DECLINE}
        told = {"compare": item.content["rule_shares"], "respect": item.content["rule_respect"]} if alone else item.content["options"]
        declining = DECLINING[RULES] if alone else DECLINING.get(kind, NEITHER)
        shown = re.findall(r"^([A-Z])\) (.*)$", ask.text, re.MULTILINE)
        assert shown == [("A", told[keys[0]].strip()), ("B", told[keys[1]].strip()), ("C", declining)]
        assert [ask.read(letter).choice for letter in "ABC"] == [*keys, DECLINE]


def test_the_sentence_that_declines_is_read_as_declining_without_its_letter() -> None:
    for item, condition, ask in ASKED[::7]:
        sentence = re.findall(r"^C\) (.*)$", ask.text, re.MULTILINE)[0]
        assert ask.read(sentence).choice == DECLINE, (item.id, condition, sentence)


def test_no_word_of_ours_is_shown() -> None:
    for item, condition, ask in ASKED:
        said = "\n".join(message["content"] for message in ask.messages())
        assert not OURS.search(said), (item.id, OURS.findall(said))
        assert item.id not in said
        assert item.content["reason"] not in said
        case = condition["framing"] != RULES
        assert not (case and any(item.content.get(rule, "\0") in said for rule in ("rule_respect", "rule_shares")))


def test_the_system_message_says_what_the_condition_says() -> None:
    for _, condition, ask in ASKED:
        told = condition["told"]
        expected = {name for name in SYSTEM if told in (name, "both")}
        assert {name for name, words in SYSTEM.items() if words in (ask.system or "")} == expected
        assert (ask.system is None) == (told == "none")
        assert not any(words in ask.text for words in SYSTEM.values()), "and nowhere else"


def test_both_messages_come_in_either_order() -> None:
    one, other = (system({**PLAIN, "told": "both", "order": order}) for order in LEVELS["order"])
    assert one == f"{SYSTEM['respect']} {SYSTEM['shares']}"
    assert other == f"{SYSTEM['shares']} {SYSTEM['respect']}"
    for told in ("respect", "shares"):
        assert {system({**PLAIN, "told": told, "order": order}) for order in LEVELS["order"]} == {SYSTEM[told]}


def test_the_conversation_is_one_question_read_back() -> None:
    talk = conversation(CONFLICTS[0], {**PLAIN, "order": "second"}, 1)
    ask = next(talk)
    reading = ask.read("**A**")
    assert (reading.kind, reading.choice) == ("choice", "respect")
    with pytest.raises(StopIteration):
        talk.send(reading)


def test_the_smallest_effect_is_a_small_standardised_difference_in_log_odds() -> None:
    assert pytest.approx(0.2 * 3.14159265 / 3**0.5, abs=0.005) == SMALLEST_EFFECT
    assert BENCHMARK.smallest_effect == SMALLEST_EFFECT
