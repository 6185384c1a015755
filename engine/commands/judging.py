"""Which free replies the judges of a request have still to read."""

import json
from collections.abc import Mapping

from engine.benchmark import Benchmark
from engine.commands.request import Request
from engine.lake import Lake, items, turns
from engine.problems import UsageError
from engine.runs.judging import FreeReply, foretold_replies, independent, judge_part
from engine.runs.plan import Part, Plan
from engine.turns import Judged


def to_judge(lake: Lake, request: Request, plan: Plan, run: str | None = None) -> Plan:
    """The judges' trials over the free replies that the lake holds to what `plan` asks (of this run, if the request is fresh)."""
    judging = Plan()
    for part in _open_parts(request, plan):
        replies = _replies(lake, part, request, run if request.fresh else None)
        for judge in request.judging:
            ended = turns.ended_trials(lake, [judge.name], [part.benchmark.name])
            judging.parts.append(judge_part(judge, part.benchmark, replies, request.seed, ended))
    return judging


def foretold_judging(lake: Lake, request: Request, plan: Plan) -> list[Part]:
    """The judges' trials, with stand-ins for the replies that are still to come."""
    told = [] if request.fresh else to_judge(lake, request, plan).parts
    for judge in request.judging:
        for benchmark, replies in foretold_replies(plan.parts).items():
            of = next(part.benchmark for part in plan.parts if part.benchmark.name == benchmark)
            told.append(judge_part(judge, of, replies, request.seed))
    return told


def sound_judges(request: Request, plan: Plan) -> None:
    """Raises `UsageError` where a model would judge itself, a simulated one a real one, or there is nothing to judge."""
    if not request.judges:
        return
    subjects = list({part.model.name: part.model for part in plan.parts}.values())
    independent(request.judging, subjects, insists=request.judge_itself)
    if not _open_parts(request, plan):
        raise UsageError("a judge has nothing to read: no free answers are asked for; add --condition answer=open, or leave --judge out")


def _open_parts(request: Request, plan: Plan) -> list[Part]:
    """The parts of which some trials end with a free reply; none where there is no judge."""
    found = [part for part in plan.parts if part.benchmark.grading] if request.judges else []
    return [part for part in found if any(_concerned(part.benchmark, condition) for _, condition in part.posed)]


def _concerned(benchmark: Benchmark, condition: Mapping[str, str]) -> bool:
    return benchmark.grading is not None and benchmark.grading.concerns(condition)


def _replies(lake: Lake, part: Part, request: Request, run: str | None) -> list[FreeReply]:
    """What the part's model answered to what the part poses, in the epochs asked for."""
    one, epochs = part.benchmark, request.most if request.precision else request.epochs or part.benchmark.epochs
    posed = {(item.id, json.dumps(dict(condition))) for item, condition in part.posed}
    known = {item.id: item for item in items.items_of(lake, one)}
    found = turns.free_answers(lake, [part.model.name], one.name, one.version, run=run)
    return [
        FreeReply(Judged(row["trial"], row["run"]), known[row["trial_item"]], json.loads(row["condition"]), row["epoch"], row["reply"])
        for row in found.iter_rows(named=True) if (row["trial_item"], row["condition"]) in posed and row["epoch"] <= epochs
    ]
