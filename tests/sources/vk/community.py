"""A VK community of known numbers, and reading what VK says of it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.data import Community, FarEnds, Period, Post
from smm.sources import Answer
from smm.sources.vk import SOURCE
from smm.sources.vk import stats as vk_stats
from tests.sources.loading import RECORDINGS as ALL_RECORDINGS
from tests.sources.loading import Loaded, job
from tests.sources.vk.far_end import SERVICE, USER, Respond, VkFarEnd

RECORDINGS = ALL_RECORDINGS / "vk"
GROUP = 101
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
POSTS_FROM = date(2024, 2, 10)  # 28 days before
NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)

Serve = Callable[[FarEnds | Respond], VkFarEnd]


def post(post_id: int, published_at: datetime = NOON, **values: Any) -> Post:
    plain: dict[str, Any] = {
        "likes": 10,
        "comments": 2,
        "reposts": 1,
        "views": 100,
        "is_repost": False,
        "is_ad": False,
        "is_pinned": False,
        "from_id": -GROUP,
        "text": "",
        "reach": 80,
        "reach_subscribers": 60,
        "links": 4,
        "join_group": 3,
        "talk": ((9001, -GROUP),),  # somebody asks, the community answers
    }
    return Post(id=post_id, published_at=published_at, **plain | values)


def stats(interval: str, first: date, last: date) -> list[Period]:
    """Every day, ISO week and month that touches the days, newest first; reach is told by the period's first day."""
    found: list[Period] = []
    begin = {"day": first, "week": first - timedelta(days=first.weekday()), "month": first.replace(day=1)}[interval]
    while begin <= last:
        after = begin + timedelta(days={"day": 1, "week": 7}.get(interval, 31))
        after = after.replace(day=1) if interval == "month" else after
        people = begin.toordinal() % 1000
        found.append(Period(begin, after - timedelta(days=1), people, people // 2, 7, 9, 5, 0, 1, 3, 0))
        begin = after
    return found[::-1]


def far_ends(posts: list[Post] | None = None, **community: Any) -> FarEnds:
    plain: dict[str, Any] = {"name": "Ярко", "members": 1500, "posts": posts or [], "stats": stats}
    return FarEnds(
        now=NOON,
        communities={GROUP: Community(id=GROUP, **plain | community)},
        user_tokens={USER},
        service_tokens={SERVICE},
    )


def known(loaded: Loaded, report: str) -> list[tuple[date, date, str]]:
    return [(known.first_day, known.last_day, known.state) for known in loaded.known_of(report)]


def followers(loaded: Loaded) -> list[tuple[str, int | None, datetime]]:
    """Network, number and moment of each number of members."""
    rows = [row for row in loaded.named.get("counts", []) if row["report"] == "members"]
    for row in rows:
        assert (row["measure"], row["grain"], row["through_day"]) == ("followers", "day", row["period"])
    return [(row["network"], row["value"], row["counted_at"]) for row in rows]


def statistics(loaded: Loaded) -> list[tuple[Any, ...]]:
    """Network, grain, first and last day of each period, and its counts in the order of `vk_stats.MEASURES`."""
    found = loaded.counted("stats")
    assert {tuple(values) for values in found.values()} <= {vk_stats.MEASURES}
    return [(*period, *values.values()) for period, values in found.items()]


def answer(
    name: str, said: Any, params: dict[str, Any] | None = None, fetched_at: datetime = NOON, **context: Any
) -> Answer:
    """As the archive has it: what was said, what it was asked with, and what reading it takes besides."""
    return Answer(name, {"params": params or {}}, json.dumps(said).encode(), fetched_at, context=context)


def read(*answers: Answer) -> Loaded:
    loaded = Loaded()
    loaded.take(SOURCE.read(job(), answers))
    return loaded
