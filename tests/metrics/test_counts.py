"""Counting once says what filtering and grouping anew would say."""

import numpy as np
import polars as pl
import pytest

from engine.metrics.counts import ALL, counted, fields
from engine.metrics.statistics import clustered_share, t_quantile


@pytest.fixture
def trials() -> pl.DataFrame:
    rng = np.random.default_rng(5)
    told = {name: rng.choice(np.array(levels, dtype=object), 500) for name, levels in
            {"stem": ["b", "a", "c", "d"], "place": ["x", "y", None], "strategy": ["two", "one"], "hit": [True, False, None]}.items()}
    return pl.DataFrame({name: column.tolist() for name, column in told.items()})


def test_sums_of_a_part_are_those_of_its_rows_stem_by_stem(trials: pl.DataFrame) -> None:
    counts = counted(trials, ["strategy", "place"], {"hit": pl.col("hit"), "read": pl.col("hit").is_not_null()})
    for strategy, mine in counts.each("strategy").items():
        for place, some in mine.each("place").items():
            rows = trials.filter(pl.col("strategy") == strategy, pl.col("place") == place)
            assert (some.total(ALL), some.total("hit")) == (rows.height, rows["hit"].sum())
            read = rows.drop_nulls("hit")
            each = [read.filter(pl.col("stem") == stem)["hit"] for stem in ("a", "b", "c", "d")]
            hits, sizes = (np.array([float(told) for told in of]) for of in ([one.sum() for one in each], [len(one) for one in each]))
            assert some.share("hit", "read") == clustered_share(hits, sizes)


def test_parts_come_in_the_order_of_their_first_row_and_nothing_is_no_part(trials: pl.DataFrame) -> None:
    counts = counted(trials, ["place"])
    assert list(counts.each("place")) == trials["place"].drop_nulls().unique(maintain_order=True).to_list()
    assert counts.stems.to_list() == ["a", "b", "c", "d"]
    assert counts.at("place", "nowhere").total(ALL) == counts.at("place", "nowhere").stems_of() == 0


def test_fields_are_read_of_each_condition_and_null_where_it_lacks_one() -> None:
    frame = pl.DataFrame({"condition": ['{"a": "1"}', '{"a": "2", "b": "x"}', '{"a": "1"}'], "n": [0, 1, 2]})
    assert fields(frame, "a", "b").drop("condition").rows() == [(0, "1", None), (1, "2", "x"), (2, "1", None)]


def test_the_quantile_is_students() -> None:
    assert [t_quantile(freedom) for freedom in (1, 2, 35, 1e9)] == pytest.approx([12.706205, 4.302653, 2.030108, 1.959964], abs=1e-6)
