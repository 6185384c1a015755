"""The commands and their options. What each does lies in the modules beside this one."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from engine.benchmarks import benchmark as benchmark_named
from engine.commands import controlling, criteria, reporting, showing
from engine.commands.foretelling import foretold
from engine.commands.importing import IMPORTERS, BadRows, import_from
from engine.commands.output import Aloud, Bars, Events, line, money, say, say_refused, table
from engine.commands.playing import Outcome, Show, estimate_anew, play
from engine.commands.playing import resume as resume_run
from engine.commands.request import Request, gateway_for
from engine.commands.trying import chosen, tried
from engine.lake import Lake, references
from engine.lake import runs as kept_runs
from engine.models.catalogue import model as model_named
from engine.problems import PlumblineError
from engine.runs.budget import Ceilings
from engine.runs.forecast import Forecast, total
from engine.runs.precision import Look, Precision

app = typer.Typer(
    help="Plumbline asks language models what they value and whether they hold to it.", no_args_is_help=True,
    add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)
app.add_typer(showing.app)
app.add_typer(reporting.app)
app.add_typer(criteria.app, name="criteria")

FIRST_LOOK = ("strategy=direct", "strategy=five steps", "strategy=norm given")
"""What simulated models are asked of `regions` for a first look."""
FIRST_LOOKS = (
    (("values", "decisions", "dilemmas"), (), None), (("regions",), FIRST_LOOK, None), (("stories",), (), 2), (("tradeoffs",), (), 1),
)
"""Benchmarks, conditions and epochs of a first look: enough to see every page, in a minute."""
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")]
MaxCost = Annotated[float | None, typer.Option(help="Stop before so many US dollars are spent.")]
MaxCalls = Annotated[int | None, typer.Option(help="Stop after so many calls.")]
MaxMinutes = Annotated[float | None, typer.Option(help="Stop after so many minutes.")]
NOTHING = {"planned": 0, "answered": 0, "unread": 0, "refused": 0, "failed": 0, "cost_usd": 0.0, "turns": 0, "reused": 0}
RETRY_HINT = "set the provider's key (e.g. OPENAI_API_KEY) and check the model's name and address (OPENAI_BASE_URL)"


@app.command()
def run(
    model: Annotated[list[str], typer.Option(help="A named model or a LiteLLM model string; repeats.")],
    benchmark: Annotated[list[str], typer.Option(help="A benchmark; repeats.")],
    condition: Annotated[list[str], typer.Option(help="field=level, or field=all; repeats.")] = [],
    epochs: Annotated[int | None, typer.Option(min=1, max=1000, help="Repeats of each item and condition.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides orders and simulated replies; kept with the run.")] = 0,
    precision: Annotated[
        str | None,
        typer.Option(help="metric=half-width, e.g. flip_rate=0.05: add epochs where intervals are wider; --epochs is then the most."),
    ] = None,
    judge: Annotated[
        list[str], typer.Option(help="A model that reads free answers (--condition answer=open); repeats, so that judges can be compared."),
    ] = [],
    judge_itself: Annotated[bool, typer.Option("--judge-itself", help="Let a model judge its own answers.")] = False,
    smallest_effect: Annotated[
        float | None, typer.Option(help="What the verdict of tradeoffs is read against, in log-odds; stored before the first question."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ask again what the lake holds already.")] = False,
    at_once: Annotated[int | None, typer.Option(help="The most conversations at once, over all models.")] = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    max_minutes: MaxMinutes = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take (calls, tokens, cost) and play nothing.")] = False,
    detach: Annotated[bool, typer.Option("--detach", help="Play in a process of its own and return at once.")] = False,
    json: Json = False,
) -> None:
    """Play benchmarks with models. What the lake holds already is not asked again."""
    request = Request(
        model, benchmark, condition, epochs, seed, fresh, at_once, Ceilings(max_cost, max_calls, max_minutes),
        Precision.parse(precision) if precision else None, judge, judge_itself, smallest_effect=smallest_effect,
    )
    with Lake.open() as lake:
        if dry_run:
            _foretell(*foretold(lake, request), json)
        elif detach:
            _started(lake, request, json)
        else:
            _report(_shown(json, lambda show: play(lake, request, show=show)), json)


@app.command()
def resume(
    run: Annotated[str, typer.Argument(help="A run's id, or its beginning.")],
    max_cost: MaxCost = None,
    max_calls: MaxCalls = None,
    max_minutes: MaxMinutes = None,
    json: Json = False,
) -> None:
    """Go on with a run that was stopped, killed or parked: only what is missing is asked. Its own limits hold anew."""
    ceilings = Ceilings(max_cost, max_calls, max_minutes)
    with Lake.open() as lake:
        _report(_shown(json, lambda show: resume_run(lake, run, show=show, ceilings=ceilings or None)), json)


@app.command()
def cancel(
    run: Annotated[str, typer.Argument(help="A run's id, or its beginning.")],
    now: Annotated[bool, typer.Option("--now", help="Do not wait for the replies in flight.")] = False,
    json: Json = False,
) -> None:
    """Stop a run, wherever it is played; it can be resumed."""
    with Lake.open() as lake:
        found = controlling.cancel(lake, run, now=now)
    if json:
        line({"event": "cancelled", "run": found})
    else:
        say(f"run {found} stops as soon as what is in flight has come; `python -m engine resume {found}` goes on with it")


@app.command()
def delete(
    run: Annotated[str, typer.Argument(help="A run's id, or its beginning.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Delete a run with its turns and estimates."""
    with Lake.open() as lake:
        found = kept_runs.find(lake, run)
        question = f"Delete run {found['id']} of {found['started']:%Y-%m-%d %H:%M} and every turn of it?"
        if not yes and not json and not typer.confirm(question):
            return
        gone = controlling.delete(lake, found["id"])
    if json:
        line({"event": "deleted", **gone})
    else:
        say(f"run {gone['run']} and its {gone['turns']} turns are deleted")


def _shown(json: bool, work: Callable[[Show], Outcome]) -> Outcome:
    if json:
        return work(Events())
    with Bars() as bars:
        return work(bars)


def _foretell(rows: list[Forecast], before: int, json: bool) -> None:
    """Say what a request would take."""
    if json:
        line({"event": "forecast", **total(rows), "played_before": before, "models": [asdict(row) for row in rows]})
        return
    table(
        ("model", "conversations", "calls", "tokens", "cost, USD", "minutes"),
        (
            (
                row.model, row.trials, _span(row.calls), _span(row.tokens), _span(row.cost_usd) if row.cost_usd else "price unknown",
                f"{row.minutes[0]:.1f} to {row.minutes[1]:.1f}",
            )
            for row in rows
        ),
    )
    say(f"nothing was played; {before} of the conversations asked for are in the lake already")


def _span(ends: tuple[float, float]) -> str:
    shown = [f"{end:,}" if isinstance(end, int) else f"{end:,.4f}" for end in ends]
    return shown[0] if shown[0] == shown[1] else f"{shown[0]} to {shown[1]}"


def _started(lake: Lake, request: Request, json: bool) -> None:
    found, plan = controlling.start(lake, request)
    if json:
        line({"event": "detached", "run": found, "planned": len(plan), "played_before": plan.before})
    elif found:
        say(f"run {found}: {len(plan)} conversations, played in a process of its own; `python -m engine runs` shows how it goes")
    else:
        say(f"nothing to play: all {plan.before} conversations are in the lake; more with --epochs, or again with --fresh")


def _report(outcome: Outcome, json: bool) -> None:
    """Say how a run ended. Raises `PlumblineError` when it failed, so that the exit status says so too."""
    told = NOTHING | dict(outcome.counts)
    course = outcome.course
    if json:
        line({
            "event": "finished", "run": outcome.run, "state": outcome.state, **told, "played_before": outcome.before,
            "why": course.stopped or None, "parked": course.parked, "given_up": course.given_up,
            "looks": [look.told() for look in outcome.looks],
        })
    elif outcome.run is None:
        say(f"nothing to play: all {outcome.before} conversations are in the lake; more with --epochs, or again with --fresh")
    else:
        ended = told["answered"] + told["unread"] + told["refused"] + told["failed"]
        free = f", {told['reused']} replies from the lake" if told["reused"] else ""
        say(
            f"run {outcome.run} {outcome.state}: {ended} of {told['planned']} conversations ({told['answered']} answered, "
            f"{told['refused']} refused, {told['unread']} unread, {told['failed']} failed{free}; {money(told['cost_usd'])})"
        )
        if outcome.state == "stopped":
            why = f" ({course.stopped})" if course.stopped and course.stopped != "asked for" else ""
            say(f"stopped{why}; `python -m engine resume {outcome.run}` goes on with it")
    if outcome.looks and not json:
        _say_widths(outcome.looks)
    _complain(outcome)


def _say_widths(looks: Sequence[Look]) -> None:
    """How wide each interval is at last."""
    rows = sorted(looks, key=lambda look: -(look.half or 1.0))
    table(
        ("model", "benchmark", "facet", "epochs", "interval ±", "at best ±"),
        ((look.model, look.benchmark, str(look.cell), look.epochs, look.half, look.at_best) for look in rows),
    )


def _complain(outcome: Outcome) -> None:
    course = outcome.course
    if outcome.interrupted:
        raise KeyboardInterrupt
    for name, why in course.given_up.items():
        raise PlumblineError(f"{name} was given up: {why}; {RETRY_HINT}")
    for name, until in course.parked.items():
        raise PlumblineError(f"{name} is parked, its quota is used up: come back {until} with `python -m engine resume {outcome.run}`")
    if outcome.state == "failed":
        raise PlumblineError(
            f"every conversation failed, at first with {course.all.first_failure}; `python -m engine turns {outcome.run}` shows all"
        )


@app.command("try")
def try_(
    model: Annotated[list[str], typer.Option(help="A named model or a LiteLLM model string; up to three.")],
    benchmark: Annotated[str, typer.Option(help="A benchmark.")],
    item: Annotated[str, typer.Option(help="One of its items.")],
    condition: Annotated[list[str], typer.Option(help="field=level; repeats.")] = [],
    seed: Annotated[int, typer.Option(min=0, help="Decides simulated replies.")] = 0,
    json: Json = False,
) -> None:
    """Ask one item and watch the replies come and be read. Nothing is kept."""
    models = [model_named(name) for name in dict.fromkeys(model)]
    one = benchmark_named(benchmark)
    with Lake.open() as lake:
        found, posed = chosen(lake, one, item, condition)
    aloud = line if json else Aloud(len(models) > 1)
    asyncio.run(tried(models, one, found, posed, gateway_for(models), aloud, seed))


@app.command("import")
def import_(
    importer: Annotated[str, typer.Argument(help=", ".join(IMPORTERS))],
    path: Annotated[Path, typer.Argument(help="The file or folder to read.")],
    name: Annotated[str | None, typer.Option(help="What a set of situations is to be called; else it is called after its file.")] = None,
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Leave bad rows of stories out and import the others.")] = False,
    json: Json = False,
) -> None:
    """Bring published logs, queries or stories, your own copy of a questionnaire, or situations of your own into the lake."""
    with Lake.open() as lake:
        try:
            brought = import_from(lake, importer, path, name, skip_bad=skip_bad)
        except BadRows as problem:
            say_refused(problem.refused)
            raise
    say_refused(brought.refused)
    if json:
        line({"event": "imported", "importer": importer, "benchmark": brought.benchmark, "run": brought.run, "new": brought.new,
              "known": brought.known, "models": list(brought.models), "damaged": list(brought.damaged), "rows": dict(brought.rows),
              "refused": len(brought.refused), "notes": list(brought.notes)})
        return
    if brought.models:
        say(f"imported {brought.new} conversations of {len(brought.models)} models ({brought.known} were in the lake already)")
        return
    for one in brought.damaged:
        say(f"damaged, kept as far as it can be read: {one}")
    for file, rows in brought.rows.items():
        say(f"read {rows} rows of {file}")
    for one in brought.notes:
        say(one)
    refused = f", {len(brought.refused)} rows refused" if brought.rows else ""
    say(f"imported {brought.new} items{refused}; play them with `python -m engine run --benchmark {brought.benchmark} --model …`")


@app.command()
def prepare(json: Json = False) -> None:
    """Fill an empty lake for a first look: published figures, and every benchmark on the simulated models."""
    from engine.models.catalogue import listed

    with Lake.open() as lake:
        read = references.load(lake)
        estimate_anew(lake)
        simulated = [name for name, model in listed().items() if model.source == "simulated"]
        requests = [Request(simulated, *look) for look in FIRST_LOOKS] if simulated else []
        outcomes = [_shown(json, lambda show, one=request: play(lake, one, show=show)) for request in requests]
        told = [outcome for outcome in outcomes or [Outcome(None, "complete")] if json or outcome.run]
        for outcome in told:
            _report(outcome, json)
        if told:
            return
        if read:
            say(f"published figures read from {read} of the files in data/reference")
        else:
            say("the lake is ready")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 (failed), 2 (wrong usage), 130 (interrupted twice)."""
    try:
        told = app(args=arguments, standalone_mode=False)
        return told if isinstance(told, int) else 0
    except PlumblineError as problem:
        print(f"plumbline: {' '.join(str(problem).split())}", file=sys.stderr)
        return problem.exit_status
    except (typer.Exit, SystemExit) as ended:
        return int(getattr(ended, "exit_code", None) or getattr(ended, "code", 0) or 0)
    except typer.Abort:
        return 130
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except Exception as problem:
        if type(problem).__module__.startswith(("click", "typer")) and hasattr(problem, "format_message"):
            print(f"plumbline: {problem.format_message()}; see --help", file=sys.stderr)  # type: ignore[attr-defined]
            return 2
        raise
