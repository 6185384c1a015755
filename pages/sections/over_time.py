"""The same model over dates and versions: did it change."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from engine.benchmark import Lens
from engine.figures.palette import colours as fixed_colours
from engine.figures.sentences import change_sentence
from engine.figures.sentences import name as model_name
from engine.figures.timeline import timeline
from engine.metrics.trend import Point, change, changes
from pages import data, parts

MOST = 6


def show(sources: tuple[str, ...]) -> None:
    """Choose a lens; every model that was asked twice, under one name or as versions of one, is drawn and tested."""
    known = {f"{one.title}: {lens.label.lower()}": (name, lens) for name, one in data.now().instruments().items() for lens in one.lenses
             if lens.metric != "distance" and data.now().series(name, sources)}
    if not known:
        parts.nothing_yet("models asked at two dates", "python -m engine run --model openai/gpt-4o --benchmark dilemmas --fresh")
        return
    picked = st.selectbox("Lens", list(known), key="lens", bind="query-params") or next(iter(known))
    name, lens = known[picked]
    every = data.now().series(name, sources)
    shown = dict(list(every.items())[:MOST])
    if len(every) > MOST:
        chosen = st.multiselect("Models asked twice", list(every), key="twice", bind="query-params", max_selections=MOST,
                                placeholder=f"the first {MOST}")
        shown = {base: every[base] for base in chosen} or shown
    st.write("Each point is one run of its own (`--fresh` asks again what the lake holds already). Only items and conditions that all "
             "points of a model share are counted, and the last point is tested against the first, corrected over the models shown. Names "
             "that differ only in a date at their end, or in latest, preview or exp, are points of one line.")
    told = {base: _rows(name, lens, points) for base, points in shown.items()}
    tested = changes({base: change(*data.now().over_time(name, tuple(points)), lens.metric, lens.facet, points[0].name, points[-1].name)
                      for base, points in shown.items()})
    named = {base: model_name(base, points[0].source) for base, points in shown.items()}
    said = [change_sentence(named[base], tested.get(base), (_called(points, 0), _called(points, -1)), percent=lens.percent)
            for base, points in shown.items()]
    for sentence in said:
        parts.say(sentence)
    lines = {base: [(point.asked, _called(points, number), told[base][number]) for number, point in enumerate(points)]
             for base, points in shown.items()}
    if not any(row["value"] is not None for rows in told.values() for row in rows):
        parts.say("No point has a value on what all points of its model were asked alike: it takes runs with the same items and "
                  "conditions, and answers that could be read.")
        return
    drawn = timeline(lines, fixed_colours(list(shown), list(every)), title=lens.label, percent=lens.percent, line=lens.mark)
    table = pl.DataFrame([
        {"model": point.model, "asked": point.asked, "conversations": point.conversations, lens.label.lower(): parts.interval(
            row if row["trials"] is not None else None, percent=lens.percent)}
        for base, points in shown.items() for point, row in zip(points, told[base], strict=True)
    ])
    parts.figure(drawn, alt=" ".join(said), key="over-time", caption=(
        "95 % intervals, clustered by stem. Lines join what belongs together and claim nothing of the time between."
        + (f" Dotted: {lens.held_to}." if lens.mark is not None else "")))
    st.dataframe(table, hide_index=True, alt="Every asking of every model shown",
                 column_config={"asked": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm")})
    parts.downloads(table, f"over-time-{name.replace('/', '-')}")
    parts.turns_link("The conversations behind this", benchmark=name, run=[point.run for points in shown.values() for point in points])


def _rows(name: str, lens: Lens, points: Sequence[Point]) -> list[dict[str, object]]:
    """The estimate of each point; empty where it has none on what all points share."""
    estimates, _ = data.now().over_time(name, tuple(points))
    mine = estimates.filter((pl.col("metric") == lens.metric) & (pl.col("facet") == lens.facet))
    of = {row["model"]: row for row in mine.iter_rows(named=True)}
    nothing = dict.fromkeys(("value", "low", "high", "trials", "stems", "dropped", "method"))
    return [of.get(point.name, {**nothing, "model": point.model, "source": point.source}) for point in points]


def _called(points: Sequence[Point], place: int) -> str:
    return points[place].label(alone=len({point.model for point in points}) == 1)
