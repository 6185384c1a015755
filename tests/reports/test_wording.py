import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.problems import UsageError
from engine.reports import wording


def test_a_title_is_one_line_without_control_characters() -> None:
    assert wording.title("  a\tb\r\n c\x00\x07d\u2028e \u202eflipped\ud800") == "a b c d e flipped\ufffd"


def test_a_text_keeps_its_lines() -> None:
    assert wording.text("a\r\nb\rc\vd\u2028\te\x00f\x1b") == "a\nb\nc\nd\n\tef"


@given(st.text(max_size=600))
def test_whatever_is_typed_can_be_kept_and_nothing_visible_is_lost(typed: str) -> None:
    kept = wording.text(typed)
    kept.encode()
    assert [one for one in kept if one.isprintable() and one != "\ufffd"] == [one for one in typed if one.isprintable() and one != "\ufffd"]
    assert wording.text(kept) == kept
    assert wording.line(wording.line(typed)) == wording.line(typed)


def test_what_is_too_long_is_refused() -> None:
    assert wording.title("x" * 500 + " ") == "x" * 500
    with pytest.raises(UsageError, match="501 characters is too long; write up to 500"):
        wording.title("x" * 501)
    with pytest.raises(UsageError, match="50,001 characters"):
        wording.text("x" * 50_001)
