"""How far people agree on one criterion, and on which outputs they do not: asked before any assertion is held to their grades.

Cohen's and Fleiss's kappa are statsmodels'. For the intervals each measure is taken of a thousand resamples at once, as a function of sums
over outputs; tests hold these sums to statsmodels and to the `krippendorff` package. That package is under the GPL, which this
program is not, so Krippendorff's alpha is computed here and not by it.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.grades.frames import GRADES, checked
from engine.grades.resampled import resampled
from engine.metrics.statistics import NOTHING, Interval, Numbers, clustered_share

Codes = NDArray[np.int64]
K = len(GRADES)


@dataclass(frozen=True)
class Agreement:
    """Agreement of people on one criterion; a measure that cannot be computed is `None`, never 0."""

    graders: int
    """How many people graded anything."""
    outputs: int
    """How many outputs two or more of them graded: what every number but Fleiss's kappa rests on."""
    complete: int
    """How many outputs all of them graded: what Fleiss's kappa rests on."""
    raw: Interval
    """Of all pairs of grades of one output, the share that agree."""
    cohen: Interval
    """Cohen's kappa; over more than two graders the mean of their pairs'."""
    pairs: int
    """How many pairs of graders have a Cohen's kappa; pairs without one are left out of the mean."""
    fleiss: Interval
    """Fleiss's kappa, over outputs that all graders graded."""
    alpha: Interval
    """Krippendorff's alpha, nominal; outputs need not have all graders."""
    shares: pl.DataFrame
    """Columns grader, graded (count), pass, fail, na (shares): kappa falls where one grade is rare, whoever is right."""
    disagreements: pl.DataFrame
    """Columns output, pass, fail, na (lists of graders), one row per output on which grades differ, the most divided first."""


def people_agreement(grades: pl.DataFrame, *, seed: int = 0) -> Agreement:
    """How far people agree on one criterion.

    `grades` has the columns output, grader, grade (pass, fail, na), at most one row per grader and output: the latest, given under the
    same version of the criterion. `na` is a grade like the others: whether a criterion applies is something to agree on. Every measure is
    a share or a coefficient from -1 to 1. The interval of raw agreement is Wilson's at the effective number of pairs, outputs
    being the evidence (`clustered_share`, which keeps a width where all agree); the others draw outputs again (`resampled`).

    Raises:
        UsageError: A column is missing, a grade is unknown, or a grader has two grades of one output.
    """
    held = checked(grades, {"grade": GRADES}, ("output", "grader"))
    codes = _codes(held)
    counts = np.stack([(codes == code).sum(axis=1) for code in range(K)], axis=1).astype(float)
    graded = counts.sum(axis=1)
    shared = graded > 1
    full = shared & (graded == codes.shape[1])
    together = graded * (graded - 1) / 2
    agreeing = (counts * (counts - 1) / 2).sum(axis=1)
    tables, coincidences = _tables(codes[shared]), _alpha_parts(counts[shared])
    cohen, pairs = _cohen_value(tables.sum(axis=0))
    return Agreement(
        graders=codes.shape[1], outputs=int(shared.sum()), complete=int(full.sum()),
        raw=clustered_share(agreeing[shared], together[shared]) if shared.any() else NOTHING,
        cohen=resampled(tables, _cohen, value=cohen, seed=seed), pairs=pairs,
        fleiss=resampled(_fleiss_parts(counts[full]), _fleiss, value=_fleiss_value(counts[full]), seed=seed),
        alpha=resampled(coincidences, _alpha, value=_first(_alpha(coincidences.sum(axis=0)[None])), seed=seed),
        shares=_shares(held), disagreements=_disagreements(held),
    )


def settled(grades: pl.DataFrame) -> pl.DataFrame:
    """One grade per output from several graders': what most of them say.

    `grades` as for `people_agreement`. Columns output, grade, graders (how many graded it), agreeing (how many of them say so). Where no
    grade has more graders than every other, `grade` is empty: an output that people do not agree on can judge no assertion.

    Raises:
        UsageError: As `people_agreement`.
    """
    held = checked(grades, {"grade": GRADES}, ("output", "grader"))
    tally = held.group_by("output", "grade").len("agreeing")
    return (
        tally.group_by("output")
        .agg(
            pl.when((pl.col("agreeing") == pl.col("agreeing").max()).sum() == 1)
            .then(pl.col("grade").sort_by("agreeing").last()).otherwise(None).alias("grade"),
            pl.col("agreeing").sum().cast(pl.Int64).alias("graders"), pl.col("agreeing").max().cast(pl.Int64),
        )
        .select("output", "grade", "graders", "agreeing").sort("output")
    )


def _codes(held: pl.DataFrame) -> Codes:
    """Grades as numbers, (outputs, graders); -1 where there is none."""
    outputs, graders = held["output"].unique().sort(), held["grader"].unique().sort()
    codes = np.full((len(outputs), len(graders)), -1, dtype=np.int64)
    rows = np.searchsorted(outputs.to_numpy(), held["output"].to_numpy())
    columns = np.searchsorted(graders.to_numpy(), held["grader"].to_numpy())
    codes[rows, columns] = [GRADES.index(grade) for grade in held["grade"]]
    return codes


def _first(values: Numbers) -> float | None:
    return float(values[0]) if np.isfinite(values[0]) else None


def _tables(codes: Codes) -> Numbers:
    """What each output adds to the table of each pair of graders: (outputs, pairs · K · K)."""
    pairs = list(combinations(range(codes.shape[1]), 2))
    parts = np.zeros((len(codes), len(pairs), K * K))
    for place, (one, other) in enumerate(pairs):
        both = (codes[:, one] >= 0) & (codes[:, other] >= 0)
        parts[both, place, codes[both, one] * K + codes[both, other]] = 1
    return parts.reshape(len(codes), len(pairs) * K * K)


def _cohen(sums: Numbers) -> Numbers:
    """The mean over pairs of graders of Cohen's kappa, of each row of sums of `_tables`."""
    tables = sums.reshape(len(sums), sums.shape[1] // (K * K), K, K)
    total = tables.sum(axis=(2, 3))
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.trace(tables, axis1=2, axis2=3) / total
        chance = (tables.sum(axis=3) * tables.sum(axis=2)).sum(axis=2) / total**2
        kappa = np.where(chance < 1 - 1e-12, (seen - chance) / (1 - chance), np.nan)
        told = np.isfinite(kappa)
        return np.where(told, kappa, 0).sum(axis=1) / told.sum(axis=1)


def _cohen_value(sums: Numbers) -> tuple[float | None, int]:
    """The mean over pairs and how many pairs have one; a pair that shares no output, or says one word only, has none."""
    from statsmodels.stats.inter_rater import cohens_kappa  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    found: list[float] = []
    for table in sums.reshape(-1, K, K):
        chance = float(table.sum(axis=1) @ table.sum(axis=0))
        if chance < table.sum() ** 2 - 1e-9:
            found.append(float(cohens_kappa(table, return_results=False)))  # pyright: ignore[reportUnknownArgumentType, reportArgumentType]
    return (float(np.mean(found)) if found else None), len(found)


def _fleiss_parts(counts: Numbers) -> Numbers:
    """What each output adds: its share of agreeing pairs, its shares of grades, and one output."""
    graders = counts.sum(axis=1, keepdims=True)
    agreed = (counts * (counts - 1)).sum(axis=1, keepdims=True) / (graders * (graders - 1))
    return np.concatenate([agreed, counts / graders, np.ones_like(agreed)], axis=1)


def _fleiss(sums: Numbers) -> Numbers:
    """Fleiss's kappa of each row of sums of `_fleiss_parts`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        means = sums[:, :-1] / sums[:, -1:]
        chance = (means[:, 1:] ** 2).sum(axis=1)
        return np.where(chance < 1 - 1e-12, (means[:, 0] - chance) / (1 - chance), np.nan)


def _fleiss_value(counts: Numbers) -> float | None:
    from statsmodels.stats.inter_rater import fleiss_kappa  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

    if not len(counts) or counts.sum(axis=0).max() == counts.sum():
        return None
    return float(fleiss_kappa(counts))  # pyright: ignore[reportUnknownArgumentType]


def _alpha_parts(counts: Numbers) -> Numbers:
    """What each output adds to the matrix of coincidences (Krippendorff 2011): (outputs, K · K)."""
    graded = counts.sum(axis=1)[:, None, None]
    pairs = counts[:, :, None] * counts[:, None, :] - np.eye(K) * counts[:, :, None]
    return (pairs / (graded - 1)).reshape(len(counts), K * K)


def _alpha(sums: Numbers) -> Numbers:
    """Krippendorff's alpha, nominal, of each row of sums of `_alpha_parts`."""
    matrix = sums.reshape(-1, K, K)
    each = matrix.sum(axis=2)
    total = each.sum(axis=1)
    differing = total - np.trace(matrix, axis1=1, axis2=2)
    expected = total**2 - (each**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 1e-9, 1 - (total - 1) * differing / expected, np.nan)


def _shares(held: pl.DataFrame) -> pl.DataFrame:
    shares = [(pl.col("grade") == grade).mean().alias(grade) for grade in GRADES]
    return held.group_by("grader").agg(pl.len().cast(pl.Int64).alias("graded"), *shares).sort("grader")


def _disagreements(held: pl.DataFrame) -> pl.DataFrame:
    by_grade = [pl.col("grader").filter(pl.col("grade") == grade).sort().alias(grade) for grade in GRADES]
    most = pl.max_horizontal(*(pl.col(grade).list.len() for grade in GRADES))
    graders = pl.sum_horizontal(*(pl.col(grade).list.len() for grade in GRADES))
    found = held.group_by("output").agg(*by_grade).filter(most < graders)
    return found.sort(most / graders, "output")
