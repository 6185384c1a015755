from engine.figures.dots import HIGHEST, dots, interval_rows
from tests.figures.made import estimate, frame

FACETS = tuple("abcdefghij")
LABELS = {facet: facet.upper() for facet in FACETS}


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
    assert [(note.y, note.text) for note in figure.layout.annotations] == [(-1, "<i>not computable</i>")]
    alone = interval_rows(frame([estimate("all", None)]), {}, title="t")
    assert alone.layout.annotations[0].text == "Not computable"


def test_published_values_stand_hollow_in_the_row_of_their_model() -> None:
    found = frame([estimate("all", 0.5), estimate("all", 0.6, model="n")])
    printed = frame([estimate("all", 0.7, half=None, model="n", source="published"), estimate("all", 0.1, model="other")])
    figure = interval_rows(found, {}, title="t", published=printed)
    assert len(figure.data) == 3
    assert (figure.data[2].x[0], figure.data[2].y[0], figure.data[2].marker.symbol) == (0.7, -1, "triangle-up-open")


def test_rows_can_be_named_by_facet() -> None:
    figure = interval_rows(frame([estimate("a", 0.5), estimate("b", 0.6)]), {}, title="t", labels=LABELS)
    assert list(figure.layout.yaxis.ticktext) == ["A", "B"]
