"""`make coverage`: how often each 95 % interval covers the truth, on data sets simulated with realistic clusters; writes docs/coverage.md.

36 stems, 5 epochs, intraclass correlation 0.5 (a stem is easy or hard for all), 1,000 data sets for each line. Models that are compared
find the same stems easy to a degree (correlation of their stems' difficulty 0.7).
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy import stats

from engine.circle import ORDER_19, angle
from engine.metrics.bridges import spearman
from engine.metrics.compare import paired
from engine.metrics.evidence import Cells
from engine.metrics.people import root_mean_square
from engine.metrics.regions import gap, join_means
from engine.metrics.reliability import between_askings, icc, retest
from engine.metrics.resampling import bootstrap_share
from engine.metrics.statistics import Interval, Numbers, clustered_kappa, clustered_share, mean_interval, paired_difference
from engine.metrics.structure import circular_fit

STEMS, EPOCHS, ICC, ALIKE, SETS = 36, 5, 0.5, 0.7, 1000
OUT = Path(__file__).resolve().parents[1] / "docs" / "coverage.md"
Rng = np.random.Generator
Draw = Callable[[Rng], tuple[Interval, float]]


def hits(rng: Rng, means: list[float]) -> Numbers:
    """Hits of each model at each stem, (models, stems)."""
    shared = rng.normal(size=STEMS)
    easy = [stats.norm.cdf(np.sqrt(ALIKE) * shared + np.sqrt(1 - ALIKE) * rng.normal(size=STEMS)) for _ in means]
    spread = (1 - ICC) / ICC
    found: list[Numbers] = []
    for one, mean in zip(easy, means, strict=True):
        chance = stats.beta.ppf(np.clip(one, 1e-9, 1 - 1e-9), mean * spread, (1 - mean) * spread)
        found.append(rng.binomial(EPOCHS, chance).astype(float))
    return np.stack(found)


SIZE = np.full(STEMS, float(EPOCHS))


def share(mean: float) -> Draw:
    """A share and its interval."""
    return lambda rng: (clustered_share(hits(rng, [mean])[0], SIZE), mean)


def drawn_again(mean: float) -> Draw:
    """A share and its bootstrap interval."""
    return lambda rng: (bootstrap_share(hits(rng, [mean])[0], SIZE), mean)


AGAIN = EPOCHS * ICC / (1 + (EPOCHS - 1) * ICC)
"""How the stems' shares of two askings correlate."""


def alike(mean: float) -> Draw:
    """The intraclass correlation of a stem's trials."""
    return lambda rng: (icc(hits(rng, [mean])[0], SIZE), ICC)


def repeated(mean: float) -> Draw:
    """Test-retest reliability told from one asking."""
    return lambda rng: (retest(hits(rng, [mean])[0], SIZE), AGAIN)


def asked_twice(mean: float) -> Draw:
    """Agreement of two askings of the same stems."""

    def draw(rng: Rng) -> tuple[Interval, float]:
        spread = (1 - ICC) / ICC
        chance = rng.beta(mean * spread, (1 - mean) * spread, STEMS)
        one, other = (rng.binomial(EPOCHS, chance).astype(float) for _ in (0, 1))
        return between_askings((one, SIZE), (other, SIZE)), AGAIN

    return draw


def within(a: float, b: float) -> Draw:
    """A difference within one model (a gain, an excess flip)."""

    def draw(rng: Rng) -> tuple[Interval, float]:
        one, other = hits(rng, [a, b])
        return paired_difference((one, SIZE), (other, SIZE)), a - b

    return draw


def between(a: float, b: float) -> Draw:
    """A difference of two models on shared stems."""

    def draw(rng: Rng) -> tuple[Interval, float]:
        told = hits(rng, [a, b])[:, None, :]
        laid = Cells(["a", "b"], [str(n) for n in range(STEMS)], np.array([1.0]), told, np.broadcast_to(SIZE, told.shape).copy())
        return paired(laid, 0, 1).difference, a - b

    return draw


def balanced(means: tuple[float, float, float]) -> Draw:
    """A mean of three shares, a third of the stems each."""

    def draw(rng: Rng) -> tuple[Interval, float]:
        part = STEMS // 3
        found = [clustered_share(hits(rng, [mean])[0][:part], SIZE[:part]) for mean in means]
        return join_means(found), float(np.mean(means))

    return draw


def kappa(slip: float) -> Draw:
    """Agreement of two judges who each slip with this chance, over answers whose types depend on the stem."""
    expected, kinds = (1 - slip) ** 2 + slip**2 / 2, 3
    true = (expected - 1 / kinds) / (1 - 1 / kinds)

    def judge(rng: Rng, truth: Numbers) -> Numbers:
        other = (truth + rng.integers(1, kinds, truth.shape)) % kinds
        return np.where(rng.random(truth.shape) < slip, other, truth)

    def draw(rng: Rng) -> tuple[Interval, float]:
        usual = rng.integers(0, kinds, STEMS)[:, None]
        truth = np.where(rng.random((STEMS, EPOCHS)) < ICC, usual, rng.integers(0, kinds, (STEMS, EPOCHS)))
        counts = np.zeros((STEMS, kinds, kinds))
        for stem, (one, other) in enumerate(zip(judge(rng, truth), judge(rng, truth), strict=True)):
            np.add.at(counts[stem], (one, other), 1)
        return clustered_kappa(counts), true

    return draw


def mean(sd: float) -> Draw:
    """A mean of respondents' scores."""
    return lambda rng: (mean_interval(rng.normal(0.4, sd, 12)), 0.4)


def apart(truth: tuple[float, ...]) -> Draw:
    """The gap between the best- and the worst-served of several places, all the stems at each."""

    def draw(rng: Rng) -> tuple[Interval, float]:
        found = {f"place {number}": clustered_share(hits(rng, [mean])[0], SIZE) for number, mean in enumerate(truth)}
        return gap(found, 4000), max(truth) - min(truth)

    return draw


def distant(spread: float) -> Draw:
    """The distance of ten values from people's, measured with an error of 0.15 person SD each."""

    def draw(rng: Rng) -> tuple[Interval, float]:
        true = rng.normal(0, spread, 10)
        seen = true + rng.normal(0, 0.15, 10)
        return Interval(*root_mean_square(seen, np.full(10, 0.15))), float(np.sqrt((true**2).mean()))

    return draw


def together(rho: float, models: int) -> Draw:
    """Spearman's correlation over models drawn from a normal population of models."""
    true = 6 / np.pi * np.arcsin(rho / 2)

    def draw(rng: Rng) -> tuple[Interval, float]:
        a, b = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], models).T
        return spearman(a, b), true

    return draw


def circle(wave: float, noise: float) -> Draw:
    """The fit to the circle of a profile of a wave and what is beside it, over 12 respondents."""
    at = np.array([angle(value) for value in ORDER_19])

    def draw(rng: Rng) -> tuple[Interval, float]:
        beside = np.random.default_rng(5).normal(0, 0.3, len(at))
        profile = wave * np.cos(at) + beside
        profile -= profile.mean()
        respondents = profile + rng.normal(0, noise, (12, len(at)))
        return circular_fit(respondents, ORDER_19)[0], circular_fit(profile[None, :], ORDER_19)[0].value or 0.0

    return draw


CASES: dict[str, dict[str, Draw]] = {
    "share, Wilson at the clustered effective number": {f"true share {p:g}": share(p) for p in (0.05, 0.2, 0.5, 0.9)},
    "mean of three shares (regional score)": {
        "true shares .3 .5 .7": balanced((0.3, 0.5, 0.7)), "true shares .8 .9 .95": balanced((0.8, 0.9, 0.95))},
    "difference within a model (gain, excess flip)": {f"{a:g} and {b:g}": within(a, b) for a, b in ((0.3, 0.3), (0.2, 0.5), (0.1, 0.05))},
    "difference of two models on shared stems": {
        f"{a:g} and {b:g}": between(a, b) for a, b in ((0.3, 0.3), (0.2, 0.5), (0.9, 0.8), (0.97, 0.9), (0.05, 0.05))},
    "Cohen's kappa, jackknife": {f"slips {slip:g}": kappa(slip) for slip in (0.05, 0.15, 0.3)},
    "share, BCa bootstrap by stem": {f"true share {p:g}": drawn_again(p) for p in (0.05, 0.2, 0.5, 0.9)},
    "intraclass correlation, jackknife and the unseen": {f"true share {p:g}": alike(p) for p in (0.05, 0.2, 0.5, 0.9)},
    "retest reliability from one asking": {f"true share {p:g}": repeated(p) for p in (0.2, 0.5, 0.9)},
    "agreement of two askings, ICC(2,1)": {f"true share {p:g}": asked_twice(p) for p in (0.05, 0.2, 0.5, 0.9)},
    "gap between six places, simultaneous": {
        "0.2 apart": apart((0.7, 0.65, 0.6, 0.55, 0.5, 0.7)), "none apart": apart((0.6,) * 6),
        "0.5 apart": apart((0.9, 0.4, 0.7, 0.7, 0.6, 0.8))},
    "distance to people, corrected for error": {f"true values spread by {spread:g}": distant(spread) for spread in (0.2, 0.6, 1.2)},
    "Spearman's correlation, Bonett and Wright": {
        f"{rho:g} over {models} models": together(rho, models) for rho, models in ((0.0, 8), (0.6, 8), (0.6, 20), (0.9, 20))},
    "fit to the circle, corrected for noise": {f"wave {wave:g}, noise {noise:g}": circle(wave, noise) for wave, noise in
                                                 ((1.0, 0.5), (0.5, 0.5), (0.2, 1.0), (0.0, 0.5))},
    "mean of 12 respondents (values)": {f"sd {sd:g}": mean(sd) for sd in (0.3, 0.8)},
}


def lines() -> Iterator[tuple[str, str, float, float]]:
    """Method, case, coverage, mean width."""
    for method, cases in CASES.items():
        for case, draw in cases.items():
            rng, covered, width = np.random.default_rng(36), 0, 0.0
            for _ in range(SETS):
                interval, true = draw(rng)
                if interval.low is not None and interval.high is not None:
                    covered += interval.low <= true <= interval.high
                    width += interval.high - interval.low
            yield method, case, covered / SETS, width / SETS


def main() -> None:
    """Measure, print, and write the table."""
    told = [
        "# How often the intervals cover the truth", "",
        f"Written by `make coverage`. Nominal 95 %; {SETS:,} simulated data sets a line; {STEMS} stems, {EPOCHS} epochs, intraclass "
        f"correlation {ICC:g}; models that are compared find the same stems easy (correlation {ALIKE:g}). An interval that is not "
        "computable counts as one that does not cover.", "", "| method | case | covers | mean width |", "| --- | --- | --- | --- |",
    ]
    for method, case, covers, width in lines():
        told.append(f"| {method} | {case} | {100 * covers:.1f} % | {width:.3f} |")
        print(told[-1], flush=True)
    OUT.write_text("\n".join(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
