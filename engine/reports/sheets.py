"""A deck, worked out: every slide with all that is needed to draw it, whatever the form it is drawn in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine.figures.exhibit import Exhibit

Layout = Literal["title", "section", "figure", "figure and text", "two figures", "big number", "table", "text", "method"]


@dataclass(frozen=True)
class Shown:
    """An exhibit on a slide, with where it was pinned."""

    exhibit: Exhibit
    pinned: datetime
    snapshot: int
    """The lake's snapshot that it was made on."""
    finding: str = ""
    """The finding's id; empty where it was never pinned."""


@dataclass(frozen=True)
class BigNumber:
    """One number to be read from the back row."""

    value: str
    """Such as `43 %`."""
    interval: str
    """Such as `95 % interval 38 to 48 %`; says so where there is none."""
    of: str
    """What it is the value of, of whom, from how many."""


@dataclass(frozen=True)
class Sheet:
    """One slide. All words are plain text: whatever looks like Markdown or HTML is shown as it stands.

    `title`: its subject; on a section, the section's name. `takeaway`: what is to be remembered. `notes`: for the speaker only.
    `shown`: one exhibit, two with the layout `two figures`, none on slides of words. `lines`: paragraphs of a slide of words (`text`,
    `title`, `method`), each a line of its own. `number`: with the layout `big number`. `footer`: data, date and snapshot in small print.
    """

    layout: Layout
    title: str
    takeaway: str = ""
    notes: str = ""
    shown: tuple[Shown, ...] = ()
    lines: tuple[str, ...] = ()
    number: BigNumber | None = None
    footer: str = ""


@dataclass(frozen=True)
class Presentation:
    """A whole deck: the first sheet is its title, the last ones say method and limits."""

    title: str
    subtitle: str
    made: datetime
    sheets: tuple[Sheet, ...]
