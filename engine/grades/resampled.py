"""Intervals of statistics that are functions of sums over outputs, by drawing outputs again."""

from collections.abc import Callable

import numpy as np
from scipy import stats

from engine.metrics.resampling import RESAMPLES
from engine.metrics.statistics import NOTHING, Interval, Numbers, t_quantile

UNDEFINED = 0.1
"""The largest share of resamples without a value that an interval is still given with."""


def resampled(
    parts: Numbers, statistic: Callable[[Numbers], Numbers], *, value: float | None, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """`value` with its 95 % interval by drawing outputs with replacement.

    `parts` has the shape (outputs, k): what each output adds to the k sums that `statistic` takes, which maps (draws, k) to (draws,) with
    NaN where it cannot be computed. Bias-corrected and accelerated (BCa; Efron 1987, doi 10.1080/01621459.1987.10478410), widened for few
    outputs as in `engine.metrics.resampling`. Resamples without a value are left out; no interval where they are more than a tenth (a
    category that stands in one or two outputs only), where there are fewer than two outputs, or where all resamples say the same.
    """
    if value is None:
        return NOTHING
    # Outputs that add the same are the same to every sum, so what is drawn is how many of each kind: a few dozen, whatever the outputs.
    kinds, sizes = np.unique(parts, axis=0, return_counts=True)
    outputs = len(parts)
    drawn = np.random.default_rng(seed).multinomial(outputs, sizes / outputs, resamples)
    seen = statistic(drawn @ kinds)
    told = seen[np.isfinite(seen)]
    without = statistic(parts.sum(axis=0) - kinds)
    left = np.repeat(without, sizes)
    left = left[np.isfinite(left)]
    if outputs < 2 or len(told) < (1 - UNDEFINED) * resamples or len(left) < 2 or np.ptp(told) < 1e-12:
        return Interval(value, None, None)
    low, high = np.quantile(told, _levels(told, left, value, outputs))
    return Interval(value, min(float(low), value), max(float(high), value))


def _levels(told: Numbers, without: Numbers, value: float, outputs: int) -> Numbers:
    """At which quantiles of the resamples the interval ends."""
    below = ((told < value - 1e-12).sum() + (told <= value + 1e-12).sum()) / (2 * len(told))
    bias = float(stats.norm.ppf(min(max(float(below), 0.5 / len(told)), 1 - 0.5 / len(told))))
    pull = without.mean() - without
    spread = float((pull**2).sum())
    bend = float((pull**3).sum()) / (6 * spread**1.5) if spread > 1e-18 else 0.0
    reach = float(np.sqrt(outputs / (outputs - 1))) * t_quantile(outputs - 1)
    aside = bias + np.array([-reach, reach])
    return np.asarray(stats.norm.cdf(bias + aside / np.maximum(1 - bend * aside, 1e-3)), dtype=float)
