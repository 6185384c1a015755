"""What a model says it values: profiles, whether they can be read as one, and how far they lie from people's."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from engine.circle import BROAD, HIGHER, LABELS, ORDER_19
from engine.figures.captions import counts
from engine.figures.dots import dots, interval_rows
from engine.figures.exhibit import Chart, Exhibit, Series
from engine.figures.office import beside_each_other, named, one_bar_each
from engine.figures.palette import GREY, value_text
from engine.figures.radar import radar
from engine.figures.sentences import comparison, values_sentence
from engine.metrics import people
from engine.results import Results
from engine.views.view import coloured, of, resting, view

DETAIL = {"10 values": ("broad_value", tuple(BROAD)), "19 values": ("value", ORDER_19), "4 groups": ("higher_order", tuple(HIGHER))}
STUDIES = {
    "Value Compass": "value_compass_score", "Value Portrait": "value_portrait_score", "ValueBench": "valuebench_score",
}
WHY = {
    "Value Compass": "Another model judged the values in freely written text, so no point of the scale means average.",
    "Value Portrait": "Models rated how similar ready-made answers to real questions are to their own, not portraits of persons.",
    "ValueBench": "A judge rated advice from no to yes, and many scores lie at the top end.",
}
SELF_DESCRIBED = "A profile is what the model says of itself; it need not show in what it does."
PEOPLE = "People: 569 English-speaking respondents, PVQ-21."


def _found(results: Results, benchmark: str, models: Sequence[str]) -> pl.DataFrame:
    return results.results(benchmark).filter(pl.col("model").is_in(models))


def _where(benchmark: str, models: Sequence[str], **more: str | list[str]) -> dict[str, Any]:
    behind = {"benchmark": benchmark, "models": list(models)}
    return {"query": {"questionnaire": benchmark, "models": list(models), **more}, "turns": behind}


def verdicts(results: Results, benchmark: str, models: Sequence[str]) -> list[dict[str, Any]]:
    """Whether each profile may be read as one: model, source, value (1: it may), method (why not)."""
    found = _found(results, benchmark, models)
    return found.filter((pl.col("metric") == "interpretable") & (pl.col("facet") == "all")).to_dicts()


@view("values")
def profile(
    results: Results, *, benchmark: str, models: Sequence[str], detail: str = "10 values", drawn_as: str = "Radar",
    countries: Sequence[str] = (),
) -> Exhibit:
    """Profiles as radar or dots, with people behind them at ten values."""
    metric, facets = DETAIL.get(detail, DETAIL["10 values"])
    shown, colours = _found(results, benchmark, models).filter(pl.col("metric") == metric), coloured(results, models)
    doubtful = {row["model"]: row["method"] for row in verdicts(results, benchmark, models) if row["value"] != 1}
    at_ten, published = metric == "broad_value", results.figures("values")
    band = people.band(published) if at_ten else None
    overlay = people.countries(published).filter(pl.col("population").is_in(countries)) if at_ten else None
    draw = dots if drawn_as == "Dots" else radar
    figure = draw(shown, facets, LABELS, colours, people=band, countries=overlay, uninterpretable=set(doubtful))
    chart = beside_each_other(shown, facets, LABELS, colours, "centred score, scale points", kind="bars" if drawn_as == "Dots" else "radar")
    behind = (
        "The grey band is one person's spread around the mean of 569 English-speaking respondents (PVQ-21)." if at_ten
        else "No people behind this view: published norms exist at ten values only."
    )
    warned = tuple(f"{model} gives no profile that can be read as one: {why}." for model, why in doubtful.items())
    return Exhibit(
        of("What they say they value" if len(models) > 1 else "What it says it values", models),
        values_sentence(shown, LABELS, set(doubtful)), f"{behind} {counts(shown)}", shown, figure, _with_people(chart, facets, band),
        limits=(*warned, SELF_DESCRIBED), **resting(shown.with_columns(metric=pl.lit("value")), benchmark),
        **_where(benchmark, models, detail=detail, view=drawn_as, countries=list(countries)),
    )


def _with_people(chart: Chart, facets: Sequence[str], band: pl.DataFrame | None) -> Chart:
    if band is None or band.is_empty():
        return chart
    of_facet = {row["facet"]: row["value"] for row in band.iter_rows(named=True)}
    mean = Series("people, mean", GREY, tuple(of_facet.get(facet) for facet in facets))
    return Chart(chart.kind, chart.categories, (*chart.series, mean), chart.title)


@view("values")
def checks(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """The checks behind the verdict whether a profile can be trusted."""
    found = _found(results, benchmark, models)
    rows: list[dict[str, str]] = []
    for (model, source), mine in found.group_by("model", "source", maintain_order=True):
        known = {(row["metric"], row["facet"]): row for row in mine.iter_rows(named=True)}
        alphas = mine.filter((pl.col("metric") == "alpha") & pl.col("value").is_not_null())["value"]
        rows.append({
            "model": named(str(model), str(source)), "fit to the circle": _told(known.get(("circular_fit", "all"))),
            "permuted labels reach": _told(known.get(("circular_fit", "baseline"))).partition(" (")[0],
            "agreement of respondents": _told(known.get(("stability", "all"))),
            "random answers reach": _told(known.get(("stability", "floor"))).partition(" (")[0],
            "scale-direction effect": _told(known.get(("direction_effect", "all"))).partition(" (")[0],
            "acquiescence": _told(known.get(("acquiescence", "all"))),
            "alpha, median": f"{alphas.median():.2f} ({alphas.len()} of 19 values)" if alphas.len() else "not computable",
        })
    good = [row for row in verdicts(results, benchmark, models) if row["value"] == 1]
    used = found.filter(pl.col("metric").is_in(["circular_fit", "stability", "direction_effect", "acquiescence", "alpha", "interpretable"]))
    told = f"{len(good)} of {len(rows)} profiles can be read as one." if rows else "None of these models answered the questionnaire."
    return Exhibit(
        of("Can the profiles be trusted?", []), told, "A respondent is one administration of all 57 portraits. Every check is explained on "
        "the Methods page.", used, table=pl.DataFrame(rows) if rows else None, **resting(used, benchmark), **_where(benchmark, models),
    )


def _told(row: dict[str, Any] | None) -> str:
    return "not measured" if row is None else value_text(row)


@view("values")
def likeness(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """Rank agreement with people, against single countries."""
    alike = results.likeness(benchmark)[0].filter(pl.col("model").is_in(models))
    title = of("Likeness to people", models)
    if alike.is_empty():
        return Exhibit(title, "Not computable: no complete profile at ten values.", "", alike, **resting(alike, benchmark))
    spread = alike.row(0, named=True)
    broad = _found(results, benchmark, models).filter(pl.col("metric") == "broad_value")
    whole = broad.group_by("model", "source").agg(pl.col("trials").sum(), pl.col("stems").max(), pl.col("dropped").max())
    how = pl.lit("Spearman's rho at ten values, the profile drawn 1,000 times from its own intervals")
    rows = alike.join(whole, on="model", maintain_order="left").with_columns(method=how, metric=pl.lit("likeness"))
    what = "rank agreement with people (rho)"
    sentence = (
        f"Rank agreement with the mean of 31 European countries. A single country reaches {spread['country_low']:.2f} to "
        f"{spread['country_high']:.2f} (median {spread['country_median']:.2f}), so a value in that range only says: as alike as a country "
        "is."
    )
    drawn = interval_rows(rows, coloured(results, models), title=what, bounds=(-1.05, 1.05), line=spread["country_median"])
    return Exhibit(title, sentence, f"Dotted: the median country. {counts(rows)}", rows, drawn,
                   one_bar_each(rows, what, mark=spread["country_median"]), **resting(rows, benchmark), **_where(benchmark, models))


@view("values")
def gap(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """How far each value lies from people's mean, in one person's usual spread."""
    broad = _found(results, benchmark, models).filter(pl.col("metric") == "broad_value")
    own = broad.select("model", "source", "facet", "trials", "stems", "dropped")
    apart = results.likeness(benchmark)[1].filter(pl.col("model").is_in(models))
    rows = apart.join(own, on=["model", "facet"], maintain_order="left").with_columns(
        method=pl.lit("(value - people's mean) / person SD"), metric=pl.lit("gap"))
    colours, what = coloured(results, models), "gap to people, in person SD"
    return Exhibit(
        of("Gap to people", models), _farthest(rows), f"{PEOPLE} {counts(rows)}", rows,
        dots(rows, tuple(BROAD), LABELS, colours, title=what, bounds=None), beside_each_other(rows, tuple(BROAD), LABELS, colours, what),
        **resting(rows, benchmark), **_where(benchmark, models),
    )


def _farthest(rows: pl.DataFrame) -> str:
    known = rows.drop_nulls("value")
    begun = "Gap to people in person SD: 0 is the average person, ±1 is as far out as one person's usual spread."
    if known.is_empty():
        return begun
    most = known.sort(pl.col("value").abs(), descending=True).row(0, named=True)
    return f"{begun} The largest: {named(most['model'], most['source'])} on {LABELS[most['facet']].lower()}, {value_text(most)}."


@view("values")
def reliability(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """By value: reliability, the effect of turning the scale round, and raw means before centring."""
    found = _found(results, benchmark, models)
    rows = found.filter(pl.col("metric").is_in(["alpha", "direction_effect", "raw_mean"]))
    alphas = rows.filter(pl.col("metric") == "alpha")
    return Exhibit(
        of("Reliability by value", models), comparison(alphas, "alpha") if len(models) == 1 else "Reliability (alpha) by value and model.",
        counts(rows), rows, table=rows.drop("run") if rows.height else None, **resting(rows, benchmark), **_where(benchmark, models),
    )


@view("values")
def published_profiles(results: Results, *, study: str) -> Exhibit:
    """Profiles of language models that others have published, one study on its own scale."""
    found = results.figures("values").filter((pl.col("kind") == "model") & (pl.col("metric") == STUDIES.get(study, "")))
    title = f"Published profiles of language models: {study}"
    if found.is_empty():
        return Exhibit(title, "The published figures are not loaded; run `python -m engine prepare`.", "", found, query={"study": study})
    wide = found.pivot("facet", index="population", values="value").rename({**LABELS, "population": "model"}, strict=False)
    return Exhibit(
        title, f"{found['population'].n_unique()} models. Scale: {found['scale'][0]}. {WHY[study]} So it cannot be laid over profiles of "
        "ours: compare the order of values inside this study only.",
        f"Published: {found['source'][0]}. Licence: {found['licence'][0]}. No intervals were published.", found, table=wide,
        sources=("published",), benchmarks=("values",), query={"study": study},
    )
