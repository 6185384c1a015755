"""What a run found while it went, what went wrong in it, and turns as they were found by filters."""

from typing import Any

import polars as pl

from engine.benchmarks import benchmark as benchmark_of
from engine.figures.exhibit import Chart, Exhibit, Series
from engine.figures.narrowing import narrowing
from engine.figures.palette import COLOURS, value_text
from engine.lake import turns
from engine.metrics.narrowing import cuts
from engine.results import Results
from engine.views.view import view

ROWS = 50
"""So many turns are kept with a pinned table."""
COLUMNS = ("model", "source", "benchmark", "item", "turn", "step", "reading", "choice", "number", "problem", "reply", "answered_at")
CUT = {"conversations": pl.Int64, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}


@view("runs")
def narrowing_estimate(results: Results, *, run: str, model: str, benchmark: str, whole: bool) -> Exhibit:
    """The headline estimate from a run's own answers at 25, 50, 100, … conversations (and at `whole`, all)."""
    one, ended = benchmark_of(benchmark), turns.ended(results.lake, run, model, benchmark)
    wanted = [cut for cut in cuts(ended) if cut < ended or not whole] + ([ended] if whole and ended else [])
    rows = [results.at_cut(run, model, benchmark, cut) for cut in wanted]
    lens = one.lens
    last = value_text(rows[-1], percent=lens.percent) if rows else "not measured yet"
    ends = {column: tuple(row[key] for row in rows) for column, key in (("values", "value"), ("lows", "low"), ("highs", "high"))}
    asked = turns.page(results.lake, limit=1, run=run, model=[model])["source"]
    source = asked[0] if asked.len() else None
    numbers = pl.DataFrame([{name: row[name] for name in CUT} for row in rows], schema=CUT).with_columns(
        model=pl.lit(model), source=pl.lit(source, dtype=pl.String), benchmark=pl.lit(benchmark), metric=pl.lit(lens.metric),
        facet=pl.lit(lens.facet))
    return Exhibit(
        f"{lens.label} while answers came: {model}", f"{lens.label}: {last}.",
        f"{lens.label}: {last}. Band: 95 % interval after 25, 50, 100 … conversations; four times as many halve it.", numbers,
        narrowing(rows, title=lens.label, colour=COLOURS[0], percent=lens.percent),
        Chart("lines", tuple(f"{cut:,}" for cut in wanted), (Series(model, COLOURS[0], **ends),), lens.label, percent=lens.percent)
        if rows else None, percent=lens.percent, sources=(source,) if source else (), benchmarks=(benchmark,), metrics=(lens.metric,),
        query={"run": run}, turns={"run": run, "models": [model], "benchmark": benchmark},
    )


@view("runs")
def run_problems(results: Results, *, run: str) -> Exhibit:
    """What went wrong in a run, by model and kind, in the provider's words."""
    found = turns.problems(results.lake, run).with_columns(pl.col("problem").str.replace_all("_", " "))
    total = int(found["trials"].sum())
    told = f"{total:,} conversation{'' if total == 1 else 's'} failed." if total else "Nothing went wrong."
    return Exhibit("What went wrong in a run", told, f"Run {run}.", found,
                   table=found.rename({"trials": "conversations", "detail": "in the provider's words"}) if found.height else None,
                   query={"run": run}, turns={"run": run})


@view("turns")
def turns_found(results: Results, *, filters: dict[str, Any]) -> Exhibit:
    """The newest turns that match filters of the Turns page."""
    total, found = turns.count(results.lake, **filters), turns.page(results.lake, limit=ROWS, offset=0, **filters)
    shown = found.select(COLUMNS).drop("source").with_columns(pl.col("answered_at").dt.strftime("%Y-%m-%d %H:%M"))
    kept = "All of them" if total <= ROWS else f"{ROWS} of them"
    return Exhibit(
        "Turns that match", f"{total:,} turns match.", f"{kept}, as they were asked and read.",
        found.select(COLUMNS), table=shown if total else None, sources=tuple(found["source"].unique().sort()),
        benchmarks=tuple(found["benchmark"].unique().sort()),
        query={name: value for name, value in filters.items() if value}, turns={name: value for name, value in filters.items() if value},
    )
