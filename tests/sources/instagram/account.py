"""An Instagram account as a script: what Meta says to each call, as a test lets it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Job
from smm.sources.instagram import SOURCE
from tests.sources.graph.far_end import TOKEN, Asked, GraphFarEnd, error
from tests.sources.graph.talking import Talks, Wrote, answers, nested
from tests.sources.loading import Loaded, job, load

ACCOUNT = 17841400000000001
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)  # clocks go forward in California on the 10th
CALIFORNIA = ZoneInfo("America/Los_Angeles")
ONE_DAY = timedelta(days=1)
MEASURES = {
    "likes": "likes",
    "comments": "comments",
    "shares": "reposts",
    "saves": "saves",
    "views": "views",
    "total_interactions": "engagements",
    "profile_views": "page_visits",
    "profile_links_taps": "button_clicks",
    "website_clicks": "website_clicks",
}
ALL = (*MEASURES.values(), "followers_gained", "followers_lost", "reach", "reach_28")
FOLLOWS = "follows_and_unfollows"
KNOWN = ("reach", "follower_count", *MEASURES, FOLLOWS)

Json = dict[str, Any]


def people(period: str, day: date) -> Any:
    """Of a day, or of what ends with it: another number for each."""
    return day.toordinal() % 1000 * 100 + ["day", "week", "days_28"].index(period)


def total(metric: str, first_day: date, last_day: date) -> Any:
    """Another number for each metric and window."""
    if metric == "reach" and first_day == last_day:
        return people("day", last_day)
    return last_day.toordinal() % 1000 * 1000 + (last_day - first_day).days * 20 + KNOWN.index(metric)


def follows(first_day: date) -> Json:
    """Who came, and who left: two numbers for each day."""
    return {"FOLLOWER": first_day.day + 10, "NON_FOLLOWER": first_day.day}


def end_time(day: date) -> str:
    """The midnight in California after this day."""
    end = datetime.combine(day + ONE_DAY, time(), CALIFORNIA).astimezone(UTC)
    return f"{end:%Y-%m-%dT%H:%M:%S}+0000"


def listed(at: int, published_at: datetime, **other: Any) -> Json:
    """A medium of the list: with 5 likes and 2 comments."""
    plain = {
        "id": str(at),
        "timestamp": f"{published_at:%Y-%m-%dT%H:%M:%S}+0000",
        "media_product_type": "FEED",
        "like_count": 5,
        "comments_count": 2,
    }
    return {key: value for key, value in (plain | other).items() if value is not None}


def spread(count: int, first_day: date, last_day: date) -> list[Json]:
    """So many media, newest first."""
    begin, end = (datetime.combine(day, time(9), UTC) for day in (first_day, last_day))
    step = (end - begin) / max(count - 1, 1)
    return [listed(at + 1, end - at * step) for at in range(count)]


def reached(name: str, metric: str) -> Any:
    """Another number for each medium and metric."""
    return int(name) * 10 + ["reach", "views", "shares", "saved"].index(metric)


def removed(metrics: list[str], dead: set[str]) -> Any:
    """Instagram names the place of the metric, and all that there are."""
    at = next(at for at, metric in enumerate(metrics) if metric in dead)
    names = ", ".join(name for name in KNOWN if name not in dead)
    return error(100, f"(#100) metric[{at}] must be one of the following values: {names}")


@dataclass
class Account:
    """``zone``: whose days totals are. ``dead``: removed metrics. ``says``: what comes first.

    ``talks``: what is written below media; two comments below each that is not named there.
    """

    media: list[Json] = field(default_factory=list)
    zone: str = "America/Los_Angeles"
    people: Callable[[str, date], Any] = people
    total: Callable[[str, date, date], Any] = total
    follows: Callable[[date], Json | None] = follows
    reached: Callable[[str, str], Any] = reached
    dead: set[str] = field(default_factory=set)
    followers: Any = 16184
    talks: Talks = field(default_factory=dict)
    says: Callable[[Asked], Any] | None = None

    def __call__(self, asked: Asked) -> Any:
        if self.says and (first := self.says(asked)) is not None:
            return first
        assert asked.authorization == f"Bearer {TOKEN}"
        name, _, edge = asked.path.partition("/")
        if not edge:
            return {"followers_count": self.followers, "username": "yarko", "media_count": 229, "id": name}
        if edge == "media":
            return self._listed(asked)
        if edge == "comments":
            return nested(self.talks[name] if name in self.talks else self._talk(name), asked.fields)
        if edge == "replies":
            (said,) = [one for one in self.talks.values() if any(comment.name == name for comment in one)]
            return answers(said, name, asked.fields)
        metrics = asked.fields["metric"].split(",")
        if self.dead & set(metrics):
            return removed(metrics, self.dead)
        if name != str(ACCOUNT):
            entries = [(metric, [{"value": self.reached(name, metric)}]) for metric in metrics]
            return {"data": [{"name": one, "period": "lifetime", "values": values} for one, values in entries]}
        since, until = (date.fromisoformat(asked.fields[key]) for key in ("since", "until"))
        if (until - since).days > 30:
            return error(100, "(#100) There cannot be more than 30 days (2592000 s) between since and until.")
        of = self._total if asked.fields.get("metric_type") == "total_value" else self._series
        told = [(one, of(one, asked.fields, since, until)) for one in metrics]
        data = [{"name": one, "period": asked.fields["period"]} | entry for one, entry in told if entry is not None]
        link = f"https://graph.facebook.com/v26.0/{ACCOUNT}/insights?access_token={TOKEN}&since=1&until=2"
        return {"data": data, "paging": {"previous": link, "next": link}}

    def _series(self, metric: str, fields: Json, since: date, until: date) -> Json | None:
        """What ends in the window, from one midnight of UTC to another: days that began before it."""
        assert metric == "reach"
        days = [since + at * ONE_DAY - ONE_DAY for at in range((until - since).days)]
        told = [(day, self.people(fields["period"], day)) for day in days]
        values = [{"value": value, "end_time": end_time(day)} for day, value in told if value is not None]
        return {"values": values} if values else None

    def _total(self, metric: str, fields: Json, since: date, until: date) -> Json | None:
        shift = timedelta() if self.zone == "UTC" else ONE_DAY
        first_day, last_day = since - shift, until - shift - ONE_DAY
        if metric == FOLLOWS:
            by = self.follows(first_day) if fields.get("breakdown") == "follow_type" else None
            if by is None:
                return {}
            results = [{"dimension_values": [kind], "value": number} for kind, number in by.items()]
            return {"total_value": {"breakdowns": [{"dimension_keys": ["follow_type"], "results": results}]}}
        value = self.total(metric, first_day, last_day)
        if metric == "reach" and first_day == last_day and self.zone == "UTC" and value is not None:
            value += 7  # another day than any in California
        return None if value is None else {"total_value": {"value": value}}

    def _talk(self, name: str) -> list[Wrote]:
        found = [datetime.fromisoformat(one["timestamp"]) for one in self.media if one.get("id") == name]
        return [Wrote(f"{name}{nth}", found[0] + timedelta(minutes=nth)) for nth in (1, 2) if found]

    def _listed(self, asked: Asked) -> Json:
        begin, limit = int(asked.fields.get("after", "0")), int(asked.fields["limit"])
        data, end = self.media[begin : begin + limit], begin + limit
        paging: Json = {"cursors": {"before": str(begin), "after": str(end)}}  # the last page has one, too
        if end < len(self.media):
            paging["next"] = f"https://graph.facebook.com/v26.0/{ACCOUNT}/media?access_token={TOKEN}"
        return {"data": data, "paging": paging} if data else {"data": []}


def work(**values: Any) -> Job:
    plain = {"network": "instagram", "options": {"connection": "meta", "account": ACCOUNT}}
    return job(**plain | {"first_day": FIRST, "last_day": LAST} | values)


def loaded(far_end: GraphFarEnd, **values: Any) -> Loaded:
    found = load(SOURCE, work(**values), far_end.connection)
    assert sum(answer.requests for answer in found.answers) == len(far_end.requests)
    return found


def of(found: Loaded, measure: str, grain: str = "day") -> dict[date, Any]:
    rows = [row for row in found.named.get("counts", []) if (row["measure"], row["grain"]) == (measure, grain)]
    assert len({row["period"] for row in rows}) == len(rows)
    return {row["period"]: row["value"] for row in rows}
