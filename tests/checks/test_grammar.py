"""What is taken as a check and what is not, before any of it is run."""

import time

import duckdb
import pytest

from engine.checks.grammar import FUNCTIONS, LONGEST, OPERATORS, taken
from engine.problems import UsageError

COLUMNS = ("prompt", "reply", "lang", "Odd name")


@pytest.mark.parametrize(("expression", "used"), [
    ("length(reply) < 400 AND NOT regexp_matches(reply, 'price')", ("reply",)),
    ("REPLY ILIKE '%a%' ESCAPE '!' OR prompt = reply", ("prompt", "reply")),
    ("len(list_filter(string_split(reply, ' '), w -> length(w) > 20)) = 0", ("reply",)),
    ("len([w for w in string_split(reply, ' ') if w = lang]) > 1", ("reply", "lang")),
    ("(lang -> '$.code') IS NOT NULL AND lang ->> '$.code' IN ('en', 'fr')", ("lang",)),
    ("CASE WHEN \"odd name\" = 'a' THEN true ELSE reply::JSON IS NULL END", ("reply", "Odd name")),
    ("try(CAST(reply AS INTEGER)) BETWEEN 1 AND 6 -- a rating", ("reply",)),
    ("extract(year FROM strptime(reply, '%Y')) > 2000 OR reply[1:3] COLLATE nocase = 'abc'", ("reply",)),
    ("reply = 'no; DROP TABLE -- it''s only text'", ("reply",)),
])
def test_it_takes_an_expression_and_names_its_columns(expression: str, used: tuple[str, ...]) -> None:
    assert taken(expression, COLUMNS) == used


@pytest.mark.parametrize(("expression", "why"), [
    ("true FROM read_text('/etc/passwd')", "ends before it is whole|not SQL"),
    ("true FROM read_text('/etc/passwd') --", "ends before it is whole"),
    ("(SELECT content FROM read_text('/etc/passwd')) = ''", "a subquery"),
    ("EXISTS (FROM glob('/*'))", "a subquery"),
    ("'a' = ANY (SELECT content FROM read_csv('x'))", "a subquery"),
    ("(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t) > 0", "a subquery"),
    ("len(list_filter([1], x -> (SELECT true))) > 0", "a subquery"),
    ("len(list_filter([1], x -> (getenv('HOME') -> '$') IS NULL)) > 0", "may not call getenv"),
    ("len(list_filter([1], getenv(reply) -> true)) > 0", "may not call getenv"),
    ("true; COPY output TO '/tmp/x'", "second statement|ends before"),
    ("true; SELECT true", "second statement"),
    ("true UNION SELECT true", "one expression"),
    ("COPY output TO '/tmp/x'", "not SQL"),
    ("ATTACH '/tmp/x.db'", "may not turn anything into ATTACH"),
    ("PRAGMA version", "not SQL"),
    ("getenv('HOME') = ''", "may not call getenv"),
    ("current_setting('home_directory') = ''", "may not call current_setting"),
    ("json_serialize_plan('SELECT 1')::VARCHAR = ''", "may not call json_serialize_plan"),
    ("write_log('x') IS NULL", "may not call write_log"),
    ("sleep_ms(10000) IS NULL", "may not call sleep_ms"),
    ("len(range(1000000000000)) > 0", "may not call range"),
    ("length(repeat(reply, 1000000000)) > 0", "may not call repeat"),
    ("random() < 0.5", "may not call random"),
    ("now() > strptime('2020', '%Y')", "may not call now"),
    ("current_date > 1", "no column 'current_date'"),
    ("count(*) > 1", "may not call count_star"),
    ("bool_and(true)", "may not call bool_and"),
    ("row_number() OVER () = 1", "a window"),
    ("unnest([true])", "may not call unnest"),
    ("*", "a star"),
    ("COLUMNS('r.*') = 'a'", "a star"),
    ("#1", "by its number"),
    ("$1", "one expression"),
    ("secret = 'a'", "no column 'secret'.*prompt, reply, lang"),
    ("output.reply = 'a'", "no column 'output.reply'"),
    ("rowid = 0", "no column 'rowid'"),
    ("reply.length() > 3", r"write length\(…\)"),
    ("reply::uuid IS NULL", "may not turn anything into"),
    ("true, false", "one expression"),
    ("true AS verdict", "one expression"),
    ("DISTINCT true", "one expression"),
    ("length(reply) FILTER (WHERE true) > 1", "FILTER"),
    ("length(reply", "ends before it is whole"),
    ("length(reply) << ) 3", r"character 18"),
    ("", "not SQL"),
    ("'a\0b' = reply", "cannot be printed"),
    ("true" + " " * LONGEST, "shorten it"),
    ("(" * 990 + "1" + ")" * 990 + " = 1 =", "ends before|not SQL|deeply"),
    ("f(" * 600 + "1" + ")" * 600, "deeply|may not call"),
])
def test_it_takes_nothing_else(expression: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as told:
        taken(expression, COLUMNS)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("piece", [
    "+", "-+", "(", "[", "NOT ", "a->", "CASE WHEN ", "f(", "x[", "{'a':", "(SELECT ", "/*", "'a", "$$", "[x for x in ", "~",
    "+" * 99 + " ",
])
def test_no_text_holds_the_parser_up(piece: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(UsageError):
        taken((piece * LONGEST)[:LONGEST], COLUMNS)
    assert time.perf_counter() - begun < 2


def test_every_listed_function_exists_and_depends_on_nothing_but_its_text() -> None:
    told = duckdb.sql("SELECT function_name, function_type, coalesce(stability, 'CONSISTENT') FROM duckdb_functions()").fetchall()
    steady = {name for name, kind, stability in told if kind in ("scalar", "macro") and stability == "CONSISTENT"}
    listed = {name for names in FUNCTIONS.values() for name in names} | OPERATORS
    assert listed <= steady
