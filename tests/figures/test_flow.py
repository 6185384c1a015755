import pytest

from engine.figures.flow import flow, transition_matrix
from tests.figures.made import ETHICS, estimate, frame

MOVES = [f"{first}>{second}" for first in ETHICS for second in ETHICS]


def test_kept_flows_are_paler_than_changed_ones() -> None:
    link = flow(frame([estimate(move, 1 / 9) for move in MOVES])).data[0].link
    opacity = [float(colour.rstrip(")").split(",")[-1]) for colour in link.color]
    kept = [first == second - 3 for first, second in zip(link.source, link.target, strict=True)]
    assert max(o for o, k in zip(opacity, kept, strict=True) if k) < min(o for o, k in zip(opacity, kept, strict=True) if not k)


@pytest.mark.parametrize("shares", [[1 / 9] * 9, [1.0] + [0.0] * 8, [0.0] * 9])
def test_boxes_stay_in_order_and_inside(shares: list[float]) -> None:
    places = flow(frame([estimate(move, share) for move, share in zip(MOVES, shares, strict=True)])).data[0].node.y
    for side in (places[:3], places[3:]):
        assert list(side) == sorted(side)
        assert all(0 < place < 1 for place in side)


def test_the_matrix_says_what_has_no_interval_and_what_is_missing() -> None:
    figure = transition_matrix(frame([estimate(MOVES[0], 0.5, half=None), estimate(MOVES[1], 0.2)]))
    texts = [note.text for note in figure.layout.annotations]
    assert len(texts) == 9
    assert texts[:3] == ["50%<br>no interval", "20%<br>10–30", "–"]
    assert all(note.font.color is None for note in figure.layout.annotations), "the page gives the text its colour"
