from typing import Any

import pytest

from engine.figures.corners import LARGEST, UNIT, Axes, Place, across_of, corners
from engine.figures.palette import GREY
from tests.figures.made import estimate

AXES = Axes("Respects <b>", "Shares out", (0.4, 0.2), ((1.0, 1.0, "right", "both"), (0.4, 0.2, "left", "neither <i>")), (0.5, 0.6), "Shift")
SHIFT = {**estimate("s", 0.5), "low": -0.5, "high": 2.0}


def place(
    model: str = "m", across: float | None = 0.7, up: float | None = 0.8, size: dict | None = None, source: str = "measured"
) -> Place:
    return Place(model, source, estimate("a", across), estimate("b", up, 0.05), size)


def marks(figure) -> list[Any]:
    return [trace for trace in figure.data if trace.hovertext is not None]


def rings(figure) -> list[Any]:
    return [trace for trace in figure.data if trace.mode == "markers" and trace.hovertext is None]


def test_each_model_stands_at_its_two_values_with_their_intervals() -> None:
    row = {**estimate("a", 0.7), "low": 0.4, "high": 0.75}
    figure = corners([Place("m", "measured", row, estimate("b", 0.8, 0.05)), place("n", 0.5, 0.6)], {"m": "#123456"}, AXES)
    first, second = marks(figure)
    assert (list(first.x), list(first.y), first.name) == ([0.7], [0.8], "m")
    assert (list(first.error_x.array), list(first.error_x.arrayminus)) == ([pytest.approx(0.05)], [pytest.approx(0.3)])
    assert list(first.error_y.array) == [pytest.approx(0.05)]
    assert (first.marker.color, second.marker.color) == ("#123456", GREY)
    assert (list(second.x), list(second.y)) == ([0.5], [0.6])


def test_a_value_without_an_interval_has_no_bar() -> None:
    (mark,) = marks(corners([Place("m", "measured", estimate("a", 0.7, None), estimate("b", 0.8))], {}, AXES))
    assert (list(mark.error_x.array), list(mark.error_x.arrayminus)) == ([0.0], [0.0])
    assert "70 % (no interval)" in mark.hovertext[0]


def test_hover_tells_all_values_and_escapes_names() -> None:
    (mark,) = marks(corners([place("<m>", size=SHIFT, source="simulated")], {"<m>": "#123456"}, AXES))
    text = mark.hovertext[0]
    for part in ("&lt;m&gt; · SIMULATED", "Respects &lt;b&gt;: 70 % (60 to 80)", "Shares out: 80 % (75 to 85)",
                 "Shift: 0.50 (-0.50 to 2.00)"):
        assert part in text
    assert "<m>" not in mark.name
    assert "SIMULATED" in mark.name
    assert mark.marker.symbol == "diamond-open"


@pytest.mark.parametrize(("effect", "share"), [(None, 0), (-1.0, 0), (0.0, 0), (UNIT / 4, 0.25), (UNIT / 2, 0.5), (UNIT, 1), (9.0, 1)])
def test_the_area_of_a_disc_grows_with_the_effect(effect: float | None, share: float) -> None:
    assert across_of(effect) ** 2 == pytest.approx(share * LARGEST**2)


def test_an_effect_is_a_disc_and_its_ends_are_rings_around_the_mark() -> None:
    figure = corners([place(size=SHIFT)], {"m": "#123456"}, AXES)
    outer, disc = rings(figure)
    assert (outer.marker.symbol, outer.marker.size) == ("circle-open", pytest.approx(LARGEST))
    assert (disc.marker.symbol, disc.marker.size) == ("circle", pytest.approx(LARGEST / 2))
    assert {(trace.x[0], trace.y[0], trace.hoverinfo) for trace in (outer, disc)} == {(0.7, 0.8, "skip")}, "an end below 0 has no ring"
    assert figure.data[-1].hovertext, "the mark lies above its disc"


@pytest.mark.parametrize("size", [None, {**SHIFT, "value": None, "low": None, "high": None}, {**SHIFT, "value": -1.0, "high": -0.2}])
def test_no_effect_has_no_disc(size: dict | None) -> None:
    assert rings(corners([place(size=size)], {"m": "#123456"}, AXES)) == []


def test_corners_say_what_they_mean_and_chance_is_dotted() -> None:
    figure = corners([place()], {}, AXES)
    both, neither = figure.layout.annotations
    assert (both.text, both.xanchor, both.yanchor) == ("both", "right", "top")
    assert (neither.text, neither.xanchor, neither.yanchor) == ("neither &lt;i&gt;", "left", "bottom")
    upright, level = figure.layout.shapes
    assert (upright.x0, upright.x1, upright.yref, upright.line.dash) == (0.5, 0.5, "paper", "dot")
    assert (level.y0, level.y1, level.xref) == (0.6, 0.6, "paper")
    assert len(corners([place()], {}, Axes("a", "b")).layout.shapes) == 0


def test_the_field_holds_all_shares() -> None:
    figure = corners([place()], {}, AXES)
    for axis, begin in ((figure.layout.xaxis, 0.4), (figure.layout.yaxis, 0.2)):
        assert axis.range[0] < begin
        assert axis.range[1] > 1
        assert axis.tickformat == ".0%"


def test_what_is_no_share_has_a_field_as_high_as_it_must_be() -> None:
    figure = corners([place(up=2.5)], {}, Axes("a", "Shift", shares=False), trend=[(0.5, 0.1), (0.9, 2.0)])
    assert figure.layout.yaxis.range is None
    assert figure.layout.yaxis.tickformat is None
    assert "Shift: 2.50 (2.45 to 2.55)" in marks(figure)[0].hovertext[0]
    trend = figure.data[0]
    assert (trend.mode, list(trend.x), list(trend.y)) == ("lines", [0.5, 0.9], [0.1, 2.0])


def test_places_without_a_value_are_left_out_and_nothing_to_show_is_said() -> None:
    half = [place("x", None), place("y", 0.5, None)]
    assert [mark.name for mark in marks(corners([*half, place()], {}, AXES))] == ["m"]
    assert corners(half, {}, AXES).layout.annotations[0].text == "Not computable"
    assert corners([], {}, AXES).layout.annotations[0].text == "Not measured yet"


def test_more_models_have_more_room() -> None:
    few, many = (corners([place(f"m{n}") for n in range(count)], {}, AXES).layout for count in (1, 8))
    assert many.height > few.height
    assert many.margin.b > few.margin.b
