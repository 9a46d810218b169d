"""The VK far end as callers meet it: over HTTP, and through the vk_api library."""

import http.client
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import vk_api

from sandbox.data import FarEnds
from sandbox.loopback import Request, Server
from sandbox.vk import serve
from sandbox.vk.api import Vk
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import CLUB, SERVICE, SHOP, USER, Ask

_served = vk_sample.far_ends()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(_served, 0) as server:
        yield server


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def far_ends() -> FarEnds:
    """What the server serves, as new."""
    vars(_served).update(vars(vk_sample.far_ends()))
    return _served


@pytest.fixture
def ask(server: Server, session: requests.Session, far_ends: FarEnds) -> Ask:
    return vk_sample.asking(server.url, session)


def _stamp(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp())  # type: ignore[misc]


# --- groups.getById


def test_a_group_shows_its_size_only_when_asked_for(ask: Ask) -> None:
    assert ask("groups.getById", group_ids=SHOP, fields="members_count,city")["response"] == {
        "groups": [
            {
                "id": SHOP,
                "name": "Булочная «Утро»",
                "screen_name": "club101",
                "is_closed": 0,
                "type": "group",
                "members_count": 1500,
            }
        ],
        "profiles": [],
    }
    assert "members_count" not in ask("groups.getById", group_ids="club101")["response"]["groups"][0]


def test_a_hidden_size_is_absent(ask: Ask) -> None:
    groups = ask("groups.getById", group_ids=f"{SHOP},{CLUB}", fields="members_count")["response"]["groups"]
    assert [(group["id"], group.get("members_count")) for group in groups] == [(SHOP, 1500), (CLUB, None)]
    assert "members_count" not in groups[1]


def test_one_unknown_group_spoils_the_list(ask: Ask) -> None:
    assert ask("groups.getById", group_ids=f"{SHOP},17683660")["error"]["error_code"] == 125


# --- stats.get


def _stats(ask: Ask, **fields: Any) -> list[dict[str, Any]]:
    fields = {"extended": 0, "timestamp_to": fields["timestamp_from"]} | fields
    answer: list[dict[str, Any]] = ask("stats.get", group_id=SHOP, **fields)["response"]
    return answer


def test_days_come_newest_first_from_utc_midnight_to_its_last_second(ask: Ask) -> None:
    # one day of Moscow touches two of UTC
    periods = _stats(ask, timestamp_from=_stamp(2024, 3, 9, 21), timestamp_to=_stamp(2024, 3, 10, 20, 59, 59))
    assert [(period["period_from"], period["period_to"]) for period in periods] == [
        (_stamp(2024, 3, 10), _stamp(2024, 3, 10, 23, 59, 59)),
        (_stamp(2024, 3, 9), _stamp(2024, 3, 9, 23, 59, 59)),
    ]


def test_a_period_without_activity_has_no_block_of_it(ask: Ask) -> None:
    assert _stats(ask, timestamp_from=_stamp(2024, 3, 10)) == [
        {
            "period_from": _stamp(2024, 3, 10),
            "period_to": _stamp(2024, 3, 10, 23, 59, 59),
            "visitors": {"views": 9, "visitors": 7, "mobile_views": 6},
            "reach": {"reach": 40, "reach_subscribers": 30, "mobile_reach": 28},
        }
    ]


def test_activity_leaves_zeros_out(ask: Ask) -> None:
    fields = {"timestamp_from": _stamp(2024, 3, 1), "timestamp_to": _stamp(2024, 3, 31), "interval": "month"}
    [month] = _stats(ask, **fields)
    assert month["activity"] == {"likes": 5, "unsubscribed": 1}
    assert (month["period_from"], month["period_to"]) == (_stamp(2024, 3, 1), _stamp(2024, 3, 31, 23, 59, 59))
    [month] = _stats(ask, **fields, stats_groups="activity")
    assert month.keys() == {"period_from", "period_to", "activity"}


@pytest.mark.parametrize("extended", [None, 1])
def test_sex_and_age_come_unless_declined_and_add_up(ask: Ask, extended: int | None) -> None:
    [day] = _stats(ask, timestamp_from=_stamp(2024, 3, 10), extended=extended)
    for block, people in ("reach", 40), ("visitors", 7):
        for by in ("sex", "age", "sex_age"):
            assert sum(cell["count"] for cell in day[block][by]) == people
    assert len(day["reach"]["sex_age"]) == len(day["reach"]["sex"]) * len(day["reach"]["age"])


def test_statistics_that_may_not_be_seen(ask: Ask) -> None:
    asked = {"timestamp_from": _stamp(2024, 3, 10), "timestamp_to": _stamp(2024, 3, 10)}
    assert ask("stats.get", group_id=CLUB, **asked)["error"]["error_code"] == 15
    assert ask("stats.getPostReach", owner_id=-CLUB, post_ids=1)["error"]["error_code"] == 15


@pytest.mark.parametrize(("first", "last"), [(1710000000, 1709000000), (1710000000000, 1710000000000)])
def test_timestamps_that_make_no_sense(ask: Ask, first: int, last: int) -> None:
    answer = ask("stats.get", group_id=SHOP, timestamp_from=first, timestamp_to=last)
    assert answer["error"]["error_code"] == 150


# --- wall.get


def test_the_pinned_post_comes_first_and_out_of_order(ask: Ask) -> None:
    wall = ask("wall.get", owner_id=-SHOP)["response"]
    assert wall["count"] == 6
    assert [item["id"] for item in wall["items"]] == [2, 6, 5, 4, 3, 1]
    assert [item["id"] for item in wall["items"] if item.get("is_pinned")] == [2]


def test_a_plain_post(ask: Ask) -> None:
    item = ask("wall.get", owner_id=-SHOP, offset=5)["response"]["items"][0]
    assert item == {
        "inner_type": "wall_wallpost",
        "type": "post",
        "post_type": "post",
        "id": 1,
        "owner_id": -SHOP,
        "from_id": -SHOP,
        "date": _stamp(2024, 3, 10, 13),
        "text": "Свежий хлеб",
        "marked_as_ads": 0,
        "likes": {"can_like": 1, "count": 1, "user_likes": 0},
        "reposts": {"count": 1},
        "comments": {"count": 2},
        "views": {"count": 100},
    }


def test_what_is_not_known_of_a_post_is_absent(ask: Ask) -> None:
    item = ask("wall.get", owner_id=-SHOP, offset=1, count=1)["response"]["items"][0]
    assert item["id"] == 6
    assert not {"views", "comments"} & item.keys()


def test_reposts_ads_and_visitors_posts_are_marked(ask: Ask) -> None:
    by_id = {item["id"]: item for item in ask("wall.get", owner_id=-SHOP)["response"]["items"]}
    assert [number for number, item in by_id.items() if "copy_history" in item] == [4]
    assert by_id[4]["copy_history"][0]["owner_id"] != -SHOP
    assert [number for number, item in by_id.items() if item["marked_as_ads"]] == [3]
    assert [number for number, item in by_id.items() if item["from_id"] != item["owner_id"]] == [5]


def test_pages_and_filters(ask: Ask) -> None:
    def ids(**fields: Any) -> list[int]:
        return [item["id"] for item in ask("wall.get", owner_id=-SHOP, **fields)["response"]["items"]]

    assert ids(offset=4, count=100) == [3, 1]
    assert ids(offset=6) == []
    assert ids(filter="others") == [5]
    assert ids(filter="owner") == [2, 6, 4, 3, 1]


def test_a_page_has_100_posts_at_most(ask: Ask, far_ends: FarEnds) -> None:
    far_ends.communities[SHOP].posts = [vk_sample.post(number) for number in range(130, 0, -1)]
    page = ask("wall.get", owner_id=-SHOP, count=1000)["response"]
    assert (page["count"], len(page["items"])) == (130, 100)


# --- stats.getPostReach


def test_reach_of_posts_leaves_unknown_posts_out(ask: Ask) -> None:
    rows = ask("stats.getPostReach", owner_id=-SHOP, post_ids="1,777,6")["response"]
    assert [row["post_id"] for row in rows] == [1, 6]
    assert rows[0].items() >= {"reach_total": 80, "reach_subscribers": 60, "reach_viral": 20, "links": 4}.items()


def test_reach_that_is_not_known_is_negative(ask: Ask) -> None:
    [row] = ask("stats.getPostReach", owner_id=-SHOP, post_ids=5)["response"]
    unknown = {"reach_total", "reach_subscribers", "reach_viral", "reach_ads", "links", "join_group"}
    assert {name for name, value in row.items() if value == -1} == unknown


# --- errors


@pytest.mark.parametrize("token", ["gone-token-4d2b", "", None])
def test_a_dead_or_missing_token(ask: Ask, token: str | None) -> None:
    assert ask("wall.get", token=token, owner_id=-SHOP)["error"]["error_code"] == 5


def test_a_token_dies_while_it_is_served(ask: Ask, far_ends: FarEnds) -> None:
    assert "response" in ask("wall.get", owner_id=-SHOP)
    far_ends.user_tokens.clear()
    assert ask("wall.get", owner_id=-SHOP)["error"]["error_code"] == 5


def test_a_service_token_sees_walls_and_groups_only(ask: Ask) -> None:
    assert "response" in ask("wall.get", token=SERVICE, owner_id=-SHOP)
    assert "response" in ask("groups.getById", token=SERVICE, group_id=SHOP)
    for method in ("stats.get", "stats.getPostReach", "execute"):
        assert ask(method, token=SERVICE, group_id=SHOP)["error"]["error_code"] == 28


@pytest.mark.parametrize(
    ("method", "fields", "code", "says"),
    [
        ("wall.post", {"owner_id": -SHOP}, 3, "Unknown method passed"),
        ("wall.get", {}, 100, "owner_id is undefined"),
        ("wall.get", {"owner_id": "shop"}, 100, "owner_id not integer"),
        ("wall.get", {"owner_id": -404}, 100, "owner_id is invalid"),
        ("wall.get", {"owner_id": SHOP}, 100, "owner_id is invalid"),
        ("wall.get", {"owner_id": -SHOP, "offset": -1}, 100, "offset should be positive"),
        ("wall.get", {"owner_id": -SHOP, "filter": "mine"}, 100, "filter should be one of all, owner, others"),
        ("wall.get", {"owner_id": -SHOP, "extended": 1}, 100, "extended is not served here"),
        ("groups.getById", {}, 100, "group_id is undefined"),
        ("groups.getById", {"group_ids": ",".join(["101"] * 501)}, 100, "at most 500"),
        ("stats.get", {"group_id": 404}, 125, "Invalid group id"),
        ("stats.get", {"group_id": SHOP, "timestamp_to": 1}, 100, "timestamp_from is undefined"),
        ("stats.get", {"group_id": SHOP, "interval": "hour"}, 100, "interval should be one of day, week, month"),
        ("stats.getPostReach", {"owner_id": -SHOP}, 100, "post_ids is undefined"),
        ("stats.getPostReach", {"owner_id": -SHOP, "post_ids": ",".join(["1"] * 31)}, 100, "at most 30"),
        ("wall.get", {"v": "5.92", "owner_id": -SHOP}, 8, "v should be 5.199 here"),
    ],
)
def test_what_is_refused_says_why(ask: Ask, method: str, fields: dict[str, Any], code: int, says: str) -> None:
    error = ask(method, **fields)["error"]
    assert error["error_code"] == code
    assert says in error["error_msg"]


def test_an_error_repeats_the_request_but_never_the_token(server: Server, session: requests.Session, ask: Ask) -> None:
    asked = {"access_token": USER, "v": "5.199", "owner_id": "-404"}
    by_get = session.get(f"{server.url}/method/wall.get", params=asked, timeout=10)
    by_post = session.post(f"{server.url}/method/wall.get", data=asked, timeout=10)
    assert by_get.json() == by_post.json()
    assert by_get.json()["error"]["request_params"] == [
        {"key": "oauth", "value": "1"},
        {"key": "method", "value": "wall.get"},
        {"key": "v", "value": "5.199"},
        {"key": "owner_id", "value": "-404"},
    ]
    assert USER not in by_get.text


def test_three_requests_a_second(far_ends: FarEnds) -> None:
    moment = [0.0]
    vk = Vk(far_ends, requests_per_second=3, clock=lambda: moment[0])

    def refused(token: str) -> bool:
        fields = {"access_token": token, "v": "5.199", "owner_id": str(-SHOP)}
        return b'"error_code": 6,' in vk.respond(Request("/method/wall.get", fields)).body

    assert [refused(USER) for _ in range(4)] == [False, False, False, True]
    assert not refused(SERVICE)
    moment[0] = 0.999
    assert refused(USER)
    moment[0] = 1.0
    assert not refused(USER)


# --- the wire


def test_a_connection_is_kept_for_the_next_call_and_cut_by_stop(far_ends: FarEnds) -> None:
    server = serve(far_ends, 0)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/method/wall.get")
    assert b'"error_code": 5' in connection.getresponse().read()
    kept = connection.sock
    connection.request("POST", "/method/wall.get", "v=5.199")
    assert b'"error_code": 5' in connection.getresponse().read()
    assert connection.sock is kept
    server.stop()
    assert kept.recv(1) == b""
    connection.close()


def test_other_addresses_and_other_bodies_are_no_api(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/authorize?client_id=1")
    response = connection.getresponse()
    assert (response.status, response.read()) == (404, b"not a VK API address")
    connection.putrequest("POST", "/method/wall.get")  # with a body of unknown length
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_a_taken_port_is_an_error(server: Server, far_ends: FarEnds) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        serve(far_ends, server.port)


# --- the vk_api library


@pytest.fixture
def vk(server: Server, far_ends: FarEnds) -> Iterator[vk_api.VkApi]:
    vk = vk_sample.library(server.url)
    yield vk
    vk.http.close()


def test_the_library_reads_answers_and_errors(vk: vk_api.VkApi) -> None:
    assert vk.get_api().wall.get(owner_id=-SHOP, count=1)["items"][0]["id"] == 2
    with pytest.raises(vk_api.ApiError) as refused:
        vk.method("stats.get", {"group_id": CLUB, "timestamp_from": 0, "timestamp_to": 0})
    assert refused.value.code == 15


def test_a_pool_of_one_method(vk: vk_api.VkApi) -> None:
    pool = vk_api.VkRequestsPool(vk)
    walls = [pool.method("wall.get", {"owner_id": owner, "count": 1}) for owner in (-SHOP, -404, -CLUB, -405)]
    pool.execute()
    assert [wall.ok for wall in walls] == [True, False, True, False]
    assert [wall.result["count"] for wall in walls if wall.ok] == [6, 0]
    assert walls[1].error["error_code"] == 100


def test_a_pool_of_several_methods_keeps_errors_in_order(vk: vk_api.VkApi) -> None:
    pool = vk_api.VkRequestsPool(vk)
    day = {"timestamp_from": _stamp(2024, 3, 10), "timestamp_to": _stamp(2024, 3, 10), "extended": False}
    results = [
        pool.method("stats.get", {"group_id": CLUB, **day}),
        pool.method("groups.getById", {"group_ids": [SHOP, CLUB], "fields": ["members_count"]}),
        pool.method("wall.restore", {"text": 'a "quoted" line\nand a next'}),
        pool.method("stats.get", {"group_id": SHOP, **day}),
    ]
    pool.execute()
    assert [result.error and (result.error["method"], result.error["error_code"]) for result in results] == [
        ("stats.get", 15),
        False,
        ("wall.restore", 3),
        False,
    ]
    assert results[1].result["groups"][0]["members_count"] == 1500
    assert "sex" not in results[3].result[0]["reach"]


def test_a_pool_over_one_parameter(vk: vk_api.VkApi) -> None:
    found, failed = vk_api.vk_request_one_param_pool(
        vk, "stats.getPostReach", "post_ids", [1, 3, 0], default_values={"owner_id": -SHOP}
    )
    assert [found[number][0]["post_id"] for number in (1, 3)] == [1, 3]
    assert (found[0], failed) == ([], {})


@pytest.mark.parametrize("size", [6, 100, 260, 2600])
def test_a_whole_wall_by_get_all(vk: vk_api.VkApi, far_ends: FarEnds, size: int) -> None:
    """2600 posts take two requests of 25 calls each."""
    far_ends.communities[SHOP].posts = [vk_sample.post(number) for number in range(size, 0, -1)]
    wall = vk_api.VkTools(vk).get_all("wall.get", 100, {"owner_id": -SHOP})
    assert [item["id"] for item in wall["items"]] == list(range(size, 0, -1))


def test_get_all_reports_what_failed_within(vk: vk_api.VkApi) -> None:
    with pytest.raises(vk_api.VkToolsException) as refused:
        vk_api.VkTools(vk).get_all("wall.get", 100, {"owner_id": -404})
    assert refused.value.response["execute_errors"][0]["error_code"] == 100


def test_posts_swapped_while_served(ask: Ask, far_ends: FarEnds) -> None:
    shop = far_ends.communities[SHOP]
    far_ends.communities[SHOP] = replace(shop, posts=[replace(shop.posts[0], likes=77, published_at=vk_sample.NOON)])
    [item] = ask("wall.get", owner_id=-SHOP)["response"]["items"]
    assert (item["likes"]["count"], item["date"]) == (77, _stamp(2024, 3, 10, 12))
