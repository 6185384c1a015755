"""What is said about an exhibit besides the picture: in the small print under it, and in the speaker's notes."""

from collections.abc import Sequence

from engine.figures.exhibit import Chart, Exhibit
from engine.figures.palette import SOURCES
from engine.reports.powerpoint.charts import missing
from engine.reports.powerpoint.words import one_line, plain
from engine.reports.sheets import Sheet, Shown


def sources(shown: Sequence[Shown]) -> tuple[str, ...]:
    """Where the data of these exhibits are from, each once."""
    return tuple(dict.fromkeys(source for one in shown for source in one.exhibit.sources))


def badge(shown: Sequence[Shown]) -> str:
    """What a slide is marked with: simulated data are never taken for measured ones. Empty where there are none."""
    found = sources(shown)
    if "simulated" not in found:
        return ""
    return SOURCES["simulated"] if len(found) == 1 else f"partly {SOURCES['simulated']}"


def footer(sheet: Sheet) -> str:
    """The sheet's footer; sources that it does not name are added."""
    named = one_line(sheet.footer)
    absent = [word for source in sources(sheet.shown) if (word := SOURCES.get(source, source)) not in named]
    told = f"Data: {', '.join(absent)}" if absent else ""
    return " · ".join(part for part in (named, told) if part)


def gaps(chart: Chart) -> str:
    """Which values are missing, in words."""
    told = "; ".join(f"{', '.join(names)} ({who})" if len(chart.series) > 1 else ", ".join(names) for who, names in missing(chart))
    return f"Not measured: {told}." if told else ""


def intervals(chart: Chart) -> str:
    """Of a radar: how wide the intervals are that are not drawn on it."""
    widths = sorted(
        (high - low) / 2 for one in chart.series for low, high in zip(one.lows, one.highs, strict=False)
        if low is not None and high is not None
    )
    if chart.kind != "radar" or not widths:
        return ""
    if len(chart.series) == 1:
        return "Dashed: ends of the 95 % intervals."
    scale, unit = (100, " points") if chart.percent else (1, "")
    middle, most = (f"{scale * one:.{0 if chart.percent else 2}f}{unit}" for one in (widths[len(widths) // 2], widths[-1]))
    return f"95 % intervals reach {middle} either way in the middle case and {most} at most; each stands in the chart's data sheet."


def under(exhibit: Exhibit, chart: Chart | None, title: str) -> list[str]:
    """The small print under an exhibit, what must not be lost first: limits, gaps, intervals, then the caption."""
    head = "" if one_line(exhibit.title) == one_line(title) else f"{one_line(exhibit.title).rstrip('.')}. "
    said = [gaps(chart), intervals(chart)] if chart else []
    caption = f"{head}{one_line(exhibit.caption)}".strip()
    return [text for text in (" ".join(filter(None, [*map(one_line, exhibit.limits), *said])), caption) if text]


def spoken(sheet: Sheet, whole: Sequence[str] = ()) -> str:
    """The notes page: the speaker's own words, then what is behind each exhibit; `whole`: words that the slide had to cut."""
    parts = [plain(sheet.notes).strip(), *map(_method, sheet.shown)]
    if whole:
        parts.append("In full:\n" + "\n".join(whole))
    return "\n\n".join(part for part in parts if part)


def _method(one: Shown) -> str:
    exhibit = one.exhibit
    where = f"Snapshot {one.snapshot} of the lake, pinned {one.pinned:%d %B %Y, %H:%M}"
    where += f", finding {one.finding}" if one.finding else ""
    rests = "; ".join(
        f"{word}: {', '.join(names)}" for word, names in (
            ("Data", [SOURCES.get(source, source) for source in exhibit.sources]), ("benchmarks", exhibit.benchmarks),
            ("metrics", exhibit.metrics),
        ) if names
    )
    long = [name for name in (exhibit.chart.categories if exhibit.chart else ()) if len(one_line(name)) > 30]
    lines = [exhibit.title, exhibit.sentence, exhibit.caption, *(f"Limit: {limit}" for limit in exhibit.limits), rests, where]
    if long:
        lines.append("Names in full: " + "; ".join(map(one_line, long)))
    return "\n".join(one_line(line) for line in lines if line.strip())
