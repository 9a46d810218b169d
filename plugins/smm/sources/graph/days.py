"""Which day a number of Meta's belongs to.

A value of a series ends at ``end_time``, which is a midnight in California, with daylight saving time: 07:00 UTC in
summer, 08:00 in winter. The date written there is the day after the day that was measured. Two dates in a request mean
other days for a Page than for an Instagram account:

- a Page reads ``since`` and ``until`` as midnights in California, and ``until`` is excluded: it answers with the days
  from ``since`` to the day before ``until``;
- Instagram reads them as midnights in UTC, and answers with the values whose ``end_time`` lies between: a day before
  the dates asked for.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.files.periods import ONE_DAY
from smm.sources import Job, Known

ZONE = ZoneInfo("America/Los_Angeles")
NOT_OVER = "the day was not over in California when Meta was asked"


def measured(end_time: Any) -> date | None:
    """The day that ends at this ``end_time``, such as 2026-07-08T07:00:00+0000: the 7th. None for what is no midnight
    of Meta's."""
    try:
        told = datetime.fromisoformat(end_time)
        end = told.astimezone(ZONE)
        return end.date() - ONE_DAY if told.tzinfo and end.time() == time() else None
    except (TypeError, ValueError, OverflowError):
        return None


def last_over(now: datetime) -> date:
    """The last day that is over in California at ``now`` (aware)."""
    return now.astimezone(ZONE).date() - ONE_DAY


def not_over(job: Job, report: str, asked_at: datetime) -> Iterator[Known]:
    """The job's days that were not over in California: nobody could ask for them, and the next run does."""
    first_day = max(job.first_day, last_over(asked_at) + ONE_DAY)
    if first_day <= job.last_day:
        yield Known(report, first_day, job.last_day, "unanswered", NOT_OVER)


def windows(first_day: date, last_day: date, most: int) -> Iterator[tuple[date, date]]:
    """The days in stretches of at most ``most``, each with its first and its last day."""
    while first_day <= last_day:
        end = min(first_day + timedelta(days=most - 1), last_day)
        yield first_day, end
        first_day = end + ONE_DAY
