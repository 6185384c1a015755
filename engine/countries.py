"""Countries as Plumbline groups and draws them: code, name, region, continent, place on the tile grid of the world.

Regions are the United Nations' (M49); the Americas are split into two continents. The grid is our own: every country is one
tile, so that a small one can be read as well as a large one.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pycountry

from engine.benchmark import DATA
from engine.problems import PlumblineError

CONTINENTS = ("Africa", "Asia", "Europe", "North America", "South America", "Oceania")
OWN = {"XK": "Kosovo"}
"""Codes in wide use that ISO 3166 leaves to users."""


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
