import pytest

from engine.figures.weights import ternary
from tests.figures.made import ETHICS, estimate, frame, marked


def point(model: str, source: str, *shares: float, half: float | None = 0.05) -> list[dict]:
    return [estimate(axis, share, half, model=model, source=source) for axis, share in zip(ETHICS, shares, strict=True)]


def test_a_published_point_is_hollow_and_joined_to_the_imported_one() -> None:
    rows = [*point("m", "imported", 0.2, 0.3, 0.5), *point("m", "published", 0.6, 0.3, 0.1, half=None)]
    rows += point("n", "measured", 0.1, 0.8, 0.1)
    figure = ternary(frame(rows), {})
    (line,) = marked(figure, "joined")
    assert (list(line.a), list(line.b), list(line.c)) == ([0.2, 0.6], [0.3, 0.3], [0.5, 0.1])
    symbols = [trace.marker.symbol for trace in figure.data if trace.mode == "markers+text"]
    assert symbols == ["square", "triangle-up-open", "circle"]


def test_interval_lines_keep_the_shares_summing_to_one() -> None:
    figure = ternary(frame(point("m", "measured", 0.2, 0.3, 0.5)), {})
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert len(lines) == 3
    for line in lines:
        assert [sum(ends) for ends in zip(line.a, line.b, line.c, strict=True)] == pytest.approx([1, 1])


def test_only_points_with_room_are_named_and_at_most_eight() -> None:
    rows = [*point("far", "measured", 0.8, 0.1, 0.1), *point("one", "measured", 0.2, 0.4, 0.4), *point("two", "measured", 0.2, 0.38, 0.42)]
    named = [trace.text[0] for trace in ternary(frame(rows), {}).data if trace.mode == "markers+text"]
    assert named == ["far", "", ""]
    many = [row for number in range(9) for row in point(f"m{number}", "measured", 0.1 * number, 0.1, 0.9 - 0.1 * number)]
    assert not any(trace.text[0] for trace in ternary(frame(many), {}).data if trace.mode == "markers+text")


def test_hover_has_counts_and_method() -> None:
    text = ternary(frame(point("m", "measured", 0.2, 0.3, 0.5)), {}).data[-1].hovertext[0]
    for part in ("Virtue: 20 % (15 to 25)", "Outcome: 50 %", "30 trials", "how &amp; why"):
        assert part in text
