"""Tables of slides: native ones, with columns as wide as their words need and rows that never grow out of the slide."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from pptx.oxml import parse_xml
from pptx.util import Inches

from engine.reports.pptx_measure import LINE, POINTS, SMALLEST, Box, ended, width, wrapped
from engine.reports.pptx_words import NAMESPACES, described, one_line, painted, paragraph
from engine.reports.rows import MISSING, SHARES, in_cell

SIDE, ABOVE = 7.0, 3.6
"""Points left free beside and above the words of a cell."""
MOST = 3
"""Lines of a cell; what is longer is cut."""
NARROWEST, WIDEST = 62, 330
"""Points of a column."""
PLAIN_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's table style without fill and lines: both are drawn cell by cell."""
NUMBER = re.compile(r"[-+−]?[\d,.]+( ?%| points?)?( ?\(.*\))?")
"""What is set to the right: numbers, with their interval."""


@dataclass(frozen=True)
class Grid:
    """A table as it is drawn: words of all cells, widths and heights in points."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    head_height: float
    right: tuple[bool, ...]
    size: int
    columns_left: int = 0
    """Columns that there was no room for."""


def laid_out(table: pl.DataFrame, room: float, *, percent: bool = False) -> Grid:
    """The table for a room of so many inches across, as large as its columns allow."""
    wide = room * POINTS
    held = max(1, int(wide // (NARROWEST + 8)))
    kept = table.select(table.columns[:held])
    shares = SHARES if percent else ()
    rows = [tuple(one_line(in_cell(value, name, percent=name in shares)) for value, name in zip(row, kept.columns, strict=True))
            for row in kept.iter_rows()]
    head = tuple(one_line(name) for name in kept.columns)
    size = next((size for size in (16, 14) if sum(_natural(head, rows, size)) <= wide), SMALLEST)
    widths = _widths(_natural(head, rows, size), wide)
    cut = tuple(tuple(_cut(cell, room, size) for cell, room in zip(row, widths, strict=True)) for row in rows)
    titles = tuple(_cut(cell, room, size, bold=True) for cell, room in zip(head, widths, strict=True))
    right = tuple(bool(rows) and all(NUMBER.fullmatch(row[at]) or row[at] == MISSING for row in rows) for at in range(len(head)))
    return Grid(titles, cut, tuple(widths), tuple(_height(row, widths, size) for row in cut),
                _height(titles, widths, size, bold=True), right, size, table.width - len(head))


def _natural(head: Sequence[str], rows: Sequence[Sequence[str]], size: int) -> list[float]:
    return [
        min(max([width(name[:80], size, bold=True)] + [width(row[at][:80], size) for row in rows]) + 2 * SIDE + 4, WIDEST * 1.6)
        for at, name in enumerate(head)
    ]


def _widths(natural: Sequence[float], wide: float) -> list[float]:
    """As wide as the words, with what is left over shared out; where it does not fit, the widest columns give way."""
    if (taken := sum(natural)) <= wide:
        spare = min(wide - taken, taken * 0.5)
        return [one + spare / len(natural) for one in natural]
    low, high = float(NARROWEST), max(natural)
    for _ in range(40):
        limit = (low + high) / 2
        low, high = (limit, high) if sum(min(one, limit) for one in natural) <= wide else (low, limit)
    return [min(one, low) for one in natural]


def _cut(cell: str, column: float, size: int, *, bold: bool = False) -> str:
    room = column - 2 * SIDE
    lines = wrapped(cell[:1000], room, size, bold=bold)
    if len(lines) <= MOST:
        return cell
    between = " " if any(" " in line for line in lines[:MOST]) else ""
    return ended(between.join(lines[:MOST]), room, size, bold=bold)


def _height(row: Sequence[str], widths: Sequence[float], size: int, *, bold: bool = False) -> float:
    lines = max(len(wrapped(cell, room - 2 * SIDE, size, bold=bold)) for cell, room in zip(row, widths, strict=True))
    return lines * size * LINE + 2 * ABOVE


def pages(grid: Grid, high: float, start: int = 0) -> int:
    """How far the rows from `start` on go on a slide with so many inches: the first row that is not on it; always one at least."""
    left, at = high * POINTS - grid.head_height, start
    while at < len(grid.rows) and (left := left - grid.heights[at]) >= 0:
        at += 1
    return max(at, min(start + 1, len(grid.rows)))


def put(slide: Any, grid: Grid, rows: tuple[int, int], box: Box, words: tuple[str, str]) -> None:
    """Draw these rows (from, to) with the head over them. `words`: the table's name and its alternative text."""
    start, stop = rows
    high = (grid.head_height + sum(grid.heights[start:stop])) / POINTS
    frame: Any = slide.shapes.add_table(1, 1, Inches(box.left), Inches(box.top), Inches(sum(grid.widths) / POINTS), Inches(high))
    table = frame.element.graphic.graphicData.tbl
    columns = "".join(f'<a:gridCol w="{round(one * 12700)}"/>' for one in grid.widths)
    lines = _row(grid, grid.head, grid.head_height, head=True) + "".join(
        _row(grid, grid.rows[at], grid.heights[at]) for at in range(start, stop)
    )
    new: Any = parse_xml(  # pyright: ignore[reportUnknownVariableType]
        f'<a:tbl {NAMESPACES}><a:tblPr firstRow="1"><a:tableStyleId>{PLAIN_STYLE}</a:tableStyleId></a:tblPr>'
        f"<a:tblGrid>{columns}</a:tblGrid>{lines}</a:tbl>"
    )
    table.getparent().replace(table, new)
    described(frame, *words)


def _row(grid: Grid, cells: Sequence[str], height: float, *, head: bool = False) -> str:
    told = "".join(
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>"
        f"{paragraph(cell, size=grid.size, bold=head, colour='bg1' if head else 'tx1', align='r' if grid.right[at] else '')}</a:txBody>"
        f"{_cell(head=head)}</a:tc>" for at, cell in enumerate(cells)
    )
    return f'<a:tr h="{round(height * 12700)}">{told}</a:tr>'


def _cell(*, head: bool) -> str:
    side, above = round(SIDE * 12700), round(ABOVE * 12700)
    rule = "".join(f"<a:{edge} w=\"0\"><a:noFill/></a:{edge}>" for edge in ("lnL", "lnR", "lnT"))
    rule += f'<a:lnB w="9525"><a:solidFill>{painted("#d7dee4")}</a:solidFill></a:lnB>'
    fill = f"<a:solidFill>{painted('tx2')}</a:solidFill>" if head else "<a:noFill/>"
    return f'<a:tcPr marL="{side}" marR="{side}" marT="{above}" marB="{above}" anchor="ctr">{rule}{fill}</a:tcPr>'
