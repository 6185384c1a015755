"""The numbers of a deck as files."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from engine.problems import PlumblineError
from engine.reports import data_files
from engine.reports.sheets import Presentation, Sheet
from tests.reports.decks import MADE, NASTY, deck, exhibit, exhibits, rows, shown


def opened(presentation: Presentation, folder: Path) -> zipfile.ZipFile:
    data_files.write(presentation, folder / "data.zip")
    return zipfile.ZipFile(folder / "data.zip")


def test_every_exhibit_has_its_numbers_in_both_forms(tmp_path: Path) -> None:
    into, sheets = opened(deck(), tmp_path), deck().sheets
    names = into.namelist()
    assert names[0] == "README.md"
    assert len(set(names)) == len(names) == 1 + 2 * sum(len(sheet.shown) for sheet in sheets)
    assert "02-flip-rate.parquet" in names
    assert {"12a-weights.csv", "12b-flip-rate.csv"} <= set(names), "two on one slide"
    whole = pl.read_parquet(io.BytesIO(into.read("02-flip-rate.parquet")))
    assert_frame_equal(whole, exhibits()["rows"].numbers)
    assert pl.read_csv(io.BytesIO(into.read("02-flip-rate.csv")))["value"].to_list() == pytest.approx(whole["value"].to_list())


def test_names_are_safe_whatever_the_title(tmp_path: Path) -> None:
    numbers = rows(("all",))
    titles = (NASTY, "../../etc/passwd", "", "שלום", "CON", "x" * 500, "Größe & Maß")
    sheets = tuple(Sheet("figure", title, shown=(shown(exhibit(numbers, None, title)),) * 2) for title in titles)
    names = opened(replace(deck(), sheets=sheets), tmp_path).namelist()[1:]
    assert len(set(names)) == 4 * len(titles)
    assert all(len(name) <= 60 and name.replace("-", "").replace(".", "").isalnum() and name.isascii() for name in names)
    assert "07a-große-ma" not in names[0]
    assert "07a-groe-ma.csv" in names


def test_the_readme_says_what_the_files_are(tmp_path: Path) -> None:
    told = opened(deck(), tmp_path).read("README.md").decode()
    assert "`03-flip-rate.parquet`, `03-flip-rate.csv` (15 rows)" in told
    for words in ("The share of flips goes from 30 % to 40 %.", "95 % intervals. 30 trials each.", "SIMULATED", "Only of these dilemmas.",
                  "snapshot 412", "Pinned 2026-11-21", "| stems | independent units"):
        assert words in told
    assert "<script>" not in told.replace("\\<", "")


def test_the_same_deck_gives_the_same_bytes(tmp_path: Path) -> None:
    data_files.write(deck(), tmp_path / "one.zip")
    data_files.write(deck(), tmp_path / "other.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    assert {one.date_time for one in zipfile.ZipFile(tmp_path / "one.zip").infolist()} == {(2026, 11, 21, 12, 30, 14)}
    assert opened(replace(deck(), made=datetime(1970, 1, 1, tzinfo=MADE.tzinfo)), tmp_path).testzip() is None


def test_lists_and_no_numbers_at_all(tmp_path: Path) -> None:
    nested = pl.DataFrame({"model": ["m"], "parts": [["a", "b"]], "odd": [{"x": 1}]})
    sheet = Sheet("table", "Parts", shown=(shown(exhibit(nested, None, "Parts")),))
    into = opened(replace(deck(), sheets=(sheet,)), tmp_path)
    assert '"a, b"' in into.read("01-parts.csv").decode()
    empty = opened(replace(deck(), sheets=(Sheet("text", "Words"),)), tmp_path)
    assert empty.namelist() == ["README.md"]
    assert "No slide of this deck has numbers" in empty.read("README.md").decode()


def test_where_it_cannot_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(PlumblineError, match="cannot write"):
        data_files.write(deck(), tmp_path / "taken" / "data.zip")
