"""A VK community's statistics: people and reactions by day, ISO week and month; of weeks and months, who was reached.

People are counted once within a period, so every grain is asked for itself. VK's days are UTC days; they are taken
from the answer and never computed from a local midnight.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from smm.sources import Answer, BadInput, Job, Known, Rows, periods
from smm.sources.periods import ONE_DAY, Grain
from smm.sources.vk.errors import Json, no_access
from smm.sources.vk.execute import Call

COLUMNS = (
    *("network", "grain", "period", "through_day", "reach", "reach_subscribers", "visitors", "page_views"),
    *("likes", "comments", "reposts", "joined", "left_community"),
)
AUDIENCE_COLUMNS = ("network", "grain", "period", "block", "value", "reach")
BLOCKS = {"sex": "sex", "age": "age", "sex_age": "sex_age", "cities": "city"}  # VK's name -> ours
GRAINS: tuple[Grain, ...] = ("day", "week", "month")
MOST_DAYS = 180  # of one call by day


def calls(job: Job, now: datetime) -> Iterator[tuple[Call, Json]]:
    """The calls for a job, and the days each stands for; with a day more on each side, as VK's day is not the job's."""
    for grain in GRAINS:
        span = timedelta(days=MOST_DAYS) if grain == "day" else job.last_day - job.first_day + ONE_DAY
        first_day = job.first_day
        while first_day <= job.last_day:
            last_day = min(first_day + span - ONE_DAY, job.last_day)
            since = _midnight(periods.begin(grain, first_day) - ONE_DAY)
            until = _midnight(periods.end(grain, last_day) + 2 * ONE_DAY) - 1
            params = {
                "group_id": job.options["community"],
                "interval": grain,
                "timestamp_from": since,
                "timestamp_to": min(until, int(now.timestamp())),
                "stats_groups": "visitors,reach,activity",
                "extended": int(grain != "day"),  # sexes, ages and cities
            }
            yield Call("stats.get", params), {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
            first_day = last_day + ONE_DAY


def read(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known]:
    """The periods that touch the days asked for, as far as they are over. Days that VK left out stay unknown."""
    grain: Grain = answer.request["params"]["interval"]
    first_day, last_day = (date.fromisoformat(answer.request[key]) for key in ("first_day", "last_day"))
    if "error" in said:
        yield no_access("stats", first_day, last_day, "stats.get", said)
        return
    last_over = answer.fetched_at.astimezone(UTC).date() - ONE_DAY
    found = [(*_days(grain, period), period) for period in said["response"]]
    kept = [
        (begin, min(end, last_over), period)
        for begin, end, period in found
        if begin <= min(last_day, last_over) and periods.end(grain, begin) >= first_day
    ]
    yield Rows("vk_stats", ([job.network, grain, begin, through, *_counts(period)] for begin, through, period in kept))
    if grain != "day":
        yield Rows("vk_audience", (row for begin, _, period in kept for row in _audience(job, grain, begin, period)))
    else:
        for first_known, last_known in periods.stretches(begin for begin, _, _ in kept):
            yield Known("stats", first_known, last_known)


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _days(grain: Grain, period: Json) -> tuple[date, date]:
    """First and last day. Raises BadInput unless they are a whole UTC day, or begin an ISO week or a month."""
    since, until = (datetime.fromtimestamp(int(period[key]), UTC) for key in ("period_from", "period_to"))
    begin, end = since.date(), until.date()
    is_whole = since.time() == time() and begin == periods.begin(grain, begin) and begin <= end
    if not is_whole or end > periods.end(grain, begin):
        raise BadInput(
            f"VK gave statistics of a {grain} from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC, which is no"
            f" {grain} in UTC: its numbers belong to no {grain} of the warehouse"
        )
    return begin, end


def _counts(period: Json) -> list[Any]:
    """A missing block of people is unknown; a missing reaction is a zero, which VK leaves out."""
    reach, visitors = period.get("reach", {}), period.get("visitors", {})
    activity = period.get("activity") or {}  # [] in old answers
    people = [reach.get("reach"), reach.get("reach_subscribers"), visitors.get("visitors"), visitors.get("views")]
    return people + [activity.get(key, 0) for key in ("likes", "comments", "copies", "subscribed", "unsubscribed")]


def _audience(job: Job, grain: Grain, begin: date, period: Json) -> Iterator[list[Any]]:
    """How many of the people reached VK counts to each group that it names; cities of one name count as one."""
    for theirs, block in BLOCKS.items():
        people: Counter[str] = Counter()
        for group in period.get("reach", {}).get(theirs, ()):
            people[str(group.get("name", group["value"]))] += int(group["count"])
        for value, count in people.items():
            yield [job.network, grain, begin, block, value, count]
