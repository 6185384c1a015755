"""What goes with what: numbers of different benchmarks across models. Simulated models never mix with real ones."""

import polars as pl

from engine.figures.correlations import correlation_grid, words
from engine.figures.exhibit import Exhibit
from engine.figures.sentences import bridges_sentence
from engine.metrics.bridges import FEWEST
from engine.problems import UsageError
from engine.results import Results
from engine.views.view import view

KINDS = {"real": ("measured", "imported"), "simulated": ("simulated",)}


def sources_of(kind: str) -> tuple[str, ...]:
    """Where the data of a kind of models are from. Raises `UsageError` for a kind that there is not."""
    if kind not in KINDS:
        raise UsageError(f"there are no '{kind}' models; choose from {', '.join(KINDS)}")
    return KINDS[kind]


def kept_to(kind: str) -> tuple[str, ...]:
    """What must be said wherever models of one kind are set against each other."""
    return ("Simulated models only; real ones are never mixed with them." if kind == "simulated"
            else "Real models only; simulated ones are never mixed with them.",)


@view("bridges")
def correlations(results: Results, *, kind: str) -> Exhibit:
    """Every two numbers of different benchmarks over all models of a kind (`real` or `simulated`) that have both."""
    sources = sources_of(kind)
    traits, bridges = results.bridges(sources)
    known = results.every_result().filter(pl.col("source").is_in(sources))["source"].unique().to_list()
    counted = sorted({bridge.models for bridge in bridges}) or [0]
    span = f"{counted[0]}" if len(counted) == 1 else f"{counted[0]} to {counted[-1]}"
    schema = {**dict.fromkeys(("first", "second", "correlation"), pl.String), "p, corrected": pl.Float64, "models": pl.Int64,
              **dict.fromkeys(("value", "low", "high", "p"), pl.Float64)}
    numbers = pl.DataFrame([
        {"first": bridge.one.label, "second": bridge.other.label, "correlation": words(bridge), "p, corrected": bridge.adjusted,
         "models": bridge.models, **bridge.rho._asdict(), "p": bridge.p} for bridge in bridges
    ], schema=schema)
    told = numbers["value"].count()
    return Exhibit(
        f"What goes with what across {kind} models", bridges_sentence(bridges),
        f"{span} models a cell. Method: Spearman's correlation, Bonett and Wright's interval, p by permutation, Holm's correction over all "
        "cells. That each number has an interval of its own pulls correlations towards 0.", numbers,
        correlation_grid(traits, bridges) if told else None,
        table=numbers.select("first", "second", "correlation", "p, corrected", "models") if told else None,
        sources=tuple(sorted(known)), benchmarks=tuple(dict.fromkeys(trait.benchmark for trait in traits)), metrics=("bridges",),
        limits=(f"Corrected over all {told} pairs that could be computed; below {FEWEST} models with both numbers nothing is said.",
                *kept_to(kind)),
        turns={"source": list(sources), "role": ["subject"]}, query={"bridge": "Across benchmarks", "kind": kind},
    )
