from engine.figures.sentences import flips_sentence, flow_sentence, values_sentence
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
