"""What a report is: chapters with what they show, and how all of it was measured."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from engine.reports.sheets import Shown


@dataclass(frozen=True)
class Chapter:
    """One lens: what is asked, what was found, what it cannot say. All words are plain text."""

    title: str
    question: str
    paragraphs: tuple[str, ...]
    shown: tuple[Shown, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """How one metric is worked out. `text` is Markdown; figures link to it by `name`."""

    name: str
    title: str
    text: str


@dataclass(frozen=True)
class Report:
    """A document on one model or on several beside each other."""

    title: str
    subtitle: str
    made: datetime
    citation: str
    """How it is to be cited, in one line."""
    summary: tuple[str, ...]
    """The answer first, then what it rests on."""
    chapters: tuple[Chapter, ...]
    methods: tuple[Method, ...]
    data: pl.DataFrame
    """What was asked of whom and when, as a reader sees it."""
