"""What a user asks to be played, as a plan: which trials, with which models, through which gateway."""

import getpass
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from engine.benchmark import Benchmark
from engine.benchmarks import benchmark as benchmark_named
from engine.commands import rounds
from engine.lake import Lake, items, runs, turns
from engine.models import catalogue, keys
from engine.models.catalogue import Model
from engine.models.catalogue import model as model_named
from engine.models.gateway import Gateway
from engine.models.prices import price
from engine.problems import UsageError
from engine.runs.budget import Ceilings
from engine.runs.plan import Epochs, Part, Plan, posed, wanted_levels
from engine.runs.player import NO_CEILINGS
from engine.runs.precision import MOST, Look, Precision

if TYPE_CHECKING:
    from engine.models.litellm_gateway import LiteLLMGateway


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    models: Sequence[str]
    benchmarks: Sequence[str]
    conditions: Sequence[str] = ()
    epochs: int | None = None
    seed: int = 0
    fresh: bool = False
    """Ask again what the lake holds already."""
    at_once: int | None = None
    ceilings: Ceilings = NO_CEILINGS
    precision: Precision | None = None
    """Play until the intervals of a metric are this narrow; `epochs` is then the most a cell may get."""
    judges: Sequence[str] = ()
    """The models that read free answers."""
    judge_itself: bool = False
    """Whether a model may judge its own answers."""
    made: Mapping[str, Model] = field(default_factory=dict[str, Model])
    """The judges as they were when a run was asked for, where that is gone on with."""
    smallest_effect: float | None = None
    """What a verdict is read against, where a benchmark gives one; else that benchmark's own."""

    @property
    def judging(self) -> list[Model]:
        """The models that judge. Raises `UsageError` for an unknown one."""
        return [self.made.get(name) or model_named(name) for name in dict.fromkeys(self.judges)]

    @property
    def most(self) -> int:
        """The most epochs of a cell, where a precision was asked for."""
        return self.epochs or MOST


def planned(lake: Lake, request: Request, models: Sequence[Model] | None = None, *, but: str | None = None) -> Plan:
    """The trials to play: those asked for less those an earlier run (but not `but`, if the request is `fresh`) played.

    Raises `UsageError` for an unknown model, benchmark or condition, and for a name that stood for something else before.
    """
    models = models or [model_named(name) for name in dict.fromkeys(request.models)]
    wanted = wanted_levels(request.conditions)
    instruments = [benchmark_named(name) for name in dict.fromkeys(request.benchmarks)]
    if not models or not instruments:
        raise UsageError("a run needs at least one model and one benchmark; name them with --model and --benchmark")
    fields = {name for instrument in instruments for name in instrument.levels}
    if strange := set(wanted) - fields:
        known = ", ".join(sorted(fields))
        raise UsageError(f"no condition '{strange.pop()}' in {', '.join(request.benchmarks)}; they have {known}")
    if request.precision and not any(request.precision.concerns(one) for one in instruments):
        known = ", ".join(sorted({metric for one in instruments for metric in one.metrics}))
        raise UsageError(f"no metric '{request.precision.metric}' in {', '.join(request.benchmarks)}; they have {known}")
    _can_be_narrowed(request, instruments)
    _smallest_effects(request, instruments)
    for model in [*models, *request.judging]:
        _same_as_before(lake, model)
    ended = turns.ended_trials(
        lake, [model.name for model in models], [one.name for one in instruments], run=but if request.fresh else None
    ) if not request.fresh or but else set[str]()
    plan = Plan()
    for instrument in instruments:
        mine = {name: levels for name, levels in wanted.items() if name in instrument.levels}
        if instrument.conversation is None:
            posed(instrument, (), mine)
        every = posed(instrument, items.items_of(lake, instrument), mine)
        for model in models:
            part = Part(model, instrument, every, request.seed)
            part.want(_epochs(lake, request, part, but), ended)
            plan.parts.append(part)
    return plan


def _can_be_narrowed(request: Request, instruments: Sequence[Benchmark]) -> None:
    """Judges read when all rounds are over, so what they say cannot decide whether another round is needed. Raises `UsageError`."""
    if request.precision and any(one.grading for one in instruments):
        open_only = wanted_levels(request.conditions).get("answer") == ["open"]
        if open_only or any(request.precision.metric in one.grading.metrics for one in instruments if one.grading):
            raise UsageError("--precision cannot wait for judges, who read when all answers are there; use --epochs for free answers")


def _smallest_effects(request: Request, instruments: Sequence[Benchmark]) -> dict[str, float]:
    """The smallest effect by benchmark, for those with a verdict. Raises `UsageError` for one that cannot be."""
    told = request.smallest_effect
    if told is not None and not 0 < told < 10:
        raise UsageError(f"--smallest-effect {told:g} is no size of an effect; give log-odds above 0, e.g. 0.36")
    found = {one.name: told or one.smallest_effect for one in instruments if one.smallest_effect}
    if told is not None and not found:
        raise UsageError("--smallest-effect is for benchmarks that give a verdict (tradeoffs); leave it out")
    return found


def _epochs(lake: Lake, request: Request, part: Part, run: str | None) -> Epochs:
    if request.precision and request.precision.concerns(part.benchmark):
        return rounds.begun(lake, part, request.precision, request.most, run if request.fresh else None)
    every = range(1, (request.epochs or part.benchmark.epochs) + 1)
    return lambda _: every


def to_play(
    lake: Lake, request: Request, models: Sequence[Model] | None = None, *, but: str | None = None
) -> tuple[Plan, list[Look]]:
    """What `planned` says; where that is nothing and a precision was asked for, the next round, with the looks it comes from."""
    plan = planned(lake, request, models, but=but)
    return (plan, []) if len(plan) or not request.precision else next_round(lake, request, plan, but)


def next_round(lake: Lake, request: Request, plan: Plan, run: str | None, over: Collection[str] = ()) -> tuple[Plan, list[Look]]:
    """Look at the intervals of every model and benchmark of `plan`, and plan the epochs still needed (not for models in `over`)."""
    asked = request.precision
    if asked is None:
        return Plan(), []
    parts = [part for part in plan.parts if asked.concerns(part.benchmark)]
    looks = [look for part in parts for look in rounds.looked(lake, part, asked, run if request.fresh else None)]
    return rounds.added(parts, looks, asked, request.most, over=over), looks


def _same_as_before(lake: Lake, model: Model) -> None:
    """Refuse a name whose turns in the lake were asked with other parameters: they would be mixed up."""
    decides = {name: told for name, told in model.fingerprint.items() if name != "base_url"}
    for before in runs.fingerprints(lake, model.name):
        other = {name: told for name, told in before.items() if name != "base_url"}
        if other != decides:
            raise UsageError(
                f"model '{model.name}' was asked before as {json.dumps(other)} and is {json.dumps(decides)} now; give it another name"
            )


def sound(plan: Plan, request: Request) -> None:
    """Look at everything that can be known to go wrong without asking LiteLLM.

    Raises `UsageError` for a missing key, a ceiling on cost where a price is not known, or one that leaves nothing to do.
    """
    asked = {**plan.models, **{model.name: model for model in request.judging}}
    most = request.ceilings
    given = {"--max-cost": most.cost_usd, "--max-calls": most.calls, "--max-minutes": most.minutes, "--at-once": request.at_once}
    for name, told in given.items():
        if told is not None and told <= 0:
            raise UsageError(f"{name} {told:g} leaves nothing to do; give more than 0")
    if most.cost_usd is not None and (dear := [name for name, model in asked.items() if price(model) is None]):
        raise UsageError(
            f"--max-cost cannot hold: the price of {', '.join(dear)} is not known; use --max-calls, or give the model "
            "usd_per_million_prompt_tokens and usd_per_million_completion_tokens in data/models.toml"
        )
    keys.load()
    for name, model in asked.items():
        if keys.present(model.model) is False and not model.base_url:
            raise UsageError(
                f"model '{name}' needs {keys.wanted(model.model)} in the environment or .streamlit/secrets.toml (any word will do "
                "for a server of your own that asks for none)"
            )


def checked(plan: Plan, request: Request, gateway: Gateway | None) -> Gateway:
    """The gateway to ask through, once everything that can be known to go wrong has been looked at.

    Raises `UsageError` as `sound` does, and for an unknown provider.
    """
    sound(plan, request)
    return gateway or gateway_for([*plan.models.values(), *request.judging])


def gateway_for(models: Sequence[Model]) -> "LiteLLMGateway":
    """LiteLLM, once it knows every model's provider and has its key. Raises `UsageError`."""
    from engine.models.litellm_gateway import LiteLLMGateway  # two seconds: only where models are called

    gateway = LiteLLMGateway()
    for model in models:
        gateway.check(model)
    return gateway


def written(lake: Lake, request: Request, plan: Plan) -> str:
    """Write down a run that waits to be played; returns its id."""
    run = new_run(lake)
    told = {name: getattr(request, name) for name in ("models", "benchmarks", "conditions", "epochs", "fresh", "at_once", "judge_itself")}
    runs.begin(
        lake, run, asked_by=getpass.getuser(), seed=request.seed,
        versions={part.benchmark.name: part.benchmark.version for part in plan.parts},
        plan={
            **told, "precision": str(request.precision) if request.precision else None,
            "models": {part.model.name: part.model.fingerprint for part in plan.parts},
            "smallest_effects": _smallest_effects(request, [part.benchmark for part in plan.parts]),
            "judges": {model.name: model.fingerprint for model in request.judging}, "ceilings": asdict(request.ceilings),
            "trials": len(plan), "by_model": plan.by_model(),
        },
    )
    return run


def recalled(told: Mapping[str, Any]) -> tuple[Request, list[Model]]:
    """The request and the models of a run as they were when it was asked for. Raises `UsageError` for an import."""
    plan = json.loads(told["plan"])
    if "import" in plan:
        raise UsageError(f"run {told['id']} was imported and cannot be played; `python -m engine import` brings logs in")
    models, judges = (_as_made(plan.get(which) or {}) for which in ("models", "judges"))
    ceilings: dict[str, Any] = plan.get("ceilings") or {}
    effects: dict[str, float] = plan.get("smallest_effects") or {}
    request = Request(
        list(plan["models"]), plan["benchmarks"], plan.get("conditions") or (), plan.get("epochs"), told["seed"], bool(plan.get("fresh")),
        plan.get("at_once"), Ceilings(**ceilings), Precision.parse(plan["precision"]) if plan.get("precision") else None,
        [judge.name for judge in judges], bool(plan.get("judge_itself")), {judge.name: judge for judge in judges},
        next(iter(effects.values()), None),
    )
    return request, models


def _as_made(made: Mapping[str, Mapping[str, Any]]) -> list[Model]:
    """Models as their fingerprints say, with what else the catalogue knows of those that are still the same."""
    known = catalogue.listed()
    return [
        known[name] if name in known and known[name].fingerprint == told else Model.model_validate({"name": name, **told})
        for name, told in made.items()
    ]


def new_run(lake: Lake) -> str:
    """A new run id: a UUID of version 7, so that ids sort by time."""
    return str(lake.read("SELECT uuidv7()::VARCHAR AS id")["id"][0])
