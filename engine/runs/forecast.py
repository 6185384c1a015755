"""What a run will take before it is started: calls, tokens and money, at least and at most."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.conversation import Message
from engine.models.catalogue import Model
from engine.models.prices import price, thinks
from engine.models.simulated import answer, personas
from engine.runs.asking import BYTES_PER_TOKEN, THINKING_ROOM
from engine.runs.budget import Ceilings
from engine.runs.pace import START
from engine.runs.plan import MOST_EPOCHS, Assignment, Part, Plan

SAMPLE = 60
FEWEST_TOKENS = 1
NEVER = "I cannot say."
UNKNOWN_S = (0.5, 10.0)
"""How long a reply takes, at least and at most, where the model has not been asked before."""
SIMULATED_S = 0.003
"""Seconds of this machine's time a simulated reply takes (measured); simulated models share them."""


@dataclass(frozen=True)
class Forecast:
    """Calls, tokens and US dollars of one model, at least and at most; `None` where the price is not known."""

    model: str
    trials: int
    calls: tuple[int, int]
    tokens: tuple[int, int]
    cost_usd: tuple[float, float] | None
    minutes: tuple[float, float]
    simulated: bool = False

    def from_least(self, other: "Forecast | None") -> "Forecast":
        """From the least of `other` (nothing, where there is none) to the most of this one."""
        cost = None if self.cost_usd is None else (other.cost_usd[0] if other and other.cost_usd else 0.0, self.cost_usd[1])
        calls, tokens = (other.calls[0], other.tokens[0]) if other else (0, 0)
        minutes = (other.minutes[0] if other else 0.0, self.minutes[1])
        return replace(self, calls=(calls, self.calls[1]), tokens=(tokens, self.tokens[1]), cost_usd=cost, minutes=minutes)


@dataclass
class _Spent:
    calls: int = 0
    prompt: float = 0.0
    completion: float = 0.0


def forecast(plan: Plan, latencies: Mapping[str, float] | None = None) -> list[Forecast]:
    """One row for each model that has trials left; `latencies`: how many seconds a model's replies took before.

    At least: every conversation ends after its first reply, which is one token long. At most: every conversation goes
    its whole length and every reply takes all tokens it may. A sample of the trials is walked through and scaled up.
    """
    return [_of_model(plan, name, trials, (latencies or {}).get(name)) for name, trials in plan.by_model().items()]


def _of_model(plan: Plan, name: str, trials: int, latency_s: float | None) -> Forecast:
    model, cost = plan.models[name], price(plan.models[name])
    room = model.thinking_tokens or (THINKING_ROOM if thinks(model.model) and model.effort != "none" else 0)
    low, high = _Spent(), _Spent()
    for part in plan.parts:
        if part.model.name == name and part.left:
            short, long = _walked(part, room)
            for total, one in ((low, short), (high, long)):
                total.calls += one.calls
                total.prompt += one.prompt
                total.completion += one.completion
    money = (cost.of(low.prompt, low.completion), cost.of(high.prompt, high.completion)) if cost else None
    tokens = (round(low.prompt + low.completion), round(high.prompt + high.completion))
    calls = (low.calls, high.calls)
    return Forecast(name, trials, calls, tokens, money, _minutes(model, calls, latency_s), model.source == "simulated")


def _minutes(model: Model, calls: tuple[int, int], latency_s: float | None) -> tuple[float, float]:
    """From all calls as many at once as allowed, to the pace a run starts with; never faster than the model's own limit."""
    if model.source == "simulated":
        return calls[0] * SIMULATED_S / 60, calls[1] * SIMULATED_S / 60
    quick, slow = (latency_s, latency_s) if latency_s else UNKNOWN_S
    most = model.requests_per_minute or float("inf")
    return (
        max(calls[0] * quick / model.concurrency / 60, calls[0] / most),
        max(calls[1] * slow / min(START, model.concurrency) / 60, calls[1] / most),
    )


def _walked(part: Part, room: int) -> tuple[_Spent, _Spent]:
    """What the part takes at least and at most, from a sample of its trials."""
    sample, totals = list(_sampled(part)), list[_Spent]()
    for longest in (False, True):
        spent = [(_walk(one, room, longest=longest), times) for one, times in sample]
        totals.append(_Spent(
            round(sum(times * one.calls for one, times in spent)), sum(times * one.prompt for one, times in spent),
            sum(times * one.completion for one, times in spent),
        ))
    return totals[0], totals[1]


def _sampled(part: Part) -> Iterator[tuple[Assignment, float]]:
    """Some trials of every condition, which says how long a conversation is, each with how many it stands for."""
    left = Counter(number // (MOST_EPOCHS + 1) for number in part.left)
    conditions: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for place in left:
        conditions.setdefault(tuple(part.posed[place][1].items()), []).append(place)
    for places in conditions.values():
        chosen = places[:: math.ceil(len(places) / max(1, SAMPLE * len(places) // len(left)))]
        times = sum(left[place] for place in places) / sum(left[place] for place in chosen)
        for place in chosen:
            yield part.assignment(place, 1), times * left[place]


def _walk(one: Assignment, room: int, *, longest: bool) -> _Spent:
    """Hold a conversation with nobody: replies that keep it going, or one that ends it."""
    script, who, spent, said = one.benchmark.conversation, personas()["random"], _Spent(), list[Message]()
    assert script is not None
    talk = script(one.item, one.trial.condition, one.trial.seed)
    ask = next(talk)
    while True:
        said += ask.messages()
        reply = answer(who, said, ask.cue, 0, 0) if longest else NEVER
        spent.calls += 1
        spent.prompt += sum(len(message["content"].encode()) for message in said) / (BYTES_PER_TOKEN if longest else 2 * BYTES_PER_TOKEN)
        most = int(one.model.parameters.get("max_tokens", ask.max_tokens + room))
        spent.completion += most if longest else FEWEST_TOKENS
        words = most if "max_tokens" in one.model.parameters else ask.max_tokens
        said.append({"role": "assistant", "content": reply + "." * (int(BYTES_PER_TOKEN) * words if longest else 0)})
        try:
            ask = talk.send(ask.read(reply))
        except StopIteration:
            return spent


def total(rows: list[Forecast]) -> Mapping[str, object]:
    """All models together, in the words of the command line's JSON."""
    known = [row.cost_usd for row in rows if row.cost_usd is not None]
    return {
        "trials": sum(row.trials for row in rows), "calls": [sum(row.calls[at] for row in rows) for at in (0, 1)],
        "tokens": [sum(row.tokens[at] for row in rows) for at in (0, 1)], "cost_usd": [sum(cost[at] for cost in known) for at in (0, 1)],
        "minutes": [_together(rows, at) for at in (0, 1)], "price_unknown": [row.model for row in rows if row.cost_usd is None],
    }


def beyond(rows: list[Forecast], most: Ceilings) -> str:
    """Which limit a run is sure to reach before its end, in words; empty where it may stay within all of them."""
    needs = (
        (most.calls, sum(row.calls[0] for row in rows), "calls"),
        (most.cost_usd, sum(row.cost_usd[0] for row in rows if row.cost_usd), "US dollars"),
        (most.minutes, _together(rows, 0), "minutes"),
    )
    reached = [f"at least {needed:,.6g} {unit} where {limit:,g} are allowed" for limit, needed, unit in needs if limit and needed > limit]
    return f"this takes {' and '.join(reached)}: the run will stop there and can be gone on with" if reached else ""


def _together(rows: list[Forecast], at: int) -> float:
    """Minutes of a whole run: models are asked side by side, simulated ones share one processor."""
    return round(max([0.0, sum(row.minutes[at] for row in rows if row.simulated), *(row.minutes[at] for row in rows)]), 2)
