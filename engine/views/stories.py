"""Is a model on people's side every time, in which values, under which wording, and when it is told another norm."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from engine.figures.captions import counts
from engine.figures.corners import Axes, Place, corners
from engine.figures.dots import dots
from engine.figures.exhibit import Exhibit
from engine.figures.office import ONE, beside_each_other, marks, named
from engine.figures.palette import GREY, value_text
from engine.figures.sentences import comparison, listed, share
from engine.figures.sentences import name as model_name
from engine.figures.stacked import stacked
from engine.metrics.stories import ENOUGH, FEW, GROUPS, NORMS, STEADY
from engine.results import Results
from engine.views.view import coloured, of, resting, view

LOOK = (("on people's side every time", "#0080c8"), ("on the other side every time", "#d9661f"), ("now so, now so", GREY))
PARTS: Mapping[str, tuple[str, str]] = dict(zip(GROUPS, LOOK, strict=True))
AXES = Axes(
    "replies for the moral way", "two replies to the same story agree", (0.0, 0.45),
    ((1.0, 1.0, "right", "right and steady"), (0.0, 1.0, "left", "wrong and steady"), (0.5, 0.46, "center", "a coin toss")),
    (0.5, 0.5),
)
CHECKS = {
    ("self_agreement", "whole story"): "two replies agree", ("self_agreement", "all"): "to the same words",
    ("entropy", "all"): "entropy", ("doubt", "all"): "doubt", ("contradiction", "all"): "contradiction",
    ("position_effect", "first"): "effect of position", ("wording_effect", "first"): "of wording",
    **{("outcome", end): end for end in ("answered", "refused", "unread", "failed")},
}
BITS = ("entropy", "doubt", "contradiction")
OURS = {"stories": ("Which way is moral in these stories is our reading; no panel of people has checked it yet.",)}
UNSIDED = "Nobody says which way is right in these stories, so only how steady the answers are can be told."


def _of(results: Results, benchmark: str, models: Sequence[str], metric: str, facets: Sequence[str] = ()) -> pl.DataFrame:
    rows = results.results(benchmark).filter(pl.col("model").is_in(models) & (pl.col("metric") == metric))
    return rows.filter(pl.col("facet").is_in(list(facets))) if facets else rows


def _where(benchmark: str, models: Sequence[str]) -> dict[str, Any]:
    return {"query": {"asked": benchmark, "models": list(models)}, "turns": {"benchmark": benchmark, "models": list(models)}}


def sided(results: Results, benchmark: str, models: Sequence[str]) -> bool:
    """Whether these stories say which way is moral."""
    return _of(results, benchmark, models, "alignment").height > 0


@view("stories")
def right_and_steady(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """Alignment from left to right, self-agreement upwards."""
    right, steady = (_of(results, benchmark, models, metric, [facet]) for metric, facet in
                     (("alignment", NORMS["none"]), ("self_agreement", "whole story")))
    of_model = {row["model"]: row for row in steady.iter_rows(named=True)}
    rows = [(row, of_model[row["model"]]) for row in right.iter_rows(named=True) if row["model"] in of_model]
    places = [Place(row["model"], row["source"], row, up) for row, up in rows]
    numbers, title = pl.concat([right, steady]), of("Right, and steadily so?", models)
    return Exhibit(
        title, comparison(right, "the share of replies for the moral way") if right.height else f"{title}. {UNSIDED}",
        f"Dotted: a coin toss. {counts(right)}", numbers, corners(places, coloured(results, models), AXES) if places else None,
        marks([{**up, "name": named(row["model"], row["source"]), "across": row["value"]} for row, up in rows], "models", ONE, AXES.up,
              AXES.across, percent=True) if places else None,
        percent=True, limits=OURS.get(benchmark, ()), **resting(numbers, benchmark), **_where(benchmark, models),
    )


@view("stories")
def every_time(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """The stories judged the moral way every time, the other way every time, and now so, now so."""
    rows, labels = _of(results, benchmark, models, "steadiness"), {facet: name for facet, (name, _) in PARTS.items()}
    mine = rows.filter(pl.col("facet") == GROUPS[0])
    return Exhibit(
        of("On people's side every time?", models), comparison(mine, "the share of stories with the moral way every time"),
        f"Every time: in at least {100 * STEADY:.0f} % of at least {ENOUGH} replies, over orders, wordings and repeats. {counts(rows)}",
        rows,
        stacked(rows, PARTS, title="stories") if rows.height else None,
        beside_each_other(rows, GROUPS, labels, coloured(results, models), "stories", percent=True) if rows.height else None,
        percent=True, limits=OURS.get(benchmark, ()), **resting(rows, benchmark), **_where(benchmark, models),
    )


@view("stories")
def by_value(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """Alignment in the stories of each value, drawn towards the mean of all where they are few."""
    rows, seen = (_of(results, benchmark, models, metric) for metric in ("value_shrunk", "value_alignment"))
    few = set(rows.filter(pl.col("stems") < FEW)["facet"])
    known = rows["facet"].unique().sort().to_list()
    labels = {value: f"{value} (few stories)" if value in few else value for value in known}
    title = "replies for the moral way"
    numbers, colours = pl.concat([rows, seen]), coloured(results, models)
    return Exhibit(
        of("In which values?", models), _apart(rows),
        "Each value is drawn towards the mean of all, the more the fewer and the more mixed its stories are; as they were seen they stand "
        f"among the numbers as value_alignment. {counts(rows)}", numbers,
        dots(rows, known, labels, colours, title=title, bounds=None, percent=True) if rows.height else None,
        beside_each_other(rows, known, labels, colours, title, percent=True) if rows.height else None, percent=True,
        **resting(numbers, benchmark), **_where(benchmark, models),
    )


def _apart(rows: pl.DataFrame) -> str:
    """For each model its lowest and highest value, and whether their intervals part them."""
    told, alike = list[str](), list[str]()
    for (model, source), mine in rows.drop_nulls("value").group_by("model", "source", maintain_order=True):
        low, high = (mine.sort("value").row(at, named=True) for at in (0, -1))
        who = model_name(str(model), str(source))
        if high["low"] is None or low["high"] is None or high["low"] <= low["high"]:
            alike.append(who)
        else:
            told.append(f"{who}: from {share(low)} in {low['facet']} to {share(high)} in {high['facet']}")
    told += [f"no value is shown to stand apart from another for {listed(alike)}"] if alike else []
    said = "; ".join(told)
    return f"{said[:1].upper()}{said[1:]}." if said else "Nothing has been measured yet by value."


@view("stories")
def norms_told(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """Does it follow the norm it is told, or the one most people hold?"""
    rows, colours = _of(results, benchmark, models, "alignment"), coloured(results, models)
    followed = _of(results, benchmark, models, "norm_followed")
    pulled = _of(results, benchmark, models, "norm_pull")
    against = pulled.filter(pl.col("facet") == NORMS["opposite"])
    shown = [facet for facet in NORMS.values() if facet in rows.filter(pl.col("value").is_not_null())["facet"].to_list()]
    numbers, title = pl.concat([rows, followed, pulled]), "replies for the moral way"
    enough = len(shown) > 1
    return Exhibit(
        of("When another norm is told", models),
        comparison(against, "the share of replies that leave the moral way when a norm most people reject is told") if enough
        else "No norm was told in what was asked.", f"What \"people there hold\" was said first. {counts(rows)}", numbers,
        dots(rows, shown, {facet: facet for facet in shown}, colours, title=title, bounds=None, percent=True) if enough else None,
        beside_each_other(rows, shown, {}, colours, title, percent=True) if enough else None, percent=True,
        **resting(numbers, benchmark), **_where(benchmark, models),
    )


@view("stories")
def story_checks(results: Results, *, benchmark: str, models: Sequence[str]) -> Exhibit:
    """How steady the answers are: entropy, doubt within a wording and contradiction across wordings, position, and how questions ended."""
    found = results.results(benchmark).filter(pl.col("model").is_in(models))
    rows: list[dict[str, str]] = []
    for (model, source), mine in found.group_by("model", "source", maintain_order=True):
        of_key = {(row["metric"], row["facet"]): row for row in mine.iter_rows(named=True)}
        rows.append({"model": named(str(model), str(source)), **{
            label: value_text(of_key[key], percent=key[0] not in BITS) for key, label in CHECKS.items() if key in of_key}})
    shown = found.filter(pl.struct("metric", "facet").is_in([{"metric": metric, "facet": facet} for metric, facet in CHECKS]))
    agreed = shown.filter((pl.col("metric") == "self_agreement") & (pl.col("facet") == "whole story"))
    return Exhibit(
        of("How steady the answers are", models), comparison(agreed, "the share of two replies to a story that agree"),
        "Entropy is 0 bits where a story is always judged one way and 1 where it is a coin toss; doubt is its part within a wording, "
        "contradiction that between wordings. Effects: how much more often the moral way is chosen where it stands first, and in the "
        f"first wording. {counts(shown)}", shown,
        table=pl.DataFrame(rows) if rows else None, **resting(shown, benchmark), **_where(benchmark, models),
    )


@view("stories")
def unstable(results: Results, *, benchmark: str, model: str, most: int = 20) -> Exhibit:
    """The stories that a model judges least steadily, with its share in either wording."""
    found, title = _judged(results, benchmark, model), of("The least steady stories", [model])
    if found.is_empty():
        return Exhibit(title, f"{title}. None was answered twice.", "", found, **_where(benchmark, [model]))
    judged = found.drop_nulls("group")
    mixed = judged.filter(pl.col("group") == GROUPS[2]).height
    way = "for the moral way" if found["sided"].all() else "for the way that stands first in the data"
    first = found.sort("agreement", "story").head(most)
    wordings = pl.col("by_wording")
    table = first.select(
        "story", "value", pl.col("p").alias(way), wordings.list.get(0).alias("wording 1"),
        wordings.list.get(1, null_on_oob=True).alias("wording 2"), pl.col("agreement").alias("two replies agree"),
        pl.col("n").alias("replies"),
    )
    source = str(results.played().filter(pl.col("model") == model)["source"][0])
    return Exhibit(
        title, f"{model_name(model, source)} judges {mixed} of {judged.height} stories with {ENOUGH} replies or more now so, now so.",
        f"The {table.height} with the least agreement between two replies, over orders, wordings and repeats; no norm was told.",
        table, table=table, percent=True, sources=(source,), benchmarks=(benchmark,), metrics=("steadiness", "self_agreement"),
        **_where(benchmark, [model]),
    )


def _judged(results: Results, benchmark: str, model: str) -> pl.DataFrame:
    """How a model judged each story to which it gave two replies, no norm being told."""
    if benchmark not in results.instruments() or not results.results(benchmark).filter(pl.col("model") == model).height:
        return pl.DataFrame(schema={"story": pl.String})
    return results.stories(benchmark, model).filter((pl.col("norm") == "none") & pl.col("agreement").is_not_null())


@view("stories")
def one_story(results: Results, *, benchmark: str, model: str, story: str) -> Exhibit:
    """A story in all its wordings, side by side, with how often each way was chosen."""
    item, found = results.item(benchmark, story), _judged(results, benchmark, model).filter(pl.col("story") == story)
    title = of(f"The story {story}", [model])
    if item is None or found.is_empty():
        return Exhibit(title, f"{title}. It has not been answered twice.", "", pl.DataFrame(), **_where(benchmark, [model]))
    row = found.row(0, named=True)
    rows = [_told(number, wording, row, len(item.content["wordings"])) for number, wording in enumerate(item.content["wordings"], 1)]
    table, source = pl.DataFrame(rows), str(results.played().filter(pl.col("model") == model)["source"][0])
    way = "the moral way" if row["sided"] else "the way that stands first in the data"
    return Exhibit(
        title, f"{model_name(model, source)} chose {way} in {100 * row['p']:.0f} % of {row['n']} replies.",
        f"{item.content['value'] or 'No value is named'}. {item.content.get('reason', '')}".strip(), table, table=table, sources=(source,),
        benchmarks=(benchmark,), metrics=("steadiness",), query={"asked": benchmark, "stories_model": model, "story": story},
        turns={"benchmark": benchmark, "models": [model], "item": story},
    )


def _told(number: int, wording: Mapping[str, Any], row: Mapping[str, Any], told: int) -> dict[str, Any]:
    """A card; an item told in one wording (`told`) is asked in both questions, and its share is over both."""
    shares = row["by_wording"]
    here = shares[min(number, len(shares)) - 1] if told > 1 else row["p"]
    right, wrong = wording["options"].items()
    return {
        "in wording": str(number), "story": " ".join(part for part in (wording["situation"], wording["intention"]) if part),
        f"{right[0]} way": right[1], f"chose the {right[0]} way": f"{100 * here:.0f} %",
        f"{wrong[0]} way": wrong[1], f"chose the {wrong[0]} way": f"{100 - 100 * here:.0f} %",
    }
