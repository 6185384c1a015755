"""An exhibit on slides: its chart, or else its table, or else its sentence; what is too long goes on over further slides."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pptx.oxml import parse_xml

from engine.figures.exhibit import Chart, Exhibit
from engine.reports.powerpoint import charts as charting
from engine.reports.powerpoint import tables as tabling
from engine.reports.powerpoint.axes import value_axis
from engine.reports.powerpoint.frame import Words, measured, one_box, opened
from engine.reports.powerpoint.measure import LINE, POINTS, SMALLEST, Box
from engine.reports.powerpoint.template import frame
from engine.reports.powerpoint.words import NAMESPACES, one_line, paragraph

MOST = 4
"""Slides that one exhibit may take."""
SPARE = LINE * SMALLEST / POINTS
"""Inches of a line that says what was left out."""
Part = tuple[int, int, Box]


def chart_of(exhibit: Exhibit, layout: str) -> Chart | None:
    """The chart that stands for the exhibit in this layout, if one does."""
    tabled = layout == "table" and exhibit.table is not None
    return exhibit.chart if charting.drawable(exhibit.chart) and not tabled else None


def words_for(exhibit: Exhibit) -> tuple[str, str]:
    """Name and alternative text of a drawing of the exhibit."""
    return one_line(exhibit.title), exhibit.sentence or exhibit.title


def shown(deck: Any, exhibit: Exhibit, words: Words, first: Box, notes: str, *, table_first: bool = False) -> Iterator[Any]:
    """Draw an exhibit on as many slides as it takes, four at most; yields each slide. `first`: its room on the first one."""
    chart = chart_of(exhibit, "table" if table_first else "figure")
    if chart is not None:
        total, drawn, kind = len(chart.categories), _charted(exhibit, chart), "bars"
        reach = _reach_of_chart(chart)
    elif exhibit.table is not None and exhibit.table.width:
        wide = {first.width, measured(words).free.width}
        grids = {room: tabling.laid_out(exhibit.table, room, percent=exhibit.percent) for room in wide}
        total, drawn, kind = exhibit.table.height, _tabled(exhibit, grids), "rows"
        reach = _reach_of_table(grids)
        if lost := grids[first.width].columns_left:
            words = replace(words, small=(f"… {lost} more columns: in the data file.", *words.small))
            first = replace(first, height=min(first.height, measured(words).free.bottom - first.top))
    else:
        slide = opened(deck, measured(replace(words, notes=notes)))
        sentence(slide, exhibit, first)
        yield slide
        return
    parts, left = _parts(total, words, first, reach)
    for at, (start, stop, box) in enumerate(parts):
        told = replace(words, notes=notes, title=words.title + (f" ({at + 1} of {len(parts)})" if len(parts) > 1 else ""))
        if at:
            told = replace(told, layout="table" if kind == "rows" else "figure")
        if left and at == len(parts) - 1:
            told = replace(told, small=(f"… {left} more {kind}: in the data file.", *words.small))
        slide = opened(deck, measured(told))
        drawn(slide, start, stop, box)
        yield slide


def _parts(total: int, words: Words, first: Box, reach: Callable[[int, Box], int]) -> tuple[list[Part], int]:
    """What comes on which slide, and how many are left out. A line is kept free for saying so where it goes on at all."""
    free = measured(replace(words, title=f"{words.title} (9 of 9)")).free
    further, start = replace(free, height=free.height - SPARE), reach(0, first)
    if start >= total:
        return [(0, total, first)], 0
    opening = replace(first, top=free.top, height=further.height)
    start = reach(0, opening)
    parts: list[Part] = [(0, start, opening)]
    while start < total and len(parts) < MOST:
        stop = reach(start, further)
        parts.append((start, stop, further))
        start = stop
    return parts, total - start


def _reach_of_chart(chart: Chart) -> Callable[[int, Box], int]:
    total = len(chart.categories)

    def reach(start: int, box: Box) -> int:
        can = charting.capacity(chart, box)
        slides = -(-(total - start) // can)
        return min(start + -(-(total - start) // slides), total) if slides <= MOST else start + can  # even parts look better than a rest

    return reach


def _reach_of_table(grids: dict[float, tabling.Grid]) -> Callable[[int, Box], int]:
    return lambda start, box: tabling.pages(grids[box.width], box.height, start)


def _charted(exhibit: Exhibit, chart: Chart) -> Callable[[Any, int, int, Box], None]:
    axis = value_axis(chart)
    return lambda slide, start, stop, box: charting.put(slide, charting.part(chart, start, stop), box, words_for(exhibit), axis=axis)


def _tabled(exhibit: Exhibit, grids: dict[float, tabling.Grid]) -> Callable[[Any, int, int, Box], None]:
    return lambda slide, start, stop, box: tabling.put(slide, grids[box.width], (start, stop), box, words_for(exhibit))


def one(slide: Any, exhibit: Exhibit, box: Box) -> None:
    """Draw what has room in the box of one slide, and say how much has not."""
    chart, under = chart_of(exhibit, "figure"), replace(box, top=box.bottom - SPARE, height=SPARE)
    if chart is not None:
        stop, total, kind = min(charting.capacity(chart, box), len(chart.categories)), len(chart.categories), "bars"
        room = replace(box, height=box.height - SPARE) if stop < total else box
        charting.put(slide, charting.part(chart, 0, stop), room, words_for(exhibit), axis=value_axis(chart))
    elif exhibit.table is not None and exhibit.table.width:
        grid, total, kind = tabling.laid_out(exhibit.table, box.width, percent=exhibit.percent), exhibit.table.height, "rows"
        stop = tabling.pages(grid, box.height - SPARE)
        tabling.put(slide, grid, (0, stop), box, words_for(exhibit))
    else:
        sentence(slide, exhibit, box)
        return
    if stop < total:
        said(slide, f"… {total - stop} more {kind}: in the data file.", under, SMALLEST)


def sentence(slide: Any, exhibit: Exhibit, box: Box) -> None:
    """An exhibit with nothing to show says why."""
    fit = one_box([one_line(exhibit.sentence or exhibit.title)], replace(box, top=box.top + 0.3, height=box.height - 0.3), (24, SMALLEST))
    said(slide, next(iter(fit.paragraphs), "Nothing to show."), replace(box, top=box.top + 0.3, height=fit.height + 0.05), fit.size)


def said(slide: Any, text: str, box: Box, size: int) -> None:
    """A line of words where no placeholder is."""
    number = max(int(one) for one in slide.shapes._spTree.xpath("//@id[. > 0]")) + 1
    slide.shapes._spTree.append(parse_xml(
        f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="{number}" name="Words"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>{frame(box)}'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0">'
        f'<a:noAutofit/></a:bodyPr><a:lstStyle/>{paragraph(text, size=size, colour="tx1")}</p:txBody></p:sp>'
    ))
