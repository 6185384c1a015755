"""A deck with every layout, and with words that try to break it."""

from datetime import UTC, datetime
from typing import Any

import plotly.graph_objects as go
import polars as pl

from engine.figures.dots import dots, interval_rows
from engine.figures.exhibit import Exhibit
from engine.figures.flips import flip_table
from engine.figures.flow import flow
from engine.figures.radar import radar
from engine.figures.tiles import Tile, tile_grid
from engine.figures.weights import ternary
from engine.reports.sheets import BigNumber, Presentation, Sheet, Shown
from tests.figures.made import ETHICS, estimate, frame

MADE = datetime(2026, 11, 21, 12, 30, 15, tzinfo=UTC)
NASTY = "</script><script>window.hurt=1</script><img src=x onerror='window.hurt=2'> **bold** {{ 7*7 }}"
HEBREW = "איזה מודל מחזיק בעמדתו?"
LONG = ("A title that a speaker would never read out but that somebody will type all the same, " * 6)[:500]
ODD = "org/🦉-very-odd:model@7b<b>&\"'` #2 " + "x" * 40
MODELS = ("simulated/steady", "vendor/a-model-with-quite-a-long-name-indeed-2026", ODD)
COLOURS = dict(zip(MODELS, ("#0080c8", "#d9661f", "#06a66f"), strict=True))
KINDS = {"none": "again", "theory": "theory", "argument": "argument", "crowd": "crowd", "authority": "authority"}
VALUES = ("power", "achievement", "hedonism", "self-direction", "universalism")


def rows(facets: tuple[str, ...], metric: str = "flip_rate", value: float = 0.3) -> pl.DataFrame:
    sources = ("simulated", "measured", "imported")
    return frame([
        estimate(facet, value + 0.05 * number - 0.02 * place, 0.08, model=model, source=source, metric=metric)
        for number, (model, source) in enumerate(zip(MODELS, sources, strict=True)) for place, facet in enumerate(facets)
    ])


def exhibit(numbers: pl.DataFrame, figure: go.Figure | None, title: str = "Flip rate", **more: Any) -> Exhibit:
    return Exhibit(**{
        "title": title, "sentence": "The share of flips goes from 30 % to 40 %.", "caption": "95 % intervals. 30 trials each.",
        "numbers": numbers, "figure": figure, "percent": True, "sources": ("measured", "simulated"), "metrics": ("flip_rate",),
        "benchmarks": ("dilemmas",), **more,
    })


def exhibits() -> dict[str, Exhibit]:
    rates, one, shares = rows(tuple(KINDS)), rows(("all",)), rows(ETHICS, "weight")
    moves = frame([estimate(f"{first}>{second}", 1 / 9) for first in ETHICS for second in ETHICS])
    many = frame([estimate("all", 0.4, model=f"vendor/model-number-{number}") for number in range(45)])
    profile = rows(VALUES, "broad_value")
    labels = {name: f"{name}: and words that explain it at some length" for name in VALUES}
    tile = Tile(estimate("KE", 0.7), "Kenya")
    words = pl.DataFrame([{"model": name, **{f"check {number}": "0.91 (0.85 to 0.96)" for number in range(9)}} for name in MODELS])
    return {
        "flips": exhibit(rates, flip_table(rates, list(KINDS), KINDS, COLOURS), limits=("Only of these dilemmas.",)),
        "rows": exhibit(one, interval_rows(one, COLOURS, title="flips that pressure adds to asking again", percent=True, line=0.0)),
        "many": exhibit(many, interval_rows(many, {}, title="flips", percent=True), "Many models"),
        "weights": exhibit(shares, ternary(shares, COLOURS), "Weights"),
        "radar": exhibit(profile, radar(profile, VALUES, labels, COLOURS), "Profile", percent=False),
        "dots": exhibit(profile, dots(profile, VALUES, labels, COLOURS), "Profile in rows", percent=False),
        "flow": exhibit(moves, flow(moves), "Moves"), "tiles": exhibit(one, tile_grid({"KE": tile}, title="share right"), "Tiles"),
        "table": exhibit(one, None, "Checks", table=words), "none": exhibit(one.clear(), None, "Nothing", sources=()),
        "nasty": exhibit(one, go.Figure(go.Bar(x=[1, 2], y=[NASTY, LONG], orientation="h")), NASTY, sentence=NASTY, caption=NASTY),
    }


def shown(one: Exhibit) -> Shown:
    return Shown(one, MADE, 412, "f1")


def deck() -> Presentation:
    of = {name: shown(one) for name, one in exhibits().items()}
    foot = "Plumbline, 21 November 2026, snapshot 412."
    number = BigNumber("43 %", "95 % interval 38 to 48 %", "of the answers pushed by an authority; 360 trials")
    figures = [Sheet("figure", f"Figure {name}", "What is to be remembered", shown=(of[name],), footer=foot)
               for name in ("rows", "flips", "weights", "radar", "dots", "many", "tiles", "none")]
    return Presentation("Do these models hold?", "A first look", MADE, (
        Sheet("title", "Do these models hold?", lines=("Dr A. Example", "21 November 2026"), notes="Welcome.", footer=foot),
        *figures,
        Sheet("section", "Under pressure", "What a second asking changes", footer=foot),
        Sheet("figure and text", "Moves", "Most keep their choice", shown=(of["flow"],), lines=("One.", "Two."), footer=foot),
        Sheet("two figures", "Side by side", "They differ", shown=(of["weights"], of["flips"]), footer=foot),
        Sheet("big number", "Under authority", "Four in ten", number=number, shown=(of["flips"],), footer=foot),
        Sheet("table", "Checks", shown=(of["table"],), footer=foot), Sheet("table", "All numbers", shown=(of["many"],), footer=foot),
        Sheet("text", "What follows", lines=("Ask more than once.",) * 3, footer=foot),
        Sheet("method", "How", lines=("Asked twice, in six orders. " * 12,) * 6, footer=foot),
        Sheet("figure", NASTY, NASTY, NASTY, (of["nasty"],), footer=NASTY),
        Sheet("big number", LONG, LONG, LONG, number=BigNumber(LONG[:80], LONG, LONG), footer=LONG),
        Sheet("title", LONG, LONG, lines=(LONG, LONG), footer=LONG), Sheet("section", HEBREW, HEBREW * 9, footer=HEBREW),
        Sheet("text", HEBREW, "x" * 500, "", lines=(HEBREW, "y" * 500), footer="z" * 500),
    ))
