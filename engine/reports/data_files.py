"""The numbers behind a deck's slides as files, in one zip with a README that says what each is."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from engine.figures.palette import SOURCES
from engine.reports.sheets import Presentation, Shown
from engine.reports.whole_file import write_whole
from engine.reports.wording import day, line

COLUMNS = {
    "model": "the model", "source": "where the data are from: measured, simulated, imported or published", "benchmark": "the benchmark",
    "metric": "what was measured; the Methods page has its formula", "facet": "of what part", "value": "the estimate",
    "low": "lower end of its 95 % interval", "high": "upper end", "trials": "how many conversations it rests on",
    "stems": "how many independent units", "dropped": "unusable ones left out", "method": "how value and interval were computed",
}
"""What the columns of estimates mean."""


def write(presentation: Presentation, path: Path) -> None:
    """Write the zip: of every exhibit of every slide a Parquet and a CSV file. The same deck gives the same bytes.

    Raises `PlumblineError` where it cannot be written.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        told = [_head(presentation)]
        for number, name, shown in _exhibits(presentation):
            numbers = shown.exhibit.numbers
            parquet = io.BytesIO()
            numbers.write_parquet(parquet)
            _put(archive, presentation, f"{name}.parquet", parquet.getvalue())
            _put(archive, presentation, f"{name}.csv", _csv(numbers))
            told.append(_about(number, name, shown))
        told.append(_columns(presentation))
        _put(archive, presentation, "README.md", "\n\n".join(told).encode() + b"\n")
    write_whole(path, made.getvalue())


def _exhibits(presentation: Presentation) -> Iterator[tuple[int, str, Shown]]:
    """The slide's number, a file name without ending, and the exhibit."""
    for number, sheet in enumerate(presentation.sheets, 1):
        for place, shown in enumerate(sheet.shown):
            letter = chr(ord("a") + place) if len(sheet.shown) > 1 else ""
            yield number, f"{number:02}{letter}-{_safe(shown.exhibit.title)}", shown


def _safe(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "numbers"


def _csv(frame: pl.DataFrame) -> bytes:
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    return frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(", ") for name in nested).write_csv().encode()


def _put(archive: zipfile.ZipFile, presentation: Presentation, name: str, content: bytes) -> None:
    made = presentation.made
    entry = zipfile.ZipInfo(name, (max(made.year, 1980), made.month, made.day, made.hour, made.minute, made.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _head(presentation: Presentation) -> str:
    shown = day(presentation.made)
    return f"# {line(presentation.title)}\n\nThe numbers behind the slides, as they were shown on {shown}, each as Parquet and as CSV."


def _about(number: int, name: str, shown: Shown) -> str:
    made = shown.exhibit
    kinds = ", ".join(SOURCES.get(source, source) for source in made.sources) or "not known"
    said = [f"## {name}", f"Slide {number}: {line(made.title)}", line(made.sentence), line(made.caption), f"Data: {kinds}.",
            f"Made on the lake's snapshot {shown.snapshot}, {day(shown.pinned)}.", *(line(limit) for limit in made.limits)]
    if made.percent:
        said.append("Shares are of 1, not percent.")
    return "\n\n".join(one for one in said if one)


def _columns(presentation: Presentation) -> str:
    there = {column for _, _, shown in _exhibits(presentation) for column in shown.exhibit.numbers.columns}
    return "## Columns\n\n" + "\n".join(f"- `{name}`: {meaning}" for name, meaning in COLUMNS.items() if name in there)
