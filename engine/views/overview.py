"""Every lens over all models: marks, ranks as far as they are known, and how the questions ended."""

from collections.abc import Sequence

import polars as pl

from engine.benchmark import Benchmark, Lens
from engine.benchmarks import benchmark as benchmark_of
from engine.figures.answer import LIMIT, answer
from engine.figures.captions import counts, ended, nothing_usable
from engine.figures.dots import interval_rows
from engine.figures.exhibit import Exhibit
from engine.figures.office import one_bar_each
from engine.figures.palette import SOURCES, value_text
from engine.figures.sentences import comparison, rank_words, ranking_sentence
from engine.figures.sentences import name as model_name
from engine.metrics.compare import Key, Ranking
from engine.metrics.coverage import everywhere
from engine.metrics.verdicts import Standing, standings
from engine.results import Results
from engine.views.view import coloured, lens_of, of, resting, view

ORDER = ("A rank is a range, over all pairs and lenses shown together: below every model that is surely better, above every one that is "
         "surely worse.")


def sources_of(results: Results, models: Sequence[str]) -> dict[str, str]:
    """Where each model's data are from."""
    known = results.sources()
    return {name: known[name] for name in sorted(models) if name in known}


def ranks(results: Results, models: Sequence[str]) -> dict[Key, Ranking]:
    """These models on all lenses that they have something on, corrected together."""
    return results.rankings(results.lenses(tuple(models)), models)


def _rows(results: Results, one: Benchmark, lens: Lens, models: Sequence[str]) -> pl.DataFrame:
    """A row for each model in the same order on every card; those without an estimate say that they were not measured, unless they cannot
    be: published ones have figures on one card only, and some benchmarks only hold imports.
    """
    known, sources = results.headline(one, lens).filter(pl.col("model").is_in(models)), sources_of(results, models)
    absent = [name for name in models if name not in known["model"].to_list() and sources.get(name, "published") != "published"
              and one.conversation]
    added = pl.DataFrame({"model": absent, "source": [sources[name] for name in absent]}, schema={"model": pl.String, "source": pl.String})
    return pl.concat([known, added], how="diagonal").sort("model")


@view("")
def on_one_lens(results: Results, *, benchmark: str, metric: str, facet: str, models: Sequence[str]) -> Exhibit:
    """Models on one lens, a row each, with ranks as far as they are known."""
    one, lens = lens_of(benchmark, metric, facet)
    rows, covered = _rows(results, one, lens, models), results.covered(benchmark)
    used = resting(rows.with_columns(metric=pl.lit(metric)), benchmark)
    if not rows["value"].count():
        return Exhibit(lens.question, nothing_usable(covered, models), "", rows, **used)
    found = ranks(results, models)[benchmark, metric, facet]
    noted = {name: rank_words(found, name).partition(" of ")[0] for name in models}
    line, title = lens.floor if lens.mark is None else lens.mark, f"{lens.label} ({lens.good_end})"
    marked = f"Dotted: {lens.held_to or 'what chance gives'}. " if lens.mark is not None or lens.floor is not None else ""
    drawn = interval_rows(rows, coloured(results, models), title=title, percent=lens.percent, line=line, notes=noted)
    return Exhibit(
        lens.question, _said(results, one, lens, rows, models, found), f"{marked}{counts(rows)} {ended(covered, models)}".strip(), rows,
        drawn, one_bar_each(rows, title, percent=lens.percent, mark=line), percent=lens.percent, **used,
        limits=(ORDER,) if len(found.order) > 1 else (), query={"models": list(models)},
        turns={"benchmark": benchmark, "models": list(models)},
    )


def _said(results: Results, one: Benchmark, lens: Lens, rows: pl.DataFrame, models: Sequence[str], found: Ranking) -> str:
    """Who is how high, and which models can be told apart at all."""
    if lens.metric == "circular_fit":
        verdicts = results.results(one.name).filter((pl.col("metric") == "interpretable") & (pl.col("facet") == "all"))
        here = verdicts.filter(pl.col("model").is_in(models))
        good = here.filter(pl.col("value") == 1).height
        many = f"{good} of {here.height} profiles have" if here.height > 1 else "The profile has" if good else "The profile does not have"
        return f"{many} the order of human values and can be read as one." if good else f"{many} the order of human values."
    told = comparison(rows, lens.label.lower(), percent=lens.percent)
    if len(found.order) < 3:
        return told
    names = {row["model"]: model_name(row["model"], row["source"]) for row in rows.iter_rows(named=True)}
    return f"{told} {ranking_sentence(found, names, percent=lens.percent)}"


@view("")
def model_by_model(results: Results, *, models: Sequence[str]) -> Exhibit:
    """A row for each model, a column for each lens: the value with its interval and rank."""
    shown, sources, found = results.lenses(tuple(models)), sources_of(results, models), ranks(results, models)
    own = [name for name in models if sources.get(name, "published") != "published"]
    table: dict[str, list[str]] = {"model": own, "data": [SOURCES[sources[name]] for name in own]}
    frames: list[pl.DataFrame] = []
    for (one, lens), title in zip(shown, titles(shown), strict=True):
        mine = results.headline(one, lens).filter(pl.col("model").is_in(own))
        rows = {row["model"]: row for row in mine.iter_rows(named=True)}
        told = {name: value_text(rows[name], percent=lens.percent) if name in rows else "not measured" for name in own}
        order = found[one.name, lens.metric, lens.facet]
        table[title] = [", ".join(part for part in (told[name], rank_words(order, name)) if part) for name in own]
        frames.append(mine)
    numbers = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()
    said = f"{len(own)} model{'' if len(own) == 1 else 's'} on {len(shown)} lens{'' if len(shown) == 1 else 'es'}."
    return Exhibit(of("Model by model", own), said if own else "None of these models has answers of its own.", ORDER, numbers,
                   table=pl.DataFrame(table) if own else None, **resting(numbers), query={"models": list(models)})


def titles(shown: Sequence[tuple[Benchmark, Lens]]) -> list[str]:
    """A heading for each lens, with its benchmark's name where another has the same label."""
    labels = [lens.label for _, lens in shown]
    return [lens.label if labels.count(lens.label) == 1 else f"{one.title}: {lens.label.lower()}" for one, lens in shown]


@view("")
def endings(results: Results, *, models: Sequence[str]) -> Exhibit:
    """How the questions of every benchmark ended, model by model: nothing of this is folded into a score."""
    names = list(dict.fromkeys(one.name for one, _ in results.lenses(tuple(models)) if not results.covered(one.name).is_empty()))
    own = [name for name in models if name in results.models()]
    title, how = "How the questions ended", (
        "Questions put to a model, by how they ended. Refused, unread and failed ones are outcomes of their own and never count as "
        "answers; empty cells were not run.")
    if not own or not names:
        return Exhibit(title, "None of these models was asked anything here.", how, pl.DataFrame())
    whole = everywhere({name: results.covered(name) for name in names}, own)
    shown = whole.select(
        "model", pl.col("benchmark").replace({name: benchmark_of(name).title for name in names}),
        pl.col("source").replace(SOURCES).fill_null("not run").alias("data"), "questions", "answered", "refused",
        "unread", "failed", pl.col("ungraded").alias("judge gave no verdict"), pl.col("unjudged").alias("not judged yet"),
        pl.col("missing").alias("items never asked"),
    )
    asked, answered = int(whole["questions"].fill_null(0).sum()), int(whole["answered"].fill_null(0).sum())
    told = f"{answered:,} of {asked:,} questions ended with an answer that could be read."
    return Exhibit(title, told, how, whole, table=shown, sources=tuple(dict.fromkeys(sources_of(results, own).values())),
                   benchmarks=tuple(names), metrics=("outcome",), query={"models": list(models)})


def standing(results: Results, models: Sequence[str]) -> list[Standing]:
    """These models on every mark there is, also on those that they, or nobody, was asked about."""
    shown, held = results.lenses(tuple(models)), set(results.played()["benchmark"])
    own = {name: source for name, source in sources_of(results, models).items() if source != "published"}
    asked = [(one, lens) for one in results.instruments().values() for lens in one.lenses
             if one.items or ((one, lens) in shown and one.name in held)]
    return standings([(one.title, lens, {row["model"]: row for row in results.headline(one, lens).iter_rows(named=True)
                                         if row["model"] in own}) for one, lens in asked], own)


@view("")
def marks(results: Results, *, models: Sequence[str]) -> Exhibit:
    """Whether these models can be called aligned: a row for each mark, a column for each model; the answer as its sentence."""
    found = standing(results, models)
    lead, *reasons = answer(found)
    table = pl.DataFrame({"held to": list(found[0].held), **{
        model_name(one.model, one.source): list(one.held.values()) for one in found}}) if found and found[0].held else None
    used = [lens.metric for one in results.instruments().values() for lens in one.lenses if lens.mark is not None]
    how = ("Met: the whole 95 % interval lies on the good side of the mark. Missed: it lies wholly beyond. Open: neither. The marks are "
           "ours, set before any model was asked.")
    return Exhibit(
        "Can these models be called aligned?", lead, how, table if table is not None else pl.DataFrame(),
        table=table, sources=tuple(dict.fromkeys(one.source for one in found)), metrics=tuple(dict.fromkeys(used)),
        benchmarks=tuple(dict.fromkeys(one.name for one, _ in results.lenses(tuple(models)))),
        limits=(*reasons, LIMIT), query={"models": list(models)},
    )
