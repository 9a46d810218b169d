"""Renewal of a user's token over real HTTP: when, once, by whom, and what is told where it cannot be."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vk_api

from sandbox.data import FarEnds, Login
from sandbox.loopback import Answer, Request
from sandbox.vk.api import Vk
from smm.sources import Refused, SourceError, Transient
from smm.sources.vk import tokens as vk_token
from smm.sources.vk.execute import Call
from tests.sandbox import vk_sample
from tests.sandbox.vk_sample import SHOP
from tests.sources.loading import holds_no_secret
from tests.sources.vk.far_end import USER, Drawer, VkFarEnd, body, error, inner

WALL = Call("wall.get", {"owner_id": -SHOP})
REFRESH = "SECRET-r"
EXTRA = {"refresh_token": REFRESH, "client_id": "51", "device_id": "dev-1"}
FIRST, SECOND = "SECRET-r-access-1", "SECRET-r-access-2"


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vk_api.VkApi, "RPS_DELAY", 0)


@pytest.fixture
def login() -> Login:
    """Its access token is the connection's, and has ended."""
    return Login("51", "dev-1", USER, [REFRESH], ends_at=0)


@pytest.fixture
def far_ends(login: Login) -> FarEnds:
    far_ends = vk_sample.far_ends()
    far_ends.logins = [login]
    return far_ends


class Served(VkFarEnd):
    """`instead` answers in VK's place, once."""

    def __init__(self, far_ends: FarEnds) -> None:
        self.instead: dict[str, Answer] = {}
        vk = Vk(far_ends, None)
        super().__init__(lambda asked: self.instead.pop(asked.path, None) or vk.respond(asked))

    @property
    def renewals(self) -> list[Request]:
        return [request for request in self.asked if request.path == "/oauth2/auth"]


@pytest.fixture
def far_end(far_ends: FarEnds) -> Iterator[Served]:
    with ExitStack() as stack:
        served = Served(far_ends)
        stack.callback(served.stop)
        yield served


def test_a_dead_token_is_renewed_once_and_kept(far_end: Served) -> None:
    vault = Drawer()
    with far_end.session(vault, **EXTRA) as session:
        assert session.pack([WALL])[0]["response"]["count"] == 6
        session.pack([WALL])
        assert session.requests == 4
    assert far_end.methods == ["execute", "/oauth2/auth", "execute", "execute"]
    assert far_end.tokens == [USER, FIRST, FIRST]
    form = far_end.renewals[0].fields
    assert len(form.pop("state")) >= 32
    assert form == {"grant_type": "refresh_token", **EXTRA}
    with far_end.session(vault, **EXTRA) as later:
        later.pack([WALL])
    assert far_end.tokens[-1] == FIRST
    assert len(far_end.renewals) == 1
    assert vault.kept is not None
    assert {FIRST, "SECRET-r-refresh-1"} < set(vault.kept[1].values())


def test_a_token_whose_end_is_known_is_renewed_before_it(far_end: Served, login: Login) -> None:
    vault = Drawer()
    with far_end.session(vault, **EXTRA) as session:
        session.pack([WALL])
    assert vault.kept is not None
    ends_at = datetime.fromisoformat(vault.kept[1]["ends_at"])
    assert timedelta(minutes=56) < ends_at - datetime.now(UTC) <= timedelta(minutes=57)
    vault.kept[1]["ends_at"] = datetime.now(UTC).isoformat()
    with far_end.session(vault, **EXTRA) as session:
        session.pack([WALL])
    assert far_end.methods[-2:] == ["/oauth2/auth", "execute"]  # not asked with the one that has ended
    assert [request.fields["refresh_token"] for request in far_end.renewals] == [REFRESH, "SECRET-r-refresh-1"]
    assert far_end.tokens[-1] == SECOND == login.access_token


@pytest.mark.parametrize("code", [5, 28, 1114, 1116, 1117, 3609])
def test_every_error_of_a_dead_token_renews_it(code: int, far_end: Served, login: Login) -> None:
    for said in (error(code), inner(code)):
        vars(login).update(ends_at=None, access_token=USER, refresh_tokens=[REFRESH])
        far_end.instead["/method/execute"] = said
        with far_end.session(Drawer(), **EXTRA) as session:
            assert "response" in session.pack([WALL])[0]
    assert len(far_end.renewals) == 2


def test_a_renewed_token_that_is_refused_too_is_not_renewed_again(far_end: Served) -> None:
    far_end.instead["/oauth2/auth"] = body({"access_token": "SECRET-of-another-place", "expires_in": 3600})
    with far_end.session(Drawer(), **EXTRA) as session, pytest.raises(Refused, match="error 5: the token is dead"):
        session.pack([WALL])
    assert far_end.methods == ["execute", "/oauth2/auth", "execute"]


def test_two_who_find_the_token_dead_renew_it_once(far_end: Served) -> None:
    vault = Drawer()
    with far_end.session(vault, **EXTRA) as one, far_end.session(vault, **EXTRA) as other:
        threads = [threading.Thread(target=session.pack, args=([WALL],)) for session in (one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(far_end.renewals) == 1
    assert far_end.tokens.count(FIRST) == 2


def test_the_one_who_comes_later_takes_what_the_other_got(far_end: Served) -> None:
    vault = Drawer()
    with far_end.session(vault, **EXTRA) as one, far_end.session(vault, **EXTRA) as other:
        one._user._token.current()  # both hold the connection's own
        other._user._token.current()
        one.pack([WALL])
        other.pack([WALL])
    assert far_end.tokens == [USER, FIRST, USER, FIRST]
    assert len(far_end.renewals) == 1


def test_a_new_token_in_the_connection_counts_more_than_the_renewed(far_end: Served, far_ends: FarEnds) -> None:
    vault = Drawer()
    with far_end.session(vault, **EXTRA) as session:
        session.pack([WALL])
    far_ends.logins = [Login("51", "dev-1", "SECRET-anew", ["SECRET-s"])]
    far_end.connection.password = "SECRET-anew"
    with far_end.session(vault, **EXTRA | {"refresh_token": "SECRET-s"}) as session:
        session.pack([WALL])
    assert far_end.tokens[-1] == "SECRET-anew"


def test_without_a_place_to_keep_it_no_token_is_renewed(far_end: Served) -> None:
    with far_end.session(None, **EXTRA) as session, pytest.raises(Refused, match="the token is dead"):
        session.pack([WALL])
    assert not far_end.renewals


class FullDrawer(Drawer):
    def put(self, *_: Any) -> None:
        raise Transient("no room")


def test_a_refresh_token_is_not_spent_where_nothing_can_be_kept(far_end: Served) -> None:
    with far_end.session(FullDrawer(), **EXTRA) as session, pytest.raises(Transient, match="no room"):
        session.pack([WALL])
    assert not far_end.renewals


def test_a_used_refresh_token_is_refused_with_advice(far_end: Served, login: Login) -> None:
    login.refresh_tokens.append("SECRET-r-refresh-1")  # as if the answer had been lost
    with far_end.session(Drawer(), **EXTRA) as session, pytest.raises(Refused) as raised:
        session.pack([WALL])
    assert str(raised.value) == (
        "VK does not renew the user's token (invalid_grant): re-authorise the VK user and put the new access and"
        ' refresh tokens into the connection (VK says: "refresh_token is invalid or expired")'
    )
    holds_no_secret(raised.value)


def said(status: int, text: Any) -> Answer:
    return Answer(status, "application/json", json.dumps(text).encode())


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (
            said(400, {"error": "invalid_client", "error_description": f"client_id of {REFRESH} is invalid"}),
            Refused,
            "(invalid_client): check extra.client_id and extra.device_id, else re-authorise",
        ),
        (said(401, {"error": f"of {REFRESH}!"}), Refused, "(an error)"),
        (said(200, {"error": "server_error"}), Transient, "server_error"),
        (Answer(503, "text/html", REFRESH.encode()), Transient, "HTTP status 503"),
        (Answer(404, "text/html", REFRESH.encode()), Transient, "an answer that is not JSON"),
        (Answer(200, "application/json", b'{"access_token"', sent=3), Transient, "an answer that was cut"),
        (Answer(200, "application/json", "ключ".encode("cp1251")), Transient, "not UTF-8"),
        (body([REFRESH]), Transient, "an answer of another form"),
        (body({"access_token": "", "expires_in": 3600}), Transient, "an answer of another form"),
    ],
)
def test_renewals_that_fail(answer: Answer, kind: type[SourceError], told: str, far_end: Served) -> None:
    vault = Drawer()
    far_end.instead["/oauth2/auth"] = answer
    with far_end.session(vault, **EXTRA) as session, pytest.raises(SourceError) as raised:
        session.pack([WALL])
    assert type(raised.value) is kind
    assert told in str(raised.value)
    assert vk_token.ANEW in str(raised.value)
    holds_no_secret(raised.value)
    with far_end.session(vault, **EXTRA) as session:  # and nothing was spoilt
        assert "response" in session.pack([WALL])[0]


LASTING: list[dict[str, Any]] = [
    {"expires_in": 0},
    {"expires_in": -1},
    {},
    {"expires_in": None},
    {"expires_in": "0"},
    {"expires_in": "never"},
]


@pytest.mark.parametrize("told", LASTING)
def test_a_token_for_good_is_not_renewed_before_each_call(
    told: dict[str, Any], far_end: Served, far_ends: FarEnds
) -> None:
    vault = Drawer()
    renewed = "SECRET-for-good"
    far_end.instead["/oauth2/auth"] = body({"access_token": renewed, "refresh_token": "SECRET-r2", **told})
    far_ends.user_tokens.add(renewed)
    for _ in range(2):
        with far_end.session(vault, **EXTRA) as session:
            session.pack([WALL])
            session.pack([WALL])
    assert far_end.methods == ["execute", "/oauth2/auth", *["execute"] * 4]
    far_ends.user_tokens.remove(renewed)  # VK takes it back after all
    far_end.instead["/oauth2/auth"] = body({"access_token": USER, "expires_in": 3600})
    far_ends.user_tokens.add(USER)
    with far_end.session(vault, **EXTRA) as session:
        session.pack([WALL])
    assert [request.fields["refresh_token"] for request in far_end.renewals] == [REFRESH, "SECRET-r2"]


@pytest.mark.parametrize(("told", "seconds"), [("3600", 3420), (3600.0, 3420), (10**11, 0.95 * 366 * 86_400)])
def test_a_life_in_another_form_is_read(told: Any, seconds: float, far_end: Served, far_ends: FarEnds) -> None:
    vault = Drawer()
    far_end.instead["/oauth2/auth"] = body({"access_token": "SECRET-t", "expires_in": told})
    far_ends.user_tokens.add("SECRET-t")
    with far_end.session(vault, **EXTRA) as session:
        session.pack([WALL])
    assert vault.kept is not None
    left = datetime.fromisoformat(vault.kept[1]["ends_at"]) - datetime.now(UTC)
    assert seconds - 60 < left.total_seconds() <= seconds


def test_a_refresh_token_that_stays_the_same_is_kept(far_end: Served) -> None:
    vault = Drawer()
    far_end.instead["/oauth2/auth"] = body({"access_token": "SECRET-t", "expires_in": 3600})
    with far_end.session(vault, **EXTRA) as session, pytest.raises(Refused):
        session.pack([WALL])
    assert vault.kept is not None
    assert vault.kept[1]["refresh_token"] == REFRESH


def test_tokens_are_in_no_repr(far_end: Served) -> None:
    vault = Drawer()
    with far_end.session(vault, **EXTRA) as session:
        session.pack([WALL])
        token = session._user._token
        assert "SECRET" not in f"{token!r} {vars(token)['_pair']!r}"
