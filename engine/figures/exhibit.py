"""What a page shows in one piece: the sentence, the figure, the numbers behind it, and the same as an office chart."""


# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import plotly.graph_objects as go
import plotly.io
import polars as pl
from pydantic import TypeAdapter

from engine.problems import PlumblineError

Kind = Literal["bars", "radar", "scatter", "lines"]
Filters = Mapping[str, str | list[str]]
TYPES = {"String": pl.String, "Int64": pl.Int64, "Float64": pl.Float64, "Boolean": pl.Boolean}


@dataclass(frozen=True)
class Series:
    """One named row of marks. `values`, `lows` and `highs` have an entry for each category of the chart; `None`: not known."""

    name: str
    colour: str
    """As `#rrggbb`."""
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...] = ()
    """Lower ends of 95 % intervals; empty where the series has none."""
    highs: tuple[float | None, ...] = ()
    across: tuple[float | None, ...] = ()
    """Of a scatter, where each mark stands from left to right."""


@dataclass(frozen=True)
class Chart:
    """A figure's content in a form that office programs can draw and edit: a chart of categories and series.

    `bars`: a bar for each category and series with its interval. `radar`: categories round a circle. `lines`: categories from left to
    right. `scatter`: a mark for each category at `across` and `values`; categories name the marks.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    title: str
    """What the values are, with unit and good end: the title of the value axis."""
    percent: bool = False
    """Values are shares of 1, shown as percent."""
    mark: float | None = None
    """A value that is marked by a line."""
    across: str = ""
    """Of a scatter, what goes from left to right."""


CHART = TypeAdapter(Chart)


@dataclass(frozen=True)
class Exhibit:
    """One figure or table of a page with all that is said about it. It does not change any more, whatever happens in the lake."""

    title: str
    """In words, without Markdown: what is shown, of whom."""
    sentence: str
    """What the numbers say; the alternative text of the figure."""
    caption: str
    """Counts, intervals, method."""
    numbers: pl.DataFrame
    """The numbers behind it, as they are downloaded. Estimates have the columns of `engine.lake.estimates.COLUMNS`."""
    figure: go.Figure | None = None
    chart: Chart | None = None
    """The same as the figure for office programs; where a figure has none, its table stands in."""
    table: pl.DataFrame | None = None
    """In words, as a reader sees it. An exhibit has a figure or a table or both; with neither there is nothing to show, and the
    sentence says why."""
    percent: bool = False
    """Whether `value`, `low` and `high` of the numbers are shares."""
    sources: tuple[str, ...] = ()
    """Where its data are from: `measured`, `simulated`, `imported`, `published`."""
    benchmarks: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    """What it rests on, by the names that the Methods page has."""
    limits: tuple[str, ...] = ()
    """Sentences that must be said where this is shown, besides the caption."""
    turns: Filters = field(default_factory=dict[str, str | list[str]])
    """Filters of the Turns page that lead to what is behind it."""
    page: str = ""
    """The address of the page that shows it, e.g. `dilemmas`."""
    query: Filters = field(default_factory=dict[str, str | list[str]])
    """The query parameters under which that page shows it."""
    view: str = ""
    """By which view it was made (`engine.views`), and of what."""
    wanted: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return self.figure is None and self.table is None

    def frozen(self) -> str:
        """The whole exhibit as JSON; `thawed` makes the same of it."""
        told = {name: value for name, value in vars(self).items() if name not in ("figure", "chart", "numbers", "table")}
        return json.dumps({
            **told, "figure": drawn_by_plotly(self.figure) if self.figure else None,
            "chart": json.loads(CHART.dump_json(self.chart)) if self.chart else None, "numbers": _frame_told(self.numbers),
            "table": None if self.table is None else _frame_told(self.table),
        }, ensure_ascii=False)

    @classmethod
    def thawed(cls, text: str) -> "Exhibit":
        """What `frozen` wrote. Raises `PlumblineError` where it is something else."""
        try:
            told: dict[str, Any] = json.loads(text)
            figure, chart = told["figure"], told["chart"]
            parts: dict[str, Any] = {
                **told, "figure": plotly.io.from_json(json.dumps(figure), skip_invalid=True) if figure else None,
                "chart": CHART.validate_python(chart) if chart else None, "numbers": _frame_of(told["numbers"]),
                "table": None if told["table"] is None else _frame_of(told["table"]),
            }
            parts |= {name: tuple(told[name]) for name in ("sources", "benchmarks", "metrics", "limits")}
            return cls(**parts)
        except (ValueError, TypeError, KeyError) as problem:
            raise PlumblineError(f"a pinned finding cannot be read ({problem}); pin it again") from None


def same_numbers(one: Exhibit, other: Exhibit) -> bool:
    """Whether two exhibits show the same numbers."""
    return _frame_told(one.numbers) == _frame_told(other.numbers)


def drawn_by_plotly(figure: go.Figure) -> dict[str, Any]:
    """What Plotly draws, without its template: whoever shows it gives their own colours."""
    told: dict[str, Any] = json.loads(figure.to_json() or "{}")
    return {**told, "layout": {name: part for name, part in told.get("layout", {}).items() if name != "template"}}


def _frame_told(frame: pl.DataFrame) -> dict[str, Any]:
    plain = frame.select(
        pl.col(name) if str(kind) in TYPES else _plain(name, kind) for name, kind in frame.schema.items()
    )
    columns = {name: [_finite(value) for value in plain[name].to_list()] for name in plain.columns}
    return {"types": {name: str(kind) for name, kind in plain.schema.items()}, "columns": columns}


def _plain(name: str, kind: pl.DataType) -> pl.Expr:
    if kind.is_integer():
        return pl.col(name).cast(pl.Int64)
    if kind.is_float():
        return pl.col(name).cast(pl.Float64)
    if isinstance(kind, pl.List):
        return pl.col(name).cast(pl.List(pl.String)).list.join(", ")
    return pl.col(name).cast(pl.String)


def _frame_of(told: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(told["columns"], schema={name: TYPES[kind] for name, kind in told["types"].items()})


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
