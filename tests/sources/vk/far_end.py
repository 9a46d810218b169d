"""A VK that says what a test lets it say, over real HTTP, and a source's way to it without waiting."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sandbox.data import FarEnds
from sandbox.loopback import Answer, Request, Server
from sandbox.vk.api import Vk
from smm.sources import Access, Vault
from smm.sources.vk import session as vk_session
from smm.sources.vk.session import Session
from tests.sources.loading import Connection

USER, SERVICE, COMMUNITY = "SECRET-user-7f3a", "SECRET-service-9c1e", "SECRET-community-5b8d"

Respond = Callable[[Request], Answer]


class VkFarEnd:
    """`asked` are the requests it got; `slept` the seconds its sessions would have waited."""

    def __init__(self, respond: Respond | FarEnds) -> None:
        self.asked: list[Request] = []
        self.slept: list[float] = []
        self._respond = Vk(respond, None).respond if isinstance(respond, FarEnds) else respond
        self._server = Server(0, self._answer)
        self.url = self._server.url
        self.connection = Connection(host=self.url, password=USER)

    def _answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return self._respond(request)

    @property
    def methods(self) -> list[str]:
        return [request.path.removeprefix("/method/") for request in self.asked]

    @property
    def tokens(self) -> list[str]:
        """The access tokens of the calls, in order."""
        return [request.fields["access_token"] for request in self.asked if request.path.startswith("/method/")]

    def session(self, vault: Vault | None = None, **extra: str) -> AbstractContextManager[Session]:
        """A session by the user's token, and what else is put into the connection's extra."""
        self.connection.extra_dejson = extra
        return vk_session.opened(Access(self.connection, vault=vault, sleep=self.slept.append))

    def stop(self) -> None:
        self._server.stop()


class Drawer:
    """A vault in memory, of one connection."""

    def __init__(self) -> None:
        self.kept: tuple[str, dict[str, str]] | None = None
        self.hidden: set[str] = set()
        self._lock = threading.Lock()

    def get(self, origin: str) -> dict[str, str] | None:
        return self.kept[1] if self.kept and self.kept[0] == origin else None

    def put(self, origin: str, secret: Mapping[str, str]) -> None:
        self.kept = (origin, dict(secret))

    def hide(self, *secrets: str) -> None:
        self.hidden.update(secrets)

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._lock:
            yield


def body(said: Any) -> Answer:
    return Answer(200, "application/json; charset=utf-8", json.dumps(said).encode())


def error(code: int) -> Answer:
    """As VK writes it, with the token wherever a library or VK might repeat it."""
    said = {"error_code": code, "error_msg": f"Said by VK {USER}", "request_params": [{"key": "x", "value": USER}]}
    return body({"error": said})


def inner(code: int, method: str = "wall.get") -> Answer:
    """An execute of one call, which failed."""
    return body(
        {"response": [False], "execute_errors": [{"method": method, "error_code": code, "error_msg": f"of {USER}"}]}
    )


def altered(served: Respond, method: str, alter: Callable[[Any], Any]) -> Respond:
    """A VK whose answers to calls of this method are others, be they alone or in an execute."""

    def respond(request: Request) -> Answer:
        answer = served(request)
        said = json.loads(answer.body)
        if request.path == f"/method/{method}" and "response" in said:
            said["response"] = alter(said["response"])
        called = re.findall(r"API\.([\w.]+)\(", request.fields.get("code", ""))
        if method in called and "response" in said:
            pairs = zip(called, said["response"], strict=True)
            said["response"] = [
                alter(value) if name == method and value is not False else value for name, value in pairs
            ]
        return body(said)

    return respond


def refusing(served: Respond, code: int, *methods: str, words: str = "no") -> Respond:
    """A VK that refuses every call of these methods, be they alone or in an execute."""

    def respond(request: Request) -> Answer:
        method = request.path.removeprefix("/method/")
        if method in methods:
            return body({"error": {"error_code": code, "error_msg": words}})
        answer = served(request)
        said = json.loads(answer.body)
        called = re.findall(r"API\.([\w.]+)\(", request.fields.get("code", ""))
        if not set(methods).isdisjoint(called):
            pairs = zip(called, said["response"], strict=True)
            said["response"] = [False if name in methods else value for name, value in pairs]
            errors = [{"method": name, "error_code": code, "error_msg": words} for name in called if name in methods]
            return body(said | {"execute_errors": errors})
        return answer

    return respond
