"""A scatter as an office chart: every mark named, names where they do not cover each other."""

from collections.abc import Sequence

from engine.figures.exhibit import Chart
from engine.reports.powerpoint.axes import Axis, known
from engine.reports.powerpoint.axes import axis as axis_of
from engine.reports.powerpoint.chart_parts import (
    CATEGORIES,
    VALUES,
    error_bars,
    legend,
    legend_height,
    line,
    manual,
    number_axis,
    title,
    whole,
)
from engine.reports.powerpoint.measure import LINE, POINTS, SMALLEST, Box, shortened, width
from engine.reports.powerpoint.template import INK, QUIET
from engine.reports.powerpoint.words import escaped, one_line, painted
from engine.reports.powerpoint.workbook import Column, Grid

DOT = 11
"""Points across a mark."""
NAME = 190
"""Points that a mark's name may take."""
Rect = tuple[float, float, float, float]


def scattered(chart: Chart, names: Sequence[str], axis: Axis, box: Box, size: int) -> tuple[bytes, bytes]:
    """The chart's XML and its workbook."""
    wide, high, grid = box.width * POINTS, box.height * POINTS, Grid()
    across = _padded(axis_of([value for one in chart.series for value in one.across]), chart)
    grid.add("", names)
    several = len(chart.series) > 1
    top = legend_height([one_line(one.name) for one in chart.series], wide - 20, size) if several else 10
    named = title(one_line(chart.across), wide - 66 - 30, SMALLEST)
    plot: Rect = (66, top, wide - 66 - 30, high - top - 38 - 16 * named.count("<a:p>"))
    places = _places(chart, names, (across, axis), plot, size)
    told = ""
    for at, one in enumerate(chart.series):
        x = grid.add(f"{shortened(one_line(one.name), 300, size)}: across", one.across)
        y = grid.add(shortened(one_line(one.name), 300, size), one.values)
        labels = _labels(names, {place: where for (series, place), where in places.items() if series == at}, size)
        told += (
            f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx>{y.named()}</c:tx><c:spPr>{line("")}</c:spPr>'
            f'<c:marker><c:symbol val="circle"/><c:size val="{DOT}"/><c:spPr><a:solidFill><a:srgbClr val="{one.colour[1:]}"/></a:solidFill>'
            f'{line("#ffffff", 0.75)}</c:spPr></c:marker>'
            f"{labels}{error_bars(grid, one, y, axis.form, direction='y')}{_values(x, y, across.form, axis.form)}</c:ser>"
        )
    if chart.mark is not None:
        told += _mark(grid, chart.mark, across, axis, len(chart.series))
    inner = manual(plot[0] / wide, plot[1] / high, plot[2] / wide, plot[3] / high, inner=True)
    xml = (
        f'{inner}<c:scatterChart><c:scatterStyle val="lineMarker"/><c:varyColors val="0"/>{told}'
        f'<c:axId val="{CATEGORIES}"/><c:axId val="{VALUES}"/></c:scatterChart>'
        + number_axis(across, named, SMALLEST, place="b", between="midCat", crosses="min",
                      ids=(CATEGORIES, VALUES))
        + number_axis(axis, title(one_line(chart.title), plot[3] * 0.9, SMALLEST, -90), SMALLEST, place="l", between="midCat",
                      crosses="min")
    )
    shown = legend("t", size, len(chart.series) if chart.mark is not None else None) if several else ""
    return whole(xml, shown), grid.file("General")


def _padded(axis: Axis, chart: Chart) -> Axis:
    """Marks never stand on the edge: a step more where one would."""
    there = [value for one in chart.series for value in one.across if value is not None]
    low = axis.low - axis.step if there and min(there) <= axis.low else axis.low
    high = axis.high + axis.step if there and max(there) >= axis.high else axis.high
    return Axis(low, high, axis.step, axis.form)


def _values(x: Column, y: Column, across: str, form: str) -> str:
    return f'<c:xVal>{x.numbers(across)}</c:xVal><c:yVal>{y.numbers(form)}</c:yVal><c:smooth val="0"/>'


def _mark(grid: Grid, mark: float, across: Axis, axis: Axis, at: int) -> str:
    """The marked value as a dashed series of two points, from edge to edge."""
    x = grid.add("marked value: across", [across.low, across.high])
    y = grid.add("marked value", [mark, mark])
    return (f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx>{y.named()}</c:tx><c:spPr>{line(QUIET, 1.75, "dash")}</c:spPr>'
            f'<c:marker><c:symbol val="none"/></c:marker>{_values(x, y, across.form, axis.form)}</c:ser>')


def _labels(names: Sequence[str], places: dict[int, str], size: int) -> str:
    """The names of the marks that have room for one; the others are in the sheet and in the table."""
    told = "".join(
        f'<c:dLbl><c:idx val="{at}"/><c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size * 100}"/></a:pPr>'
        f'<a:r><a:rPr lang="en-GB" sz="{size * 100}"><a:solidFill>{painted(INK)}</a:solidFill></a:rPr><a:t>{escaped(names[at])}</a:t></a:r>'
        f'</a:p></c:rich></c:tx><c:dLblPos val="{where}"/>{_shown(1)}</c:dLbl>'
        for at, where in sorted(places.items())
    )
    return f"<c:dLbls>{told}{_shown(0)}</c:dLbls>"


def _shown(value: int) -> str:
    parts = (("LegendKey", 0), ("Val", value), ("CatName", 0), ("SerName", 0), ("Percent", 0), ("BubbleSize", 0))
    return "".join(f'<c:show{name} val="{shown}"/>' for name, shown in parts)


def _places(chart: Chart, names: Sequence[str], axes: tuple[Axis, Axis], plot: Rect, size: int) -> dict[tuple[int, int], str]:
    """Where each mark's name goes (right, left, above, below): over no other name and no mark, over no interval where that can be."""
    across, up = axes
    left, top, wide, high = plot

    def level(value: float) -> float:
        return top + high * (1 - up.share(value))

    at = {
        (series, place): (left + wide * across.share(x), level(y))
        for series, one in enumerate(chart.series) for place, (x, y) in enumerate(zip(one.across, one.values, strict=True))
        if x is not None and y is not None
    }
    taken: list[Rect] = [(x - DOT / 2, y - DOT / 2, x + DOT / 2, y + DOT / 2) for x, y in at.values()]
    lines: list[Rect] = [(left, level(chart.mark) - 1, left + wide, level(chart.mark) + 1)] if chart.mark is not None else []
    for (series, place), (x, _) in at.items():
        ends = [column[place] for column in (chart.series[series].highs, chart.series[series].lows) if column]
        if len(there := known(ends)) == 2:
            lines.append((x - 3, level(there[0]), x + 3, level(there[1])))
    found: dict[tuple[int, int], str] = {}
    for avoided in (lines, []):
        for key, (x, y) in at.items():
            for where, rect in _around(x, y, width(names[key[1]], size), size * LINE):
                inside = rect[0] >= left and rect[2] <= left + wide + 24 and rect[1] >= top - 4 and rect[3] <= top + high
                if key not in found and inside and not any(_over(rect, other) for other in (*taken, *avoided)):
                    found[key] = where
                    taken.append(rect)
    return found


def _around(x: float, y: float, long: float, tall: float) -> tuple[tuple[str, Rect], ...]:
    """The places round a mark that its name can have, the best one first."""
    off = DOT / 2 + 4
    return (
        ("r", (x + off, y - tall / 2, x + off + long, y + tall / 2)), ("l", (x - off - long, y - tall / 2, x - off, y + tall / 2)),
        ("t", (x - long / 2, y - off - tall, x + long / 2, y - off)), ("b", (x - long / 2, y + off, x + long / 2, y + off + tall)),
    )


def _over(one: Rect, other: Rect) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
