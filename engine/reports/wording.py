"""What people type for findings and decks, made fit to be kept, shown and exported; no visible character is lost.

Markdown and HTML are not touched: they are shown as they stand.
"""

import re
from datetime import datetime

from engine.problems import UsageError

LONGEST_TITLE = 500
LONGEST_TEXT = 50_000
"""Characters of a note, takeaway or text: some thirty pages."""
BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""Control characters: office files and terminals choke on them."""
UNKEEPABLE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
"""No text by Unicode's rules; neither the lake nor an office file can hold them."""
TURNING = re.compile(r"[\u202a-\u202e]")
"""They turn the direction of whatever is written after a title. Right-to-left text needs none of them."""


def text(typed: str) -> str:
    """Several lines: breaks of any kind become line feeds, no control characters but tabs.

    Raises `UsageError` beyond `LONGEST_TEXT` characters.
    """
    clean = UNKEEPABLE.sub("\ufffd", UNSEEN.sub("", BREAKS.sub("\n", typed)))
    if len(clean) > LONGEST_TEXT:
        raise UsageError(f"a text of {len(clean):,} characters is too long; write up to {LONGEST_TEXT:,}")
    return clean


def line(typed: str) -> str:
    """One line: every stretch of white space and control characters is one space."""
    return " ".join(TURNING.sub("", UNKEEPABLE.sub("\ufffd", UNSEEN.sub(" ", typed))).split())


def title(typed: str) -> str:
    """A title: one line. Raises `UsageError` beyond `LONGEST_TITLE` characters."""
    clean = line(typed)
    if len(clean) > LONGEST_TITLE:
        raise UsageError(f"a title of {len(clean)} characters is too long; write up to {LONGEST_TITLE}, and the rest as a takeaway")
    return clean


def day(when: datetime) -> str:
    """A date in words: `21 November 2026`."""
    return f"{when.day} {when:%B %Y}"


def counted(number: int, what: str) -> str:
    """`1 model`, `3 models`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
