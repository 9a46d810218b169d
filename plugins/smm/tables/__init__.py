"""Tables that people write as CSV: a client's figures and its plans. They are read here alone, by one set of rules.

Excel's habits are understood: its code pages, semicolons or tabs, a first line ``sep=;``, blank lines, headers in
Russian or Swedish. What could be meant two ways is refused, with its line.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from smm.tables.columns import Columns
from smm.tables.decoding import decoded

MOST_MISTAKES = 20  # told of one file
DELIMITERS = {";": "semicolons", ",": "commas", "\t": "tabs"}
SEP = re.compile(r'"?sep=([;,\t])"?[;,\t]*', re.IGNORECASE)  # Excel's; padded with delimiters when it is saved again


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
                cells = [cell.strip() for cell in cells]
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
        """A row that has more cells than columns, or whose number was cut in two by its comma."""
        around = f"put quotes around {DELIMITERS[self._delimiter]}"
        if any(cells[len(named) :]):
            return f"found {len(cells)} cells under {len(named)} columns, {around}"
        place = named.index(self._columns.number)
        whole, rest = (*cells[place : place + 2], "", "")[:2]
        after = named[place + 1] if place + 1 < len(named) else ""
        if (
            self._delimiter == ","
            and after in self._columns.free
            and re.fullmatch(r"[+-]?\d+", whole)
            and re.fullmatch(r"\d{1,3}", rest)
        ):
            return (
                f"found {whole} and the {after} {rest}: if it is one number, {around}; else write words in the {after}"
            )
        return None


def _delimiter(text: str) -> str:
    """The one that the file names, else that of the first line that says anything."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    declared = SEP.fullmatch(first)
    return declared[1] if declared else max(DELIMITERS, key=first.count)
