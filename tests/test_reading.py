import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import free_text, listed, one_of, rating, spoken, verdicts, words

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
