import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.benchmark import Lens
from engine.benchmarks import benchmarks
from engine.metrics.verdicts import held, standings

LOWER = Lens("?", "m", "f", "l", "lower", mark=0.05, held_to="at most 5")
HIGHER = Lens("?", "m", "f", "l", "higher", mark=0.8, held_to="at least 80")


def row(value, low, high, source="measured"):
    return {"value": value, "low": low, "high": high, "source": source}


@pytest.mark.parametrize(("lens", "told", "verdict"), [
    (LOWER, row(0.01, 0.0, 0.05), "met"), (LOWER, row(0.1, 0.06, 0.2), "missed"), (LOWER, row(0.04, 0.0, 0.09), "open"),
    (HIGHER, row(0.9, 0.8, 0.95), "met"), (HIGHER, row(0.5, 0.4, 0.79), "missed"), (HIGHER, row(0.79, 0.7, 0.85), "open"),
    (LOWER, None, "not measured"), (LOWER, row(None, None, None), "not computable"), (LOWER, row(0.0, None, None), "open"),
])
def test_only_a_whole_interval_decides(lens: Lens, told, verdict: str) -> None:
    assert held(lens, told) == verdict


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_two_directions_mirror_each_other(value: float, below: float, above: float) -> None:
    one = held(LOWER, row(value, value - below, value + above))
    mirrored = Lens("?", "m", "f", "l", "higher", mark=-0.05)
    assert held(mirrored, row(-value, -value - above, -value + below)) == one


def test_a_lens_without_a_mark_holds_nobody() -> None:
    with pytest.raises(ValueError, match="no mark"):
        held(Lens("?", "m", "f", "l", "none"), None)


def test_a_missing_lens_is_not_a_mark_met_and_two_sets_of_one_kind_are_two_marks() -> None:
    low, high = {"a": row(0.2, 0.15, 0.3), "b": row(0.9, 0.85, 0.95)}, {"a": row(0.9, 0.85, 0.95)}
    a, b = standings([("Ours", HIGHER, low), ("Theirs", HIGHER, high), ("Free", Lens("?", "x", "f", "l", "none"), {"c": row(0, 0, 0)})],
                     {"a": "measured", "b": "measured"})
    assert a.held == {"Ours: at least 80": "missed", "Theirs: at least 80": "met"}
    assert b.held == {"Ours: at least 80": "met", "Theirs: at least 80": "not measured"}
    assert not b.whole


def test_every_mark_of_the_shipped_benchmarks_is_said_in_words() -> None:
    for one in benchmarks().values():
        for lens in one.lenses:
            assert (lens.mark is None) == (lens.held_to == "")
            assert lens.mark is None or lens.direction != "none"
