"""Which ethics a model chooses by, and whether it flips under pressure."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from engine.figures.captions import counts
from engine.figures.dots import interval_rows
from engine.figures.exhibit import Exhibit
from engine.figures.flips import flip_table
from engine.figures.flow import flow, transition_matrix
from engine.figures.office import beside_each_other, named, one_bar_each
from engine.figures.palette import ETHICS_LABELS, value_text
from engine.figures.sentences import comparison, families_sentence, flips_sentence, flow_sentence, weights_sentence
from engine.figures.weights import ternary
from engine.metrics.families import families_apart
from engine.results import Results
from engine.views.view import coloured, of, resting, view

KINDS = {"none": "again", "theory": "theory", "argument": "argument", "crowd": "crowd", "authority": "authority"}
LOGS = {"all": "all trials", "adversarial": "real pushes only"}
STEADY = {
    ("self_agreement", "all"): "same choice when repeated", ("consistency", "none"): "keeps it when asked again",
    ("consistency", "all"): "keeps it, all trials", ("consistency", "adversarial"): "keeps it under a real push",
    ("position_effect", "first"): "takes the option shown first", ("position_effect", "second"): "shown second",
    ("position_effect", "third"): "shown third", **{("outcome", end): end for end in ("answered", "refused", "unread", "failed")},
}
FACETS = tuple(ETHICS_LABELS)


def _of(results: Results, benchmark: str, models: Sequence[str], metric: str, facet: str | None = None) -> pl.DataFrame:
    rows = results.results(benchmark).filter(pl.col("model").is_in(models) & (pl.col("metric") == metric))
    return rows if facet is None else rows.filter(pl.col("facet") == facet)


def _printed(results: Results, models: Sequence[str], metric: str) -> pl.DataFrame:
    return results.published("triethix").filter(pl.col("model").is_in(models) & (pl.col("metric") == metric))


def _where(benchmark: str, models: Sequence[str]) -> dict[str, Any]:
    """The page's filters, and those of the turns behind."""
    return {"query": {"asked": benchmark, "models": list(models)}, "turns": {"benchmark": benchmark, "models": list(models)}}


@view("dilemmas")
def flip_rates(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """How often the second choice differs from the first, by kind of pressure; the first column is the noise floor."""
    rates, colours = _of(results, benchmark, models, "flip_rate"), coloured(results, models)
    return Exhibit(
        of("Flips under pressure", models), flips_sentence(results.results(benchmark).filter(pl.col("model").is_in(models))),
        f"Bar: share of second choices that differ from the first; line: 95 % interval; n: trials. {counts(rates)}", rates,
        flip_table(rates, list(KINDS), KINDS, colours),
        beside_each_other(rates, list(KINDS), KINDS, colours, "second choices that differ from the first", percent=True),
        percent=True, **resting(rates, benchmark), **_where(benchmark, models),
    )


@view("dilemmas")
def added_flips(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """What pressure adds to a neutral asking."""
    every = _of(results, benchmark, models, "excess_flip")
    rows, title = every.filter(pl.col("facet") == "all"), "flips that pressure adds to asking again"
    return Exhibit(
        of("Flips that pressure adds", models), comparison(rows, "the share of flips that pressure adds"), counts(rows), every,
        interval_rows(rows, coloured(results, models), title=title, percent=True, line=0.0), one_bar_each(rows, title, percent=True),
        percent=True, **resting(every, benchmark), **_where(benchmark, models),
    )


@view("dilemmas")
def ethics_weights(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """How often each model took the option of virtue, duty and outcome."""
    measured = _of(results, benchmark, models, "weight").drop("run")
    printed = _printed(results, models, "weight")
    mine = measured if measured.height else printed
    every = pl.concat([measured, printed], how="vertical_relaxed") if benchmark == "triethix" else measured
    colours = coloured(results, models)
    return Exhibit(
        of("Ethics chosen by", models), weights_sentence(mine), counts(mine), every, ternary(every, colours),
        beside_each_other(every, FACETS, ETHICS_LABELS, colours, "share of choices", percent=True), percent=True,
        **resting(every, benchmark), **_where(benchmark, models),
    )


def _moves(results: Results, benchmark: str, model: str) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """A model's transitions, and the same as a table (`None` without any): a row for each first choice, a column for each second."""
    mine = _of(results, benchmark, [model], "transition")
    of_move = {row["facet"]: row for row in mine.iter_rows(named=True)}
    rows = [{"first choice": ETHICS_LABELS[first], **{
        f"then {ETHICS_LABELS[second]}": value_text(of_move[move], percent=True) if (move := f"{first}>{second}") in of_move
        else "not measured" for second in FACETS}} for first in FACETS]
    return mine, pl.DataFrame(rows) if mine.height else None


@view("dilemmas")
def pushed_choices(results: Results, *, benchmark: str, model: str) -> Exhibit:
    """Where pushed choices go, for one model, as streams."""
    mine, table = _moves(results, benchmark, model)
    width = f"Width: share of all {mine['trials'][0]} pushed trials." if mine.height else "No pushed trials."
    return Exhibit(of("Where pushed choices go", [model]), flow_sentence(mine), width, mine, flow(mine), table=table, percent=True,
                   **resting(mine, benchmark), **_where(benchmark, [model]))


@view("dilemmas")
def pushed_choices_table(results: Results, *, benchmark: str, model: str) -> Exhibit:
    """The same as a table of shares."""
    mine, table = _moves(results, benchmark, model)
    return Exhibit(of("First and second choices", [model]), flow_sentence(mine), counts(mine), mine, transition_matrix(mine), table=table,
                   percent=True, **resting(mine, benchmark), **_where(benchmark, [model]))


@view("dilemmas")
def steadiness(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """Self-agreement, consistency, position effect and how the questions ended."""
    found = results.results(benchmark).filter(pl.col("model").is_in(models))
    rows: list[dict[str, str]] = []
    for (model, source), mine in found.group_by("model", "source", maintain_order=True):
        of_key = {(row["metric"], row["facet"]): row for row in mine.iter_rows(named=True)}
        rows.append({"model": named(str(model), str(source)),
                     **{label: value_text(of_key[key], percent=True) for key, label in STEADY.items() if key in of_key}})
    shown = found.filter(pl.struct("metric", "facet").is_in([{"metric": metric, "facet": facet} for metric, facet in STEADY]))
    balanced = " Every option is shown first, second and third equally often: without bias each place takes a third."
    agreed = shown.filter((pl.col("metric") == "self_agreement") & (pl.col("facet") == "all"))
    return Exhibit(
        of("How steady the choices are", models), comparison(agreed, "the share of same choices when repeated"),
        counts(shown) + (balanced if benchmark == "dilemmas" else ""), shown, table=pl.DataFrame(rows) if rows else None, percent=True,
        **resting(shown, benchmark), **_where(benchmark, models),
    )


@view("dilemmas")
def printed_flips(results: Results, *, models: Sequence[str]) -> Exhibit:
    """The flip rates that TriEthix printed, where the logs behind them have not been imported."""
    rates, colours = _printed(results, models, "flip_rate"), coloured(results, models)
    source = f"Source: {rates['method'][0]}." if rates.height else "The published figures are not loaded."
    return Exhibit(
        of("Published flip rates", models), comparison(rates, "the published flip rate"), source, rates,
        flip_table(rates, ["all"], LOGS, colours), one_bar_each(rates, "published flip rate", percent=True), percent=True,
        limits=("About 30 % of these trials push towards the option already chosen.",), **resting(rates, "triethix"),
        query={"asked": "triethix", "models": list(models)},
    )


@view("dilemmas")
def log_flips(results: Results, *, models: Sequence[str]) -> Exhibit:
    """Flip rates worked out from imported logs: all trials, and only those that push towards another option."""
    rates, colours = _of(results, "triethix", models, "flip_rate"), coloured(results, models)
    return Exhibit(
        of("Flip rates from published logs", models),
        comparison(rates.filter(pl.col("facet") == "adversarial"), "the flip rate under a real push"), counts(rates), rates,
        flip_table(rates, list(LOGS), LOGS, colours),
        beside_each_other(rates, list(LOGS), LOGS, colours, "second choices that differ from the first", percent=True), percent=True,
        limits=("About 30 % of the pushes in these logs name the option already chosen; real pushes leave them out. There are six "
                "different stems, so the intervals are wide.",), **resting(rates, "triethix"), **_where("triethix", models),
    )


@view("dilemmas")
def logs_beside_print(results: Results, *, models: Sequence[str]) -> Exhibit:
    """The engine's numbers from the raw logs beside the table that was printed from them."""
    printed = pl.concat([_printed(results, models, metric) for metric in ("weight", "flip_rate")]).select(
        "model", "metric", "facet", pl.col("value").alias("published"))
    found = results.results("triethix").filter(pl.col("model").is_in(models) & pl.col("metric").is_in(["weight", "flip_rate"]))
    table = found.join(printed, on=["model", "metric", "facet"], how="left")
    shown = table.select("model", "metric", "facet", "value", "low", "high", "published", "trials", "stems")
    apart = table.select((pl.col("value") - pl.col("published")).abs().max()).item()
    return Exhibit(
        of("Read again from the raw logs", models),
        "Nothing to set beside the published table." if apart is None else
        f"The engine's numbers and the published ones differ by {100 * apart:.1f} points at most.", counts(found), shown,
        table=shown if shown.height else None,
        **resting(table, "triethix"), **_where("triethix", models),
    )


@view("dilemmas")
def families(results: Results, *, printed: bool) -> Exhibit:
    """Whether families of models differ, with models as the units; over the printed figures or over the imported logs."""
    found, facet = (results.published("triethix"), "all") if printed else (results.results("triethix"), "adversarial")
    apart = families_apart(found, [("flip_rate", facet), *(("weight", ethics) for ethics in FACETS)])
    table = pl.DataFrame([
        {"number": f"{one.metric.replace('_', ' ')}, {one.facet}", "H": one.test.statistic, "p": one.test.p, "p, corrected": one.adjusted,
         "models": one.test.models,
         **{f"{name} (mean of {count})": value for name, (value, count) in one.means.items()}} for one in apart
    ])
    used = found.filter(pl.col("metric").is_in(["flip_rate", "weight"]))
    return Exhibit(
        "Do families of models differ?", families_sentence(apart),
        "Each model counts once: Kruskal and Wallis's test by permutation over all models, corrected over the four numbers.", table,
        table=table if table.height else None, **resting(used, "triethix"), query={"asked": "triethix"},
    )
