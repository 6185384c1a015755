"""The commands that only show: runs, turns, models, benchmarks, estimates."""

import json as jsonlib
from enum import StrEnum
from typing import Annotated

import typer

from engine.benchmark import Benchmark
from engine.benchmarks import benchmark as benchmark_named
from engine.benchmarks import benchmarks as every_benchmark
from engine.commands import controlling
from engine.commands.output import as_csv, line, table
from engine.lake import Lake, references
from engine.lake import estimates as kept_estimates
from engine.lake import items as kept_items
from engine.lake import runs as kept_runs
from engine.lake import turns as kept_turns
from engine.models import keys
from engine.models.catalogue import listed
from engine.models.catalogue import model as model_named

app = typer.Typer()
Json = Annotated[bool, typer.Option("--json", help="JSON, for machines.")]


class Format(StrEnum):
    """How estimates are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@app.command()
def runs(json: Json = False) -> None:
    """List the runs, newest first."""
    with Lake.open() as lake:
        found = controlling.listed(lake)
    if json:
        for row in found:
            line({**row, "versions": jsonlib.loads(row["versions"])})
        return
    columns = ("id", "state", "asked_by", "started", "planned", "answered", "unread", "refused", "failed", "cost_usd")
    table(columns, ([row[name] for name in columns] for row in found))


@app.command()
def turns(run: Annotated[str, typer.Argument(help="A run's id, or its beginning.")], json: Json = False) -> None:
    """Show a run's turns; with --json one turn a line, with the columns of the turns table."""
    with Lake.open() as lake:
        found = kept_turns.page(lake, run=kept_runs.find(lake, run)["id"], limit=None)
    if json:
        for row in found.iter_rows(named=True):
            line({**row, "condition": jsonlib.loads(row["condition"]), "messages": jsonlib.loads(row["messages"])})
        return
    columns = ("model", "benchmark", "item", "epoch", "turn", "reading", "choice", "number", "problem", "reply")
    rows = found.select(columns).iter_rows(named=True)
    table(columns, ([*list(row.values())[:-1], (row["reply"] or "")[:60].replace("\n", " ")] for row in rows))


@app.command()
def models(json: Json = False) -> None:
    """List the named models; any other LiteLLM model string works as well."""
    found = listed()
    if json:
        for name, model in found.items():
            line({"name": name, "model": model.model, "source": model.source, "parameters": model.parameters, "about": model.about,
                  "key": keys.present(model.model)})
        return
    table(("name", "model", "source", "about"), ((n, m.model, m.source, m.about) for n, m in found.items()))


@app.command()
def benchmarks(json: Json = False) -> None:
    """List the benchmarks with their conditions, and the sets of items that were imported."""
    with Lake.open() as lake:
        held = kept_items.imported(lake)
    found = every_benchmark() | {name: benchmark_named(name) for name in held}
    for name, one in found.items():
        if json:
            line({
                "name": name, "title": one.title, "version": one.version, "items": len(one.items) or held.get(name, 0),
                "epochs": one.epochs,
                "conditions": {field: list(levels) for field, levels in one.levels.items()}, "metrics": list(one.metrics),
                "playable": one.conversation is not None, "importer": one.importer, "citation": one.citation,
            })
    if not json:
        rows = (
            (name, one.title, len(one.items) or held.get(name) or f"import {one.importer}", _conditions(one)) for name, one in found.items()
        )
        table(("name", "title", "items", "conditions"), rows)


def _conditions(one: Benchmark) -> str:
    return "; ".join(f"{field}={'|'.join(levels)}" for field, levels in one.levels.items())


@app.command()
def estimates(
    benchmark: Annotated[list[str], typer.Option(help="Only this benchmark; repeats.")] = [],
    model: Annotated[list[str], typer.Option(help="Only this model; repeats.")] = [],
    metric: Annotated[list[str], typer.Option(help="Only this metric; repeats.")] = [],
    published: Annotated[bool, typer.Option(help="Add published figures of models.")] = False,
    format: Annotated[Format, typer.Option(help="table, json or csv")] = Format.TABLE,
    json: Json = False,
) -> None:
    """Show the newest estimates with intervals, counts and method."""
    for name in benchmark:
        benchmark_named(name)
    with Lake.open() as lake:
        found = kept_estimates.newest(lake, models=model, benchmarks=benchmark)
        rows = list(found.drop("run", "dropped").iter_rows(named=True))
        if published:
            printed = references.of_models(lake).iter_rows(named=True)
            rows += [row for row in printed if (not benchmark or row["benchmark"] in benchmark) and (not model or row["model"] in model)]
        for name in model:
            if name not in {row["model"] for row in rows}:
                model_named(name)  # a name that is neither in the lake nor a model is a mistake
    rows = [row for row in rows if not metric or row["metric"] in metric]
    columns = ("model", "source", "benchmark", "metric", "facet", "value", "low", "high", "trials", "stems", "method")
    if json or format is Format.JSON:
        print(jsonlib.dumps([{name: row[name] for name in columns} for row in rows], ensure_ascii=False))
    elif format is Format.CSV:
        as_csv(columns, rows)
    else:
        table(columns[:-1], ([row[name] for name in columns[:-1]] for row in rows))
