"""Dates of requests and of answers: midnights of California for a Page, of UTC for Instagram."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.meta.refusals import GraphError

CALIFORNIA = ZoneInfo("America/Los_Angeles")
ONE_DAY = timedelta(days=1)


def end_time(day: date) -> str:
    """Where a day of California ends, as Meta writes it."""
    end = datetime.combine(day + ONE_DAY, time(), CALIFORNIA).astimezone(UTC)
    return f"{end:%Y-%m-%dT%H:%M:%S}+0000"


def window(fields: Mapping[str, str], most: int, too_long: GraphError) -> tuple[date, date]:
    """`since` and `until`, both of which are dates here. Raises `too_long` for more days than Meta takes."""
    try:
        since, until = (date.fromisoformat(fields[name]) for name in ("since", "until"))
    except (KeyError, ValueError):
        raise GraphError(100, "since and until must both be dates here") from None
    if (until - since).days > most:
        raise too_long
    return since, until


def last_over(now: datetime) -> date:
    return now.astimezone(CALIFORNIA).date() - ONE_DAY
