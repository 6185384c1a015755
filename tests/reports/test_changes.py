import polars as pl
import pytest

from engine.reports.changes import change_words, changes
from tests.reports.made import exhibit, row


def what(before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    return changes(exhibit(numbers=before), exhibit(numbers=after))["what"].to_list()


def test_numbers_are_joined_by_what_they_are_of() -> None:
    before = exhibit(row("a", 0.1), row("b", 0.2), row("c", None), row("gone", 0.5))
    after = exhibit(row("new", 0.6), row("c", 0.3), row("b", 0.2, trials=999, method="other"), row("a", 0.4))
    found = changes(before, after)
    told = {name: (then, now, happened) for name, then, now, happened in found.select("model", "before", "after", "what").iter_rows()}
    assert told == {
        "a": (0.1, 0.4, "changed"), "b": (0.2, 0.2, "same"), "c": (None, 0.3, "changed"), "gone": (0.5, None, "gone"),
        "new": (None, 0.6, "new"),
    }
    assert found.columns == ["model", "benchmark", "metric", "facet", "number", "before", "before_low", "before_high", "after", "after_low",
                             "after_high", "what"]
    assert change_words(found, percent=True) == (
        "2 of 3 numbers would change, the largest: a, flip_rate, blame from 10 % (5 to 15) to 40 % (35 to 45); 1 would be new; "
        "1 would be gone."
    )


def test_what_is_not_computable_is_the_same_before_and_after() -> None:
    nan = exhibit(row("a", float("nan"), low=None, high=None), row("b", None))
    found = changes(nan, exhibit(row("a", None), row("b", float("nan"), low=float("inf"), high=None)))
    assert found["what"].to_list() == ["same", "same"]
    assert change_words(found) == "No number would change."


def test_an_interval_that_changes_is_a_change() -> None:
    found = changes(exhibit(row("a", 0.4)), exhibit(row("a", 0.4, low=0.39)))
    assert found["what"].to_list() == ["changed"]
    assert change_words(found) == "1 of 1 numbers would change, in their intervals only."


def test_a_table_without_models_is_joined_by_its_words() -> None:
    before = pl.DataFrame({"country": ["x", "y"], "gap": [1.0, 2.0], "share": [0.5, None], "n": [3, 4]})
    after = pl.DataFrame({"country": ["y", "z"], "gap": [2.5, 1.0], "share": [None, 0.1], "n": [9, 9]})
    found = changes(exhibit(numbers=before), exhibit(numbers=after))
    assert sorted(found.select("country", "number", "what").rows()) == [
        ("x", "gap", "gone"), ("x", "share", "gone"), ("y", "gap", "changed"), ("y", "share", "same"), ("z", "gap", "new"),
        ("z", "share", "new"),
    ]


@pytest.mark.parametrize(("before", "after", "expected"), [
    (pl.DataFrame(), pl.DataFrame(), []),
    (pl.DataFrame(), pl.DataFrame({"model": ["a"], "value": [1.0]}), ["new"]),
    (pl.DataFrame({"model": ["a"], "value": [1.0]}), pl.DataFrame(), ["gone"]),
    (pl.DataFrame({"word": ["a", "b"]}), pl.DataFrame({"word": ["b", "c"]}), ["gone", "same", "new"]),
    (pl.DataFrame({"gap": [1.0, 2.0]}), pl.DataFrame({"gap": [1.0, 3.0]}), ["same", "changed"]),
    (pl.DataFrame({"model": ["a", "a"], "item": ["1", "2"], "value": [1.0, 2.0]}),
     pl.DataFrame({"model": ["a", "a"], "item": ["2", "1"], "value": [2.0, 1.5]}), ["changed", "same"]),
    (pl.DataFrame({"model": ["a"], "facet": [None], "value": [1.0]}, schema_overrides={"facet": pl.String}),
     pl.DataFrame({"model": ["a"], "facet": [None], "value": [1]}, schema_overrides={"facet": pl.Categorical}), ["same"]),
    (pl.DataFrame({"model": ["a"], "value": [None]}), pl.DataFrame({"model": ["a"], "value": [1.0]}), ["changed"]),
])
def test_tables_of_other_shapes(before: pl.DataFrame, after: pl.DataFrame, expected: list[str]) -> None:
    assert what(before, after) == expected
    assert "\n" not in change_words(changes(exhibit(numbers=before), exhibit(numbers=after)))
