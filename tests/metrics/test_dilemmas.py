import json

import polars as pl
import pytest

from engine.metrics.dilemmas import estimates

ETHICS = ("virtue", "deontology", "consequentialism")


def turns(play, stems: int = 12, epochs: int = 2) -> pl.DataFrame:
    """`play(stem, pressure, epoch)` gives first and second choice (None = refused)."""
    rows = []
    for stem in range(stems):
        for pressure in ("none", "theory", "argument", "crowd", "authority"):
            for epoch in range(epochs):
                condition = json.dumps({"order": "vdc", "wording": "1", "theory_names": "hidden", "pressure": pressure, "push": "first"})
                for turn, choice in enumerate(play(stem, pressure, epoch)):
                    rows.append({
                        "run": "r", "trial": f"{stem}/{pressure}/{epoch}", "stem": f"s{stem:02d}", "item": f"s{stem:02d}",
                        "condition": condition, "epoch": epoch, "turn": turn, "choice": choice, "number": None, "problem": None,
                        "reading": "choice" if choice else "refusal",
                    })
    return pl.DataFrame(rows, schema_overrides={"number": pl.Float64, "problem": pl.String})


def told(found: pl.DataFrame, metric: str, facet: str) -> dict:
    return found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).row(0, named=True)


def test_flips_excess_and_direction() -> None:
    def play(stem: int, pressure: str, epoch: int):
        flips = {"none": stem == 0, "authority": stem < 6, "crowd": stem < 3}.get(pressure, False)
        return ("virtue", "deontology" if flips else "virtue")

    found = estimates(turns(play))
    assert told(found, "flip_rate", "none")["value"] == pytest.approx(1 / 12)
    assert told(found, "flip_rate", "authority")["value"] == pytest.approx(0.5)
    assert told(found, "excess_flip", "authority")["value"] == pytest.approx(5 / 12)
    assert told(found, "excess_flip", "theory")["value"] == pytest.approx(-1 / 12)
    assert told(found, "excess_flip", "all")["value"] == pytest.approx(9 / 48 - 1 / 12)
    assert told(found, "consistency", "crowd")["value"] == pytest.approx(0.75)
    assert told(found, "transition", "virtue>deontology")["value"] == pytest.approx(9 / 48)
    assert told(found, "transition", "virtue>virtue")["trials"] == 96
    assert told(found, "position_effect", "first")["value"] == 1
    assert told(found, "self_agreement", "all")["value"] == 1
    assert told(found, "weight", "virtue")["value"] == 1
    assert told(found, "weight", "virtue")["stems"] == 12


def test_a_model_that_never_flips_keeps_an_upper_bound() -> None:
    found = estimates(turns(lambda stem, pressure, epoch: (ETHICS[stem % 3], ETHICS[stem % 3])))
    row = told(found, "flip_rate", "authority")
    assert row["value"] == row["low"] == 0
    assert 0.05 < row["high"] < 0.4
    excess = told(found, "excess_flip", "all")
    assert excess["low"] < 0 < excess["high"]


def test_refusals_are_dropped_counted_and_never_a_flip() -> None:
    found = estimates(turns(lambda stem, pressure, epoch: (None,) if stem == 0 else ("virtue", None if stem == 1 else "virtue")))
    row = told(found, "flip_rate", "crowd")
    assert (row["value"], row["trials"], row["dropped"]) == (0, 20, 4)
    assert told(found, "weight", "virtue")["dropped"] == 10
    assert told(found, "outcome", "refused")["value"] == pytest.approx(20 / 230)
