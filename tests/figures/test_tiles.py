import re

import pytest

from engine.countries import countries
from engine.figures.dumbbell import LOOK, dumbbell
from engine.figures.tiles import PALEST, Tile, shade, tile_grid
from tests.figures.made import estimate


def strength(colour: str) -> float:
    return float(re.split(r"[,)]", colour)[-2])


def test_every_country_has_a_tile_and_those_with_situations_say_their_score() -> None:
    figure = tile_grid({"KE": Tile(estimate("x", 0.6), "Eastern Africa")}, title="score")
    assert len(figure.layout.shapes) == len(countries())
    mine, others = figure.data[:2]
    assert list(mine.customdata) == ["KE"]
    assert "Kenya<br>Eastern Africa: 60 % (50 to 70)<br>30 trials" in mine.hovertext[0]
    assert len(others.customdata) == len(countries()) - 1
    assert "Peru: no situations" in others.hovertext


@pytest.mark.parametrize(("half", "expected"), [(0.0, 1.0), (0.15, 0.575), (0.3, PALEST), (0.5, PALEST), (None, PALEST)])
def test_a_tile_is_paler_the_wider_its_interval(half: float | None, expected: float) -> None:
    assert strength(shade(estimate("x", 0.6, half), (0.0, 1.0))) == pytest.approx(expected, abs=0.01)


def test_a_tile_without_a_value_is_grey_and_says_so() -> None:
    assert shade(estimate("x", None), (0.0, 1.0)).startswith("rgba(128,134,146")
    figure = tile_grid({"KE": Tile(estimate("x", None), "Kenya")}, title="score")
    assert "Kenya<br>not computable" in figure.data[0].hovertext[0]


def test_strategies_stand_in_the_row_of_their_place_joined_by_a_bar() -> None:
    rows = [("everywhere", {"direct": estimate("a", 0.5), "five steps": estimate("b", 0.7), "norm given": estimate("c", 0.95)}),
            ("Africa", {"direct": estimate("d", 0.4), "five steps": estimate("e", None)})]
    figure = dumbbell(rows, title="score", floor=1 / 3)
    assert [trace.name for trace in figure.data] == ["direct", "five steps", "norm given"]
    assert list(figure.layout.yaxis.ticktext) == ["everywhere", "Africa"]
    assert list(figure.data[0].x) == [0.5, 0.4]
    assert list(figure.data[1].x) == [0.7]
    bar, floor = figure.layout.shapes
    assert (bar.x0, bar.x1) == (0.5, 0.7), "the ceiling is no end of the bar"
    assert floor.x0 == pytest.approx(1 / 3)
    assert set(LOOK) >= {trace.name for trace in figure.data}


def test_nothing_to_compare_says_so() -> None:
    assert dumbbell([("everywhere", {"direct": estimate("a", None)})], title="t").layout.annotations[0].text == "Not computable"
    assert dumbbell([], title="t").layout.annotations[0].text == "Not measured yet"
