"""A table as a file: CSV as Excel and RFC 4180 want it, or a workbook. No text in it is taken for a formula."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from smm.board import rows

Cells = Iterator[Sequence[Any]]  # of each row, in the order of the columns

BLOCK = 2000  # rows that are written at once
MOST_ROWS = 50_000  # of a workbook, which is made before it is sent; of CSV there may be any number
LONGEST = 32_767  # characters of a cell, in Excel
LONGEST_TITLE = 31  # characters of a sheet's name, in Excel
WIDEST = 60  # characters of a column; a longer text is read in its cell
ARROW = 3  # characters that the filter's arrow covers of a heading
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
WIDE = "\uff1d\uff0b\uff0d\uff20"  # = + - @ as East Asian keyboards write them
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *WIDE)


@dataclass(frozen=True)
class Column:
    """A column of a workbook, with the unit of its numbers as rows.py has it."""

    name: str
    unit: str = ""

    def pattern(self, cell: int | Decimal, row: Mapping[str, Any]) -> str:
        """How Excel shows the number."""
        number = "#,##0" if cell == int(cell) else "#,##0.00"
        match row["unit"] if self.unit == rows.OF_UNIT else self.unit:
            case "share" | "fraction":
                return "0.00%"
            case "money" | rows.OF_CURRENCY:
                return f'{number} "{row["currency"]}"'
            case "seconds":
                return f'{number} "s"'
            case "ratio":
                return "0.00"
            case "count" | "people":
                return number
        return "General"


class TooLong(ValueError):
    """More rows than a workbook is made of: half a table would be taken for the whole."""


def text(columns: Iterable[str], cells: Cells) -> Iterator[str]:
    """CSV, a block at a time. Begins with the mark by which Excel knows UTF-8; nothing stands for what is not known."""
    block = StringIO("\N{ZERO WIDTH NO-BREAK SPACE}", newline="")
    block.seek(0, 2)
    writer = csv.writer(block, lineterminator="\r\n")
    writer.writerow(columns)
    for count, row in enumerate(cells, 1):
        writer.writerow([plain(cell) for cell in row])
        if count % BLOCK == 0:
            yield _taken(block)
    yield _taken(block)


def plain(cell: Any) -> str:
    """A cell of a CSV: all digits of a number, true or false, moments in UTC; a text that Excel leaves alone."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return cell.astimezone(UTC).isoformat()
        case str() if cell.startswith(BEGINS_FORMULA):
            return f"'{cell}"
    return str(cell)


def workbook(title: str, columns: Sequence[Column], cells: Cells) -> bytes:
    """XLSX: numbers as numbers, of which Excel keeps 15 digits, days as days, moments in UTC. Raises TooLong."""
    kept = BytesIO()
    with Workbook(kept, {"constant_memory": True}) as book:
        sheet = book.add_worksheet(title)
        formats = _Formats(book)
        names = [column.name for column in columns]
        widths = [len(name) + ARROW for name in names]
        for place, name in enumerate(names):
            sheet.write_string(0, place, name, formats.head)
        count = 0
        for count, found in enumerate(cells, 1):
            if count > MOST_ROWS:
                raise TooLong
            of_row = dict(zip(names, found, strict=True))
            for place, (column, cell) in enumerate(zip(columns, found, strict=True)):
                if cell is not None:
                    shown = _write(sheet, (count, place), cell, column, of_row, formats)
                    widths[place] = max(widths[place], min(shown, WIDEST))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, count, len(columns) - 1)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width + 1)
    return kept.getvalue()


class _Formats(dict[str, Format]):
    """By how a number is shown; each is made once."""

    def __init__(self, book: Workbook) -> None:
        super().__init__()
        self._book = book
        self.head = book.add_format({"bold": True, "bottom": 1})

    def __missing__(self, pattern: str) -> Format:
        self[pattern] = self._book.add_format({"num_format": pattern})
        return self[pattern]


def _write(
    sheet: Worksheet, place: tuple[int, int], cell: Any, column: Column, row: Mapping[str, Any], formats: _Formats
) -> int:
    """One cell; about how many characters wide it is."""
    match cell:
        case bool():
            sheet.write_boolean(*place, cell)
            return len("FALSE")
        case int() | Decimal():
            pattern = column.pattern(cell, row)
            sheet.write_number(*place, float(cell), formats[pattern])
            return len(f"{cell:,.2f}") + (len(" RUB") if '"' in pattern else 0)
        case datetime():
            sheet.write_datetime(*place, cell.astimezone(UTC).replace(tzinfo=None), formats[MOMENT])
            return len(MOMENT)
        case date():
            sheet.write_datetime(*place, cell, formats[DAY])
            return len(DAY)
    text = str(cell)[:LONGEST]
    sheet.write_string(*place, text)
    return len(text)


def _taken(block: StringIO) -> str:
    written = block.getvalue()
    block.seek(0)
    block.truncate()
    return written
