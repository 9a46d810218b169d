"""VK's API 5.199 through vk_api: calls packed into `execute`, limits kept, errors as `SourceError`.

An error of vk_api holds the token among its values, so none leaves this module: what is raised instead names the
method, VK's code, and what to do.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import requests
import vk_api
from jconfig import MemoryConfig  # type: ignore[import-untyped]
from requests.adapters import HTTPAdapter
from vk_api.exceptions import ApiError, ApiHttpError, Captcha
from vk_api.requests_pool import VkRequestsPool

from smm.sources import BadInput, Known, QuotaSpent, Refused, SourceError, Transient
from smm.sources.loopback import is_loopback

VERSION = "5.199"
PACK = 25  # calls; the most that one execute may make
TIMEOUTS = (5, 60)  # seconds: to connect, and between two bytes of an answer
RPS_RETRIES = 4  # after "too many requests per second"; vk_api alone would try for ever

NO_ACCESS = {7, 15, 20, 21, 23, 200, 201, 203, 204, 210, 211, 212, 260, 600}  # a right to this one thing is missing
TOO_BIG = 13

_BUSY = (Transient, "VK is at fault or busy; try again in a minute")
_SPENT = (QuotaSpent, "VK refuses more of this for now; the next run will go on")
_DEAD = (Refused, "the token is dead: re-authorise the VK user and put the new token into the connection")
_WRONG_TOKEN = (
    Refused,
    "the token is of the wrong kind: the connection's password must be a user's token (statistics),"
    " extra.service_token an application's (walls)",
)
_PROVE = (Refused, "VK wants the owner of the token to prove who he is: let him log in to VK, then try again")
_CLOSED = (Refused, "the community is deleted, blocked or private: check it on VK, or take it out of the client's file")
_WRONG = (BadInput, "VK does not take this request: check the community's number in the client's file")

MEANING: dict[int, tuple[type[SourceError], str]] = {
    **dict.fromkeys((1, 6, 10, 36, 43), _BUSY),
    **dict.fromkeys((9, 14, 29, 32, 601, 3300), _SPENT),
    **dict.fromkeys((2, 4, 5, 1114, 1116, 1117, 3609), _DEAD),
    **dict.fromkeys((27, 28), _WRONG_TOKEN),
    **dict.fromkeys((17, 24, 25, 3301, 3302, 3303, 3304), _PROVE),
    **dict.fromkeys((18, 19, 30, 37, 40), _CLOSED),
    **dict.fromkeys((3, 8, 100, 113, 125, 150), _WRONG),
}

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    method: str
    params: Json


class Api(vk_api.VkApi):  # type: ignore[misc]  # published without types
    """vk_api's client, which waits longer each time VK finds it too fast, and gives up after some times."""

    _retries = 0

    def too_many_rps_handler(self, error: ApiError) -> Any:
        if self._retries == RPS_RETRIES:
            raise error
        time.sleep(0.5 * 2**self._retries)
        self._retries += 1
        try:
            return error.try_method()
        finally:
            self._retries -= 1


class _Adapter(HTTPAdapter):
    """Gives every request a timeout, which vk_api does not, and leads it to another address if one is named."""

    def __init__(self, address: str | None) -> None:
        self._address = address
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if self._address:
            request.url = self._address + urlsplit(str(request.url)).path
        return super().send(request, *args, **kwargs | {"timeout": TIMEOUTS})


@contextmanager
def opened(connection: Any) -> Iterator["Session"]:
    """VK, spoken to with the tokens of an Airflow connection; ``host`` leads to a far end on this machine instead."""
    address = connection.host or None
    if address:
        parts = urlsplit(address)
        is_plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
        if not is_plain and parts.scheme != "https":
            raise BadInput(
                f"the VK connection leads to {address}; it may be https://, or http:// on this machine, such as"
                " http://127.0.0.1:8090. Clear the host to ask VK itself"
            )
    if not connection.password:
        raise BadInput("the VK connection has no token: put the user's token into its password")
    service_token = connection.extra_dejson.get("service_token")
    with requests.Session() as http:
        http.trust_env = address is None  # no proxy on the way to this machine
        http.mount("https://", _Adapter(address and address.rstrip("/")))
        user, service = (
            token and Api(token=token, api_version=VERSION, session=http, config=MemoryConfig)
            for token in (connection.password, service_token)
        )
        yield Session(user, service)


class Session:
    """``said`` below is VK's body of one call: {"response": ...}, or {"error": ...} with a code of NO_ACCESS."""

    def __init__(self, user: Api, service: Api | None) -> None:
        self._user = user
        self._service = service

    def look(self, calls: Sequence[Call]) -> list[Json]:
        """Call what an application may see, by the service token if there is one; it may not use execute."""
        if self._service is None:
            return self.pack(calls)
        return [self._single(self._service, call) for call in calls]

    def pack(self, calls: Sequence[Call]) -> list[Json]:
        """Call everything by the user's token, many calls to a request."""
        said: list[Json] = []
        for start in range(0, len(calls), PACK):
            said += self._execute(calls[start : start + PACK])
        return said

    def _single(self, api: Api, call: Call) -> Json:
        response, error = _answered(call.method, lambda: api.method(call.method, call.params))
        return {"response": response} if error is None else _admitted(call.method, error)

    def _execute(self, calls: Sequence[Call]) -> list[Json]:
        pool = VkRequestsPool(self._user)
        results = [pool.method(call.method, call.params) for call in calls]
        _, error = _answered("execute", pool.execute)
        if error is not None and error["error_code"] == TOO_BIG and len(calls) > 1:
            half = len(calls) // 2
            return self._execute(calls[:half]) + self._execute(calls[half:])
        if error is not None:
            raise failure("execute", error["error_code"])
        return [
            {"response": result.result} if result.ok else _admitted(call.method, result.error)
            for call, result in zip(calls, results, strict=True)
        ]


def failure(method: str, code: int) -> SourceError:
    """What VK's error is to us."""
    kind, advice = MEANING.get(code, (BadInput, "see https://dev.vk.com/reference/errors"))
    return kind(f"VK answered {method} with error {code}: {advice}")


def _admitted(method: str, error: Json) -> Json:
    if error["error_code"] not in NO_ACCESS:
        raise failure(method, error["error_code"])
    return {"error": {"error_code": error["error_code"], "error_msg": error.get("error_msg")}}


def _answered(method: str, ask: Callable[[], Any]) -> tuple[Any, Json | None]:
    """What ``ask`` returns, and None; or None, and VK's error. Raises Transient where VK said neither."""
    try:
        return ask(), None
    except ApiError as error:
        return None, error.error
    except Captcha:
        return None, {"error_code": 14, "error_msg": "Captcha needed"}
    except ApiHttpError as error:
        fault = f"HTTP status {error.response.status_code}"
    except requests.RequestException as error:  # a page instead of JSON among them
        fault = type(error).__name__
    except (KeyError, TypeError, StopIteration) as error:  # vk_api does not check the form of what it is sent
        fault = f"an answer of another form ({type(error).__name__})"
    # out of the except clauses, so that the new error does not even remember the old one
    raise Transient(f"VK did not answer {method}: {fault}; try again in a minute")


def no_access(report: str, first_day: date, last_day: date, method: str, said: Json) -> Known:
    """What an error of NO_ACCESS leaves known of a report."""
    reason = f"VK refuses {method} with error {said['error']['error_code']}: the token's user needs rights for it"
    return Known(report, first_day, last_day, "no_access", reason)
