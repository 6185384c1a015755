"""The numbers behind a deck in a zip."""

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from engine.figures.exhibit import Exhibit
from engine.problems import PlumblineError
from engine.reports import data_files
from tests.reports import made_decks as made

NUMBERS = pl.DataFrame({"model": ["a/b", None], "source": ["simulated", "measured"], "metric": ["m", "m"], "value": [0.1 + 0.2, None],
                        "where": [["KE", "DE"], []]})


def deck():
    one = Exhibit("A <b>title</b> / with: odd \\ characters", "It says so.", "n 12", NUMBERS, percent=True, sources=("simulated",),
                  limits=("Not of people.",), table=NUMBERS)
    return made.deck(made.sheet("title", "T"), made.sheet("figure", "One", one), made.sheet("two figures", "Two", one, one))


def test_every_exhibit_has_its_numbers_exactly_and_is_explained(tmp_path: Path) -> None:
    data_files.write(deck(), tmp_path / "data.zip")
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        names = archive.namelist()
        assert [name for name in names if name.endswith(".parquet")] == [
            f"{place}-a-b-title-b-with-odd-characters.parquet" for place in ("02", "03a", "03b")]
        for name in names[:-1]:
            assert name in names
            found = pl.read_parquet(io.BytesIO(archive.read(name))) if name.endswith(".parquet") else pl.read_csv(archive.read(name))
            assert found["value"].to_list() == [0.1 + 0.2, None], name
        told = archive.read("README.md").decode()
    assert "Slide 3: A <b>title</b>" in told
    assert "SIMULATED" in told
    assert "Not of people." in told
    assert "snapshot 412" in told
    assert "- `value`: the estimate" in told
    assert "Shares are of 1" in told


def test_the_same_deck_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.zip", "other.zip"):
        data_files.write(deck(), tmp_path / name)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(PlumblineError, match=r"cannot write .*file/data\.zip"):
        data_files.write(deck(), tmp_path / "file" / "data.zip")
