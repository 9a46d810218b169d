"""The posts of a VK community's wall, and their counters.

A wall is listed newest first, from now back to POST_DAYS before the job's first day: so a daily run sees every post
grow until that age. A post belongs to the day of its publication in the client's zone.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Answer, Job, Known, Rows
from smm.sources.vk import item, values
from smm.sources.vk.errors import Json, no_access
from smm.sources.vk.execute import Call
from smm.sources.vk.item import Item

MEASURES = {  # by report: what is not known of a day if one of its posts cannot be told
    "posts": ("posts", "posts_reposted", "post_likes", "post_comments", "post_reposts", "post_views"),
    "post_reach": ("post_reach", "post_reach_followers", "post_clicks", "joins_from_posts"),
    "own_comments": ("post_comments_own",),
}

POST_DAYS = 28
PAGE = 100  # posts; the most that wall.get gives
OVERLAP = 5  # posts that a request asks for again: those deleted since the last one have moved the others up
MOST_STEPS = 4  # back, in one listing, where more were deleted; each is twice as long as the one before
MOST_PAGES = 10  # in one request: 1,000 posts are some 4 MB, and VK refuses to send more than 5


@dataclass(frozen=True)
class Post:
    """One of the community's own posts, on its day in the client's zone."""

    id: int
    day: date
    comments: int  # by VK's counter; 0 where it gives none


class Listing:
    """A wall being listed: which pages to ask for next, and the posts found in the job's days."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._pages = 0  # in the last request
        self._begin = 0  # of the last request
        self._offset = 0
        self._steps = 0  # taken back
        self._count = PAGE  # of posts on the wall, as far as is known
        self._seen: set[int] = set()
        self._own: dict[int, Post] = {}  # in the job's days
        self.is_complete = False
        self.is_refused = False

    def next_calls(self) -> list[Call]:
        """Twice as many pages as before: most runs need one, a history needs many."""
        self._pages = min(self._pages * 2 or 1, MOST_PAGES)
        self._begin = self._offset
        offsets = range(self._begin, min(self._begin + self._pages * PAGE, self._count), PAGE)
        self._offset += len(offsets) * PAGE - OVERLAP
        owner = -self._job.options["community"]
        return [Call("wall.get", {"owner_id": owner, "offset": offset, "count": PAGE}) for offset in offsets]

    def goes_on(self, said: Json) -> bool:
        """Whether the last request, by its first page, begins where the one before it ended.

        Else posts are missing between the two: the next request is to begin further back, and this one counts for
        nothing. A wall with long stretches of deleted posts, which VK leaves out, looks alike: it is taken as it is.
        """
        is_seen = not _is_page(said) or not self._seen.isdisjoint(_ids(said["response"]))
        if self._begin == 0 or is_seen or self._steps == MOST_STEPS:
            return True
        self._offset = max(self._begin - PAGE * 2**self._steps, 0)
        self._steps += 1
        return False

    def add(self, call: Call, said: Json) -> Json:
        """Take a page in; returns what reading it alone takes: how many own posts came before it, and which repeat.

        Requests overlap, and a post published while the wall is listed moves all others on: a page may begin with old
        ones.
        """
        if not _is_page(said):
            self.is_complete = self.is_refused = True
            return {}
        page = _Page(self._job, call.params, said["response"])
        context = {"own_before": len(self._own), "repeats": sorted(self._seen & page.posts.keys())}
        self._seen |= set(_ids(said["response"]))
        for post in page.posts.values():
            if post.is_own:
                self._own[post.id] = Post(post.id, post.day, post.counters["comments"] or 0)
        self.is_complete = page.is_last
        self._count = page.count
        return context

    def newest_first(self) -> list[Post]:
        """Own posts of the job's days."""
        return sorted(self._own.values(), key=lambda post: (post.day, post.id), reverse=True)


class _Page:
    """One page of a wall: the posts of the days that the job asks for, by id."""

    def __init__(self, job: Job, params: Json, response: Json) -> None:
        first_day, last_day = window(job)
        owner, zone = -job.options["community"], ZoneInfo(job.time_zone)
        read = (item.read(one, owner, zone) for one in values.objects(response["items"]))
        found = [post for post in read if post is not None]
        self.posts = {post.id: post for post in found if first_day <= post.day <= last_day}
        told, size = values.count(response.get("count")), len(response["items"])
        if told is None or (size >= params["count"] and told < params["offset"] + size):  # no number of these posts
            told = sys.maxsize if size else 0  # a page more, or no more
        self.count = told
        # the pinned post comes first, whatever its date
        in_order = [post for post in found if not post.is_pinned]
        has_older = bool(in_order) and in_order[-1].day < first_day
        # a page that is not full may go on: VK leaves deleted posts out without filling it
        self.is_last = has_older or params["offset"] + params["count"] >= self.count


def _is_page(said: Json) -> bool:
    return isinstance(values.block(said.get("response")).get("items"), list)


def _ids(response: Json) -> Iterator[int]:
    """Of all items, whether posts or not."""
    ids = (values.count(one.get("id")) for one in values.objects(response["items"]))
    return (number for number in ids if number)


def window(job: Job) -> tuple[date, date]:
    """The days of publication whose posts a job reads."""
    return job.first_day - timedelta(days=POST_DAYS), job.last_day


def read_posts(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known]:
    """The posts of the job's days; with the last page, these days are known."""
    days = window(job)
    if not _is_page(said):
        for report in ("posts", "own_comments"):
            yield no_access(report, *days, "wall.get", said)
        return
    page = _Page(job, answer.request["params"], said["response"])
    kept = [post for key, post in page.posts.items() if key not in answer.context["repeats"]]
    yield Rows("posts", (_row(job, post, answer.fetched_at) for post in kept if post.is_own is not None))
    if page.is_last:
        yield Known("posts", *days)
        if not answer.context["own_before"] and not any(post.is_own for post in kept):
            yield Known("post_reach", *days)  # nothing of its own: no reach, and none is asked for
    yield from _doubts(kept)


def _row(job: Job, post: Item, fetched_at: datetime) -> list[Any]:
    flags = [post.is_repost, post.is_ad, post.is_own]
    return [job.network, post.id, post.published_at, *flags, *post.counters.values(), fetched_at]


def _doubts(posts: list[Item]) -> Iterator[Known]:
    """What is not known of the days of some posts, and why."""
    for post in posts:
        if post.is_own is None:
            reason = f"VK does not say who wrote post {post.id}"
            for report, measures in MEASURES.items():
                yield Known(report, post.day, post.day, reason=reason, without=measures)
        elif post.odd and post.is_own:
            yield Known("posts", post.day, post.day, reason=f"VK gave {', '.join(post.odd)} of post {post.id}")
