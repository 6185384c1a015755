from pathlib import Path

import numpy as np
import polars as pl
import pytest

from engine.circle import BROAD
from engine.lake.references import SCHEMA
from engine.metrics.people import band, countries, distance, gap, likeness

FOLDER = Path(__file__).resolve().parents[2] / "data" / "reference"


@pytest.fixture(scope="module")
def references() -> pl.DataFrame:
    return pl.concat([pl.read_csv(path, schema=SCHEMA) for path in sorted(FOLDER.glob("*.csv"))])


def estimates(values: dict[str, float], half: float = 0.1) -> pl.DataFrame:
    rows = [{"model": "m", "metric": "broad_value", "facet": f, "value": v, "low": v - half, "high": v + half} for f, v in values.items()]
    return pl.DataFrame(rows)


def test_every_row_has_its_source_and_licence(references: pl.DataFrame) -> None:
    assert references.filter(pl.col("source").is_null() | pl.col("licence").is_null()).is_empty()
    assert references.filter(pl.struct("benchmark", "population", "metric", "facet").is_duplicated()).is_empty()
    assert countries(references)["population"].n_unique() == 31
    assert band(references)["n"].unique().to_list() == [569]
    models = references.filter(pl.col("kind") == "model").group_by("metric").agg(pl.col("population").n_unique()).sort("metric")
    assert dict(models.iter_rows()) == {
        **dict.fromkeys(("coverage", "factuality", "faithfulness", "type_match"), 19),
        "flip_rate": 20, "weight": 20, "value_compass_score": 33, "value_portrait_score": 34, "valuebench_score": 6,
    }


def test_the_spread_of_countries_is_the_published_one(references: pl.DataFrame) -> None:
    """Lithuania agrees least with the mean of all, 0.82; the median country reaches 0.92 (facts/values.md, 3.1)."""
    everyone = countries(references).group_by("facet").agg(pl.col("value").mean())
    found = likeness(estimates(dict(everyone.iter_rows())), references).row(0, named=True)
    assert found["value"] == pytest.approx(1)
    assert round(found["country_low"], 2) == 0.82
    assert round(found["country_median"], 2) == 0.92


def test_the_gap_is_counted_in_person_sd(references: pl.DataFrame) -> None:
    people = {row["facet"]: row for row in band(references).iter_rows(named=True)}
    shifted = {facet: people[facet]["value"] + 2 * people[facet]["sd"] for facet in BROAD}
    found = gap(estimates(shifted), references)
    assert found["value"].to_list() == pytest.approx([2.0] * 10)
    assert (found["high"] - found["low"]).min() > 0


def test_a_flat_profile_has_no_likeness(references: pl.DataFrame) -> None:
    assert likeness(estimates(dict.fromkeys(BROAD, 0.0)), references).is_empty()


def told(values: dict[str, float], half: float, readable: float = 1.0) -> pl.DataFrame:
    told = {"source": "measured", "benchmark": "values", "trials": 9, "stems": 12, "dropped": 0, "method": "m"}
    verdict = pl.DataFrame([{"model": "m", "metric": "interpretable", "facet": "all", "value": readable, "low": None, "high": None}],
                           schema_overrides={"low": pl.Float64, "high": pl.Float64})
    every = pl.concat([estimates(values, half), verdict], how="diagonal")
    return every.with_columns(pl.lit(value).alias(name) for name, value in told.items())


def test_the_average_person_lies_at_no_distance_and_one_sd_everywhere_at_one(references: pl.DataFrame) -> None:
    people = {row["facet"]: (row["value"], row["sd"]) for row in band(references).iter_rows(named=True)}
    near = distance(told({name: mean for name, (mean, _) in people.items()}, 0.05), references).row(0, named=True)
    assert near["value"] == 0.0
    assert near["low"] == 0.0
    far = distance(told({name: mean + sd for name, (mean, sd) in people.items()}, 0.05), references).row(0, named=True)
    assert far["value"] == pytest.approx(1, abs=0.02)
    assert far["low"] < far["value"] < far["high"]
    assert (far["metric"], far["facet"], far["stems"]) == ("distance", "people", 12)


def test_a_profile_that_may_not_be_read_has_no_distance(references: pl.DataFrame) -> None:
    flat = distance(told(dict.fromkeys(BROAD, 0.0), 0.05, readable=0.0), references).row(0, named=True)
    assert flat["value"] is None
    assert "may not be read" in flat["method"]
    assert distance(told(dict.fromkeys(list(BROAD)[:4], 0.0), 0.05), references)["value"].to_list() == [None]


def test_its_interval_covers_the_true_distance(references: pl.DataFrame) -> None:
    rng, covered, people = np.random.default_rng(2), 0, {row["facet"]: row for row in band(references).iter_rows(named=True)}
    for _ in range(400):
        true = {name: row["value"] + row["sd"] * rng.normal(0, 0.6) for name, row in people.items()}
        distant = np.sqrt(np.mean([((true[name] - row["value"]) / row["sd"]) ** 2 for name, row in people.items()]))
        seen = {name: value + rng.normal(0, 0.15) for name, value in true.items()}
        found = distance(told(seen, 1.96 * 0.15), references).row(0, named=True)
        covered += found["low"] <= distant <= found["high"]
    assert 0.92 <= covered / 400 <= 0.99
