"""The cluster bootstrap of many estimates at once against SciPy's: `python -m tests.bench_statistics`. Not a test: nothing fails here.

20 models, 30 metrics, 36 stems, 5 epochs, 1,000 resamples, BCa intervals of a ratio of sums, both on one core. SciPy is asked in the two
ways it offers: estimate by estimate, and all estimates in one call on arrays, as many at once as its `batch` needs to fit into memory.
"""

import os
import time
from collections.abc import Callable
from statistics import median

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from scipy import stats  # noqa: E402

from engine.metrics.resampling import RESAMPLES, bootstrap_shares  # noqa: E402
from engine.metrics.statistics import Numbers  # noqa: E402

MODELS, METRICS, STEMS, EPOCHS, ICC = 20, 30, 36, 5, 0.5
SOME, ROUNDS = 60, 5
"""How many of the estimates SciPy is asked for one by one (its time is scaled to all of them), and how often each way takes its turn."""


def problem() -> tuple[Numbers, Numbers]:
    """Hits and sizes of the shape (models, metrics, stems); now and then a trial has no reading."""
    rng, spread = np.random.default_rng(30), (1 - ICC) / ICC
    means = rng.uniform(0.1, 0.9, (MODELS, METRICS, 1))
    sizes = EPOCHS - rng.binomial(1, 0.1, (MODELS, METRICS, STEMS))
    chance = rng.beta(means * spread, (1 - means) * spread, sizes.shape)
    return rng.binomial(sizes, chance).astype(float), sizes.astype(float)


def ratio(hits: Numbers, sizes: Numbers, axis: int = -1) -> Numbers:
    """The statistic, as SciPy wants it."""
    return hits.sum(axis=axis) / sizes.sum(axis=axis)


def scipys(hits: Numbers, sizes: Numbers) -> Numbers:
    """Low and high of each estimate, (..., 2)."""
    found = stats.bootstrap(
        (hits, sizes), ratio, n_resamples=RESAMPLES, paired=True, vectorized=True, axis=-1, method="BCa", batch=100,
        confidence_level=2 * stats.norm.cdf(np.sqrt(STEMS / (STEMS - 1)) * stats.t.ppf(0.975, STEMS - 1)) - 1, rng=np.random.default_rng(1),
    ).confidence_interval
    return np.stack([found.low, found.high], axis=-1)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    hits, sizes = problem()
    flat = (hits.reshape(-1, STEMS), sizes.reshape(-1, STEMS))
    every = len(flat[0])
    bootstrap_shares(*flat)
    rounds: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        ours = seconds(lambda: bootstrap_shares(hits, sizes))
        alone = seconds(lambda: [scipys(h, s) for h, s in zip(flat[0][:SOME], flat[1][:SOME], strict=True)]) * every / SOME
        rounds.append((ours, alone, seconds(lambda: scipys(hits, sizes))))
    ours, alone, together = (median(taken) for taken in zip(*rounds, strict=True))
    slower, at_once = (median(taken[way] / taken[0] for taken in rounds) for way in (1, 2))
    print(f"cluster bootstrap of {MODELS} models x {METRICS} metrics x {STEMS} stems, {RESAMPLES:,} resamples: {ours * 1000:.0f} ms")
    print(f"scipy.stats.bootstrap one by one: {alone:.2f} s ({SOME} of {every} done, scaled), ratio {slower:.0f} (target >= 20)")
    print(f"scipy.stats.bootstrap in one call: {together:.2f} s, ratio {at_once:.0f} (target >= 20)")
    found, theirs = bootstrap_shares(hits, sizes)[..., 1:], scipys(hits, sizes)
    again = bootstrap_shares(hits, sizes, seed=1)[..., 1:]
    width = float(np.median(theirs[..., 1] - theirs[..., 0]))
    apart, chance = (np.abs(found - other) for other in (theirs, again))
    print(
        f"ends apart from SciPy's: median {np.median(apart):.4f}, 99 % within {np.quantile(apart, 0.99):.4f}; from ours with another seed: "
        f"{np.median(chance):.4f}, {np.quantile(chance, 0.99):.4f} (median width {width:.3f})"
    )


if __name__ == "__main__":
    main()
