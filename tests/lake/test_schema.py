"""A lake of an earlier version is raised, one of a later version is left alone."""

import pytest

from engine.lake import Lake, rubrics
from engine.lake.schema import ADDED, TABLES, VERSION
from engine.problems import PlumblineError

NEW = [column.split()[0] for columns in ADDED[2].values() for column in columns]


def columns(lake: Lake, table: str) -> list[str]:
    found = lake.read("SELECT column_name FROM information_schema.columns WHERE table_name = $name", {"name": table})
    return found["column_name"].to_list()


def as_it_was_in_version_1(lake: Lake) -> None:
    def back(cursor) -> None:
        for column in NEW:
            cursor.execute(f"ALTER TABLE turns DROP COLUMN {column}")
        cursor.execute("DROP TABLE events")
        cursor.execute("DELETE FROM lake_version")
        cursor.execute("INSERT INTO lake_version VALUES (1)")
        cursor.execute("INSERT INTO turns (run, trial, turn, reply) VALUES ('old', 't', 0, 'kept')")
        cursor.execute("INSERT INTO runs (id, planned) VALUES ('old', 1)")

    lake.write(back)


def test_an_older_lake_gets_what_it_lacks_and_keeps_what_it_has() -> None:
    with Lake.open() as lake:
        whole = {table: columns(lake, table) for table in TABLES}
        as_it_was_in_version_1(lake)
        assert not set(NEW) & set(columns(lake, "turns"))
    with Lake.open() as lake:
        assert {table: sorted(columns(lake, table)) for table in TABLES} == {table: sorted(names) for table, names in whole.items()}
        assert lake.read("SELECT reply, attempts, reused FROM turns").rows() == [("kept", None, None)]
        assert lake.read("SELECT max(version) AS version FROM lake_version")["version"][0] == VERSION
    with Lake.open() as lake:
        assert lake.read("SELECT count(*) AS n FROM lake_version")["n"][0] == 2, "raised once"


def test_a_lake_of_version_3_gets_findings_and_decks_without_being_rewritten() -> None:
    new = ("findings", "decks", "newest_versions")

    def back(cursor) -> None:
        for table in new:
            cursor.execute(f"DROP TABLE {table}")
        cursor.execute("DELETE FROM lake_version")
        cursor.execute("INSERT INTO lake_version VALUES (3)")
        cursor.execute("INSERT INTO runs (id, planned) VALUES ('old', 1)")

    with Lake.open() as lake:
        lake.write(back)
        lake.tidy()
        rows = lake.read("SELECT rowid, * FROM runs")
    with Lake.open() as lake:
        for table in new:
            names = [column.split()[0] for column in TABLES[table].split(",")]
            assert columns(lake, table) == names
            assert lake.read(f"SELECT count(*) AS n FROM {table}")["n"][0] == 0
        assert lake.read("SELECT rowid, * FROM runs").equals(rows)
        assert lake.read("SELECT max(version) AS version FROM lake_version")["version"][0] == VERSION >= 4


def test_a_lake_of_version_4_gets_rubrics_and_keeps_its_decks() -> None:
    new = ("rubrics", "outputs", "criteria", "grades", "assertions", "verdicts", "choices", "attachments")

    def back(cursor) -> None:
        for table in new:
            cursor.execute(f"DROP TABLE {table}")
        cursor.execute("DELETE FROM lake_version")
        cursor.execute("INSERT INTO lake_version VALUES (4)")
        cursor.execute("INSERT INTO newest_versions VALUES ('deck', 2)")

    with Lake.open() as lake:
        lake.write(back)
        lake.tidy()
    with Lake.open() as lake:
        for table in new:
            assert columns(lake, table) == [column.split()[0] for column in TABLES[table].split(",")]
        assert rubrics.create(lake, "One", "me")
        assert lake.read("SELECT version FROM newest_versions WHERE id = 'deck'")["version"].to_list() == [2]
        assert lake.read("SELECT max(version) AS version FROM lake_version")["version"][0] == VERSION >= 5


def test_a_newer_lake_is_refused_with_what_to_do() -> None:
    with Lake.open() as lake:
        lake.write(lambda cursor: cursor.execute(f"INSERT INTO lake_version VALUES ({VERSION + 1})"))
    with pytest.raises(PlumblineError, match=f"version {VERSION + 1}.*update Plumbline") as raised:
        Lake.open()
    assert "\n" not in str(raised.value)
