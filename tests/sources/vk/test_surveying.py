"""The survey of a VK community over real HTTP: what it asks, what it makes of the answers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.data import Community, FarEnds, Period, Post
from sandbox.loopback import Request, Server
from sandbox.vk.api import Vk
from smm.sources import Access, Refused
from smm.sources.survey import Survey
from smm.sources.vk import SOURCE
from tests.sources.loading import Connection, job

NOW = datetime.now(UTC)
TODAY = NOW.date()
OLDEST = (TODAY - timedelta(days=999)).replace(day=1)
Asked = tuple[Survey, list[str]]


def post(number: int, published_at: datetime) -> Post:
    counts = {"likes": 1, "comments": 0, "reposts": 0, "views": 9}
    flags = {"is_repost": False, "is_ad": False, "is_pinned": False}
    return Post(number, published_at, **counts, **flags, from_id=-101, text="")  # type: ignore[arg-type]


def months(interval: str, first: date, last: date) -> list[Period]:
    """Visitors of last year since May; VK tells of the months before as zeros."""
    assert interval == "month"
    found = [date(TODAY.year - 1, month, 1) for month in range(1, 13)]
    return [
        Period(month, month + timedelta(days=27), *([0, 0, 0, 0] if month.month < 5 else [9, 9, 9, 9]), *[0] * 5)
        for month in reversed(found)
    ]


@pytest.fixture
def far_ends() -> FarEnds:
    """A post a day for a thousand days, the last of them today."""
    posts = [post(1000 - n, NOW - timedelta(days=n)) for n in range(1000)]
    return FarEnds(
        now=NOW,
        communities={101: Community(101, "Yarko", 900, posts, months)},
        user_tokens={"user"},
        service_tokens={"service"},
        community_tokens={"community": 101},
    )


@pytest.fixture
def survey(far_ends: FarEnds) -> Iterator[Callable[..., Asked]]:
    """Surveys a year of the community; the survey, and the methods that it took."""

    with ExitStack() as stack:

        def survey(extra: dict[str, str] | None = None, **values: Any) -> Asked:
            asked: list[str] = []
            vk = Vk(far_ends, None)

            def respond(request: Request) -> Any:
                asked.append(request.path.rpartition("/")[2])
                return vk.respond(request)

            server = Server(0, respond)
            stack.callback(server.stop)
            tokens = {"service_token": "service"} | (extra or {})
            connection = Connection(host=server.url, password="user", extra_dejson=tokens)
            days = (TODAY - timedelta(days=366), TODAY - timedelta(days=1))
            year = job(first_day=days[0], last_day=days[1], **values)
            return SOURCE.survey([year], Access(connection)), asked

        yield survey


def test_three_requests_tell_how_far_back_it_goes_and_what_it_costs(survey: Callable[..., Asked]) -> None:
    found, asked = survey()

    assert asked == ["groups.getById", "wall.get", "execute"]
    assert (found.first_month, found.last_month) == (OLDEST, date(TODAY.year - 1, 12, 1))
    # 366 days and the 28 before them, a post a day: 4 pages, 1 + 2 + 4; 14 calls for their reach; 10 requests for
    # comments, which are the most
    assert found.found == "395 posts, 8 months of statistics"
    assert found.requests == 2 + 2 + 1 + 10 + 1
    assert found.advice == ()


def test_without_statistics_the_wall_tells_how_far_back_it_goes(
    survey: Callable[..., Asked], far_ends: FarEnds
) -> None:
    far_ends.communities[101].stats = None
    found, _ = survey()
    (told,) = found.advice
    assert told.startswith("VK refuses stats.get with error 15")
    assert (found.first_month, found.last_month) == (OLDEST, OLDEST)


def test_messages_need_the_communitys_token(survey: Callable[..., Asked], far_ends: FarEnds) -> None:
    lacking, _ = survey(lead_parts=("messages",))
    there, asked = survey(lead_parts=("messages",), extra={"community_token": "community"})
    dead, _ = survey(lead_parts=("messages",), extra={"community_token": "dead"})

    assert lacking.advice == (
        "leads count VK's messages, and the connection has no extra.community_token: add it, or they stay unknown",
    )
    assert (there.advice, asked) == ((), ["groups.getById", "wall.get", "execute", "execute"])
    (told,) = dead.advice
    assert "the token is dead" in told


@pytest.mark.parametrize(("tokens", "text"), [("user_tokens", "error 5"), ("service_tokens", "error 5")])
def test_a_dead_token_is_refused(survey: Callable[..., Asked], far_ends: FarEnds, tokens: str, text: str) -> None:
    getattr(far_ends, tokens).clear()

    with pytest.raises(Refused, match=text):
        survey()
