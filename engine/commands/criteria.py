"""The commands about criteria: what rubrics there are, running their assertions, report cards, carrying them out and back."""

import getpass
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.checks.content import written_out
from engine.commands.checking import Due, check, due
from engine.commands.output import line, money, say, table
from engine.lake import Lake, rubrics
from engine.metrics.statistics import Interval
from engine.problems import PlumblineError, UsageError
from engine.rubrics import carrying
from engine.rubrics.cards import Card, cards, numbers
from engine.rubrics.history import History

app = typer.Typer(help="Criteria, their assertions and report cards.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="JSON, for machines.")]
Rubric = Annotated[str, typer.Argument(help="A rubric's id, its beginning, or its name.")]
ENDINGS = (".yaml", ".yml", ".py")


@app.command("list")
def list_(json: Json = False) -> None:
    """List the rubrics, newest first."""
    with Lake.open() as lake:
        found = rubrics.listed(lake)
    columns = ("id", "name", "made_by", "made_at", "outputs", "criteria", "grades", "graders")
    if json:
        for row in found.iter_rows(named=True):
            line({name: row[name] for name in (*columns, "note", "version")})
        return
    table(columns, (found.select(columns)).iter_rows())


@app.command("check")
def check_(
    rubric: Rubric,
    assertion: Annotated[list[str], typer.Option(help="Only this assertion, by its id; repeats.")] = [],
    most: Annotated[int | None, typer.Option(help="Calls of judges at most.")] = None,
    judge_itself: Annotated[bool, typer.Option("--judge-itself", help="Let a model judge its own replies.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would take and run nothing.")] = False,
    json: Json = False,
) -> None:
    """Run the assertions on the outputs that have no verdict yet. Stopped in the middle, it goes on where it was."""
    with Lake.open() as lake:
        own = found_rubric(lake, rubric)["id"]
        told = due(lake, own, assertion or None, judge_itself=judge_itself)
        if dry_run:
            _say_due(told, json=json)
            return
        if not json:
            _say_due(told, json=False)
        done = check(lake, own, assertion or None, most=most, judge_itself=judge_itself)
    if json:
        line({"event": "checked", **vars(done)})
    else:
        verdicts = done.passed + done.failed + done.errors
        say(
            f"{verdicts} verdicts: {done.passed} pass, {done.failed} fail, {done.errors} error ({done.calls} calls, "
            f"{money(done.cost_usd)}); {done.left} are left"
        )
    for name, why in done.given_up.items():
        raise PlumblineError(f"{name} was given up: {why}; `python -m engine criteria check {rubric}` goes on with what is left")


@app.command()
def card(rubric: Rubric, json: Json = False) -> None:
    """Show the report card of each criterion: numbers of the audit sample, on grades that did not choose the assertion."""
    with Lake.open() as lake:
        found = cards(History.read(lake, found_rubric(lake, rubric)["id"]))
    if json:
        for one in found:
            line(numbers(one))
        return
    columns = ("criterion", "graded (audit)", "people agree", "coverage", "false failures", "alignment", "MCC", "kappa", "pass rate, naive",
               "corrected")
    table(columns, (_row(one) for one in found))
    for one in found:
        by = " (chosen by hand)" if one.by_hand else ""
        say(f"{one.name}: {one.chosen_words}{by}" if one.chosen else f"{one.name}: no assertion is chosen")
        if told := one.missing or (one.corrected.shown.why if one.corrected else ""):
            say(f"  {told}")


@app.command("export")
def export_(
    rubric: Rubric, to: Annotated[Path, typer.Option(help="A .yaml file with the whole history, or a .py file for pytest.")]
) -> None:
    """Write a rubric's criteria, their history and chosen assertions to a file. Outputs and grades stay here, but for their numbers and
    for the examples that a chosen judge is shown.
    """
    if to.suffix not in ENDINGS:
        raise UsageError(f"'{to.name}' is no YAML or Python file; name one that ends in .yaml or .py")
    with Lake.open() as lake:
        own = found_rubric(lake, rubric)["id"]
        text = exported(lake, own, to.name)
    try:
        to.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise PlumblineError(f"{to} cannot be written ({problem.strerror}); name another file") from None
    say(f"written to {to}")


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="A file that `criteria export` wrote.")], json: Json = False) -> None:
    """Bring an exported rubric into the lake as a new one. No code in the file is run."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PlumblineError(f"{file} is no text; export it again") from None
    except OSError as problem:
        raise UsageError(f"{file} cannot be read ({problem.strerror}); check the path") from None
    told = carrying.read(text, file.name)
    with Lake.open() as lake:
        own = carrying.bring(lake, told, getpass.getuser())
    if json:
        line({"event": "imported", "rubric": own, "name": told.name, "criteria": len(told.criteria)})
    else:
        say(f"imported '{told.name}' with {len(told.criteria)} criteria as {own}; its outputs and grades are to be made anew")


def exported(lake: Lake, rubric: str, name: str) -> str:
    """A rubric as the text of a file called `name` (.py: for pytest, else YAML), with report cards and judges' prompts as asked here."""
    made = cards(History.read(lake, rubric))
    told = carrying.document(lake, rubric, {one.criterion: numbers(one) for one in made})
    if not name.endswith(".py"):
        return carrying.as_yaml(told)
    texts = {one.id: part.text for part in told.criteria for one in part.assertions}
    prompts = {one.id: written_out(one.content, texts[one.id]) for part in told.criteria for one in part.assertions if one.kind == "judge"}
    return carrying.as_pytest(told, prompts=prompts, file=name)


def found_rubric(lake: Lake, told: str) -> dict[str, Any]:
    """A rubric on the list by its id, an unambiguous beginning of it, or its name. Raises `UsageError`."""
    rows: Sequence[dict[str, Any]] = rubrics.listed(lake).to_dicts()
    for fits in ([row for row in rows if row["id"] == told], [row for row in rows if row["name"].lower() == told.strip().lower()],
                 [row for row in rows if told and row["id"].startswith(told)]):
        if len(fits) == 1:
            return fits[0]
        if fits:
            raise UsageError(f"'{told}' stands for {len(fits)} rubrics; give more of the id, `python -m engine criteria list` shows it")
    raise UsageError(f"rubric '{told}' is not in this lake; `python -m engine criteria list` shows what there is")


def _say_due(told: Due, *, json: bool) -> None:
    if json:
        line({"event": "due", **vars(told), "refused": dict(told.refused)})
        return
    who = f" of {', '.join(told.models)}" if told.models else ""
    cost = f"at most {money(told.cost_usd)}" if told.cost_usd else money(told.cost_usd)
    say(f"due: {told.sql} verdicts by SQL, {told.calls} calls{who} ({cost})")
    for own, why in told.refused:
        say(f"not run: {own}: {why}")


def _row(one: Card) -> list[str]:
    held, corrected = one.card, one.corrected
    return [
        one.name, f"{one.counts.graded} ({one.counts.audit_graded})", *map(
            _told, (one.people.raw, held.coverage, held.false_failures, held.alignment, held.mcc, held.kappa,
                    *((corrected.naive, corrected.shown.rate) if corrected else (None, None)))
        ),
    ]


def _told(one: Interval | None) -> str:
    if one is None or one.value is None:
        return "not computable"
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})" if one.low is not None and one.high is not None else f"{one.value:.2f}"
