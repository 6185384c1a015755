from pathlib import Path

import pytest

from engine.benchmarks import benchmark
from engine.benchmarks.pvq import KEY
from engine.commands.importing import import_from
from engine.importers import pvq
from engine.lake import Lake
from engine.lake.items import items_of
from engine.problems import PlumblineError, UsageError


def sheet(path: Path, rows) -> Path:
    path.write_text("number,text\n" + "\n".join(f'{number},"{text}"' for number, text in rows), encoding="utf-8")
    return path


def test_the_key_names_each_of_57_items_once() -> None:
    assert sorted(number for numbers in KEY.values() for number in numbers) == list(range(1, 58))


def test_an_own_copy_becomes_playable(tmp_path: Path, lake_folder: Path) -> None:
    path = sheet(tmp_path / "own.csv", ((n, f"Statement number {n}") for n in range(1, 58)))
    with Lake.open() as lake:
        with pytest.raises(UsageError, match="import pvq PATH"):
            items_of(lake, benchmark("pvq"))
        import_from(lake, "pvq", path)
        found = items_of(lake, benchmark("pvq"))
    assert len(found) == 57
    assert {item.stem for item in found} == set(KEY)
    assert next(item for item in found if item.id == "pvq_24").content["value"] == "face"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(n, "some text") for n in range(1, 57)], "portrait 57 is missing"),
        ([(1, "some text"), (1, "other text")], "comes twice"),
        ([(58, "some text")], "not one of 1 to 57"),
        ([("x", "some text")], "not one of 1 to 57"),
        ([(1, "")], "has 0 characters"),
    ],
)
def test_a_wrong_table_names_its_line(rows, told: str, tmp_path: Path) -> None:
    with pytest.raises(PlumblineError, match=told):
        pvq.read(sheet(tmp_path / "bad.csv", rows))


def test_other_columns_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(PlumblineError, match="number,text"):
        pvq.read(tmp_path / "x.csv")
