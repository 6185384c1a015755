"""What the numbers of engine.grades are worth on simulated graders and judges: `python -m tests.bench_grades`. Not a test: nothing fails here.

First how often the corrected pass rate covers the truth, over 200 seeds; then by how much an alignment is overstated when it is chosen and
reported by our samples and cross-fitting, and how much when EvalGen's alternating policy picks what is graded.
"""

import time

import numpy as np
import polars as pl

from engine.grades.agreement import people_agreement
from engine.grades.choosing import choose
from engine.grades.corrected import prediction_powered, rogan_gladen
from engine.grades.report_card import Cells, card
from engine.metrics.statistics import Interval, wilson
from tests.grades.simulated import WORLDS, alignments, by_extremes, by_our_samples, frames, in_sample

SEEDS, UNGRADED = 200, 500
JUDGES = ((0.7, 0.92, 0.88), (0.7, 0.9, 0.7), (0.9, 0.95, 0.8), (0.5, 0.8, 0.7), (0.3, 0.9, 0.9))
"""True pass rate, TPR and TNR of the judge."""


def covers(interval: Interval, truth: float) -> float | None:
    """Whether the interval holds the truth; `None` where there is none."""
    return None if interval.low is None or interval.high is None else float(interval.low <= truth <= interval.high)


def corrected(truth: float, tpr: float, tnr: float, graded: int, seed: int) -> tuple[Interval, Interval, Interval, str]:
    """Naive, Rogan-Gladen and prediction-powered rates of one simulated judge, and which is shown."""
    rng = np.random.default_rng(seed)
    people = rng.random(graded + UNGRADED) < truth
    judge = np.where(people, rng.random(len(people)) < tpr, rng.random(len(people)) >= tnr).astype(float)
    passed, seen, fresh = people[:graded], judge[:graded], judge[graded:]
    good, bad = seen[passed], 1 - seen[~passed]
    rates = rogan_gladen((fresh.sum(), UNGRADED), (good.sum(), len(good)), (bad.sum(), len(bad)))
    shown = "pp" if graded < 100 or min(len(good), len(bad)) < 10 else "rg"
    return wilson(float(judge.sum()), len(judge)), rates.rate, prediction_powered(passed, seen, fresh).rate, shown


def rates(seeds: int = SEEDS) -> list[tuple[str, int, tuple[float, ...], tuple[float, ...], float]]:
    """A line a judge and number of grades: coverage and mean width of naive, Rogan-Gladen, prediction-powered and shown; share refused."""
    lines = []
    for truth, tpr, tnr in JUDGES:
        for graded in (40, 100, 300):
            runs = [corrected(truth, tpr, tnr, graded, seed) for seed in range(seeds)]
            four = [(*run[:3], run[2] if run[3] == "pp" else run[1]) for run in runs]
            told = [[one[place] for one in four if covers(one[place], truth) is not None] for place in range(4)]
            held = tuple(float(np.mean([covers(one, truth) for one in column])) for column in told)
            width = tuple(float(np.mean([one.high - one.low for one in column])) for column in told)
            lines.append((f"{truth:.1f} {tpr:.2f} {tnr:.2f}", graded, held, width, 1 - len(told[1]) / seeds))
    return lines


def overstatement(world, graded: int, seeds: int = SEEDS, share: float = 0.75) -> dict[str, tuple[float, float, float]]:
    """By way of grading: mean reported less mean true alignment on the whole set, its standard error, mean true; and how often it covers."""
    found: dict[str, list[tuple[float, float, float]]] = {"ours": [], "random, in sample": [], "extremes, in sample": []}
    for seed in range(seeds):
        people, verdicts = world.draw(seed)
        true = alignments(people, verdicts)
        grades, outcomes = frames(people, verdicts)
        choice = choose(by_our_samples(grades, outcomes, graded, seed, share), outcomes, seed=seed)
        if choice.card.alignment.value is not None and choice.chosen is not None:
            truth = float(true[int(choice.chosen[1:])])
            found["ours"].append((choice.card.alignment.value, truth, covers(choice.card.alignment, truth)))
        drawn = np.random.default_rng(seed).permutation(len(people))[:graded]
        for name, pair in (("random, in sample", in_sample(people, verdicts, drawn)), ("extremes, in sample", by_extremes(people, verdicts, graded, seed))):
            if np.isfinite(pair[0]):
                found[name].append((*pair, np.nan))
    result = {}
    for name, runs in found.items():
        held = np.array(runs)
        apart = held[:, 0] - held[:, 1]
        result[name] = (float(apart.mean()), float(apart.std() / np.sqrt(len(apart))), float(held[:, 1].mean()), float(held[:, 2].mean()), len(held))
    return result


def cards(seeds: int = 1000) -> list[tuple[int, list[float]]]:
    """How often the intervals of a card's alignment, MCC and kappa cover, without any choosing."""
    lines = []
    for share, c, s in ((0.7, 0.75, 0.9), (0.9, 0.6, 0.95), (0.5, 0.95, 0.95)):
        truth = (2 * c * s / (c + s), *_truths(share, c, s))
        for graded in (16, 40, 100):
            rng, held = np.random.default_rng(graded), []
            for table in rng.multinomial(graded, [share * s, share * (1 - s), (1 - share) * (1 - c), (1 - share) * c], seeds).tolist():
                one = card(Cells(*table))
                held.append([covers(interval, true) for interval, true in zip((one.alignment, one.mcc, one.kappa), truth, strict=True)])
            lines.append((f"{share:.1f} {c:.2f} {s:.2f}", graded, [float(np.mean([x[k] for x in held if x[k] is not None])) for k in range(3)]))
    return lines


def _truths(share: float, c: float, s: float) -> tuple[float, float]:
    said = share * s + (1 - share) * (1 - c)
    mcc = (share * s * (1 - share) * c - share * (1 - s) * (1 - share) * (1 - c)) / np.sqrt(share * (1 - share) * said * (1 - said))
    chance = share * said + (1 - share) * (1 - said)
    return float(mcc), float((share * s + (1 - share) * c - chance) / (1 - chance))


def main() -> None:
    """Measure and print."""
    print(f"Corrected pass rate: covers the truth (mean width), {SEEDS} seeds, {UNGRADED} ungraded outputs")
    print("pass TPR  TNR  grades  naive         Rogan-Gladen  prediction-p. shown         refused")
    for name, graded, held, width, refused in rates():
        print(f"{name} {graded:6d}  " + "  ".join(f"{100 * h:5.1f} % ({w:.2f})"[:14].ljust(12) for h, w in zip(held, width, strict=True)) + f"  {100 * refused:.1f} %")
    print(f"\nAlignment overstated (reported - true on all 500 outputs), 5 candidates, {SEEDS} seeds")
    for world in WORLDS:
        for graded in (16, 40):
            for way, (apart, error, true, held, count) in overstatement(world, graded).items():
                shown = f", interval covers {100 * held:.0f} %" if np.isfinite(held) else ""
                print(f"{world.name:30s} {graded:3d} grades  {way:20s} {apart:+.3f} ± {1.96 * error:.3f}  true {true:.3f}  reported in {count} of {SEEDS}{shown}")
    print("\nReport card without choosing: intervals of alignment, MCC and kappa cover, 1,000 seeds")
    for name, graded, held in cards():
        print(f"pass, coverage, 1 - FFR {name} {graded:4d} grades  " + "  ".join(f"{100 * one:.1f} %" for one in held))
    print("\nTime")
    people, verdicts = WORLDS[0].draw(0)
    grades, outcomes = frames(people, verdicts)
    three = pl.concat([grades.with_columns(pl.lit(name).alias("grader")) for name in "abc"])
    for name, work in (("agreement, 500 outputs x 3 graders", lambda: people_agreement(three)), ("choosing, 400 grades, 5 candidates", lambda: choose(by_our_samples(grades, outcomes, 400, 0), outcomes))):
        work()
        began = time.perf_counter()
        work()
        print(f"{name}: {1000 * (time.perf_counter() - began):.0f} ms")


if __name__ == "__main__":
    main()
