"""Which output to grade next: a random audit sample, kept apart from a sample that helps to choose assertions.

Grading the outputs that assertions fail most and least inflates what is then reported by 0.2 and more (measured in
`tests/bench_grades.py`). So every output is dealt into one of two samples before anything is graded, by a hash of its name alone: the
*audit* sample is graded in an order that the hash gives, and whatever part of it has been graded so far is a random sample of
all outputs; the *informative* sample is graded where candidates disagree most. What is graded in the one never changes the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import polars as pl

from engine.grades.frames import AUDIT, INFORMATIVE, OUTCOMES, checked
from engine.metrics.statistics import Numbers
from engine.problems import UsageError

AUDIT_SHARE = 0.75
"""Which part of outputs, and of grades, belongs to the audit sample. Half and half chose no better assertions in simulations, and left
wider intervals."""


@dataclass(frozen=True)
class NextOutput:
    """An output to grade."""

    output: str
    sample: str
    """`audit` or `informative`: what its grade may be used for."""
    disagreement: float | None
    """Of an informative output: of all pairs of candidates with a verdict on it, the share that differ; `None` without two."""


def samples(outputs: Iterable[str], *, seed: int = 0, audit_share: float = AUDIT_SHARE) -> pl.DataFrame:
    """The sample of every output and its place in line.

    Columns output, sample (audit, informative), place (from 0 to 1: audit outputs are graded from the least place up). Both follow from
    the output's name, `seed` and `audit_share` alone, so an output keeps its sample when others are added, and outputs added later are
    graded in their turn. Change the seed or the share only before the first grade.

    Raises:
        UsageError: An output is named twice, or the share is not above 0 and at most 1.
    """
    if not 0 < audit_share <= 1:
        raise UsageError(f"the audit share is {audit_share:g}: take one above 0 (else there is nothing to report from) and at most 1")
    frame = checked(pl.DataFrame({"output": list(outputs)}, schema={"output": pl.String}), {}, ("output",))
    names = frame["output"].to_list()
    dealt = drawn(names, seed, "sample") < audit_share
    return frame.with_columns(
        pl.Series("sample", np.where(dealt, AUDIT, INFORMATIVE), dtype=pl.String),
        pl.Series("place", drawn(names, seed, "place"), dtype=pl.Float64),
    )


def drawn(names: Iterable[str], seed: int, purpose: str) -> Numbers:
    """A number from 0 to 1 for each name, as good as random and always the same for one name, seed and purpose."""
    hashes = (blake2b(f"{seed}/{purpose}/{name}".encode(), digest_size=8).digest() for name in names)
    # 53 bits fit into a float, so no name gets 1.
    return np.array([(int.from_bytes(digest, "big") >> 11) / 2**53 for digest in hashes], dtype=float)


def next_output(
    outputs: Iterable[str], graded: Iterable[str], outcomes: pl.DataFrame, *, seed: int = 0, audit_share: float = AUDIT_SHARE
) -> NextOutput | None:
    """The output to grade next; `None` when all are graded.

    `outputs` are all of the criterion's, `graded` those that this person has graded; `outcomes` has the columns output, assertion,
    outcome (pass, fail, error) of the candidates run so far, and may be empty. The audit sample is served whenever it would
    else hold less than its share of the grades, the informative one otherwise; where one is used up, the other. The same input gives the
    same output.

    Raises:
        UsageError: As `samples`; or a column of `outcomes` is missing, a word unknown, or a candidate has two outcomes of one output.
    """
    known = set(graded)
    dealt = samples(outputs, seed=seed, audit_share=audit_share).with_columns(pl.col("output").is_in(list(known)).alias("graded"))
    done = dealt.filter("graded")
    audited = int((done["sample"] == AUDIT).sum())
    left = {sample: dealt.filter(~pl.col("graded") & (pl.col("sample") == sample)) for sample in (AUDIT, INFORMATIVE)}
    audit_due = audited < audit_share * (done.height + 1)
    if left[AUDIT].height and (audit_due or not left[INFORMATIVE].height):
        return NextOutput(left[AUDIT].sort("place", "output")["output"][0], AUDIT, None)
    if not left[INFORMATIVE].height:
        return None
    ranked = left[INFORMATIVE].join(disagreement(outcomes), on="output", how="left")
    best = ranked.sort(pl.col("disagreement").fill_null(0), "place", "output", descending=[True, False, False]).row(0, named=True)
    return NextOutput(best["output"], INFORMATIVE, best["disagreement"])


def disagreement(outcomes: pl.DataFrame) -> pl.DataFrame:
    """How far candidates disagree on each output: of all pairs of candidates with a verdict on it, the share that differ.

    `outcomes` has the columns output, assertion, outcome (pass, fail, error); errors are no verdicts. Columns output, disagreement (a
    share; outputs with fewer than two verdicts are not in it).

    Raises:
        UsageError: A column is missing, a word unknown, or a candidate has two outcomes of one output.
    """
    held = checked(outcomes, {"outcome": OUTCOMES}, ("output", "assertion")).filter(pl.col("outcome") != "error")
    passes, fails = ((pl.col("outcome") == outcome).sum().cast(pl.Float64).alias(outcome) for outcome in ("pass", "fail"))
    n = pl.col("pass") + pl.col("fail")
    differing = (2 * pl.col("pass") * pl.col("fail") / (n * (n - 1))).alias("disagreement")
    return held.group_by("output").agg(passes, fails).filter(n > 1).select("output", differing).sort("output")
