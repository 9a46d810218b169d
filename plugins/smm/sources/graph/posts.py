"""The posts of a Page or of an account: listed newest first, each with what it has reached so far.

A post's numbers are those of its whole life until now: a point that is not taken is lost. So a run reads every post
until it is POST_DAYS old. A post that was deleted or hidden is no longer listed, and keeps its last numbers. A list is
followed by its cursors to its end, because Meta counts fewer posts than it lists.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Answer, Job, Known, Rows
from smm.sources.graph import insights, parts
from smm.sources.graph.api import Call, Graph, Said
from smm.sources.graph.errors import Json, Refusal
from smm.sources.graph.insights import Question, count

POST_DAYS = 28
PAGE = 100  # posts; the most that Meta lists at once
UNLISTED = "Meta's list does not have it: its owner hides it, or the token lacks pages_read_user_content"
MEASURES = {  # of a day, by report and column: what is unknown if one of its posts lacks it
    "posts": {"likes": "post_likes", "comments": "post_comments", "reposts": "post_reposts", "views": "post_views"},
    "post_reach": {"reach": "post_reach", "link_clicks": "post_clicks", "saves": "post_saves"},
}


@dataclass(frozen=True)
class Post:
    """``name``: Meta's own. ``counters``: by column, as far as the list has them. ``metrics``: to ask for."""

    id: int
    name: str
    published_at: datetime
    is_repost: bool
    counters: Mapping[str, int | None]
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class List:
    """Where posts are listed, and how one of them is read. ``columns``: by metric, what it is here."""

    path: str
    fields: tuple[str, ...]
    read: Callable[[Json], Post | None]
    columns: Mapping[str, str]

    def pages(self, job: Job, graph: Graph) -> Iterator[tuple[Call, Said, bool]]:
        """Each page, and whether it is the last one with posts of the job's days."""
        params = {"fields": ",".join(self.fields), "limit": str(PAGE)}
        while True:
            call = Call(self.path, params)
            said = graph.get(call)
            after = next_page(said.body)
            is_over = after in (None, params.get("after"))  # a cursor that leads to itself would never end
            is_last = said.refusal is not None or is_over or self._is_past(job, said.body)
            yield call, said, is_last
            if is_last:
                return
            params = params | {"after": str(after)}

    def found(self, job: Job, body: Json) -> list[Post]:
        """The posts of the job's days on a page."""
        first_day, last_day = window(job)
        return [post for post in self._all(body) if first_day <= day_of(job, post) <= last_day]

    def _all(self, body: Json) -> list[Post]:
        read = (self.read(one) for one in insights.objects(body.get("data")))
        return [post for post in read if post is not None]

    def _is_past(self, job: Job, body: Json) -> bool:
        days = [day_of(job, post) for post in self._all(body)]
        return bool(days) and max(days[-5:]) < window(job)[0]  # the order is Meta's: a few posts must agree


def window(job: Job) -> tuple[date, date]:
    """The days of publication whose posts a job reads."""
    return job.first_day - timedelta(days=POST_DAYS), job.last_day


def day_of(job: Job, post: Post) -> date:
    """Of its publication, in the client's zone."""
    return post.published_at.astimezone(ZoneInfo(job.time_zone)).date()


def questions(posts: Sequence[Post]) -> list[Question]:
    """What each post has reached."""
    return [Question(f"{post.name}/insights", post.metrics, {}, {"post": post.id}) for post in posts]


def moment(text: Any) -> datetime | None:
    """Such as 2026-06-01T21:02:09+0000; None for what has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def read(job: Job, answer: Answer, listed: List, given: frozenset[str]) -> Iterator[Rows | Known]:
    """The posts of a page of the list; with the last page, the job's days are known, but for what a post lacks.

    ``given``: the measures that the source has of its posts.
    """
    (_, said, about), *reached = parts.told(answer)
    first_day, last_day = window(job)
    if "error" in said:
        for report in MEASURES:
            yield Known(report, first_day, last_day, "no_access", Refusal.kept(said["error"]).reason)
        return
    found = {post.id: post for post in listed.found(job, said) if post.id in about["posts"]}
    counters, reasons = {number: dict(post.counters) for number, post in found.items()}, {}
    for _, each, of in reached:
        if "error" in each:
            reasons[of["post"]] = Refusal.kept(each["error"]).reason
            continue
        lifetimes = insights.lifetimes(each)
        counters[of["post"]] |= {
            column: count(lifetimes[metric]) for metric, column in listed.columns.items() if metric in lifetimes
        }
    yield Rows("posts", (_row(job, post, answer.fetched_at, counters[number]) for number, post in found.items()))
    yield Rows("post_reach", (_reach_row(job, number, told) for number, told in counters.items()))
    for report, columns in MEASURES.items():
        if answer.context["is_last"]:
            yield Known(report, first_day, last_day)
        for number, post in found.items():
            lacks = [column for column in columns if counters[number].get(column) is None]
            without = {columns[column]: column for column in lacks if columns[column] in given}
            if without:
                unread = reasons.get(number, insights.EMPTY)
                why = dict.fromkeys(UNLISTED if column in post.counters else unread for column in without.values())
                reason = f"post {number}: {'; '.join(why)}"
                yield Known(report, day_of(job, post), day_of(job, post), reason=reason, without=tuple(without))


def _row(job: Job, post: Post, fetched_at: datetime, told: Mapping[str, int | None]) -> Sequence[Any]:
    counters = (told.get(column) for column in MEASURES["posts"])
    return [job.network, post.id, post.published_at, post.is_repost, False, True, *counters, fetched_at]


def _reach_row(job: Job, number: int, told: Mapping[str, int | None]) -> Sequence[Any]:
    return [job.network, number, told.get("reach"), None, told.get("link_clicks"), None, told.get("saves")]


def next_page(body: Json) -> str | None:
    """Where the list goes on. The last page has a cursor too, and only lacks the link, which itself is not followed."""
    after = insights.inner(body, "paging", "cursors", "after")
    return after if insights.inner(body, "paging", "next") and isinstance(after, str) else None
