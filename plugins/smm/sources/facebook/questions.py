"""What a Page is asked: its metrics by day, views of ads apart, and people of a week and of 28 days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from smm.files.periods import ONE_DAY
from smm.sources import Job
from smm.sources.graph import days
from smm.sources.graph.insights import Question

MOST_DAYS = 88  # in one window; Meta takes 89 and refuses 182


@dataclass(frozen=True)
class Metric:
    """``measure``: of the warehouse. A number in parts, such as reactions by kind, is added up."""

    measure: str
    parts: bool = False


BY_DAY = {
    "page_follows": Metric("followers"),
    "page_daily_follows_unique": Metric("followers_gained"),
    "page_daily_unfollows_unique": Metric("followers_lost"),
    "page_actions_post_reactions_total": Metric("likes", parts=True),
    "page_media_view": Metric("views"),
    "page_post_engagements": Metric("engagements"),
    "page_views_total": Metric("page_visits"),
    "page_total_actions": Metric("button_clicks"),
    "page_total_media_view_unique": Metric("reach"),
}
PEOPLE = "page_total_media_view_unique"
VIEWS = "page_media_view"


def of_job(job: Job, last_over: date) -> Iterator[Question]:
    """Windows of the job's days that are over."""
    path = f"{job.options['page']}/insights"
    for first_day, last_day in days.windows(job.first_day, min(job.last_day, last_over), MOST_DAYS):
        # `until` is excluded
        dates = {"since": first_day.isoformat(), "until": (last_day + ONE_DAY).isoformat()}
        about = {"window": [first_day.isoformat(), last_day.isoformat()]}
        yield Question(path, tuple(BY_DAY), {"period": "day", **dates}, about)
        yield Question(path, (VIEWS,), {"period": "day", "breakdown": "is_from_ads", **dates}, about)
        for period in ("week", "days_28"):
            yield Question(path, (PEOPLE,), {"period": period, **dates}, about)
