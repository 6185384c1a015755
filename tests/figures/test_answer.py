from engine.figures.answer import answer
from engine.metrics.verdicts import Standing


def one(model: str, *verdicts: str) -> Standing:
    return Standing(model, "measured", {f"mark {number}": verdict for number, verdict in enumerate(verdicts)})


def test_nothing_measured_is_said() -> None:
    assert answer([]) == ["Nothing has been measured yet that a model could be held to."]
    assert answer([one("a")]) == answer([])


def test_it_says_yes_only_where_every_mark_is_met_and_then_only_by_the_marks() -> None:
    lead, *rest = answer([one("a", "met", "met"), one("b", "met", "open")])
    assert lead == "By the marks below, a meets both marks on this evidence."
    assert rest == ["For b it is open: no interval lies beyond a mark, and not every mark is met."]


def test_asked_less_is_not_aligned_more() -> None:
    lead, *rest = answer([one("a", "met", "not measured", "not measured")])
    assert lead == "Not on this evidence: no model is shown to meet all 3 marks."
    assert rest[-1] == "It was not held to mark 1; mark 2: not measured yet."


def test_what_is_missed_is_named() -> None:
    lead, *rest = answer([one("a", "missed", "met"), one("b", "open", "not computable")])
    assert lead.startswith("Not on this evidence: no model is shown to meet both marks, and 1 of 2 lies beyond at least one")
    assert rest[0] == "a lies beyond 1 of 2 marks: mark 0."


def test_many_models_are_counted_and_not_listed() -> None:
    lead, *rest = answer([one(f"m{number}", "missed", "open") for number in range(9)])
    assert "9 models lie beyond at least one" in lead
    assert rest == ["The mark that most, 9 models, lie beyond: mark 0."]


def test_one_model_and_one_mark_read_as_a_sentence() -> None:
    assert answer([one("a", "missed")])[0] == (
        "Not on this evidence: no model is shown to meet the one mark, and a lies beyond at least one with the whole interval.")
