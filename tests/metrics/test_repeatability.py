import numpy as np
import polars as pl
import pytest

from engine.metrics.evidence import SCHEMA
from engine.metrics.repeatability import repeatability


def evidence(hits: list[float], size: float, metric: str = "accuracy", part: int = 0) -> pl.DataFrame:
    told = [{"metric": metric, "facet": "direct", "part": part, "weight": 1.0, "stem": f"s{place}", "hits": float(hit), "size": size}
            for place, hit in enumerate(hits)]
    return pl.DataFrame(told, schema=SCHEMA).with_columns(model=pl.lit("m"))


def test_stems_that_never_vary_are_worth_one_trial_each() -> None:
    (one,) = repeatability(evidence([5, 0] * 9, 5.0)).to_dicts()
    assert one["icc"] == pytest.approx(1)
    assert one["retest"] == pytest.approx(1)
    assert (one["trials"], one["stems"]) == (90, 18)
    assert one["effective"] == pytest.approx(18)
    assert one["share"] == 0.5
    assert 0.2 < one["share_low"] < 0.5 < one["share_high"] < 0.8


def test_fresh_evidence_is_worth_its_trials() -> None:
    hits = np.random.default_rng(1).binomial(5, 0.5, 400)
    (one,) = repeatability(evidence(hits.tolist(), 5.0)).to_dicts()
    assert abs(one["icc"]) < 0.08
    assert one["effective"] > 1500


def test_one_trial_each_says_nothing_and_differences_are_left_out() -> None:
    (one,) = repeatability(evidence([1, 0, 1, 1], 1.0)).to_dicts()
    assert one["icc"] is None
    assert one["effective"] is None
    both = pl.concat([evidence([1, 2], 3.0, "gain"), evidence([1, 2], 3.0, "gain", part=1)])
    assert repeatability(both).is_empty()
    assert repeatability(both.clear()).is_empty()
