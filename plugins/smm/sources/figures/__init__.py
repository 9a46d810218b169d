"""Figures that no API gives here, from a client's own CSV file: budgets, calls, plans, exports of other networks.

The file is read whole each time, and taken whole or not at all: every mistake is told with its line. Excel's habits are
understood (Windows-1251, semicolons or tabs, ``1 234,50``, 31.01.2026); what could be meant two ways is refused. Money
is in the client's currency.
"""

import codecs
import csv
import io
import reprlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from smm import catalogue
from smm.sources import Access, Answer, BadInput, Health, Job, Known, Rows
from smm.sources.figures import file, notation
from smm.sources.periods import Grain

RELATIONS = {"figures": ("network", "measure", "grain", "period", "value", "note")}

PERIODS = ("period", "day", "month")
COLUMNS = ("network", "measure", "value", "note")
MOST_MISTAKES = 20  # told of one file
FIRST_DAY = date(2000, 1, 1)  # an earlier one is Excel's zero, or a slip
MAY_BE_NEGATIVE = ("margin", "revenue")  # losses, refunds
MAY_BE_PARTS = ("key_events", "key_event_sessions")  # GA4 divides an event among those who led to it
AHEAD = ("budget", "fee", "posts_planned")  # are known before their time; what was counted is not


def ask(job: Job, access: Access) -> Iterator[Answer]:  # noqa: ARG001  (a file is reached by its path alone)
    """The file as it is. Raises SourceError."""
    path = job.options["path"]
    yield Answer("file", {"path": file.shown(path)}, file.fetched(path), datetime.now(UTC))


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health]:
    """The figures. Raises BadInput, with every mistake, if one is wrong."""
    for answer in answers:
        text, encoding = _decoded(answer)
        begun = max(answer.fetched_at.date(), job.last_day)
        table = _Table(job, text, begun + timedelta(days=1))  # somewhere it is tomorrow already
        if table.mistakes:
            told = [f"line {line}: {text}" for line, text in sorted(table.mistakes)[:MOST_MISTAKES]]
            more = len(table.mistakes) - len(told)
            told += [f"and {more} more"] if more else []
            raise BadInput(f"{answer.request['path']}: nothing was taken, for some of it is wrong\n" + "\n".join(told))
        known = [figure for figure in table.figures if figure.value is not None]
        giver = {"given_by": job.options["given_by"]} if "given_by" in job.options else {}
        yield Health({"encoding": encoding, "rows.figures": len(known), **giver})
        yield Rows("figures", (figure.row() for figure in known))
        yield Known("figures", job.first_day, job.last_day)


def _decoded(answer: Answer) -> tuple[str, str]:
    if answer.body.startswith(b"PK\x03\x04"):
        raise BadInput(f"{answer.request['path']} is an Excel workbook: save it as CSV UTF-8")
    is_wide = answer.body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # Excel's "Unicode text"
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1251"):
        try:
            return answer.body.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise BadInput(f"{answer.request['path']} is no text in UTF-8 or Windows-1251: save it as CSV UTF-8")


@dataclass(frozen=True)
class _Figure:
    line: int
    network: str
    measure: str
    grain: Grain
    period: date
    value: Decimal | None  # None = it is said to be unknown
    note: str | None

    def row(self) -> tuple[Any, ...]:
        return self.network, self.measure, self.grain, self.period, self.value, self.note


class _Table:
    """The figures of a text, and its mistakes as (line, what was found and what to write)."""

    def __init__(self, job: Job, text: str, last_day: date) -> None:
        self._last_day = last_day
        known = catalogue.read()
        self._measures = known.measures
        self._derived = {name for name, measure in known.measures.items() if measure.source == "derived"}
        own = {job.network, *job.networks} - {"ga4", "figures"}  # a file's usual name is no network
        self._networks = {*known.networks.names(), "all", "site", *own}
        self.figures: list[_Figure] = []
        self.mistakes: list[tuple[int, str]] = []
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        try:
            self._read((rows.line_num, [cell.strip() for cell in row]) for row in rows)
        except csv.Error:
            self.mistakes.append((rows.line_num, "found a quotation mark out of place, close it or write it twice"))
        self._refuse_repeated()
        self._refuse_months_beside_days()

    def _read(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        filled = ((line, cells) for line, cells in rows if any(cells))
        line, header = next(filled, (1, []))
        named = self._header(line, header)
        if not self.mistakes:
            for line, cells in filled:
                self._take(line, named, cells)

    def _header(self, line: int, cells: list[str]) -> list[str]:
        named = [cell.lower() for cell in cells]
        periods = [name for name in named if name in PERIODS]
        missing = [name for name in COLUMNS if name not in named and name != "note"]
        strangers = [reprlib.repr(name) for name in named if name and name not in (*PERIODS, *COLUMNS)]
        wrong = [f"found no column {name}" for name in missing]
        if strangers:
            wrong.append(f"found the column {', '.join(strangers)}, which means nothing here")
        wrong += [f"found {name!r} twice" for name in sorted(set(named)) if name and named.count(name) > 1]
        if len(periods) != 1:
            wrong.append(f"found {' and '.join(periods) or 'no column of periods'}, write one of {', '.join(PERIODS)}")
        if wrong:
            self.mistakes.append((line, "; ".join(wrong) + f"; write the header {','.join(('period', *COLUMNS))}"))
        return named

    def _take(self, line: int, named: list[str], cells: list[str]) -> None:
        if any(cells[len(named) :]):
            self.mistakes.append(
                (line, f"found {len(cells)} cells under {len(named)} columns, put quotes around commas")
            )
            return
        if any("\0" in cell for cell in cells):
            self.mistakes.append((line, "found a NUL, which is no text, write that cell anew"))
            return
        row = dict(zip(named, cells, strict=False))
        column = next(name for name in PERIODS if name in row)
        mistakes: list[str] = []

        def cell(name: str, understood: Callable[[str], Any]) -> Any:
            try:
                return understood(row.get(name, ""))
            except ValueError as error:
                mistakes.append(f"{name}: {error}")
                return None

        period = cell(column, lambda text: notation.period(text, column))
        network = cell("network", self._network)
        measure = cell("measure", self._measure)
        value = cell("value", lambda text: None if notation.is_unknown(text) else notation.number(text))
        if period and measure:
            mistakes += self._out_of_time(column, period[1], measure)
        if measure and value is not None:
            mistakes += self._impossible(measure, value)
        if mistakes:
            self.mistakes.append((line, "; ".join(mistakes)))
        else:
            grain, begin = period
            self.figures.append(_Figure(line, network, measure, grain, begin, value, row.get("note") or None))

    def _out_of_time(self, column: str, begin: date, measure: str) -> Iterator[str]:
        if begin < FIRST_DAY:
            yield f"{column}: found {begin}, write one since {FIRST_DAY:%Y}"
        elif begin > self._last_day and measure not in AHEAD:
            yield f"{column}: found {begin}, which is still to come; ahead of time only {', '.join(AHEAD)} are known"

    def _impossible(self, measure: str, value: Decimal) -> Iterator[str]:
        if value < 0 and measure not in MAY_BE_NEGATIVE:
            yield f"value: found {value}, write 0 or more"
        elif self._measures[measure].unit == "count" and value % 1 and measure not in MAY_BE_PARTS:
            yield f"value: found {value}, write a whole number"

    def _network(self, text: str) -> str:
        return _one_of(text, self._networks, "network")

    def _measure(self, text: str) -> str:
        measure = _one_of(text, self._measures, "measure")
        if measure in self._derived:
            raise ValueError(f"found {measure!r}, which is counted from others; write those")
        return measure

    def _refuse_repeated(self) -> None:
        seen: dict[tuple[Any, ...], int] = {}
        for figure in self.figures:
            key = (figure.network, figure.measure, figure.grain, figure.period)
            line = seen.setdefault(key, figure.line)
            if line != figure.line:
                self.mistakes.append((figure.line, f"found the period of line {line} again, write each figure once"))

    def _refuse_months_beside_days(self) -> None:
        """A month of a flow is the sum of its days, and of a stock its last day: of two sayings one is wrong."""
        additive = [
            figure
            for figure in self.figures
            if figure.value is not None and self._measures[figure.measure].kind != "unique"
        ]
        days = {
            (figure.network, figure.measure, figure.period.replace(day=1)): figure.line
            for figure in additive
            if figure.grain == "day"
        }
        for figure in additive:
            line = days.get((figure.network, figure.measure, figure.period))
            if figure.grain == "month" and line:
                what = f"found a month of {figure.network} {figure.measure} and in line {line} a day of it"
                self.mistakes.append((figure.line, f"{what}, write the month or its days"))


def _delimiter(text: str) -> str:
    """The one of the first line that says anything."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(";,\t", key=header.count)


def _one_of(text: str, names: Iterable[str], what: str) -> str:
    name = text.lower()
    if name in names:
        return name
    near = get_close_matches(name, names, 1)
    raise ValueError(f"found {reprlib.repr(text)}, write " + (near[0] if near else f"a {what} of include/{what}s.yml"))
