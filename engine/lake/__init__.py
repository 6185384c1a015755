"""Where results live: DuckDB tables kept by DuckLake, on a folder or a PostgreSQL catalogue."""

from engine.lake.connection import Lake

__all__ = ["Lake"]
