import pytest

from engine.figures.correlations import correlation_grid, words
from engine.figures.sentences import bridges_sentence
from engine.metrics.bridges import Bridge, Trait
from engine.metrics.statistics import NOTHING, Interval

X, Y = Trait("a", "m", "f", "Firm <b>"), Trait("b", "m", "f", "Knows")
SURE = Bridge(X, Y, Interval(0.9, 0.5, 0.98), 12, 0.001, 0.001)
UNSURE = Bridge(X, Y, Interval(0.3, -0.4, 0.8), 9, 0.4, 0.4)
NONE = Bridge(X, Y, NOTHING, 3, None, None)


@pytest.mark.parametrize(("bridge", "coloured", "shown"), [(SURE, 0.9, "0.90"), (UNSURE, None, "0.30"), (NONE, None, "–")])
def test_colour_is_given_only_to_what_may_be_said(bridge: Bridge, coloured: float | None, shown: str) -> None:
    figure = correlation_grid([X, Y], [bridge])
    cells = figure.data[1]
    assert cells.z[0][1] == cells.z[1][0] == coloured
    on_colour, beside = cells.text[0][1], figure.data[2].text
    assert (on_colour, shown in beside) == ((shown, False) if coloured else ("", True)), "each number is written once"
    assert "<b>" not in cells.customdata[0][1]


@pytest.mark.parametrize(("bridge", "said"), [
    (SURE, "0.90 (0.50 to 0.98), 12 models"), (UNSURE, "0.30 (-0.40 to 0.80), 9 models; may be chance"),
    (NONE, "cannot be said from 3 models"),
])
def test_a_bridge_in_words(bridge: Bridge, said: str) -> None:
    assert words(bridge) == said


@pytest.mark.parametrize(("found", "said"), [
    ([], "It takes two benchmarks"), ([NONE], "Nothing can be said yet: 3 models have both of any two numbers, and it takes 5"),
    ([UNSURE], "none is sure to go together"), ([SURE, UNSURE], "1 go together more than chance explains: Firm <b> and Knows (+0.90)"),
])
def test_the_sentence_is_never_stronger_than_the_models(found: list[Bridge], said: str) -> None:
    assert said in bridges_sentence(found)


def test_nothing_to_set_against_each_other_says_so() -> None:
    assert correlation_grid([], []).layout.annotations[0].text.startswith("Nothing")
