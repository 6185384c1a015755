"""Words spread over as many slides as they need."""

import re
from collections.abc import Sequence

WIDE = 105
"""Characters of a line at the size in which slides of words are set."""
HIGH = 15
"""So many lines of a slide are filled; a paragraph takes half a line more, for the room after it."""
LONGEST = WIDE * 5


def pages(paragraphs: Sequence[str]) -> list[tuple[str, ...]]:
    """The paragraphs in the same order, as many on each page as it holds; a long one is broken after a sentence, or between words."""
    found: list[list[str]] = [[]]
    room = float(HIGH)
    for part in (part for paragraph in paragraphs for part in broken(paragraph)):
        needed = -(-len(part) // WIDE) + 0.5
        if needed > room and found[-1]:
            found.append([])
            room = float(HIGH)
        found[-1].append(part)
        room -= needed
    return [tuple(page) for page in found]


def broken(paragraph: str, longest: int = LONGEST) -> list[str]:
    """A paragraph in parts of at most so many characters."""
    parts: list[str] = []
    rest = paragraph
    while len(rest) > longest:
        ends = [found.end() for found in re.finditer(r"[.;:!?。]\s+", rest[:longest])]
        cut = ends[-1] if ends and ends[-1] > longest // 3 else rest.rfind(" ", 1, longest) + 1
        cut = cut or longest
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:]
    return [*parts, rest]


def numbered(title: str, place: int, of: int) -> str:
    """A title with which of several pages it is: `Method and limits (1 of 2)`."""
    return title if of == 1 else f"{title} ({place + 1} of {of})"
