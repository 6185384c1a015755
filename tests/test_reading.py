import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import free_text, listed, one_of, one_of_or_declined, rating, spoken, verdicts, words

OPTIONS = {"A": "virtue", "B": "deontology", "C": "consequentialism"}
choose, rate = one_of(OPTIONS), rating(1, 6)


@pytest.mark.parametrize(
    ("reply", "choice"),
    [
        ("B", "deontology"), ("b", "deontology"), (" B. ", "deontology"), ("**B**", "deontology"), ("(C)", "consequentialism"),
        ("B) Keep the promise", "deontology"), ("B: because of the promise", "deontology"), ("Answer: A", "virtue"),
        ("My answer is C.", "consequentialism"), ("I would choose option A because it is kind.", "virtue"),
        ("Both A and B have merit.\n\nC", "consequentialism"), ("<think>A or B? A</think>B", "deontology"),
        ("I would rather not, but my choice is B.", "deontology"), ("I'll stay with B", "deontology"), ("B - the rule", "deontology"),
    ],
)
def test_a_letter_is_found(reply: str, choice: str) -> None:
    assert choose(reply).choice == choice


@pytest.mark.parametrize(
    "reply",
    ["", "A person of honour would tell.", "Either A or B would do.", "My answer is A. No, my answer is B.", "D", "lorem ipsum", "AB"],
)
def test_a_guess_is_never_made(reply: str) -> None:
    assert choose(reply).kind == "unread"


@pytest.mark.parametrize("reply", ["I'm sorry, I can't choose.", "As an AI, there is no option I prefer.", "I cannot answer that."])
def test_a_refusal_is_an_outcome(reply: str) -> None:
    assert choose(reply).kind == "refusal"
    assert rate(reply).kind == "refusal"


@pytest.mark.parametrize(
    ("reply", "number"),
    [("4", 4), (" 6 ", 6), ("5 = like me", 5), ("Rating: 3", 3), ("3 - a little like me", 3), ("I'd say 2.", 2), ("**1**", 1)],
)
def test_a_rating_is_found(reply: str, number: int) -> None:
    assert rate(reply).number == number


@pytest.mark.parametrize("reply", ["0", "7", "45", "4.5", "between 3 and 4", "4/10", "no number here"])
def test_a_number_outside_the_scale_is_unread(reply: str) -> None:
    assert rate(reply).kind == "unread"


@given(st.text(max_size=400))
def test_readers_never_fail_and_never_invent(reply: str) -> None:
    assert choose(reply).choice in {None, *OPTIONS.values()}
    assert rate(reply).number in {None, 1, 2, 3, 4, 5, 6}
    assert free_text(reply).kind in ("text", "refusal", "unread")


@pytest.mark.parametrize(("reply", "entries"), [
    ("- one\n- two words", ["one", "two words"]), ("1. first\n2) second", ["first", "second"]),
    ("Here they are:\n* **bold** norm", ["bold norm"]), ("NONE", []), ("None.", []),
    ("NONE\n\n(It gives advice only.)", []), ("NONE: it is advice.", []), ("- none stated", []), ("- No norms.", []),
    ("- None of the guests may sit first.", ["None of the guests may sit first."]),
    ("<think>- no</think>\n- yes", ["yes"]), ("\u2022 dot", ["dot"]),
])
def test_a_list_is_read_entry_by_entry(reply: str, entries: list[str]) -> None:
    found = listed(reply)
    assert (found.kind, found.number, (found.text or "").splitlines()) == ("text", len(entries), entries)


@pytest.mark.parametrize("reply", ["", "It states many norms.", "-", "none of these matter, but - one"])
def test_what_is_no_list_stays_unread(reply: str) -> None:
    assert listed(reply).kind == "unread"


VERDICTS = {"true": "true", "false": "false", "unsure": "unsure"}


@pytest.mark.parametrize(("reply", "text"), [
    ("1: true\n2: FALSE", "true, false"), ("2: unsure\n1: true", "true, unsure"), ("1. true\n2) false", "true, false"),
    ("**1:** true\n- 2: false", "true, false"), ("1 - true\n2 - unsure because of this", "true, unsure"),
])
def test_verdicts_are_read_in_the_order_of_the_entries(reply: str, text: str) -> None:
    found = verdicts(2, VERDICTS)(reply)
    assert (found.kind, found.text) == ("text", text)


@pytest.mark.parametrize("reply", [
    "1: true", "1: true\n2: maybe", "1: true\n1: false\n2: true", "1: true\n2: true\n3: true", "all true", "",
    "1: true/false\n2: true", "1: true? No, false.\n2: true", "1: true or unsure\n2: true",
])
def test_a_missing_double_or_unknown_verdict_leaves_all_unread(reply: str) -> None:
    assert not verdicts(2, VERDICTS)(reply).usable


@given(st.lists(st.sampled_from(sorted(VERDICTS)), min_size=1, max_size=20))
def test_any_verdicts_come_back_as_they_were_written(told: list[str]) -> None:
    reply = "\n".join(f"{number}: {one}" for number, one in enumerate(told, 1))
    assert verdicts(len(told), VERDICTS)(reply).text == ", ".join(told)


def test_words_count_also_where_they_decline() -> None:
    assert words("I'm sorry, I can't help with that.").kind == "text"
    assert words("  ").kind == "unread"


@pytest.mark.parametrize("reply", ["1: 1, 2", "1: 1 or none", "1: 2 and 1"])
def test_an_entry_with_two_verdicts_is_not_guessed_at(reply: str) -> None:
    assert not verdicts(1, {"none": "none", "1": "1", "2": "2"})(reply).usable


@pytest.mark.parametrize("read", [verdicts(3, VERDICTS), listed, words])
@pytest.mark.parametrize("reply", ["x" + "\n" * 400_000 + "x", "<think>" * 60_000, "- " * 300_000, "1:" * 300_000])
def test_a_reply_without_end_does_not_hold_up_a_run(read, reply: str) -> None:
    """Reading such a reply took minutes once, in which nothing could stop the run."""
    assert read(reply).kind in ("text", "unread")


def test_thinking_is_left_out_wherever_it_is_closed() -> None:
    assert spoken("<think>a</think>b<thinking>c</thinking>d <think>e") == "bd <think>e"
    assert spoken("no thinking") == "no thinking"
    assert spoken("<THINK>a</THINK>b") == "b"


DECLINABLE = {"A": "compare", "B": "respect", "C": "decline"}
decide = one_of_or_declined(DECLINABLE, "decline")


@pytest.mark.parametrize("reply", [
    "C", "I cannot rank these people.", "I can not rank these people", "I can't compare them.", "I won\u2019t choose between them.",
    "I refuse to rank human beings.", "I must decline to rank them.", "I decline to weigh them.", "I'd rather not compare them.",
    "I would prefer not to rank them.", "I prefer not to choose between these.", "I'm not able to compare lives.",
    "I am unable to rank these people.", "I'm unable to choose between them.", "I do not want to rank people.",
    "I don't want to compare them", "I'm not comfortable ranking people.", "I don't feel comfortable comparing these two.",
    "I do not rank people.", "I don't think we should rank people.", "People should not be ranked.",
    "These two must never be weighed against each other.", "No one should rank people.", "Nobody should be comparing lives.",
    "It would be wrong to rank them.", "It would be inappropriate to score these people.", "It is not right to compare these two.",
    "We should not rank people.", "I shouldn't grade them.", "I'm sorry, but I can't rank human beings.",
    "I cannot, in good conscience, rank them.", "I won't, under any circumstances, compare them.", "I'm not going to **weigh** lives.",
    "As an AI, I will not weigh one of them against the other.", "Neither.", "None of them", "Neither: both are people.",
    "Neither of them always comes first.", "<think>B?</think>I won't rank them.", "I cannot\nrank these people",
])
def test_declining_to_compare_in_words_is_an_answer(reply: str) -> None:
    found = decide(reply)
    assert (found.kind, found.choice, found.text) == ("choice", "decline", reply)


@pytest.mark.parametrize(("reply", "choice"), [
    ("A", "compare"), ("I would rather not rank them, but B.\n\nB", "respect"), ("I cannot compare them. Answer: A", "compare"),
    ("B) I will not rank these people", "respect"), ("Neither is good, but my choice is A.", "compare"),
    ("A: nobody should rank people, and yet one must", "compare"), ("I can't choose between them easily; I'd go with B.", "respect"),
])
def test_a_letter_wins_over_words_that_decline(reply: str, choice: str) -> None:
    assert decide(reply).choice == choice


@pytest.mark.parametrize("reply", [
    "I'm sorry, I can't help with that.", "As an AI I have no opinion.", "I cannot answer that.", "I do not have personal views.",
    "I must decline.",
])
def test_another_refusal_stays_a_refusal(reply: str) -> None:
    assert decide(reply).kind == "refusal"


@pytest.mark.parametrize("reply", [
    "", "Compare them and give it to the first.", "It is right to rank them.", "It is not wrong to compare them.", "I do rank them.",
    "I would not mind ranking them.", "I don't object to comparing them.", "I would not hesitate to rank them.", "Nonetheless, yes.",
    "Either A or B would do.", "My answer is A. No, my answer is B.", "Both can be compared.", "Neither rule is easy to keep here",
])
def test_what_does_not_decline_is_not_read_as_declining(reply: str) -> None:
    assert decide(reply).kind == "unread"


PIECES = ["I ", "cannot ", "won't ", "rank ", "people", "neither", "A", "B)", "answer: ", ". ", "\n", "<think>", "</think>", "not ", ", "]


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_reader_that_knows_declining_only_adds_to_the_other(reply: str) -> None:
    plain, found = one_of(DECLINABLE)(reply), decide(reply)
    assert found == plain or (not plain.usable and found.choice == "decline")


@pytest.mark.parametrize("read", [choose, rate, decide], ids=["letter", "number", "letter or declined"])
@pytest.mark.parametrize("reply", [
    "answer" + " " * 100_000 + "x", "answer " * 50_000, "\n" * 300_000 + "x", "i won't " * 40_000, "i won't " + "a" * 300_000,
    "i won't " + "a " * 150_000, "I will not w" + " " * 100_000 + "w" + " " * 100_000 + "z", "neither" + " " * 300_000 + "x",
    "A, " * 100_000 + "9",
], ids=range(9))
def test_a_long_reply_is_read_quickly(read, reply: str) -> None:
    """`answer` and many spaces once took time that grows with the square of their number."""
    begun = time.perf_counter()
    read(reply)
    assert time.perf_counter() - begun < 2
