"""Reads anybody's regional situations: a CSV in the format of `docs/importing-situations.md`, or NormAd's own.

The items have the fields of `engine.benchmarks.regions`, so that they can be posed and scored like the shipped situations.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from engine.benchmark import Item
from engine.benchmarks.regions import FIELDS
from engine.countries import named
from engine.importers.story_rows import LONGEST, LONGEST_ID, csv_rows, text_of
from engine.problems import PlumblineError, UsageError

REQUIRED = ("country", "situation", "label", "norm")
OPTIONAL = {"topic": "", "kind": "custom", "support": "as imported", "reason": "", "implicit": "false", "reviewed": ""}
"""What a field is when its column is missing or its cell empty; an `id` is then "row-" and the row's number."""
NORMAD = {"story": "situation", "goldlabel": "label", "ruleofthumb": "norm", "explanation": "reason", "axis": "topic"}
"""NormAd's names for our columns, as `_plain` writes them; its ID and Country are ours."""
LABELS = {
    "acceptable": "acceptable", "yes": "acceptable", "not acceptable": "not acceptable", "no": "not acceptable",
    "no norm applies": "no norm applies", "neutral": "no norm applies",
}
KINDS = ("custom", "law")


def read(path: Path) -> Sequence[Item]:
    """The situations of a CSV file; `content` has the fields of `regions`, and `region` and `continent` of the country.

    Raises `UsageError` when there is no such file, `PlumblineError` naming the first row at fault (the head is row 1).
    """
    rows = _rows(path, _text(path))
    head = next(rows, None)
    columns = _columns(path, head[2] if head else [])
    items: dict[str, Item] = {}
    for number, place, cells in rows:
        try:
            item = _item({name: cells[at].strip() for name, at in columns.items()}, number)
            if item.id in items:
                raise PlumblineError(f"the id '{item.id}' comes twice")
        except PlumblineError as problem:
            raise PlumblineError(f"{path}, {place}: {problem}") from None
        items[item.id] = item
    if not items:
        raise PlumblineError(f"{path} has no rows under its head; give at least one situation")
    return tuple(items.values())


def _text(path: Path) -> str:
    if not path.is_file():
        raise UsageError(f"no file {path}; give a CSV with the columns {', '.join(REQUIRED)}")
    return text_of(path)


def _rows(path: Path, text: str) -> Iterator[tuple[int, str, Sequence[str]]]:
    """Each row that is not blank, with its number and its place in words. The first is the head; the others have as many cells."""
    for row in csv_rows(text):
        # a cell may hold several lines, so that the row a spreadsheet shows and the line an editor shows differ
        place = f"row {row.number}" if row.line == row.number else f"row {row.number} (line {row.line})"
        if row.problem:
            raise PlumblineError(f"{path}, {place}: {row.problem}")
        yield row.number, place, row.cells


def _columns(path: Path, head: Sequence[str]) -> Mapping[str, int]:
    """Where each of our fields stands. Columns that mean nothing to us are left alone."""
    if not head:
        raise PlumblineError(f"{path} is empty; its first row must name the columns {', '.join(REQUIRED)}")
    ours = {_plain(name): name for name in FIELDS} | NORMAD
    columns: dict[str, int] = {}
    for at, told in enumerate(head):
        name = ours.get(_plain(told))
        if name in columns:
            both = " and ".join(f"'{' '.join(head[place].split())[:40]}'" for place in (columns[name], at))
            raise PlumblineError(f"{path}: the columns {both} both mean {name}; keep one")
        if name:
            columns[name] = at
    if missing := [name for name in REQUIRED if name not in columns]:
        found = " ".join(", ".join(head).split())[:200]
        raise PlumblineError(f"{path}: the column {missing[0]} is missing; found {found} (cells are parted by commas)")
    return columns


def _plain(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _item(row: Mapping[str, str], number: int) -> Item:
    """A checked item. Raises `PlumblineError` without its place."""
    for name in REQUIRED:
        if not row[name]:
            raise PlumblineError(f"it has no {name}")
    for name, told in row.items():
        if len(told) > LONGEST:
            raise PlumblineError(f"its {name} has {len(told)} characters; at most {LONGEST} are taken")
    fields = OPTIONAL | {name: told for name, told in row.items() if told}
    country = named(fields["country"])
    identity = fields.get("id") or f"row-{number}"
    if len(identity) > LONGEST_ID or not identity.isprintable():
        raise PlumblineError(f"its id is not one line of at most {LONGEST_ID} characters")
    content = {
        **fields, "id": identity, "country": country.code, "kind": _one_of("kind", fields["kind"], {kind: kind for kind in KINDS}),
        "label": _one_of("label", fields["label"], LABELS),
        "implicit": _one_of("implicit", fields["implicit"], {"true": "true", "false": "false"}) == "true",
    }
    ordered = {name: content[name] for name in FIELDS}
    return Item(identity, identity, {**ordered, "region": country.region, "continent": country.continent})


def _one_of(name: str, told: str, known: Mapping[str, str]) -> str:
    found = known.get(" ".join(told.casefold().replace("_", " ").split()))
    if found is None:
        raise PlumblineError(f"its {name} is '{' '.join(told.split())[:40]}'; choose from {', '.join(known)}")
    return found
