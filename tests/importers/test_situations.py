import csv
import io
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.benchmarks import benchmark
from engine.benchmarks.regions import ANSWERS, FIELDS, situation
from engine.importers import situations
from engine.problems import PlumblineError, UsageError

HEAD = ("country", "situation", "label", "norm")
ROW = ("KE", "Wanjiru greets her aunt with both hands.", "acceptable", "Elders are greeted with both hands.")


def table(*rows) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def sheet(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def changed(**fields: str) -> tuple[str, ...]:
    return tuple({**dict(zip(HEAD, ROW, strict=True)), **fields}.values())


def test_the_four_columns_are_enough(tmp_path: Path) -> None:
    (item,) = situations.read(sheet(tmp_path, table(HEAD, ROW)))
    assert (item.id, item.stem) == ("row-2", "row-2")
    assert item.content == {
        "id": "row-2", "country": "KE", "topic": "", "kind": "custom", "norm": ROW[3], "support": "as imported", "label": "acceptable",
        "implicit": False, "situation": ROW[1], "reason": "", "reviewed": "", "region": "Eastern Africa", "continent": "Africa",
    }


def test_every_column_is_taken_and_others_are_left_alone(tmp_path: Path) -> None:
    head = ("Notes", "reviewed", "IMPLICIT", "reason", "support", "kind", "topic", "id", *HEAD)
    row = ("mine", "A. Person, 2026", "TRUE", "So it is", "a law book", "Law", "trade", "ke-1", *changed(country="South_Korea", label="No"))
    (item,) = situations.read(sheet(tmp_path, table(head, row)))
    assert item.id == item.stem == item.content["id"] == "ke-1"
    told = {name: item.content[name] for name in ("reviewed", "implicit", "reason", "support", "kind", "topic", "country", "label")}
    assert told == {
        "reviewed": "A. Person, 2026", "implicit": True, "reason": "So it is", "support": "a law book", "kind": "law", "topic": "trade",
        "country": "KR", "label": "not acceptable",
    }
    assert set(item.content) == {*FIELDS, "region", "continent"}


def test_normads_own_columns(tmp_path: Path) -> None:
    head = ("ID", "Country", "Background", "Axis", "Subaxis", "Value", "Rule-of-Thumb", "Story", "Explanation", "Gold Label")
    rows = [
        (str(n), "palestinian_territories", "b", "Visiting", "s", "v", "Shoes stay outside.", "Sam steps in.", "The shoes are on.", label)
        for n, label in enumerate(("yes", "no", "neutral"), 1)
    ]
    items = situations.read(sheet(tmp_path, table(head, *rows)))
    assert [item.content["label"] for item in items] == list(ANSWERS)
    assert [item.id for item in items] == ["1", "2", "3"]
    first = items[0].content
    assert (first["country"], first["topic"], first["norm"]) == ("PS", "Visiting", "Shoes stay outside.")
    assert (first["situation"], first["reason"]) == ("Sam steps in.", "The shoes are on.")


@pytest.mark.parametrize("label", ["Not Acceptable", " not_acceptable ", "not  acceptable", "NO"])
def test_labels_as_people_write_them(label: str, tmp_path: Path) -> None:
    (item,) = situations.read(sheet(tmp_path, table(HEAD, changed(label=label))))
    assert item.content["label"] == "not acceptable"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"", b"\r\n\r\n"], ids=["BOM", "no BOM", "blank lines"])
def test_marks_and_blank_lines_before_the_head(before: bytes, tmp_path: Path) -> None:
    assert len(situations.read(sheet(tmp_path, before + table(HEAD, ROW).encode()))) == 1


def test_a_mark_before_a_head_in_quotes(tmp_path: Path) -> None:
    text = table(("notes, mine", *HEAD), ("none", *ROW)).encode()
    assert len(situations.read(sheet(tmp_path, b"\xef\xbb\xbf" + text))) == 1


def test_the_documents_example_and_table_are_true(tmp_path: Path) -> None:
    document = (Path(__file__).resolve().parents[2] / "docs" / "importing-situations.md").read_text(encoding="utf-8")
    items = situations.read(sheet(tmp_path, document.partition("```csv\n")[2].partition("```")[0]))
    assert [(item.id, item.content["country"], item.content["label"], item.content["kind"]) for item in items] == [
        ("ke-both-hands", "KE", "acceptable", "custom"), ("sg-gum-stall", "SG", "not acceptable", "law")
    ]
    rows = [line.split("`")[1] for line in document.splitlines() if "| yes |" in line or "| no |" in line]
    assert sorted(rows) == sorted(FIELDS)


def test_an_imported_situation_is_posed_like_a_shipped_one(tmp_path: Path) -> None:
    items = situations.read(sheet(tmp_path, table(HEAD, ROW, changed(country="Peru", label="neutral"))))
    regions = benchmark("regions")
    assert regions.design is not None
    assert {item.id for item, _ in regions.design(items, {})} == {"row-2", "row-3"}
    assert ROW[3] in situation(items[0], "norm given")
    assert set(items[0].content) == set(regions.items[0].content)


LONG = "x" * 20_001
WRONG = {
    "a missing column": (table((*HEAD[:3], "remark"), ROW), "the column norm is missing; found country, situation, label, remark"),
    "semicolons": (table(HEAD, ROW).replace(",", ";"), "the column country is missing; found country;situation"),
    "an unknown label": (table(HEAD, ROW, changed(label="fine")), "row 3: its label is 'fine'; choose from acceptable, yes"),
    "no label": (table(HEAD, changed(label=" ")), "row 2: it has no label"),
    "no country": (table(HEAD, changed(country="Atlantis")), "row 2: 'Atlantis' is not a country"),
    "two countries": (table(HEAD, changed(country="Kenya, Uganda")), "row 2: 'Kenya, Uganda' is not a country"),
    "an empty situation": (table(HEAD, changed(situation=" \n ")), "row 2: it has no situation"),
    "an empty norm": (table(HEAD, *[ROW] * 5, changed(norm="")), "row 7: it has no norm"),
    "a row after one of three lines": (table(HEAD, changed(norm="a\nb\nc"), changed(norm="")), r"row 3 \(line 5\): it has no norm"),
    "an id twice": (table(("id", *HEAD), ("a", *ROW), ("a ", *ROW)), "row 3: the id 'a' comes twice"),
    "an id that is a row's": (table(("id", *HEAD), ("row-3", *ROW), ("", *ROW)), "row 3: the id 'row-3' comes twice"),
    "an endless id": (table(("id", *HEAD), ("a" * 101, *ROW)), "row 2: its id is not one line of at most 100"),
    "an id of two lines": (table(("id", *HEAD), ("a\nb", *ROW)), "row 2: its id is not one line"),
    "another kind": (table(("kind", *HEAD), ("habit", *ROW)), "row 2: its kind is 'habit'; choose from custom, law"),
    "neither true nor false": (table(("implicit", *HEAD), ("maybe", *ROW)), "row 2: its implicit is 'maybe'; choose from true, false"),
    "no rows": (table(HEAD), "has no rows under its head"),
    "nothing": ("", "is empty"),
    "blank lines": ("\n\n\n", "is empty"),
    "a cell too many": (table(HEAD, ROW, (*ROW, "more")), "row 3: it has 5 cells, the head has 4"),
    "a cell too few": (table(HEAD, ROW[:3]), "row 2: it has 3 cells, the head has 4"),
    "one meaning twice": (table((*HEAD, "Story"), (*ROW, "x")), "the columns 'situation' and 'Story' both mean situation"),
    "one column twice": (table((*HEAD, "No\nrm "), (*ROW, "x")), "the columns 'norm' and 'No rm' both mean norm"),
    "a long situation": (table(HEAD, changed(situation=LONG)), "row 2: its situation has 20001 characters; at most 20000"),
    "a long norm": (table(HEAD, changed(norm=LONG)), "row 2: its norm has 20001 characters"),
    "a cell beyond the limit": (table(HEAD, changed(norm="x" * 200_000)), r"row 2: not a CSV row \(field larger than field limit"),
    "an open quote": (table(HEAD, ROW) + 'KE,"Somebody,yes,norm\n', r"row 3: not a CSV row \(unexpected end of data"),
    "words after a quote": (table(HEAD) + 'KE,"Some"body,yes,norm\n', "row 2: not a CSV row"),
    "not UTF-8": (table(HEAD, changed(norm="café")).encode("latin-1"), "is not UTF-8 text"),
    "UTF-16": (table(HEAD, ROW).encode("utf-16"), "is not UTF-8 text"),
    "zero bytes": (table(HEAD, ROW) + "\0" * 10, "is not a CSV: it has a zero byte"),
    "a page": ("<!doctype html>\n<title>Sign in</title>\n", "the column country is missing"),
    "a zip": (b"PK\x03\x04\x00\x00", "zero byte"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_in_one_line(text: str | bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(PlumblineError, match=told) as problem:
        situations.read(sheet(tmp_path, text))
    assert "own.csv" in str(problem.value)
    assert "\n" not in str(problem.value)
    assert len(str(problem.value)) < 400 + len(str(tmp_path))


def test_the_longest_situation_is_still_taken(tmp_path: Path) -> None:
    (item,) = situations.read(sheet(tmp_path, table(HEAD, changed(situation=LONG[1:]))))
    assert len(item.content["situation"]) == 20_000


def test_a_file_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UsageError, match=r"no file .* country, situation, label, norm"):
            situations.read(path)
    path = sheet(tmp_path, table(HEAD, ROW))
    with path.open("r+b") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(PlumblineError, match="larger than 64 MiB"):
        situations.read(path)


words = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40).filter(str.strip)


@given(
    some.lists(some.tuples(some.sampled_from(["KE", "U.K.", "brazil"]), words, some.sampled_from(list(ANSWERS)), words), min_size=1),
    some.permutations(range(4)),
)
def test_whatever_words_are_written_come_back(tmp_path_factory, rows, order) -> None:
    path = sheet(tmp_path_factory.mktemp("csv"), table(*([row[at] for at in order] for row in (HEAD, *rows))))
    items = situations.read(path)
    assert [(item.content["situation"], item.content["label"], item.content["norm"]) for item in items] == [
        (row[1].strip(), row[2], row[3].strip()) for row in rows
    ]
    assert {item.content["country"] for item in items} <= {"KE", "GB", "BR"}


@given(some.binary(max_size=300) | some.text(string.printable, max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused_in_one_line(tmp_path_factory, body: bytes) -> None:
    path = sheet(tmp_path_factory.mktemp("csv"), table(HEAD).encode() + body)
    told = ""
    try:
        assert situations.read(path)
    except PlumblineError as problem:
        told = str(problem)
    assert "\n" not in told
