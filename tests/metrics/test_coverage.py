import polars as pl

from engine.metrics.coverage import SCHEMA, coverage, everywhere


def rows(model: str, metric: str, told: dict[str, float], trials: int) -> list[dict[str, object]]:
    return [{"model": model, "source": "measured", "metric": metric, "facet": facet, "value": value, "trials": trials}
            for facet, value in told.items()]


def test_every_end_is_counted_apart() -> None:
    found = pl.DataFrame([
        *rows("a", "outcome", {"answered": 0.9, "refused": 0.05, "unread": 0.03, "failed": 0.02}, 200),
        *rows("a", "graded", {"graded by j": 0.5, "ungraded by j": 0.3, "not read yet by j": 0.2}, 10),
        *rows("b", "outcome", {"answered": 1.0}, 7),
    ])
    a, b = coverage(found, {"a": 30}, 36).to_dicts()
    assert a == {"model": "a", "source": "measured", "questions": 200, "answered": 180, "refused": 10, "unread": 6, "failed": 4,
                 "ungraded": 3, "unjudged": 2, "missing": 6}
    assert (b["questions"], b["refused"], b["ungraded"], b["missing"]) == (7, 0, 0, 36)


def test_an_unknown_design_leaves_the_missing_items_unknown_and_nothing_gives_nothing() -> None:
    found = pl.DataFrame(rows("b", "outcome", {"answered": 1.0}, 7))
    assert coverage(found, {}, None)["missing"].to_list() == [None]
    assert coverage(found.clear(), {}, 3).schema == SCHEMA


def test_what_was_not_run_has_a_row_of_its_own_without_numbers() -> None:
    found = coverage(pl.DataFrame(rows("b", "outcome", {"answered": 1.0}, 7)), {"b": 3}, 3)
    told = everywhere({"One": found, "Two": found.clear()}, ["a", "b"])
    asked = told.select("model", "benchmark", "questions").rows()
    assert asked == [("a", "One", None), ("a", "Two", None), ("b", "One", 7), ("b", "Two", None)]
