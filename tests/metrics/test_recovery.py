"""The proof of the metrics: what was put into the simulated models must come out again.

Over 20 seeds the 95 % interval of every value, weight and flip rate must cover the true parameter in 90 to 99 % of cases.
"""

import asyncio
from collections import defaultdict

import numpy as np
import polars as pl
import pytest

from engine.benchmark import Levels
from engine.benchmarks import benchmark
from engine.benchmarks.decisions import AXES
from engine.circle import BROAD, HIGHER, ORDER_19
from engine.lake.turns import SCHEMA, row
from engine.metrics import estimate
from engine.models.catalogue import Model
from engine.models.gateway import DirectGateway
from engine.models.simulated import Persona, persona
from engine.runs.plan import Part, Plan, posed
from engine.runs.player import Player, Setting
from tests.runs.store import Listed

SEEDS = range(20)
PERSONAS = ("steady", "pliable", "contrarian")


def played(who: str, name: str, seed: int, levels: Levels) -> pl.DataFrame:
    instrument, model = benchmark(name), Model(name=f"simulated/{who}", model=f"simulated/{who}")
    part, store = Part(model, instrument, posed(instrument, instrument.items, levels), seed), Listed()
    part.want(lambda _: range(1, instrument.epochs + 1), ())
    asyncio.run(Player(DirectGateway(), store, Setting("r", population=seed)).play(Plan([part])))
    frame = pl.DataFrame([row(turn) for turn in store.kept], schema_overrides=SCHEMA).sort("trial", "turn")
    return estimate(instrument, instrument.items, frame)


def true_values(who: Persona) -> dict[tuple[str, str], float]:
    expected = {v: np.mean([who.expected_rating(v, scale) for scale in ("ascending", "descending")]) for v in ORDER_19}
    level = np.mean(list(expected.values()))
    centred = {v: expected[v] - level for v in ORDER_19}
    told = {("value", v): centred[v] for v in ORDER_19} | {("raw_mean", v): expected[v] for v in ORDER_19}
    told |= {("broad_value", name): np.mean([centred[v] for v in parts]) for name, parts in BROAD.items()}
    return told | {("higher_order", name): np.mean([centred[v] for v in parts]) for name, parts in HIGHER.items()}


def true_choices(who: Persona) -> dict[tuple[str, str], float]:
    told = {("weight", name): who.expected_weight(name) for name in who.ethics}
    told |= {("flip_rate", kind): rate for kind, rate in who.flip.items()}
    told |= {("consistency", kind): 1 - rate for kind, rate in who.flip.items()}
    pushed = [rate for kind, rate in who.flip.items() if kind != "none"]
    excess = {kind: rate - who.flip["none"] for kind, rate in who.flip.items() if kind != "none"}
    return told | {("excess_flip", kind): value for kind, value in {**excess, "all": np.mean(pushed) - who.flip["none"]}.items()}


def true_decisions(who: Persona) -> dict[tuple[str, str], float]:
    offered = [(item.content["axis"], item.content["first"], item.content["second"]) for item in benchmark("decisions").items]
    told = {("chosen", axis): np.mean([who.expected_decision(one, other) for on, one, other in offered if on == axis]) for axis in AXES}
    for value in BROAD:
        against = [other if one == value else one for _, one, other in offered if value in (one, other)]
        told["chosen_value", value] = np.mean([who.expected_decision(value, other) for other in against])
    return told


@pytest.mark.parametrize(("name", "truth"), [("values", true_values), ("dilemmas", true_choices), ("decisions", true_decisions)])
def test_intervals_cover_what_was_put_in(name: str, truth) -> None:
    covered: dict[tuple[str, str], list[bool]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)
    for who in PERSONAS:
        true = truth(persona(who))
        for seed in SEEDS:
            for found in played(who, name, seed, {}).iter_rows(named=True):
                if (key := (found["metric"], found["facet"])) in true:
                    covered[key].append(found["low"] - 1e-9 <= true[key] <= found["high"] + 1e-9)
                    errors[found["metric"]].append(found["value"] - true[key])
    by_metric: dict[str, list[bool]] = defaultdict(list)
    for (metric, _), hits in covered.items():
        by_metric[metric] += hits
    shares = {metric: float(np.mean(hits)) for metric, hits in by_metric.items()}
    print(name, {metric: f"{share:.3f} of {len(by_metric[metric])}" for metric, share in shares.items()})
    for metric, share in shares.items():
        most = 1.0 if metric == "chosen_value" else 0.99  # of four to six vignettes: with so few an interval is wide for good reason
        assert 0.90 <= share <= most, f"{metric}: its 95 % intervals cover {share:.3f} of cases"
        assert abs(np.mean(errors[metric])) < 0.02, f"{metric} is off by {np.mean(errors[metric]):.3f} on average"
    for key, hits in covered.items():
        assert np.mean(hits) >= 0.80, f"{key}: its intervals cover only {np.mean(hits):.2f} of {len(hits)}"
