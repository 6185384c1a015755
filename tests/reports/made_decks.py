"""Decks for the tests and the bench of reports: every layout and every kind of chart, with ordinary words and with nasty ones."""

from datetime import UTC, datetime
from typing import Any

import plotly.graph_objects as go
import polars as pl

from engine.figures.exhibit import Chart, Exhibit, Series
from engine.figures.palette import COLOURS
from engine.reports.sheets import BigNumber, Layout, Presentation, Sheet, Shown

MADE = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HEBREW = "מה המודלים מעריכים, והאם הם עומדים בכך"
NASTY = (
    "<b>bold</b> & \"quoted\" 'name'", "two\nlines\tand\x00 control \x0b\x1f\ud800 characters", "=1+1", "模型 🙂 émoji", HEBREW[:12],
    "provider/" + "very-long-model-name-" * 10,
)
LONG = " ".join(f"A title that goes on and on, part {number}," for number in range(16))[:500]
CAPTION = "48 dilemmas, 12 epochs; 95 % intervals resample dilemmas; refused and unread answers are counted apart."
AWKWARD = 0.1 + 0.2
"""A number that sixteen digits do not hold."""


def series(name: str, colour: str, values: tuple[float | None, ...], half: float = 0.07, **more: Any) -> Series:
    lows = tuple(None if value is None else value - half for value in values)
    return Series(name, colour, values, lows, tuple(None if value is None else value + half for value in values), **more)


def bars(models: int = 2, categories: int = 4, **more: Any) -> Chart:
    told = tuple(
        series(f"provider/model-{model}", COLOURS[model % 8], tuple(
            None if (model, at) == (1, 2) else (AWKWARD + 0.137 * at + model / 7) % 0.9 for at in range(categories)
        )) for model in range(models)
    )
    return Chart("bars", tuple(f"pressure {at}" for at in range(categories)), told, "share of answers that flip (lower is steadier)",
                 **({"percent": True} | more))


def radar(models: int = 4, **more: Any) -> Chart:
    told = tuple(
        series(f"provider/model-{model}", COLOURS[model], tuple(((at * 7 + model * 3) % 11) / 3 - 1.7 for at in range(19)), 0.3)
        for model in range(models)
    )
    return Chart("radar", tuple(f"Value: facet {at}" for at in range(19)), told, "centred score, scale points", **more)


def lines(**more: Any) -> Chart:
    told = (series("provider/one", COLOURS[0], (0.42, AWKWARD, None, 0.51)), series("provider/two", COLOURS[1], (0.2, 0.25, 0.27, 0.24)))
    months = ("January", "March", "May", "August")
    return Chart("lines", months, told, "share judged as people do", **({"percent": True, "mark": 1 / 3} | more))


def scatter(**more: Any) -> Chart:
    one = series("models", COLOURS[0], (0.62, 0.58, AWKWARD, 0.55), across=(0.8, 0.83, -0.2, 0.5))
    return Chart("scatter", ("claude", "gpt", "mistral", "llama"), (one,), "share that keeps dignity",
                 **({"percent": True, "mark": 0.5, "across": "Universalism, centred score"} | more))


def table(rows: int = 6) -> pl.DataFrame:
    return pl.DataFrame({
        "Model": [f"provider/model-{row}" for row in range(rows)],
        "Flips": [f"{row % 100} % ({row % 90} to {row % 100 + 9})" for row in range(rows)],
        "Trials": [100 + row for row in range(rows)], "Method": ["share over trials; Wilson interval"] * rows,
    })


def exhibit(chart: Chart | None = None, table: pl.DataFrame | None = None, title: str = "How often answers flip", **more: Any) -> Exhibit:
    told: dict[str, Any] = {"sources": ("simulated",), "benchmarks": ("dilemmas",), "metrics": ("flip_rate",), **more}
    return Exhibit(title, told.pop("sentence", "One answer in five flips."), told.pop("caption", CAPTION), pl.DataFrame({"value": [0.5]}),
                   go.Figure() if chart else None, chart, table, **told)


def sheet(layout: Layout, title: str, *exhibits: Exhibit, **more: Any) -> Sheet:
    shown = tuple(Shown(one, MADE, 412, "f00d") for one in exhibits)
    return Sheet(layout, title, **({"takeaway": f"Takeaway of {title[:40]}", "shown": shown, "footer": "Plumbline · snapshot 412"} | more))


def deck(*sheets: Sheet, title: str = "What models value") -> Presentation:
    return Presentation(title, "For the seminar", MADE, sheets)


def every_layout() -> tuple[Sheet, ...]:
    """Each layout and each kind of chart once."""
    return (
        sheet("title", "What models value", lines=("A group", "21 November 2026")), sheet("section", "Do they hold to it?"),
        sheet("figure", "Bars", exhibit(bars(mark=0.4), limits=("Simulated respondents only.",))),
        sheet("figure", "Radar", exhibit(radar())),
        sheet("figure and text", "Lines", exhibit(lines(), sources=("measured",)), lines=("It rose.", "The other one did not.")),
        sheet("figure and text", "Scatter", exhibit(scatter(), sources=("measured", "simulated"))),
        sheet("two figures", "Side by side", exhibit(bars(1, mark=0.1), title="Left one"), exhibit(radar(1, mark=0.0), title="Right one")),
        sheet("big number", "How often?", exhibit(bars()), number=BigNumber("21 %", "95 % interval 17 to 26 %", "of 1,152 answers")),
        sheet("table", "In numbers", exhibit(None, table())), sheet("text", "What to keep", lines=("One.", "Two.", "Three.")),
        sheet("method", "Method and limits", lines=("Every estimate has an interval.", "Missing is said as missing.")),
    )


def nasty() -> tuple[Sheet, ...]:
    """What a deck may have to bear: long and odd words, right-to-left ones, nothing to show, long tables."""
    ends = {"values": (0.1, None, 0.3, AWKWARD, 0.5, 0.9)}
    odd = Chart("bars", NASTY, (Series(NASTY[0], COLOURS[0], ends["values"]),), "share of " + LONG, percent=True)
    marks = Series(NASTY[1], COLOURS[1], ends["values"], across=(1.0, 2.0, 3.0, 4.0, None, 4.1))
    cloud = Chart("scatter", NASTY, (marks,), NASTY[5], across=LONG)
    return (
        sheet("title", LONG, takeaway=LONG, lines=(LONG, LONG)), sheet("section", "x" * 300, takeaway=LONG),
        sheet("figure", f"1 {LONG}", exhibit(odd, caption=LONG * 3, limits=(LONG,)), takeaway=LONG, footer=LONG),
        sheet("figure and text", f"{HEBREW} <i>&amp;", exhibit(cloud, sentence=LONG), takeaway=HEBREW,
              lines=(HEBREW, LONG, "**no Markdown**")),
        sheet("two figures", "Odd pair", exhibit(odd, title=LONG, caption=LONG * 2), exhibit(None, table(40), title=HEBREW)),
        sheet("big number", "Odd number", number=BigNumber("1,234,567.89 points", LONG, LONG), takeaway=LONG),
        sheet("figure", "Nothing there", exhibit(sentence="Nothing was measured yet: start a run.")),
        sheet("table", "Hundred rows", exhibit(None, table(100).with_columns(Wide=pl.lit(LONG)))),
        sheet("text", "Many words", lines=tuple(LONG for _ in range(9))), sheet("method", "", takeaway="", lines=("\x00", "y" * 900)),
    )
