"""VK communities of exactly known size: so many posts, evenly over so many days, and statistics of each of them."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from sandbox.data import Community, FarEnds, Period, Post

FIRST_COMMUNITY = 101


def token(number: int) -> str:
    """The user's token for one community."""
    return f"bench-user-{number}"


def far_ends(communities: int, posts: int, days: int, last_day: date) -> FarEnds:
    """Communities from FIRST_COMMUNITY on, as of the morning after ``last_day``; each has a token of its own."""
    now = datetime.combine(last_day + timedelta(days=1), time(4), UTC)
    numbers = range(FIRST_COMMUNITY, FIRST_COMMUNITY + communities)
    found = {number: Community(number, f"Community {number}", 5_000, [], _stats) for number in numbers}
    for number in numbers:
        found[number].posts = _posts(number, posts, days, now)
    return FarEnds(now=now, communities=found, user_tokens={token(number) for number in numbers})


def _posts(community: int, count: int, days: int, now: datetime) -> list[Post]:
    """Newest first. Texts are as long as they often are: a page of 100 posts is some 100 KB."""
    apart = timedelta(days=days) / max(count, 1)
    return [
        Post(
            id=count - place,
            published_at=now - timedelta(hours=5) - place * apart,
            likes=40 + place % 17,
            comments=place % 5,
            reposts=place % 3,
            views=1_000 + place,
            is_repost=False,
            is_ad=False,
            is_pinned=False,
            from_id=-community,
            text="What is new this week, and where to find it. " * 12,
            reach=900 + place,
            reach_subscribers=600 + place,
            links=place % 7,
            join_group=place % 2,
            talk=tuple((-community if nth == 1 else 1_000 + nth,) for nth in range(place % 5)),
        )
        for place in range(count)
    ]


def _stats(interval: str, first: date, last: date) -> list[Period]:
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    begins = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
    }
    ends = {
        "day": lambda begin: begin,
        "week": lambda begin: begin + timedelta(days=6),
        "month": lambda begin: (begin + timedelta(days=31)).replace(day=1) - timedelta(days=1),
    }
    found = [
        _period(begin, ends[interval](begin), len(list(group))) for begin, group in groupby(days, begins[interval])
    ]
    return found[::-1]


def _period(begin: date, end: date, days: int) -> Period:
    return Period(
        period_from=begin,
        period_to=end,
        reach=700 + 40 * days,
        reach_subscribers=500 + 20 * days,
        visitors=90 + 5 * days,
        views=150 * days,
        likes=30 * days,
        comments=4 * days,
        copies=3 * days,
        subscribed=5 * days,
        unsubscribed=2 * days,
    )
