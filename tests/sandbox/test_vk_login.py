"""VK ID's renewal of a user's token, and what a community's token may do, over HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.data import FarEnds, Login
from sandbox.loopback import Request, Server
from sandbox.vk import serve
from sandbox.vk.api import Vk
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import COMMUNITY, SHOP, USER, Ask

FORM = {"grant_type": "refresh_token", "refresh_token": "r0", "client_id": "51", "device_id": "d", "state": "s"}

Renew = Callable[..., dict[str, Any]]


@pytest.fixture
def login() -> Login:
    return Login("51", "d", "a0", ["r0"])


@pytest.fixture
def far_ends(login: Login) -> FarEnds:
    far_ends = vk_sample.far_ends()
    far_ends.logins = [login]
    return far_ends


@pytest.fixture
def server(far_ends: FarEnds) -> Iterator[Server]:
    with serve(far_ends, 0) as server:
        yield server


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def ask(server: Server, session: requests.Session) -> Ask:
    return vk_sample.asking(server.url, session)


@pytest.fixture
def renew(server: Server, session: requests.Session) -> Renew:
    def renew(**fields: str | None) -> dict[str, Any]:
        said: dict[str, Any] = session.post(f"{server.url}/oauth2/auth", data=FORM | fields, timeout=10).json()
        return said

    return renew


def is_dead(ask: Ask, token: str) -> bool:
    error = ask("wall.get", token=token, owner_id=-SHOP).get("error", {})
    return bool(error.get("error_code") == 5)


def test_a_renewed_pair_takes_the_place_of_the_old_one(ask: Ask, renew: Renew) -> None:
    assert not is_dead(ask, "a0")
    pair = renew()
    assert (pair["access_token"], pair["refresh_token"], pair["expires_in"]) == ("r0-access-1", "r0-refresh-1", 3600)
    assert pair["state"] == "s"
    assert is_dead(ask, "a0")
    assert not is_dead(ask, "r0-access-1")
    assert renew(refresh_token="r0-refresh-1")["access_token"] == "r0-access-2"
    assert is_dead(ask, "r0-access-1")


def test_a_used_refresh_token_ends_the_login(ask: Ask, renew: Renew) -> None:
    renew()
    assert renew()["error"] == "invalid_grant"
    assert renew(refresh_token="r0-refresh-1")["error"] == "invalid_grant"
    assert is_dead(ask, "r0-access-1")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"state": None}, "invalid_request"),
        ({"device_id": None}, "invalid_request"),
        ({"refresh_token": "r9"}, "invalid_grant"),
        ({"device_id": "another"}, "invalid_grant"),
        ({"client_id": "52"}, "invalid_client"),
    ],
)
def test_what_is_not_renewed(fields: dict[str, str | None], error: str, ask: Ask, renew: Renew) -> None:
    assert renew(**fields)["error"] == error
    assert not is_dead(ask, "a0")


def test_a_renewed_token_ends_after_its_time(far_ends: FarEnds) -> None:
    moment = [100.0]
    vk = Vk(far_ends, None, clock=lambda: moment[0])

    def is_alive() -> bool:
        fields = {"access_token": "r0-access-1", "v": "5.199", "owner_id": str(-SHOP)}
        return b'"response"' in vk.respond(Request("/method/wall.get", fields)).body

    vk.respond(Request("/oauth2/auth", FORM))
    moment[0] = 3699.9
    assert is_alive()
    moment[0] = 3700.0
    assert not is_alive()


def test_a_communitys_token_sees_its_own_and_may_pack_calls(ask: Ask) -> None:
    assert "response" in ask("groups.getById", token=COMMUNITY, group_id=SHOP)
    said = ask("execute", token=COMMUNITY, code=f'return [API.wall.get({{"owner_id": -{SHOP}}})];')
    assert (said["response"], said["execute_errors"][0]["error_code"]) == ([False], 27)
    for method in ("wall.get", "stats.get", "stats.getPostReach"):
        assert ask(method, token=COMMUNITY, owner_id=-SHOP)["error"]["error_code"] == 27


def test_a_community_may_ask_more_often(far_ends: FarEnds) -> None:
    vk = Vk(far_ends, requests_per_second=3, clock=lambda: 0.0)

    def granted(token: str) -> int:
        fields = {"access_token": token, "v": "5.199", "group_id": str(SHOP)}
        answers = [vk.respond(Request("/method/groups.getById", fields)) for _ in range(25)]
        return sum(b'"error_code": 6,' not in answer.body for answer in answers)

    assert (granted(USER), granted(COMMUNITY)) == (3, 20)
