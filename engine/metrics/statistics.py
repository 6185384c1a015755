"""Intervals that own up to repeats: the unit of evidence is the stem or the respondent, not the reply."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Numbers = NDArray[np.float64]
Z = float(stats.norm.ppf(0.975))


class Interval(NamedTuple):
    """A value with its 95 % interval; `None` where it cannot be computed."""

    value: float | None
    low: float | None
    high: float | None


NOTHING = Interval(None, None, None)


@lru_cache(maxsize=4096)
def t_quantile(freedom: float) -> float:
    """The quantile of Student's t that a two-sided 95 % interval needs.

    What `scipy.stats.t.ppf` calls, without its checks of shapes and arguments: they took most of the time of an estimate.
    """
    return float(special.stdtrit(freedom, 0.975))


def mean_interval(values: Numbers) -> Interval:
    """The mean of independent values with its t interval. One value has no interval."""
    values = values[np.isfinite(values)]
    if not len(values):
        return NOTHING
    mean = float(values.mean())
    if len(values) < 2:
        return Interval(mean, None, None)
    half = float(t_quantile(len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Interval(mean, mean - half, mean + half)


def wilson(successes: float, n: float, quantile: float = Z) -> Interval:
    """A share with Wilson's score interval (1927), which stays honest at 0 and at n. `n` need not be whole."""
    if n <= 0:
        return NOTHING
    p, z2 = successes / n, quantile**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = quantile / (1 + z2 / n) * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = max(0.0, float(centre - half)), min(1.0, float(centre + half))
    return Interval(float(p), 0.0 if p == 0 else low, 1.0 if p == 1 else high)


def clustered_share(hits: Numbers, sizes: Numbers) -> Interval:
    """The share of hits over clusters, with an interval that counts clusters as the evidence.

    `hits` and `sizes` hold one number per cluster (stem). The clustered variance of the ratio,
    k/(k-1) · Σ(h - p·s)² / (Σs)², gives the design effect; Wilson's interval is then taken at the effective number
    of trials with a t quantile (Korn & Graubard 1998, Survey Methodology 24:193-201, with Wilson for Clopper-Pearson; compared
    in Franco et al. 2019, doi 10.1093/jssam/smy019). Its degrees of freedom are k-1 where residuals look normal and fewer where a few
    clusters carry all the variance, 3k / kurtosis but at least 2: with k-1, a share of 5 % over 36 clusters is covered in 89 % of cases
    only, with these in 94 to 97 % (docs/coverage.md; the idea is Satterthwaite's, the constant measured). The effective number never
    exceeds the trials. At 0 or 1 nothing varies, so the effective number is the one that a single differing trial, in the
    largest cluster, would have given: the bound of 0 in n lies just below that of 1 in n, never above it.
    """
    used = sizes > 0
    hits, sizes = hits[used], sizes[used]
    clusters, n = len(sizes), float(sizes.sum())
    if n == 0:
        return NOTHING
    p = float(hits.sum() / n)
    varied = hits
    if p in (0.0, 1.0):
        varied = np.where(np.arange(clusters) == sizes.argmax(), 1.0, 0.0)
    effective = _effective(varied, sizes) if clusters > 1 else 1.0
    interval = wilson(p * effective, effective, uneven_quantile(varied - varied.sum() / n * sizes) if clusters > 1 else Z)
    return Interval(p, interval.low, interval.high)


def uneven_quantile(pulls: Numbers) -> float:
    """The t quantile for a statistic, by how evenly clusters carry its variance: `pulls` are how far each moves it, with mean 0.

    The degrees of freedom are k-1, fewer where a few clusters carry all of it: 3k / kurtosis, at least 2 (see `clustered_share`).
    """
    clusters, spread = len(pulls), float((pulls**2).sum())
    kurtosis = clusters * float((pulls**4).sum()) / spread**2 if spread > 1e-18 else 3.0
    return t_quantile(min(clusters - 1.0, max(2.0, 3 * clusters / kurtosis)))


def effective_trials(hits: Numbers, sizes: Numbers) -> float:
    """How many independent trials these clusters are worth, as `clustered_share` counts them: from 1 to all, 0 without any."""
    used = sizes > 0
    hits, sizes = hits[used], sizes[used]
    if len(sizes) < 2:
        return float(len(sizes))
    if hits.sum() in (0.0, sizes.sum()):
        hits = np.where(np.arange(len(sizes)) == sizes.argmax(), 1.0, 0.0)
    return _effective(hits, sizes)


def _effective(hits: Numbers, sizes: Numbers) -> float:
    """How many independent trials carry as much as these clusters do; between 1 and the number of trials."""
    n, clusters = float(sizes.sum()), len(sizes)
    p = float(hits.sum() / n)
    variance = clusters / (clusters - 1) * float(((hits - p * sizes) ** 2).sum()) / n**2
    return max(1.0, min(n, p * (1 - p) / variance)) if variance > 0 else n


def paired_difference(one: tuple[Numbers, Numbers], other: tuple[Numbers, Numbers]) -> Interval:
    """The difference of two shares on the same clusters, `one` minus `other`.

    Each is (hits, sizes) by cluster in the same order. The linearised ratio residuals of both are
    subtracted cluster by cluster before their variance is taken (t with k-1 degrees of freedom); where that variance is
    zero, Newcombe's interval (1998, doi 10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10)
    from the two shares' own intervals is given instead, so that "0 against 0" keeps its width.
    """
    (hits_a, sizes_a), (hits_b, sizes_b) = one, other
    if sizes_a.sum() == 0 or sizes_b.sum() == 0:
        return NOTHING
    a, b = clustered_share(hits_a, sizes_a), clustered_share(hits_b, sizes_b)
    (p_a, low_a, high_a), (p_b, low_b, high_b) = (_bounds(share) for share in (a, b))
    difference = p_a - p_b
    residual = (hits_a - p_a * sizes_a) / sizes_a.sum() - (hits_b - p_b * sizes_b) / sizes_b.sum()
    k = int(((sizes_a > 0) | (sizes_b > 0)).sum())
    variance = k / (k - 1) * float((residual**2).sum()) if k > 1 else 0.0
    if variance > 1e-18:
        half = t_quantile(k - 1) * variance**0.5
        return Interval(difference, max(-1.0, difference - half), min(1.0, difference + half))
    below = ((p_a - low_a) ** 2 + (high_b - p_b) ** 2) ** 0.5
    above = ((high_a - p_a) ** 2 + (p_b - low_b) ** 2) ** 0.5
    return Interval(difference, difference - below, difference + above)


def _bounds(share: Interval) -> tuple[float, float, float]:
    value, low, high = share
    if value is None or low is None or high is None:
        raise ValueError("a share without trials has no bounds")
    return value, low, high


def cronbach_alpha(ratings: Numbers) -> float | None:
    """Cronbach's alpha, k/(k-1) · (1 - Σ var(item) / var(total)); rows are respondents, columns items.

    `None` where there are fewer than two respondents or items, or the totals do not vary.
    """
    complete = ratings[np.isfinite(ratings).all(axis=1)]
    people, items = complete.shape
    if people < 2 or items < 2:
        return None
    total = float(complete.sum(axis=1).var(ddof=1))
    if total < 1e-12:
        return None
    return float(items / (items - 1) * (1 - complete.var(axis=0, ddof=1).sum() / total))


def clustered_kappa(counts: Numbers) -> Interval:
    """Cohen's kappa (1960, doi 10.1177/001316446002000104) of two judges over clusters of answers.

    `counts` has the shape (clusters, categories, categories): how often the one said the row's category and the other the
    column's. The interval is the delete-one-cluster jackknife's with t and clusters-1 degrees of freedom, kept within -1 to 1; not
    computable where both say one category only, or where there are fewer than two clusters.
    """
    clusters = len(counts)
    if clusters < 2:
        return NOTHING
    whole = _kappa(counts.sum(axis=0, keepdims=True))[0]
    without = _kappa(counts.sum(axis=0) - counts)
    if not np.isfinite(whole) or not np.isfinite(without).all():
        return NOTHING if not np.isfinite(whole) else Interval(float(whole), None, None)
    error = float(np.sqrt((clusters - 1) / clusters * ((without - without.mean()) ** 2).sum()))
    half = t_quantile(clusters - 1) * error
    return Interval(float(whole), max(-1.0, float(whole) - half), min(1.0, float(whole) + half))


def _kappa(tables: Numbers) -> Numbers:
    """Kappa of each table of counts."""
    total = tables.sum(axis=(1, 2))
    seen = np.trace(tables, axis1=1, axis2=2) / total
    expected = (tables.sum(axis=2) * tables.sum(axis=1)).sum(axis=1) / total**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected < 1 - 1e-12, (seen - expected) / (1 - expected), np.nan)


def pairwise_agreement(answers: Sequence[Sequence[str]]) -> tuple[float, int]:
    """Over cells of repeated answers: the number of agreeing pairs and of all pairs (unbiased self-agreement)."""
    agreeing, pairs = 0, 0
    for cell in answers:
        n = len(cell)
        pairs += n * (n - 1) // 2
        agreeing += sum(m * (m - 1) // 2 for m in (cell.count(answer) for answer in set(cell)))
    return agreeing, pairs
