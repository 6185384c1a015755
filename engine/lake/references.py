"""Published figures: read from `data/reference/*.csv`, kept in the lake, replaced when a file changes."""

from pathlib import Path

import duckdb
import polars as pl

from engine.benchmark import DATA
from engine.lake.connection import Lake
from engine.problems import PlumblineError
from engine.turns import digest

FOLDER = DATA / "reference"
SCHEMA = {
    "benchmark": pl.String, "kind": pl.String, "population": pl.String, "metric": pl.String, "facet": pl.String,
    "value": pl.Float64, "sd": pl.Float64, "n": pl.Int64, "low": pl.Float64, "high": pl.Float64, "scale": pl.String,
    "source": pl.String, "licence": pl.String, "note": pl.String,
}


def load(lake: Lake, folder: Path = FOLDER) -> int:
    """Bring the lake's references up to the files of a folder; returns how many files were read anew.

    Raises `PlumblineError` naming the file when one does not have the columns of `SCHEMA`.
    """
    known = dict(lake.read('SELECT DISTINCT file, digest FROM "references"').iter_rows())
    wanted = {path.name: digest(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.csv"))}
    changed = [name for name, mark in wanted.items() if known.get(name) != mark]
    gone = [name for name in known if name not in wanted]
    if not changed and not gone:
        return 0
    rows = [_read(folder / name).with_columns(file=pl.lit(name), digest=pl.lit(wanted[name])) for name in changed]

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.execute('DELETE FROM "references" WHERE list_contains($names, file)', {"names": [*changed, *gone]})
        for frame in rows:
            cursor.register("incoming", frame)
            cursor.execute('INSERT INTO "references" BY NAME SELECT * FROM incoming')

    lake.write(work)
    return len(changed)


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, schema=SCHEMA)
    except pl.exceptions.PolarsError as problem:
        told = str(problem).splitlines()[0]
        raise PlumblineError(f"{path} is not a table of references: {told}; its columns are {', '.join(SCHEMA)}") from None


def figures(lake: Lake, benchmark: str | None = None) -> pl.DataFrame:
    """The published figures (of one benchmark); columns as in the files."""
    return lake.read(
        f'SELECT {", ".join(SCHEMA)} FROM "references" WHERE $benchmark IS NULL OR benchmark = $benchmark'
        " ORDER BY benchmark, kind, population, metric, facet",
        {"benchmark": benchmark},
    )


def of_models(lake: Lake, benchmark: str | None = None) -> pl.DataFrame:
    """Published figures of language models in the shape of estimates (`engine.lake.estimates.COLUMNS`), source `published`.

    `trials` is the published n, `stems` is unknown, `method` names the publication.
    """
    found = figures(lake, benchmark).filter(pl.col("kind") == "model")
    return found.select(
        pl.col("population").alias("model"), pl.lit("published").alias("source"), "benchmark", "metric", "facet", "value", "low",
        "high", pl.col("n").alias("trials"), pl.lit(None, dtype=pl.Int64).alias("stems"),
        pl.lit(0, dtype=pl.Int64).alias("dropped"), pl.col("source").alias("method"),
    )
