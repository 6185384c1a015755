"""The commands that hand out what was found: decks and reports as files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.commands.output import line, say, table
from engine.lake import Lake
from engine.problems import UsageError
from engine.reports import compose, deck_history, export, model_report
from engine.results import Results

app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="JSON, for machines.")]


@app.command()
def decks(json: Json = False) -> None:
    """List the decks, the one changed last first."""
    with Lake.open() as lake:
        found = deck_history.listed(lake)
    if json:
        for row in found.iter_rows(named=True):
            line(row)
        return
    columns = ("id", "title", "slides", "made_at", "made_by", "change")
    table(columns, ([row[name] for name in columns] for row in found.iter_rows(named=True)))


@app.command()
def report(
    to: Annotated[Path, typer.Option(help=f"The file to write; its ending says the form: {', '.join(f'.{one}' for one in export.FORMS)}.")],
    deck: Annotated[str | None, typer.Option(help="A deck, by its title or the beginning of its id.")] = None,
    model: Annotated[list[str], typer.Option(help="A report on this model instead; repeats, to set models beside each other.")] = [],
    newest: Annotated[bool, typer.Option("--newest", help="Show the deck on the newest data, this once; what is pinned stays.")] = False,
    json: Json = False,
) -> None:
    """Write a deck, or a report on models, as slides, as one file for a browser, as a PDF, or the data behind it."""
    if bool(deck) == bool(model):
        raise UsageError("give either --deck or --model")
    export.form_of(to)
    now = datetime.now(UTC)
    with Lake.open(create=False) as lake:
        if deck:
            made = compose.presentation(lake, deck_history.named(lake, deck), now, newest=Results(lake) if newest else None)
            export.write(made, to)
            what = f"{len(made.sheets)} slides"
        else:
            told = model_report.report(Results(lake), model, now)
            export.write_report(told, to)
            what = f"{len(told.chapters)} chapters"
    if json:
        line({"event": "written", "file": str(to), "what": what, "bytes": to.stat().st_size})
    else:
        say(f"written: {to}, {what}, {to.stat().st_size / 1e6:.1f} MB")
