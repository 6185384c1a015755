"""How long a deck of twenty slides takes to write, in each form. Not a test: nothing fails here.

`python -m tests.bench_reports`
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.reports import data_files, pdf
from engine.reports.powerpoint import slides as powerpoint
from engine.reports.sheets import Presentation
from engine.reports.web import slides
from tests.reports import decks
from tests.reports import made_decks as made

SLIDES = 20


def charts() -> Presentation:
    """Twenty slides, each with one native chart or two."""
    kinds = [made.bars(4, 6, mark=0.3), made.radar(6), made.lines(), made.scatter()]
    sheets = [made.sheet("figure", f"Slide {at}", made.exhibit(kinds[at % 4])) for at in range(SLIDES - 4)]
    pair = (made.exhibit(kinds[0], title="Left"), made.exhibit(kinds[1], title="Right"))
    return made.deck(*sheets, *(made.sheet("two figures", f"Pair {at}", *pair) for at in range(4)))


def figures() -> Presentation:
    """Twenty slides with figures that Plotly draws."""
    whole = decks.deck()
    drawn = [sheet for sheet in whole.sheets if sheet.shown]
    return replace(whole, sheets=tuple(drawn[number % len(drawn)] for number in range(SLIDES)))


def printed(presentation: Presentation, path: Path) -> None:
    """As a PDF."""
    pdf.write(slides.document(presentation, theme="light"), path)


FORMS: tuple[tuple[str, Callable[[], Presentation], Callable[[Presentation, Path], None]], ...] = (
    ("pptx", charts, powerpoint.write), ("html", figures, slides.write), ("zip", figures, data_files.write), ("pdf", figures, printed),
)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for form, deck, write in FORMS:
            whole, path = deck(), Path(folder) / f"deck.{form}"
            began = time.monotonic()
            write(whole, path)
            print(f"{SLIDES} slides as {form}: {time.monotonic() - began:.2f} s, {path.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
