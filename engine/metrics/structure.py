"""Whether a profile has the shape of a value system: its fit to the circle, and its steadiness."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy import stats

from engine.metrics.circle import BROAD, angle
from engine.metrics.statistics import NOTHING, Interval, Numbers

PERMUTATIONS = 2000
RESAMPLES = 500


def _harmonic(facets: Sequence[str]) -> Numbers:
    """The projection of a profile on the circle's first harmonic (a constant, a cosine and a sine)."""
    angles = np.array([angle(name) for name in facets])
    wave = np.column_stack([np.ones(len(angles)), np.cos(angles), np.sin(angles)])
    return wave @ np.linalg.pinv(wave)


def _fit(profiles: Numbers, projection: Numbers) -> Numbers:
    """Multiple correlation of each row with the wave; 0 for a flat row."""
    centred = profiles - profiles.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    explained = ((centred @ projection) ** 2).sum(axis=1)
    return np.sqrt(np.where(total > 1e-12, explained / np.maximum(total, 1e-12), 0.0))


def circular_fit(scores: Numbers, facets: Sequence[str]) -> tuple[Interval, Interval]:
    """How well a profile rises and falls once around the circle of values, and what permuted labels reach.

    `scores` is respondents × values (centred). Neighbours on the circle are compatible and opposites are not, so a
    profile should follow one wave around it (Schwartz 1992, doi 10.1016/S0065-2601(08)60281-6, the sinusoid of value
    priorities); the fit is the multiple correlation of the mean profile with that wave. Returns the fit with its interval (respondents
    resampled, percentile), and the 95th percentile of the fit when the values' labels are permuted, whose interval is
    the middle 95 % of the permuted fits.
    """
    scores = scores[np.isfinite(scores).all(axis=1)]
    if not len(scores) or np.ptp(mean := scores.mean(axis=0)) < 1e-9:
        return NOTHING, NOTHING
    projection, rng = _harmonic(facets), np.random.default_rng(19)
    fit = float(_fit(mean[None, :], projection)[0])
    permuted = _fit(rng.permuted(np.tile(mean, (PERMUTATIONS, 1)), axis=1), projection)
    low, bar, high = (float(q) for q in np.quantile(permuted, (0.025, 0.95, 0.975)))
    if len(scores) < 3:
        return Interval(fit, None, None), Interval(bar, low, high)
    people = len(scores)
    means = np.stack([np.bincount(rng.integers(people, size=people), minlength=people) @ scores / people for _ in range(RESAMPLES)])
    resampled = np.quantile(_fit(means, projection), (0.025, 0.975))
    return Interval(fit, min(fit, float(resampled[0])), max(fit, float(resampled[1]))), Interval(bar, low, high)


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
    half = float(stats.t.ppf(0.975, people - 1)) * error
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
