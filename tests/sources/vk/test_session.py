"""A session with VK: which token asks for what, in how many requests, and what each call gets."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import vk_api

from sandbox.loopback import Answer, Request
from smm.sources import Access, BadInput, Refused
from smm.sources.vk import session as vk_session
from smm.sources.vk.execute import Call
from tests.sources.loading import Connection, holds_no_secret
from tests.sources.vk.far_end import COMMUNITY, SERVICE, USER, Drawer, VkFarEnd, body, error

Say = Callable[[str, dict[str, Any]], Any]


@pytest.fixture(autouse=True)
def in_no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vk_api.VkApi, "RPS_DELAY", 0)


class Scripted:
    """Says to each call what `say` returns for its method and parameters; an int is the error of that code."""

    def __init__(self, say: Say, most_calls: int = 25) -> None:
        self._say = say
        self._most_calls = most_calls

    def __call__(self, request: Request) -> Answer:
        method = request.path.removeprefix("/method/")
        if method != "execute":
            said = self._say(method, {key: request.fields[key] for key in request.fields if key != "access_token"})
            return error(said) if _is_code(said) else body({"response": said})
        calls = re.findall(r"API\.([\w.]+)\((\{.*?\})\)", request.fields["code"])
        if len(calls) > self._most_calls:
            return error(13)
        results = [(name, self._say(name, json.loads(params))) for name, params in calls]
        errors = [{"method": name, "error_code": said, "error_msg": "x"} for name, said in results if _is_code(said)]
        answers = [False if _is_code(said) else said for _, said in results]
        return body({"response": answers} | ({"execute_errors": errors} if errors else {}))


def _is_code(said: Any) -> bool:
    return isinstance(said, int) and not isinstance(said, bool)


@pytest.fixture
def serve() -> Iterator[Callable[..., VkFarEnd]]:
    with ExitStack() as stack:

        def start(say: Say, most_calls: int = 25) -> VkFarEnd:
            far_end = VkFarEnd(Scripted(say, most_calls))
            stack.callback(far_end.stop)
            return far_end

        yield start


Serve = Callable[..., VkFarEnd]


def calls(count: int, method: str = "wall.get") -> list[Call]:
    return [Call(method, {"offset": number}) for number in range(count)]


def echo(_method: str, params: dict[str, Any]) -> Any:
    return {"offset": int(params["offset"])}


def offsets(said: list[dict[str, Any]]) -> list[int]:
    return [one["response"]["offset"] for one in said]


def test_each_token_asks_for_what_is_its_own(serve: Serve) -> None:
    far_end = serve(echo)
    with far_end.session(service_token=SERVICE, community_token=COMMUNITY) as session:
        assert offsets(session.look(calls(2))) == [0, 1]
        assert offsets(session.pack(calls(3))) == [0, 1, 2]
        assert session.has_community
        assert offsets(session.as_community(calls(2, "messages.getHistory"))) == [0, 1]
        assert session.requests == 4
    assert far_end.methods == ["wall.get", "wall.get", "execute", "execute"]
    assert far_end.tokens == [SERVICE, SERVICE, USER, COMMUNITY]


def test_without_other_tokens_the_user_asks(serve: Serve) -> None:
    far_end = serve(echo)
    with far_end.session() as session:
        assert offsets(session.look(calls(2))) == [0, 1]
        assert not session.has_community
        with pytest.raises(BadInput, match="put it into extra.community_token"):
            session.as_community(calls(1))
    assert far_end.tokens == [USER]


def test_25_calls_to_a_request(serve: Serve) -> None:
    far_end = serve(echo)
    with far_end.session() as session:
        assert offsets(session.pack(calls(51))) == list(range(51))
        assert session.requests == 3
        assert session.pack([]) == []


def test_too_much_is_asked_for_in_halves_once(serve: Serve) -> None:
    far_end = serve(echo, most_calls=3)
    with far_end.session() as session:
        assert offsets(session.pack(calls(5))) == [0, 1, 2, 3, 4]
        assert session.requests == 3
        with pytest.raises(BadInput, match="error 13: VK could not run the request, nor its halves"):
            session.pack(calls(7))
    assert len(far_end.asked) == 6


def test_one_call_that_fails_leaves_the_others(serve: Serve) -> None:
    far_end = serve(lambda method, params: 15 if params["offset"] == 1 else echo(method, params))
    with far_end.session() as session:
        first, refused, last = session.pack(calls(3))
    assert offsets([first, last]) == [0, 2]
    assert refused == {"error": {"error_code": 15, "error_msg": "x"}}


def test_only_what_vk_was_too_busy_for_is_asked_again(serve: Serve) -> None:
    asked: list[int] = []

    def say(method: str, params: dict[str, Any]) -> Any:
        asked.append(params["offset"])
        return 10 if params["offset"] in (1, 3) and len(asked) <= 5 else echo(method, params)

    far_end = serve(say)
    with far_end.session() as session:
        assert offsets(session.pack(calls(5))) == [0, 1, 2, 3, 4]
    assert asked == [0, 1, 2, 3, 4, 1, 3]
    assert far_end.slept == [2]


def test_each_kind_of_trouble_has_a_patience_of_its_own(serve: Serve) -> None:
    troubles = [10, 6, 10, 6]
    far_end = serve(lambda method, params: troubles.pop() if troubles else echo(method, params))
    with far_end.session() as session:
        assert offsets(session.pack(calls(1))) == [0]
    assert far_end.slept == [0.5, 2, 1, 10]


def test_a_method_may_answer_false(serve: Serve) -> None:
    far_end = serve(lambda method, _: 15 if method == "stats.get" else False)
    mixed = [Call("groups.isMember", {"offset": 0}), Call("stats.get", {"offset": 1}), *calls(1, "groups.isMember")]
    with far_end.session() as session:
        said = session.pack(mixed)
        assert session.requests == 1
    assert [one.get("response") for one in said] == [False, None, False]
    assert said[1]["error"]["error_code"] == 15


def test_where_it_is_not_clear_which_call_failed_each_is_asked_alone(serve: Serve) -> None:
    far_end = serve(lambda _, params: 15 if int(params["offset"]) == 1 else False)
    with far_end.session() as session:
        said = session.pack(calls(3, "groups.isMember"))
    assert far_end.methods == ["execute", *["groups.isMember"] * 3]
    assert [one.get("response") for one in said] == [False, None, False]


def test_airflow_is_told_every_token_to_hide(serve: Serve) -> None:
    vault = Drawer()
    far_end = serve(echo)
    tokens = {"service_token": SERVICE, "community_token": COMMUNITY, "refresh_token": "SECRET-refresh"}
    with far_end.session(vault, **tokens, client_id="7", device_id="9"):
        assert vault.hidden == set(tokens.values())


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        (Connection(), "put the user's token into its password"),
        (Connection(host="http://vk.example", password=USER), "http://vk.example; it may be https://"),
        (Connection(host="127.0.0.1:8090", password=USER), "http://127.0.0.1:8090"),
        (
            Connection(password=USER, extra_dejson={"refresh_token": "SECRET-r", "client_id": "7"}),
            "a refresh_token, which is useless without device_id",
        ),
    ],
)
def test_connections_that_cannot_work(connection: Connection, told: str) -> None:
    with pytest.raises(BadInput, match=told) as raised, vk_session.opened(Access(connection)):
        pass
    holds_no_secret(raised.value)
    assert "SECRET" not in repr(Access(connection))


def test_a_token_of_the_wrong_kind(serve: Serve) -> None:
    far_end = serve(lambda *_: 27)
    with far_end.session(community_token=COMMUNITY) as session, pytest.raises(Refused) as raised:
        session.as_community(calls(1))
    assert "extra.community_token is of the wrong kind: it must be the token of the community" in str(raised.value)
