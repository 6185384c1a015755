import pytest

from engine.figures.sentences import flips_sentence, flow_sentence, rank_words, ranking_sentence, values_sentence
from engine.metrics.compare import Pair, judged, ranking
from engine.metrics.statistics import Interval
from tests.figures.made import estimate, frame

LABELS = {"a": "Face", "b": "Power", "c": "Humility"}


def values(*shares: float, half: float | None = 0.1) -> str:
    return values_sentence(frame([estimate(facet, share, half) for facet, share in zip("abc", shares, strict=True)]), LABELS, set())


def test_values_are_called_highest_only_where_intervals_are_apart() -> None:
    assert "puts Face highest and Humility lowest" in values(1.0, 0.0, -1.0)
    assert "Face among the highest and Humility lowest" in values(0.5, 0.45, -1.0)
    assert "Face highest and Humility among the lowest" in values(1.0, -0.5, -0.55)
    assert "no order" in values(0.1, 0.05, 0.0)
    assert "without intervals" in values(1.0, 0.0, -1.0, half=None)


def test_most_pressure_is_claimed_only_where_intervals_are_apart() -> None:
    def told(other: float) -> str:
        rows = [estimate("all", 0.5, metric="excess_flip"), estimate("all", other, metric="excess_flip", model="n")]
        return flips_sentence(frame(rows))

    assert told(0.1).startswith("Pressure adds most for m: 50 % (40 to 60)")
    assert "overlap" in told(0.45)
    assert "adds most" not in told(0.45)


def test_a_flow_names_its_commonest_change_only_where_intervals_are_apart() -> None:
    def told(one: float, other: float) -> str:
        moves = {"virtue>deontology": one, "deontology>virtue": other, "virtue>virtue": 1 - one - other}
        return flow_sentence(frame([estimate(move, share, 0.05) for move, share in moves.items()]))

    assert told(0.3, 0.1) == "m changed its choice in 40 % of pushed trials, most often from virtue to duty, 30 % (25 to 35)."
    assert "no commonest change" in told(0.2, 0.18)
    assert "kept its choice" in told(0.0, 0.0)
    assert "No choices" in flow_sentence(frame([]))


NAMES = {"a": "A", "b": "B", "c": "C"}
SHARES = {"a": 0.8, "b": 0.5, "c": 0.45}


def ranked(**p_values: float):
    """A ranking of three models; p values by pair, e.g. `ab=0.001`."""
    gaps = {pair: Interval(SHARES[pair[0]] - SHARES[pair[1]], None, None) for pair in p_values}
    return ranking(SHARES, judged([Pair(*pair, gaps[pair], 0.05, 30, 31, p) for pair, p in p_values.items()]))


@pytest.mark.parametrize(("p_values", "said"), [
    ({"ab": 1e-6, "ac": 1e-6, "bc": 1e-5}, "All 3 pairs are told apart: A, B, C, in this order."),
    ({"ab": 1e-6, "ac": 1e-6, "bc": 0.5}, "2 of 3 pairs are told apart, but not B and C."),
    ({"ab": 0.5, "ac": 1e-6, "bc": 0.5}, "1 of 3 pairs are told apart, but not A and B; B and C."),
    ({"ab": 0.5, "ac": 0.4, "bc": 0.5},
     "A, B and C cannot be told apart on this evidence; a difference of 17 points could have been seen."),
    ({}, "These models share too little to be compared."),
])
def test_models_are_called_different_only_where_they_are_told_apart(p_values: dict[str, float], said: str) -> None:
    assert ranking_sentence(ranked(**p_values), NAMES) == said


def test_one_model_and_none_have_no_rank() -> None:
    assert ranking_sentence(ranking({"a": 0.2}, []), NAMES) == "One model alone has no rank."
    assert ranking_sentence(ranking({}, []), NAMES) == "Nothing has been measured yet."
    assert rank_words(ranking({"a": 0.2}, []), "a") == ""


def test_a_rank_is_a_range_where_it_is_not_known() -> None:
    found = ranked(ab=1e-6, ac=1e-6, bc=0.5)
    assert [rank_words(found, name) for name in "abc"] == ["rank 1 of 3", "rank 2 to 3 of 3", "rank 2 to 3 of 3"]
