"""Words into PowerPoint's paragraphs: only characters that XML allows, right-to-left where the words are."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from pptx.oxml import parse_xml
from pptx.util import Inches

from engine.reports.powerpoint.measure import Box

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SPACES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main", "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "cdr": "http://schemas.openxmlformats.org/drawingml/2006/chartDrawing",
}
NAMESPACES = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in SPACES.items())


def plain(text: str) -> str:
    """The text without what XML forbids."""
    return FORBIDDEN.sub("", text)


def one_line(text: str) -> str:
    """The same in one line: every run of white space is one space."""
    return " ".join(plain(text).split())


def several(texts: Sequence[str]) -> list[str]:
    """Paragraphs: line breaks begin new ones, empty ones are left out."""
    return [line for text in texts for line in map(one_line, plain(text).splitlines()) if line]


def escaped(text: str) -> str:
    """For XML, also between quotation marks."""
    return escape(plain(text), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is of Arabic, Hebrew or the like."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def paragraph(text: str, *, size: int | None = None, bold: bool = False, colour: str = "", align: str = "", before: int = 0) -> str:
    """One paragraph as XML. `size` in points (the box's own where none is said), `colour` as `rrggbb` or the theme's name for it."""
    rtl = right_to_left(text)
    align = "r" if rtl and align in ("", "l") else align
    told = "".join((f' algn="{align}"' if align else "", ' rtl="1"' if rtl else ""))
    space = f'<a:spcBef><a:spcPts val="{before * 100}"/></a:spcBef>' if before else ""
    run = "".join((f' sz="{size * 100}"' if size else "", ' b="1"' if bold else ""))
    fill = f"<a:solidFill>{painted(colour)}</a:solidFill>" if colour else ""
    words = f'<a:r><a:rPr lang="en-GB"{run} dirty="0">{fill}</a:rPr><a:t>{escaped(text)}</a:t></a:r>' if text else ""
    return f"<a:p {NAMESPACES}><a:pPr{told}>{space}</a:pPr>{words}</a:p>"


def painted(colour: str) -> str:
    """A colour as XML: `#rrggbb`, or one of the theme's."""
    return f'<a:srgbClr val="{colour[1:]}"/>' if colour.startswith("#") else f'<a:schemeClr val="{colour}"/>'


def filled(shape: Any, paragraphs: Sequence[str]) -> None:
    """Put paragraphs (as XML) into a shape instead of what it says."""
    body = shape.text_frame._txBody
    for old in body.findall(f"{{{SPACES['a']}}}p"):
        body.remove(old)
    for one in paragraphs:
        body.append(parse_xml(one))


def placed(shape: Any, box: Box) -> None:
    """Put a shape where the box is."""
    shape.left, shape.top, shape.width, shape.height = (Inches(size) for size in (box.left, box.top, box.width, box.height))


def described(shape: Any, name: str, words: str) -> None:
    """Give a shape a name for the selection pane and words for those who cannot see it."""
    told = shape.element.xpath(".//p:cNvPr")[0]
    told.set("name", one_line(name)[:120])
    told.set("descr", plain(words))
