"""Reading figures. `smm.files.tables` reads what the file looks like; here is what it may say."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from smm import catalogue
from smm.facts import OF_PERIODS
from smm.files import periods
from smm.files.periods import Grain
from smm.files.quoted import quoted
from smm.files.tables import Row, Table, notation
from smm.files.tables.columns import Columns
from smm.sources import Answer, BadInput, Health, Job, Known, Rows

REPORT = "figures"
ROW = (*OF_PERIODS, "note")

COLUMNS = Columns(
    periods=("period", "day", "month"), needed=("network", "measure", "value"), number="value", free=("note",)
)
FIRST_DAY = date(2000, 1, 1)  # an earlier one is Excel's zero, or a slip
MAY_BE_PARTS = ("key_events", "key_event_sessions")  # GA4 divides an event among those who led to it
AHEAD = ("budget", "fee", "posts_planned")  # are known before their time; what was counted is not


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health]:
    """The figures. Raises BadInput, with every mistake, if one is wrong."""
    for answer in answers:
        path = answer.request["path"]
        try:
            table = Table(COLUMNS, answer.body, job.language)
        except ValueError as error:
            raise BadInput(f"{path} {error}") from None
        begun = max(answer.fetched_at.date(), job.last_day)
        figures = _Figures(job, table, begun + timedelta(days=1)).found  # somewhere it is tomorrow already
        if table.mistakes:
            told = [text if text.startswith("and ") else f"line {line}: {text}" for line, text in table.mistakes]
            raise BadInput(f"{path}: nothing was loaded, because some lines are wrong\n" + "\n".join(told))
        known = [figure for figure in figures if figure.value is not None]
        giver = {"given_by": job.options["given_by"]} if "given_by" in job.options else {}
        yield Health({"encoding": table.encoding, "rows.figures": len(known), **giver})
        yield Rows("counts", (figure.row() for figure in known), ROW)
        yield Known(REPORT, job.first_day, job.last_day)


@dataclass(frozen=True)
class _Figure:
    line: int
    column: str  # of its period
    network: str
    measure: str
    grain: Grain
    period: date
    value: Decimal | None  # None = it is said to be unknown
    note: str | None

    def row(self) -> tuple[Any, ...]:
        through_day = periods.end(self.grain, self.period)
        return self.network, REPORT, self.measure, self.grain, self.period, self.value, through_day, self.note


class _Figures:
    """The figures of a table; mistakes in them are added to the table's."""

    def __init__(self, job: Job, table: Table, last_day: date) -> None:
        self._last_day = last_day
        self._table = table
        known = catalogue.read()
        self._measures = known.measures
        self._derived = {name for name, measure in known.measures.items() if measure.counted_from}
        names = known.networks.names()
        self._networks = {*names, "all", "site", *job.networks}
        self._social = {name for name, is_social in names.items() if is_social}
        self.found = [figure for row in table.rows if (figure := self._figure(row))]
        self._refuse_repeated()
        self._refuse_months_beside_days()
        self._refuse_all_beside_its_parts()
        self._refuse_first_days()

    def _figure(self, row: Row) -> _Figure | None:
        column = next(name for name in COLUMNS.periods if name in row.cells)
        mistakes: list[str] = []

        def cell(name: str, understood: Callable[[str], Any]) -> Any:
            try:
                return understood(row.cells[name])
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
            self._table.refuse(row.line, "; ".join(mistakes))
            return None
        grain, begin = period
        return _Figure(row.line, column, network, measure, grain, begin, value, row.cells.get("note") or None)

    def _out_of_time(self, column: str, begin: date, measure: str) -> Iterator[str]:
        if begin < FIRST_DAY:
            yield f"{column}: found {begin}, write a day from {FIRST_DAY:%Y} on"
        elif begin > self._last_day and measure not in AHEAD:
            yield f"{column}: found {begin}, which is in the future; there, only {', '.join(AHEAD)} may be given"

    def _impossible(self, measure: str, value: Decimal) -> Iterator[str]:
        if value < 0 and not self._measures[measure].may_be_negative:
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
        for figure in self.found:
            key = (figure.network, figure.measure, figure.grain, figure.period)
            line = seen.setdefault(key, figure.line)
            if line != figure.line:
                self._table.refuse(figure.line, f"found the same period as in line {line}, write each figure once")

    def _refuse_months_beside_days(self) -> None:
        """A month of a flow is the sum of its days, and of a stock its last day: of two sayings one is wrong."""
        additive = [
            figure
            for figure in self.found
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
                self._table.refuse(figure.line, f"{what}, write the month or its days")

    def _refuse_all_beside_its_parts(self) -> None:
        """What a social network has of its own, `all` has as the sum: a number typed there would be seen nowhere."""
        known = [figure for figure in self.found if figure.value is not None]
        parts = {figure.measure: figure for figure in reversed(known) if figure.network in self._social}
        told = set()
        for figure in known:
            part = parts.get(figure.measure)
            is_sum = self._measures[figure.measure].kind != "unique"
            if figure.network == "all" and part and is_sum and figure.measure not in told:
                told.add(figure.measure)
                what = f"found {figure.measure} of all, and in line {part.line} of {part.network}: all is then the sum"
                self._table.refuse(figure.line, f"{what} of the networks, write each network's number, or only all")

    def _refuse_first_days(self) -> None:
        """Dates that are first days of months only: a sheet makes 01.08.2026 of the month 2026-08.

        Both may be meant in a column that may hold both. A stock is a level at a moment, and may be counted that day.
        """
        series: dict[tuple[str, str], set[date]] = {}
        lines: dict[tuple[str, str], int] = {}
        for figure in self.found:
            if figure.column == "period" and figure.grain == "day" and self._measures[figure.measure].kind != "stock":
                key = figure.network, figure.measure
                series.setdefault(key, set()).add(figure.period)
                lines.setdefault(key, figure.line)
        # where months stand as months, one date is what it says
        alone = 1 if all(figure.grain == "day" and figure.period.day == 1 for figure in self.found) else 2
        for key, days in series.items():
            if len(days) >= alone and all(day.day == 1 for day in days):
                self._table.refuse(
                    lines[key],
                    f"found only first days of months for {' '.join(key)}, such as {min(days)}: if months are meant,"
                    f" write {min(days):%Y-%m} or call the column month; if days are meant, call it day",
                )


def _one_of(text: str, names: Iterable[str], what: str) -> str:
    name = text.lower()
    if name in names:
        return name
    if not text:
        raise ValueError(f"the cell is empty, write a {what} of include/{what}s.yml")
    near = get_close_matches(name, names, 1)
    raise ValueError(f"found {quoted(text)}, write " + (near[0] if near else f"a {what} of include/{what}s.yml"))
