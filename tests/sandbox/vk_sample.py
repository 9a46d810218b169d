"""A small VK of known numbers, and the ways to ask for them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
import vk_api
from jconfig import MemoryConfig  # type: ignore[import-untyped]
from requests.adapters import HTTPAdapter

from sandbox.data import Community, FarEnds, Period, Post

SHOP, CLUB = 101, 202  # the club hides its size and its statistics
USER, SERVICE, COMMUNITY = "user-token-7f3a", "service-token-9c1e", "community-token-5b8d"
NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)


def stamp(*moment: int) -> int:
    """Seconds since 1970 of a moment in UTC: year, month, day, hour ..."""
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


def post(post_id: int, **values: Any) -> Post:
    """Post n was published n hours after NOON and has n likes."""
    plain: dict[str, Any] = {
        "published_at": NOON + timedelta(hours=post_id),
        "likes": post_id,
        "comments": 2,
        "reposts": 1,
        "views": 100 * post_id,
        "is_repost": False,
        "is_ad": False,
        "is_pinned": False,
        "from_id": -SHOP,
        "text": "Свежий хлеб",
        "reach": 80,
        "reach_subscribers": 60,
        "links": 4,
        "join_group": 3,
    }
    return Post(id=post_id, **plain | values)


def period(first: date, last: date, **values: int) -> Period:
    """40 people reached, nothing done."""
    plain = dict.fromkeys(("likes", "comments", "copies", "subscribed", "unsubscribed"), 0)
    seen = {"reach": 40, "reach_subscribers": 30, "visitors": 7, "views": 9}
    return Period(period_from=first, period_to=last, **plain | seen | values)


def stats(interval: str, first: date, last: date) -> list[Period]:
    """Quiet days, newest first; weeks and months as one period from the first day asked for, with something done."""
    if interval != "day":
        return [period(first, last, likes=5, unsubscribed=1)]
    return [period(day, day) for day in (last - timedelta(days=n) for n in range((last - first).days + 1))]


def far_ends() -> FarEnds:
    posts = [
        post(6, views=None, comments=None),
        post(5, from_id=9001, reach=None, reach_subscribers=None, links=None, join_group=None),
        post(4, is_repost=True),
        post(3, is_ad=True),
        post(2, is_pinned=True),
        post(1),
    ]
    return FarEnds(
        now=NOON,
        communities={
            SHOP: Community(SHOP, "Булочная «Утро»", 1500, posts, stats),
            CLUB: Community(CLUB, "Quiet club", None, [], None),
        },
        user_tokens={USER},
        service_tokens={SERVICE},
        community_tokens={COMMUNITY: SHOP},
    )


Ask = Callable[..., Any]


def asking(url: str, session: requests.Session, owner: str = USER) -> Ask:
    """ask(method, token=owner, **fields) -> the whole answer, as JSON."""

    def ask(method: str, token: str | None = owner, v: str | None = "5.199", **fields: Any) -> Any:
        form = {"access_token": token, "v": v, **fields}
        response = session.post(f"{url}/method/{method}", data=form, timeout=10)
        assert response.status_code == 200
        return response.json()

    return ask


class _Rerouted(HTTPAdapter):
    def __init__(self, base: str) -> None:
        self._base = base
        super().__init__()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        request.url = self._base + request.path_url
        return super().send(request, **options | {"timeout": 10})


def library(url: str, token: str = USER) -> vk_api.VkApi:
    """The real vk_api library, in whose code VK's address stands fast, led to `url`."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _Rerouted(url))
    vk = vk_api.VkApi(token=token, api_version="5.199", session=session, config=MemoryConfig)
    vk.RPS_DELAY = 0
    return vk
