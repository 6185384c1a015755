from engine.figures.dots import HIGHEST, dots, interval_rows
from tests.figures.made import estimate, frame

FACETS = tuple("abcdefghij")
LABELS = {facet: facet.upper() for facet in FACETS}


def spoken(figure) -> list[tuple[float, str]]:
    """The words that stand in rows."""
    return [told for trace in figure.data if trace.mode == "text" for told in zip(trace.y, trace.text, strict=True)]


def test_rows_grow_with_the_number_of_models_up_to_a_limit() -> None:
    heights = []
    for models in (1, 6, 25):
        rows = [estimate(facet, 0.1, model=f"m{number}") for number in range(models) for facet in FACETS]
        figure = dots(frame(rows), FACETS, LABELS, {})
        assert len(figure.data) == models
        heights.append(figure.layout.height)
    assert heights == sorted(heights)
    assert heights[0] < heights[-1] <= HIGHEST + 100


def test_an_estimate_without_value_keeps_its_row_and_says_so() -> None:
    figure = interval_rows(frame([estimate("all", 0.5), estimate("all", None, model="n")]), {}, title="t")
    assert list(figure.layout.yaxis.ticktext) == ["m", "n"]
    assert spoken(figure) == [(-1, "<i>not computable</i>")]
    alone = interval_rows(frame([estimate("all", None)]), {}, title="t")
    assert alone.layout.annotations[0].text == "Not computable"


def test_published_values_stand_hollow_in_the_row_of_their_model() -> None:
    found = frame([estimate("all", 0.5), estimate("all", 0.6, model="n")])
    printed = frame([estimate("all", 0.7, half=None, model="n", source="published"), estimate("all", 0.1, model="other")])
    figure = interval_rows(found, {}, title="t", published=printed)
    assert len(figure.data) == 2
    assert (figure.data[1].x[0], figure.data[1].y[0], figure.data[1].marker.symbol) == (0.7, -1, "triangle-up-open")


def test_models_of_one_look_share_a_trace_and_each_mark_knows_its_model() -> None:
    found = frame([estimate("all", 0.1 * number, model=name) for number, name in enumerate("abcd")])
    figure = interval_rows(found, dict(zip("abcd", ("red", "blue", "red", "blue"), strict=True)), title="t", notes={"b": "rank 1"})
    assert [(list(trace.customdata), list(trace.y), trace.marker.color) for trace in figure.data if trace.mode == "markers"] == [
        (["a", "c"], [0, -2], "red"), (["b", "d"], [-1, -3], "blue")]
    assert spoken(figure) == [(-1, "rank 1")]


def test_a_row_without_trials_was_not_measured() -> None:
    rows = frame([estimate("all", 0.5), {**estimate("all", None, model="n"), "trials": None}])
    assert spoken(interval_rows(rows, {}, title="t")) == [(-1, "<i>not measured</i>")]


def test_rows_can_be_named_by_facet() -> None:
    figure = interval_rows(frame([estimate("a", 0.5), estimate("b", 0.6)]), {}, title="t", labels=LABELS)
    assert list(figure.layout.yaxis.ticktext) == ["A", "B"]
