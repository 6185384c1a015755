"""The numbers of a deck as files: a zip with Parquet and CSV for each figure, and a page that says what they are."""

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from engine.figures.palette import SOURCES
from engine.reports.sheets import Presentation, Sheet, Shown
from engine.reports.whole_file import write_whole

LONGEST = 40
"""Letters of a title in a file's name."""
MEANINGS = {
    "model": "what was measured, by its name in Plumbline",
    "source": "where the row is from: measured, simulated, imported or published",
    "benchmark": "the instrument", "metric": "the formula; the Methods page tells of each", "facet": "which part of the metric",
    "value": "the estimate; shares from 0 to 1, other numbers on the metric's own scale; empty where it is not computable",
    "low": "lower end of the 95 % interval; empty where there is none",
    "high": "upper end of the 95 % interval; empty where there is none",
    "trials": "conversations that it rests on", "stems": "independent units among them: items of one wording family are one",
    "dropped": "trials left out as unusable", "method": "how value and interval were computed", "run": "the run that made the estimate",
    "population": "the people whom a published figure is of", "sd": "standard deviation between persons", "n": "how many",
    "version": "version of the benchmark", "item": "the question's name", "stem": "the wording family of an item",
    "condition": "how an item was posed", "epoch": "which repeat of the same item and condition",
}
"""What columns mean that estimates and turns have."""


@dataclass(frozen=True)
class DataFile:
    """One exhibit's numbers with the name they go by."""

    name: str
    """Without its ending."""
    slide: int
    sheet: Sheet
    shown: Shown


def write(presentation: Presentation, path: Path) -> None:
    """Write the numbers behind every exhibit as `NN-title.parquet` and `.csv`, NN the slide's number, and a README.md, in a zip.

    The same presentation gives the same bytes. Raises `PlumblineError` where the file cannot be written.
    """
    write_whole(path, archive(presentation))


def archive(presentation: Presentation) -> bytes:
    """The zip itself."""
    files, made = named(presentation), io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        _add(into, "README.md", readme(presentation, files).encode(), presentation.made)
        for file in files:
            frame = _flat(file.shown.exhibit.numbers)
            parquet = io.BytesIO()
            frame.write_parquet(parquet)
            _add(into, f"{file.name}.parquet", parquet.getvalue(), presentation.made)
            _add(into, f"{file.name}.csv", frame.write_csv().encode(), presentation.made)
    return made.getvalue()


def named(presentation: Presentation) -> list[DataFile]:
    """The exhibits with numbers, in order, each under a name of its own."""
    made: list[DataFile] = []
    for slide, sheet in enumerate(presentation.sheets, 1):
        held = [one for one in sheet.shown if one.exhibit.numbers.width]
        for place, one in enumerate(held):
            letter = chr(ord("a") + place) if len(held) > 1 else ""
            made.append(DataFile(f"{slide:02d}{letter}-{_short(one.exhibit.title)}", slide, sheet, one))
    return made


def readme(presentation: Presentation, files: Sequence[DataFile]) -> str:
    """What each file is, in Markdown."""
    parts = [
        f"# {_line(presentation.title)}", _line(presentation.subtitle), f"Made {presentation.made:%Y-%m-%d %H:%M %Z}".rstrip() + ".",
        "Each table is there twice: as Parquet, with its types, and as CSV in UTF-8. Missing values are empty.",
    ]
    if not files:
        parts.append("No slide of this deck has numbers behind it.")
    parts += ["\n\n".join(_told(file)) for file in files]
    columns = dict.fromkeys(column for file in files for column in file.shown.exhibit.numbers.columns)
    if columns:
        rows = "\n".join(f"| {_line(name)} | {MEANINGS.get(name, 'as its name says; see the caption')} |" for name in columns)
        parts.append(f"## Columns\n\n| column | means |\n| --- | --- |\n{rows}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _told(file: DataFile) -> list[str]:
    exhibit = file.shown.exhibit
    where = ", ".join(SOURCES.get(source, source) for source in exhibit.sources) or "not said"
    made_of = "; ".join(part for part in (
        f"benchmarks: {', '.join(exhibit.benchmarks)}" if exhibit.benchmarks else "",
        f"metrics: {', '.join(exhibit.metrics)}" if exhibit.metrics else "",
    ) if part)
    facts = [
        f"- Files: `{file.name}.parquet`, `{file.name}.csv` ({exhibit.numbers.height:,} rows)",
        f"- Slide {file.slide}: {_line(file.sheet.title)}", f"- Data: {_line(where)}", f"- Rests on {_line(made_of)}" if made_of else "",
        f"- Pinned {file.shown.pinned:%Y-%m-%d}, snapshot {file.shown.snapshot}",
        *(f"- Limit: {_line(limit)}" for limit in exhibit.limits),
    ]
    return [f"## {_line(exhibit.title)}", _line(exhibit.sentence), _line(exhibit.caption), "\n".join(fact for fact in facts if fact)]


def _line(text: str) -> str:
    """Plain words for Markdown: one line, nothing of it read as markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", " ".join(text.split()))


def _short(title: str) -> str:
    """A title as part of a file's name that every system takes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST].strip("-") or "numbers"


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with lists and structures as words, which a CSV cannot hold otherwise."""
    nested = [name for name, kind in frame.schema.items() if kind.is_nested()]
    words = [pl.Series(name, [None if one is None else _words(one) for one in frame[name].to_list()], dtype=pl.String) for name in nested]
    return frame.with_columns(words)


def _words(value: object) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _add(into: zipfile.ZipFile, name: str, content: bytes, made: datetime) -> None:
    year, month, day, hour, minute, second = made.timetuple()[:6]
    entry = zipfile.ZipInfo(name, (max(year, 1980), month, day, hour, minute, second // 2 * 2))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # the same on every system
    into.writestr(entry, content)
