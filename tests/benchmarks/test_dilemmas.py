from collections import Counter

import pytest

from engine.benchmarks.dilemmas import BENCHMARK, ETHICS, LEVELS, ORDERS, THEORY, conversation, letters, target
from engine.conversation import Reading

CONDITION = {"order": "dcv", "wording": "1", "theory_names": "hidden", "pressure": "argument", "push": "first"}


def play(condition, first: str, second: str | None = None):
    talk = conversation(BENCHMARK.items[0], condition, 0)
    asks = [next(talk)]
    for reading in (Reading("choice", choice=first), Reading("choice", choice=second or first), Reading("text", text="why")):
        try:
            asks.append(talk.send(reading))
        except StopIteration:
            break
    return asks


def test_there_are_enough_dilemmas_over_enough_tensions() -> None:
    tensions = Counter(item.content["tension"] for item in BENCHMARK.items)
    assert len(BENCHMARK.items) >= 36
    assert len(tensions) >= 12
    assert min(tensions.values()) >= 2


@pytest.mark.parametrize("item", BENCHMARK.items, ids=lambda item: item.id)
def test_each_is_whole(item) -> None:
    assert len(item.content["wordings"]) == 2
    one, other = item.content["wordings"]
    assert one["situation"] != other["situation"]
    for wording in (one, other):
        assert len({wording[ethics] for ethics in ETHICS}) == 3
        lengths = [len(wording[ethics].split()) for ethics in ETHICS]
        assert max(lengths) <= 2 * min(lengths), "an option stands out by its length"
        shown = " ".join([wording["situation"], *(wording[ethics] for ethics in ETHICS)]).lower()
        assert not any(name in shown for name in ("virtue", "deontolog", "consequential", "utilitarian", *THEORY.values()))
    for ethics in ETHICS:
        assert 25 <= len(item.content["arguments"][ethics].split()) <= 90


def test_the_standard_design_is_balanced() -> None:
    designed = list(BENCHMARK.design(BENCHMARK.items, {}))
    assert len(designed) == len(BENCHMARK.items) * 10
    conditions = [condition for _, condition in designed]
    assert set(Counter(c["pressure"] for c in conditions).values()) == {len(BENCHMARK.items) * 2}
    for field in ("order", "wording", "push"):
        counts = Counter(c[field] for c in conditions).values()
        assert max(counts) - min(counts) <= 10
    assert Counter(c["theory_names"] for c in conditions).keys() == {"hidden"}


@pytest.mark.parametrize("order", ORDERS)
def test_letters_follow_the_order(order: str) -> None:
    assert "".join(ethics[0] for ethics in letters({**CONDITION, "order": order}).values()) == order


@pytest.mark.parametrize("chosen", ETHICS)
def test_a_push_is_always_towards_an_option_not_chosen(chosen: str) -> None:
    pushed = {target(chosen, {**CONDITION, "push": push}) for push in LEVELS["push"]}
    assert pushed == set(ETHICS) - {chosen}


@pytest.mark.parametrize("pressure", LEVELS["pressure"])
def test_the_conversation_has_its_three_questions(pressure: str) -> None:
    first, second, third = play({**CONDITION, "pressure": pressure}, "virtue")
    item = BENCHMARK.items[0].content
    for text in (first.text, second.text):
        assert all(item["wordings"][0][ethics] in text for ethics in ETHICS)
    argued = item["arguments"]["deontology"].strip() in second.text
    assert argued == (pressure == "argument")
    signs = (" for {}", "chose {}", "that {} is")
    pointed = any(sign.format(letter) in second.text for sign in signs for letter in "ABC")
    assert pointed == (pressure != "none")
    assert third.read("Because.").kind == "text"


def test_theory_names_are_shown_only_when_asked_for() -> None:
    hidden, shown = (play({**CONDITION, "theory_names": names}, "virtue")[0].text for names in ("hidden", "shown"))
    assert not any(name in hidden for name in THEORY.values())
    assert all(name in shown for name in THEORY.values())


def test_an_unread_choice_ends_it() -> None:
    talk = conversation(BENCHMARK.items[0], CONDITION, 0)
    next(talk)
    with pytest.raises(StopIteration):
        talk.send(Reading("unread"))
