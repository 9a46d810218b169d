"""The days that a plan is for: a month, a quarter, or the days of a campaign."""

import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from smm.catalogue import Catalogue
from smm.files import entry, periods
from smm.files.quoted import quoted
from smm.files.tables import notation

YEARS = range(2000, 2100)
FORMS = "a month such as 2026-01, a quarter such as 2026-Q1 or days such as 2026-03-10..2026-04-15"


class Span(NamedTuple):
    """Days, both ends included. As text it is what a file would call it."""

    first_day: date
    last_day: date

    @property
    def month(self) -> date:
        """The month, by its first day, in which it ends and is judged."""
        return self.last_day.replace(day=1)

    @property
    def is_month(self) -> bool:
        return self == _months(self.month, 1)

    def __str__(self) -> str:
        if self.is_month:
            return f"{self.first_day:%Y-%m}"
        if self.first_day.month % 3 == 1 and self == _months(self.first_day, 3):
            return f"{self.first_day:%Y}-Q{self.first_day.month // 3 + 1}"
        return f"{self.first_day}..{self.last_day}"


def month(first_day: date) -> Span:
    """The whole month that begins on this day. Raises ValueError."""
    return _months(in_years(first_day), 1)


def in_years(day: date) -> date:
    """The day itself. Raises ValueError if it is of no year that anybody plans for."""
    _check_year(day.year, f"{day}")
    return day


def _first_day(text: str) -> date:
    _check_year(int(text[:4]), text)  # before there is a date: Python has none of the year 0
    return date.fromisoformat(text)


def _check_year(year: int, found: str) -> None:
    if year not in YEARS:
        raise ValueError(f"must be in the years {YEARS[0]} to {YEARS[-1]}, found {found}")


def span(text: Any) -> Span:
    """``2026-01``, ``2026-Q1`` or ``2026-03-10..2026-04-15``. Raises ValueError, which says what to write."""
    if isinstance(text, str):
        if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text, re.ASCII):
            return _months(_first_day(f"{text}-01"), 1)
        if re.fullmatch(r"\d{4}-Q[1-4]", text, re.ASCII):
            return _months(_first_day(f"{text[:4]}-{3 * int(text[-1]) - 2:02}-01"), 3)
        if days := re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", text, re.ASCII):
            return _days(text, *days.groups())
    raise ValueError(f"must be {FORMS}, found {quoted(str(text))}{_meant(str(text))}")


def _meant(text: str) -> str:
    """What to write in place of a month or quarter that is written otherwise."""
    if quarter := re.fullmatch(r"(\d{4})\W?[Qq]\W?([1-4])|[Qq]([1-4])\W?(\d{4})", text, re.ASCII):
        year, number, first_number, last_year = quarter.groups()
        return f": write {year or last_year}-Q{number or first_number}"
    short = re.fullmatch(r"(\d{4})[-./](\d{1,2})", text, re.ASCII)
    try:
        grain, day = notation.period(f"{short[1]}-{short[2]:0>2}" if short else text, "period")
    except ValueError:
        return ""
    return f": write {day:%Y-%m}" if grain == "month" or day.day == 1 else f": write {day}..{day}"


def _days(text: str, first: str, last: str) -> Span:
    found = Span(in_years(entry.day(first)), in_years(entry.day(last)))
    if found.first_day > found.last_day:
        raise ValueError(f"{text} ends before it begins; write {last}..{first}")
    return found


def _months(first_day: date, count: int) -> Span:
    return Span(first_day, periods.month_after(first_day, count) - periods.ONE_DAY)


def check_apart(found: Iterable[Span]) -> None:
    """Refuse plans that ask of the same month: a month has one verdict. Raises ValueError."""
    for earlier, later in pairwise(sorted(found)):
        if later.first_day.replace(day=1) <= earlier.month:
            raise ValueError(
                f"{earlier} and {later} both plan {later.first_day:%Y-%m}, and a month has one verdict:"
                " keep one of the two, or plan the other for months of its own"
            )


def check_sum(catalogue: Catalogue, kpi: str, span: Span) -> None:
    """Refuse a quarter or a campaign for a KPI that is no sum of its days. Raises ValueError: why, and what instead."""
    if span.is_month:
        return
    measures = {term.measure: catalogue.measures[term.measure].kind for term in catalogue.terms[kpi]}
    if people := [name for name, kind in measures.items() if kind == "unique"]:
        raise ValueError(
            f"{kpi} cannot be planned for {span}: {people[0]} is counted for each month separately (a person who comes"
            f" in two months would count twice); plan the months, such as {{{span.month:%Y-%m}: ...}}"
        )
    if levels := [name for name, kind in measures.items() if kind == "stock"]:
        raise ValueError(
            f"{kpi} cannot be planned for {span}: {levels[0]} is a level at one moment, not a sum of days; plan"
            f" the month at whose end it should be reached: {{{span.month:%Y-%m}: ...}}"
        )
