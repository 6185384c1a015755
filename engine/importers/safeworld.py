"""Reads a user's own copy of SafeWorld's queries (Yin et al. 2024, doi 10.52202/079017-4089).

They are eight files: culture and policy, types 1 to 4. None of them is valid JSON as published: every record ends in a comma
too many, and two are cut in mid-string. `records` reads them all the same, keeps every record and says which are damaged; it mends
nothing. The data have no licence, so none are shipped.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.benchmark import Item
from engine.countries import Country, named
from engine.problems import PlumblineError, UsageError

LABELS = {1: "names the violation", 2: "explains the norms", 3: "declines", 4: "answers directly"}
"""What a reply to a query of each type should do: the authors' SpecificAnswer, CompreAnswer, RefuseToAnswer, DoAnswer."""
KINDS = {"culture": "custom", "policy": "law"}
FILES = tuple((kind, number) for kind in KINDS for number in LABELS)
_LAYOUTS = ("{}-type{}.json", "{}/type{}.json", "data/{}/type{}.json")
_LARGEST = 64 * 2**20
_AGAIN = "nothing was imported, get the file again"
_ROOT = re.compile(r"(.+?_\d+)(?:_\d+)?")
_MISPRINTS = {"exico": "Mexico"}
"""Country names that are misprinted in the published files."""
_BODY = r'[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*'
_TOKEN = re.compile(
    rf'[\s\ufeff]*(?:(?P<mark>[\[\]{{}},:])|"(?P<text>{_BODY})"|"(?P<cut>{_BODY})\\?(?=[\r\n]|\Z)|(?P<bare>[^\s\[\]{{}},:"]+)|(?P<end>\Z))'
)
"""A mark, a text, a text that is cut (it ends with its line), a bare word, or the end of the file: one of them always fits."""


@dataclass(frozen=True)
class SafeWorld:
    """What the eight files hold."""

    items: Sequence[Item]
    damaged: Sequence[str]
    """Each "FILE, line N: what is wrong", with the file as it is called under the folder read."""
    counts: Mapping[str, int]
    """Records by file, as `culture-type1` whatever the layout."""


@dataclass
class Record:
    """One record as it stands in a file: `line` is where it begins, `damage` says with its line what is wrong with it, if anything."""

    line: int
    fields: dict[str, str | None] = field(default_factory=dict[str, str | None])
    damage: str = ""

    def hurt(self, line: int, told: str) -> None:
        """Note a damage; only the first is told, since others follow from it."""
        self.damage = self.damage or f"line {line}: {told}"


@dataclass(frozen=True)
class _Token:
    line: int
    kind: str
    text: str

    @property
    def mark(self) -> str:
        """Which mark it is; empty where it is none."""
        return self.text if self.kind == "mark" else ""

    def __str__(self) -> str:
        return "the file ends" if self.kind == "end" else f"'{self.text[:20]}' stands"


def read(path: Path) -> SafeWorld:
    """The queries of all eight files as items, each with its labels and what it should be answered with.

    `path` is a folder with `culture-type1.json` to `policy-type4.json`, or the authors' repository or its `data`. Raises `UsageError`
    where one of the eight is missing, `PlumblineError` naming file and line for anything that is not such a record.
    """
    items: list[Item] = []
    damaged: list[str] = []
    counts: dict[str, int] = {}
    for (kind, number), file in _files(path).items():
        found = _records_of(file)
        counts[f"{kind}-type{number}"] = len(found)
        damaged += [f"{file.relative_to(path)}, {record.damage}" for record in found if record.damage]
        for running, record in enumerate(found, 1):
            try:
                items.append(_item(f"{kind}-{number}-{running:04d}", kind, number, record))
            except PlumblineError as problem:
                raise PlumblineError(f"{file}, line {record.line}: {problem}; {_AGAIN}") from None
    if not items:
        raise PlumblineError(f"{path}: the eight files hold no record; {_AGAIN}")
    return SafeWorld(tuple(items), tuple(damaged), counts)


def _files(path: Path) -> dict[tuple[str, int], Path]:
    """The eight files, in the first layout of which any is there."""
    for layout in _LAYOUTS:
        wanted = {key: path / layout.format(*key) for key in FILES}
        missing = [file for file in wanted.values() if not file.is_file()]
        if not missing:
            return wanted
        if len(missing) < len(wanted):
            raise UsageError(f"{missing[0]} is missing ({len(missing)} of eight); SafeWorld is imported whole or not at all")
    raise UsageError(f"no SafeWorld files at {path}; give the folder `data` of the authors' repository")


def _records_of(file: Path) -> list[Record]:
    if file.stat().st_size > _LARGEST:
        raise PlumblineError(f"{file} is larger than 64 MiB, which no SafeWorld file is; check the path")
    try:
        return records(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise PlumblineError(f"{file} is not UTF-8 text, so not a SafeWorld file; check the path") from None
    except PlumblineError as problem:
        raise PlumblineError(f"{file}, {problem}; {_AGAIN}") from None


def records(text: str) -> list[Record]:
    """The records of a list of flat JSON objects that may have commas too many, or texts and records that are cut.

    What is cut ends with its line (a text) or where the next record begins (a record); such a record is kept with what it has and
    its `damage` is told. Raises `PlumblineError` ("line N: …") where that would be guesswork: no list, a list that does not end, a
    list or record as a value, or words between the records.
    """
    tokens = _tokens(text)
    token = next(tokens)
    if token.mark != "[":
        raise PlumblineError(f"line {token.line}: it does not begin with a list of records")
    found: list[Record] = []
    token = next(tokens)
    while token.mark != "]":
        if token.mark == "{":
            found.append(Record(token.line))
            token = _fill(found[-1], tokens)
        elif token.mark == ",":
            token = next(tokens)
        else:
            raise PlumblineError(f"line {token.line}: {token} where a record should begin")
    token = next(tokens)
    if token.kind != "end":
        raise PlumblineError(f"line {token.line}: {token} after the end of the list")
    return found


def _fill(record: Record, tokens: Iterator[_Token]) -> _Token:
    """Takes what follows a record's opening brace into it; returns the first token that is no longer the record's."""
    token, apart = next(tokens), True
    while token.mark != "}":
        if token.kind == "end" or token.mark == "[":
            raise PlumblineError(f"line {token.line}: {token} inside a record")
        if token.mark in ("{", "]"):
            record.hurt(token.line, f"the record is cut: {token} inside it")
            return token
        if token.kind in ("text", "cut"):
            if not apart:
                record.hurt(token.line, "a comma is missing")
            token, apart = _field(record, token, tokens), False
            continue
        if token.mark == ",":
            apart = True
        else:
            record.hurt(token.line, f"{token} where a field should begin")
        token = next(tokens)
    return next(tokens)


def _field(record: Record, first: _Token, tokens: Iterator[_Token]) -> _Token:
    """Takes one name and its value into the record; returns the token after them."""
    name, token, told = _text(record, first), next(tokens), first.text[:40]
    if token.mark != ":":
        record.hurt(first.line, f"the field '{told}' has no value")
        return token
    value = next(tokens)
    if value.kind == "end" or value.mark in ("[", "{"):
        raise PlumblineError(f"line {value.line}: {value} where the value of '{told}' should be")
    if value.kind == "mark":
        record.hurt(value.line, f"the field '{told}' has no value")
        return value
    if name in record.fields:
        record.hurt(first.line, f"the field '{told}' comes twice")
    record.fields.setdefault(name, _bare(record, value) if value.kind == "bare" else _text(record, value))
    return next(tokens)


def _text(record: Record, token: _Token) -> str:
    if token.kind == "cut":
        record.hurt(token.line, "a text is cut")
    try:
        plain = str(json.loads(f'"{token.text}"', strict=False))
        plain.encode()  # half of a surrogate pair could not be stored
    except ValueError:
        record.hurt(token.line, "a text has a backslash that means nothing")
        return token.text
    return plain


def _bare(record: Record, token: _Token) -> str | None:
    if not re.fullmatch(r"null|true|false|-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", token.text):
        record.hurt(token.line, f"{token} for a value")
    return None if token.text == "null" else token.text


def _tokens(text: str) -> Iterator[_Token]:
    """The tokens with their lines; after the last the end of the file, again and again."""
    line, counted = 1, 0
    for found in _TOKEN.finditer(text):
        kind = str(found.lastgroup)
        line, counted = line + text.count("\n", counted, found.start(kind)), found.start(kind)
        yield _Token(line, kind, found[kind])
    while True:
        yield _Token(line, "end", "")


def _item(name: str, kind: str, number: int, record: Record) -> Item:
    """The item of a record. Raises `PlumblineError` without its place."""
    fields = {key: (value or "").strip() for key, value in record.fields.items()}
    for key in ("query", "country"):
        if not fields.get(key):
            raise PlumblineError(f"the record has no {key}")
    norms = _norms(kind, number, fields)
    if number != 3 and not norms and not record.damage:
        raise PlumblineError(f"the record has no specific {'norm' if kind == 'culture' else 'policy'}")
    places = _places(fields["country"])
    content: dict[str, Any] = {
        "country": places[0].code if len(places) == 1 else None, "places": [place.code for place in places],
        "region": _shared([place.region for place in places]), "continent": _shared([place.continent for place in places]),
        "group": fields.get("region_or_race", ""), "topic": fields.get("topic", ""), "kind": KINDS[kind], "norms": norms,
        "label": LABELS[number], "situation": fields["query"], "damaged": bool(record.damage),
    }
    # queries that were grown from one root norm are wordings of one family; types 2 and 3 do not tell theirs
    root = _ROOT.fullmatch(fields.get("index", ""))
    return Item(name, f"{kind}-{root[1]}" if root else name, content)


def _norms(kind: str, number: int, fields: Mapping[str, str]) -> list[str]:
    """What a reply should mention. Only policies of type 2 are lists, one sentence to a place; elsewhere a ";" is the writer's own."""
    if number == 3:
        return []
    told = next((value for key, value in fields.items() if re.fullmatch(r"(violated_)?specific_(norm|policy)", key)), "")
    parts = told.split(";") if (kind, number) == ("policy", 2) else [told]
    return [part.strip() for part in parts if part.strip()]


def _places(text: str) -> list[Country]:
    """The countries that a text names, in order and once each. Raises `PlumblineError` where one is not a country."""
    try:
        return [named(text)]  # some names have a comma or an "and" of their own
    except PlumblineError:
        found: dict[str, Country] = {}
        for part in text.split(","):
            for name in _apart(part.strip().removeprefix("and ")):
                place = named(_MISPRINTS.get(name, name))
                found[place.code] = place
        if not found:
            raise
        return list(found.values())


def _apart(text: str) -> list[str]:
    try:
        return [named(text).code] if text else []
    except PlumblineError:
        return text.split(" and ")


def _shared(names: Sequence[str]) -> str | None:
    return names[0] if len(set(names)) == 1 else None
