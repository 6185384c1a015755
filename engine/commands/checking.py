"""Running a rubric's assertions over its outputs: what is due, what it would cost, and doing it.

What a model proposes, criteria and assertions, is in `engine.commands.proposals` and can be had from here too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from engine.checks.judge import WORDINGS
from engine.commands.proposals import Proposed, calls_for_proposals, propose_assertions, propose_criteria
from engine.lake import Lake, outputs, rubrics
from engine.models.gateway import Gateway
from engine.models.prices import price
from engine.problems import UsageError
from engine.rubrics.running import Candidate, Checked, Hear, Sitting, candidates, lacking, not_to_run, run
from engine.runs.asking import BYTES_PER_TOKEN

__all__ = ["Checked", "Due", "Proposed", "calls_for_proposals", "check", "due", "propose_assertions", "propose_criteria"]


@dataclass(frozen=True)
class Due:
    """What has no verdict yet for the reply as it is now."""

    assertions: int
    outputs: int
    sql: int
    """Verdicts by SQL: no calls."""
    calls: int
    """Calls of judges: one for each verdict."""
    cost_usd: float | None
    """At most; `None` where a price is not known."""
    models: tuple[str, ...]
    """Who would judge."""
    price_unknown: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    """Assertions that cannot or may not be run, each with why; they are in none of the counts."""


def due(lake: Lake, rubric: str, assertions: Sequence[str] | None = None, *, judge_itself: bool = False) -> Due:
    """What checking would take: of these assertions, else of all that are not retired and whose criterion is active.

    Raises `UsageError` for a rubric or an assertion that is not there.
    """
    rubrics.find(lake, rubric)
    some, refused = _some(lake, rubric, assertions, judge_itself=judge_itself)
    replies = outputs.sizes(lake, rubric)
    left = lacking(lake, rubric, some, replies)
    judges = [one for one in some if one.kind == "judge" and one.assertion in left]
    costs = [_cost(one, left[one.assertion], replies) for one in judges]
    known = [cost for cost in costs if cost is not None]
    unknown = sorted({one.model.name for one, cost in zip(judges, costs, strict=True) if cost is None})
    calls = sum(len(left[one.assertion]) for one in judges)
    return Due(
        len(left), len({own for ids in left.values() for own in ids}), sum(map(len, left.values())) - calls, calls,
        None if unknown else float(sum(known)), tuple(sorted({one.model.name for one in judges})), tuple(unknown), tuple(refused.items()),
    )


def check(
    lake: Lake, rubric: str, assertions: Sequence[str] | None = None, *, gateway: Gateway | None = None, on_verdict: Hear | None = None,
    most: int | None = None, judge_itself: bool = False,
) -> Checked:
    """Run what is due, SQL first, then judges, a few at once and at most `most` calls of them; verdicts are kept as they come.

    `on_verdict` hears each; what it raises (and Ctrl-C) ends the sitting, and nothing is lost: what is still due is asked next time. A
    judge that answers prose, declines or is cut off is kept as `error`; where a call failed for another reason nothing is kept, so that it
    is due again. No model judges its own replies unless `judge_itself`. Raises `UsageError` as `due` does, where `most` is below 1, where
    no assertion may be run, for a provider that is not known and a key that is not there.
    """
    rubrics.find(lake, rubric)
    if most is not None and most < 1:
        raise UsageError(f"at most {most} calls leaves nothing to ask; give 1 or more")
    some, refused = _some(lake, rubric, assertions, judge_itself=judge_itself)
    if refused and not some:
        raise UsageError(next(iter(refused.values())))
    left = lacking(lake, rubric, some, outputs.sizes(lake, rubric))
    found = run(lake, rubric, some, left, lambda ids: outputs.some_of(lake, rubric, ids), Sitting(gateway, on_verdict, most))
    found.refused = refused
    return found


def _some(lake: Lake, rubric: str, only: Sequence[str] | None, *, judge_itself: bool) -> tuple[list[Candidate], dict[str, str]]:
    """The assertions to run, and those that may not be."""
    some = candidates(lake, rubric, only)
    refused = not_to_run(lake, some, outputs.authors(lake, rubric), insists=judge_itself)
    return [one for one in some if one.assertion not in refused], refused


def _cost(one: Candidate, ids: Sequence[str], replies: pl.DataFrame) -> float | None:
    """US dollars at most; none where the price is not known."""
    told = price(one.model)
    if told is None:
        return None
    sizes: Mapping[str, int] = dict(replies.select("id", "bytes").iter_rows())
    around = len(next(one.check.conversation("", "")).text.encode())
    tokens = sum(sizes[own] + around for own in ids) / BYTES_PER_TOKEN
    return told.of(tokens, float(len(ids) * WORDINGS[one.check.wording].max_tokens))
