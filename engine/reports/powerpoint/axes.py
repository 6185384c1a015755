"""Axes of office charts: fixed ends and steps, so that every program draws the same scale."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from engine.figures.exhibit import Chart

STEPS = (1, 2, 2.5, 5, 10)
WANTED = 6
"""Steps an axis has at most, give or take one at its ends."""


@dataclass(frozen=True)
class Axis:
    """A scale from `low` to `high`, a tick at each `step`; `form`: the number format of its labels."""

    low: float
    high: float
    step: float
    form: str

    def share(self, value: float) -> float:
        """How far along the axis a value is, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def known(values: Iterable[float | None]) -> list[float]:
    """The values that are there."""
    return [value for value in values if value is not None and math.isfinite(value)]


def value_axis(chart: Chart) -> Axis:
    """The axis of the values with their intervals and the mark. Bars begin at zero; shares end at 100 % or well before it."""
    there = known([value for one in chart.series for column in (one.values, one.lows, one.highs) for value in column] + [chart.mark])
    if chart.kind == "bars" or (chart.percent and chart.kind != "radar"):
        there.append(0.0)
    if chart.percent and 0.5 < max(there) <= 1 and min(there) >= 0:
        return Axis(0.0, 1.0, 0.2, "0\\ %")
    return axis(there, percent=chart.percent, bounded=chart.percent and max(there) <= 1)


def axis(values: Iterable[float | None], *, percent: bool = False, bounded: bool = False) -> Axis:
    """An axis with round ends that holds these values; `bounded`: never past 1."""
    there = known(values) or [0.0, 1.0]
    low, high = min(there), max(there)
    if high - low < 1e-9 * max(abs(high), abs(low), 1e-9):
        room = abs(high) / 2 or 1.0
        low, high = (0.0, high) if high > 0 and high == room * 2 else (low - room, high + room)
    raw = (high - low) / WANTED
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(times * scale for times in STEPS if times * scale >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    top = min(last * step, 1.0) if bounded else last * step
    return Axis(_clean(first * step), _clean(top), _clean(step), _form(step, percent=percent))


def _clean(value: float) -> float:
    return float(f"{value:.10g}")


def _form(step: float, *, percent: bool) -> str:
    shown = step * 100 if percent else step
    places = next((count for count in range(7) if abs(shown * 10**count - round(shown * 10**count)) < 1e-6), 6)
    digits = "0" if not places else f"0.{'0' * places}"
    return f"{digits}\\ %" if percent else ("#,##0" if not places and shown >= 1000 else digits)
