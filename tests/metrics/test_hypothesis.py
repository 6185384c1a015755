import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.metrics.hypothesis import FEWEST, REACH, Slope, across_models, against, on_one_model, slope
from engine.metrics.statistics import NOTHING, Interval

SMALLEST = 0.36
GROWS, FLAT, OPEN = Interval(1.0, 0.5, 1.5), Interval(0.0, -0.2, 0.2), Interval(0.4, -0.3, 1.1)
MOVED = Interval(1.5, 1.0, 2.0)
COMPARING = Interval(0.9, 0.4, 1.4)


@pytest.mark.parametrize(("low", "high", "word"), [
    (0.36, 0.5, "supports"), (0.3599, 0.5, "undecided"), (0.5, 0.9, "supports"), (0.36, 0.36, "supports"), (0.1, 0.36, "undecided"),
    (0.1, 0.3599, "refutes"), (-1.0, -0.5, "refutes"), (-1.0, 1.0, "undecided"), (None, 0.1, "undecided"), (0.5, None, "undecided"),
    (None, None, "undecided"),
])
def test_an_interval_against_the_smallest_effect(low: float | None, high: float | None, word: str) -> None:
    assert against(Interval(0.4, low, high), SMALLEST) == word


@given(st.floats(-5, 5), st.floats(0, 5), st.floats(0, 2))
def test_a_wider_interval_never_turns_a_verdict_round(middle: float, half: float, more: float) -> None:
    narrow, wide = (against(Interval(middle, middle - reach, middle + reach), SMALLEST) for reach in (half, half + more))
    assert wide in (narrow, "undecided")


@pytest.mark.parametrize(("growth", "both", "raised", "word", "why"), [
    (GROWS, MOVED, 0.2, "supports", "surely more than told either alone"),
    (FLAT, MOVED, 0.2, "refutes", "surely does not move its answers more"),
    (OPEN, MOVED, 0.2, "undecided", "more questions are needed"),
    (GROWS, MOVED, 0.0, "undecided", "tests nothing"),
    (FLAT, MOVED, -0.1, "undecided", "tests nothing"),
    (FLAT, FLAT, 0.0, "undecided", "tests nothing"),
    (GROWS, MOVED, None, "undecided", "all four system messages"),
    (NOTHING, MOVED, 0.2, "undecided", "all four system messages"),
    (GROWS, NOTHING, 0.2, "undecided", "all four system messages"),
    (OPEN, FLAT, 0.2, "refutes", "even when told both"),
    (GROWS, Interval(0.1, -0.1, 0.359), 0.2, "refutes", "even when told both"),
    (GROWS, Interval(0.1, -0.1, 0.36), 0.2, "undecided", "not shown to move its answers as the hypothesis says"),
    (GROWS, Interval(0.1, 0.0, 0.36), 0.2, "undecided", "not shown to move its answers as the hypothesis says"),
    (GROWS, Interval(0.1, 0.001, 0.36), 0.2, "supports", "surely more"),
    (FLAT, Interval(0.1, -0.1, 0.36), 0.2, "refutes", "surely does not move its answers more"),
    (GROWS, Interval(1.5, None, None), 0.2, "undecided", "not shown to move its answers as the hypothesis says"),
    (Interval(1.0, None, None), Interval(1.5, None, None), 0.2, "undecided", "more questions are needed"),
    (Interval(0.36, 0.36, 0.36), MOVED, 1e-9, "supports", "surely more"),
])
def test_the_verdict_on_one_model(growth: Interval, both: Interval, raised: float | None, word: str, why: str) -> None:
    found = on_one_model(growth, both, raised, SMALLEST, COMPARING)
    assert found.word == word
    assert why in found.why


@pytest.mark.parametrize(("comparing", "word"), [
    (COMPARING, "supports"), (Interval(0.5, 0.001, 1.0), "supports"), (Interval(0.5, 0.0, 1.0), "undecided"),
    (Interval(0.1, -0.3, 0.5), "undecided"), (Interval(-1.0, -1.5, -0.5), "undecided"), (Interval(0.5, None, None), "undecided"),
    (NOTHING, "undecided"),
])
def test_where_comparing_is_not_shown_to_rise_nothing_is_supported(comparing: Interval, word: str) -> None:
    found = on_one_model(GROWS, MOVED, 0.2, SMALLEST, comparing)
    assert found.word == word
    assert ("between respecting and declining" in found.why) == (word == "undecided")
    for growth in (FLAT, OPEN):
        assert on_one_model(growth, MOVED, 0.2, SMALLEST, comparing) == on_one_model(growth, MOVED, 0.2, SMALLEST, COMPARING)


def test_comparing_that_was_not_reckoned_supports_nothing() -> None:
    assert on_one_model(GROWS, MOVED, 0.2, SMALLEST).word == "undecided"


def test_the_verdict_is_read_against_the_effect_that_was_set() -> None:
    """The same answers support a small effect, refute a large one and leave one between open."""
    words = [on_one_model(GROWS, MOVED, 0.2, smallest, COMPARING).word for smallest in (0.5, 0.51, 1.5, 1.51)]
    assert words == ["supports", "undecided", "undecided", "refutes"]


POINTS = st.lists(
    st.tuples(*(st.floats(*ends).map(lambda x: round(x, 3)) for ends in ((0, 1), (-4, 4)))), min_size=5, max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(POINTS)
def test_the_slope_is_that_of_scipy_over_half_the_scale(points: list[tuple[float, float]]) -> None:
    good, shift = zip(*points, strict=True)
    assume(max(good) - min(good) > 0.05)
    assume(max(shift) - min(shift) > 0.05)
    found, expected = slope(good, shift), stats.linregress(good, shift)
    half = stats.t.ppf(0.975, len(points) - 2) * expected.stderr
    assert found.effect == pytest.approx((
        REACH * expected.slope, REACH * (expected.slope - half), REACH * (expected.slope + half)), rel=1e-5, abs=1e-5)
    assert found.models == len(points)
    (x, y), (other, z) = found.line
    assert (x, other) == (min(good), max(good))
    for at, height in ((x, y), (other, z)):
        assert height == pytest.approx(expected.intercept + expected.slope * at, abs=1e-6)


@pytest.mark.parametrize(("good", "shift", "models"), [
    ([], [], 0), ([0.5], [1.0], 1), ([0.5, 0.6, 0.7, 0.8], [1, 2, 3, 4], 4), ([0.7] * 6, [1, 2, 3, 4, 5, 6], 6),
])
def test_fewer_than_five_models_or_equally_good_ones_have_no_slope(good: list[float], shift: list[float], models: int) -> None:
    assert slope(good, shift) == Slope(NOTHING, models)


def test_five_models_have_one() -> None:
    found = slope([0.5, 0.6, 0.7, 0.8, 1.0], [0.0, 0.3, 0.3, 0.6, 0.9])
    assert found.models == FEWEST == 5
    assert found.effect.low < found.effect.value < found.effect.high
    assert found.effect.value == pytest.approx(0.86, abs=0.05), "from a coin toss to perfect"


@pytest.mark.parametrize(("effect", "models", "word", "why"), [
    (GROWS, 7, "supports", "surely more"), (FLAT, 7, "refutes", "surely not moved"), (OPEN, 7, "undecided", "more models"),
    (NOTHING, 4, "undecided", "it takes 5 models, and 4 have been asked"), (NOTHING, 6, "undecided", "equally aligned"),
])
def test_the_verdict_over_models(effect: Interval, models: int, word: str, why: str) -> None:
    found = across_models(Slope(effect, models), SMALLEST)
    assert found.word == word
    assert why in found.why


@pytest.mark.parametrize(("doubt", "word"), [
    (Interval(-0.5, -0.9, -0.1), "undecided"), (Interval(-0.5, -0.9, 0.0), "supports"), (Interval(0.5, 0.1, 0.9), "supports"),
    (NOTHING, "supports"),
])
def test_a_slope_that_sureness_alone_would_give_supports_nothing(doubt: Interval, word: str) -> None:
    found = across_models(Slope(GROWS, 7), SMALLEST, Slope(doubt, 7))
    assert found.word == word
    assert ("surer of their answers" in found.why) == (word == "undecided")
    assert across_models(Slope(FLAT, 7), SMALLEST, Slope(doubt, 7)).word == "refutes"
