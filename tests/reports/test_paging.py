from hypothesis import given
from hypothesis import strategies as st

from engine.reports.paging import HIGH, LONGEST, WIDE, broken, numbered, pages

WORDS = st.text(alphabet="ab .;\n雪", max_size=1500)


@given(st.lists(WORDS, max_size=8))
def test_every_word_is_on_some_page_and_no_page_is_too_full(paragraphs: list[str]) -> None:
    found = pages(paragraphs)
    shown = "".join(part for page in found for part in page)
    assert "".join(shown.split()) == "".join("".join(paragraphs).split())
    for page in found:
        assert sum(-(-len(part) // WIDE) for part in page) <= HIGH


def test_a_long_paragraph_is_broken_after_a_sentence() -> None:
    first = "A sentence of some length. " * 19
    assert broken(first + "B" * 100) == [first.rstrip(), "B" * 100]
    assert [len(part) for part in broken("x" * (LONGEST + 5))] == [LONGEST, 5]


def test_pages_are_counted_where_there_are_several() -> None:
    assert [numbered("t", 0, 1), numbered("t", 1, 2)] == ["t", "t (2 of 2)"]
