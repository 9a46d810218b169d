"""What Metrica is asked for a job: one question per report.

Every question names its days and is sorted by all of its dimensions: by itself Metrica sorts by the first metric, and
rows of equal numbers would change places between two pages. The first dimension is always the date, and undefined
values are asked for: else Metrica drops the rows whose first dimension is undefined, and takes them from the totals.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from smm.files import periods
from smm.files.periods import Grain
from smm.sources import Job

PAGE = 50_000  # rows; Metrica gives up to 100,000 at once
MOST_METRICS = 20  # of one request

DATE = "ym:s:date"
# the last significant source, which Metrica's own reports show; the name says so, because the default may change
ORIGIN = tuple(
    f"ym:s:lastsign{name}" for name in ("TrafficSource", "SourceEngine", "UTMSource", "UTMMedium", "UTMCampaign")
)
VISITS, USERS = "ym:s:visits", "ym:s:users"
ESSENTIAL = ("totals", "traffic")  # names of questions: without them nothing of a job is worth loading
GRAINS: tuple[Grain, ...] = ("month", "week")


def session_metrics(currency: str) -> dict[str, str]:
    """What Metrica calls the measures of visits; the more important first. Revenue is asked for in this currency."""
    return {
        "sessions": VISITS,
        "page_views": "ym:s:pageviews",
        "engaged_sessions": "ym:s:bounceRate",
        "engagement_seconds": "ym:s:avgVisitDurationSeconds",
        "new_users": "ym:s:newUsers",
        "purchases": "ym:s:ecommercePurchases",
        "revenue": f"ym:s:ecommerce{currency}ConvertedRevenue",
    }


def goal_metric(goal: str) -> str:
    """Visits with the goal. ``goal<id>reaches`` would count five clicks of one visit as five."""
    return f"ym:s:goal{goal}visits"


def goal_of(metric: str) -> str:
    """The goal's number; the counterpart of `goal_metric`."""
    return metric.removeprefix("ym:s:goal").removesuffix("visits")


@dataclass(frozen=True)
class Question:
    """One report. People of weeks or months have a ``grain``, and no dimensions."""

    name: str  # totals, traffic, event_totals, events, users
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    first_day: date
    last_day: date
    grain: Grain | None = None
    without: tuple[str, ...] = ()  # metrics that belong to this report and that Metrica does not give
    said: tuple[str, ...] = ()  # its words about them

    @property
    def is_divisible(self) -> bool:
        """Days can be asked for in parts; the people of a month cannot, they would be counted in each part."""
        return self.grain is None and self.first_day < self.last_day

    @property
    def path(self) -> str:
        return "/stat/v1/data/bytime" if self.grain else "/stat/v1/data"

    def halves(self) -> tuple["Question", "Question"]:
        middle = self.first_day + (self.last_day - self.first_day) // 2
        return replace(self, last_day=middle), replace(self, first_day=middle + timedelta(days=1))

    def left(self, refused: dict[str, str]) -> "Question":
        """The question without the metrics that Metrica refuses. ``refused``: what it said of each."""
        without = [metric for metric in self.metrics if metric in refused]
        return replace(
            self,
            metrics=tuple(metric for metric in self.metrics if metric not in refused),
            without=(*self.without, *without),
            said=tuple(dict.fromkeys([*self.said, *(refused[metric] for metric in without)])),
        )

    def params(self, counter: int, offset: int = 1, limit: int | None = None) -> dict[str, str]:
        """The question in Metrica's words. ``offset``: of the first row, counted from 1; ``limit``: None = a page."""
        common = {
            "ids": str(counter),
            "date1": self.first_day.isoformat(),
            "date2": self.last_day.isoformat(),
            "metrics": ",".join(self.metrics),
            "accuracy": "full",  # the default is medium, a sample
            "include_undefined": "true",
            "lang": "en",  # of names, which only texts without an id are taken from
        }
        if self.grain:
            return common | {"group": self.grain}
        order = ",".join(self.dimensions)
        return common | {"dimensions": order, "sort": order, "offset": str(offset), "limit": str(limit or PAGE)}

    def asked(self, counter: int) -> dict[str, Any]:
        """The request for the first page, as JSON, for the archive."""
        return {"path": self.path, "params": self.params(counter)}

    def context(self) -> dict[str, Any]:
        """What reading the answer takes beside it, as JSON."""
        told = {
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "metrics": list(self.metrics),
            "without": list(self.without),
            "said": list(self.said),
        }
        return told | ({"grain": self.grain} if self.grain else {})


def of_job(job: Job) -> Iterator[Question]:
    """Everything to ask for a job, in the order of the answers: what nothing can do without first."""
    days = (job.first_day, job.last_day)
    metrics = tuple(session_metrics(job.currency).values())
    yield Question("totals", (DATE,), (*metrics, USERS), *days)
    yield Question("traffic", (DATE, *ORIGIN), metrics, *days)
    goals = [goal_metric(goal) for goal in job.events]
    for start in range(0, len(goals), MOST_METRICS):
        some = tuple(goals[start : start + MOST_METRICS])
        yield Question("event_totals", (DATE,), some, *days)
        yield Question("events", (DATE, *ORIGIN[:-1]), some, *days)  # whichever the campaign
    for grain in GRAINS:
        yield Question("users", (), (USERS,), periods.begin(grain, job.first_day), job.last_day, grain)
