"""How long a deck of twenty slides takes to write, in each form. Not a test: nothing fails here.

`python -m tests.bench_reports`
"""

import tempfile
import time
from pathlib import Path

from engine.reports import pdf, slides_html, slides_pptx
from engine.reports.sheets import Presentation
from tests.reports import made_decks as made
from tests.reports.test_slides_html import deck

SLIDES = 20


def twenty() -> Presentation:
    """Twenty slides, each with one chart or two."""
    charts = [made.bars(4, 6, mark=0.3), made.radar(6), made.lines(), made.scatter()]
    sheets = [made.sheet("figure", f"Slide {at}", made.exhibit(charts[at % 4])) for at in range(SLIDES - 4)]
    pair = (made.exhibit(charts[0], title="Left"), made.exhibit(charts[1], title="Right"))
    return deck(*sheets, *(made.sheet("two figures", f"Pair {at}", *pair) for at in range(4)))


def pptx(folder: Path) -> str:
    """As a PowerPoint file."""
    path = folder / "deck.pptx"
    slides_pptx.write(twenty(), path)
    return f"PPTX, {path.stat().st_size / 1000:.0f} kB"


def html(folder: Path) -> str:
    """As one HTML file."""
    path = folder / "deck.html"
    slides_html.write(twenty(), path)
    return f"HTML, {path.stat().st_size / 1000:,.0f} kB"


def printed(folder: Path) -> str:
    """As a PDF, where there is a Chromium."""
    path = folder / "deck.pdf"
    pdf.write(slides_html.document(twenty(), theme="light"), path)
    return f"PDF, {path.stat().st_size / 1000:.0f} kB"


FORMS = (pptx, html, printed)
"""A function for each form: it writes the deck into a folder and says what it wrote."""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for form in FORMS:
            began = time.monotonic()
            told = form(Path(folder))
            print(f"{SLIDES} slides with charts, {told}: {time.monotonic() - began:.2f} s")


if __name__ == "__main__":
    main()
