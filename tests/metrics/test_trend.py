from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.metrics.evidence import SCHEMA
from engine.metrics.trend import FEWEST, base_name, change, changes, series

DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("name", "base"), [
    ("openai/gpt-4o-2024-08-06", "openai/gpt-4o"), ("openai/gpt-4o", "openai/gpt-4o"), ("claude-3-5-haiku-20241022", "claude-3-5-haiku"),
    ("openai/gpt-4-0613", "openai/gpt-4"), ("anthropic/claude-sonnet-4-5-latest", "anthropic/claude-sonnet-4-5"), ("x/m:v2", "x/m:v2"),
    ("deepseek-v3", "deepseek-v3"), ("@latest", "@latest"), ("gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
    ("gemini-2.5-pro-exp-03-25", "gemini-2.5-pro"),
    ("gemini-2.5-pro-preview-0605", "gemini-2.5-pro"), ("grok-4", "grok-4"), ("llama-3-70", "llama-3-70"), ("20240806", "20240806"),
])
def test_versions_of_a_model_share_its_name(name: str, base: str) -> None:
    assert base_name(name) == base


@given(st.text(max_size=30))
def test_a_base_name_has_no_version_left_and_is_never_empty(name: str) -> None:
    assert base_name(base_name(name)) == base_name(name)
    assert name == "" or base_name(name) != ""


def playing(model: str, run: str, day: int, conversations: int = 50) -> dict[str, object]:
    return {"model": model, "source": "measured", "run": run, "asked": DAY + timedelta(days=day), "conversations": conversations}


def test_a_series_is_a_model_asked_twice_in_order_whatever_its_version() -> None:
    found = series(pl.DataFrame([
        playing("m/a-2024-08-06", "2", 3), playing("m/a-2024-05-13", "1", 9), playing("m/b", "1", 1), playing("m/c", "1", 1),
        playing("m/c", "2", 2, FEWEST - 1),
    ]))
    assert list(found) == ["m/a"]
    assert [(point.model, point.run) for point in found["m/a"]] == [("m/a-2024-05-13", "1"), ("m/a-2024-08-06", "2")]
    first, last = found["m/a"]
    assert first.label(alone=True) == "10 Mar 2026 00:00", "asked later, but an earlier version"
    assert last.label(alone=False).startswith("m/a-2024-08-06, ")


def asked(shares: dict[str, float], stems: int = 40, size: int = 20) -> tuple[pl.DataFrame, pl.DataFrame]:
    rng = np.random.default_rng(7)
    evidence = pl.concat([
        pl.DataFrame({"metric": "m", "facet": "f", "part": 0, "weight": 1.0, "stem": [f"s{n}" for n in range(stems)],
                      "hits": rng.binomial(size, share, stems).astype(float), "size": float(size)}, schema=SCHEMA)
        .with_columns(model=pl.lit(name)) for name, share in shares.items()
    ])
    told = [{"model": name, "metric": "m", "facet": "f", "value": evidence.filter(model=name)["hits"].sum() / (stems * size),
             "low": 0.0, "high": 1.0, "stems": stems} for name in shares]
    return pl.DataFrame(told), evidence


def test_a_planted_change_is_found_with_its_sign_and_none_is_not() -> None:
    up = change(*asked({"zz@1": 0.2, "aa@2": 0.5}), "m", "f", "zz@1", "aa@2")
    down = change(*asked({"aa@1": 0.5, "zz@2": 0.2}), "m", "f", "aa@1", "zz@2")
    none = change(*asked({"a@1": 0.3, "a@2": 0.3}), "m", "f", "a@1", "a@2")
    found = changes({"up": up, "down": down, "none": none, "missing": None})
    assert {name: pair.verdict for name, pair in found.items()} == {"up": "higher", "down": "lower", "none": "inconclusive"}
    assert found["none"].smallest > 0.05
    assert found["up"].difference.value == pytest.approx(0.3, abs=0.05)
    assert found["down"].difference.high < 0


def test_a_change_that_is_not_there_is_claimed_in_few_of_many_series() -> None:
    rng, claimed = np.random.default_rng(1), 0
    for _ in range(60):
        told: dict[str, object] = {}
        for name in "abcd":
            estimates, evidence = asked({"x@1": 0.4, "x@2": 0.4})
            evidence = evidence.with_columns(hits=pl.Series(rng.binomial(20, rng.beta(2, 3, len(evidence))).astype(float)))
            told[name] = change(estimates, evidence, "m", "f", "x@1", "x@2")
        claimed += any(pair.verdict in ("higher", "lower") for pair in changes(told).values())
    assert claimed <= 8, "over four series together about 5 % of 60"


def test_a_side_without_a_value_has_no_change() -> None:
    estimates, evidence = asked({"x@1": 0.4})
    assert change(estimates, evidence, "m", "f", "x@1", "x@2") is None
