"""A Graph API that says what a test lets it say, over real HTTP, and remembers what it was asked."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from sandbox.loopback import Answer, Request, Server
from smm.sources import Access, Turns
from smm.sources.graph.api import VERSION
from tests.sources.loading import Connection

TOKEN = "EAASECRETsystemuser"
PAGE_TOKEN = "EAASECRETpage"


@dataclass(frozen=True)
class Asked:
    """One call, asked by itself or in a batch: a path below the version, such as ``123/insights``."""

    path: str
    fields: dict[str, str]
    authorization: str


Script = Callable[[Asked], Any]
"""A call -> what Meta says: an Answer of HTTP, or JSON."""


class GraphFarEnd:
    """`requests` are those over HTTP, `asked` the calls in them; `slept` the seconds that would have been waited."""

    def __init__(self, script: Script) -> None:
        self.requests: list[Request] = []
        self.asked: list[Asked] = []
        self.slept: list[float] = []
        self.whole: Any = None  # what a batch is answered with, in place of its parts
        self.faults: dict[int, Answer] = {}  # by the number of the request, counted from 0
        self.headers: dict[str, str] = {"facebook-api-version": VERSION}
        self._script = script
        self._server = Server(0, self._answer)
        self.connection = Connection(host=self._server.url, password=TOKEN)

    def access(self, turns: Turns | None = None) -> Access:
        return Access(self.connection, turns, sleep=self.slept.append)

    def stop(self) -> None:
        self._server.stop()

    def _answer(self, request: Request) -> Answer:
        self.requests.append(request)
        if fault := self.faults.get(len(self.requests) - 1):
            return fault
        path = request.path.partition("?")[0].removeprefix(f"/{VERSION}/")
        if path:
            return self._said(Asked(path, request.fields, request.authorization))
        parts = []
        for one in json.loads(request.fields["batch"]):
            path, _, query = one["relative_url"].partition("?")
            said = self._said(Asked(path, dict(parse_qsl(query)), request.authorization))
            parts.append({"code": said.status, "body": said.body.decode()} if said.status else None)
        return self._json(parts if self.whole is None else self.whole)

    def _said(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        said = self._script(asked)
        return said if isinstance(said, Answer) else self._json(said)

    def _json(self, body: Any) -> Answer:
        return Answer(200, "application/json", json.dumps(body).encode(), self.headers)


class TurnsNoted:
    """What was taken and stopped, without a warehouse."""

    def __init__(self) -> None:
        self.stopped: list[tuple[str, str | None, timedelta, str]] = []

    def take(self, token: str, methods: Collection[str], gap: timedelta) -> datetime:  # noqa: ARG002
        return datetime(2026, 7, 1, tzinfo=UTC)

    def stop(self, token: str, method: str | None, wait: timedelta, reason: str) -> None:
        self.stopped.append((token, method, wait, reason))


def error(code: int, text: str = "", *, subcode: int | None = None, status: int = 400) -> Answer:
    told = {"message": text, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    body = {"error": told | ({"error_subcode": subcode} if subcode else {})}
    return Answer(status, "application/json", json.dumps(body).encode())


HTML = Answer(502, "text/html", b"<html><body>Sorry, something went wrong.</body></html>")
NO_TIME = Answer(0, "", b"")  # in a batch: Meta ran out of time
