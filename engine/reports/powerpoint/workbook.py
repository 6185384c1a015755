"""The workbook inside a chart: what "Edit data" opens. It holds the exhibit's numbers bit for bit, and the lengths of the intervals."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from engine.reports.powerpoint.words import escaped, one_line

SHEET = "Sheet1"


class Exact(Worksheet):
    """A worksheet that keeps all digits: XlsxWriter's own rounds to sixteen, which is not always the same number."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        told = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{told}><v>{number!r}</v></c>")


@dataclass(frozen=True)
class Column:
    """A column of the sheet. `less`: the columns that it is the difference of, kept as a formula."""

    letter: str
    header: str
    values: tuple[float | str | None, ...]
    less: "tuple[Column, Column] | None" = None

    @property
    def cells(self) -> str:
        """The address of its values."""
        return f"{SHEET}!${self.letter}$2:${self.letter}${len(self.values) + 1}"

    def named(self) -> str:
        """Its header as a reference in the chart's XML."""
        return (f"<c:strRef><c:f>{SHEET}!${self.letter}$1</c:f><c:strCache><c:ptCount val=\"1\"/>"
                f'<c:pt idx="0"><c:v>{escaped(self.header)}</c:v></c:pt></c:strCache></c:strRef>')

    def words(self) -> str:
        """Its words as a reference in the chart's XML."""
        points = "".join(f'<c:pt idx="{at}"><c:v>{escaped(str(word))}</c:v></c:pt>' for at, word in enumerate(self.values))
        return (f'<c:strRef><c:f>{self.cells}</c:f><c:strCache><c:ptCount val="{len(self.values)}"/>{points}</c:strCache></c:strRef>')

    def numbers(self, form: str) -> str:
        """Its numbers as a reference; what is missing has no point."""
        points = "".join(
            f'<c:pt idx="{at}"><c:v>{value!r}</c:v></c:pt>' for at, value in enumerate(self.values) if value is not None
        )
        return (f"<c:numRef><c:f>{self.cells}</c:f><c:numCache><c:formatCode>{escaped(form)}</c:formatCode>"
                f'<c:ptCount val="{len(self.values)}"/>{points}</c:numCache></c:numRef>')


class Grid:
    """The sheet while it is filled, column by column."""

    def __init__(self) -> None:
        self.columns: list[Column] = []

    def add(self, header: str, values: Sequence[float | str | None]) -> Column:
        """A column of words or numbers; what is not finite is missing."""
        kept = tuple(value if isinstance(value, str) else _number(value) for value in values)
        return self._kept(Column(self._letter(), one_line(header), kept))

    def difference(self, header: str, upper: Column, lower: Column) -> Column:
        """`upper` less `lower` in each row that has both."""
        values = tuple(_less(one, other) for one, other in zip(upper.values, lower.values, strict=True))
        return self._kept(Column(self._letter(), one_line(header), values, (upper, lower)))

    def file(self, form: str) -> bytes:
        """The workbook; numbers are shown in this format."""
        held = io.BytesIO()
        with Workbook(held, {"in_memory": True, "strings_to_formulas": False}) as book:
            sheet: Any = book.add_worksheet(SHEET, worksheet_class=Exact)
            style, bold = book.add_format({"num_format": form}), book.add_format({"bold": True})
            for at, column in enumerate(self.columns):
                sheet.write_string(0, at, column.header, bold)
                for row, value in enumerate(column.values, 1):
                    if isinstance(value, str):
                        sheet.write_string(row, at, value)
                    elif value is not None and column.less:
                        upper, lower = (one.letter for one in column.less)
                        sheet.write_formula(row, at, f"={upper}{row + 1}-{lower}{row + 1}", style, repr(value))
                    elif value is not None:
                        sheet.write_number(row, at, value, style)
                sheet.set_column(at, at, 34 if at == 0 else 16)
        return held.getvalue()

    def _letter(self) -> str:
        return str(xl_col_to_name(len(self.columns)))

    def _kept(self, column: Column) -> Column:
        self.columns.append(column)
        return column


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def _less(one: float | str | None, other: float | str | None) -> float | None:
    return one - other if isinstance(one, float) and isinstance(other, float) else None
