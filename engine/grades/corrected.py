"""The pass rate of outputs that people have not graded, set right for the errors of the judge who has."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.grades.frames import GRADES, checked
from engine.metrics.statistics import NOTHING, Interval, Numbers, Z, t_quantile, wilson
from engine.problems import UsageError

FEW_GRADES, FEW_OF_A_KIND = 100, 10
"""Below so many grades, or so many passed or failed outputs among them, the rate shown is the prediction-powered one."""
Flags = NDArray[np.bool_]
Method = Literal["rogan_gladen", "prediction_powered"]


class Corrected(NamedTuple):
    """A corrected rate, or why there is none."""

    rate: Interval
    why: str = ""
    """Why it is refused or has no interval; empty otherwise."""
    weight: float | None = None
    """Of a prediction-powered rate: from 0, the judge is not heeded, to 1."""


@dataclass(frozen=True)
class CorrectedRate:
    """The share of outputs that people would pass, in four ways."""

    method: Method
    """Which of the two corrected rates is shown."""
    naive: Interval
    """What the judge passes, of all outputs with a verdict: wrong by the judge's errors, however narrow; Wilson."""
    people: Interval
    """What people pass, of the audit sample alone; Wilson."""
    rogan_gladen: Corrected
    prediction_powered: Corrected
    graded: int
    """Audit outputs that people passed or failed."""
    not_applicable: int
    """Audit outputs to which the criterion does not apply: the rate is of the outputs to which it does."""
    ungraded: int
    """Outputs that only the judge has looked at and has a verdict on."""
    errors: int
    """Outputs, graded or not, on which the judge ended in an error."""

    @property
    def shown(self) -> Corrected:
        """The rate to show."""
        return self.rogan_gladen if self.method == "rogan_gladen" else self.prediction_powered


def corrected_rate(grades: pl.DataFrame, predicted: pl.DataFrame, *, method: Method | None = None) -> CorrectedRate:
    """The pass rate set right for the judge's errors.

    `grades` has the columns output, grade (pass, fail, na), one row per output of the *audit* sample alone: it must be drawn at random.
    `predicted` has output, predicted (0 fail, 1 pass, between them a share of judges; empty for an error), one row per output that was
    judged, graded ones among them (`choosing.predictions`). Rates are shares of outputs like these.

    Rogan & Gladen's rate is shown from 100 grades on, with ten that passed and ten that failed, where the criterion applied to all; with
    fewer the prediction-powered one. `method` shows the one or the other whatever there is: the prediction-powered rate is the narrower
    at any number, for it also heeds what people said of the audit sample itself (`tests/bench_grades.py`). An output on which the judge
    ended in an error counts for it as what the judge passes on average; the other two leave it out, so are rates of outputs with a verdict.

    Raises:
        UsageError: A column is missing, a word is unknown, an output stands there twice, or a prediction is not from 0 to 1.
    """
    graded = checked(grades, {"grade": GRADES}, ("output",))
    judged = checked(predicted, {}, ("output",), numbers=("predicted",))
    if judged.filter(~pl.col("predicted").is_between(0, 1)).height:
        raise UsageError("column 'predicted' holds a number that is not from 0 (fail) to 1 (pass)")
    known = graded.join(judged, on="output", how="left")
    said = known.filter(pl.col("grade") != "na")
    fresh = judged.join(graded, on="output", how="anti")["predicted"].drop_nulls().to_numpy()
    verdicts = judged["predicted"].drop_nulls()
    passed = (said["grade"] == "pass").to_numpy()
    told = said["predicted"].is_not_null().to_numpy()
    seen = said["predicted"].fill_null(0).to_numpy()
    not_applicable = known.height - said.height
    few = said.height < FEW_GRADES or min(passed.sum(), (~passed).sum()) < FEW_OF_A_KIND
    average = float(verdicts.mean()) if len(verdicts) else 0.5  # pyright: ignore[reportArgumentType]
    applies = (known["grade"] != "na").to_numpy()
    everywhere = known["predicted"].fill_null(average).to_numpy()
    return CorrectedRate(
        method=method or ("prediction_powered" if few or not_applicable else "rogan_gladen"),
        naive=wilson(float(verdicts.sum()), len(verdicts)), people=wilson(int(passed.sum()), said.height),
        rogan_gladen=_rogan_gladen_of(seen, passed, told, fresh),
        prediction_powered=prediction_powered((known["grade"] == "pass").to_numpy(), everywhere, fresh, applies),
        graded=said.height, not_applicable=not_applicable, ungraded=len(fresh), errors=judged["predicted"].null_count(),
    )


def _rogan_gladen_of(seen: Numbers, passed: Flags, told: Flags, fresh: Numbers) -> Corrected:
    good, bad = seen[passed & told], seen[~passed & told]
    return rogan_gladen((float(fresh.sum()), len(fresh)), (float(good.sum()), len(good)), (float((1 - bad).sum()), len(bad)))


def rogan_gladen(passes: tuple[float, int], tpr: tuple[float, int], tnr: tuple[float, int], *, quantile: float = Z) -> Corrected:
    """θ = (p + TNR - 1) / (TPR + TNR - 1), within 0 and 1 (Rogan & Gladen 1978, doi 10.1093/oxfordjournals.aje.a112510).

    Each argument is (hits, of how many): what the judge passes among ungraded outputs; passes among outputs that people passed; fails
    among those that they failed. The interval is Lee et al.'s (2025, arXiv 2511.21140): all three shares are drawn towards ½ (by z² trials
    and by two), and the normal interval of θ is moved by the bias that this leaves. Refused where there is nothing to compute from and
    where TPR + TNR ≤ 1, drawn towards ½ or not: such a judge tells no more than a coin.
    """
    (x, n), (x1, m1), (x0, m0) = passes, tpr, tnr
    for count, what in ((n, "ungraded"), (m1, "passed"), (m0, "failed")):
        if not count:
            return Corrected(NOTHING, f"no {what} output with a verdict: the errors of the judge cannot be taken off")
    z2, p, q1, q0 = quantile**2, x / n, x1 / m1, x0 / m0
    n_, m1_, m0_ = n + z2, m1 + 2, m0 + 2
    p_, q1_, q0_ = (x + z2 / 2) / n_, (x1 + 1) / m1_, (x0 + 1) / m0_
    if min(q1 + q0, q1_ + q0_) <= 1 + 1e-12:
        return Corrected(NOTHING, f"TPR {q1:.2f} and TNR {q0:.2f} tell no more than a coin: they must add up to more than 1")
    value = float(np.clip((p + q0 - 1) / (q1 + q0 - 1), 0, 1))
    rate = float(np.clip((p_ + q0_ - 1) / (q1_ + q0_ - 1), 0, 1))
    spread1, spread0 = q1_ * (1 - q1_) / m1_, q0_ * (1 - q0_) / m0_
    moved = 2 * z2 * (rate * spread1 - (1 - rate) * spread0)
    error = (p_ * (1 - p_) / n_ + (1 - rate) ** 2 * spread0 + rate**2 * spread1) ** 0.5 / (q1_ + q0_ - 1)
    low, high = (float(np.clip(rate + moved + side * quantile * error, 0, 1)) for side in (-1, 1))
    return Corrected(Interval(value, min(low, value), max(high, value)))


def prediction_powered(passed: Numbers | Flags, seen: Numbers, fresh: Numbers, applies: Numbers | Flags | None = None) -> Corrected:
    """θ = mean(passed) + λ (mean(fresh) - mean(seen)), the tuned form of prediction-powered inference (PPI++, arXiv 2311.01453).

    `passed` holds 1 where people passed a graded output, `seen` what the judge says of it (0 to 1), `fresh` what the judge says of ungraded
    outputs; graded ones are a random sample of all. λ = cov(passed, seen) / ((1 + n/N) var(judge)), kept from 0 to 1, makes the variance
    var(passed - λ·seen)/n + λ² var(fresh)/N least: a judge who tells nothing is not heeded, so nothing needs refusing. `applies` is 0 where
    the criterion does not apply; θ is then the ratio to the outputs to which it does, linearised.

    The interval is not the normal one, which covers in 70 to 90 % at 16 to 40 grades: it is Wilson's at the number of trials that this
    variance amounts to (at most n + N), with t and n - 1 degrees of freedom; half an error more is reckoned with than were seen, so that
    a judge who has made none so far is not taken for perfect.
    """
    y, f, u = (np.asarray(held, dtype=float) for held in (passed, seen, fresh))
    a = np.ones(len(y)) if applies is None else np.asarray(applies, dtype=float)
    n, fresh_n = len(y), len(u)
    if not a.sum():
        return Corrected(NOTHING, "no graded output to which the criterion applies")
    share = float(a.mean())
    y = y * a
    spread = float(np.var(np.concatenate([f, u]), ddof=1)) if n + fresh_n > 1 else 0.0
    weight = 0.0
    if n > 1 and fresh_n and spread > 1e-12:
        moment = float(np.cov(y - y.mean() / share * a, f, bias=True)[0, 1])
        weight = float(np.clip(moment / ((1 + n / fresh_n) * spread), 0, 1))
    moved = weight * (float(u.mean()) - float(f.mean())) if weight else 0.0
    rate = float(np.clip((y.mean() + moved) / share, 0, 1))
    if n < 2:
        return Corrected(Interval(rate, None, None), "one grade has no interval", weight)
    rest = y - rate * a - weight * f
    variance = (float(((rest - rest.mean()) ** 2).sum()) + 0.5) / (n - 0.5) / n + (weight**2 * float(u.var()) / fresh_n if weight else 0.0)
    # Drawn towards ½ in the number of trials alone, which would else be 0 where everything passes.
    drawn = (rate * n * share + 1) / (n * share + 2)
    trials = min(drawn * (1 - drawn) * share**2 / variance, float(n + fresh_n))
    interval = wilson(rate * trials, trials, t_quantile(n - 1))
    low, high = interval.low or 0.0, 1.0 if interval.high is None else interval.high
    return Corrected(Interval(rate, low, high), "", weight)
