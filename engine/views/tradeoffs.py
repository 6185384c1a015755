"""When respect for persons and fair shares collide: does the wording decide, and the more so the better a model is aligned with both?"""

from collections.abc import Sequence
from typing import Any

import polars as pl

from engine.figures.captions import counts
from engine.figures.corners import Axes, Place, corners
from engine.figures.dots import dots, interval_rows
from engine.figures.exhibit import Exhibit
from engine.figures.office import ONE, beside_each_other, marks, named, one_bar_each
from engine.figures.palette import value_text
from engine.figures.sentences import comparison, listed
from engine.figures.sentences import name as model_name
from engine.metrics.hypothesis import Slope, Verdict, across_models, on_one_model, slope
from engine.metrics.statistics import Interval
from engine.metrics.tradeoffs import ARMS, FRAMINGS
from engine.results import Results
from engine.views.view import coloured, of, resting, view

NAME, NONE, BOTH = "tradeoffs", ARMS["none"], ARMS["both"]
AXES = Axes("respects persons", "shares out fairly", (0.3, 0.3),
            ((1.0, 1.0, "right", "both"), (0.3, 1.0, "left", "fairness only"), (1.0, 0.3, "right", "respect only"),
             (0.3, 0.3, "left", "neither")),
            (0.5, 0.5), "shift by wording alone, log-odds")
LOG_ODDS = ("A shift of 0.7 doubles the odds of comparing persons, one of 0 leaves them as they are; what the same swap of words does in "
            "stems without a moral stake is taken off.")
GROWTH = Axes("lesser of respect and fairness", "shift by wording alone, log-odds", (0.3, 0.0), lines=(0.5, 0.0), shares=False)
CHECKS = {
    "declines": "declines to rank", "contradicts_rule": "against its own rule", "doubt": "doubt, bits",
    "comparing_shift": "shift against all answers", "beyond_paraphrase": "beyond paraphrase",
}
UNSURE = "Which kind a stem is of is our reading; no panel of people has checked it yet."


def _found(results: Results, models: Sequence[str]) -> pl.DataFrame:
    return results.results(NAME).filter(pl.col("model").is_in(models))


def _of(results: Results, models: Sequence[str], metric: str, *facets: str) -> pl.DataFrame:
    rows = _found(results, models).filter(pl.col("metric") == metric)
    return rows.filter(pl.col("facet").is_in(list(facets))) if facets else rows


def _where(models: Sequence[str], **more: str) -> dict[str, Any]:
    return {"query": {"models": list(models), **more}, "turns": {"benchmark": NAME, "models": list(models)}}


def _rows(found: pl.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["metric"], row["facet"]): row for row in found.iter_rows(named=True)}


def _interval(row: dict[str, Any] | None) -> Interval:
    return Interval(None, None, None) if row is None else Interval(row["value"], row["low"], row["high"])


@view("tradeoffs")
def respect_and_fairness(results: Results, *, models: Sequence[str]) -> Exhibit:
    """Respect from left to right, fairness upwards, both where nothing conflicts; the disc is what the wording does where they collide."""
    parts = [_of(results, models, metric, NONE) for metric in ("respect_for_persons", "fair_shares", "framing_shift")]
    respect, fair, shift = ({row["model"]: row for row in part.iter_rows(named=True)} for part in parts)
    shared = [row for name, row in respect.items() if name in fair and row["value"] is not None and fair[name]["value"] is not None]
    places = [Place(row["model"], row["source"], row, fair[row["model"]], shift.get(row["model"])) for row in shared]
    told = [{**fair[row["model"]], "name": named(row["model"], row["source"]), "across": row["value"]} for row in shared]
    numbers = pl.concat(parts)
    return Exhibit(
        of("Respect, fairness, and what wording does", models),
        comparison(parts[2], "the shift by wording alone where the two collide, in log-odds", percent=False),
        f"Disc: the shift by wording alone; thin rings: its interval; no disc: none above 0. {LOG_ODDS} {counts(numbers)}", numbers,
        corners(places, coloured(results, models), AXES) if places else None,
        marks(told, "models", ONE, AXES.up, AXES.across, percent=True) if places else None, percent=True, limits=(UNSURE,),
        **resting(numbers, NAME), **_where(models),
    )


@view("tradeoffs")
def shift_by_wording(results: Results, *, models: Sequence[str]) -> Exhibit:
    """How far resource-like words raise the odds of comparing persons, net of stems without a moral stake."""
    rows, title = _of(results, models, "framing_shift", NONE), "shift by wording alone, log-odds"
    return Exhibit(
        of("Does the wording decide?", models), comparison(rows, "the shift by wording alone, in log-odds", percent=False),
        f"Dotted: no shift. {LOG_ODDS} {counts(rows)}", rows, interval_rows(rows, coloured(results, models), title=title, line=0.0),
        one_bar_each(rows, title, mark=0.0), limits=(UNSURE,), **resting(rows, NAME), **_where(models),
    )


@view("tradeoffs")
def shift_by_message(results: Results, *, models: Sequence[str]) -> Exhibit:
    """The same under each system message."""
    rows, arms, title = _of(results, models, "framing_shift"), list(ARMS.values()), "shift by wording alone, log-odds"
    colours, labels = coloured(results, models), {arm: "told " + arm if arm != NONE else arm for arm in ARMS.values()}
    both = rows.filter(pl.col("facet") == BOTH)
    return Exhibit(
        of("When it is told to respect, to share fairly, or both", models),
        comparison(both, "the shift by wording alone when both are told, in log-odds", percent=False), f"{LOG_ODDS} {counts(rows)}", rows,
        dots(rows, arms, labels, colours, title=title, bounds=None) if rows["value"].count() else None,
        beside_each_other(rows, arms, labels, colours, title) if rows["value"].count() else None, limits=(UNSURE,),
        **resting(rows, NAME), **_where(models),
    )


def verdict_of(results: Results, model: str) -> tuple[Verdict, Interval, float]:
    """The verdict on a model from its system messages, the growth it rests on, and the smallest effect set before its first run."""
    smallest = results.smallest_effects(NAME).get(model) or results.instruments()[NAME].smallest_effect or 0.0
    rows = _rows(_found(results, [model]))
    growth, both, raised, comparing = (_interval(rows.get((metric, BOTH))) for metric in
                                       ("conflict_growth", "framing_shift", "both_raised", "comparing_shift"))
    return on_one_model(growth, both, raised.low, smallest, comparing), growth, smallest


@view("tradeoffs")
def verdicts(results: Results, *, models: Sequence[str]) -> Exhibit:
    """For each model, whether telling it both makes the wording matter more."""
    found = _found(results, models)
    who = list(found.select("model", "source").unique(maintain_order=True).sort("model").iter_rows())
    rows: list[dict[str, Any]] = []
    for model, source in who:
        verdict, growth, smallest = verdict_of(results, model)
        shown = value_text({"value": growth.value, "low": growth.low, "high": growth.high})
        rows.append({"model": named(model, source), "verdict": verdict.word, "because": verdict.why,
                     "growth of the shift, log-odds": shown, "smallest effect": f"{smallest:.2f}"})
    told = [f"{word} it: {listed([row['model'] for row in rows if row['verdict'] == word])}" for word in ("supports", "refutes")
            if any(row["verdict"] == word for row in rows)]
    open_ = sum(row["verdict"] == "undecided" for row in rows)
    told += [f"{open_} of {len(rows)} undecided"] if open_ else []
    used = found.filter(pl.col("metric").is_in(["conflict_growth", "both_raised"]) | (
        (pl.col("metric") == "framing_shift") & (pl.col("facet") == BOTH)))
    return Exhibit(
        of("Does conflict grow with alignment? Model by model", models),
        f"That being told both respect and fairness makes the wording matter more: {'; '.join(told)}." if rows
        else "Nothing has been measured yet that bears on the hypothesis.",
        f"The smallest effect was set before the first question and stored with the run. {counts(used)}", used,
        table=pl.DataFrame(rows) if rows else None, limits=(UNSURE,), **resting(used, NAME), **_where(models),
    )


def lesser(results: Results, models: Sequence[str]) -> dict[str, float]:
    """The lesser of respect and fairness of each model, without a message."""
    found = _found(results, models).filter(pl.col("metric").is_in(["respect_for_persons", "fair_shares"]) & (pl.col("facet") == NONE))
    told = found.drop_nulls("value").group_by("model").agg(pl.col("value").min(), n=pl.len()).filter(pl.col("n") == 2)
    return dict(told.select("model", "value").sort("model").iter_rows())


def slopes(results: Results, models: Sequence[str]) -> dict[str, Slope]:
    """What goes with the lesser of respect and fairness over models: the shift by wording, and its rivals, any sensitivity to wording and
    sureness.
    """
    good, found = lesser(results, models), dict[str, Slope]()
    used = (("shift", "framing_shift", NONE), ("noise", "wording_noise", f"neutral @ {NONE}"), ("doubt", "doubt", NONE))
    for name, metric, facet in used:
        told = {row["model"]: row["value"] for row in _of(results, models, metric, facet).drop_nulls("value").iter_rows(named=True)}
        both = [model for model in good if model in told]
        found[name] = slope([good[model] for model in both], [told[model] for model in both])
    return found


@view("tradeoffs")
def across_all(results: Results, *, models: Sequence[str]) -> Exhibit:
    """Over models: the better aligned with both, the more the wording decides? Beside it the rival explanations."""
    models, left_out = _of_a_kind(results, models)
    found, one = slopes(results, models), results.instruments()[NAME]
    smallest = max([results.smallest_effects(NAME).get(model, 0.0) for model in models] or [0.0]) or one.smallest_effect or 0.0
    verdict, rival = across_models(found["shift"], smallest, found["doubt"]), found["noise"]
    rows = [
        {"what goes with respect and fairness": what, "from a coin toss to perfect": _signed(told.effect), "models": told.models}
        for what, told in (("shift by wording where the two collide, log-odds", found["shift"]),
                           ("rival: pairs of replies parted by mere paraphrase, no moral stake", rival),
                           ("rival: doubt where the two collide, bits", found["doubt"]))
    ]
    good = lesser(results, models)
    numbers, colours = _of(results, [*good], "framing_shift", NONE), coloured(results, models)
    shown = numbers.filter(pl.col("value").is_not_null()).with_columns(
        across=pl.col("model").replace_strict(good, default=None, return_dtype=pl.Float64)
    ) if good else numbers.clear().with_columns(across=pl.lit(None, pl.Float64))
    told = [{**row, "name": named(row["model"], row["source"])} for row in shown.iter_rows(named=True)]
    return Exhibit(
        of("Does conflict grow with alignment? Over models", models), f"{_spoken(verdict)} {_rival(rival)}".strip(),
        f"Models are the units; the line is told only from five on. Smallest effect: {smallest:.2f} log-odds.{left_out} {counts(numbers)}",
        shown,
        corners([Place(row["model"], row["source"], {"value": row["across"], "low": None, "high": None}, row) for row in told], colours,
                GROWTH, trend=found["shift"].line) if told else None,
        marks(told, "models", ONE, GROWTH.up, GROWTH.across) if told else None, table=pl.DataFrame(rows), limits=(UNSURE,),
        **resting(numbers, NAME), **_where(models),
    ) if good else Exhibit(of("Over models", models), "Nothing has been measured yet over models.", "", shown, **_where(models))


def _of_a_kind(results: Results, models: Sequence[str]) -> tuple[Sequence[str], str]:
    """The real ones of these models, and that the others were left out; all of them where none is real."""
    kinds = dict(_found(results, models).select("model", "source").unique().iter_rows())
    real = [model for model in models if kinds.get(model, "simulated") != "simulated"]
    if not real:
        return models, ""
    return real, " Simulated models are left out." if len(real) < len(kinds) else ""


def _spoken(verdict: Verdict) -> str:
    begun = {"supports": "Over models the hypothesis is supported", "refutes": "Over models the hypothesis is refuted",
             "undecided": "Over models it is undecided"}[verdict.word]
    return f"{begun}: {verdict.why}."


def _rival(found: Slope) -> str:
    if found.effect.low is None or found.effect.high is None:
        return ""
    if found.effect.high < 0:
        return ("Better aligned models are also surely less sensitive to wording that has no moral stake: this rival explanation of a "
                "shift that does not rise holds here.")
    return "That better aligned models are less sensitive to any wording, the rival explanation, is not shown."


def _signed(interval: Interval) -> str:
    value, low, high = interval
    return "not computable" if value is None or low is None or high is None else f"{value:+.2f} ({low:+.2f} to {high:+.2f})"


@view("tradeoffs")
def trade_off_checks(results: Results, *, models: Sequence[str], told: str = NONE) -> Exhibit:
    """Declining, doubt, contradicting one's own rule, and movement beyond paraphrase, under one message."""
    found = _found(results, models)
    used = found.filter((pl.col("metric").is_in(list(CHECKS)) & (pl.col("facet") == told)) | (
        pl.col("metric").is_in(["kind_shift", "wording_noise"]) & pl.col("facet").str.ends_with(f" @ {told}")))
    rows: list[dict[str, str]] = []
    for (model, source), mine in used.group_by("model", "source", maintain_order=True):
        of_key = _rows(mine)
        cells = {label: value_text(of_key[metric, told], percent=metric in ("declines", "contradicts_rule"))
                 for metric, label in CHECKS.items() if (metric, told) in of_key}
        more = {"shift in conflict": ("kind_shift", f"conflict @ {told}"), "shift, no stake": ("kind_shift", f"neutral @ {told}"),
                "paraphrase, no stake": ("wording_noise", f"neutral @ {told}")}
        cells |= {label: value_text(of_key[key]) for label, key in more.items() if key in of_key}
        rows.append({"model": named(str(model), str(source)), **cells})
    declines = used.filter(pl.col("metric") == "declines")
    return Exhibit(
        of("Declining, doubt and the rival explanation", models),
        comparison(declines, "the share that declines to rank where the two collide"),
        f"Declining is an answer of its own; by chance half of the answers go against the rule put first; shifts are in log-odds. "
        f"System message: {told}. {counts(used)}", used, table=pl.DataFrame(rows) if rows else None,
        limits=(UNSURE,), **resting(used, NAME), **_where(models),
    )


def stems_of(results: Results, model: str, told: str) -> list[str]:
    """The conflict stems that a model answered in both framings, those that wording moved furthest first."""
    cells = _moved(results, model, told)
    return cells.sort(pl.col("moved").abs(), "stem", descending=[True, False])["stem"].to_list()


def _moved(results: Results, model: str, told: str) -> pl.DataFrame:
    if not results.results(NAME).filter(pl.col("model") == model).height:
        return pl.DataFrame(schema={"stem": pl.String, "moved": pl.Float64})
    asked = results.trade_offs(NAME, model).filter((pl.col("kind") == "conflict") & (pl.col("told") == told))
    share = {name: pl.col("forward").filter(pl.col("framing") == name).mean().alias(name) for name in FRAMINGS}
    return asked.group_by("stem").agg(*share.values()).with_columns(moved=pl.col("resource") - pl.col("person")).drop_nulls()


@view("tradeoffs")
def one_pair(results: Results, *, model: str, stem: str, told: str = "none", paraphrase: str = "1") -> Exhibit:
    """One case in its two framings, with how often each answer was given under either, over all paraphrases and orders."""
    item = results.item(NAME, stem)
    known = _moved(results, model, told)
    title = of(f"The case {stem} in two framings", [model])
    if item is None or stem not in known["stem"].to_list():
        return Exhibit(title, f"{title}. It was not asked of this model in both framings.", "", pl.DataFrame(), **_where([model]))
    asked = results.trade_offs(NAME, model).filter((pl.col("stem") == stem) & (pl.col("told") == told))
    rows: list[dict[str, Any]] = []
    for framing, words in FRAMINGS.items():
        mine = asked.filter(pl.col("framing") == framing)["first"]
        n = mine.count()
        rows.append({"framing": words, "case": item.content["paraphrases"][int(paraphrase) - 1][framing].strip(),
                     **{key: (mine == key).sum() for key in ("compare", "respect", "decline")}, "answers": n})
    table = pl.DataFrame(rows)
    moved = float(known.filter(pl.col("stem") == stem)["moved"][0])
    source = str(results.played().filter(pl.col("model") == model)["source"][0])
    points = f"{100 * abs(moved):.0f} points {'more' if moved > 0 else 'less'} often under resource-like words"
    changed = "as often under both" if abs(moved) < 0.005 else points
    return Exhibit(
        title, f"{model_name(model, source)} compares the persons {changed}. One case shows an example and no effect.",
        f"compare: {item.content['options']['compare'].strip()} respect: {item.content['options']['respect'].strip()} "
        f"System message: {ARMS[told]}.", table, table=table, sources=(source,), benchmarks=(NAME,), metrics=("framing_shift",),
        query={"pair_model": model, "stem": stem, "told": told}, turns={"benchmark": NAME, "models": [model], "item": stem},
    )
