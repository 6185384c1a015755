"""What the numbers of engine.grades are worth on SIMULATED graders and judges: `python -m tests.bench_grades`. Nothing fails here.

First how often the corrected pass rate covers the truth, over 200 seeds; then by how much an alignment is overstated when it is chosen and
reported by our samples and cross-fitting, and how much when EvalGen's alternating policy picks what is graded.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy import stats

from engine.grades.agreement import people_agreement
from engine.grades.choosing import choose, predictions
from engine.grades.corrected import FEW_GRADES, FEW_OF_A_KIND, corrected_rate, prediction_powered, rogan_gladen
from engine.grades.report_card import Cells, card
from engine.metrics.statistics import Interval, wilson
from tests.grades.simulated import WORLDS, World, alignments, by_extremes, by_our_samples, frames, in_sample, names, words

SEEDS, MANY, UNGRADED = 200, 600, 500
WAYS = ("naive", "Rogan-Gladen", "prediction-p.", "shown")
OURS, RANDOM, EXTREMES = "ours", "random, in sample", "extremes, in sample"


class Judge(NamedTuple):
    """A judge with known error rates, and what is true."""

    truth: float
    tpr: float
    tnr: float


JUDGES = (Judge(0.7, 0.92, 0.88), Judge(0.7, 0.9, 0.7), Judge(0.9, 0.95, 0.8), Judge(0.5, 0.8, 0.7), Judge(0.3, 0.9, 0.9))


class Held(NamedTuple):
    """How intervals did over seeds."""

    covers: float
    """Of those that there were, the share that hold the truth."""
    width: float
    missing: float
    """The share of seeds without one."""


class Apart(NamedTuple):
    """How far a reported alignment was from the true one, over seeds."""

    mean: float
    error: float
    """The standard error of that mean."""
    true: float
    covers: float
    """NaN where the way of grading gives no interval."""
    reported: int
    fresh: float
    """Reported less true on the outputs that nobody graded; NaN for the other ways of grading."""


def covers(interval: Interval, truth: float) -> float:
    """Whether the interval holds the truth; NaN where there is none."""
    return np.nan if interval.low is None or interval.high is None else float(interval.low <= truth <= interval.high)


def corrected(judge: Judge, graded: int, seed: int) -> tuple[Interval, ...]:
    """One simulated judge's rates, in the order of WAYS."""
    rng = np.random.default_rng(seed)
    people = rng.random(graded + UNGRADED) < judge.truth
    said = np.where(people, rng.random(len(people)) < judge.tpr, rng.random(len(people)) >= judge.tnr).astype(float)
    passed, seen, fresh = people[:graded], said[:graded], said[graded:]
    good, bad = seen[passed], 1 - seen[~passed]
    ours = rogan_gladen((fresh.sum(), UNGRADED), (good.sum(), len(good)), (bad.sum(), len(bad))).rate
    powered = prediction_powered(passed, seen, fresh).rate
    few = graded < FEW_GRADES or min(len(good), len(bad)) < FEW_OF_A_KIND
    return wilson(float(said.sum()), len(said)), ours, powered, powered if few else ours


def rates(judge: Judge, graded: int, seeds: int = SEEDS) -> dict[str, Held]:
    """How each way of telling the pass rate did."""
    runs = [corrected(judge, graded, seed) for seed in range(seeds)]
    return {way: held(column, judge.truth) for way, column in zip(WAYS, zip(*runs, strict=True), strict=True)}


def overstatement(world: World, graded: int, seeds: range = range(SEEDS)) -> dict[str, Apart]:
    """How far reported alignments were from those on the whole set, by way of grading and reporting."""
    found: dict[str, list[tuple[float, float, float, float]]] = {OURS: [], RANDOM: [], EXTREMES: []}
    for seed in seeds:
        people, verdicts = world.draw(seed)
        grades, outcomes = frames(people, verdicts)
        sampled = by_our_samples(grades, outcomes, graded, seed)
        choice = choose(sampled, outcomes, seed=seed)
        told = choice.card.alignment
        if told.value is not None and choice.chosen is not None:
            chosen, left = int(choice.chosen[1:]), ~np.isin(grades["output"].to_numpy(), sampled["output"].to_numpy())
            true, fresh = (float(alignments(people[part], verdicts[part])[chosen]) for part in (slice(None), left))
            found[OURS].append((told.value, true, covers(told, true), told.value - fresh))
        drawn = np.random.default_rng(seed).permutation(len(people))[:graded]
        pairs = {RANDOM: in_sample(people, verdicts, drawn), EXTREMES: by_extremes(people, verdicts, graded, seed)}
        for name, pair in pairs.items():
            if np.isfinite(pair[0]):
                found[name].append((*pair, np.nan, np.nan))
    result = {}
    for name, runs in found.items():
        reported, true, held, fresh = np.array(runs).T
        apart = reported - true
        result[name] = Apart(apart.mean(), apart.std() / len(apart) ** 0.5, true.mean(), held.mean(), len(held), fresh.mean())
    return result


def whole_way(world: World, graded: int, seeds: range = range(SEEDS)) -> dict[str, Held]:
    """How rates did where the judge was chosen and set right with the same grades, from sampling to the corrected rate."""
    truth = float(stats.norm.cdf(-world.bar / (1 + world.slip**2) ** 0.5))
    runs: list[tuple[Interval, ...]] = []
    for seed in seeds:
        grades, outcomes = frames(*world.draw(seed))
        sampled = by_our_samples(grades, outcomes, graded, seed)
        predicted = predictions(choose(sampled, outcomes, seed=seed), outcomes)
        found = corrected_rate(sampled.filter(pl.col("sample") == "audit"), predicted)
        runs.append((found.naive, found.rogan_gladen.rate, found.prediction_powered.rate, found.shown.rate))
    return {way: held(column, truth) for way, column in zip(WAYS, zip(*runs, strict=True), strict=True)}


def held(intervals: Sequence[Interval], truth: float) -> Held:
    """How these intervals did."""
    told = [(covers(one, truth), one.high - one.low) for one in intervals if one.low is not None and one.high is not None]
    return Held(*(float(part) for part in np.mean(told, axis=0)), 1 - len(told) / len(intervals))


def cards(share: float, c: float, s: float, graded: int, seeds: int = 1000) -> list[float]:
    """How often a card's intervals of alignment, MCC and kappa cover without any choosing; share passed, coverage and 1 - FFR are true."""
    exact = np.array([share * s, share * (1 - s), (1 - share) * (1 - c), (1 - share) * c])
    # So many outputs that what a card says of them is the truth.
    whole = card(Cells(*np.round(exact * 10**7).astype(int).tolist()))
    tables = np.random.default_rng(graded).multinomial(graded, exact, seeds).tolist()
    held = []
    for one in (card(Cells(*table)) for table in tables):
        held.append([covers(one.alignment, whole.alignment_plain), covers(one.mcc, whole.mcc.value), covers(one.kappa, whole.kappa.value)])
    return np.nanmean(held, axis=0).tolist()


def people(passing: float, slip: float, outputs: int, seed: int) -> pl.DataFrame:
    """Grades of three people who each slip that often."""
    rng = np.random.default_rng(seed)
    right = rng.random(outputs) < passing
    told = np.array(words(right[:, None] ^ (rng.random((outputs, 3)) < slip)))
    named = names(outputs)
    return pl.concat([pl.DataFrame({"output": named, "grade": told[:, k], "grader": [name] * outputs}) for k, name in enumerate("abc")])


def agreements(passing: float, slip: float, outputs: int, seeds: int = SEEDS) -> list[tuple[float, float]]:
    """How often the intervals of Cohen's and Fleiss's kappa and of alpha cover, and how often there is none."""
    truth = people_agreement(people(passing, slip, 200_000, 0)).alpha.value
    runs = [people_agreement(people(passing, slip, outputs, seed)) for seed in range(1, seeds + 1)]
    held = np.array([[covers(one, truth or 0) for one in (run.cohen, run.fleiss, run.alpha)] for run in runs])
    return list(zip(np.nanmean(held, axis=0).tolist(), np.isnan(held).mean(axis=0).tolist(), strict=True))


def line(told: dict[str, Held]) -> str:
    """Coverage and width by way, and how often Rogan and Gladen's was refused."""
    shown = "  ".join(f"{100 * told[way].covers:5.1f} % ({told[way].width:.2f})" for way in WAYS)
    return f"{shown}  {100 * told['Rogan-Gladen'].missing:.1f} %"


def main() -> None:
    """Measure and print."""
    print(f"Corrected pass rate: covers the truth (mean width); {SEEDS} seeds, {UNGRADED} ungraded outputs")
    print(f"pass TPR  TNR  grades  {'  '.join(f'{way:14s}' for way in WAYS)}  refused")
    for judge in JUDGES:
        for graded in (40, 100, 300):
            print(f"{judge.truth:.1f}  {judge.tpr:.2f} {judge.tnr:.2f} {graded:6d}  {line(rates(judge, graded))}")
    print("\nThe same where the judge is chosen from 5 with these grades (three in four of them the audit sample), of 500 outputs in all")
    for world in WORLDS:
        for graded in (40, 100, 300):
            print(f"{world.name:29s} {graded:6d}  {line(whole_way(world, graded))}")
    print(f"\nAlignment overstated: reported less true on all outputs; 5 candidates, {MANY} seeds at 16 grades, else {SEEDS}")
    print("(of 100 outputs, 16 grades are part of what is true, and they chose; outputs that nobody graded are free of that)")
    for world in WORLDS:
        for outputs, graded, seeds in ((500, 16, MANY), (500, 40, SEEDS), (100, 16, MANY)):
            for way, told in overstatement(replace(world, outputs=outputs), graded, range(seeds)).items():
                kept = f", interval covers {100 * told.covers:.0f} %, {told.fresh:+.3f} on ungraded outputs" if way == OURS else ""
                print(f"{world.name:29s} {graded:3d} of {outputs} graded  {way:20s} {told.mean:+.3f} ± {1.96 * told.error:.3f}"
                      f"  true {told.true:.3f}  reported in {told.reported}{kept}")
    print("\nReport card without choosing: intervals of alignment, MCC and kappa cover; 1,000 seeds")
    for c, s, share in ((0.75, 0.9, 0.7), (0.6, 0.95, 0.9), (0.95, 0.95, 0.5)):
        for graded in (16, 40, 100):
            told = "  ".join(f"{100 * one:.1f} %" for one in cards(share, c, s, graded))
            print(f"pass {share:.1f}, coverage {c:.2f}, 1 - FFR {s:.2f} {graded:4d} grades  {told}")
    print(f"\nAgreement of three people: intervals of kappa (pairs), Fleiss's kappa and alpha cover; {SEEDS} seeds")
    for passing, slip in ((0.7, 0.2), (0.9, 0.05)):
        for outputs in (20, 100):
            told = "  ".join(f"{100 * one:.1f} % ({100 * gone:.0f} % without)" for one, gone in agreements(passing, slip, outputs))
            print(f"pass {passing:.1f}, slips {slip:.2f} {outputs:4d} outputs  {told}")
    print("\nTime")
    people, verdicts = WORLDS[0].draw(0)
    grades, outcomes = frames(people, verdicts)
    three = pl.concat([frames(verdicts[:, k], verdicts)[0].with_columns(pl.lit(name).alias("grader")) for k, name in enumerate("abc")])
    sampled = by_our_samples(grades, outcomes, 400, 0)
    for name, work in (
        ("agreement, 500 outputs, 3 graders", lambda: people_agreement(three)),
        ("choosing, 400 grades, 5 candidates", lambda: choose(sampled, outcomes)),
    ):
        work()
        began = time.perf_counter()
        work()
        print(f"{name}: {1000 * (time.perf_counter() - began):.0f} ms")


if __name__ == "__main__":
    main()
