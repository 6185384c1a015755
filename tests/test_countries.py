import pytest

from engine.countries import ALSO, countries, country, named
from engine.problems import PlumblineError

WRITTEN = {
    "KE": "KE ke KEN Kenya kenya KENYA", "TR": "Turkey Türkiye turkiye", "RU": "Russia", "VN": "Vietnam", "LA": "Laos",
    "SY": "Syria", "TZ": "Tanzania", "BO": "Bolivia", "VE": "Venezuela", "MD": "Moldova", "IR": "Iran", "XK": "Kosovo XK",
    "TW": "Taiwan", "PS": "Palestine Palestinian_territories", "HK": "Hong_Kong", "KR": "South_Korea",
    "GB": "UK U.K. Scotland Great_Britain GB United_Kingdom", "US": "US U.S. USA U.S.A. United_States the_United_States_of_America",
    "CD": "D.R.C. DRC DR_Congo Democratic_Republic_of_the_Congo", "CG": "Congo", "CI": "Ivory_Coast Côte_d'Ivoire Cote_d\u2019Ivoire",
    "NE": "Niger", "NG": "Nigeria", "KP": "North_Korea", "BA": "Bosnia_and_Herzegovina Bosnia_&_Herzegovina", "NL": "The_Netherlands",
}


@pytest.mark.parametrize(
    ("code", "text"),
    [(code, text) for code, texts in WRITTEN.items() for text in texts.split()]
    + [("KR", "Korea, Republic of"), ("KR", " Republic  of Korea "), ("IR", "Iran, Islamic Republic of"), ("US", "U. S.")],
)
def test_a_country_as_people_write_it(code: str, text: str) -> None:
    assert named(text) is country(code)


def test_every_tile_is_found_by_its_code_and_name_and_no_name_in_use_is_another_countrys() -> None:
    for place in countries().values():
        assert named(place.code) is named(place.name) is place
    for code in set(ALSO) & set(countries()):
        assert {named(name).code for name in ALSO[code]} == {code}


@pytest.mark.parametrize(
    "text",
    ["Atlantis", "", " ", "..", "the", "Nigerr", "Nige", "Korea", "Kenya, Tanzania", "Kenya and Tanzania", "404", "x" * 10_000, "a\nb"],
)
def test_nothing_is_guessed(text: str) -> None:
    with pytest.raises(PlumblineError, match=r"^'.{0,60}' is not a country; give ") as told:
        named(text)
    assert "\n" not in str(told.value)


def test_a_country_without_a_tile_says_so() -> None:
    with pytest.raises(PlumblineError, match=r"'GP' has no place in data/countries\.csv"):
        named("Guadeloupe")
