"""Reading Meta's answers about an Instagram account."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date
from zoneinfo import ZoneInfo

from smm.facts import OF_PERIODS
from smm.files import periods
from smm.sources import Answer, BadInput, Health, Identity, Job, Known, Rows, instagram
from smm.sources.graph import comments, days, insights, parts
from smm.sources.graph import posts as graph_posts
from smm.sources.graph.errors import Json, Refusal
from smm.sources.graph.insights import Point, count
from smm.sources.graph.kept import Kept
from smm.sources.instagram import media, zone
from smm.sources.instagram.questions import FOLLOW_TYPES, FOLLOWS, MOST_DAYS, REACH, TOTALS

OF_DAYS = (*TOTALS.values(), *FOLLOW_TYPES.values(), "reach", "reach_28")
OF_POSTS = frozenset(measure for given in instagram.SOURCE.gives if given.kind == "posts" for measure in given.measures)


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows and what they make known. Raises BadInput for an answer that no question has."""
    for answer in answers:
        yield Health({key: answer.context[key] for key in ("version", "allowance", "zone") if answer.context.get(key)})
        match answer.name:
            case "account":
                yield Identity({"account": str(job.options["account"])})
                yield from days.not_over(job, "insights", answer.fetched_at)
                yield from _followers(job, answer)
            case "insights":
                if answer.context["zone"]:
                    yield Identity({"zone": answer.context["zone"]})
                yield from _insights(job, answer)
            case "posts":
                yield from graph_posts.read(job, answer, media.of_job(job), OF_POSTS)
            case "comments":
                yield from comments.read(job, answer)
            case name:
                raise BadInput(f"the archive has an answer {name!r}, which no question to Instagram has")


def _followers(job: Job, answer: Answer) -> Iterator[Rows | Known]:
    """Counted at the moment of asking: the day is the earlier one of the client's zone and of UTC, as for others."""
    ((_, said, _),) = parts.told(answer)
    day = min(answer.fetched_at.astimezone(one).date() for one in (ZoneInfo(job.time_zone), UTC))
    followers = count(said.get("followers_count"))
    row = (job.network, "followers", "followers", "day", day, followers, day, answer.fetched_at)
    yield Rows("counts", iter([row]), (*OF_PERIODS, "counted_at"))
    if followers is None:
        yield Known("followers", job.first_day, job.last_day, "no_access", "Meta did not give followers_count")
    else:
        yield Known("followers", day, day)


def _insights(job: Job, answer: Answer) -> Iterator[Rows | Known]:
    kept = Kept(job.network, "insights", OF_DAYS)
    if answer.context["zone"] is None:
        kept.doubt(zone.UNPROVEN)
    first_day, last_day = parts.days(answer)
    for month in periods.touched("month", first_day, last_day):
        if (periods.end("month", month) - month).days >= MOST_DAYS:
            kept.has_none("reach", "month", month)
    for params, said, about in parts.told(answer):
        if "error" in said:
            for metric in params["metric"].split(","):
                for measure in _measures(metric, params["period"]):
                    kept.refuse(measure, Refusal.kept(said["error"]).reason)
        elif "days" in about:
            _totals(kept, said, *map(date.fromisoformat, about["days"]))
        else:
            for point in insights.series(said):
                _put(kept, point)
    yield from kept.parts(first_day, last_day)


def _measures(metric: str, period: str) -> tuple[str, ...]:
    if metric == FOLLOWS:
        return tuple(FOLLOW_TYPES.values())
    return (TOTALS.get(metric, "reach_28" if period == "days_28" else "reach"),)


def _totals(kept: Kept, said: Json, first_day: date, last_day: date) -> None:
    """A metric without a value is unknown: follows come without their parts where too few people follow."""
    for metric, told in insights.totals(said).items():
        if metric == REACH:
            kept.put("reach", "month", first_day, count(told.get("value")), last_day)
        elif metric in TOTALS:
            kept.put(TOTALS[metric], "day", first_day, count(told.get("value")), first_day)
        elif metric == FOLLOWS:
            for follow_type, measure in FOLLOW_TYPES.items():
                # of the two, Meta leaves out what did not happen
                by = told.get("by", {})
                number = by.get(follow_type, 0) if by.keys() & FOLLOW_TYPES.keys() else None
                kept.put(measure, "day", first_day, count(number), first_day)


def _put(kept: Kept, point: Point) -> None:
    """People of seven days that end on a Sunday are those of that week; those of 28 days are a measure of their own."""
    day = point.day
    match point.period, point.metric:
        case "day", "reach":
            kept.put("reach", "day", day, count(point.value), day)
        case "week", "reach" if day == periods.end("week", day):
            kept.put("reach", "week", periods.begin("week", day), count(point.value), day)
        case "days_28", "reach":
            kept.last_28_days(day, count(point.value))
