"""Reading Meta's answers about a Page."""

from collections.abc import Iterable, Iterator
from typing import Any

from smm.files import periods
from smm.sources import Answer, BadInput, Health, Identity, Job, Known, Rows, facebook
from smm.sources.facebook import posts
from smm.sources.facebook.questions import BY_DAY, PEOPLE, VIEWS
from smm.sources.graph import comments, days, insights, parts
from smm.sources.graph import posts as graph_posts
from smm.sources.graph.errors import Json, Refusal
from smm.sources.graph.insights import Point, count
from smm.sources.graph.kept import Kept

OF_DAYS = (*(metric.measure for metric in BY_DAY.values()), "views_ads", "reach_28")
OF_POSTS = frozenset(measure for given in facebook.SOURCE.gives if given.kind == "posts" for measure in given.measures)


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows and what they make known. Raises BadInput for an answer that no question has."""
    for answer in answers:
        yield Health({key: answer.context[key] for key in ("version", "allowance") if answer.context.get(key)})
        match answer.name:
            case "page":
                yield Identity({"page": str(job.options["page"])})
                yield from days.not_over(job, "insights", answer.fetched_at)
            case "insights":
                yield from _insights(job, answer)
            case "posts":
                yield from graph_posts.read(job, answer, posts.of_job(job), OF_POSTS)
            case "comments":
                yield from comments.read(job, answer)
            case name:
                raise BadInput(f"the archive has an answer {name!r}, which no question to Facebook has")


def _insights(job: Job, answer: Answer) -> Iterator[Rows | Known]:
    kept = Kept(job.network, "insights", OF_DAYS)
    for params, said, _ in parts.told(answer):
        if "error" in said:
            for metric in params["metric"].split(","):
                kept.refuse(_measure(metric, params), Refusal.kept(said["error"]).reason)
        for point in insights.series(said):
            _put(kept, point, is_of_ads="breakdown" in params)
    yield from kept.parts(*parts.days(answer))


def _measure(metric: str, params: Json) -> str:
    if params["period"] == "days_28":
        return "reach_28"
    return "views_ads" if "breakdown" in params else BY_DAY[metric].measure


def _put(kept: Kept, point: Point, *, is_of_ads: bool) -> None:
    """People of seven days that end on a Sunday are those of that week; those of 28 days are a measure of their own."""
    day = point.day
    match point.period, point.metric:
        case "day", metric if is_of_ads:
            if metric == VIEWS and point.flags.get("is_from_ads") == "1":
                kept.put("views_ads", "day", day, count(point.value), day)
        case "day", metric if metric in BY_DAY:
            one = BY_DAY[metric]
            kept.put(one.measure, "day", day, _sum(point.value) if one.parts else count(point.value), day)
        case "week", metric if metric == PEOPLE and day == periods.end("week", day):
            kept.put("reach", "week", periods.begin("week", day), count(point.value), day)
        case "days_28", metric if metric == PEOPLE:
            kept.last_28_days(day, count(point.value))


def _sum(kinds: Any) -> int | None:
    """Of reactions by kind: only kinds that happened are named, and ``{}`` is none at all."""
    numbers = [count(value) for value in kinds.values()] if isinstance(kinds, dict) else [count(kinds)]
    return None if None in numbers else sum(number for number in numbers if number)
