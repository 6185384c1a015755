"""Parts that all kinds of office charts have: text, lines, axes, legend, error bars, as the XML of DrawingML charts."""

from engine.figures.exhibit import Series
from engine.reports.powerpoint.axes import Axis
from engine.reports.powerpoint.measure import LINE, ended, width, wrapped
from engine.reports.powerpoint.template import INK, QUIET, RULE
from engine.reports.powerpoint.words import NAMESPACES, escaped, painted
from engine.reports.powerpoint.workbook import Column, Grid

CATEGORIES, VALUES = 111111111, 222222222
"""The numbers by which axes know each other."""


def line(colour: str, points: float = 1.0, dash: str = "") -> str:
    """A line; none without a colour."""
    if not colour:
        return "<a:ln><a:noFill/></a:ln>"
    told = f'<a:prstDash val="{dash}"/>' if dash else ""
    return f'<a:ln w="{round(points * 12700)}" cap="rnd"><a:solidFill>{painted(colour)}</a:solidFill>{told}<a:round/></a:ln>'


def looks(size: int, colour: str = INK, turned: int = 0, *, bold: bool = False) -> str:
    """How text looks: size in points, `turned` in degrees."""
    return (f'<c:txPr><a:bodyPr{_turn(turned)}/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size * 100}" b="{int(bold)}"><a:solidFill>'
            f"{painted(colour)}</a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang=\"en-GB\"/></a:p></c:txPr>")


def _turn(degrees: int) -> str:
    return f' rot="{degrees * 60000}" vert="horz"' if degrees else ""


def title(words: str, room: float, size: int, turned: int = 0) -> str:
    """A title in at most two lines of `room` points; nothing without words."""
    if not words:
        return ""
    room *= 0.94  # office programs break titles a little earlier
    lines = wrapped(words, room, size)
    if len(lines) > 2:
        lines = wrapped(ended(" ".join(lines[:2]), room, size), room, size)[:2]
    told = "".join(
        f'<a:p><a:pPr><a:defRPr sz="{size * 100}" b="0"/></a:pPr><a:r><a:rPr lang="en-GB" sz="{size * 100}" b="0"><a:solidFill>'
        f"{painted(QUIET)}</a:solidFill></a:rPr><a:t>{escaped(one)}</a:t></a:r></a:p>" for one in lines
    )
    return f'<c:title><c:tx><c:rich><a:bodyPr{_turn(turned)}/><a:lstStyle/>{told}</c:rich></c:tx><c:overlay val="0"/></c:title>'


def scale(axis: Axis) -> str:
    """The ends of a value axis."""
    return f'<c:scaling><c:orientation val="minMax"/><c:max val="{axis.high!r}"/><c:min val="{axis.low!r}"/></c:scaling>'


def number_axis(
    axis: Axis, named: str, size: int, *, place: str, crosses: str = "autoZero", between: str = "between", labels: str = "low",
    ids: tuple[int, int] = (VALUES, CATEGORIES),
) -> str:
    """An axis of numbers with light grid lines; `place`: b, l. `named`: its title as XML. `crosses`: where it meets the other axis.

    `labels`: at which end of that one its numbers stand; `nextTo`: where it meets it.
    """
    return (
        f'<c:valAx><c:axId val="{ids[0]}"/>{scale(axis)}<c:delete val="0"/><c:axPos val="{place}"/>'
        f"<c:majorGridlines><c:spPr>{line(RULE, 0.75)}</c:spPr></c:majorGridlines>{named}"
        f'<c:numFmt formatCode="{escaped(axis.form)}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="{labels}"/><c:spPr>{line("")}</c:spPr>{looks(size, QUIET)}<c:crossAx val="{ids[1]}"/>'
        f'<c:crosses val="{crosses}"/><c:crossBetween val="{between}"/><c:majorUnit val="{axis.step!r}"/></c:valAx>'
    )


def name_axis(size: int, *, place: str, reverse: bool = False, turned: int = 0, grid: bool = False) -> str:
    """An axis of categories; every one is named."""
    return (
        f'<c:catAx><c:axId val="{CATEGORIES}"/><c:scaling><c:orientation val="{"maxMin" if reverse else "minMax"}"/></c:scaling>'
        f'<c:delete val="0"/><c:axPos val="{place}"/>'
        + (f"<c:majorGridlines><c:spPr>{line(RULE, 0.75)}</c:spPr></c:majorGridlines>" if grid else "")
        + '<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/>'
        f'<c:tickLblPos val="low"/>'
        f"<c:spPr>{line('#808692', 1)}</c:spPr>{looks(size, INK, turned)}<c:crossAx val=\"{VALUES}\"/><c:crosses val=\"autoZero\"/>"
        '<c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:tickLblSkip val="1"/><c:noMultiLvlLbl val="1"/></c:catAx>'
    )


def error_bars(grid: Grid, series: Series, values: Column, form: str, *, direction: str) -> str:
    """The interval of every value of a series; its ends and lengths get columns of their own, so that edited data keep them."""
    if not (series.lows and series.highs):
        return ""
    low, high = grid.add(f"{values.header}: low", series.lows), grid.add(f"{values.header}: high", series.highs)
    plus = grid.difference(f"{values.header}: up to high", high, values)
    minus = grid.difference(f"{values.header}: down to low", values, low)
    told = f'<c:errDir val="{direction}"/>' if direction else ""
    return (f'<c:errBars>{told}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
            f"<c:plus>{plus.numbers(form)}</c:plus><c:minus>{minus.numbers(form)}</c:minus><c:spPr>{line(INK, 1.25)}</c:spPr></c:errBars>")


def legend(place: str, size: int, hidden: int | None = None, inner: str = "") -> str:
    """A legend; `hidden`: the place of a series that it leaves out."""
    left_out = f'<c:legendEntry><c:idx val="{hidden}"/><c:delete val="1"/></c:legendEntry>' if hidden is not None else ""
    return f'<c:legend><c:legendPos val="{place}"/>{left_out}{inner}<c:overlay val="0"/>{looks(size)}</c:legend>'


def legend_height(names: list[str], room: float, size: int) -> float:
    """Points that a legend over the plot takes."""
    rows, taken = 1, 0.0
    for name in names:
        wide = width(name, size) + 46
        if taken and taken + wide > room:
            rows, taken = rows + 1, 0.0
        taken += wide
    return rows * size * LINE * 1.15 + 8


def manual(left: float, top: float, wide: float, high: float, *, inner: bool = False) -> str:
    """A place within the chart, in shares of it."""
    told = '<c:layoutTarget val="inner"/>' if inner else ""
    edges = '<c:xMode val="edge"/><c:yMode val="edge"/>'
    return (f'<c:layout><c:manualLayout>{told}{edges}<c:x val="{left:.5f}"/><c:y val="{top:.5f}"/>'
            f'<c:w val="{wide:.5f}"/><c:h val="{high:.5f}"/></c:manualLayout></c:layout>')


def whole(plot: str, legend_told: str = "", heading: str = "") -> bytes:
    """A chart's XML from its plot area."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace {NAMESPACES}><c:date1904 val="0"/>'
        f'<c:roundedCorners val="0"/><c:chart>{heading}<c:autoTitleDeleted val="{int(not heading)}"/>'
        f'<c:plotArea>{plot}<c:spPr><a:noFill/>{line("")}</c:spPr></c:plotArea>{legend_told}'
        f'<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/>{line("")}</c:spPr>'
        '<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1200"/></a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
        "</c:chartSpace>"
    ).encode()
