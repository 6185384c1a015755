from engine.figures.narrowing import narrowing

ROWS = [
    {"conversations": 25, "value": None, "low": None, "high": None}, {"conversations": 50, "value": 0.4, "low": 0.1, "high": 0.7},
    {"conversations": 100, "value": 0.5, "low": 0.35, "high": 0.65},
]


def test_the_band_is_the_interval_and_what_cannot_be_computed_is_left_out() -> None:
    figure = narrowing(ROWS, title="flip rate", colour="#336699", percent=True)
    band, line = figure.data
    assert list(band.x) == [50, 100, 100, 50]
    assert list(band.y) == [0.7, 0.65, 0.35, 0.1]
    assert (list(line.x), list(line.y)) == ([50, 100], [0.4, 0.5])
    assert list(figure.layout.xaxis.ticktext) == ["50", "100"]
    assert "50 conversations<br>40" in line.text[0]


def test_before_the_first_estimate_the_figure_says_what_it_waits_for() -> None:
    waiting = narrowing([], title="t", colour="#336699")
    assert waiting.layout.annotations[0].text == "Waiting for the first 25 conversations"
    unsure = narrowing(ROWS[:1], title="t", colour="#336699")
    assert unsure.layout.annotations[0].text.startswith("Not computable")
