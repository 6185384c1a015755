"""The numbers of an exhibit one by one: which there are to pick, and one of them to be read from the back row."""

from typing import Any

from engine.figures.exhibit import Exhibit
from engine.figures.palette import SOURCES, value_text
from engine.reports.deck import Pick
from engine.reports.sheets import BigNumber
from engine.reports.wording import counted, line

KEYS = ("model", "metric", "facet", "benchmark")


def picks(exhibit: Exhibit) -> list[tuple[Pick, str]]:
    """Every number that can be picked, with what it is of in words; none where the exhibit's numbers have no `value`."""
    found: dict[Pick, str] = {}
    for row in _rows(exhibit):
        found.setdefault(_pick(row), _name(row))
    return list(found.items())


def big_number(exhibit: Exhibit, pick: Pick | None) -> BigNumber | None:
    """The picked number (the first, where none is picked); `None` where the exhibit does not have it."""
    row = next((row for row in _rows(exhibit) if pick is None or _pick(row) == pick), None)
    if row is None:
        return None
    value, _, ends = value_text({"low": None, "high": None, **row}, percent=exhibit.percent).partition(" (")
    ends = ends.rstrip(")")
    unit = " %" if exhibit.percent else ""
    interval = f"95 % interval {ends}{unit}" if " to " in ends else "no interval is known"
    said = [_name(row), _counts(row), line(str(row.get("method") or ""))]
    return BigNumber(value, interval, ". ".join(part.rstrip(".") for part in said if part) + ".")


def _rows(exhibit: Exhibit) -> list[dict[str, Any]]:
    numbers = exhibit.numbers
    return numbers.rows(named=True) if "value" in numbers.columns and numbers.schema["value"].is_numeric() else []


def _pick(row: dict[str, Any]) -> Pick:
    return Pick(**{name: str(row.get(name) or "") for name in KEYS})


def _name(row: dict[str, Any]) -> str:
    model, source = str(row.get("model") or ""), str(row.get("source") or "")
    of = model.removeprefix("simulated/") if source == "simulated" else model
    marked = f"{of} ({SOURCES.get(source, source)})" if source and source != "measured" else of
    what = ", ".join(str(row[name]).replace("_", " ") for name in ("metric", "facet") if row.get(name))
    return line(" of ".join(part for part in (what[:1].upper() + what[1:], marked) if part))


def _counts(row: dict[str, Any]) -> str:
    trials, stems = row.get("trials"), row.get("stems")
    said = [counted(int(trials), "trial")] if trials is not None else []
    said += [counted(int(stems), "independent unit")] if stems is not None else []
    return ", ".join(said) or "How many it rests on is not known"
