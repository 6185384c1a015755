"""The commands and their options. What each does lies in the modules beside this one."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.commands import showing
from engine.commands.importing import import_from
from engine.commands.output import Bars, Events, line, say
from engine.commands.playing import Outcome, Request, play
from engine.lake import Lake, references
from engine.problems import PlumblineError

app = typer.Typer(
    help="Plumbline asks language models what they value and whether they hold to it.", no_args_is_help=True,
    add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)
app.add_typer(showing.app)

Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")]
RETRY_HINT = "set the provider's key (e.g. OPENAI_API_KEY) and check the model's name and address (OPENAI_BASE_URL)"


@app.command()
def run(
    model: Annotated[list[str], typer.Option(help="A named model or a LiteLLM model string; repeats.")],
    benchmark: Annotated[list[str], typer.Option(help="A benchmark; repeats.")],
    condition: Annotated[list[str], typer.Option(help="field=level, or field=all; repeats.")] = [],
    epochs: Annotated[int | None, typer.Option(min=1, max=1000, help="Repeats of each item and condition.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides orders and simulated replies; kept with the run.")] = 0,
    json: Json = False,
) -> None:
    """Play benchmarks with models. What the lake holds already is not asked again."""
    request = Request(model, benchmark, condition, epochs, seed)
    with Lake.open() as lake:
        _report(_play(lake, request, json), json)


def _play(lake: Lake, request: Request, json: bool) -> Outcome:
    if json:
        events = Events()
        return play(lake, request, begin=events.begin, watch=events.watch)
    with Bars() as bars:
        return play(lake, request, begin=bars.begin, watch=bars.watch)


def _report(outcome: Outcome, json: bool) -> None:
    """Say how a run ended. Raises `PlumblineError` when it failed, so that the exit status says so too."""
    tally = outcome.tally
    if json:
        line({
            "event": "finished", "run": outcome.run, "state": outcome.state, "planned": tally.planned, "answered": tally.answered,
            "unread": tally.unread, "refused": tally.refused, "failed": tally.failed, "cost_usd": tally.cost_usd,
            "played_before": outcome.before,
        })
    elif outcome.run is None:
        say(f"nothing to play: all {outcome.before} conversations are in the lake; more with --epochs")
    else:
        cost = "price unknown" if tally.cost_usd is None else f"{tally.cost_usd:.4f} USD"
        say(
            f"run {outcome.run} {outcome.state}: {tally.ended} of {tally.planned} conversations "
            f"({tally.answered} answered, {tally.refused} refused, {tally.unread} unread, {tally.failed} failed; {cost})"
        )
    if tally.stopped_models:
        name, why = next(iter(tally.stopped_models.items()))
        raise PlumblineError(f"{name} was given up: {why}; {RETRY_HINT}")
    if outcome.state == "failed":
        raise PlumblineError(
            f"every conversation failed, at first with {tally.first_failure}; `python -m engine turns {outcome.run}` shows all"
        )


@app.command("import")
def import_(
    importer: Annotated[str, typer.Argument(help="triethix or pvq")],
    path: Annotated[Path, typer.Argument(help="The file or folder to read.")],
    json: Json = False,
) -> None:
    """Bring published logs, or your own copy of a questionnaire, into the lake."""
    with Lake.open() as lake:
        brought = import_from(lake, importer, path)
    if json:
        line({"event": "imported", "importer": importer, "run": brought.run, "new": brought.new, "known": brought.known,
              "models": list(brought.models)})
    elif brought.models:
        say(f"imported {brought.new} conversations of {len(brought.models)} models ({brought.known} were in the lake already)")
    else:
        say(f"imported {brought.new} portraits; play them with `python -m engine run --benchmark {importer} --model …`")


@app.command()
def prepare(json: Json = False) -> None:
    """Fill an empty lake for a first look: published figures, and both benchmarks on the simulated models."""
    from engine.models.catalogue import listed

    with Lake.open() as lake:
        read = references.load(lake)
        simulated = [name for name, model in listed().items() if model.source == "simulated"]
        outcome = _play(lake, Request(simulated, ["values", "dilemmas"]), json) if simulated else Outcome(None, "complete")
        if json or outcome.run:
            _report(outcome, json)
        elif read:
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
