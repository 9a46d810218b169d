"""Reading Rookery's export."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from smm.files import periods
from smm.sources import Answer, Health, Identity, Job, Known, Rows

COUNTS = ("network", "report", "measure", "grain", "period", "value", "through_day")
MOMENT = (*COUNTS, "counted_at")
POSTS = (
    *("network", "post_id", "published_at", "is_repost", "is_ad", "is_own"),
    *("likes", "comments", "reposts", "fetched_at"),
)


def read(job: Job, answers: Iterable[Answer]) -> Iterator[Rows | Known | Health | Identity]:
    """Rows of counts and posts; the days of the job are known."""
    for answer in answers:
        said = json.loads(answer.body)
        yield Identity({"page": said["page"]})
        yield Rows("counts", iter(_counts(job, said["insights"])), COUNTS)
        today = answer.fetched_at.date()
        row = [job.network, "members", "followers", "day", today, said["followers"], today, answer.fetched_at]
        yield Rows("counts", iter([row]), MOMENT)
        yield Rows("posts", iter(_posts(job, said["posts"], answer)), POSTS)
        for report in ("insights", "posts"):
            yield Known(report, job.first_day, job.last_day)
        yield Known("members", today, today)


def _counts(job: Job, insights: list[dict[str, Any]]) -> Iterator[list[Any]]:
    for told in insights:
        begin, grain = date.fromisoformat(told["period"]), told["grain"]
        end = periods.end(grain, begin)
        if end >= job.first_day and begin <= job.last_day:
            for measure, value in told["numbers"].items():
                yield [job.network, "insights", measure, grain, begin, value, min(end, job.last_day)]


def _posts(job: Job, posts: list[dict[str, Any]], answer: Answer) -> Iterator[list[Any]]:
    for post in posts:
        counters = [post["likes"], post["comments"], post["shares"]]
        yield [job.network, post["id"], post["at"], False, False, True, *counters, answer.fetched_at]
