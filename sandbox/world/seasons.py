"""The calendar of a brand: seasons, weekdays, growth and the events that a report has to explain."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sandbox.world.noise import Floats, Ints

Days = NDArray[np.datetime64]  # datetime64[D]
Flags = NDArray[np.bool_]

EPOCH = date(2023, 1, 1)  # every world counts members, post ids and growth from here


def days(first: date, last: date) -> Days:
    """Every day from first to last, both included."""
    return np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)


def ordinals(of: Days) -> Ints:
    """Days since 1970-01-01."""
    return of.astype("datetime64[D]").astype(np.int64)


def weekdays(of: Days) -> Ints:
    """0 = Monday."""
    return (ordinals(of) + 3) % 7


def months(of: Days) -> Ints:
    """1 = January."""
    numbers: Ints = of.astype("datetime64[M]").astype(np.int64) % 12 + 1
    return numbers


def days_of_month(of: Days) -> Ints:
    """1..31."""
    numbers: Ints = (of - of.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    return numbers


def month_of(day: date, shift: int = 0) -> date:
    """The first day of the day's month, `shift` months later."""
    index = day.year * 12 + day.month - 1 + shift
    return date(index // 12, index % 12 + 1, 1)


def month_end(month: date) -> date:
    """The last day of the month."""
    return month_of(month, 1) - timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """What the time of the year does to one brand. `by_month` starts in January, `by_weekday` on Monday."""

    by_month: tuple[float, ...]
    by_weekday: tuple[float, ...]
    yearly_growth: float
    has_contests: bool = False
    """In June a contest for reposts that doubles the group, in July one for comments, at the end of August a lull."""

    def level(self, of: Days) -> Floats:
        """Demand of a day relative to that of an average day of the epoch."""
        years = (of - np.datetime64(EPOCH, "D")).astype(np.int64) / 365.25
        growth = 1 + self.yearly_growth * years
        seasons = np.array(self.by_month)[months(of) - 1]
        return np.asarray(growth * seasons * np.array(self.by_weekday)[weekdays(of)])

    def is_contest(self, of: Days) -> Flags:
        """The first twenty days of June: whoever shares the post may win."""
        return self._contests(of, 6) & (days_of_month(of) <= 20)

    def is_talk(self, of: Days) -> Flags:
        """July: the contest asks for comments."""
        return self._contests(of, 7)

    def is_lull(self, of: Days) -> Flags:
        """The last ten days of August: the specialist's summer holiday."""
        return self._contests(of, 8) & (days_of_month(of) >= 22)

    def _contests(self, of: Days, month: int) -> Flags:
        flags: Flags = np.logical_and(self.has_contests, months(of) == month)
        return flags
