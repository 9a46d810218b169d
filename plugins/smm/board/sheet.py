"""A table as a file: CSV as Excel and RFC 4180 want it, or a workbook. No text in it is taken for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

Cells = Iterator[Sequence[Any]]  # of each row, in the order of the columns

BLOCK = 2000  # rows that are written at once
MOST_ROWS = 50_000  # of a workbook, which is made before it is sent; of CSV there may be any number
LONGEST = 32_767  # characters of a cell, in Excel
WIDE = "\uff1d\uff0b\uff0d\uff20"  # = + - @ as East Asian keyboards write them
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *WIDE)


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


def workbook(columns: Sequence[str], cells: Cells) -> bytes:
    """XLSX: numbers as numbers, of which Excel keeps 15 digits, days as days, moments in UTC. Raises TooLong."""
    kept = BytesIO()
    with Workbook(kept, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold, number = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "General"})
        day, moment = (book.add_format({"num_format": one}) for one in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        sheet.set_column(0, len(columns) - 1, 16)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, bold)
        for row, found in enumerate(cells, 1):
            if row > MOST_ROWS:
                raise TooLong
            for column, cell in enumerate(found):
                match cell:
                    case bool():
                        sheet.write_boolean(row, column, cell)
                    case int() | Decimal():
                        sheet.write_number(row, column, float(cell), number)
                    case datetime():
                        sheet.write_datetime(row, column, cell.astimezone(UTC).replace(tzinfo=None), moment)
                    case date():
                        sheet.write_datetime(row, column, cell, day)
                    case str():
                        sheet.write_string(row, column, cell[:LONGEST])
    return kept.getvalue()


def _taken(block: StringIO) -> str:
    written = block.getvalue()
    block.seek(0)
    block.truncate()
    return written
