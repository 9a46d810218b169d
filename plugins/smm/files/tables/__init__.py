"""Tables that people write as CSV: a client's numbers and its plans. They are read here alone, by one set of rules.

Excel's habits are understood: its code pages, semicolons or tabs, a first line ``sep=;``, blank lines, headers in
Russian or Swedish. What could be meant two ways is refused, with its line.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from smm.files.quoted import quoted
from smm.files.tables.columns import INVISIBLE, Columns
from smm.files.tables.decoding import decoded

MOST_MISTAKES = 20  # told of one file
DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs"}
SEP = re.compile(r'"?sep=([;,\t])"?[;,\t]*', re.IGNORECASE)  # Excel's; padded with delimiters when it is saved again
BLANK = "".join([*filter(str.isspace, map(chr, range(0x3001))), *map(chr, INVISIBLE)])  # around what a cell says
# The two halves of a number that is written with a comma: its thousands may be grouped, and a unit may follow it
WHOLE = re.compile(r"[+\-\u2212]?(\d+|\d{1,3}([ .'\u2019\u00a0\u2007\u2009\u202f]\d{3})+)")
REST = re.compile(r"(\d{1,2}|\d{3}(\.\d+)?)\s*([%€$£₽]|kr|р|руб|sek|rub|eur|usd)?\.?", re.IGNORECASE)
A_NUMBER = re.compile(r"[\s\"]*[+-]?\d[\d .,]*[\s\"]*")


@dataclass(frozen=True)
class Row:
    line: int  # of the file, where it ends
    cells: dict[str, str]  # by column; "" for one that the row does not have


class Table:
    """The rows of a file, and its mistakes. Raises ValueError for bytes that are no text."""

    def __init__(self, columns: Columns, body: bytes, language: str) -> None:
        text, self.encoding = decoded(body, language)
        self._columns = columns
        self._mistakes: list[tuple[int, str]] = []
        self._delimiter = _delimiter(text)
        self._reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._delimiter, strict=True)
        self.rows = tuple(self._rows())

    def refuse(self, line: int, text: str) -> None:
        """Note a mistake: what was found in this line, and what to write instead."""
        self._mistakes.append((line, text))

    @property
    def mistakes(self) -> list[tuple[int, str]]:
        """By line; the first ones, and in the place of the others their number."""
        found = sorted(self._mistakes)
        more = len(found) - MOST_MISTAKES
        return found if more <= 0 else [*found[:MOST_MISTAKES], (found[MOST_MISTAKES][0], f"and {more} more")]

    def _rows(self) -> Iterator[Row]:
        """Those that are in order; nothing is read below a wrong header."""
        named: list[str] = []
        try:
            for cells in self._reader:
                cells = [cell.strip(BLANK) for cell in cells]
                line = self._reader.line_num
                if not any(cells) or (not named and cells[0].lower().startswith("sep=")):
                    continue
                if any("\0" in cell for cell in cells):
                    self.refuse(line, "found a NUL, which is no text, write that cell anew")
                elif not named:
                    named = self._columns.named(cells)
                elif wrong := self._wrong(named, cells):
                    self.refuse(line, wrong)
                else:
                    yield Row(line, dict.fromkeys(named, "") | dict(zip(named, cells, strict=False)))
            if not named and not self._mistakes:
                self._columns.named([])
        except csv.Error:
            self.refuse(self._reader.line_num, "found a quotation mark out of place, close it or write it twice")
        except ValueError as error:
            self.refuse(max(self._reader.line_num, 1), str(error))

    def _wrong(self, named: list[str], cells: list[str]) -> str | None:
        """What stands in no column, a row within a cell, or a number that was cut in two by its comma."""
        around = f"put quotes around a cell with {DELIMITERS[self._delimiter]}"
        if any(cells[len(named) :]):
            return f"found {len(cells)} cells under {len(named)} columns, {around}"
        nameless = [cell for name, cell in zip(named, cells, strict=False) if cell and not name]
        if nameless:
            return f"found {quoted(nameless[0])} in a column without a name, {around}, or name the column"
        place = named.index(self._columns.number)
        if any(self._is_row(line, place) for cell in cells for line in cell.splitlines()[1:]):
            return "found a row within a cell, close the quotation mark or take it out"
        whole, rest = (*cells[place : place + 2], "", "")[:2]
        after = named[place + 1] if place + 1 < len(named) else ""
        if self._delimiter == "," and after in self._columns.free and WHOLE.fullmatch(whole) and REST.fullmatch(rest):
            return (
                f"found {whole} and the {after} {rest}: if it is one number, {around}; else write words in the {after}"
            )
        return None

    def _is_row(self, line: str, place: int) -> bool:
        """Whether a line of a cell is a row, up to its number."""
        cells = line.split(self._delimiter)
        return len(cells) > max(place, len(self._columns.needed)) and bool(A_NUMBER.fullmatch(cells[place]))


def _delimiter(text: str) -> str:
    """The one that the file names, else that of the first line that says anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    declared = SEP.fullmatch(first)
    return declared[1] if declared else max(DELIMITERS, key=first.count)
