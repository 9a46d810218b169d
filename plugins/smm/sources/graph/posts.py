"""The posts of a Page or of an account: listed newest first, each with what it has reached so far.

A post's numbers are those of its whole life until now: a point that is not taken is lost. So a run reads every post
until it is POST_DAYS old. A post that was deleted or hidden is no longer listed, and keeps its last numbers. A list is
followed by its cursors to its end, because Meta counts fewer posts than it lists.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Answer, Job, Known, Rows
from smm.sources.graph import cursors, insights, parts
from smm.sources.graph.api import Call, Graph, Said
from smm.sources.graph.errors import Json, Refusal
from smm.sources.graph.fields import Fields
from smm.sources.graph.insights import Question, count

POST_DAYS = 28
PAGE = 100  # posts; the most that Meta lists at once
UNLISTED = "Meta's list does not have it: its owner hides it, or the token lacks pages_read_user_content"
UNREADABLE = "Meta lists a post without a number or a moment that can be read"
MEASURES = {  # of a day, by report and column: what is unknown if one of its posts lacks it
    "posts": {"likes": "post_likes", "comments": "post_comments", "reposts": "post_reposts", "views": "post_views"},
    "post_reach": {"reach": "post_reach", "saves": "post_saves"},
}

Unread = tuple[date, date, str]
"""Of which days posts may be missing, and why."""


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
class Page:
    """``unread``: of which days posts may be missing, and why, as JSON: first day, last day, reason.

    ``is_last``: with posts of the job's days.
    """

    call: Call
    said: Said
    is_last: bool
    unread: list[list[str]]


@dataclass(frozen=True)
class List:
    """Where posts are listed, and how one of them is read. ``columns``: by metric, what it is here.

    ``kept``: what stays of a post in the archive. ``written_at``: the field with the moment. ``is_other``: what is
    listed among the posts, and is none.
    """

    path: str
    fields: tuple[str, ...]
    kept: Fields
    read: Callable[[Json], Post | None]
    columns: Mapping[str, str]
    written_at: str
    is_other: Callable[[Json], bool] = lambda _: False

    def pages(self, job: Job, graph: Graph) -> Iterator[Page]:
        """Each page of the list."""
        params = {"fields": ",".join(self.fields), "limit": str(PAGE)}
        seen: set[str] = set()
        reached = window(job)[1]  # the day of the last post that was read
        while True:
            call = Call(self.path, params)
            said = graph.get(call)
            after, cut = (None, None) if said.refusal else cursors.after(said.body, seen)
            unread = list(self._unreadable(job, said.body, reached))
            newest = self._newest_of_last(job, said.body)
            reached = newest or reached
            is_past = newest is not None and newest < window(job)[0]
            if cut:  # of days before the window nothing is kept
                unread.append((window(job)[0], reached, cut))
            yield Page(call, said, after is None or is_past, list(_within(job, unread)))
            if after is None or is_past:
                return
            seen.add(after)
            params = params | {"after": after}

    def found(self, job: Job, body: Json) -> list[Post]:
        """The posts of the job's days on a page."""
        first_day, last_day = window(job)
        return [post for post in self._all(body) if first_day <= day_of(job, post) <= last_day]

    def _all(self, body: Json) -> list[Post]:
        read = (self.read(one) for one in insights.objects(body.get("data")))
        return [post for post in read if post is not None]

    def _newest_of_last(self, job: Job, body: Json) -> date | None:
        """The order is Meta's: a few posts must agree."""
        days = [day_of(job, post) for post in self._all(body)]
        return max(days[-5:]) if days else None

    def _unreadable(self, job: Job, body: Json, newer: date) -> Iterator[Unread]:
        """The days of posts without a number or a moment: between those of their neighbours in the list."""
        listed = [one for one in insights.objects(body.get("data")) if not self.is_other(one)]
        moments = [moment(one.get(self.written_at)) for one in listed]
        days = [found and _day(job, found) for found in moments]
        for at, one in enumerate(listed):
            if self.read(one) is None:
                older = next(filter(None, days[at:]), window(job)[0])
                newest = days[at] or newer
                yield min(older, newest), max(older, newest), UNREADABLE
            newer = days[at] or newer


def window(job: Job) -> tuple[date, date]:
    """The days of publication whose posts a job reads."""
    return job.first_day - timedelta(days=POST_DAYS), job.last_day


def day_of(job: Job, post: Post) -> date:
    """Of its publication, in the client's zone."""
    return _day(job, post.published_at)


def _day(job: Job, at: datetime) -> date:
    return at.astimezone(ZoneInfo(job.time_zone)).date()


def _within(job: Job, unread: Iterable[Unread]) -> Iterator[list[str]]:
    begin, end = window(job)
    for first_day, last_day, why in unread:
        if max(first_day, begin) <= min(last_day, end):
            yield [max(first_day, begin).isoformat(), min(last_day, end).isoformat(), why]


def missing(unread: Iterable[Sequence[str]]) -> Iterator[Unread]:
    """From JSON."""
    for first_day, last_day, why in unread:
        yield date.fromisoformat(first_day), date.fromisoformat(last_day), why


def stored_id(text: str) -> int | None:
    """Of a post; None for what is none, or does not fit into the warehouse."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) < 2**63 else None


def questions(posts: Sequence[Post]) -> list[Question]:
    """What each post has reached."""
    return [Question(f"{post.name}/insights", post.metrics, {}, {"post": post.id}) for post in posts]


def moment(text: Any) -> datetime | None:
    """Such as 2026-06-01T21:02:09+0000; None for what has no zone."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    is_in_reach = found.tzinfo and date.min.year < found.year < date.max.year  # of every zone
    return found if is_in_reach else None


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
        for first, last, reason in missing(answer.context.get("unread", ())):
            yield Known(report, first, last, "unanswered", reason)
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
    return [job.network, number, told.get("reach"), None, None, None, told.get("saves")]
