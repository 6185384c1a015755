import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.circle import BROAD, LABELS
from engine.figures.dots import dots, interval_rows
from engine.figures.flips import flip_table
from engine.figures.flow import flow, transition_matrix
from engine.figures.palette import COLOURS, colours, label, value_text
from engine.figures.radar import AXIS, radar
from engine.figures.sentences import comparison, flips_sentence, values_sentence, weights_sentence
from engine.figures.weights import ternary

SCHEMA = {
    **dict.fromkeys(("model", "source", "metric", "facet"), pl.String), "value": pl.Float64,
    **dict.fromkeys(("trials", "stems", "dropped"), pl.Int64), "low": pl.Float64, "high": pl.Float64, "method": pl.String,
}
NASTY = "<img src=x onerror=alert(1)>/" + "x" * 200
FACETS = tuple(BROAD)


def rows(metric: str, facets, *, model: str = "m", source: str = "measured", value=0.5, half: float | None = 0.1) -> pl.DataFrame:
    return pl.DataFrame([
        {"model": model, "source": source, "metric": metric, "facet": facet, "value": value, "trials": 30, "stems": 10, "dropped": 0,
         "low": None if half is None or value is None else value - half, "high": None if half is None or value is None else value + half,
         "method": "m"}
        for facet in facets
    ], schema=SCHEMA)


def band() -> pl.DataFrame:
    return pl.DataFrame([{"facet": facet, "value": 0.2, "sd": 0.8, "n": 569, "low": 0.1, "high": 0.3} for facet in FACETS])


def profile_of(figure, model: str = "m"):
    return next(trace for trace in figure.data if trace.mode == "lines+markers" and trace.legendgroup == model)


def test_the_radar_is_closed_in_theory_order_on_a_fixed_axis() -> None:
    for value in (0.5, 9.0):
        figure = radar(rows("broad_value", FACETS, value=value), FACETS, LABELS, {"m": COLOURS[0]}, people=band())
        trace = profile_of(figure)
        assert list(trace.theta) == [*(LABELS[facet] for facet in FACETS), LABELS[FACETS[0]]]
        assert trace.r[0] == trace.r[-1] == min(value, AXIS[1])
        assert tuple(figure.layout.polar.radialaxis.range) == AXIS
        assert ("rim" in trace.text[0]) == (value > AXIS[1])
    filled = next(trace for trace in figure.data if trace.meta == "band")
    assert all(math.isclose(r, 1.0) for r in filled.r)


def test_a_missing_value_is_a_gap_and_never_zero() -> None:
    figure = radar(rows("broad_value", FACETS[:-1]), FACETS, LABELS, {"m": COLOURS[0]})
    trace = profile_of(figure)
    assert trace.r[len(FACETS) - 1] is None
    assert trace.connectgaps is False


def test_a_doubtful_profile_is_named_so() -> None:
    figure = radar(rows("broad_value", FACETS), FACETS, LABELS, {"m": COLOURS[0]}, uninterpretable={"m"})
    assert "not interpretable" in profile_of(figure).name


def test_names_are_escaped_and_cut() -> None:
    shown = label(NASTY)
    assert "<" not in shown
    assert len(shown) < 80
    for figure in (
        radar(rows("broad_value", FACETS, model=NASTY), FACETS, LABELS, {NASTY: COLOURS[0]}),
        dots(rows("broad_value", FACETS, model=NASTY), FACETS, LABELS, {NASTY: COLOURS[0]}),
        flip_table(rows("flip_rate", ("none",), model=NASTY), ("none",), {"none": "asked again"}, {NASTY: COLOURS[0]}),
        ternary(rows("weight", ("virtue", "deontology", "consequentialism"), model=NASTY, value=1 / 3), {NASTY: COLOURS[0]}),
    ):
        assert "<img" not in figure.to_json()


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=40, unique=True), st.data())
def test_colours_are_the_same_on_every_page(known: list[str], data) -> None:
    selected = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=6, unique=True))
    found = colours(selected, known)
    assert len(set(found.values())) == len(selected)
    assert found == colours(list(reversed(selected)), list(reversed(known)))


@pytest.mark.parametrize("background", [(1.0, 1.0, 1.0), (14 / 255, 17 / 255, 23 / 255)])
@pytest.mark.parametrize("colour", COLOURS)
def test_colours_can_be_seen_on_both_backgrounds(colour: str, background) -> None:
    def luminance(rgb) -> float:
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    one, other = luminance([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]), luminance(background)
    assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 3


def test_the_flip_table_says_what_is_missing() -> None:
    found = pl.concat([rows("flip_rate", ("none",)), rows("flip_rate", ("crowd",), value=None)])
    figure = flip_table(found, ("none", "crowd", "authority"), {"none": "n", "crowd": "c", "authority": "a"}, {"m": COLOURS[0]})
    texts = " ".join(annotation.text for annotation in figure.layout.annotations)
    assert "50%" in texts
    assert "40–60" in texts
    assert "n 30" in texts
    assert "not computable" in texts
    assert "not measured" in texts


def test_dots_have_their_intervals() -> None:
    figure = dots(rows("broad_value", FACETS), FACETS, LABELS, {"m": COLOURS[0]}, people=band())
    assert figure.data[0].error_x.array[0] == pytest.approx(0.1)
    assert len(figure.layout.shapes) == len(FACETS)
    bare = interval_rows(rows("x", ("all",), half=None), {"m": COLOURS[0]}, title="t")
    assert bare.data[0].error_x.array[0] == 0


def test_flow_and_matrix_hold_the_same_numbers() -> None:
    names = ("virtue", "deontology", "consequentialism")
    found = rows("transition", [f"{a}>{b}" for a in names for b in names], value=1 / 9)
    sankey, heat = flow(found).data[0], transition_matrix(found).data[0]
    assert sum(sankey.link.value) == pytest.approx(1)
    assert [cell for line in heat.z for cell in line] == pytest.approx(list(sankey.link.value))


def test_empty_frames_say_so() -> None:
    nothing = rows("x", ())
    for figure in (
        radar(nothing, FACETS, LABELS, {}), dots(nothing, FACETS, LABELS, {}), flip_table(nothing, (), {}, {}),
        ternary(nothing, {}), flow(nothing), transition_matrix(nothing), interval_rows(nothing, {}, title="t"),
    ):
        assert figure.layout.annotations[0].text


def test_sentences_claim_no_more_than_the_intervals() -> None:
    near = pl.concat([rows("w", ("all",), value=0.5), rows("w", ("all",), model="n", value=0.55)])
    far = pl.concat([rows("w", ("all",), value=0.2), rows("w", ("all",), model="n", value=0.8)])
    assert "overlap" in comparison(near, "the rate")
    assert "overlap" not in comparison(far, "the rate")
    close = pl.concat([rows("weight", ("virtue",), value=0.4), rows("weight", ("deontology",), value=0.45)])
    assert "no clear lead" in weights_sentence(close)
    assert "no effect at all" in flips_sentence(rows("excess_flip", ("all",), value=0.05))
    assert "no profile" in values_sentence(rows("value", FACETS), LABELS, {"m"})
    assert "Nothing" in comparison(rows("w", ()), "the rate")


def test_a_value_without_interval_says_so() -> None:
    assert value_text({"value": None, "low": None, "high": None}) == "not computable"
    assert value_text({"value": 0.5, "low": None, "high": None}, percent=True) == "50 % (no interval)"
