"""Whether a profile has the shape of a value system: its fit to the circle, and its steadiness."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from engine.circle import BROAD, angle
from engine.metrics.statistics import NOTHING, Interval, Numbers, Z, t_quantile

PERMUTATIONS = 2000


def _harmonic(facets: Sequence[str]) -> Numbers:
    """The projection of a profile on the circle's first harmonic (a constant, a cosine and a sine)."""
    angles = np.array([angle(name) for name in facets])
    wave = np.column_stack([np.ones(len(angles)), np.cos(angles), np.sin(angles)])
    return wave @ np.linalg.pinv(wave)


def _explained(profiles: Numbers, projection: Numbers) -> Numbers:
    """The sum of squares of each row, less its mean, that lies along the wave."""
    centred = profiles - profiles.mean(axis=1, keepdims=True)
    return ((centred @ projection) ** 2).sum(axis=1)


def circular_fit(scores: Numbers, facets: Sequence[str]) -> tuple[Interval, Interval]:
    """How well a profile rises and falls once around the circle of values, and what permuted labels reach.

    `scores` is respondents × values (centred). Neighbours on the circle are compatible and opposites are not, so a
    profile should follow one wave around it (Schwartz 1992, doi 10.1016/S0065-2601(08)60281-6, the sinusoid of value
    priorities); the fit is the multiple correlation of the mean profile with that wave, corrected for the noise of that mean (see
    `_without_noise`). Returns the fit with its interval, and the 95th percentile of the fit when the values' labels are permuted, corrected
    alike, whose interval is the middle 95 % of the permuted fits. Nothing where values differ by no more than their noise.
    """
    scores = scores[np.isfinite(scores).all(axis=1)]
    if not len(scores) or np.ptp(mean := scores.mean(axis=0)) < 1e-9:
        return NOTHING, NOTHING
    people, freedom = len(scores), len(mean) - 1
    noise = float(scores.var(axis=0, ddof=1).sum()) / freedom / people if people > 1 else 0.0
    whole = float(((mean - mean.mean()) ** 2).sum())
    if whole <= freedom * noise:
        return NOTHING, NOTHING
    projection, rng = _harmonic(facets), np.random.default_rng(19)
    permuted = _explained(rng.permuted(np.tile(mean, (PERMUTATIONS, 1)), axis=1), projection)
    reached = np.sqrt(np.clip((permuted - 2 * noise) / (whole - freedom * noise), 0, 1))
    low, bar, high = (float(q) for q in np.quantile(reached, (0.025, 0.95, 0.975)))
    wave = float(_explained(mean[None, :], projection)[0])
    fit = _without_noise(wave - 2 * noise, whole - wave - (freedom - 2) * noise, noise, freedom)
    return (fit if people > 2 else Interval(fit.value, None, None)), Interval(bar, low, high)


def _without_noise(wave: float, beside: float, noise: float, freedom: int) -> Interval:
    """The fit √(wave / (wave + beside)) from the sums of squares along the wave and beside it, less what noise adds to them.

    A sum of squares of k scores with noise has the variance 2 k noise² + 4 noise · (its part without noise), that of a noncentral
    chi-square. The interval is normal on the log of wave / beside by the delta method; where one of the two is hardly more than its own
    error, from the far ends of both. Respondents resampled instead, without the correction, cover in 60 to 75 % only (docs/coverage.md).
    """
    errors = [(2 * k * noise**2 + 4 * noise * max(part, 0.0)) ** 0.5 for part, k in ((wave, 2), (beside, freedom - 2))]
    lows, highs = ([max(0.0, part + sign * Z * error) for part, error in zip((wave, beside), errors, strict=True)] for sign in (-1, 1))
    ends = _share(lows[0], highs[1]), _share(highs[0], lows[1])
    if wave > 2.5 * errors[0] and beside > 2.5 * errors[1]:
        reach = Z * ((errors[0] / wave) ** 2 + (errors[1] / beside) ** 2) ** 0.5
        ends = _share(wave, beside * np.exp(reach)), _share(wave, beside * np.exp(-reach))
    return Interval(*(part**0.5 for part in (_share(max(wave, 0.0), max(beside, 0.0)), *ends)))


def _share(one: float, other: float) -> float:
    return float(one / (one + other)) if one + other > 0 else 0.0


def stability(profile: Numbers) -> Interval:
    """Mean Pearson correlation between the profiles of two respondents, with a jackknife interval.

    (Ipsative stability after Kovač et al. 2024, PLOS ONE.) Respondents without any spread have no profile and count as 0.
    """
    unit = _unit(profile)
    if unit is None:
        return NOTHING
    people, own = len(unit), (unit**2).sum(axis=1)
    with_others = unit @ unit.sum(axis=0) - own  # the sum of a respondent's correlations with all others
    total, pairs = with_others.sum() / 2, people * (people - 1) / 2
    value = float(total / pairs)
    if people < 3:
        return Interval(value, None, None)
    left_out = (total - with_others) / ((people - 1) * (people - 2) / 2)
    error = float(np.sqrt((people - 1) / people * ((left_out - left_out.mean()) ** 2).sum()))
    half = t_quantile(people - 1) * error
    return Interval(value, max(-1.0, value - half), min(1.0, value + half))


def _unit(profile: Numbers) -> Numbers | None:
    """Profiles centred and of length 1, so that a product of two is their correlation; `None` where there are none to compare."""
    profile = profile[np.isfinite(profile).all(axis=1)]
    centred = profile - profile.mean(axis=1, keepdims=True)
    norms = np.sqrt((centred**2).sum(axis=1))
    if len(profile) < 2 or (norms < 1e-12).all():
        return None
    return np.where(norms[:, None] > 1e-12, centred / np.maximum(norms, 1e-12)[:, None], 0.0)


@cache
def random_stability(people: int, values: tuple[str, ...], groups: int = 200) -> Interval:
    """What respondents who answer 1 to 6 at random reach: the floor under `stability`.

    The value is the 95th percentile over `groups` simulated groups of the same size on the same sheet.
    """
    if people < 2 or not values:
        return NOTHING
    rng = np.random.default_rng(57)
    reached: list[float] = []
    for _ in range(groups):
        ratings = rng.integers(1, 7, size=(people, len(values))).astype(float)
        columns = [ratings[:, [v in parts for v in values]] for parts in BROAD.values()]
        profile = np.column_stack([c.mean(axis=1) for c in columns if c.shape[1]])
        if (found := stability(profile).value) is not None:
            reached.append(found)
    low, bar, high = (float(q) for q in np.quantile(reached, (0.025, 0.95, 0.975)))
    return Interval(bar, low, high)
