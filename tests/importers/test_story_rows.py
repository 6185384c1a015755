"""Every row is sound or refused with its place; one bad row costs no other."""

import json
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.benchmark import Item
from engine.importers import daily_dilemmas, ethics, moral_stories, moralchoice
from engine.importers.story_rows import Brought, Row, csv_rows, files, sheet, text_of
from engine.problems import PlumblineError, UsageError


def lines(path: Path, content: bytes) -> tuple[list[Row], Brought]:
    path.write_bytes(content)
    brought = Brought()
    return list(brought.json_lines(path, path.name)), brought


def item(identity: str, one: str, other: str, situation: str = "s") -> Item:
    wording = {"situation": situation, "intention": "", "options": {"one": one, "other": other}, "norm": "", "opposite": ""}
    return Item(identity, identity, {"value": "", "wordings": [wording]})


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_json_lines_with_blank_lines_and_any_line_end(begin: bytes, tmp_path: Path) -> None:
    rows, brought = lines(tmp_path / "a.jsonl", begin + '{"a": "é"}\r\n\n{"a": "\u2028"}'.encode())
    assert [(row.line, row.cells) for row in rows] == [(1, {"a": "é"}), (3, {"a": "\u2028"})]
    assert (brought.rows, brought.refused) == ({"a.jsonl": 2}, ())


@pytest.mark.parametrize(("bad", "why"), [
    (b'{"a": ', "not valid JSON"), (b"[1]", "not a JSON object"), (b'{"a": "x", "a": "y"}', "a field comes twice"),
    (b'{"a": NaN}', "NaN"), ('{"a": "é"}'.encode("latin-1"), "not UTF-8"), (b'{"a": "\\ud800"}', "not UTF-8"),
    (b'{"a": "\\u0000"}', "zero byte"), (b"\0\0\0", "not valid JSON"), (b"[" * 100_000, "not valid JSON"),
    (b'{"a": ' + b"9" * 5000 + b"}", "not valid JSON"),
])
def test_a_bad_line_is_refused_and_the_others_are_read(bad: bytes, why: str, tmp_path: Path) -> None:
    rows, brought = lines(tmp_path / "a.jsonl", b'{"a": "x"}\n' + bad + b'\n{"a": "y"}\n')
    assert [row.cells["a"] for row in rows] == ["x", "y"]
    (told,) = brought.refused
    assert told.startswith("a.jsonl, line 2: ")
    assert why in told
    assert brought.rows == {"a.jsonl": 3}


@pytest.mark.parametrize(("bad", "why"), [
    (b"1", "1 cells, the head has 2"), (b"1,2,3", "3 cells"), (b'1,"open', "not a CSV row"), (b'1,"a"b', "not a CSV row"),
    ("1,é".encode("latin-1"), "not UTF-8"), (b"1,a\0", "zero byte"), (b"1," + b"x" * 140_000, "field larger"),
])
def test_a_bad_row_of_a_table_costs_its_line_alone(bad: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'a,b\n1,"two\nlines"\n' + bad + b'\n3,"last"\n')
    brought, rows = Brought(), sheet(tmp_path / "a.csv")
    sound = brought.table("a.csv", rows[1:], rows[0].cells)
    assert [row.cells for row in sound] == [{"a": "1", "b": "two\nlines"}, {"a": "3", "b": "last"}]
    (told,) = brought.refused
    assert told.startswith("a.csv, line 4: ")
    assert why in told
    assert brought.rows == {"a.csv": 3}


def test_what_makes_a_whole_file_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for content, why in ((b"", "is empty"), ("a,b\n".encode("utf-16"), "UTF-16"), (b'"a,b\n1,2\n', "line 1"), (b"a,\0\n", "zero byte")):
        path.write_bytes(content)
        with pytest.raises(PlumblineError, match=why):
            sheet(path)
    with path.open("r+b") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(PlumblineError, match="larger than 64 MiB"):
        text_of(path)


def test_the_files_of_a_folder_and_of_the_folders_in_it(tmp_path: Path) -> None:
    for name in ("b.csv", "a/c.csv", "a/d.txt", "a/e/f.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [name for _, name in files(tmp_path, ".csv")] == ["a/c.csv", "b.csv"]
    assert [name for _, name in files(tmp_path / "b.csv", ".jsonl")] == ["b.csv"]
    with pytest.raises(UsageError, match=r"no \.jsonl file"):
        files(tmp_path, ".jsonl")


def test_fields_are_text_of_a_bounded_length(tmp_path: Path) -> None:
    row = Row("a.csv", 7, {"a": " x ", "b": "", "c": 3, "d": "x" * 20_001, "e": True})
    assert (row.place, row.text("a"), row.text("b", ""), row.one_of("c", ("2", "3"))) == ("a.csv, line 7", "x", "", "3")
    for name, why in (("b", "no b"), ("z", "no z"), ("c", "c is not text"), ("d", "20001 characters")):
        with pytest.raises(PlumblineError, match=why):
            row.text(name)
    for name in ("a", "e"):
        with pytest.raises(PlumblineError, match=name):
            row.one_of(name, ("1", "True"))


def test_equal_options_and_what_was_there_before_are_refused() -> None:
    brought, row = Brought(rows={"a": 0}), Row("a", 1, {})
    brought.add(row, item("1", "Go.", "Stay."))
    for other, why in (
        (item("2", "Go.", " go  "), "two actions are equal"), (item("1", "Run.", "Stay."), r"id '1' was there before \(a, line 1\)"),
        (item("3", "Stay", "GO"), r"same situation and options were there before \(a, line 1\)"),
        (item("4" * 101, "a", "b"), "100 characters"),
        (item("5\n", "a", "b"), "one line"),
    ):
        with pytest.raises(PlumblineError, match=why):
            brought.add(row, other)
    brought.add(row, item("3", "Stay", "Go", "elsewhere"))
    assert [one.id for one in brought.items] == ["1", "3"]


@given(some.lists(some.text(some.characters(exclude_categories=["Cs"]), max_size=20)))
def test_any_text_is_read_as_rows_that_lie_in_it(told: list[str]) -> None:
    text = "\n".join(told)
    rows = list(csv_rows(text))
    assert [row.number for row in rows] == sorted({row.number for row in rows})
    assert all(1 <= row.line <= text.count("\n") + text.count("\r") + 1 for row in rows)


@given(some.lists(some.dictionaries(some.text(max_size=5), some.text(max_size=20) | some.none() | some.integers(), max_size=3)))
def test_every_json_object_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, told: list[dict[str, object]]) -> None:
    path = tmp_path_factory.mktemp("rows") / "a.jsonl"
    rows, brought = lines(path, "\n".join(map(json.dumps, told)).encode())
    assert len(rows) + len(brought.refused) == brought.rows["a.jsonl"] == len(told)


HEADS = {
    "own.jsonl": (moral_stories, "{}"), "flips.csv": (moral_stories, "ID,norm,flipped-norm"),
    "mc.csv": (moralchoice, ",".join(moralchoice.COLUMNS)),
    "cm_ambig.csv": (ethics, "I left."), "deontology.csv": (ethics, "label,scenario,excuse"), "justice.csv": (ethics, "label,scenario"),
    "dilemma.csv": (daily_dilemmas, ",".join(daily_dilemmas.DILEMMAS)), "actions.csv": (daily_dilemmas, ",".join(daily_dilemmas.ACTIONS)),
}


@pytest.mark.parametrize("name", HEADS)
@given(body=some.binary(max_size=200) | some.text(string.printable, max_size=200).map(str.encode))
def test_whatever_stands_in_a_file_each_row_is_counted_and_no_reason_has_two_lines(
    name: str, body: bytes, tmp_path_factory: pytest.TempPathFactory,
) -> None:
    importer, head = HEADS[name]
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(head.encode() + b"\n" + body)
    brought = importer.read(path)
    assert sum(brought.rows.values()) >= len(brought.refused)
    assert all("\n" not in told and told.startswith(f"{name}, line ") for told in brought.refused)
