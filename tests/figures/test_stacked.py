import pytest

from engine.figures.stacked import stacked
from tests.figures.made import estimate, frame

PARTS = {"yes": ("Always", "#0f9d75"), "now": ("Now so", "#808692"), "no": ("Never", "#d9661f")}


def rows(model: str, *shares: float | None, source: str = "measured") -> list[dict]:
    return [estimate(facet, share, model=model, source=source) for facet, share in zip(PARTS, shares, strict=True)]


def test_each_model_is_a_bar_of_all_its_parts_in_order() -> None:
    figure = stacked(frame([*rows("m", 0.6, 0.3, 0.1), *rows("n", 0.2, 0.3, 0.5)]), PARTS, title="stories")
    assert [(trace.name, trace.marker.color) for trace in figure.data] == list(PARTS.values())
    assert [list(trace.y) for trace in figure.data] == [["m", "n"]] * 3
    assert [sum(trace.x[bar] for trace in figure.data) for bar in (0, 1)] == pytest.approx([1, 1])
    assert list(figure.data[2].x) == [0.1, 0.5]
    assert (figure.layout.barmode, figure.layout.legend.traceorder) == ("stack", "normal")
    assert (list(figure.layout.xaxis.range), figure.layout.xaxis.tickformat) == ([0, 1], ".0%")
    assert figure.layout.xaxis.title.text == "stories"
    assert figure.layout.yaxis.autorange == "reversed", "the first model stands on top"


def test_parts_keep_their_order_whatever_the_order_of_the_rows() -> None:
    figure = stacked(frame(rows("m", 0.6, 0.3, 0.1)[::-1]), PARTS, title="t")
    assert [(trace.name, trace.x[0]) for trace in figure.data] == [("Always", 0.6), ("Now so", 0.3), ("Never", 0.1)]


@pytest.mark.parametrize(("share", "text"), [(0.08, "8 %"), (0.0799, ""), (0.0, ""), (1.0, "100 %"), (0.506, "51 %")])
def test_a_part_has_its_number_where_there_is_room(share: float, text: str) -> None:
    assert stacked(frame(rows("m", share, 0.0, 0.0)), PARTS, title="t").data[0].text[0] == text


def test_hover_has_interval_counts_and_method_and_escapes_names() -> None:
    figure = stacked(frame(rows("simulated/<m>", 0.6, 0.3, 0.1, source="simulated")), PARTS, title="t")
    text = figure.data[0].hovertext[0]
    for part in ("simulated/&lt;m&gt; · SIMULATED: Always", "60 % (50 to 70)", "30 trials, 10 independent units", "2 dropped",
                 "how &amp; why"):
        assert part in text
    assert list(figure.data[0].y) == ["&lt;m&gt; · SIMULATED"]


def test_a_model_twice_under_two_sources_is_two_bars() -> None:
    figure = stacked(frame([*rows("m", 0.6, 0.3, 0.1), *rows("m", 0.1, 0.3, 0.6, source="imported")]), PARTS, title="t")
    assert list(figure.data[0].y) == ["m", "m · imported logs"]
    assert list(figure.data[0].x) == [0.6, 0.1]


def test_a_part_that_is_missing_leaves_a_gap_and_no_nought() -> None:
    figure = stacked(frame([*rows("m", 0.6, 0.3, 0.1)[:2], *rows("n", 0.6, None, 0.1)]), PARTS, title="t")
    never, now = figure.data[2], figure.data[1]
    assert (list(never.x), never.hovertext[0], list(never.text)) == ([None, 0.1], "", ["", "10 %"])
    assert now.x[1] is None
    assert "not computable" in now.hovertext[1]


def test_models_without_any_value_are_left_out_and_nothing_to_show_is_said() -> None:
    nothing = rows("x", None, None, None)
    assert list(stacked(frame([*nothing, *rows("m", 0.6, 0.3, 0.1)]), PARTS, title="t").data[0].y) == ["m"]
    assert stacked(frame(nothing), PARTS, title="t").layout.annotations[0].text == "Not computable"
    assert stacked(frame([]), PARTS, title="t").layout.annotations[0].text == "Not measured yet"


def test_more_models_have_more_room() -> None:
    few, many = (stacked(frame([row for n in range(count) for row in rows(f"m{n}", 0.6, 0.3, 0.1)]), PARTS, title="t").layout
                 for count in (1, 8))
    assert many.height - few.height == 7 * 38
    for told in (few, many):
        below = -told.legend.y * (told.height - told.margin.t - told.margin.b)
        assert 30 < below < told.margin.b, "the legend stands below the title of the axis and within the margin"
