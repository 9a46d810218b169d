"""VK's API 5.199 over HTTP: `GET` or `POST /method/<name>`, always answered with status 200.

It serves what the given FarEnds hold at the moment of the call, and knows tokens of two kinds: a user's may call
everything, an app's service token walls and communities. Of `execute` it runs what `sandbox.vk.vkscript` knows.
"""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from sandbox.data import FarEnds
from sandbox.loopback import Answer, Request, Server
from sandbox.vk.execute import ScriptError, execute
from sandbox.vk.methods import METHODS, Json
from sandbox.vk.params import Params, VkError
from sandbox.vk.vkscript import CompileError

VERSION = "5.199"
EXECUTE_KINDS = frozenset({"user"})


def serve(far_ends: FarEnds, port: int, *, requests_per_second: int | None = None) -> Server:
    """A running server on 127.0.0.1. VK itself grants a token 3 requests per second; None = no limit."""
    return Server(port, Vk(far_ends, requests_per_second).respond)


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
        root, _, method = request.path.rpartition("/")
        if root != "/method":
            return Answer(404, "text/plain", b"not a VK API address")
        try:
            body = self._answer(method, request.fields)
        except VkError as error:
            body = {"error": _error(error) | {"request_params": _request_params(method, request.fields)}}
        return Answer(200, "application/json; charset=utf-8", json.dumps(body, ensure_ascii=False).encode())

    def _answer(self, method: str, fields: dict[str, str]) -> Json:
        kind = self._token_kind(fields.get("access_token", ""))
        if fields.get("v") != VERSION:
            raise VkError(8, f"v should be {VERSION} here")
        params = Params(fields)
        if method == "execute":
            _admit(kind, EXECUTE_KINDS)
            return self._execute(kind, params.text("code"))
        return {"response": self._call(kind, method, params)}

    def _token_kind(self, token: str) -> str:
        if token in self._far_ends.user_tokens:
            kind = "user"
        elif token in self._far_ends.service_tokens:
            kind = "service"
        else:
            raise VkError(5, "invalid access_token (4)." if token else "no access_token passed.")
        if self._requests_per_second is not None:
            self._count_request(token, self._requests_per_second)
        return kind

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

    def _execute(self, kind: str, code: str) -> Json:
        """A failed inner call is false in the answer and has an entry, in order, in `execute_errors`."""
        errors: list[Json] = []

        def call(name: str, values: Json) -> Any:
            try:
                return self._call(kind, name, Params(values))
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
        raise VkError(28, f"method is unavailable with {kind} token.")


def _error(error: VkError) -> Json:
    return {"error_code": error.code, "error_msg": error.message}


def _request_params(method: str, fields: dict[str, str]) -> list[dict[str, str]]:
    """What was asked, without the token."""
    asked = {"oauth": "1", "method": method} | {name: fields[name] for name in fields if name != "access_token"}
    return [{"key": key, "value": value} for key, value in asked.items()]
