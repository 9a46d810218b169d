"""VK's wall over real HTTP: which posts are listed, whatever happens to them meanwhile, and their reach."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sandbox.data import FarEnds
from sandbox.loopback import Answer as HttpAnswer
from sandbox.loopback import Request
from sandbox.vk.api import Vk
from smm.sources.vk import SOURCE
from tests.sources.loading import Loaded, job, load
from tests.sources.vk.community import (
    FIRST,
    GROUP,
    LAST,
    NOON,
    POSTS_FROM,
    RECORDINGS,
    Serve,
    answer,
    far_ends,
    followers,
    known,
    post,
    read,
    statistics,
)
from tests.sources.vk.far_end import Respond, altered


def test_posts_with_their_counters_and_reach(far_end: Serve) -> None:
    posts = [
        post(6, views=None, comments=None, reach=None, reach_subscribers=None, links=None, join_group=None),
        post(5, from_id=9001),
        post(4, is_repost=True, is_ad=True),
    ]
    loaded = load(SOURCE, job(), far_end(far_ends(posts)).connection)
    fetched_at = loaded.rows["posts"][0][-1]
    assert loaded.rows["posts"] == [
        ("vk", 6, NOON, False, False, True, 10, None, 1, None, fetched_at),
        ("vk", 5, NOON, False, False, False, 10, 2, 1, 100, fetched_at),
        ("vk", 4, NOON, True, True, True, 10, 2, 1, 100, fetched_at),
    ]
    assert loaded.rows["post_reach"] == [("vk", 6, None, None, None, None), ("vk", 4, 80, 60, 4, 3)]
    assert known(loaded, "posts") == known(loaded, "post_reach") == [(POSTS_FROM, LAST, "known")]


def test_posts_belong_to_days_of_the_clients_zone(far_end: Serve) -> None:
    posts = [
        post(4, datetime(2024, 3, 11, 21, tzinfo=UTC)),  # the 12th in Moscow
        post(3, datetime(2024, 3, 11, 20, 59, tzinfo=UTC)),
        post(2, datetime(2024, 2, 9, 21, tzinfo=UTC)),
        post(1, datetime(2024, 2, 9, 20, 59, tzinfo=UTC)),  # a day too old
    ]
    loaded = load(SOURCE, job(), far_end(far_ends(posts)).connection)
    assert [row[1] for row in loaded.rows["posts"]] == [3, 2]


def test_an_old_pinned_post_does_not_end_the_listing(far_end: Serve) -> None:
    old = post(1, datetime(2020, 1, 1, tzinfo=UTC), is_pinned=True)
    recent = [post(2000 - n, NOON - timedelta(minutes=n)) for n in range(150)]
    server = far_end(far_ends([*recent, old]))
    assert len(load(SOURCE, job(), server.connection).rows["posts"]) == 150


def test_listing_ends_with_the_first_older_post(far_end: Serve) -> None:
    posts = [post(5000 - n, NOON - timedelta(hours=6 * n)) for n in range(1000)]  # 4 a day, 120 in the window
    server = far_end(far_ends(posts))
    loaded = load(SOURCE, job(), server.connection)
    assert len(loaded.rows["posts"]) == 3 + 4 * 29
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

    loaded = load(SOURCE, job(), far_end(respond).connection)
    ids = [row[1] for row in loaded.rows["posts"]]
    assert sorted(ids) == [2000 - n for n in reversed(range(250))]
    assert [a.context["repeats"] for a in loaded.answers if a.name == "wall"][1] == list(range(1901, 1909))


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
    loaded = load(SOURCE, job(), server.connection)
    ids = [row[1] for row in loaded.rows["posts"]]
    assert len(ids) == len(set(ids))
    assert set(ids) == {one.id for number, one in enumerate(posts) if number < 100 or number >= deleted}
    assert [a.request["params"]["offset"] for a in loaded.answers if a.name == "wall"][: len(offsets)] == offsets
    assert sum(a.requests for a in loaded.answers) == len(server.asked)


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

    loaded = load(SOURCE, job(), far_end(respond).connection)
    assert {row[1] for row in loaded.rows["posts"]} == {*range(1001, 1501), *range(4800, 5001)}


def test_half_an_emoji_in_a_post_is_archived_and_read(far_end: Serve) -> None:
    served = Vk(far_ends([post(1, text="cut in half HALF")]), None).respond

    def respond(request: Request) -> HttpAnswer:
        said = served(request)
        return replace(said, body=said.body.replace(b"HALF", rb"\ud83d"))

    loaded = load(SOURCE, job(), far_end(respond).connection)
    assert [row[1] for row in loaded.rows["posts"]] == [1]
    (wall,) = (a for a in loaded.answers if a.name == "wall")
    assert json.loads(wall.body)["response"]["items"][0]["text"] == "cut in half \ud83d"


DELETED: dict[str, Any] = {"inner_type": "wall_wallpost", "owner_id": -GROUP, "is_deleted": True, "deleted_reason": "x"}
AT = int(NOON.timestamp())
PLAIN = {"owner_id": -GROUP, "from_id": -GROUP, "date": AT}


def with_items(ends: FarEnds, *items: Any) -> Respond:
    """A wall that has these items too, before all others."""
    return altered(Vk(ends, None).respond, "wall.get", lambda page: page | {"items": [*items, *page["items"]]})


@pytest.mark.parametrize(
    "item",
    [
        DELETED | {"id": 77},
        DELETED | {"id": 78, "from_id": -GROUP, "date": AT},
        DELETED,
        PLAIN | {"id": 79, "deleted_reason": "x"},
        PLAIN | {"id": 79, "deleted_details": "x"},
        PLAIN | {"id": 79, "date": None},
        PLAIN | {"id": 79, "date": 0},
        PLAIN | {"id": 79, "date": "soon"},
        PLAIN | {"id": 79, "date": AT * 1000},
        PLAIN | {"id": 79, "date": 4_000_000_000},  # not published yet
        PLAIN | {"id": None},
        PLAIN,
        PLAIN | {"id": 79, "post_type": "post_ads", "marked_as_ads": 1},
        PLAIN | {"id": 79, "post_type": "postpone"},
        PLAIN | {"id": 79, "post_type": "suggest", "from_id": 9001},
        PLAIN | {"id": 79, "post_type": "reply", "post_id": 5},
        PLAIN | {"id": 79, "donut": {"is_donut": True, "placeholder": {"text": "for those who pay"}}},
        {"type": "ads", "ads": [{}]},
        {},
        None,
        [],
    ],
    ids=str,
)
def test_what_is_no_post_neither_counts_nor_costs_the_load(item: Any, far_end: Serve) -> None:
    ends = far_ends([post(5), post(4)])
    loaded = load(SOURCE, job(), far_end(with_items(ends, item)).connection)
    assert [row[1] for row in loaded.rows["posts"]] == [row[1] for row in loaded.rows["post_reach"]] == [5, 4]
    assert known(loaded, "posts") == known(loaded, "post_reach") == [(POSTS_FROM, LAST, "known")]
    assert statistics(loaded)


@pytest.mark.parametrize(
    ("members", "flags"),
    [
        ({"is_deleted": False}, (False, False, True)),
        ({"donut": {"is_donut": False}}, (False, False, True)),
        ({"donut": {"is_donut": True}}, (False, False, True)),  # seen whole, by an administrator
        ({"copy_history": [DELETED]}, (True, False, True)),
        ({"copy_history": [{"id": 1, "owner_id": -1, "from_id": -1}]}, (True, False, True)),
        ({"copy_history": []}, (False, False, True)),
        ({"marked_as_ads": "1"}, (False, True, True)),
        ({"post_type": "clip"}, (False, False, True)),
        ({"from_id": str(-GROUP), "date": str(AT), "id": "79"}, (False, False, True)),
        ({"from_id": 9001}, (False, False, False)),
    ],
)
def test_posts_of_all_kinds_count(members: dict[str, Any], flags: tuple[bool, bool, bool], far_end: Serve) -> None:
    ends = far_ends([post(5)])
    loaded = load(SOURCE, job(), far_end(with_items(ends, {"id": 79} | PLAIN | members)).connection)
    (row,) = (row for row in loaded.rows["posts"] if row[1] == 79)
    assert row[2:6] == (NOON, *flags)
    assert row[6:10] == (None, None, None, None)


@pytest.mark.parametrize("odd", [-3, "many", 1.5, None, [], True])
def test_a_counter_that_cannot_be_is_unknown_with_the_reason(odd: Any, far_end: Serve) -> None:
    item = {"id": 79, **PLAIN, "likes": {"count": odd}, "comments": [], "views": {"count": "1.0E2"}}
    loaded = load(SOURCE, job(), far_end(with_items(far_ends([post(5)]), item)).connection)
    assert [row[6:10] for row in loaded.rows["posts"]] == [(None, None, None, 100), (10, 2, 1, 100)]
    whole, *noted = loaded.known_of("posts")
    assert (whole.first_day, whole.last_day, whole.reason) == (POSTS_FROM, LAST, None)
    quoted = json.dumps(odd).replace('"', "'")
    expected = [] if odd is None else [(NOON.date(), NOON.date(), "known", f"VK gave {quoted} as likes of post 79")]
    assert [(part.first_day, part.last_day, part.state, part.reason) for part in noted] == expected


def test_an_old_post_on_top_that_is_not_marked_as_pinned_does_not_end_the_listing(far_end: Serve) -> None:
    recent = [post(2000 - n, NOON - timedelta(minutes=n)) for n in range(150)]
    ends = far_ends([post(1, datetime(2020, 1, 1, tzinfo=UTC)), *recent])
    assert len(load(SOURCE, job(), far_end(ends).connection).rows["posts"]) == 150


@pytest.mark.parametrize("count", [0, "1", 99])
def test_a_number_of_posts_that_is_too_small_ends_no_listing(count: Any, far_end: Serve) -> None:
    ends = far_ends([post(2000 - n, NOON - timedelta(minutes=n)) for n in range(150)])
    far = far_end(altered(Vk(ends, None).respond, "wall.get", lambda page: page | {"count": count}))
    assert len(load(SOURCE, job(), far.connection).rows["posts"]) == 150


def test_a_page_of_deleted_posts_does_not_end_the_listing(far_end: Serve) -> None:
    posts = [post(2000 - n, NOON - timedelta(minutes=n)) for n in range(250)]

    def delete(page: dict[str, Any]) -> dict[str, Any]:
        return page | {"items": [DELETED | {"id": one["id"]} if one["id"] > 1900 else one for one in page["items"]]}

    loaded = load(SOURCE, job(), far_end(altered(Vk(far_ends(posts), None).respond, "wall.get", delete)).connection)
    assert sorted(row[1] for row in loaded.rows["posts"]) == list(range(1751, 1901))


@pytest.mark.parametrize("said", [[], {}, None, {"count": 1, "items": {}}])
def test_a_wall_in_another_form_leaves_the_rest(said: Any, far_end: Serve) -> None:
    far = far_end(altered(Vk(far_ends([post(5)]), None).respond, "wall.get", lambda _: said))
    loaded = load(SOURCE, job(), far.connection)
    assert known(loaded, "posts") == known(loaded, "own_comments") == [(POSTS_FROM, LAST, "no_access")]
    assert followers(loaded)
    assert known(loaded, "stats") == [(FIRST, LAST, "known")]


def test_a_wall_without_posts_is_known(far_end: Serve) -> None:
    loaded = load(SOURCE, job(), far_end(far_ends([post(5, from_id=9001)])).connection)
    assert known(loaded, "posts") == known(loaded, "post_reach") == [(POSTS_FROM, LAST, "known")]
    assert "post_reach" not in loaded.rows


def test_every_day_of_a_history_is_known_once_and_whole(far_end: Serve) -> None:
    posts = [post(5000 - n, NOON - timedelta(days=n)) for n in range(100)]
    work = job(first_day=date(2024, 1, 10))
    loaded = load(SOURCE, work, far_end(far_ends(posts)).connection)
    stretches = known(loaded, "post_reach")
    assert stretches[0][1] == LAST
    assert stretches[-1][0] == date(2024, 1, 10) - timedelta(days=28)
    assert all(later[0] == earlier[1] for later, earlier in pairwise(stretches))
    assert len(loaded.rows["post_reach"]) == len(loaded.rows["posts"]) == 89


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
    loaded = Loaded()
    wide = job(first_day=date(2020, 1, 1), last_day=date(2026, 12, 31))
    loaded.take(SOURCE.read(wide, [answer("wall", said, params, own_before=0, repeats=[])]))
    assert len(loaded.rows["posts"]) == count
    (row,) = (row for row in loaded.rows["posts"] if row[1] == first[0])
    assert (row[1], *row[3:10]) == first


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recordings are not here")
def test_recorded_reach() -> None:
    said = json.loads((RECORDINGS / "post_reach/oi_getPostReach_214_215.json").read_text())
    loaded = read(answer("post_reach", said, first_day="2024-03-09", last_day="2024-03-11"))
    assert loaded.rows["post_reach"] == [("vk", 214, 1, 1, 0, 0), ("vk", 215, 1, 1, 0, 0)]
