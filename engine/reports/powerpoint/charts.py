"""Charts of slides: native and editable, from the `Chart` of an exhibit, with the very numbers that the exhibit has."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass, replace
from typing import Any

from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from engine.figures.exhibit import Chart, Series
from engine.reports.powerpoint.axes import Axis, known, value_axis
from engine.reports.powerpoint.chart_parts import (
    CATEGORIES,
    VALUES,
    error_bars,
    legend,
    legend_height,
    line,
    manual,
    name_axis,
    number_axis,
    title,
    whole,
)
from engine.reports.powerpoint.measure import LINE, POINTS, SMALLEST, Box, shortened, width
from engine.reports.powerpoint.scatter import NAME, scattered
from engine.reports.powerpoint.template import QUIET, frame
from engine.reports.powerpoint.words import NAMESPACES, described, one_line
from engine.reports.powerpoint.workbook import Column, Grid

KINDS: dict[str, Any] = {"bars": XL_CHART_TYPE.BAR_CLUSTERED, "radar": XL_CHART_TYPE.RADAR_MARKERS, "lines": XL_CHART_TYPE.LINE_MARKERS,
                         "scatter": XL_CHART_TYPE.XY_SCATTER}
ROW, BAR = 17, 6.5
"""Points: the least height of a category of bars, and of one bar in it."""
HEADING = 40
"""Points that the title over a radar takes."""
NAMES = 0.36
"""Of a chart's width, what the names of its bars may take."""


@dataclass(frozen=True)
class Made:
    """A chart ready to be put on a slide: what python-pptx asks of its own chart data."""

    xml: bytes
    xlsx_blob: bytes
    mark: Box | None = None
    """Where a line is drawn over the plot, in shares of the chart."""

    def xml_bytes(self, chart_type: Any) -> bytes:  # noqa: ARG002 - python-pptx gives it
        """The chart's XML."""
        return self.xml


def drawable(chart: Chart | None) -> bool:
    """Whether there is any number to draw."""
    return chart is not None and any(known(one.values) for one in chart.series)


def capacity(chart: Chart, box: Box) -> int:
    """How many categories of bars are legible in this room; of other charts all of them."""
    if chart.kind != "bars":
        return max(len(chart.categories), 1)
    return max(3, int((box.height * POINTS - 60) / max(ROW, BAR * len(chart.series) + 5)))


def part(chart: Chart, start: int, stop: int) -> Chart:
    """Some of the categories."""
    def cut(one: Series) -> Series:
        columns = {name: getattr(one, name)[start:stop] for name in ("values", "lows", "highs", "across")}
        return replace(one, **columns)

    return replace(chart, categories=chart.categories[start:stop], series=tuple(cut(one) for one in chart.series))


def names(chart: Chart, room: float, size: int) -> list[str]:
    """The categories as they are labelled, in `room` points: one that has no value in any series says so."""
    told: list[str] = []
    for at, name in enumerate(chart.categories):
        gone = "" if known(one.values[at] for one in chart.series) or chart.kind == "scatter" else " (not measured)"
        told.append(shortened(one_line(name), room - width(gone, size), size) + gone)
    return told


def put(slide: Any, chart: Chart, box: Box, words: tuple[str, str], *, axis: Axis | None = None) -> None:
    """Draw a chart into the box. `words`: its name and its alternative text. `axis`: where several charts share one."""
    axis = axis or value_axis(chart)
    size = 14 if box.width > 7 else SMALLEST
    made = {"bars": _bars, "lines": _lines, "radar": _radar, "scatter": _scatter}[chart.kind](chart, axis, box, size)
    place = [Inches(edge) for edge in (box.left, box.top, box.width, box.height)]
    drawn: Any = slide.shapes.add_chart(KINDS[chart.kind], *place, made)
    described(drawn, *words)
    if made.mark:
        _line_over(drawn.chart.part, made.mark, box)


def _columns(grid: Grid, chart: Chart, room: float, size: int) -> tuple[Column, list[Column]]:
    return grid.add("", names(chart, room, size)), [grid.add(shortened(one_line(one.name), 300, size), one.values) for one in chart.series]


def _series(at: int, column: Column, cat: Column, form: str, look: str, extra: str = "", last: str = "") -> str:
    return (f'<c:ser><c:idx val="{at}"/><c:order val="{at}"/><c:tx>{column.named()}</c:tx>{look}{extra}'
            f"<c:cat>{cat.words()}</c:cat><c:val>{column.numbers(form)}</c:val>{last}</c:ser>")


def _bars(chart: Chart, axis: Axis, box: Box, size: int) -> Made:
    wide, high = box.width * POINTS, box.height * POINTS
    grid = Grid()
    cat, columns = _columns(grid, chart, NAMES * wide, size)
    told = "".join(
        _series(at, column, cat, axis.form, f'<c:spPr><a:solidFill><a:srgbClr val="{one.colour[1:]}"/></a:solidFill></c:spPr>'
                '<c:invertIfNegative val="0"/>', error_bars(grid, one, column, axis.form, direction=""))
        for at, (one, column) in enumerate(zip(chart.series, columns, strict=True))
    )
    left = max([width(str(name), size) for name in cat.values] + [30]) + 12
    several = len(columns) > 1
    top = legend_height([column.header for column in columns], wide - 20, size) if several else 8
    named = title(one_line(chart.title), wide - left - 40, SMALLEST)
    bottom = 12 + SMALLEST * LINE * (1 + named.count("<a:p>")) + 6 * bool(named)
    # A few bars in much room would be slabs: they are drawn in the upper part of it.
    tall = min(high - top - bottom, len(chart.categories) * max(84, 30 * len(columns) + 12))
    inner = (left / wide, top / high, (wide - left - 26) / wide, tall / high)
    gap = 45 if several else 70
    plot = (
        f'{manual(*inner, inner=True)}<c:barChart>'
        f'<c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{told}'
        f'<c:gapWidth val="{gap}"/><c:overlap val="{-8 if several else 0}"/>'
        f'<c:axId val="{CATEGORIES}"/><c:axId val="{VALUES}"/></c:barChart>'
        + name_axis(size, place="l", reverse=True) + number_axis(axis, named, SMALLEST, place="b", crosses="max", labels="nextTo")
    )
    mark = None
    if chart.mark is not None:
        mark = Box(inner[0] + inner[2] * axis.share(chart.mark), inner[1], 0, inner[3])
    return Made(whole(plot, legend("t", size) if several else ""), grid.file(axis.form), mark)


def _lines(chart: Chart, axis: Axis, box: Box, size: int) -> Made:
    high, each, grid = box.height * POINTS, (box.width * POINTS - 70) / max(len(chart.categories), 1), Grid()
    flat = max(width(name, size) for name in names(chart, 400, size)) <= max(each * 1.9, 60) and each >= 40
    cat, columns = _columns(grid, chart, 2 * each if flat else 150, size if flat else SMALLEST)
    told = "".join(
        _series(at, column, cat, axis.form, f"<c:spPr>{line(one.colour, 2.5)}</c:spPr>{_marker(one.colour, 8)}",
                error_bars(grid, one, column, axis.form, direction="y"), '<c:smooth val="0"/>')
        for at, (one, column) in enumerate(zip(chart.series, columns, strict=True))
    )
    marked = _marked(grid, chart, cat, axis.form, len(columns), '<c:smooth val="0"/>')
    plot = (
        f'<c:layout/><c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{told}{marked}<c:marker val="1"/>'
        f'<c:axId val="{CATEGORIES}"/><c:axId val="{VALUES}"/></c:lineChart>'
        + name_axis(size if flat else SMALLEST, place="b", turned=0 if flat else -45)
        + number_axis(axis, title(one_line(chart.title), high * 0.75, SMALLEST, -90), SMALLEST, place="l")
    )
    shown = legend("t", size, len(columns) if marked else None) if len(columns) > 1 else ""
    return Made(whole(plot, shown), grid.file(axis.form))


def _radar(chart: Chart, axis: Axis, box: Box, size: int) -> Made:
    grid, wide, high = Grid(), box.width * POINTS, box.height * POINTS
    size = size if len(chart.categories) <= 12 else SMALLEST
    cat, columns = _columns(grid, chart, 190 if box.width > 7 else 110, size)
    told = "".join(
        _series(at, column, cat, axis.form, f"<c:spPr>{line(one.colour, 2.5)}</c:spPr>{_marker(one.colour, 6)}")
        for at, (one, column) in enumerate(zip(chart.series, columns, strict=True))
    )
    count = len(columns)
    for one, column in zip(chart.series, columns, strict=True):
        for end, values in (("low", one.lows), ("high", one.highs)):
            if values:
                ends = grid.add(f"{column.header}: {end}", values)
                if len(columns) == 1:  # of several models, rings of intervals would hide the profiles: they are in the sheet
                    told += _series(count, ends, cat, axis.form, f"<c:spPr>{line(one.colour, 1.25, 'sysDash')}</c:spPr>{NO_MARKER}")
                    count += 1
    marked = _marked(grid, chart, cat, axis.form, count)
    several = len(columns) > 1
    beside = min(max(width(column.header, size) for column in columns) + 50, 0.3 * wide) if several and box.width > 7 else 0
    below = len(columns) * size * LINE * 1.15 + 6 if several and not beside else 0
    # The circle takes all the height that the names round it and the title over it leave.
    tall = high - HEADING - below - 2 * (size * LINE * 1.6)
    left = max((wide - beside - tall) / 2, 0)
    inner = manual(left / wide, (HEADING + size * LINE * 1.6) / high, min(tall, wide - beside) / wide, tall / high, inner=True)
    plot = (
        f'{inner}<c:radarChart><c:radarStyle val="marker"/><c:varyColors val="0"/>{told}{marked}'
        f'<c:axId val="{CATEGORIES}"/><c:axId val="{VALUES}"/></c:radarChart>'
        + name_axis(size, place="b", grid=True) + number_axis(axis, "", SMALLEST, place="l")
    )
    shown = legend("r" if beside else "b", size, count if marked else None) if several else ""
    return Made(whole(plot, shown, title(one_line(chart.title), wide - 20, SMALLEST)), grid.file(axis.form))


def _scatter(chart: Chart, axis: Axis, box: Box, size: int) -> Made:
    xml, held = scattered(chart, names(chart, NAME, size), axis, box, size)
    return Made(xml, held)


NO_MARKER = '<c:marker><c:symbol val="none"/></c:marker>'


def _marker(colour: str, size: int) -> str:
    return (f'<c:marker><c:symbol val="circle"/><c:size val="{size}"/><c:spPr><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'
            f"{line('#ffffff', 0.75)}</c:spPr></c:marker>")


def _marked(grid: Grid, chart: Chart, cat: Column, form: str, at: int, last: str = "") -> str:
    """The mark as a dashed series: it moves with the axis, and its value stands in the sheet."""
    if chart.mark is None:
        return ""
    column = grid.add("marked value", [chart.mark] * len(chart.categories))
    return _series(at, column, cat, form, f"<c:spPr>{line(QUIET, 1.75, 'dash')}</c:spPr>{NO_MARKER}", "", last)


def _line_over(chart_part: Any, mark: Box, box: Box) -> None:
    """A dashed line over bars, as a drawing of the chart itself: it is moved and stretched with it, and the axis has fixed ends.

    Office programs do not draw an upright line of data among lying bars, or do so each in its own way.
    """
    across, place = mark.left, frame(Box(mark.left * box.width, mark.top * box.height, 0, mark.height * box.height))
    xml = (
        f'<c:userShapes {NAMESPACES}><cdr:relSizeAnchor><cdr:from><cdr:x>{across:.5f}</cdr:x><cdr:y>{mark.top:.5f}</cdr:y></cdr:from>'
        f"<cdr:to><cdr:x>{across:.5f}</cdr:x><cdr:y>{mark.bottom:.5f}</cdr:y></cdr:to><cdr:cxnSp macro=\"\"><cdr:nvCxnSpPr>"
        '<cdr:cNvPr id="2" name="Marked value"/><cdr:cNvCxnSpPr/></cdr:nvCxnSpPr><cdr:spPr>'
        f'{place}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        f'{line(QUIET, 1.75, "dash")}</cdr:spPr></cdr:cxnSp></cdr:relSizeAnchor></c:userShapes>'
    )
    number = chart_part.partname.idx
    held = Part(PackURI(f"/ppt/drawings/drawing{number}.xml"), "application/vnd.openxmlformats-officedocument.drawingml.chartshapes+xml",
                chart_part.package, b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + xml.encode())
    link = chart_part.relate_to(held, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartUserShapes")
    chart_part._element.append(parse_xml(f'<c:userShapes {NAMESPACES} r:id="{link}"/>'))


def missing(chart: Chart) -> list[tuple[str, list[str]]]:
    """For each series with gaps: its name and the categories that it has no value for, besides those that are labelled so."""
    labelled = [chart.kind != "scatter" and not known(one.values[at] for one in chart.series) for at in range(len(chart.categories))]
    told: list[tuple[str, list[str]]] = []
    for one in chart.series:
        there = [known([value, *(one.across[at : at + 1])]) for at, value in enumerate(one.values)]
        wanted = 2 if chart.kind == "scatter" else 1
        known_of = zip(chart.categories, there, labelled, strict=True)
        gone = [one_line(name) for name, found, said in known_of if len(found) < wanted and not said]
        told += [(one_line(one.name), gone)] if gone else []
    return told
