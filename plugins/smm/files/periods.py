"""Months and ISO weeks as runs of days; a period is named by its first day, as in the warehouse."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

Grain = Literal["day", "week", "month"]

ONE_DAY = timedelta(days=1)


def begin(grain: Grain, day: date) -> date:
    """The first day of the period that ``day`` belongs to."""
    if grain == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if grain == "week" else day


def end(grain: Grain, day: date) -> date:
    """The last day of the period that ``day`` belongs to."""
    if grain == "month":
        return month_after(day) - ONE_DAY
    return begin("week", day) + timedelta(days=6) if grain == "week" else day


def month_after(month: date, count: int = 1) -> date:
    """The first day of the month that lies so many months after ``month``; before it, if ``count`` is negative."""
    years, place = divmod(month.month - 1 + count, 12)
    return date(month.year + years, place + 1, 1)


def touched(grain: Grain, first_day: date, last_day: date) -> Iterator[date]:
    """The periods that share a day with ``first_day``..``last_day``, in order."""
    period = begin(grain, first_day)
    while period <= last_day:
        yield period
        period = end(grain, period) + ONE_DAY


def stretches(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days, in any order, as runs without a gap: first and last day of each."""
    found = set(days)
    firsts = sorted(day for day in found if day - ONE_DAY not in found)
    lasts = sorted(day for day in found if day + ONE_DAY not in found)
    return zip(firsts, lasts, strict=True)
