"""What a request would take before anything of it is asked."""

from dataclasses import replace

from engine.commands.judging import foretold_judging, sound_judges
from engine.commands.request import Request, planned, to_play
from engine.lake import Lake, turns
from engine.runs.forecast import Forecast, forecast
from engine.runs.plan import Plan


def whole(lake: Lake, request: Request, plan: Plan) -> Plan:
    """A plan with what its judges will have to read."""
    return Plan([*plan.parts, *foretold_judging(lake, request, plan)])


def foretold(lake: Lake, request: Request) -> tuple[list[Forecast], int]:
    """What a request would take, by model, and how many of its trials the lake holds already.

    With a precision: at least the first look, at most every epoch allowed. Raises `UsageError`.
    """
    plan, _ = to_play(lake, request)
    sound_judges(request, plan)
    told = whole(lake, request, plan)
    latencies = turns.latencies(lake, list(told.models))
    rows = forecast(told, latencies)
    if request.precision is None:
        return rows, plan.before
    least = {row.model: row for row in rows}
    most = planned(lake, replace(request, precision=None, epochs=request.most))
    return [row.from_least(least.get(row.model)) for row in forecast(whole(lake, request, most), latencies)], most.before
