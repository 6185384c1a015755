import polars as pl

from engine.figures.radar import AXIS, radar
from tests.figures.made import estimate, frame, marked

FACETS = ("a", "b", "c", "d")
LABELS = {"a": "A: long", "b": "B", "c": "C", "d": "D"}


def test_the_axis_can_be_given_and_never_follows_the_data() -> None:
    found = frame([estimate(facet, 7.0) for facet in FACETS])
    for axis in (AXIS, (-2.5, 2.5), (-1.0, 3.0)):
        figure = radar(found, FACETS, LABELS, {}, axis=axis)
        assert tuple(figure.layout.polar.radialaxis.range) == axis
        for trace in figure.data:
            assert all(axis[0] <= r <= axis[1] for r in trace.r if r is not None)
        assert "drawn at the rim" in figure.data[-1].text[0]


def test_intervals_are_one_trace_of_separate_lines_and_missing_ones_are_left_out() -> None:
    found = frame([estimate("a", 0.5), estimate("b", 0.2, half=None), estimate("c", None), estimate("d", -0.5)])
    (trace,) = marked(radar(found, FACETS, LABELS, {}), "intervals")
    assert list(trace.r) == [0.4, 0.6, None, -0.6, -0.4, None]
    assert list(trace.theta) == ["A: long"] * 3 + ["D"] * 3
    assert trace.showlegend is False


def test_a_band_with_gaps_is_not_closed_into_a_ring() -> None:
    found = frame([estimate(facet, 0.0) for facet in FACETS])
    people = frame([estimate(facet, 0.2) for facet in FACETS])
    for known, ring in ((4, True), (3, False)):
        some = people.head(known).with_columns(sd=0.5)
        (band,) = marked(radar(found, FACETS, LABELS, {}, people=some), "band")
        assert (band.fill == "tonext") is ring
        assert set(band.theta) == {LABELS[facet] for facet in FACETS[:known]}


def test_a_country_with_a_missing_value_keeps_its_line_with_a_gap() -> None:
    found = frame([estimate(facet, 0.0) for facet in FACETS])
    country = frame([estimate(facet, 0.3) for facet in ("a", "b", "d")]).with_columns(population=pl.lit("<Utopia>"))
    figure = radar(found, FACETS, LABELS, {}, countries=country)
    assert list(figure.data[0].r) == [0.3, 0.3, None, 0.3, 0.3]
    assert figure.data[0].name == "&lt;Utopia&gt;"
