"""Where a criterion pays off: attached to a benchmark with free answers, its assertion gives a score, set right for its errors.

The assertion's errors are those on the rubric's audit sample. They are the benchmark's too as far as its answers are like the rubric's
outputs: take these from the same benchmark.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from engine.benchmarks import benchmark as benchmark_named
from engine.checks.content import in_words
from engine.grades.corrected import Corrected, rogan_gladen
from engine.grades.report_card import ReportCard
from engine.lake import Lake, assertions, outputs
from engine.metrics.statistics import NOTHING, Interval, Numbers, clustered_share, effective_trials
from engine.models.gateway import Gateway
from engine.problems import UsageError
from engine.rubrics.cards import Card, card_of, own_card
from engine.rubrics.history import History
from engine.rubrics.running import Candidate, Checked, Hear, Sitting, candidates, lacking, not_to_run, run

METHOD = (
    "share of free answers that pass, Rogan and Gladen's correction with the interval of Lee et al. at the effective number of answers "
    "(items as clusters); the assertion's errors from the audit sample of its rubric"
)


@dataclass(frozen=True)
class AttachedScore:
    """A model's score under one attached criterion."""

    rubric: str
    criterion: str
    name: str
    """The criterion's."""
    assertion: str
    assertion_words: str
    benchmark: str
    model: str
    source: str
    """`simulated` where the answers are."""
    naive: Interval
    """The share of answers with a verdict that the assertion passes; items as clusters."""
    corrected: Interval
    """The share that people would pass."""
    judged: int
    """Answers with a verdict."""
    errors: int
    """Answers on which the assertion gave none."""
    unjudged: int
    """Answers that it was not run on."""
    items: int
    """Different items among those judged: what the intervals count."""
    card: Card
    """The report card behind it, of the criterion."""
    held: ReportCard
    """What the correction takes the assertion's errors from."""
    why: str
    """Why there is no corrected score; else empty."""
    method: str = METHOD


def attachable(lake: Lake) -> list[str]:
    """The benchmarks that have free answers in the lake, by name."""
    found = lake.read("SELECT DISTINCT benchmark FROM turns WHERE role = 'subject' AND last AND problem IS NULL AND reading = 'text'")
    return sorted(found["benchmark"].to_list())


def corrected_scores(lake: Lake, benchmark: str) -> list[AttachedScore]:
    """The scores of every model with free answers under every criterion attached to the benchmark, oldest attachment first.

    A retired criterion that is still attached is reported on as well. Empty where nothing is attached. Raises `UsageError` for an unknown
    benchmark.
    """
    benchmark_named(benchmark)
    found: list[AttachedScore] = []
    models = _answering(lake, benchmark)
    for row in assertions.attached_to(lake, benchmark).iter_rows(named=True):
        history = History.read(lake, row["rubric"])
        card = card_of(history, row["criterion"])
        one = candidates(lake, row["rubric"], [row["assertion"]])[0]
        held = card.card if row["assertion"] == card.chosen else own_card(history, row["criterion"], row["assertion"])
        verdicts = history.verdicts.filter(pl.col("assertion") == row["assertion"]).sort("judged_at", maintain_order=True)
        for model in models:
            told = outputs.free_digests(lake, row["rubric"], benchmark, model)
            found.append(_score(benchmark, model, told, verdicts, _Held(row["rubric"], one, card, held)))
    return found


@dataclass(frozen=True)
class _Held:
    rubric: str
    one: Candidate
    card: Card
    held: ReportCard


def _score(benchmark: str, model: str, told: pl.DataFrame, verdicts: pl.DataFrame, by: _Held) -> AttachedScore:
    newest = verdicts.unique(("output", "reply_digest"), keep="last", maintain_order=True).select(
        pl.col("output").alias("id"), "reply_digest", "outcome"
    )
    both = told.join(newest, on=["id", "reply_digest"], how="left")
    judged = both.filter(pl.col("outcome").is_in(["pass", "fail"]))
    stems = judged.group_by("stem").agg(hits=(pl.col("outcome") == "pass").sum(), size=pl.len()).sort("stem")
    hits, size = (stems[name].cast(pl.Float64).to_numpy() for name in ("hits", "size"))
    found = corrected(hits, size, by.held)
    return AttachedScore(
        by.rubric, by.card.criterion, by.card.name, by.one.assertion, in_words(by.one.kind, by.one.content), benchmark, model,
        _source(both),
        clustered_share(hits, size) if judged.height else NOTHING, found.rate, judged.height,
        both.filter(pl.col("outcome") == "error").height, both["outcome"].null_count(), stems.height, by.card, by.held, found.why,
    )


def corrected(hits: Numbers, size: Numbers, held: ReportCard) -> Corrected:
    """The share that people would pass, of answers of which `hits` of `size` pass for each item.

    Answers to one item are alike, so they count for as many as they are worth, rounded down. No rate, and why, where nothing is judged, the
    errors are not known, or the assertion tells no more than a coin.
    """
    cells = held.cells
    if not size.sum():
        return Corrected(NOTHING, "the assertion has no verdict on this model's answers yet; run it")
    if not cells.passed or not cells.failed:
        return Corrected(NOTHING, "the audit sample has no passed or no failed output with a verdict: errors are not known")
    worth = max(1, int(effective_trials(hits, size) + 1e-9))
    passes = (float(hits.sum() / size.sum()) * worth, worth)
    return rogan_gladen(passes, (cells.passed_passed, cells.passed), (cells.failed_failed, cells.failed))


def check_attached(
    lake: Lake, benchmark: str, model: str, *, criterion: str | None = None, gateway: Gateway | None = None, on_verdict: Hear | None = None,
    most: int | None = None, judge_itself: bool = False,
) -> Checked:
    """Run the attached assertions (of one criterion, where it is named) over a model's free answers that they have no verdict on yet.

    As `engine.commands.checking.check`: SQL first, at most `most` calls of judges, verdicts kept as they come, and none of a judge on its
    own answers. Raises `UsageError` where nothing is attached, the model has no free answers, or no assertion may be run.
    """
    found, jobs = Checked(), _attached(lake, benchmark, criterion)
    for rubric, some in jobs.items():
        replies = {row["id"]: row for row in outputs.free_replies(lake, rubric, benchmark, model)}
        if not replies:
            raise UsageError(f"{model} has no free answers to {benchmark} yet; play it with the condition that asks for them")
        authors = sorted({(model, str(row["source"]), "truth" in row["fields"]) for row in replies.values()})
        refused = not_to_run(lake, some, authors, insists=judge_itself)
        some = [one for one in some if one.assertion not in refused]
        frame = pl.DataFrame({"id": list(replies), "reply_digest": [row["reply_digest"] for row in replies.values()]})
        left = None if most is None else most - found.calls
        due = lacking(lake, rubric, some, frame)
        told = run(lake, rubric, some, due, lambda ids, rows=replies: [rows[own] for own in ids], Sitting(gateway, on_verdict, left))
        _add(found, told)
        found.refused |= refused
    if found.refused and len(found.refused) == sum(map(len, jobs.values())):
        raise UsageError(next(iter(found.refused.values())))
    return found


def due_attached(lake: Lake, benchmark: str, model: str, *, criterion: str | None = None) -> tuple[int, int]:
    """How many verdicts `check_attached` would ask for: by SQL, and calls of judges. Raises `UsageError` where nothing is attached."""
    by_sql = calls = 0
    for rubric, some in _attached(lake, benchmark, criterion).items():
        left = lacking(lake, rubric, some, outputs.free_digests(lake, rubric, benchmark, model))
        for one in some:
            by_sql += len(left.get(one.assertion, ())) if one.kind == "sql" else 0
            calls += len(left.get(one.assertion, ())) if one.kind == "judge" else 0
    return by_sql, calls


def _attached(lake: Lake, benchmark: str, criterion: str | None) -> dict[str, list[Candidate]]:
    """The attached assertions by rubric."""
    benchmark_named(benchmark)
    rows = assertions.attached_to(lake, benchmark)
    rows = rows if criterion is None else rows.filter(pl.col("criterion") == criterion)
    if rows.is_empty():
        raise UsageError(f"no such criterion is attached to {benchmark}; attach one on the Criteria page")
    found: dict[str, list[str]] = {}
    for rubric, assertion in rows.select("rubric", "assertion").iter_rows():
        found.setdefault(rubric, []).append(assertion)
    return {rubric: candidates(lake, rubric, some) for rubric, some in found.items()}


def _add(found: Checked, told: Checked) -> None:
    for name in ("passed", "failed", "errors", "calls", "left"):
        setattr(found, name, getattr(found, name) + getattr(told, name))
    found.cost_usd = None if found.cost_usd is None or told.cost_usd is None else found.cost_usd + told.cost_usd
    found.given_up |= told.given_up


def _answering(lake: Lake, benchmark: str) -> Sequence[str]:
    found = lake.read(
        "SELECT DISTINCT model FROM turns WHERE benchmark = $benchmark AND role = 'subject' AND last AND problem IS NULL"
        " AND reading = 'text' ORDER BY model", {"benchmark": benchmark},
    )
    return found["model"].to_list()


def _source(both: pl.DataFrame) -> str:
    return "simulated" if "simulated" in both["source"].to_list() else (both["source"][0] if both.height else "")
