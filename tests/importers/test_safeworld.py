import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.countries import named
from engine.importers import safeworld
from engine.importers.safeworld import FILES, read, records
from engine.problems import PlumblineError, UsageError
from tests.conftest import DATASETS

PUBLISHED = {"culture": (322, 286, 218, 357), "policy": (319, 291, 190, 367)}
KEYS = {"country", "places", "region", "continent", "group", "topic", "kind", "norms", "label", "situation", "damaged"}


@pytest.fixture(scope="module")
def published() -> safeworld.SafeWorld:
    folder = DATASETS / "safeworld"
    if not folder.is_dir():
        pytest.skip(f"SafeWorld's queries are not at {folder}")
    return read(folder)


def test_every_published_record_is_kept(published: safeworld.SafeWorld) -> None:
    assert published.counts == {
        f"{kind}-type{number}": count for kind, counts in PUBLISHED.items() for number, count in enumerate(counts, 1)
    }
    assert len(published.items) == len({item.id for item in published.items}) == 2350
    assert all(set(item.content) == KEYS and item.content["situation"] for item in published.items)


def test_the_two_damaged_records_are_named_and_marked(published: safeworld.SafeWorld) -> None:
    assert list(published.damaged) == ["culture-type2.json, line 222: a text is cut", "policy-type2.json, line 1123: a text is cut"]
    cut = [item for item in published.items if item.content["damaged"]]
    assert [(item.id, item.content["country"]) for item in cut] == [("culture-2-0037", "NG"), ("policy-2-0187", "PL")]
    assert all(len(item.content["norms"]) == 1 for item in cut)


def test_the_published_places_are_those_counted_independently(published: safeworld.SafeWorld) -> None:
    """The numbers of facts/regional.md."""
    named_in = Counter(code for item in published.items for code in item.content["places"])
    assert [named_in[code] for code in ("KE", "ID", "PK", "DE", "MZ", "PL", "AF", "GH")] == [118, 103, 99, 86, 16, 17, 21, 21]
    assert sum(len(item.content["places"]) > 1 for item in published.items) == 88 + 1
    assert all((item.content["country"] is None) == (len(item.content["places"]) > 1) for item in published.items)
    assert sum(item.content["group"] != "" for item in published.items) == 847


def test_the_published_norms_by_file(published: safeworld.SafeWorld) -> None:
    lists = Counter(len(item.content["norms"]) for item in published.items if item.id.startswith("policy-2-"))
    assert lists == {1: 181, 2: 78, 3: 17, 4: 11, 5: 2, 6: 1, 8: 1}
    for item in published.items:
        if not item.id.startswith("policy-2-"):
            assert len(item.content["norms"]) == (0 if "-3-" in item.id else 1), item.id


def test_published_queries_of_one_root_are_one_family(published: safeworld.SafeWorld) -> None:
    for item in published.items:
        if item.id[-6] in "23":
            assert item.stem == item.id
        else:
            place, number = item.stem.split("-", 1)[1].rsplit("_", 1)
            assert number.isdigit()
            assert named(place).code == item.content["country"]


NORMS = {1: "violated_specific_", 2: "violated_specific_", 4: "specific_"}


def row(kind: str, number: int, **fields) -> dict:
    made = {"query": "May I whistle here?", "country": "Kenya"}
    if number in NORMS:
        made[NORMS[number] + {"culture": "norm", "policy": "policy"}[kind]] = "Nobody whistles; it is rude."
    if number in (1, 4):
        made |= {"index": "Kenya_7_2", "topic": "sounds", "region_or_race": None}
    return made | fields


def folder_of(folder: Path, layout: str = "{}-type{}.json", **texts: str) -> Path:
    """Eight files of one record each, in our own words; `texts` replaces files, e.g. `culture_1="[]"`."""
    for kind, number in FILES:
        file = folder / layout.format(kind, number)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(texts.get(f"{kind}_{number}", json.dumps([row(kind, number)])), encoding="utf-8")
    return folder


def only(folder: Path, kind: str, number: int, **fields):
    """The item of one record."""
    found = read(folder_of(folder, **{f"{kind}_{number}": json.dumps([row(kind, number, **fields)])}))
    return next(item for item in found.items if item.id == f"{kind}-{number}-0001")


@pytest.mark.parametrize("layout", ["{}-type{}.json", "{}/type{}.json", "data/{}/type{}.json"])
def test_the_folder_and_the_authors_repository(layout: str, tmp_path: Path) -> None:
    found = read(folder_of(tmp_path, layout, policy_2='[{"query": "A cut\n}]'.replace("[{", '[{"country": "Peru",')))
    assert [item.id for item in found.items] == [f"{kind}-{number}-0001" for kind, number in FILES]
    assert found.counts == {f"{kind}-type{number}": 1 for kind, number in FILES}
    assert found.damaged == (f"{layout.format('policy', 2)}, line 1: a text is cut",)
    assert [item.id for item in found.items if item.content["damaged"]] == ["policy-2-0001"]


def test_what_a_record_becomes(tmp_path: Path) -> None:
    item = only(tmp_path, "policy", 1, region_or_race="Rift Valley")
    assert (item.id, item.stem) == ("policy-1-0001", "policy-Kenya_7")
    assert item.content == {
        "country": "KE", "places": ["KE"], "region": "Eastern Africa", "continent": "Africa", "group": "Rift Valley", "topic": "sounds",
        "kind": "law", "norms": ["Nobody whistles; it is rude."], "label": "names the violation", "situation": "May I whistle here?",
        "damaged": False,
    }


@pytest.mark.parametrize(
    ("number", "label"), enumerate(("names the violation", "explains the norms", "declines", "answers directly"), 1)
)
def test_the_type_tells_what_is_expected(number: int, label: str, tmp_path: Path) -> None:
    item = only(tmp_path, "culture", number)
    assert (item.content["label"], item.content["kind"]) == (label, "custom")
    assert item.content["norms"] == ([] if number == 3 else ["Nobody whistles; it is rude."])
    assert item.stem == ("culture-Kenya_7" if number in (1, 4) else item.id)


def test_only_policies_of_type_2_are_lists(tmp_path: Path) -> None:
    item = only(tmp_path, "policy", 2, violated_specific_policy="In Peru, one; In Kenya, another;")
    assert item.content["norms"] == ["In Peru, one", "In Kenya, another"]


@pytest.mark.parametrize(
    ("text", "places", "region", "continent"),
    [
        ("Kenya, Tanzania", ["KE", "TZ"], "Eastern Africa", "Africa"),
        ("Nigeria, Kenya, and Tanzania", ["NG", "KE", "TZ"], None, "Africa"),
        ("Turkey, Ukraine, Germany,", ["TR", "UA", "DE"], None, None),
        ("Bangladesh, South_Africa", ["BD", "ZA"], None, None),
        ("France, U.K., Scotland", ["FR", "GB"], None, "Europe"),
        ("D.R.C., Tanzania", ["CD", "TZ"], None, "Africa"),
        ("Nigeria, Germany, Nigeria", ["NG", "DE"], None, None),
        ("Peru and Chile", ["PE", "CL"], "South America", "South America"),
        ("exico, France", ["MX", "FR"], None, None),
    ],
)
def test_several_countries(text: str, places, region, continent, tmp_path: Path) -> None:
    content = only(tmp_path, "culture", 2, country=text).content
    assert (content["country"], content["places"], content["region"], content["continent"]) == (None, places, region, continent)


@pytest.mark.parametrize("text", ["Trinidad and Tobago", "Iran, Islamic Republic of", "U.K., Scotland", "Bosnia and Herzegovina,"])
def test_a_comma_or_an_and_does_not_make_two_countries(text: str, tmp_path: Path) -> None:
    assert only(tmp_path, "culture", 2, country=text).content["country"] in ("TT", "IR", "GB", "BA")


WRONG = {
    "no query": (json.dumps([row("culture", 1), row("culture", 1, query="")], indent=1), "line 10: the record has no query"),
    "a country of null": (json.dumps([row("culture", 1, country=None)]), "line 1: the record has no country"),
    "Atlantis": (json.dumps([row("culture", 1, country="Kenya, Atlantis")]), "line 1: 'Atlantis' is not a country"),
    "only a comma": (json.dumps([row("culture", 1, country=",")]), "line 1: ',' is not a country"),
    "no norm": (json.dumps([{"query": "May I?", "country": "Peru"}]), "line 1: the record has no specific norm"),
    "a record": ('{"query": "x"}', "line 1: it does not begin with a list"),
    "nothing": ("", "line 1: it does not begin with a list"),
    "words": ("\n\nhello", "line 3: it does not begin with a list"),
    "an LFS pointer": ("version https://git-lfs.github.com/spec/v1\noid sha256:00", "line 1: it does not begin with a list"),
    "a list that does not end": ('[{"query": "x", "country": "Peru"},\n', "line 2: the file ends where a record should begin"),
    "a record that does not end": ('[{"query": "x",\n"country": "Pe', "line 2: the file ends inside a record"),
    "words between": ('[{"query": "x"}\n, "stray"]', "line 2: 'stray' stands where a record"),
    "words after": ('[]\nmore', "line 2: 'more' stands after the end"),
    "a name of two lines": (r'[{"a\nb": {', r"line 1: '{' stands where the value of 'a\\nb'"),
    "a list as value": ('[{"query": ["x"]}]', r"line 1: '\[' stands where the value of 'query'"),
    "deep lists": ("[" * 100_000, r"line 1: '\[' stands where a record should begin"),
    "deep records": ('[{"a":' + '{"a":' * 100_000, "line 1: '{' stands where the value of 'a'"),
    "many braces": ("[" + "{" * 100_000 + "]", "line 1: the record has no query"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_such_record_imports_nothing(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(PlumblineError, match=rf"culture-type1\.json, {told}.*nothing was imported") as problem:
        read(folder_of(tmp_path, culture_1=text))
    assert "\n" not in str(problem.value)


def test_an_incomplete_set_is_refused(tmp_path: Path) -> None:
    (folder_of(tmp_path) / "policy-type3.json").unlink()
    with pytest.raises(UsageError, match=r"policy-type3\.json is missing \(1 of eight\)"):
        read(tmp_path)
    for path in (tmp_path / "none", tmp_path / "policy-type4.json"):
        with pytest.raises(UsageError, match="no SafeWorld files at"):
            read(path)


def test_files_that_are_too_large_or_not_text_or_all_empty(tmp_path: Path) -> None:
    with pytest.raises(PlumblineError, match="hold no record"):
        read(folder_of(tmp_path, **{f"{kind}_{number}": "[]" for kind, number in FILES}))
    last = tmp_path / "policy-type4.json"
    last.write_bytes(b'[{"query": "\xff"}]')
    with pytest.raises(PlumblineError, match=r"policy-type4\.json is not UTF-8"):
        read(tmp_path)
    with last.open("r+b") as file:
        file.truncate(64 * 2**20 + 1)
    with pytest.raises(PlumblineError, match=r"policy-type4\.json is larger than 64 MiB"):
        read(tmp_path)


CUT = {
    "commas too many": ('[{"a": "x",},\n,{"b": "y",},]', [{"a": "x"}, {"b": "y"}], ["", ""]),
    "no comma between records": ('[{"a": "x"}{"b": "y"}]', [{"a": "x"}, {"b": "y"}], ["", ""]),
    "a byte order mark": ('\ufeff[{"a": "x"}]', [{"a": "x"}], [""]),
    "an empty list": ("[\n]", [], []),
    "other values": ('[{"a": null, "b": -1.5e3, "c": true}]', [{"a": None, "b": "-1.5e3", "c": "true"}], [""]),
    "escapes": (r'[{"a": "\"\u00e9\n\ud83d\ude00\\"}]', [{"a": '"é\n😀\\'}], [""]),
    "a cut text": ('[\n{\n"a": "x",\n"b": "wo\n},\n{"a": "y"}]', [{"a": "x", "b": "wo"}, {"a": "y"}], ["line 4: a text is cut", ""]),
    "a cut name": ('[{"a": "x",\n"be\n},\n{"a": "y"}]', [{"a": "x"}, {"a": "y"}], ["line 2: a text is cut", ""]),
    "a text cut at a backslash": ('[{"a": "x\\\n}]', [{"a": "x"}], ["line 1: a text is cut"]),
    "a cut record": ('[{"a": "x",\n{"a": "y"}]', [{"a": "x"}, {"a": "y"}], ["line 2: the record is cut: '{' stands inside it", ""]),
    "a cut text, then a record": ('[{"a": "x\n{"a": "y"}]', [{"a": "x"}, {"a": "y"}], ["line 1: a text is cut", ""]),
    "the last record cut": ('[{"a": "x"\n]', [{"a": "x"}], ["line 2: the record is cut: ']' stands inside it"]),
    "no value": ('[{"a", "b": }, {"c"}]', [{}, {}], ["line 1: the field 'a' has no value", "line 1: the field 'c' has no value"]),
    "quotes inside": ('[{"a": "he "said", so"}]', [{"a": "he "}], ["line 1: 'said' stands where a field should begin"]),
    "a comma too few": ('[{"a": "x" "b": "y"}]', [{"a": "x", "b": "y"}], ["line 1: a comma is missing"]),
    "a name twice": ('[{"a": "x", "a": "y"}]', [{"a": "x"}], ["line 1: the field 'a' comes twice"]),
    "a word as value": ('[{"a": maybe}]', [{"a": "maybe"}], ["line 1: 'maybe' stands for a value"]),
    "half a pair": (r'[{"a": "\ud83d"}]', [{"a": r"\ud83d"}], ["line 1: a text has a backslash that means nothing"]),
    "an escape of nothing": (r'[{"a": "\q"}]', [{"a": r"\q"}], ["line 1: a text has a backslash that means nothing"]),
}


@pytest.mark.parametrize(("text", "fields", "damage"), CUT.values(), ids=CUT.keys())
def test_the_tolerant_reader_keeps_and_tells(text: str, fields, damage, tmp_path: Path) -> None:
    found = records(text)
    assert [record.fields for record in found] == fields
    assert [record.damage for record in found] == damage


flat = some.lists(some.dictionaries(some.text(max_size=20), some.text() | some.none(), max_size=5), max_size=8)


@given(flat, some.booleans(), some.sampled_from([None, 0, 4]))
def test_what_json_wrote_reads_back_with_commas_too_many(rows, ascii_only: bool, indent) -> None:
    """With the commas where the published files have them: after the last field and after the last record."""
    each = [json.dumps(one, ensure_ascii=ascii_only, indent=indent) for one in rows]
    text = "[\n" + "".join((one[:-1] + ",}" if made else one) + ",\n" for one, made in zip(each, rows, strict=True)) + "]"
    for written in (text, json.dumps(rows, ensure_ascii=ascii_only, indent=indent)):
        found = records(written)
        assert [record.fields for record in found] == rows
        assert not any(record.damage for record in found)


@given(flat.filter(bool), some.data())
def test_a_file_that_is_cut_anywhere_is_refused(rows, data) -> None:
    text = json.dumps(rows, indent=1)
    with pytest.raises(PlumblineError, match=r"^line \d+: "):
        records(text[: data.draw(some.integers(0, len(text) - 1))])


@given(some.text(some.sampled_from(list('[]{},:"\\\n\r ax1\u2028')), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    found, told = [], "line "
    try:
        found = records("[" + text + "]")
    except PlumblineError as problem:
        told = str(problem)
    assert told.startswith("line ")
    assert all(1 <= record.line <= text.count("\n") + 1 for record in found)
