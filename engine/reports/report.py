"""A report, worked out: what is said about a model or a comparison, chapter by chapter, to be read and not shown."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from engine.reports.sheets import Shown


@dataclass(frozen=True)
class Chapter:
    """One question with what answers it. All words are plain text."""

    title: str
    question: str
    paragraphs: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    limits: tuple[str, ...] = ()
    """What the chapter does not show."""


@dataclass(frozen=True)
class Method:
    """How a number is made: a metric's own section at the report's end."""

    name: str
    """The metric's name; figures that rest on it lead here."""
    title: str
    text: str
    """Markdown with formulas between `$`; HTML in it is shown as it stands."""


@dataclass(frozen=True)
class Report:
    """A document about a model or a comparison. All words but the methods' are plain text."""

    title: str
    subtitle: str
    made: datetime
    citation: str
    """How to cite it, in one line."""
    summary: tuple[str, ...]
    """What it found, a sentence each."""
    chapters: tuple[Chapter, ...]
    methods: tuple[Method, ...]
    data: pl.DataFrame
    """What it rests on, a row for each benchmark: version, source, turns, asked from and to, models."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Where its data are from, each source once."""
        shown = [one for chapter in self.chapters for one in chapter.shown]
        return tuple(dict.fromkeys(source for one in shown for source in one.exhibit.sources))
