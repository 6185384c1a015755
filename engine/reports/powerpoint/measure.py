"""How much room words take on a slide, worked out without any font file, and what to do where they take too much."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

WIDTHS = {
    0.191: "'", 0.222: "ijl", 0.26: "|", 0.278: " !,./:;I[\\]ft·", 0.333: "()-`r{}", 0.355: '"', 0.389: "*", 0.469: "^", 0.5: "Jcksvxyz",
    0.556: "#$0123456789?L_abdeghnopqu–", 0.584: "+<=>~×≥≤±−", 0.611: "FTZ", 0.667: "&ABEKPSVXY", 0.722: "CDHNRUw", 0.778: "GOQ",
    0.833: "Mm", 0.889: "%", 0.944: "W", 1.015: "@—…",
}
"""Widths of Arial's characters in ems; Liberation Sans, which stands in for it on Linux, has the same."""
KNOWN = {char: width for width, chars in WIDTHS.items() for char in chars}
OTHER, WIDE, BOLD, SLACK = 0.66, 1.02, 1.08, 1.02
"""Widths of other letters and of full-width ones (Chinese, emoji), how much wider bold is, and what programs differ by."""
LINE = 1.2
"""Height of a line in ems."""
SMALLEST = 12
"""Points: nothing on a slide is smaller."""
LONGEST = 6000
"""Characters: more than a slide can ever hold, so more is not measured."""
POINTS = 72
"""In an inch."""


@dataclass(frozen=True)
class Box:
    """A place on a slide, in inches."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height


@dataclass(frozen=True)
class Fitted:
    """Words that fit: paragraphs, cut with `…` where they had to be, at `size` points; `height` in inches."""

    paragraphs: tuple[str, ...]
    size: int
    height: float
    cut: bool = False


@lru_cache(4096)
def _em(char: str) -> float:
    if (known := KNOWN.get(char)) is not None:
        return known
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF" or ord(char) > 0xFFFF:
        return WIDE
    base = unicodedata.normalize("NFD", char)[0]
    return KNOWN.get(base, 0.95 if unicodedata.category(char) == "Lu" else OTHER)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is, in points."""
    return sum(map(_em, text)) * size * SLACK * (BOLD if bold else 1)


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """A paragraph in lines of at most `room` points; words that are longer break anywhere, as do those without spaces."""
    lines: list[str] = []
    line, taken = "", 0.0
    for piece in _pieces(text):
        wide = width(piece, size, bold=bold)
        if taken + width(piece.rstrip(), size, bold=bold) <= room:
            line, taken = line + piece, taken + wide
            continue
        if line.strip():
            lines.append(line.rstrip())
        line, taken = "", 0.0
        for char in piece:
            one = width(char, size, bold=bold)
            if taken + one > room and line:
                lines.append(line)
                line, taken = "", 0.0
            line, taken = line + char, taken + one
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> Iterator[str]:
    """Words with the spaces after them; each full-width character by itself."""
    piece = ""
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        if piece and (wide or (piece[-1].isspace() and not char.isspace())):
            yield piece
            piece = ""
        piece += char
        if wide:
            yield piece
            piece = ""
    if piece:
        yield piece


def fitted(
    paragraphs: Sequence[str], room: tuple[float, float], sizes: tuple[int, int], *, bold: bool = False, gap: float = 0.0
) -> Fitted:
    """These paragraphs in `room` (inches wide, inches high): as large as fits between `sizes` (largest, smallest), or else cut.

    `gap`: ems between paragraphs. At least one line is given, however low the room.
    """
    wide, high = room[0] * POINTS, room[1] * POINTS
    told = [text[:LONGEST] for text in paragraphs if text.strip()]
    largest, smallest = sizes
    for size in range(largest, smallest - 1, -1):
        counts = [len(wrapped(text, wide, size, bold=bold)) for text in told]
        height = size * (LINE * sum(counts) + gap * max(len(told) - 1, 0))
        if height <= high + 0.01:
            whole = all(len(text) <= LONGEST for text in paragraphs)
            return Fitted(tuple(told), size, height / POINTS, not whole)
    kept: list[str] = []
    used, left = 0.0, high
    for text in told:
        between = gap * smallest if kept else 0.0
        lines = wrapped(text, wide, smallest, bold=bold)
        can = int((left - between + 0.01) / (LINE * smallest))
        if can < 1 and kept:
            kept[-1] = ended(kept[-1], wide, smallest, bold=bold)
            break
        shown = lines[: max(can, 1)]
        kept.append(" ".join(shown) if len(shown) == len(lines) else ended(_joined(shown), wide, smallest, bold=bold))
        used, left = used + between + LINE * smallest * len(shown), left - between - LINE * smallest * len(shown)
        if len(shown) < len(lines):
            break
    return Fitted(tuple(kept), smallest, used / POINTS, True)


def _joined(lines: Sequence[str]) -> str:
    """Lines as one text again; where a long word was broken, no space comes between."""
    return " ".join(lines) if any(" " in line for line in lines) else "".join(lines)


def ended(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text with `…` at its end, so that it has no more lines than before."""
    if text.endswith("…"):
        return text
    before = len(wrapped(text, room, size, bold=bold))
    words = text
    while words and len(wrapped(f"{words} …", room, size, bold=bold)) > before:
        words = words[: words.rstrip().rfind(" ")].rstrip() if " " in words.rstrip() else words[:-2]
    return f"{words} …".strip()


def shortened(name: str, room: float, size: float, *, bold: bool = False) -> str:
    """A name in one line of `room` points: cut in the middle, since both ends tell names apart."""
    if width(name, size, bold=bold) <= room:
        return name
    name = name[:400] if len(name) <= 400 else name[:200] + name[-200:]
    for kept in range(len(name) - 1, 3, -1):
        tail = min(kept // 3, 12)
        cut = f"{name[: kept - tail].rstrip()}…{name[len(name) - tail :].lstrip()}"
        if width(cut, size, bold=bold) <= room:
            return cut
    return f"{name[:3]}…"
