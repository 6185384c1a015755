from datetime import UTC, datetime

from engine.figures.timeline import timeline
from tests.figures.made import estimate

DAYS = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 5)]


def test_nothing_measured_twice_is_said() -> None:
    assert "Not measured twice" in timeline({}, {}, title="t", percent=True).layout.annotations[0].text


def test_a_line_for_each_model_with_its_points_in_order() -> None:
    rows = [estimate("all", 0.2), estimate("all", 0.4), estimate("all", None)]
    figure = timeline({"m": [(day, f"day {n}", row) for n, (day, row) in enumerate(zip(DAYS, rows, strict=True))]}, {"m": "red"}, title="t",
                      percent=True, line=0.05)
    (trace,) = figure.data
    assert list(trace.y) == [0.2, 0.4], "what has no value has no point"
    assert "day 1" in trace.text[1]
    assert trace.line.color == "red"
