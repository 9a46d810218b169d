"""What an account is asked: people as series, which have dates; all else as the total of a window, which has none.

A total of a day is the total of a window from one midnight in UTC to the next. Whether that is the day of UTC, or the
day in California that ends within it, Meta does not say: `zone` asks.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from smm.files import periods
from smm.files.periods import ONE_DAY
from smm.sources import Job
from smm.sources.graph import days
from smm.sources.graph.errors import Json
from smm.sources.graph.insights import Question

MOST_DAYS = 30  # in one window: exactly 2,592,000 seconds pass, one more is refused
TOTALS = {  # by day; metric -> measure
    "likes": "likes",
    "comments": "comments",
    "shares": "reposts",
    "saves": "saves",
    "views": "views",
    "total_interactions": "engagements",  # as Meta counts it: it is not the sum of its parts
    "profile_views": "page_visits",
    "profile_links_taps": "button_clicks",
    "website_clicks": "website_clicks",
}
FOLLOWS = "follows_and_unfollows"
FOLLOW_TYPES = {  # NON_FOLLOWER is who left, and not who follows without being a follower
    "FOLLOWER": "followers_gained",
    "NON_FOLLOWER": "followers_lost",
}
REACH = "reach"


def of_job(job: Job, last_over: date, shift: int) -> Iterator[Question]:
    """Windows of the job's days that are over. ``shift``: by how many days the dates of a total are later than its day.

    An answer is about the days of its window; a total about ``days`` of it, which are a whole month or one day.
    """
    path, last_day = f"{job.options['account']}/insights", min(job.last_day, last_over)
    for first, last in days.windows(job.first_day, last_day, MOST_DAYS):
        about = {"window": _written(first, last)}
        for period in ("day", "week", "days_28"):
            # a value is found by its end, which is the midnight after its day
            dates = _dates(first + ONE_DAY, last + ONE_DAY)
            yield Question(path, (REACH,), {"period": period, **dates}, about)
        for day, _ in days.windows(first, last, 1):
            yield _total(path, tuple(TOTALS), day, day, shift, about)
            yield _total(path, (FOLLOWS,), day, day, shift, about)
        for month in periods.touched("month", first, last):
            end = periods.end("month", month)
            if first <= end <= last and (end - month).days < MOST_DAYS:
                yield _total(path, (REACH,), month, end, shift, about)


def of_zone(account: int, tried: Sequence[date]) -> tuple[Question, list[Question]]:
    """People by day as a series, and in windows of these days as totals: see `smm.sources.instagram.zone`."""
    path = f"{account}/insights"
    series = Question(path, (REACH,), {"period": "day", **_dates(min(tried), max(tried) + ONE_DAY)})
    return series, [of_day(account, (REACH,), day) for day in tried]


def of_day(account: int, metrics: tuple[str, ...], day: date) -> Question:
    """The totals of one window from midnight to midnight in UTC."""
    return _total(f"{account}/insights", metrics, day, day, 0, {})


def _total(path: str, metrics: tuple[str, ...], first: date, last: date, shift: int, about: Json) -> Question:
    dates = _dates(first + shift * ONE_DAY, last + shift * ONE_DAY)
    # without its parts, Meta answers with no number at all
    parts = {"breakdown": "follow_type"} if metrics == (FOLLOWS,) else {}
    params = {"period": "day", "metric_type": "total_value", **parts, **dates}
    return Question(path, metrics, params, about | {"days": _written(first, last)})


def _dates(first: date, last: date) -> dict[str, str]:
    """Read as midnights in UTC, and ``until`` is excluded."""
    return {"since": first.isoformat(), "until": (last + ONE_DAY).isoformat()}


def _written(first: date, last: date) -> list[str]:
    return [first.isoformat(), last.isoformat()]
