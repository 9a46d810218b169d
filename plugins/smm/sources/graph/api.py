"""Requests to Meta's Graph API: tried again where that may help, within one allowance, errors as `SourceError`.

The token goes into a header and never into an address; what requests raises may hold it among its values, so none of it
leaves this module. A redirect is an error, links to next pages are never followed, and a body is an answer only if its
status is 200 and it is an object: Meta's faults come as HTML, too.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import requests

from smm.sources import Access, QuotaSpent, Refused, Transient, http
from smm.sources.graph import fields, usage
from smm.sources.graph.errors import Json, Refusal, failure
from smm.sources.graph.fields import Fields
from smm.sources.hurried import Hurried

ADDRESS = "https://graph.facebook.com"
VERSION = "v26.0"  # until about July 2028; an older one would be served by a newer one, and no error would say so
TIMEOUTS = (5, 60)  # seconds: to connect, and between two bytes of an answer
PAUSES = (2, 10)  # seconds before the next try
PACK = 50  # calls in one batch; the most that Meta takes
NO_PACK = "Meta did not answer to each part of a batch"
_LINKED = re.compile(r"access_token=[^&\"\\]*")  # Meta's links to next pages hold the token that it was asked with
ALLOWANCE = "graph"  # what is stopped for a token whose allowance is nearly used


@dataclass(frozen=True)
class Call:
    """A question: a path below the version, such as ``1234/insights``, and its parameters. Never a token."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> Json:
        return {"path": self.path, "params": dict(self.params)}


@dataclass(frozen=True)
class Said:
    """Meta's answer to one call: the body; or, of what this call alone asked for, why it has none."""

    body: Json
    refusal: Refusal | None = None
    version: str | None = None  # that served it

    def only(self, kept: Fields) -> "Said":
        """Without what is not kept."""
        return replace(self, body=fields.only(self.body, kept))

    def as_json(self) -> Json:
        return {"error": self.refusal.as_json()} if self.refusal else self.body


@contextmanager
def opened(access: Access) -> Iterator["Graph"]:
    """The API, asked with the token of an Airflow connection; ``host`` leads to a far end on this machine instead.

    Raises BadInput for a connection that cannot work.
    """
    address, token = reached(access)
    with requests.Session() as session:
        session.trust_env = address == ADDRESS  # no proxy on the way to this machine
        yield Graph(access, session, address, token, {token})


def reached(access: Access) -> tuple[str, str]:
    """The address and the token of an Airflow connection. Raises BadInput for one that cannot work."""
    address = http.address(access.connection.host, ADDRESS, "Meta")
    return address, http.token(access.connection.password, "Meta", "the token of a system user")


Ask = Callable[[Sequence[Call]], tuple[list[Said], timedelta | None]]
"""Calls -> what Meta says to each, and how long to wait where the allowance is used up."""


class Graph:
    """``requests`` counts all that were sent, in vain or not; ``calls`` what Meta counts, a batch being many."""

    def __init__(
        self,
        access: Access,
        session: requests.Session | Hurried,
        address: str,
        token: str,
        secrets: set[str],
        owner: str = "",
        pauses: Sequence[int] = PAUSES,
    ) -> None:
        self.requests = 0
        self.calls = 0
        self.version: str | None = None
        self.percent: int | None = None  # of the allowance, as far as Meta has said
        self._access = access
        self._session = session
        self._address = address
        self._token = token
        self._owner = owner or token  # whose allowance it is: all Pages of a connection share it
        self._secrets = secrets
        self._pauses = pauses

    def of_page(self, page: str) -> "Graph":
        """The same API with the Page's own token, which this one's owner may fetch.

        Raises Refused where Meta gives none: its owner has no role on the Page.
        """
        said = self.get(Call(page, {"fields": "access_token"}))
        token = said.body.get("access_token")
        if said.refusal or not isinstance(token, str) or not token:
            why = said.refusal.reason if said.refusal else "Meta gave no token for it"
            raise Refused(
                f"the token of the connection has no access to Page {page}: assign the Page to its system user in Meta"
                f" Business Suite, with the task to view insights ({why})"
            )
        self._secrets.add(token)
        if self._access.vault:
            self._access.vault.hide(token)
        page_graph = Graph(self._access, self._session, self._address, token, self._secrets, self._owner, self._pauses)
        page_graph.requests, page_graph.calls = self.requests, self.calls
        return page_graph

    def get(self, call: Call) -> Said:
        """Raises SourceError for what is not of this call alone."""
        return self._settled([call], self._single)[0]

    def get_all(self, calls: Sequence[Call]) -> list[Said]:
        """Many calls to a request (Meta's batch), each answered for itself. Raises SourceError."""
        if len(calls) == 1:
            return [self.get(calls[0])]
        said: list[Said] = []
        for start in range(0, len(calls), PACK):
            pack = calls[start : start + PACK]
            said += self._settled(pack, self._batch, is_answered=len(pack) == 1)  # the packs before it were
        return said

    def _settled(self, calls: Sequence[Call], ask: Ask, *, is_answered: bool = False) -> list[Said]:
        """What Meta was too busy for is asked again, and nothing else with it.

        A call that it never answers, while it answers others, is refused for itself: some questions are that for ever.
        """
        found: dict[int, Said] = {}
        wait: timedelta | None = None
        for pause in (0, *self._pauses):
            if found:
                self._access.sleep(pause)
            again = [at for at in range(len(calls)) if at not in found or _is_passing(found[at])]
            answers, wait = ask([calls[at] for at in again])
            found |= dict(zip(again, answers, strict=True))
            if not any(map(_is_passing, found.values())):
                break
        is_answered = is_answered or not all(map(_is_passing, found.values()))
        for at in range(len(calls)):
            refusal = found[at].refusal
            if refusal and not refusal.is_of_part and not (is_answered and _is_passing(found[at])):
                raise self._failure(refusal, wait)
        return [found[at] for at in range(len(calls))]

    def _single(self, calls: Sequence[Call]) -> tuple[list[Said], timedelta | None]:
        (call,) = calls
        self.calls += 1
        status, told, wait = self._sent("GET", f"/{VERSION}/{call.path}", params=dict(call.params))
        return [self._read(status, told)], wait

    def _batch(self, calls: Sequence[Call]) -> tuple[list[Said], timedelta | None]:
        if len(calls) == 1:
            return self._single(calls)
        self.calls += len(calls)
        asked = [{"method": "GET", "relative_url": _relative(call)} for call in calls]
        fields = {"batch": json.dumps(asked), "include_headers": "false"}
        status, told, wait = self._sent("POST", f"/{VERSION}/", data=fields)
        if status == 200 and isinstance(told, list) and len(told) == len(calls):
            return [self._read(*_part(one)) for one in told], wait
        said = self._read(status, told)
        return [said if said.refusal else Said({}, Refusal(status, None, fault=NO_PACK))] * len(calls), wait

    def _sent(self, method: str, path: str, **content: Any) -> tuple[int, Any, timedelta | None]:
        """Status (0: no answer), the decoded body, and how long to wait where the allowance is used up."""
        if self._access.turns:
            self._access.turns.take(self._owner, {ALLOWANCE}, timedelta(0))
        self.requests += 1
        try:
            response = self._session.request(
                method,
                self._address + path,
                auth=http.Authorization(f"Bearer {self._token}"),
                timeout=TIMEOUTS,
                allow_redirects=False,  # no token goes anywhere but to Meta
                **content,
            )
        except requests.RequestException as error:
            return 0, http.fault(error), None
        used = usage.read(response.headers)
        self.percent = used.percent if used.percent is not None else self.percent
        self.version = response.headers.get("facebook-api-version", self.version)
        if used.is_high and self._access.turns:
            reason = f"{used.percent} % of Meta's allowance is used; from {usage.STOP_AT} % on nothing more is asked"
            self._access.turns.stop(self._owner, ALLOWANCE, used.wait, reason)
        try:
            told = json.loads(_LINKED.sub("access_token=***", response.content.decode()))
        except (ValueError, RecursionError):
            told = None
        return response.status_code, told, used.wait if used.is_high else None

    def _read(self, status: int, told: Any) -> Said:
        if status == 200 and isinstance(told, dict) and "error" not in told:
            return Said(told, version=self.version)
        if status == 0:
            return Said({}, Refusal(0, None, fault=told))
        return Said({}, Refusal.of(status, told, self._secrets), self.version)

    def _failure(self, refusal: Refusal, wait: timedelta | None) -> Exception:
        error = failure(refusal, wait)
        if isinstance(error, QuotaSpent) and self._access.turns:
            self._access.turns.stop(self._owner, ALLOWANCE, error.wait or usage.WAIT, str(error))
        if isinstance(error, Transient):
            tries = f" in {1 + len(self._pauses)} tries" if self._pauses else ""
            return Transient(f"Meta did not answer{tries}: {refusal.reason}; try again in a minute")
        return error


def _is_passing(said: Said) -> bool:
    return said.refusal is not None and said.refusal.meaning.kind is Transient


def _relative(call: Call) -> str:
    return f"{call.path}?{urlencode(call.params)}" if call.params else call.path


def _part(one: Any) -> tuple[int, Any]:
    """One answer of a batch. Meta leaves null where it ran out of time."""
    if not isinstance(one, dict) or not isinstance(one.get("code"), int):
        return 0, "Meta ran out of time for this part of a batch"
    try:
        return one["code"], json.loads(one["body"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return one["code"], None
