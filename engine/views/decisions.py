"""What models decide, and whether they decide as the profile says that they state."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from engine.circle import LABELS
from engine.figures.captions import counts, ended, nothing_usable
from engine.figures.dots import interval_rows
from engine.figures.exhibit import Exhibit
from engine.figures.office import marks, one_bar_each
from engine.figures.palette import points_text, value_text
from engine.figures.sentences import comparison, followed_sentence, stated_sentence
from engine.figures.sentences import name as model_name
from engine.figures.stated_shown import stated_shown
from engine.metrics.compare import FEWEST
from engine.metrics.said_and_done import Followed
from engine.metrics.statistics import Interval
from engine.results import Results
from engine.views.bridges import kept_to, sources_of
from engine.views.view import coloured, of, resting, view

BRIDGE = "Values and decisions"
AXES = {"others and self": "for care over power and success", "change and order": "for change over order"}
HOW = "share of decisions for the value that the profile puts higher; clustered by vignette, the profile taken as given"
STEADY = {("strength", "all"): "strength, 1 to 5", ("position_effect", "first"): "takes the option shown first",
          ("self_agreement", "all"): "same decision when repeated"}
METRICS = {"share": "followed", "people": "people_followed", "gain": "followed_beyond_people"}
"""What the intervals of `Followed` are called in the numbers."""
RANK = "stated with shown, rank correlation"


def _where(kind: str, models: Sequence[str]) -> dict[str, Any]:
    return {"query": {"bridge": BRIDGE, "kind": kind, "models": list(models)}, "turns": {"benchmark": "decisions", "models": list(models)}}


def _decided(results: Results, kind: str, models: Sequence[str]) -> pl.DataFrame:
    return results.results("decisions").filter(pl.col("source").is_in(sources_of(kind)) & pl.col("model").is_in(models))


@view("bridges")
def decisions_on_axis(results: Results, *, axis: str, kind: str, models: Sequence[str]) -> Exhibit:
    """How often each model decided for one end of an axis (`others and self` or `change and order`)."""
    rows = _decided(results, kind, models).filter((pl.col("metric") == "chosen") & (pl.col("facet") == axis))
    title = f"decisions {AXES.get(axis, f'on {axis}')}"
    return Exhibit(
        of(f"{title[0].upper()}{title[1:]}", models), comparison(rows, f"the share of {title}"),
        f"Dotted: as often as not; no end is better. {counts(rows)}", rows,
        interval_rows(rows, coloured(results, models), title=title, percent=True, line=0.5),
        one_bar_each(rows, title, percent=True, mark=0.5), percent=True, limits=kept_to(kind), **resting(rows, "decisions"),
        **_where(kind, models),
    )


@view("bridges")
def decisions_by_domain(results: Results, *, kind: str, models: Sequence[str]) -> Exhibit:
    """Decisions by domain, how strong they are and how steady."""
    decided, title = _decided(results, kind, models), of("Decisions by domain, and how steady they are", models)
    shared = {**resting(decided, "decisions"), **_where(kind, models)}
    covered = results.covered("decisions")
    if not decided.filter(pl.col("metric") == "chosen")["value"].count():
        return Exhibit(title, nothing_usable(covered, models), "", decided, **shared)
    known = {(row["model"], row["metric"], row["facet"]): row for row in decided.iter_rows(named=True)}

    def told(key: tuple[str, str, str], *, percent: bool) -> str:
        return value_text(known[key], percent=percent) if key in known else "not measured"

    domains = {facet: facet.replace(" @ ", ", ") for facet in decided["facet"].unique().sort().to_list() if " @ " in facet}
    table = pl.DataFrame([
        {"model": model, **{words: told((model, "chosen", facet), percent=True) for facet, words in domains.items()},
         **{words: told((model, *key), percent=key[0] != "strength") for key, words in STEADY.items()}} for model in models
    ])
    agreed = decided.filter((pl.col("metric") == "self_agreement") & (pl.col("facet") == "all"))
    return Exhibit(
        title, comparison(agreed, "the share of same decisions when repeated"), ended(covered, models), decided, table=table,
        limits=("With 95 % intervals, clustered by vignette.", *kept_to(kind)), **shared,
    )


def _followed(results: Results, kind: str, models: Sequence[str]) -> tuple[list[Followed], dict[str, Any]]:
    """Those of the models that have a profile and decisions, and what the exhibits about them say alike."""
    every, _ = results.followed(sources_of(kind))
    found = [one for one in every if one.model in models]
    corrected = f"p values after Holm's correction over all {len(every)} models that have a profile and decisions."
    return found, {
        "sources": tuple(dict.fromkeys(one.source for one in found)), "benchmarks": ("values", "decisions"), "metrics": ("followed",),
        "limits": (corrected, *kept_to(kind)), **_where(kind, models),
    }


NOTHING = (f"Nothing can be said of these models: it takes a profile that can be read as one, from `values`, and decisions on {FEWEST} "
           "vignettes or more of the same model.")


def _rows(found: Sequence[Followed], which: str, method: str) -> pl.DataFrame:
    """One of the intervals of each model in the shape of estimates."""
    told = [{"model": one.model, "source": one.source, "metric": METRICS[which], "facet": "all", "trials": one.trials,
             "stems": one.vignettes, "dropped": 0, "method": method, **getattr(one, which)._asdict()} for one in found]
    schema = {**dict.fromkeys(("model", "source", "metric", "facet"), pl.String), **dict.fromkeys(("trials", "stems", "dropped"), pl.Int64),
              "method": pl.String, **dict.fromkeys(("value", "low", "high"), pl.Float64)}
    return pl.DataFrame(told, schema=schema)


def _beyond(found: Sequence[Followed]) -> pl.DataFrame:
    return _rows(found, "gain", f"that share less the same for people's order of values; {HOW}")


@view("bridges")
def goes_with_profile(results: Results, *, kind: str, models: Sequence[str]) -> Exhibit:
    """Of each model's decisions, the share that goes with its own profile."""
    found, shared = _followed(results, kind, models)
    rows, title = _rows(found, "share", HOW), "decisions that go with its own profile"
    names = [one.model for one in found]
    return Exhibit(
        of("Does it decide as it says", names), followed_sentence(found) if found else NOTHING,
        f"Dotted: as often as not. {counts(rows)}", rows,
        interval_rows(rows, coloured(results, names), title=title, percent=True, line=0.5) if found else None,
        one_bar_each(rows, title, percent=True, mark=0.5) if found else None, percent=True, **shared,
    )


@view("bridges")
def beyond_people(results: Results, *, kind: str, models: Sequence[str]) -> Exhibit:
    """What a model's own profile predicts of its decisions beyond what people's order of values does."""
    found, shared = _followed(results, kind, models)
    rows, title = _beyond(found), "beyond what people's order of values predicts"
    names = [one.model for one in found]
    heading = of("What the own profile predicts beyond that of people", names)
    if not rows["value"].count():
        why = NOTHING if not found else \
            "What people's order of values would predict is not known: `python -m engine prepare` reads the published figures."
        return Exhibit(heading, why, "", rows, **shared)
    return Exhibit(
        heading, comparison(rows, "what the own profile predicts beyond that of people"),
        "Dotted: nothing. Most models and most people put the same values first; only what lies beyond is the model's own.", rows,
        interval_rows(rows, coloured(results, names), title=title, percent=True, line=0.0),
        one_bar_each(rows, title, percent=True, mark=0.0), percent=True, **shared,
    )


@view("bridges")
def profile_and_decisions(results: Results, *, kind: str, models: Sequence[str]) -> Exhibit:
    """Decisions against profiles, model by model."""
    found, shared = _followed(results, kind, models)
    table = pl.DataFrame([
        {"model": one.model, "goes with its profile": _percent(one.share), "p, corrected": one.adjusted,
         "goes with people's order": _percent(one.people), "own beyond people's": points_text(*one.gain), "p of that, corrected": one.own,
         RANK: one.shown, "decisions": one.trials} for one in found
    ], schema_overrides={RANK: pl.Float64})
    chances = {"share": [one.adjusted for one in found], "people": [None] * len(found), "gain": [one.own for one in found]}
    frames = {"share": _rows(found, "share", HOW), "gain": _beyond(found),
              "people": _rows(found, "people", HOW.replace("the profile", "people's order of values", 1))}
    numbers = pl.concat([frames[which].with_columns(pl.Series("p, corrected", chances[which], dtype=pl.Float64)) for which in frames])
    return Exhibit(
        of("Decisions against profiles", [one.model for one in found]), followed_sentence(found) if found else NOTHING,
        "95 % intervals, clustered by vignette; the rank correlation is over ten values, which are no sample: so without an interval.",
        numbers, table=table if found else None, **shared,
    )


@view("bridges")
def stated_beside_shown(results: Results, *, kind: str, model: str) -> Exhibit:
    """One model's ten values as it states them, beside how often it decided for each where it was offered."""
    decided = _decided(results, kind, [model])
    rows = results.stated_and_shown(model) if decided.height else results.stated_and_shown("").clear()
    source = str(decided["source"][0]) if decided.height else "measured"
    told = [{"name": LABELS[row["facet"]], "across": row["stated"],
             "value": row["shown"], "low": row["shown_low"], "high": row["shown_high"],
             "said": value_text({"value": row["stated"], "low": row["stated_low"], "high": row["stated_high"]})}
            for row in rows.sort("stated", descending=True).iter_rows(named=True)]
    colour, who, axes = coloured(results, [model])[model], model_name(model, source), ("shown: decided for", "stated: centred score")
    table = pl.DataFrame([{"value": row["name"], "stated": row["said"], "shown": value_text(row, percent=True)} for row in told])
    return Exhibit(
        of("Stated against shown", [model]), stated_sentence(told, who),
        "95 % intervals: over respondents left, clustered by vignette right. Dotted: its own average; as often as not.", rows,
        stated_shown(rows, LABELS, colour) if told else None,
        marks(told, who, colour, *axes, percent=True, mark=0.5) if told else None,
        table=table if told else None, sources=(source,) if told else (), benchmarks=("values", "decisions"),
        metrics=("value", "chosen_value"),
        limits=("Ten values that lie on a circle and are set against each other are no sample of values.", *kept_to(kind)),
        query={"bridge": BRIDGE, "kind": kind, "models": [model], "stated": model}, turns={"benchmark": "decisions", "models": [model]},
    )


def _percent(told: Interval) -> str:
    return value_text(told._asdict(), percent=True)
