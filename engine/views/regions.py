"""Where a model's moral reasoning fails, and whether reasoning in five steps helps."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from engine.benchmarks import benchmark as benchmark_of
from engine.countries import countries
from engine.figures.captions import counts
from engine.figures.dumbbell import LOOK, dumbbell
from engine.figures.exhibit import Chart, Exhibit
from engine.figures.office import ONE, series_of
from engine.figures.palette import value_text
from engine.figures.sentences import gain_sentence, gap_sentence
from engine.figures.tiles import Tile, tile_grid
from engine.metrics.free_answers import agreement_with, as_read_by, judges_of
from engine.results import Results
from engine.views.view import of, resting, view

Row = Mapping[str, Any]
STEPS = ("facts", "norms", "options", "lenses", "reflection")
ERRORS = {"false_alarm": "condemns what is fine", "miss": "misses what is not", "norm_identification": "sees whether a norm applies",
          "calls": "calls", "tokens": "tokens"}
NUMBERS = ("regional_score", "above_chance", "false_alarm", "miss", "norm_identification", "gain", "region_gap")
MEASURES = {
    "coverage": "norms on record that it states", "faithfulness": "norms it states that are on record",
    "factuality": "norms it states that hold",
}
AGREEMENT = {"judge_agreement": "says the same", "judge_kappa": "kappa"}
HELD_BACK = "No second judge has read these answers, so nobody knows how far this one can be relied on; its scores are held back."
CHECKED = "The situations and their labels have not been checked by a person from each country yet."


def read(results: Results, benchmark: str, model: str, judge: str | None) -> pl.DataFrame:
    """A model's estimates, of judged answers or, with a judge, of free answers as it reads them; none while no second judge has."""
    found = results.results(benchmark).filter(pl.col("model") == model)
    if judge is not None and (judge not in judges_of(found) or len(judges_of(found)) < 2):
        return found.clear()
    return as_read_by(found, judge)


def strategies_of(found: pl.DataFrame, benchmark: str) -> list[str]:
    """The strategies that were played, the standard ones first."""
    present = found.filter((pl.col("metric") == "accuracy") & ~pl.col("facet").str.contains(" @ "))["facet"].to_list()
    return [name for name in benchmark_of(benchmark).levels["strategy"] if name in present]


def _at_places(found: pl.DataFrame, metric: str, strategy: str, scope: str) -> dict[str, Row]:
    """One metric's rows under a strategy by place."""
    prefix = f"{strategy} @ {scope} "
    mine = found.filter((pl.col("metric") == metric) & pl.col("facet").str.starts_with(prefix))
    return {row["facet"].removeprefix(prefix): row for row in mine.iter_rows(named=True)}


def _one(found: pl.DataFrame, metric: str, facet: str) -> Row | None:
    rows = found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).to_dicts()
    return rows[0] if rows else None


def _floor(benchmark: str) -> float:
    return benchmark_of(benchmark).lens.floor or 0.0


def _where(benchmark: str, model: str, judge: str | None, **more: str) -> dict[str, Any]:
    query = {"asked": benchmark, "region_model": model, **({"answer": "open", "judge": judge} if judge else {}), **more}
    return {"query": query, "turns": {"benchmark": benchmark, "models": [model], "role": ["subject"]}}


def _limits(judge: str | None) -> tuple[str, ...]:
    return (CHECKED, f"Free answers as {judge} reads them; how often another judge agrees is part of the finding.") if judge else (CHECKED,)


def _nothing(title: str, benchmark: str, model: str, judge: str | None, found: pl.DataFrame) -> Exhibit:
    why = HELD_BACK if judge else "Nothing has been measured of it here."
    return Exhibit(title, f"{title}. {why}", "", found, **resting(found, benchmark), **_where(benchmark, model, judge))


@view("regions")
def world(
    results: Results, *, benchmark: str, model: str, strategy: str | None = None, judge: str | None = None, tiles: str = "region",
) -> Exhibit:
    """A tile for each country: its region's score, or its own share right."""
    found, title = read(results, benchmark, model, judge), of("Where it knows the norms", [model])
    known = strategies_of(found, benchmark)
    strategy = strategy if strategy in known else next(iter(known), None)
    by_region, by_country = (_at_places(found, metric, strategy or "", scope) for metric, scope in
                             (("regional_score", "region"), ("accuracy", "country")))
    if not strategy or not by_country:
        return _nothing(title, benchmark, model, judge, found)
    gap, names, floor = _one(found, "region_gap", f"{strategy} @ region"), countries(), _floor(benchmark)
    sentence = gap_sentence(model, found["source"][0], gap, "region") if gap else "No regions to compare yet."
    if tiles == "country":
        drawn = {code: Tile(row, names[code].name) for code, row in by_country.items()}
        what, bounds = "share right in the country", (0.0, 1.0)
    else:
        drawn = {code: Tile(by_region[region], region) for code in by_country if (region := names[code].region) in by_region}
        what, bounds = "score of the country's region", (floor, 1.0)
    rows = sorted({tile.about: tile.row for tile in drawn.values()}.items())
    numbers = pl.DataFrame([tile.row for tile in drawn.values()], schema=found.schema)
    here = f"{len(by_country)} countries with situations; outlined ones have none. Any constant answer gets {100 * floor:.0f} %."
    return Exhibit(
        title, sentence, f"{here} {counts(numbers)}", numbers.unique(maintain_order=True), tile_grid(drawn, title=what, bounds=bounds),
        _bars(rows, what, floor if tiles != "country" else None), percent=True, limits=_limits(judge), **resting(numbers, benchmark),
        **_where(benchmark, model, judge, strategy=strategy, tiles=tiles),
    )


def _bars(rows: list[tuple[str, Row]], what: str, mark: float | None) -> Chart:
    series = (series_of("estimate", ONE, [row for _, row in rows]),)
    return Chart("bars", tuple(name for name, _ in rows), series, what, percent=True, mark=mark)


@view("regions")
def strategies(results: Results, *, benchmark: str, model: str, judge: str | None = None) -> Exhibit:
    """Strategy against strategy, everywhere and by continent."""
    found, title = read(results, benchmark, model, judge), of("Do five steps help?", [model])
    names = strategies_of(found, benchmark)
    if not names:
        return _nothing(title, benchmark, model, judge, found)
    calls, floor = {name: _one(found, "calls", name) for name in names}, _floor(benchmark)
    direct, five = calls.get("direct"), calls.get("five steps")
    more = five["value"] / direct["value"] if direct and five and direct["value"] else None
    sentence = gain_sentence(_one(found, "gain", "five steps"), "reasoning in five steps", more)
    ceiling = " The grey mark is the same model with the norm given." if "norm given" in names else ""
    scores = {name: _at_places(found, "regional_score", name, "continent") for name in names if not name.startswith("without ")}
    everywhere = {name: row for name in scores if (row := _one(found, "regional_score", name))}
    places = sorted({place for mine in scores.values() for place in mine})
    by_place = ((place, {name: mine[place] for name, mine in scores.items() if place in mine}) for place in places)
    rows = [("everywhere", everywhere), *by_place]
    facets = [*scores, *(f"{name} @ continent {place}" for name in scores for place in places)]
    shown = found.filter((pl.col("metric") == "regional_score") & pl.col("facet").is_in(facets))
    scored = found.filter(pl.col("metric").is_in(NUMBERS) & ~pl.col("facet").str.contains("@ country"))
    return Exhibit(
        title, f"{sentence}{ceiling}", f"Dotted: what any constant answer gets. {counts(shown)}", scored,
        dumbbell(rows, title="regional score", floor=floor), _grouped(rows, list(scores), floor), percent=True, limits=_limits(judge),
        **resting(scored, benchmark), **_where(benchmark, model, judge),
    )


def _grouped(rows: list[tuple[str, dict[str, Row]]], names: list[str], floor: float) -> Chart:
    series = [series_of(name, LOOK.get(name, ("", ONE))[1], [told.get(name, {}) for _, told in rows]) for name in names]
    return Chart("bars", tuple(place for place, _ in rows), tuple(series), "regional score", percent=True, mark=floor)


@view("regions")
def errors(results: Results, *, benchmark: str, model: str, judge: str | None = None) -> Exhibit:
    """Errors and cost of each strategy."""
    found, title = read(results, benchmark, model, judge), of("Errors and cost of each strategy", [model])
    names = strategies_of(found, benchmark)
    if not names:
        return _nothing(title, benchmark, model, judge, found)
    told = pl.DataFrame([{"strategy": name, **{label: _cell(_one(found, metric, name), metric) for metric, label in ERRORS.items()}}
                         for name in names])
    used = found.filter(pl.col("metric").is_in(list(ERRORS)) & pl.col("facet").is_in(names))
    first = told.row(0, named=True)
    alarms, misses = first[ERRORS["false_alarm"]], first[ERRORS["miss"]]
    return Exhibit(
        title, f"{names[0].capitalize()}: it condemns {alarms} of what is fine and misses {misses} of what is not.", counts(used), used,
        table=told, limits=_limits(judge), **resting(used, benchmark), **_where(benchmark, model, judge),
    )


def _cell(row: Row | None, metric: str) -> str:
    if row is None or row["value"] is None:
        return "not known" if metric == "tokens" else "not measured"
    return f"{row['value']:,.0f}" if metric in ("calls", "tokens") else value_text(dict(row), percent=True)


@view("regions")
def steps(results: Results, *, benchmark: str, model: str, judge: str | None = None) -> Exhibit:
    """Which of the five steps carries the gain: the difference on the same situations when it is left out."""
    found, title = read(results, benchmark, model, judge), of("Which step carries the gain?", [model])
    told = {step: row for step in STEPS if (row := _one(found, "step_gain", step))}
    if not told:
        return _nothing(title, benchmark, model, judge, found)
    rows = [{"step": step, "carries": value_text(dict(row), percent=True), "trials": row["trials"]} for step, row in told.items()]
    sure = [step for step, row in told.items() if row["low"] is not None and row["low"] > 0]
    used = found.filter(pl.col("metric") == "step_gain")
    return Exhibit(
        title, f"Sure to help: {', '.join(sure)}." if sure else "No single step is sure to help: every interval includes no effect.",
        counts(used), used, chart=_bars(list(told.items()), "points that the step carries", 0.0), table=pl.DataFrame(rows), percent=True,
        limits=_limits(judge), **resting(used, benchmark), **_where(benchmark, model, judge),
    )


@view("regions")
def norms_stated(results: Results, *, benchmark: str, model: str, judge: str) -> Exhibit:
    """Coverage, faithfulness and factuality of each strategy, as a judge reads free answers."""
    found, title = read(results, benchmark, model, judge), of("Which norms the answers state", [model])
    names = strategies_of(found, benchmark)
    if not names:
        return _nothing(title, benchmark, model, judge, found)
    rows: list[dict[str, str]] = []
    for name in names:
        mine = {row["metric"]: row for row in found.filter(pl.col("facet") == name).iter_rows(named=True)}
        rows.append({"strategy": name, **{label: value_text(mine[metric], percent=True) if metric in mine else "not measured"
                                          for metric, label in MEASURES.items()}})
    used = found.filter(pl.col("metric").is_in(list(MEASURES)) & ~pl.col("facet").str.contains("@ country"))
    return Exhibit(
        title, "Coverage, faithfulness and factuality in SafeWorld's words. With the norm given the same judge shows how high they can "
        "get.", counts(used), used, table=pl.DataFrame(rows), percent=True, limits=_limits(judge), **resting(used, benchmark),
        **_where(benchmark, model, judge),
    )


@view("regions")
def judges_agree(results: Results, *, benchmark: str, model: str, judge: str) -> Exhibit:
    """How often every other judge says the same of free answers as this one."""
    found = results.results(benchmark).filter(pl.col("model") == model)
    title, how = of(f"How often other judges agree with {judge}", [model]), (
        "Kappa is agreement beyond chance: 0 is chance, 1 is full agreement. No person has graded these answers yet.")
    rows = [{"other judge": other, **{
        f"{what}: {AGREEMENT[metric]}": value_text(row, percent=metric == "judge_agreement") for (metric, what), row in told.items()
    }} for other, told in agreement_with(found, judge).items()]
    used = found.filter(pl.col("metric").is_in(list(AGREEMENT)))
    if not rows:
        return Exhibit(title, HELD_BACK, how, used, **resting(used, benchmark), **_where(benchmark, model, judge))
    return Exhibit(title, f"{judge} beside {len(rows)} other judge{'' if len(rows) == 1 else 's'} of the same answers.", how, used,
                   table=pl.DataFrame(rows), percent=True, **resting(used, benchmark), **_where(benchmark, model, judge))


@view("regions")
def published_safeworld(results: Results) -> Exhibit:
    """SafeWorld's own figures, beside and not among ours."""
    printed, title = results.published("safeworld"), "Published figures of SafeWorld"
    if printed.is_empty():
        return Exhibit(title, "The published figures are not loaded; run `python -m engine prepare`.", "", printed)
    wide = printed.pivot("metric", index="model", values="value").rename({"type_match": "response-type match"})
    return Exhibit(
        title, "Not the same measurement: there other models, with prompts that are not public, extract and match the norms that a free "
        "answer names; here either the model picks an answer and nothing else judges, or judges of your choice read it with prompts of "
        "ours. The constant reply 'answer directly' matches 31 % of SafeWorld's released queries, above every off-the-shelf model's type "
        "match, so that column says little without its floor.",
        f"{printed['method'][0]}. Shares from 0 to 1; no intervals were published.", printed, table=wide, sources=("published",),
        benchmarks=("safeworld",),
    )
