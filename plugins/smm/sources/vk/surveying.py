"""A VK community before its history is loaded: its tokens are tried, its wall and statistics measured.

Three or four requests: the community and its newest post, then the oldest post and the months that have statistics,
and its messages where the client counts them.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import ceil

from smm.sources import Access, Answer, Job, Refused
from smm.sources.survey import Survey
from smm.sources.vk import comments, reach, reading, stats, values, wall
from smm.sources.vk.errors import Json, no_access
from smm.sources.vk.execute import PACK, Call
from smm.sources.vk.session import Session, opened

SINCE = datetime(2011, 1, 1, tzinfo=UTC)  # VK counts communities' visitors since about then


def survey(jobs: Sequence[Job], access: Access) -> Survey:
    """Raises SourceError; Refused too for a community of which neither the wall nor the statistics may be read."""
    job, now = jobs[0], datetime.now(UTC)
    began = time.monotonic()
    with opened(access) as session:
        about, newest = session.look([Call("groups.getById", {"group_ids": job.options["community"]}), _post(job, 0)])
        list(
            reading.read(job, [Answer("community", {}, json.dumps(about).encode(), now)])
        )  # gone or unknown: it says so
        count = values.count(values.block(newest.get("response")).get("count")) or 0
        counted, *oldest = session.pack([_months(job, now), *([_post(job, count - 1)] if count else [])])
        messages = list(_messages_advice(job, session))
        took = (time.monotonic() - began) / session.requests
    listed = _Wall(count, _day(oldest), job.first_day - timedelta(days=wall.POST_DAYS), now.date())
    lacking = list(_lacking(job, about, newest, counted))
    if "error" in newest and "error" in counted:
        raise Refused("; ".join(lacking))
    months = _months_of(counted)
    firsts = [*months[:1], *([listed.oldest.replace(day=1)] if listed.oldest else [])]
    requests = 2 + listed.requests + ceil(len(list(stats.calls(job, now))) / PACK)
    return Survey(
        first_month=min(firsts, default=None),
        last_month=max([*months[-1:], *firsts], default=None),
        found=f"{listed.posts:,} posts, {len(months)} months of statistics",
        requests=requests,
        seconds=requests * took,
        advice=(*lacking, *messages),
    )


def _post(job: Job, offset: int) -> Call:
    return Call("wall.get", {"owner_id": -job.options["community"], "offset": offset, "count": 1})


def _months(job: Job, now: datetime) -> Call:
    params = {
        "group_id": job.options["community"],
        "interval": "month",
        "timestamp_from": int(SINCE.timestamp()),
        "timestamp_to": int(now.timestamp()),
        "stats_groups": "visitors,reach",
        "extended": 0,
    }
    return Call("stats.get", params)


def _day(oldest: Sequence[Json]) -> date | None:
    found = [values.objects(values.block(said.get("response")).get("items")) for said in oldest]
    moments = [values.moment(post.get("date")) for posts in found for post in posts]
    return moments[0].date() if moments and moments[0] else None


def _months_of(counted: Json) -> list[date]:
    """The months in which anybody was there, in order; old ones come as zeros."""
    told = [(values.moment(one.get("period_from")), one) for one in values.objects(counted.get("response"))]
    return sorted(
        begin.date().replace(day=1)
        for begin, one in told
        if begin and any(values.count(values.block(one.get(name)).get(name)) for name in ("visitors", "reach"))
    )


@dataclass(frozen=True)
class _Wall:
    count: int  # of all posts
    oldest: date | None  # post's day; None: there is none, or the wall may not be read
    since: date
    today: date

    @property
    def posts(self) -> int:
        """About how many are not older than ``since``, as if they were spread evenly."""
        if self.oldest is None or self.oldest >= self.since:
            return self.count
        return ceil(self.count * max((self.today - self.since).days, 0) / (self.today - self.oldest).days)

    @property
    def requests(self) -> int:
        """For the pages of posts, each time twice as many at once, for their reach, and for comments on all of them."""
        pages, listed, at_once, requests = ceil(self.posts / wall.PAGE), 1, 1, 0
        while listed < pages:
            at_once = min(at_once * 2, wall.MOST_PAGES)
            listed += at_once
            requests += 1
        requests += ceil(ceil(self.posts / reach.MOST) / PACK)
        return requests + min(ceil(self.posts / PACK), comments.MOST_REQUESTS)


def _lacking(job: Job, about: Json, newest: Json, counted: Json) -> Iterator[str]:
    asked = (("members", "groups.getById", about), ("posts", "wall.get", newest), ("stats", "stats.get", counted))
    for report, method, said in asked:
        if "error" in said:
            known = no_access(report, job.first_day, job.last_day, method, said)
            yield f"{known.reason}; its numbers stay unknown (no_access)"


def _messages_advice(job: Job, session: Session) -> Iterator[str]:
    """The community's token gives its messages only: whatever is wrong with it, the rest can be loaded."""
    if "messages" not in job.lead_parts:
        return
    if not session.has_community:
        yield "leads count VK's messages, and the connection has no extra.community_token: add it, or they stay unknown"
        return
    try:
        (said,) = session.as_community([Call("messages.getConversations", {"count": 1})])
    except Refused as error:
        yield str(error)
        return
    if "error" in said:
        yield str(no_access("messages", job.first_day, job.last_day, "messages.getConversations", said).reason)
