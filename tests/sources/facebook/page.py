"""A Facebook Page as a script: what Meta says to each call, as a test lets it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Job
from smm.sources.facebook import SOURCE
from tests.sources.graph.far_end import PAGE_TOKEN, Asked, GraphFarEnd, error
from tests.sources.graph.talking import Talks, Wrote, stream
from tests.sources.loading import Loaded, job, load

PAGE = 100000000000001
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)  # clocks go forward in California on the 10th
CALIFORNIA = ZoneInfo("America/Los_Angeles")
ONE_DAY = timedelta(days=1)
MEASURES = {
    "page_follows": "followers",
    "page_daily_follows_unique": "followers_gained",
    "page_daily_unfollows_unique": "followers_lost",
    "page_actions_post_reactions_total": "likes",
    "page_media_view": "views",
    "page_post_engagements": "engagements",
    "page_views_total": "page_visits",
    "page_total_actions": "button_clicks",
    "page_total_media_view_unique": "reach",
}
PEOPLE = "page_total_media_view_unique"
DEAD = error(100, "(#100) The value must be a valid insights metric")
GONE = error(100, "Unsupported get request. Object with ID '1' does not exist", subcode=33)

Json = dict[str, Any]
Number = Callable[[str, str, date], Any]
"""Metric, period, and the day that it is of or ends with -> what Meta says; None = nothing."""


def number(metric: str, period: str, day: date) -> Any:
    """Another one for each metric, period and day."""
    found = day.toordinal() % 1000 * 100 + [*MEASURES].index(metric) * 10 + ["day", "week", "days_28"].index(period)
    return {"like": found - 3, "love": 3} if metric == "page_actions_post_reactions_total" else found


def nothing(metric: str, period: str, day: date) -> None:
    """Not a single number, as without a permission."""


def reached(name: str, metric: str) -> Any:
    """Another number for each post and metric."""
    return int(name.rpartition("_")[2]) * 10 + ["post_media_view", "post_total_media_view_unique"].index(metric)


def end_time(day: date) -> str:
    """The midnight in California after this day."""
    end = datetime.combine(day + ONE_DAY, time(), CALIFORNIA).astimezone(UTC)
    return f"{end:%Y-%m-%dT%H:%M:%S}+0000"


def listed(at: int, published_at: datetime, **other: Any) -> Json:
    """A post of the list: with 5 reactions, 2 comments and a share."""
    plain = {
        "id": f"{PAGE}_{at}",
        "created_time": f"{published_at:%Y-%m-%dT%H:%M:%S}+0000",
        "status_type": "added_photos",
        "reactions": {"data": [], "summary": {"total_count": 5}},
        "comments": {"data": [], "summary": {"total_count": 2}},
        "shares": {"count": 1},
    }
    return {key: value for key, value in (plain | other).items() if value is not None}


def spread(count: int, first_day: date, last_day: date) -> list[Json]:
    """So many posts, newest first."""
    begin, end = (datetime.combine(day, time(9), UTC) for day in (first_day, last_day))
    step = (end - begin) / max(count - 1, 1)
    return [listed(at, end - at * step) for at in range(count)]


@dataclass
class Page:
    """``reached``: of a post by its name and a metric. ``dead``: removed metrics. ``says``: what comes first.

    ``talks``: what is written below posts; two comments below each that is not named there.
    """

    posts: list[Json] = field(default_factory=list)
    number: Number = number
    ads: Callable[[date], int] = lambda day: day.day
    reached: Callable[[str, str], Any] = reached
    dead: set[str] = field(default_factory=set)
    talks: Talks = field(default_factory=dict)
    says: Callable[[Asked], Any] | None = None

    def __call__(self, asked: Asked) -> Any:
        if self.says and (first := self.says(asked)) is not None:
            return first
        if asked.fields.get("fields") == "access_token":
            return {"access_token": PAGE_TOKEN, "id": str(PAGE)}
        assert asked.authorization == f"Bearer {PAGE_TOKEN}"
        name, _, edge = asked.path.partition("/")
        match edge:
            case "":
                return {"name": "Yarko", "followers_count": 7, "is_published": True, "id": name}
            case "published_posts":
                return self._posts(asked)
            case "comments":
                return stream(self.talks[name] if name in self.talks else self._talk(name), asked.fields)
        metrics = asked.fields["metric"].split(",")
        if self.dead & set(metrics):
            return DEAD
        if "_" in name:
            entries = [(metric, [{"value": self.reached(name, metric)}]) for metric in metrics]
            return {"data": [{"name": one, "period": "lifetime", "values": values} for one, values in entries]}
        series = [(metric, [*self._values(metric, asked.fields)]) for metric in metrics]
        period = asked.fields["period"]
        data = [{"name": one, "period": period, "title": None, "values": values} for one, values in series if values]
        link = f"https://graph.facebook.com/v26.0/{PAGE}/insights?since=1&until=2"
        return {"data": data, "paging": {"previous": link, "next": link}}

    def _values(self, metric: str, fields: Json) -> Iterator[Json]:
        day, until = (date.fromisoformat(fields[name]) for name in ("since", "until"))
        while day < until:  # which is excluded
            value = self.number(metric, fields["period"], day)
            if value is not None and fields.get("breakdown") == "is_from_ads":
                ads = self.ads(day)
                yield {"value": ads, "end_time": end_time(day), "is_from_ads": "1"}
                yield {"value": value - ads, "end_time": end_time(day), "is_from_ads": "0"}
            elif value is not None:
                yield {"value": value, "end_time": end_time(day)}
            day += ONE_DAY

    def _talk(self, name: str) -> list[Wrote]:
        found = [datetime.fromisoformat(one["created_time"]) for one in self.posts if one.get("id") == name]
        return [Wrote(f"{name}_{nth}", found[0] + timedelta(minutes=nth)) for nth in (1, 2) if found]

    def _posts(self, asked: Asked) -> Json:
        begin, limit = int(asked.fields.get("after", "0")), int(asked.fields["limit"])
        data, end = self.posts[begin : begin + limit], begin + limit
        if not data:
            return {"data": []}
        # the last page has a cursor, too
        paging: Json = {"cursors": {"before": str(begin), "after": str(end)}}
        if end < len(self.posts):
            paging["next"] = f"https://graph.facebook.com/v26.0/{PAGE}/published_posts?access_token={PAGE_TOKEN}"
        return {"data": data, "paging": paging}


def work(**values: Any) -> Job:
    plain = {"network": "facebook", "options": {"connection": "meta", "page": PAGE}}
    return job(**plain | {"first_day": FIRST, "last_day": LAST} | values)


def loaded(far_end: GraphFarEnd, **values: Any) -> Loaded:
    found = load(SOURCE, work(**values), far_end.connection)
    assert sum(answer.requests for answer in found.answers) == len(far_end.requests)
    return found


def of_days(found: Loaded, measure: str) -> dict[date, Any]:
    return of(found, measure, "day")


def of(found: Loaded, measure: str, grain: str) -> dict[date, Any]:
    rows = [row for row in found.named.get("counts", []) if (row["measure"], row["grain"]) == (measure, grain)]
    assert len({row["period"] for row in rows}) == len(rows)
    return {row["period"]: row["value"] for row in rows}
