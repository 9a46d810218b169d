"""The posts of a VK community's wall, their counters, and their reach.

A wall is listed newest first, from now back to POST_DAYS before the job's first day: so a daily run sees every post
grow until that age. A post belongs to the day of its publication in the client's zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from smm.sources import Answer, Job, Known, Rows
from smm.sources.vk.errors import Json, no_access
from smm.sources.vk.execute import Call

POST_COLUMNS = (
    *("network", "post_id", "published_at", "is_repost", "is_ad", "is_own"),
    *("likes", "comments", "reposts", "views", "fetched_at"),
)
REACH_COLUMNS = ("network", "post_id", "reach", "reach_subscribers", "link_clicks", "joins")

POST_DAYS = 28
PAGE = 100  # posts; the most that wall.get gives
OVERLAP = 5  # posts that a request asks for again: those deleted since the last one have moved the others up
MOST_STEPS = 4  # back, in one listing, where more were deleted; each is twice as long as the one before
MOST_PAGES = 10  # in one request: 1,000 posts are some 4 MB, and VK refuses to send more than 5
MOST_REACHES = 30  # posts; the most that stats.getPostReach takes


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
        self._owner = -job.options["community"]
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
        return [Call("wall.get", {"owner_id": self._owner, "offset": offset, "count": PAGE}) for offset in offsets]

    def goes_on(self, said: Json) -> bool:
        """Whether the last request, by its first page, begins where the one before it ended.

        Else posts are missing between the two: the next request is to begin further back, and this one counts for
        nothing. A wall with long stretches of deleted posts, which VK leaves out, looks alike: it is taken as it is.
        """
        is_seen = "error" in said or any(post["id"] in self._seen for post in said["response"]["items"])
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
        if "error" in said:
            self.is_complete = self.is_refused = True
            return {}
        page = _Page(self._job, call.params, said["response"])
        about = {"own_before": len(self._own), "repeats": sorted(self._seen & page.posts.keys())}
        self._seen |= page.posts.keys()
        for key, day in page.days.items():
            if _is_own(page.posts[key]):
                self._own[key] = Post(key, day, page.posts[key].get("comments", {}).get("count", 0))
        self.is_complete = page.is_last
        self._count = said["response"]["count"]
        return about

    def reach_calls(self) -> Iterator[tuple[Call, Json]]:
        """The calls for the reach of own posts, newest first; together they stand for all the job's days."""
        first_day, until = window(self._job)
        ids = [post.id for post in self._newest_first()]
        for start in range(0, len(ids), MOST_REACHES):
            chunk = ids[start : start + MOST_REACHES]
            since = self._own[chunk[-1]].day if start + MOST_REACHES < len(ids) else first_day
            params = {"owner_id": self._owner, "post_ids": ",".join(map(str, chunk))}
            yield Call("stats.getPostReach", params), {"first_day": since.isoformat(), "last_day": until.isoformat()}
            until = since

    def talked_of(self) -> list[Post]:
        """Own posts with comments, newest first."""
        return [post for post in self._newest_first() if post.comments]

    def _newest_first(self) -> list[Post]:
        return sorted(self._own.values(), key=lambda post: (post.day, post.id), reverse=True)


class _Page:
    """One page of a wall: all its posts by id, and the days of those that the job asks for."""

    def __init__(self, job: Job, params: Json, response: Json) -> None:
        first_day, last_day = window(job)
        zone = ZoneInfo(job.time_zone)
        self.posts: dict[int, Json] = {post["id"]: post for post in response["items"]}
        days = {key: datetime.fromtimestamp(post["date"], zone).date() for key, post in self.posts.items()}
        self.days = {key: day for key, day in days.items() if first_day <= day <= last_day}
        # the pinned post comes first, whatever its date; and VK leaves deleted posts out of a page without filling it
        has_older = any(days[key] < first_day for key, post in self.posts.items() if not post.get("is_pinned"))
        self.is_last = has_older or params["offset"] + params["count"] >= response["count"]


def window(job: Job) -> tuple[date, date]:
    """The days of publication whose posts a job reads."""
    return job.first_day - timedelta(days=POST_DAYS), job.last_day


def _is_own(post: Json) -> bool:
    return bool(post["from_id"] == post["owner_id"])


def read_posts(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known]:
    """The posts of the job's days; with the last page, these days are known."""
    days = window(job)
    if "error" in said:
        for report in ("posts", "own_comments"):
            yield no_access(report, *days, "wall.get", said)
        return
    page = _Page(job, answer.request["params"], said["response"])
    kept = [page.posts[key] for key in page.days if key not in answer.request["repeats"]]
    yield Rows("vk_posts", (_post(job, post, answer.fetched_at) for post in kept))
    if page.is_last:
        yield Known("posts", *days)
        if not answer.request["own_before"] and not any(map(_is_own, kept)):
            yield Known("post_reach", *days)  # nothing of its own: no reach, and none is asked for


def _post(job: Job, post: Json, fetched_at: datetime) -> list[Any]:
    counters = [post.get(name, {}).get("count") for name in ("likes", "comments", "reposts", "views")]
    return [
        job.network,
        post["id"],
        datetime.fromtimestamp(post["date"], UTC),
        bool(post.get("copy_history")),
        bool(post.get("marked_as_ads")),
        _is_own(post),
        *counters,
        fetched_at,
    ]


def read_reach(job: Job, answer: Answer, said: Json) -> Iterator[Rows | Known]:
    """The reach of posts. VK gives it for a community's last 300 posts or so; that of others stays unknown."""
    first_day, last_day = (date.fromisoformat(answer.request[key]) for key in ("first_day", "last_day"))
    if "error" in said:
        yield no_access("post_reach", first_day, last_day, "stats.getPostReach", said)
        return
    keys = ("reach_total", "reach_subscribers", "links", "join_group")
    yield Rows(
        "vk_post_reach",
        ([job.network, post["post_id"], *(_known(post.get(key)) for key in keys)] for post in said["response"]),
    )
    yield Known("post_reach", first_day, last_day)


def _known(count: int | None) -> int | None:
    return None if count is None or count < 0 else count  # VK writes -1 for a number that it does not have
