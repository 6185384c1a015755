import polars as pl
import pytest

from engine.circle import LABELS
from engine.figures.stated_shown import stated_shown

ROWS = pl.DataFrame([
    {"facet": "power", "stated": -1.0, "stated_low": -1.2, "stated_high": -0.8, "shown": 0.1, "shown_low": 0.0, "shown_high": 0.3,
     "trials": 9},
    {"facet": "security", "stated": 0.5, "stated_low": None, "stated_high": None, "shown": 0.7, "shown_low": 0.5, "shown_high": 0.9,
     "trials": 9},
], schema_overrides={"stated_low": pl.Float64, "stated_high": pl.Float64})


def test_the_highest_stated_value_comes_first_on_both_sides() -> None:
    figure = stated_shown(ROWS, LABELS, "#000")
    assert list(figure.layout.yaxis.ticktext) == ["Security", "Power"]
    stated, shown = figure.data
    assert (list(stated.x), list(shown.x)) == ([0.5, -1.0], [0.7, 0.1])
    assert list(stated.error_x.array) == pytest.approx([0.0, 0.2])
    assert "Power, shown: 10 % (0 to 30)" in shown.text


def test_nothing_to_show_is_said() -> None:
    assert "Nothing" in stated_shown(ROWS.clear(), LABELS, "#000").layout.annotations[0].text
