"""Choosing one of several assertions for a criterion, and reporting on the choice with grades that did not make it."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.grades.audit_sample import drawn
from engine.grades.frames import AUDIT, GRADES, OUTCOMES, SAMPLES, checked
from engine.grades.report_card import ReportCard, report_card
from engine.metrics.statistics import Numbers

FOLDS = 5
"""Into how many parts the audit sample is split."""
LEAST_EVIDENCE = 0.25
"""What a grade counts for in intervals at least, however unsteady the choice."""
ERRORS = 0.2
"""The share of errors among graded outputs above which an assertion is chosen only if all have as many."""
Codes = NDArray[np.int8]
PASS, FAIL, ERROR, MISSING = range(4)
"""The first three are places in OUTCOMES."""


@dataclass(frozen=True)
class Choice:
    """The assertion chosen for a criterion, and what choosing in this way is worth."""

    chosen: str | None
    """The assertion that all grades choose; `None` where they cannot tell (no grade of an output with a verdict)."""
    card: ReportCard
    """Cross-fitted: each audit output judged by the assertion that the grades of the other folds chose."""
    by_fold: tuple[str | None, ...]
    """What the other folds' grades chose, fold by fold."""
    weights: tuple[int, ...]
    """How many audit outputs are in each fold."""
    steady: float | None
    """The share of audit outputs in folds whose others chose the same assertion as all grades do; `None` without any."""
    limit_met: bool
    """Whether the chosen assertion's FFR, on the grades that chose it, is within the limit; true without a limit."""
    candidates: pl.DataFrame
    """Columns assertion, coverage, false_failures, alignment, errors, graded: what the choice saw, on the grades that made it. For
    comparing candidates; as a report of quality it is too good."""
    held_out: pl.DataFrame
    """Columns output, fold, assertion, outcome: the judgements behind the card; without an assertion where a fold's others chose none."""
    audit: int
    """How many graded outputs are in the audit sample."""
    informative: int
    """How many graded outputs helped to choose only."""


def choose(
    grades: pl.DataFrame, outcomes: pl.DataFrame, *, seed: int = 0, folds: int = FOLDS, ffr_limit: float | None = None
) -> Choice:
    """Choose an assertion with all grades, and report on it by cross-fitting.

    `grades` has the columns output, grade (pass, fail, na), sample (audit, informative), one row per output; `outcomes` output, assertion,
    outcome (pass, fail, error), each assertion on each output once. The rule: the highest alignment (harmonic mean of coverage and
    1 - FFR), ties by the lower FFR, then by name. With `ffr_limit` only assertions whose FFR is within it are in question, unless none is.
    Where people only passed outputs the lowest FFR is chosen, where they only failed some the highest coverage. An assertion that ends in
    an error on more than a fifth of the graded outputs is chosen only if all do.

    The audit outputs are dealt into `folds` parts, evenly by grade and else by a seeded hash of their names. For each part the
    assertion is chosen with the other parts' grades and all informative ones, and its verdicts on this part are taken; the card is made
    of all of these together. So no grade reports on a choice that it made. What the card estimates is how well the *procedure*
    does on outputs like these: choosing with four fifths of the audit grades and all informative ones, and judging new outputs with what
    was chosen. Where all folds choose as all grades do (`steady` is 1) that is the chosen assertion's own quality. Where
    they do not, the final choice rests on more grades than any fold's did, so the card is if anything a little too low; and only part of
    the grades judged the assertion that was chosen, so in the intervals each grade counts for `steady` of one (at least a quarter). Without
    that the alignment's interval holds the chosen assertion's true one in 85 to 94 % of simulations, with it in 92 to 96 %. Outputs
    that are not in the audit sample are not reported on.

    Raises:
        UsageError: A column is missing, a word is unknown, or an output stands there twice (for one assertion).
        ValueError: Fewer than two folds.
    """
    if folds < 2:
        raise ValueError("cross-fitting needs two folds or more")
    graded = checked(grades, {"grade": GRADES, "sample": SAMPLES}, ("output",))
    judged = checked(outcomes, {"outcome": OUTCOMES}, ("output", "assertion"))
    told = graded.filter(pl.col("grade") != "na")
    names = judged["assertion"].unique().sort().to_list()
    verdicts = _verdicts(told["output"], judged, names)
    passed = (told["grade"] == "pass").to_numpy()
    fold = _folds(told, folds, seed)
    seen = _Seen.of(passed, verdicts)
    chosen, limit_met = _best(seen, ffr_limit)
    picks = [_best(_Seen.of(passed[fold != part], verdicts[fold != part]), ffr_limit)[0] for part in range(int(fold.max(initial=-1)) + 1)]
    held_out = _held_out(told["output"], fold, verdicts, picks, names)
    audit = graded.filter(pl.col("sample") == AUDIT).select("output", "grade")
    weights = tuple(int((fold == part).sum()) for part in range(len(picks)))
    steady = _steady(chosen, picks, weights)
    evidence = 1.0 if steady is None else max(steady, LEAST_EVIDENCE)
    return Choice(
        chosen=None if chosen is None else names[chosen],
        card=report_card(audit, held_out.filter(pl.col("outcome").is_not_null()), evidence=evidence, seed=seed),
        by_fold=tuple(None if pick is None else names[pick] for pick in picks),
        weights=weights, steady=steady, limit_met=limit_met, candidates=seen.frame(names), held_out=held_out,
        audit=audit.height, informative=graded.height - audit.height,
    )


def predictions(choice: Choice, outcomes: pl.DataFrame) -> pl.DataFrame:
    """What the cross-fitted choices say of every output: what `corrected.corrected_rate` sets right.

    `outcomes` as for `choose`, of every output that was judged. Columns output, predicted: from 0 (fail) to 1 (pass), empty
    where all there is are errors. An audit output has the verdict it was held out for; another the mean of the folds' choices' verdicts,
    by the folds' sizes, so that graded and ungraded outputs are judged by the same procedure (cross-prediction, Zrnic & Candès 2024, doi
    10.1073/pnas.2322083121). With no audit output the final choice judges.

    Raises:
        UsageError: As `choose`.
    """
    judged = checked(outcomes, {"outcome": OUTCOMES}, ("output", "assertion"))
    verdict = pl.col("outcome").replace_strict({"pass": 1.0, "fail": 0.0}, default=None, return_dtype=pl.Float64)
    size: dict[str, int] = {}
    for name, weight in zip(choice.by_fold, choice.weights, strict=True):
        if name is not None:
            size[name] = size.get(name, 0) + weight
    if not size and choice.chosen is not None:
        size = {choice.chosen: 1}
    sizes = pl.DataFrame({"assertion": list(size), "size": list(size.values())}, schema={"assertion": pl.String, "size": pl.Float64})
    used = judged.join(sizes, on="assertion").with_columns(verdict.alias("verdict"))
    size_told = pl.col("size").filter(pl.col("verdict").is_not_null()).sum()
    others = used.join(choice.held_out, on="output", how="anti").group_by("output").agg(
        pl.when(size_told > 0).then((pl.col("verdict") * pl.col("size")).sum() / size_told).otherwise(None).alias("predicted")
    )
    own = choice.held_out.filter(pl.col("outcome").is_not_null()).select("output", verdict.alias("predicted"))
    return pl.concat([own, others]).sort("output")


@dataclass(frozen=True)
class _Seen:
    """What some grades say of each assertion: counts of outputs, one number per assertion."""

    caught: Numbers
    failed: Numbers
    spared: Numbers
    passed: Numbers
    errors: Numbers
    graded: int

    @classmethod
    def of(cls, passed: NDArray[np.bool_], verdicts: Codes) -> "_Seen":
        """Of outputs that people passed or failed, and every assertion's verdicts on them, (outputs, assertions)."""
        good, bad = passed[:, None], ~passed[:, None]
        told = verdicts < ERROR
        counts = ((verdicts == FAIL) & bad, told & bad, (verdicts == PASS) & good, told & good, verdicts == ERROR)
        return cls(*(held.sum(axis=0).astype(float) for held in counts), graded=len(passed))

    @property
    def coverage(self) -> Numbers:
        """NaN where people failed none."""
        return _ratio(self.caught, self.failed)

    @property
    def kept(self) -> Numbers:
        """1 - FFR; NaN where people passed none."""
        return _ratio(self.spared, self.passed)

    @property
    def alignment(self) -> Numbers:
        """NaN where coverage or FFR is."""
        both = self.coverage + self.kept
        return np.where(both == 0, 0.0, _ratio(2 * self.coverage * self.kept, both))

    def frame(self, names: list[str]) -> pl.DataFrame:
        """As the field `candidates` of a choice."""
        shares = {"coverage": self.coverage, "false_failures": 1 - self.kept, "alignment": self.alignment}
        return pl.DataFrame(
            {"assertion": names, **shares, "errors": self.errors.astype(int), "graded": [self.graded] * len(names)},
            schema={"assertion": pl.String, **dict.fromkeys(shares, pl.Float64), "errors": pl.Int64, "graded": pl.Int64},
        ).with_columns(pl.col(list(shares)).fill_nan(None))


def _ratio(hits: Numbers, of: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(of > 0, hits / of, np.nan)


def _best(seen: _Seen, ffr_limit: float | None) -> tuple[int | None, bool]:
    """Which assertion the rule chooses, and whether it is within the limit."""
    possible = seen.failed + seen.passed > 0
    if not possible.any():
        return None, ffr_limit is None
    sound = possible & (seen.errors <= ERRORS * seen.graded)
    possible = sound if sound.any() else possible
    alignment, ffr, coverage = seen.alignment, 1 - seen.kept, seen.coverage
    within = possible & (ffr <= (1.0 if ffr_limit is None else ffr_limit) + 1e-12)
    possible = within if ffr_limit is not None and within.any() else possible
    # NaN comes last: what cannot be computed is not preferred. The index, in the order of names, settles what is left.
    keys = (np.arange(len(ffr)), _last(-coverage), _last(ffr), _last(-alignment), ~possible)
    best = int(np.lexsort(keys)[0])
    return best, ffr_limit is None or bool(within[best])


def _steady(chosen: int | None, picks: list[int | None], weights: tuple[int, ...]) -> float | None:
    """As the field of a choice."""
    if chosen is None or not sum(weights):
        return None
    return sum(weight for pick, weight in zip(picks, weights, strict=True) if pick == chosen) / sum(weights)


def _last(key: Numbers) -> Numbers:
    return np.where(np.isnan(key), np.inf, np.round(key, 12))


def _verdicts(outputs: pl.Series, judged: pl.DataFrame, names: list[str]) -> Codes:
    """Every assertion's outcome on these outputs as a number, (outputs, assertions)."""
    codes = np.full((len(outputs), len(names)), MISSING, dtype=np.int8)
    places = pl.DataFrame({"output": outputs, "row": np.arange(len(outputs))})
    held = judged.join(places, on="output")
    place = {name: column for column, name in enumerate(names)}
    codes[held["row"].to_numpy(), [place[name] for name in held["assertion"]]] = [OUTCOMES.index(word) for word in held["outcome"]]
    return codes


def _folds(told: pl.DataFrame, folds: int, seed: int) -> NDArray[np.int64]:
    """The fold of each audit output, dealt evenly by grade; -1 for informative ones."""
    audit = (told["sample"] == AUDIT).to_numpy()
    fold = np.full(told.height, -1, dtype=np.int64)
    dealt = np.lexsort((drawn(told["output"].cast(pl.String), seed, "fold"), (told["grade"] == "pass").to_numpy(), ~audit))
    fold[dealt[: int(audit.sum())]] = np.arange(int(audit.sum())) % folds
    return fold


def _held_out(outputs: pl.Series, fold: NDArray[np.int64], verdicts: Codes, picks: list[int | None], names: list[str]) -> pl.DataFrame:
    """What each audit output's fold was judged to be by the choice of the others."""
    words = {PASS: "pass", FAIL: "fail", ERROR: "error", MISSING: None}
    rows: list[tuple[str, int, str | None, str | None]] = []
    for place in np.flatnonzero(fold >= 0).tolist():
        pick = picks[int(fold[place])]
        outcome = None if pick is None else words[int(verdicts[place, pick])]
        rows.append((outputs[place], int(fold[place]), None if pick is None else names[pick], outcome))
    columns = {"output": pl.String, "fold": pl.Int64, "assertion": pl.String, "outcome": pl.String}
    return pl.DataFrame(rows, schema=columns, orient="row")
