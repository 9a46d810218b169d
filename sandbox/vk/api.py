"""VK over HTTP: its API 5.199, `GET` or `POST /method/<name>`, always answered with status 200; `/oauth2/auth`, and the
pictures of posts.

It serves what the given FarEnds hold at the moment of the call, and knows tokens of three kinds: a user's may call
everything but messages, an app's service token walls and communities, a community's what is its own. Of `execute` it
runs what `sandbox.vk.vkscript` knows.
"""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from sandbox.data import FarEnds
from sandbox.faults.vk import meeting
from sandbox.loopback import Answer, Request, Server
from sandbox.vk import login, pictures
from sandbox.vk.execute import ScriptError, execute
from sandbox.vk.methods import METHODS
from sandbox.vk.params import Json, Params, VkError
from sandbox.vk.vkscript import CompileError

VERSION = "5.199"
EXECUTE_KINDS = frozenset({"user", "group"})
COMMUNITY_REQUESTS = 20  # per second, where a limit is kept at all
REFUSALS = {  # by the token's kind, of a method that is not for it
    "user": (15, "method is unavailable with user token."),
    "service": (28, "method is unavailable with service token."),
    "group": (27, "method is unavailable with group auth."),
}


def serve(far_ends: FarEnds, port: int, *, requests_per_second: int | None = None) -> Server:
    """A running server on 127.0.0.1. VK itself grants a token 3 requests per second; None = no limit."""
    server = Server(port, meeting(far_ends, Vk(far_ends, requests_per_second).respond))
    far_ends.vk_url = server.url
    return server


class Vk:
    def __init__(
        self, far_ends: FarEnds, requests_per_second: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._far_ends = far_ends
        self._requests_per_second = requests_per_second
        self._clock = clock
        self._recent: defaultdict[str, deque[float]] = defaultdict(deque)  # by token: when it called in the last second
        self._counting = threading.Lock()

    def respond(self, request: Request) -> Answer:
        if picture := pictures.drawn(self._far_ends, request.path):
            return Answer(200, "image/jpeg", picture)
        root, _, method = request.path.rpartition("/")
        if request.path == login.PATH:
            return _json(login.renew(self._far_ends, request.fields, self._clock()))
        if root != "/method":
            return Answer(404, "text/plain", b"not a VK API address")
        try:
            body = self._answer(method, request.fields)
        except VkError as error:
            body = {"error": _error(error) | {"request_params": _request_params(method, request.fields)}}
        return _json(body)

    def _answer(self, method: str, fields: dict[str, str]) -> Json:
        kind = self._token_kind(fields.get("access_token", ""))
        if fields.get("v") != VERSION:
            raise VkError(8, f"v should be {VERSION} here")
        own = self._own(fields.get("access_token", ""))
        params = Params(own | fields)
        if method == "execute":
            _admit(kind, EXECUTE_KINDS)
            return self._execute(kind, params.text("code"), own)
        return {"response": self._call(kind, method, params)}

    def _own(self, token: str) -> dict[str, str]:
        """What a community's token says without words."""
        tokens = self._far_ends.community_tokens
        return {"group_id": str(tokens[token])} if token in tokens else {}

    def _token_kind(self, token: str) -> str:
        if token in self._far_ends.user_tokens or self._is_of_login(token):
            kind = "user"
        elif token in self._far_ends.service_tokens:
            kind = "service"
        elif token in self._far_ends.community_tokens:
            kind = "group"
        else:
            raise VkError(5, "invalid access_token (4)." if token else "no access_token passed.")
        if self._requests_per_second is not None:
            self._count_request(token, COMMUNITY_REQUESTS if kind == "group" else self._requests_per_second)
        return kind

    def _is_of_login(self, token: str) -> bool:
        now = self._clock()
        return any(login.admits(one, token, now) for one in self._far_ends.logins)

    def _count_request(self, token: str, allowed: int) -> None:
        with self._counting:
            now, recent = self._clock(), self._recent[token]
            while recent and now - recent[0] >= 1:
                recent.popleft()
            if len(recent) >= allowed:
                raise VkError(6)
            recent.append(now)

    def _call(self, kind: str, name: str, params: Params) -> Any:
        if name not in METHODS:
            raise VkError(3)
        method = METHODS[name]
        _admit(kind, method.kinds)
        return method.answer(self._far_ends, params)

    def _execute(self, kind: str, code: str, own: dict[str, str]) -> Json:
        """A failed inner call is false in the answer and has an entry, in order, in `execute_errors`."""
        errors: list[Json] = []

        def call(name: str, values: Json) -> Any:
            try:
                return self._call(kind, name, Params(own | values))
            except VkError as error:
                errors.append({"method": name} | _error(error))
                return False

        try:
            body = {"response": execute(code, call)}
        except CompileError as error:
            raise VkError(12, str(error)) from None
        except ScriptError as error:
            raise VkError(13, str(error)) from None
        return body | ({"execute_errors": errors} if errors else {})


def _admit(kind: str, kinds: frozenset[str]) -> None:
    if kind not in kinds:
        raise VkError(*REFUSALS[kind])


def _json(body: Json) -> Answer:
    return Answer(200, "application/json; charset=utf-8", json.dumps(body, ensure_ascii=False).encode())


def _error(error: VkError) -> Json:
    return {"error_code": error.code, "error_msg": error.message}


def _request_params(method: str, fields: dict[str, str]) -> list[dict[str, str]]:
    """What was asked, without the token."""
    asked = {"oauth": "1", "method": method} | {name: fields[name] for name in fields if name != "access_token"}
    return [{"key": key, "value": value} for key, value in asked.items()]
