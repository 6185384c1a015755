"""The slides that close every deck: what was used, how it was measured, and what it cannot say. Made from the exhibits themselves."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from engine.benchmarks import benchmark
from engine.figures.exhibit import Exhibit
from engine.figures.palette import SOURCES
from engine.metrics.methods import METHODS
from engine.problems import UsageError
from engine.reports.paging import numbered, pages
from engine.reports.sheets import Sheet, Shown
from engine.reports.wording import counted, day, line

TITLE = "Method and limits"
SAID = {
    "simulated": "Simulated models are programs with known parameters, not language models: their numbers say nothing about any product.",
    "imported": "Imported logs were recorded elsewhere; their numbers were computed anew here.",
    "published": "Published figures were not measured here; they are shown as their authors printed them.",
}
NUMBER = re.compile(r"(-?\d+(?:[.,]\d+)*)")
STATED = "Intervals are 95 %. How each number and its interval is computed stands in the speaker's notes of this slide."
NO_INTERVAL = "Some of the values shown have no interval; how sure they are is not known."


@dataclass(frozen=True)
class Models:
    """Which models the numbers are of, by where they come from."""

    by_source: Mapping[str, tuple[str, ...]]

    def counted(self) -> str:
        """`5 models: 3 measured here, 2 SIMULATED`; says so where there is none."""
        names = {name for found in self.by_source.values() for name in found}
        if not names:
            return "No model's numbers are shown"
        parts = [f"{len(found)} {SOURCES.get(source, source)}" for source, found in self.by_source.items()]
        return f"{counted(len(names), 'model')}: {', '.join(parts)}"


def models(exhibits: Iterable[Exhibit]) -> Models:
    """The models in the numbers of these exhibits, those measured here first."""
    found: dict[str, set[str]] = {}
    for exhibit in exhibits:
        if "model" not in exhibit.numbers.columns:
            continue
        rows = exhibit.numbers.select("model", source=_source(exhibit)).drop_nulls("model").unique().iter_rows()
        for model, source in rows:
            found.setdefault(str(source), set()).add(line(str(model)))
    return Models({source: tuple(sorted(found[source])) for source in _in_order(found)})


def sources_of(exhibits: Iterable[Exhibit]) -> list[str]:
    """Where their data are from, those measured here first."""
    found: set[str] = set()
    for exhibit in exhibits:
        found |= set(exhibit.sources)
        if "source" in exhibit.numbers.columns:
            found |= {str(source) for source in exhibit.numbers["source"].drop_nulls().unique()}
    return _in_order(found)


def source_words(exhibits: Iterable[Exhibit]) -> str:
    """The same as words, SIMULATED first: `SIMULATED, measured here`."""
    found = sorted(sources_of(exhibits), key=lambda source: source != "simulated")
    return ", ".join(SOURCES.get(source, source) for source in found)


def method_sheets(shown: Sequence[Shown], notes: Sequence[str] = ()) -> list[Sheet]:
    """One slide or more. `notes`: what else has to be said, such as that a finding is missing.

    What each metric is and how its intervals are computed, which no room can read, stands in the speaker's notes of the first.
    """
    exhibits = [one.exhibit for one in shown]
    lines = [*notes, *_data(exhibits), *_benchmarks(exhibits), *_counts(exhibits), *_intervals(exhibits), *_limits(exhibits),
             *_pins(shown)]
    found = pages([line(one) for one in lines] or ["This deck shows no data."])
    sheets = [Sheet("method", numbered(TITLE, place, len(found)), lines=page) for place, page in enumerate(found)]
    explained = "\n".join((*_methods(exhibits), *_metrics(exhibits)))
    return [replace(sheets[0], notes=explained), *sheets[1:]]


def _data(exhibits: Sequence[Exhibit]) -> list[str]:
    named = [(SOURCES.get(source, source), names) for source, names in models(exhibits).by_source.items()]
    said = [f"{source[:1].upper()}{source[1:]}: {', '.join(names)}." for source, names in named]
    return said + [SAID[source] for source in sources_of(exhibits) if source in SAID]


def _benchmarks(exhibits: Sequence[Exhibit]) -> list[str]:
    names = _each(name for exhibit in exhibits for name in (*exhibit.benchmarks, *_column(exhibit, "benchmark")))
    said: list[str] = []
    for name in names:
        try:
            one = benchmark(name)
            said.append(f"Benchmark {one.title}, version {one.version} when this was made. {one.citation}.")
        except UsageError:
            said.append(f"Benchmark {name}: not known to this Plumbline any more, so its version and source cannot be told.")
    return said


def _counts(exhibits: Sequence[Exhibit]) -> list[str]:
    ranges: list[str] = []
    for column, called in (("trials", "trials"), ("stems", "independent units"), ("dropped", "trials dropped as unusable")):
        counts = [int(count) for exhibit in exhibits for count in _column(exhibit, column)]
        if counts and max(counts):
            least, most = min(counts), max(counts)
            ranges.append(f"{least:,} {called}" if least == most else f"{least:,} to {most:,} {called}")
    return [f"Each number rests on {', '.join(ranges)}."] if ranges else []


def _intervals(exhibits: Sequence[Exhibit]) -> list[str]:
    """That intervals are there, or not, for the room; how they are computed is for the notes (`_methods`)."""
    numbers = [exhibit.numbers for exhibit in exhibits if {"value", "low"} <= set(exhibit.numbers.columns)]
    lacking = any(frame.filter(pl.col("value").is_not_null() & pl.col("low").is_null()).height for frame in numbers)
    return ([STATED] if numbers else []) + ([NO_INTERVAL] if lacking else [])


def _methods(exhibits: Sequence[Exhibit]) -> list[str]:
    methods = alike_once(method for exhibit in exhibits for method in _column(exhibit, "method") if method)
    return [f"Methods: {'; '.join(methods)}."] if methods else []


def alike_once(texts: Iterable[str]) -> list[str]:
    """Each text once. Those that differ in numbers only (a model's own) are one, with `…` for the numbers that differ."""
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    for text in _each(texts):
        parts = NUMBER.split(text)
        groups.setdefault(tuple(parts[::2]), []).append(parts[1::2])
    found: list[str] = []
    for words, numbers in groups.items():
        same = [column[0] if len(set(column)) == 1 else "…" for column in zip(*numbers, strict=True)]
        found.append("".join(part for pair in zip(words, [*same, ""], strict=True) for part in pair))
    return found


def _metrics(exhibits: Sequence[Exhibit]) -> list[str]:
    names = _each(name for exhibit in exhibits for name in (*exhibit.metrics, *_column(exhibit, "metric")))
    return [explained(name) for name in names if name in METHODS]


def explained(metric: str) -> str:
    """A metric's name and the first sentence about it on the Methods page, as plain text without its formula."""
    flat = " ".join(METHODS[metric].split())
    head, _, body = flat.removeprefix("**").partition("**")
    sentences = re.split(r"(?<=[a-z)\]%*0-9$]\.)\s+(?=[A-Z*$])", body.strip())
    first = " ".join(sentences[: 2 if sentences[0].startswith("(") and sentences[0].endswith(").") else 1])
    plain = re.sub(r":?\s*\$[^$]*\$", "", first).replace("*", "")
    if first.startswith("$"):
        plain = f"a formula {plain.rstrip('. ').lstrip()}; the Methods page has it"
    joint = ": " if head.endswith(".") else " "
    return f"{head.rstrip('.')}{joint}{plain.rstrip('.;:, ')}."


def _limits(exhibits: Sequence[Exhibit]) -> list[str]:
    return _each(limit for exhibit in exhibits for limit in exhibit.limits)


def _pins(shown: Sequence[Shown]) -> list[str]:
    """The days on which findings were pinned, each with its first and last snapshot."""
    days: dict[str, list[int]] = {}
    for one in sorted(shown, key=lambda one: one.pinned):
        days.setdefault(day(one.pinned), []).append(one.snapshot)
    told = [f"{when} (lake snapshot {_span(sorted(snapshots))})" for when, snapshots in days.items()]
    return [f"Pinned on {', '.join(told)}; the numbers are those of that day."] if told else []


def _span(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if numbers[0] == numbers[-1] else f"{numbers[0]} to {numbers[-1]}"


def _column(exhibit: Exhibit, name: str) -> list[Any]:
    return exhibit.numbers[name].drop_nulls().to_list() if name in exhibit.numbers.columns else []


def _source(exhibit: Exhibit) -> pl.Expr:
    if "source" in exhibit.numbers.columns:
        return pl.col("source").fill_null("of unknown source")
    return pl.lit(exhibit.sources[0] if len(exhibit.sources) == 1 else "of unknown source")


def _in_order(found: Iterable[str]) -> list[str]:
    order = list(SOURCES)
    return sorted(found, key=lambda source: (order.index(source) if source in order else len(order), source))


def _each(found: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(str(one) for one in found))
