"""VK over real HTTP: what is asked, what comes of the answers, and what of the errors."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import vk_api

from sandbox.data import Community, FarEnds, Period, Post
from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request, Server
from sandbox.vk.api import Vk
from smm.sources import Answer, BadInput, Refused, SourceError, vk
from tests.sources.loading import Connection, Loaded, job, load

RECORDINGS = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "vk"
USER, SERVICE = "SECRET-user-7f3a", "SECRET-service-9c1e"
GROUP = 101
FIRST, LAST = date(2024, 3, 9), date(2024, 3, 11)
POSTS_FROM = date(2024, 2, 10)  # 28 days before
NOON = datetime(2024, 3, 10, 12, tzinfo=UTC)

Respond = Callable[[Request], HttpAnswer]


class FarEnd:
    """A VK on this machine; `requests` are the methods it was called by, `tokens` the token of each."""

    def __init__(self, respond: Respond) -> None:
        self.requests: list[Request] = []
        self._respond = respond
        self.server = Server(0, self._answer)
        self.connection = Connection(
            host=self.server.url, password=USER, extra_dejson={"service_token": SERVICE, "community_token": "SECRET-c"}
        )

    def _answer(self, request: Request) -> HttpAnswer:
        self.requests.append(request)
        return self._respond(request)

    @property
    def methods(self) -> list[str]:
        return [request.path.removeprefix("/method/") for request in self.requests]


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """This far end counts no requests per second, so none has to be waited for."""
    monkeypatch.setattr(vk_api.VkApi, "RPS_DELAY", 0)


@pytest.fixture
def far_end() -> Iterator["Serve"]:
    with ExitStack() as stack:

        def serve(what: FarEnds | Respond) -> FarEnd:
            started = FarEnd(Vk(what, None).respond if isinstance(what, FarEnds) else what)
            stack.enter_context(started.server)
            return started

        yield serve


Serve = Callable[[FarEnds | Respond], FarEnd]


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


# --- members


def test_members_are_those_of_the_moment(far_end: Serve) -> None:
    before = datetime.now(UTC)
    loaded = load(vk, job(), far_end(far_ends()).connection)
    ((network, members, fetched_at),) = loaded.rows["vk_members"]
    assert (network, members) == ("vk", 1500)
    assert before <= fetched_at <= datetime.now(UTC)
    assert {first == last for first, last, _ in known(loaded, "members")} == {True}


def test_hidden_members_are_unknown_not_zero(far_end: Serve) -> None:
    loaded = load(vk, job(), far_end(far_ends(members=None)).connection)
    assert [row[:2] for row in loaded.rows["vk_members"]] == [("vk", None)]
    assert known(loaded, "members") == [(FIRST, LAST, "no_access")]


def answer(name: str, said: Any, request: dict[str, Any] | None = None, fetched_at: datetime = NOON) -> Answer:
    return Answer(name, request or {}, json.dumps(said).encode(), fetched_at)


def read(*answers: Answer) -> Loaded:
    loaded = Loaded()
    loaded.take(vk.read(job(), answers))
    return loaded


def test_communities_in_the_old_shape() -> None:
    loaded = read(answer("community", {"response": [{"id": GROUP, "members_count": 12}]}))
    assert loaded.rows["vk_members"] == [("vk", 12, NOON)]
    assert known(loaded, "members") == [(date(2024, 3, 10), date(2024, 3, 10), "known")]


@pytest.mark.parametrize(
    ("groups", "kind", "told"),
    [
        ([], BadInput, "VK knows no community 101"),
        ([{"id": GROUP, "deactivated": "banned"}], Refused, "community 101 is banned"),
    ],
)
def test_communities_that_are_gone(groups: list[Any], kind: type[SourceError], told: str) -> None:
    with pytest.raises(kind, match=told):
        read(answer("community", {"response": {"groups": groups}}))


# --- statistics


def test_statistics_by_day_week_and_month(far_end: Serve) -> None:
    loaded = load(vk, job(), far_end(far_ends()).connection)
    zeros_and_counts = (7, 9, 5, 0, 1, 3, 0)  # visitors, page views, likes, comments, reposts, joined, left
    expected = [
        ("day", date(2024, 3, 11), date(2024, 3, 11)),
        ("day", date(2024, 3, 10), date(2024, 3, 10)),
        ("day", date(2024, 3, 9), date(2024, 3, 9)),
        ("week", date(2024, 3, 11), date(2024, 3, 17)),
        ("week", date(2024, 3, 4), date(2024, 3, 10)),
        ("month", date(2024, 3, 1), date(2024, 3, 31)),
    ]
    assert loaded.rows["vk_stats"] == [
        ("vk", grain, period, through, people := period.toordinal() % 1000, people // 2, *zeros_and_counts)
        for grain, period, through in expected
    ]
    assert known(loaded, "stats") == [(FIRST, LAST, "known")]


def stats_answer(periods: list[dict[str, Any]], interval: str = "day", fetched_at: datetime = NOON) -> Answer:
    request = {"params": {"interval": interval}, "first_day": FIRST.isoformat(), "last_day": LAST.isoformat()}
    return answer("stats", {"response": periods}, request, fetched_at)


def period(since: datetime, seconds: int = 86_400, **blocks: Any) -> dict[str, Any]:
    plain = {"reach": {"reach": 4, "reach_subscribers": 3}, "visitors": {"views": 2, "visitors": 1}}
    begin = int(since.timestamp())
    return {"period_from": begin, "period_to": begin + seconds - 1, **plain, **blocks}


LATER = datetime(2024, 5, 1, tzinfo=UTC)
MIDNIGHT = datetime(2024, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("blocks", "counts"),
    [
        ({}, [4, 3, 1, 2, 0, 0, 0, 0, 0]),
        ({"activity": []}, [4, 3, 1, 2, 0, 0, 0, 0, 0]),
        ({"activity": {"likes": 5, "subscribed": 2}}, [4, 3, 1, 2, 5, 0, 0, 2, 0]),
        ({"activity": {"comments": 1, "copies": 2, "unsubscribed": 3}}, [4, 3, 1, 2, 0, 1, 2, 0, 3]),
        ({"reach": {}}, [None, None, 1, 2, 0, 0, 0, 0, 0]),  # of people, nothing is said: that is no zero
        ({"visitors": {"mobile_views": 0}}, [4, 3, None, None, 0, 0, 0, 0, 0]),
    ],
)
def test_what_vk_leaves_out(blocks: dict[str, Any], counts: list[int | None]) -> None:
    loaded = read(stats_answer([period(MIDNIGHT, **blocks)], fetched_at=LATER))
    assert loaded.rows["vk_stats"] == [("vk", "day", MIDNIGHT.date(), MIDNIGHT.date(), *counts)]


def test_days_that_vk_leaves_out_are_not_known() -> None:
    days = [MIDNIGHT + timedelta(days=n) for n in (2, 1, -1, -2)]  # the 12th, 11th, 9th and 8th
    loaded = read(stats_answer([period(day) for day in days], fetched_at=LATER))
    assert [row[2].day for row in loaded.rows["vk_stats"]] == [11, 9]
    assert known(loaded, "stats") == [(FIRST, FIRST, "known"), (LAST, LAST, "known")]


def test_a_utc_day_that_is_not_over_is_left_for_the_next_run() -> None:
    late_in_the_evening = datetime(2024, 3, 10, 21, 30, tzinfo=UTC)  # the 11th in Moscow
    days = [period(MIDNIGHT), period(MIDNIGHT - timedelta(days=1))]
    loaded = read(stats_answer(days, fetched_at=late_in_the_evening))
    assert known(loaded, "stats") == [(FIRST, FIRST, "known")]
    (march,) = read(
        stats_answer([period(datetime(2024, 3, 1, tzinfo=UTC), 31 * 86_400)], "month", late_in_the_evening)
    ).rows["vk_stats"]
    assert march[:4] == ("vk", "month", date(2024, 3, 1), date(2024, 3, 9))


@pytest.mark.parametrize(
    ("interval", "wrong"),
    [
        ("day", period(MIDNIGHT - timedelta(hours=3))),  # Moscow's
        ("day", period(MIDNIGHT, 2 * 86_400)),
        ("week", period(MIDNIGHT, 7 * 86_400)),  # from a Sunday
        ("month", period(MIDNIGHT, 31 * 86_400)),
    ],
)
def test_periods_that_are_no_utc_periods_are_refused(interval: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=f"statistics of a {interval} from 2024-03-"):
        read(stats_answer([wrong], interval, LATER))


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "oi_2024-01-06_07_full",
            [(date(2024, 1, 7), 1, 1, 1, 8, 0, 0, 0, 0, 0), (date(2024, 1, 6), 1, 1, 1, 3, 0, 0, 0, 0, 0)],
        ),
        ("oi_2024-10-06_first_period", [(date(2024, 10, 6), 1, 1, None, None, 1, 1, 0, 0, 0)]),
        ("oi_2025-12-10_first_period", [(date(2025, 12, 10), 1, 1, 0, 0, 7, 7, 0, 0, 0)]),
        ("vknet_normal", [(date(2013, 9, 8), 458, 119, 2768, 3688, 8, 0, 0, 457, 193)]),
        ("vknet_empty_activity", [(date(2013, 9, 8), 458, 119, 2768, 3688, 0, 0, 0, 0, 0)]),
    ],
)
def test_recorded_statistics(name: str, rows: list[tuple[Any, ...]]) -> None:
    said = json.loads((RECORDINGS / "stats_get" / f"{name}.json").read_text())
    request = {"params": {"interval": "day"}, "first_day": "2013-01-01", "last_day": "2025-12-31"}
    loaded = read(answer("stats", said, request, datetime(2026, 1, 1, tzinfo=UTC)))
    assert loaded.rows["vk_stats"] == [("vk", "day", day, day, *counts) for day, *counts in rows]


def test_who_was_reached_is_told_of_weeks_and_months(far_end: Serve) -> None:
    loaded = load(vk, job(), far_end(far_ends()).connection)
    reach = {row[1:3]: row[4] for row in loaded.rows["vk_stats"] if row[1] != "day"}
    told: dict[tuple[Any, ...], int] = {}
    for network, grain, period, block, _, people in loaded.rows["vk_audience"]:
        assert network == "vk"
        told[grain, period, block] = told.get((grain, period, block), 0) + people
    assert told == {
        (grain, period, block): people
        for (grain, period), people in reach.items()
        for block in ("sex", "age", "sex_age")
    }
    assert len(loaded.rows["vk_audience"]) == len(reach) * (2 + 8 + 16)


def test_cities_of_one_name_count_as_one() -> None:
    cities = [
        {"value": 1, "name": "Советск", "count": 3},
        {"value": 2, "name": "Советск", "count": "4"},
        {"value": 9, "count": 1},
    ]
    month = period(datetime(2024, 3, 1, tzinfo=UTC), 31 * 86_400, reach={"reach": 9, "cities": cities})
    loaded = read(stats_answer([month], "month", LATER))
    assert loaded.rows["vk_audience"] == [
        ("vk", "month", date(2024, 3, 1), "city", "Советск", 7),
        ("vk", "month", date(2024, 3, 1), "city", "9", 1),
    ]


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("oi_2024-01-06_07_full", {("sex", "m", 1), ("age", "21-24", 1), ("sex_age", "m;21-24", 1)}),
        (
            "vknet_normal",
            {("sex", "f", 162), ("age", "12-18", 130), ("sex_age", "f;12-18", 53), ("city", "Москва", 72)},
        ),
    ],
)
def test_recorded_audiences(name: str, told: set[tuple[str, str, int]]) -> None:
    """A recorded day, read as the month that it began or the week: the same blocks are in all."""
    said = json.loads((RECORDINGS / "stats_get" / f"{name}.json").read_text())
    day = said["response"][-1]
    begin = datetime.fromtimestamp(int(day["period_from"]), UTC)
    monday = begin.date() - timedelta(days=begin.weekday())
    since = int(datetime.combine(monday, datetime.min.time(), UTC).timestamp())
    week = day | {"period_from": since, "period_to": since + 7 * 86_400 - 1}
    request = {"params": {"interval": "week"}, "first_day": "2013-01-01", "last_day": "2025-12-31"}
    loaded = read(answer("stats", {"response": [week]}, request, datetime(2026, 1, 1, tzinfo=UTC)))
    assert {row[3:] for row in loaded.rows["vk_audience"] if row[5]} == told
    assert {row[:3] for row in loaded.rows["vk_audience"]} == {("vk", "week", monday)}


# --- the wall


def test_posts_with_their_counters_and_reach(far_end: Serve) -> None:
    posts = [
        post(6, views=None, comments=None, reach=None, reach_subscribers=None, links=None, join_group=None),
        post(5, from_id=9001),
        post(4, is_repost=True, is_ad=True),
    ]
    loaded = load(vk, job(), far_end(far_ends(posts)).connection)
    fetched_at = loaded.rows["vk_posts"][0][-1]
    assert loaded.rows["vk_posts"] == [
        ("vk", 6, NOON, False, False, True, 10, None, 1, None, fetched_at),
        ("vk", 5, NOON, False, False, False, 10, 2, 1, 100, fetched_at),
        ("vk", 4, NOON, True, True, True, 10, 2, 1, 100, fetched_at),
    ]
    assert loaded.rows["vk_post_reach"] == [("vk", 6, None, None, None, None), ("vk", 4, 80, 60, 4, 3)]
    assert known(loaded, "posts") == known(loaded, "post_reach") == [(POSTS_FROM, LAST, "known")]


def test_posts_belong_to_days_of_the_clients_zone(far_end: Serve) -> None:
    posts = [
        post(4, datetime(2024, 3, 11, 21, tzinfo=UTC)),  # the 12th in Moscow
        post(3, datetime(2024, 3, 11, 20, 59, tzinfo=UTC)),
        post(2, datetime(2024, 2, 9, 21, tzinfo=UTC)),
        post(1, datetime(2024, 2, 9, 20, 59, tzinfo=UTC)),  # a day too old
    ]
    loaded = load(vk, job(), far_end(far_ends(posts)).connection)
    assert [row[1] for row in loaded.rows["vk_posts"]] == [3, 2]


def test_an_old_pinned_post_does_not_end_the_listing(far_end: Serve) -> None:
    old = post(1, datetime(2020, 1, 1, tzinfo=UTC), is_pinned=True)
    recent = [post(2000 - n, NOON - timedelta(minutes=n)) for n in range(150)]
    server = far_end(far_ends([*recent, old]))
    assert len(load(vk, job(), server.connection).rows["vk_posts"]) == 150


def test_listing_ends_with_the_first_older_post(far_end: Serve) -> None:
    posts = [post(5000 - n, NOON - timedelta(hours=6 * n)) for n in range(1000)]  # 4 a day, 120 in the window
    server = far_end(far_ends(posts))
    loaded = load(vk, job(), server.connection)
    assert len(loaded.rows["vk_posts"]) == 3 + 4 * 29
    assert [a.request["params"]["offset"] for a in loaded.answers if a.name == "wall"] == [0, 95]


def test_a_post_published_while_the_wall_is_listed_doubles_nothing(far_end: Serve) -> None:
    posts = [post(2000 - n, NOON - timedelta(minutes=n)) for n in range(250)]
    ends = far_ends(posts)
    served = Vk(ends, None).respond

    def respond(request: Request) -> HttpAnswer:
        said = served(request)
        if request.path == "/method/wall.get":  # after the first page
            newer = [post(3000 + n, NOON + timedelta(minutes=n)) for n in (2, 1, 0)]
            ends.communities[GROUP] = replace(ends.communities[GROUP], posts=[*newer, *posts])
        return said

    loaded = load(vk, job(), far_end(respond).connection)
    ids = [row[1] for row in loaded.rows["vk_posts"]]
    assert sorted(ids) == [2000 - n for n in reversed(range(250))]
    assert [a.request["repeats"] for a in loaded.answers if a.name == "wall"][1] == list(range(1901, 1909))


@pytest.mark.parametrize(
    ("deleted", "offsets"),
    [(0, [0, 95, 195]), (4, [0, 95, 195]), (5, [0, 0, 100]), (60, [0, 0, 100]), (250, [0, 0, 100]), (449, [0, 0])],
)
def test_posts_deleted_while_the_wall_is_listed_hide_no_others(
    deleted: int, offsets: list[int], far_end: Serve
) -> None:
    posts = [post(2000 - n, NOON - timedelta(minutes=n)) for n in range(450)]
    ends = far_ends(posts)
    served = Vk(ends, None).respond

    def respond(request: Request) -> HttpAnswer:
        said = served(request)
        if request.path == "/method/wall.get":  # after the first page
            ends.communities[GROUP] = replace(ends.communities[GROUP], posts=posts[deleted:])
        return said

    server = far_end(respond)
    loaded = load(vk, job(), server.connection)
    ids = [row[1] for row in loaded.rows["vk_posts"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == {one.id for number, one in enumerate(posts) if number < 100 or number >= deleted}
    assert [a.request["params"]["offset"] for a in loaded.answers if a.name == "wall"][: len(offsets)] == offsets
    assert sum(a.requests for a in loaded.answers) == len(server.requests)


def test_a_stretch_that_vk_leaves_out_is_passed_over(far_end: Serve) -> None:
    """It looks like posts deleted meanwhile, but stepping back finds nothing that was seen."""
    ends = far_ends([post(5000 - n, NOON - timedelta(minutes=n)) for n in range(4000)])
    served = Vk(ends, None).respond

    def respond(request: Request) -> HttpAnswer:
        said = served(request)
        body = json.loads(said.body)
        for page in body["response"] if "wall.get" in request.fields.get("code", "") else []:
            page["items"] = [one for one in page["items"] if not 1500 < one["id"] < 4800]
        return replace(said, body=json.dumps(body).encode())

    loaded = load(vk, job(), far_end(respond).connection)
    assert {row[1] for row in loaded.rows["vk_posts"]} == {*range(1001, 1501), *range(4800, 5001)}


def test_half_an_emoji_in_a_post_is_archived_and_read(far_end: Serve) -> None:
    served = Vk(far_ends([post(1, text="cut in half HALF")]), None).respond

    def respond(request: Request) -> HttpAnswer:
        said = served(request)
        return replace(said, body=said.body.replace(b"HALF", rb"\ud83d"))

    loaded = load(vk, job(), far_end(respond).connection)
    assert [row[1] for row in loaded.rows["vk_posts"]] == [1]
    (wall,) = (a for a in loaded.answers if a.name == "wall")
    assert json.loads(wall.body)["response"]["items"][0]["text"] == "cut in half \ud83d"


def test_a_wall_without_posts_is_known(far_end: Serve) -> None:
    loaded = load(vk, job(), far_end(far_ends([post(5, from_id=9001)])).connection)
    assert known(loaded, "posts") == known(loaded, "post_reach") == [(POSTS_FROM, LAST, "known")]
    assert "vk_post_reach" not in loaded.rows


def test_every_day_of_a_history_is_known_once_and_whole(far_end: Serve) -> None:
    posts = [post(5000 - n, NOON - timedelta(days=n)) for n in range(100)]
    work = job(first_day=date(2024, 1, 10))
    loaded = load(vk, work, far_end(far_ends(posts)).connection)
    stretches = known(loaded, "post_reach")
    assert stretches[0][1] == LAST
    assert stretches[-1][0] == date(2024, 1, 10) - timedelta(days=28)
    assert all(later[0] == earlier[1] for later, earlier in pairwise(stretches))
    assert len(loaded.rows["vk_post_reach"]) == len(loaded.rows["vk_posts"]) == 89


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
@pytest.mark.parametrize(
    ("name", "count", "first"),
    [
        ("wall_get_v5.199_group_2025-01_stripped", 5, (868, False, False, False, 0, 8, 1, None)),
        ("wall_get_2026-07_service_token_post", 1, (354, False, False, True, 147, 1, 44, 1803)),
    ],
)
def test_recorded_walls(name: str, count: int, first: tuple[Any, ...]) -> None:
    said = json.loads((RECORDINGS / "raw_wall" / f"{name}.json").read_text())
    params = {"offset": 0, "count": 100}
    request = {"params": params, "own_before": 0, "repeats": []}
    loaded = Loaded()
    wide = job(first_day=date(2020, 1, 1), last_day=date(2026, 12, 31))
    loaded.take(vk.read(wide, [answer("wall", said, request)]))
    assert len(loaded.rows["vk_posts"]) == count
    (row,) = (row for row in loaded.rows["vk_posts"] if row[1] == first[0])
    assert (row[1], *row[3:10]) == first


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
def test_recorded_reach() -> None:
    said = json.loads((RECORDINGS / "post_reach/oi_getPostReach_214_215.json").read_text())
    request = {"first_day": "2024-03-09", "last_day": "2024-03-11"}
    loaded = read(answer("post_reach", said, request))
    assert loaded.rows["vk_post_reach"] == [("vk", 214, 1, 1, 0, 0), ("vk", 215, 1, 1, 0, 0)]


# --- how it is asked


def test_requests_of_a_daily_run(far_end: Serve) -> None:
    server = far_end(far_ends([post(1)]))
    load(vk, job(), server.connection)
    assert server.methods == ["groups.getById", "wall.get", "execute", "execute"]
    assert [request.fields["access_token"] for request in server.requests] == [SERVICE, SERVICE, USER, USER]
    assert {request.fields["v"] for request in server.requests} == {"5.199"}


def test_each_answer_tells_its_requests_and_the_first_whose_they_are(far_end: Serve) -> None:
    server = far_end(far_ends([post(1)]))
    loaded = load(vk, job(), server.connection)
    assert loaded.identity == {"community": "101"}
    assert [(one.name, one.requests) for one in loaded.answers] == [
        ("community", 2),  # and the wall's first page, which was waited for
        ("wall", 0),
        *[("stats", 1), ("stats", 0), ("stats", 0)],
        ("post_reach", 1),
    ]


def test_without_a_service_token_all_goes_by_the_users(far_end: Serve) -> None:
    server = far_end(far_ends([post(1)]))
    server.connection.extra_dejson = {}
    load(vk, job(), server.connection)
    assert server.methods == ["execute"] * 3


def test_requests_of_24_months_and_3000_posts(far_end: Serve) -> None:
    """30 requests are the measure; one by one they would be 140."""
    first_day, last_day = date(2022, 4, 1), date(2024, 3, 31)
    newest = datetime(2024, 3, 31, 12, tzinfo=UTC)
    posts = [post(5000 - n, newest - timedelta(hours=5.8 * n)) for n in range(3000)]
    server = far_end(far_ends(posts))
    loaded = load(vk, job(first_day=first_day, last_day=last_day), server.connection)
    assert len(loaded.rows["vk_posts"]) == len(loaded.rows["vk_post_reach"]) == 3000
    assert known(loaded, "stats")[0][0] == first_day
    assert known(loaded, "stats")[-1][1] == last_day
    days = [row[2] for row in loaded.rows["vk_stats"] if row[1] == "day"]
    assert len(days) == len(set(days)) == 731
    assert len(server.requests) <= 30


# --- what may not be seen


def error(code: int) -> HttpAnswer:
    """As VK writes it."""
    said = {"error_code": code, "error_msg": "Said by VK", "request_params": [{"key": "x", "value": "y"}]}
    return HttpAnswer(200, "application/json", json.dumps({"error": said}).encode())


def test_statistics_that_may_not_be_seen_leave_the_wall(far_end: Serve) -> None:
    loaded = load(vk, job(), far_end(far_ends([post(1)], stats=None)).connection)
    assert {state for _, _, state in known(loaded, "stats")} == {"no_access"}
    assert known(loaded, "post_reach") == [(POSTS_FROM, LAST, "no_access")]
    assert known(loaded, "posts") == [(POSTS_FROM, LAST, "known")]
    assert len(loaded.rows["vk_posts"]) == len(loaded.rows["vk_members"]) == 1
    reasons = {part.reason for part in loaded.known if part.state == "no_access"}
    assert reasons == {
        f"VK refuses {method} with error 15: the token's user needs rights for it"
        for method in ("stats.get", "stats.getPostReach")
    }


def test_a_wall_that_may_not_be_seen_leaves_the_statistics(far_end: Serve) -> None:
    served = Vk(far_ends([post(1)]), None).respond
    server = far_end(lambda asked: error(15) if asked.path == "/method/wall.get" else served(asked))
    loaded = load(vk, job(), server.connection)
    assert known(loaded, "posts") == [(POSTS_FROM, LAST, "no_access")]
    assert known(loaded, "stats") == [(FIRST, LAST, "known")]


def test_no_token_in_what_is_archived(far_end: Serve) -> None:
    loaded = load(vk, job(), far_end(far_ends([post(1)])).connection)
    assert len(loaded.answers) == 6
    assert "SECRET" not in repr(loaded.answers)


def test_answers_of_other_names_are_refused() -> None:
    with pytest.raises(BadInput, match="'weather'"):
        read(answer("weather", {}))
