"""What an assertion's verdicts are worth, held to people's grades of the same outputs."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from engine.grades.frames import GRADES, OUTCOMES, checked
from engine.metrics.statistics import NOTHING, Interval, Numbers, wilson

DRAWS = 4000
"""Draws behind the intervals of alignment, MCC and kappa."""


@dataclass(frozen=True)
class Cells:
    """The confusion matrix: first what people said, then what the assertion said; counts of outputs."""

    passed_passed: int
    passed_failed: int
    """False failures."""
    failed_passed: int
    """What the assertion missed."""
    failed_failed: int

    @property
    def passed(self) -> int:
        """How many outputs people passed."""
        return self.passed_passed + self.passed_failed

    @property
    def failed(self) -> int:
        """How many outputs people failed."""
        return self.failed_passed + self.failed_failed


@dataclass(frozen=True)
class ReportCard:
    """An assertion held to people's grades; whatever cannot be computed is `None`, never 0."""

    cells: Cells
    coverage: Interval
    """Of the outputs that people failed, the share that the assertion fails; Wilson."""
    false_failures: Interval
    """Of the outputs that people passed, the share that the assertion fails (FFR); Wilson."""
    alignment: Interval
    """The harmonic mean of coverage and 1 - FFR, set right for what few grades pull it down by."""
    alignment_plain: float | None
    """The harmonic mean as it stands in the confusion matrix."""
    mcc: Interval
    """Matthews's correlation coefficient; nothing where people or the assertion say one word only."""
    kappa: Interval
    """Cohen's kappa of people and assertion; nothing where both say one word only."""
    tpr: Interval
    """Of the outputs that people passed, the share that the assertion passes; Wilson."""
    tnr: Interval
    """Of the outputs that people failed, the share that the assertion fails, which is coverage; Wilson."""
    errors: int = 0
    """Graded outputs on which the assertion ended in an error: no verdict, and in none of the cells."""
    not_applicable: int = 0
    """Outputs to which people said that the criterion does not apply: left out."""
    unjudged: int = 0
    """Graded outputs that the assertion has not been run on."""

    @property
    def compared(self) -> int:
        """How many outputs have both a grade and a verdict."""
        return self.cells.passed + self.cells.failed


def report_card(grades: pl.DataFrame, outcomes: pl.DataFrame, *, evidence: float = 1.0, seed: int = 0) -> ReportCard:
    """The report card of one assertion.

    `grades` has the columns output, grade (pass, fail, na), one row per output (`agreement.settled` makes one of several graders');
    `outcomes` output, outcome (pass, fail, error). Rates are shares of outputs with Wilson's interval. Alignment, MCC and kappa: see
    `card`. Outcomes of outputs that nobody graded are not looked at. The card says what an assertion is worth only if these grades did
    not choose it (`choosing.choose`) and were drawn at random (`audit_sample`).

    Raises:
        UsageError: A column is missing, a word is unknown, or an output stands there twice.
    """
    graded = checked(grades, {"grade": GRADES}, ("output",))
    judged = checked(outcomes, {"outcome": OUTCOMES}, ("output",))
    both = graded.join(judged, on="output", how="left")
    tally = {(grade, outcome): count for grade, outcome, count in both.group_by("grade", "outcome").len().iter_rows()}
    said = [tally.get((grade, outcome), 0) for grade in ("pass", "fail") for outcome in ("pass", "fail")]
    errors, missing = (sum(tally.get((grade, outcome), 0) for grade in ("pass", "fail")) for outcome in ("error", None))
    not_applicable = int((graded["grade"] == "na").sum())
    return card(Cells(*said), errors=errors, not_applicable=not_applicable, unjudged=missing, evidence=evidence, seed=seed)


def card(
    cells: Cells, *, errors: int = 0, not_applicable: int = 0, unjudged: int = 0, evidence: float = 1.0, seed: int = 0
) -> ReportCard:
    """The report card of a confusion matrix.

    The harmonic mean bends down, so that of shares of few grades lies below that of the true shares: by 0.03 to 0.06 at 12 to 16 grades.
    `alignment` is set right for it to second order, by 2(s²·v_c + c²·v_s)/(c + s)³ with c coverage, s = 1 - FFR and v their estimated
    variances, and is at most 1; `alignment_plain` is not. Its interval, and those of MCC and kappa, are the 2.5 % and 97.5 % quantiles
    over 4,000 seeded draws of coverage, 1 - FFR and the share passed from Jeffreys's posteriors, Beta(hits + ½, misses + ½), which keep a
    width where all or none are hit; they always hold the value. `evidence`, above 0 and at most 1, is how much of a grade each counts for
    in all intervals (see `choosing.choose`); values do not depend on it.
    """
    hits, failed, rights, passed = cells.failed_failed, cells.failed, cells.passed_passed, cells.passed
    alignment = plain = None
    if failed and passed:
        plain, alignment = (float(_alignment(hits / failed, rights / passed, n, m)) for n, m in ((np.inf, np.inf), (failed, passed)))
    mcc, kappa = _coefficients(cells)
    drawn = _drawn(hits, failed, rights, passed, evidence, seed)
    counts = ((hits, failed), (rights, passed), (cells.passed_failed, passed))
    tnr, tpr, false = (wilson(hit * evidence, of * evidence) for hit, of in counts)
    return ReportCard(
        cells, tnr, false,
        _around(alignment, drawn[0]), plain, _around(mcc, drawn[1]), _around(kappa, drawn[2]),
        tpr, tnr, errors, not_applicable, unjudged,
    )


def _alignment(c: float, s: float, failed: float, passed: float) -> float:
    """The harmonic mean of coverage and 1 - FFR, set right for shares of so many grades; infinitely many leave it as it is."""
    if c + s == 0:
        return 0.0
    spread_c, spread_s = c * (1 - c) / max(failed - 1, 1), s * (1 - s) / max(passed - 1, 1)
    return min(1.0, 2 * c * s / (c + s) + 2 * (s * s * spread_c + c * c * spread_s) / (c + s) ** 3)


def _coefficients(cells: Cells) -> tuple[float | None, float | None]:
    """MCC and Cohen's kappa, from whole numbers so that what has no value is told from what is 0."""
    tp, fn, fp, tn = cells.passed_passed, cells.passed_failed, cells.failed_passed, cells.failed_failed
    apart, margins = tp * tn - fp * fn, (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    below = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
    return (apart / math.sqrt(margins) if margins else None), (2 * apart / below if below else None)


def _drawn_coefficients(share: Numbers, c: Numbers, s: Numbers) -> tuple[Numbers, Numbers]:
    """The same of many shares passed, coverages and 1 - FFR, all between 0 and 1."""
    said = share * s + (1 - share) * (1 - c)
    chance = share * said + (1 - share) * (1 - said)
    mcc = np.sqrt(share * (1 - share)) * (s + c - 1) / np.sqrt(said * (1 - said))
    return mcc, (share * s + (1 - share) * c - chance) / (1 - chance)


@lru_cache(maxsize=4096)
def _drawn(hits: int, failed: int, rights: int, passed: int, evidence: float, seed: int) -> Numbers:
    """Low and high of alignment, MCC and kappa, (3, 2)."""
    rng = np.random.default_rng(seed)
    pairs = ((hits, failed), (rights, passed), (passed, passed + failed))
    c, s, share = (rng.beta(evidence * hit + 0.5, evidence * (of - hit) + 0.5, DRAWS) for hit, of in pairs)
    every = np.stack([2 * c * s / (c + s), *_drawn_coefficients(share, c, s)])
    return np.quantile(every, [0.025, 0.975], axis=1).T


def _around(value: float | None, ends: Numbers) -> Interval:
    return NOTHING if value is None else Interval(value, min(float(ends[0]), value), max(float(ends[1]), value))
