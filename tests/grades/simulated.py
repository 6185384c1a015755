"""Simulated graders and judges with known error rates, and the two ways to grade whose honesty is compared."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.grades.audit_sample import disagreement, samples

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """Outputs with a hidden quality; people pass those above a bar; candidates see it more or less well, with bars of their own."""

    name: str
    sight: tuple[float, float]
    """Between which correlations with the quality the candidates lie."""
    bars: tuple[float, float]
    slip: float
    bar: float
    outputs: int = 500
    candidates: int = 5

    def draw(self, seed: int) -> tuple[Flags, Flags]:
        """Whether people pass each output, and whether each candidate does, (outputs, candidates)."""
        rng = np.random.default_rng(seed)
        quality = rng.normal(size=self.outputs)
        people = quality + rng.normal(size=self.outputs) * self.slip > self.bar
        sight, bars = (rng.uniform(*ends, self.candidates) for ends in (self.sight, self.bars))
        seen = quality[:, None] * sight + rng.normal(size=(self.outputs, self.candidates)) * np.sqrt(1 - sight**2)
        return people, seen > bars


WORLDS = (
    World("70 % pass, alike candidates", (0.3, 0.85), (-1.1, 0), 0.3, -0.55),
    World("half pass, unlike candidates", (0, 0.95), (-1.5, 0.5), 0.5, 0),
    World("65 % pass, lenient candidates", (0.2, 0.9), (-2.5, -0.3), 0.4, -0.4),
)


def names(outputs: int) -> list[str]:
    return [f"o{place:03d}" for place in range(outputs)]


def frames(people: Flags, verdicts: Flags) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Grades of every output, and outcomes of every candidate on it."""
    told = names(len(people))
    grades = pl.DataFrame({"output": told, "grade": words(people)})
    parts = [pl.DataFrame({"output": told, "outcome": words(column)}).with_columns(pl.lit(f"a{k}").alias("assertion"))
             for k, column in enumerate(verdicts.T)]
    return grades, pl.concat(parts)


def words(flags: Flags) -> list[Any]:
    """Nested as the flags are."""
    return np.where(flags, "pass", "fail").tolist()


def by_our_samples(grades: pl.DataFrame, outcomes: pl.DataFrame, count: int, seed: int, share: float = 0.75) -> pl.DataFrame:
    """The first `count` grades in the order in which `next_output` asks for them, with their sample."""
    dealt = samples(grades["output"], seed=seed, audit_share=share).join(disagreement(outcomes), on="output", how="left")
    audit = round(count * share)
    random, helpful = (dealt.filter(pl.col("sample") == sample) for sample in ("audit", "informative"))
    helpful = helpful.sort(pl.col("disagreement").fill_null(0), "place", descending=[True, False])
    kept = pl.concat([random.sort("place").head(audit), helpful.head(count - audit)])
    return grades.join(kept.select("output", "sample"), on="output")


def by_extremes(people: Flags, verdicts: Flags, count: int, seed: int) -> tuple[float, float]:
    """Reported and true alignment where the outputs that tests fail most and least are graded in turn, and these grades choose and report.

    EvalGen's alternating policy: an output's score is the sum, over candidates that fail it, of their pass rates.
    """
    score = (~verdicts * verdicts.mean(axis=0)).sum(axis=1) + np.random.default_rng(seed).random(len(people)) * 1e-6
    order = np.argsort(-score)
    return in_sample(people, verdicts, np.concatenate([order[: (count + 1) // 2], order[len(order) - count // 2 :]]))


def in_sample(people: Flags, verdicts: Flags, graded: NDArray[np.int64]) -> tuple[float, float]:
    """Reported and true alignment where the same grades choose and report; NaN where nothing can be reported."""
    seen = alignments(people[graded], verdicts[graded])
    if np.isnan(seen).all():
        return np.nan, np.nan
    best = int(np.nanargmax(seen))
    return float(seen[best]), float(alignments(people, verdicts)[best])


def alignments(people: Flags, verdicts: Flags) -> NDArray[np.float64]:
    """Each candidate's harmonic mean of coverage and 1 - FFR, written out."""
    failed, passed = (~people).sum(), people.sum()
    if not failed or not passed:
        return np.full(verdicts.shape[1], np.nan)
    caught, spared = (~verdicts[~people]).sum(axis=0) / failed, verdicts[people].sum(axis=0) / passed
    both = caught + spared
    return np.where(both == 0, 0.0, 2 * caught * spared / np.where(both == 0, 1, both))
