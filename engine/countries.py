"""Countries as Plumbline groups and draws them: code, name, region, continent, place on the tile grid of the world.

Regions are the United Nations' (M49); the Americas are split into two continents. The grid is our own: every country is one
tile, so that a small one can be read as well as a large one.
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import pycountry

from engine.benchmark import DATA
from engine.problems import PlumblineError

CONTINENTS = ("Africa", "Asia", "Europe", "North America", "South America", "Oceania")
OWN = {"XK": "Kosovo"}
"""Codes in wide use that ISO 3166 leaves to users."""
ALSO = {
    "AE": ("UAE", "Emirates"), "BA": ("Bosnia", "Bosnia-Herzegovina"),
    "CD": ("DRC", "D R C", "D R Congo", "Democratic Republic of Congo", "Congo-Kinshasa", "Zaire"),
    "CG": ("Republic of Congo", "Congo-Brazzaville"), "CZ": ("Czech Republic",),
    "GB": ("UK", "U K", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "HK": ("Hong Kong SAR",), "KN": ("St Kitts and Nevis",), "LC": ("St Lucia",), "MK": ("Macedonia",), "MM": ("Burma",),
    "MO": ("Macau",), "NL": ("Holland",), "PS": ("Palestinian territory", "Palestinian territories", "Occupied Palestinian Territory"),
    "SZ": ("Swaziland",), "TL": ("East Timor",), "US": ("U S", "U S A", "America", "United States of America"),
    "VA": ("Vatican", "Vatican City"), "VC": ("St Vincent and the Grenadines",), "XK": ("Republic of Kosovo",),
}
"""Names in wide use that neither ISO 3166 nor our own table has. Parts of a country that people name in its stead stand for it."""


@dataclass(frozen=True)
class Country:
    """One tile: `column` counts from the west, `row` from the north."""

    code: str
    name: str
    region: str
    continent: str
    column: int
    row: int


@cache
def countries() -> Mapping[str, Country]:
    """Every country of the grid by its ISO 3166-1 alpha-2 code."""
    with (DATA / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        told["code"]: Country(told["code"], told["name"], told["region"], told["continent"], int(told["column"]), int(told["row"]))
        for told in rows
    }


def country(code: str) -> Country:
    """The country of a code. Raises `PlumblineError` for one that ISO 3166 does not know or that has no tile."""
    found = countries().get(code)
    if found:
        return found
    if code in OWN or pycountry.countries.get(alpha_2=code):  # pyright: ignore[reportUnknownMemberType]
        raise PlumblineError(f"country '{code}' has no place in data/countries.csv; add a line for it")
    raise PlumblineError(f"'{code}' is not a country of ISO 3166 (two letters, e.g. KE for Kenya)")


def named(text: str) -> Country:
    """The country of a code or a name as people write it: `KE`, `ken`, `South_Korea`, `U.K.`, `Iran, Islamic Republic of`.

    Case, accents, dots, underscores and a leading "the" do not matter; nothing is guessed. Raises `PlumblineError` in one line for
    anything else, and for a country that has no tile.
    """
    code = _codes().get(_plain(text))
    if code is None:
        told = " ".join(text.split())[:60]
        raise PlumblineError(f"'{told}' is not a country; give its English name or its ISO 3166 code (e.g. KE for Kenya)")
    return country(code)


def _plain(text: str) -> str:
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()
    for sign, instead in ((".", ""), ("_", " "), ("\u2019", "'"), ("&", " and ")):
        letters = letters.replace(sign, instead)
    return " ".join(letters.split()).removeprefix("the ")


@cache
def _codes() -> Mapping[str, str]:
    """The code behind every known name in its plain form. Our own names go first, so that none of ISO's can take one away."""
    codes: dict[str, str] = {}
    for code, name in _names():
        codes.setdefault(_plain(name), code)
    return codes


def _names() -> Iterator[tuple[str, str]]:
    for place in countries().values():
        yield place.code, place.code
        yield place.code, place.name
    for code, names in ALSO.items():
        for name in names:
            yield code, name
    for entry in pycountry.countries:
        for key in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
            name = str(getattr(entry, key, ""))
            if name:
                yield entry.alpha_2, name
                last, comma, first = name.partition(", ")
                if comma:  # "Korea, Republic of" is also written the other way round
                    yield entry.alpha_2, f"{first} {last}"
