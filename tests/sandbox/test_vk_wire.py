"""What the VK far end refuses, and its connections."""

from http.client import HTTPConnection
from typing import Any

import pytest
import requests

from sandbox.data import FarEnds
from sandbox.loopback import Request, Server
from sandbox.vk import serve
from sandbox.vk.api import Vk
from tests.sandbox.vk_sample import SERVICE, SHOP, USER, Ask

# --- what is refused


@pytest.mark.parametrize("token", ["gone-token-4d2b", "", None])
def test_a_dead_or_missing_token(ask: Ask, token: str | None) -> None:
    assert ask("wall.get", token=token, owner_id=-SHOP)["error"]["error_code"] == 5


def test_a_token_dies_while_it_is_served(ask: Ask, vk_far_ends: FarEnds) -> None:
    assert "response" in ask("wall.get", owner_id=-SHOP)
    vk_far_ends.user_tokens.clear()
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


def test_an_error_repeats_the_request_but_never_the_token(vk_server: Server, http: requests.Session, ask: Ask) -> None:
    asked = {"access_token": USER, "v": "5.199", "owner_id": "-404"}
    by_get = http.get(f"{vk_server.url}/method/wall.get", params=asked, timeout=10)
    by_post = http.post(f"{vk_server.url}/method/wall.get", data=asked, timeout=10)
    assert by_get.json() == by_post.json()
    assert by_get.json()["error"]["request_params"] == [
        {"key": "oauth", "value": "1"},
        {"key": "method", "value": "wall.get"},
        {"key": "v", "value": "5.199"},
        {"key": "owner_id", "value": "-404"},
    ]
    assert USER not in by_get.text


def test_three_requests_a_second(vk_far_ends: FarEnds) -> None:
    moment = [0.0]
    vk = Vk(vk_far_ends, requests_per_second=3, clock=lambda: moment[0])

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


def test_a_connection_is_kept_for_the_next_call_and_cut_by_stop(vk_far_ends: FarEnds) -> None:
    server = serve(vk_far_ends, 0)
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/method/wall.get")
    assert b'"error_code": 5' in connection.getresponse().read()
    kept = connection.sock
    connection.request("POST", "/method/wall.get", "v=5.199")
    assert b'"error_code": 5' in connection.getresponse().read()
    assert connection.sock is kept
    server.stop()
    assert kept.recv(1) == b""
    connection.close()


def test_other_addresses_and_other_bodies_are_no_api(vk_server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", vk_server.port, timeout=10)
    connection.request("GET", "/authorize?client_id=1")
    response = connection.getresponse()
    assert (response.status, response.read()) == (404, b"not a VK API address")
    connection.putrequest("POST", "/method/wall.get")  # with a body of unknown length
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_a_taken_port_is_an_error(vk_server: Server, vk_far_ends: FarEnds) -> None:
    with pytest.raises(OSError, match="Address already in use"):
        serve(vk_far_ends, vk_server.port)
