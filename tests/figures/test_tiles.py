import re

import pytest

from engine.countries import countries
from engine.figures.dumbbell import LOOK, dumbbell
from engine.figures.tiles import PALEST, Tile, ink, shade, tile_grid
from tests.figures.made import estimate


def strength(colour: str) -> float:
    return float(re.split(r"[,)]", colour)[-2])


def test_every_country_has_a_tile_and_those_with_situations_say_their_score() -> None:
    figure = tile_grid({"KE": Tile(estimate("x", 0.6), "Eastern Africa")}, title="score")
    tiles, *words = figure.data
    assert set(tiles.customdata) == set(countries())
    hover = dict(zip(tiles.customdata, tiles.hovertext, strict=True))
    assert "Kenya<br>Eastern Africa: 60 % (50 to 70)<br>30 trials" in hover["KE"]
    assert hover["PE"] == "Peru: no situations"
    assert [code for trace in words[:3] for code in trace.text] == ["KE"]
    assert len(words[3].text) == len(countries()) - 1
    fill = dict(zip(tiles.customdata, tiles.marker.color, strict=True))
    assert strength(fill["PE"]) == 0 < strength(fill["KE"])
    assert len(set(zip(tiles.x, tiles.base, strict=True))) == len(countries()), "no tile hides another"


@pytest.mark.parametrize(("half", "expected"), [(0.0, 1.0), (0.15, 0.575), (0.3, PALEST), (0.5, PALEST), (None, PALEST)])
def test_a_tile_is_paler_the_wider_its_interval(half: float | None, expected: float) -> None:
    assert strength(shade(estimate("x", 0.6, half), (0.0, 1.0))) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(("value", "half", "words"), [
    (0.0, 0.0, "#ffffff"), (1.0, 0.0, "#17212b"), (0.0, 0.3, None), (1.0, 0.3, None), (0.5, 0.0, None),
])
def test_words_on_a_tile_can_be_read_whatever_its_colour(value: float, half: float, words: str | None) -> None:
    row = {**estimate("x", value), "low": value - half, "high": value + half}
    assert ink(shade(row, (0.0, 1.0))) == words


def test_a_tile_without_a_value_is_grey_and_says_so() -> None:
    assert shade(estimate("x", None), (0.0, 1.0)).startswith("rgba(128,134,146")
    figure = tile_grid({"KE": Tile(estimate("x", None), "Kenya")}, title="score")
    assert any("Kenya<br>not computable" in said for said in figure.data[0].hovertext)


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
