"""What people's own criteria say of a benchmark's free answers, set right for the errors of whoever checks them."""

from typing import Any

import polars as pl

from engine.figures.dots import interval_rows
from engine.figures.exhibit import Exhibit
from engine.figures.office import one_bar_each
from engine.figures.palette import value_text
from engine.figures.sentences import name as model_name
from engine.metrics.statistics import Interval
from engine.results import Results
from engine.rubrics.attached import AttachedScore, corrected_scores
from engine.views.view import coloured, of, resting, view

SCHEMA = {
    "model": pl.String, "source": pl.String, "benchmark": pl.String, "metric": pl.String, "facet": pl.String, "value": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "trials": pl.Int64, "stems": pl.Int64, "dropped": pl.Int64, "method": pl.String,
}
LIMIT = ("The assertion's errors are those on the rubric's audit sample; they are this benchmark's as far as its answers are like the "
         "outputs that people graded.")


def _row(one: AttachedScore, metric: str, interval: Interval) -> dict[str, Any]:
    value, low, high = interval
    return {
        "model": one.model, "source": one.source, "benchmark": one.benchmark, "metric": metric, "facet": one.name, "value": value,
        "low": low, "high": high, "trials": one.judged, "stems": one.items, "dropped": one.errors, "method": one.method,
    }


def _told(interval: Interval) -> str:
    return value_text({"value": interval.value, "low": interval.low, "high": interval.high}, percent=True)


@view("regions")
def attached_scores(results: Results, *, benchmark: str, model: str) -> Exhibit:
    """A model's free answers held to the criteria that people attached to the benchmark: corrected score beside the naive one."""
    found = [one for one in corrected_scores(results.lake, benchmark) if one.model == model]
    title = of("Held to your own criteria", [model])
    where: dict[str, Any] = {
        "query": {"asked": benchmark, "region_model": model, "answer": "open"}, "turns": {"benchmark": benchmark, "models": [model]},
    }
    if not found:
        why = "No criterion is attached to these answers, or the model has given no free ones."
        return Exhibit(title, f"{title}. {why}", "", pl.DataFrame(schema=SCHEMA), **where)
    corrected = pl.DataFrame([_row(one, "corrected_rate", one.corrected) for one in found], schema=SCHEMA)
    plain = pl.DataFrame([_row(one, "naive_rate", one.naive) for one in found], schema=SCHEMA)
    table = pl.DataFrame([{
        "criterion": one.name, "passes, corrected": _told(one.corrected), "not corrected": _told(one.naive), "answers judged": one.judged,
        "without a verdict": one.unjudged, "errors": one.errors, "assertion": one.assertion_words, "why not": one.why,
    } for one in found])
    known = [one for one in found if one.corrected.value is not None]
    told = "; ".join(f"{one.name} {_told(one.corrected)}, {_told(one.naive)} before correction" for one in known)
    sentence = (f"{model_name(model, found[0].source)} passes: {told}." if known
                else f"Nothing can be said of {model_name(model, found[0].source)} yet: {found[0].why}.")
    drawn = interval_rows(corrected, coloured(results, [model]), title="answers that pass, corrected", percent=True,
                          labels={one.name: one.name for one in found}) if known else None
    return Exhibit(
        title, sentence, f"95 % intervals. {found[0].method[:1].upper()}{found[0].method[1:]}.", pl.concat([corrected, plain]), drawn,
        one_bar_each(corrected, "answers that pass, corrected", label="facet", percent=True) if known else None, table=table, percent=True,
        limits=(LIMIT,), **resting(corrected, benchmark), **where,
    )
