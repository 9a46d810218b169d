"""One counter of Metrica over HTTP: each request in its turn, tried again where that may help, errors as `SourceError`.

What requests raises may hold the token among its values, so nothing of it leaves this module.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from smm.files.loopback import is_loopback
from smm.sources import Access, BadInput, Transient
from smm.sources.metrica.errors import Refusal, failure

ADDRESS = "https://api-metrika.yandex.net"
TIMEOUTS = (5, 180)  # seconds: to connect, and between two bytes; a report with accuracy=full may take minutes
GAP = timedelta(seconds=0.1)  # between two requests of a token; Metrica takes 30 in a second from one address
PAUSES = (2, 10)  # seconds before the next try

Json = dict[str, Any]


@contextmanager
def opened(access: Access, counter: int) -> Iterator["Counter"]:
    """The counter, asked with the token of an Airflow connection; ``host`` leads to a far end on this machine instead.

    Raises BadInput for a connection that cannot work.
    """
    address, token = _address(access.connection.host), _token(access.connection.password)
    with requests.Session() as http:
        http.trust_env = address == ADDRESS  # no proxy on the way to this machine
        http.auth = _OAuth(token)  # and not a header: a .netrc would replace that
        yield Counter(access, http, address, token, counter)


def _address(host: str | None) -> str:
    if not host:
        return ADDRESS
    parts = urlsplit(host)
    if parts.scheme != "http" or not is_loopback(parts.hostname or ""):
        raise BadInput(
            f"the Metrica connection leads to {parts.scheme}://{parts.hostname}; only an address on this machine is"
            " allowed, such as http://127.0.0.1:8092. Clear the host to ask Metrica itself"
        )
    return host.rstrip("/")


def _token(password: str | None) -> str:
    """Raises BadInput, which never quotes the text found there."""
    token = (password or "").strip()
    if not token:
        raise BadInput("the Metrica connection has no token: put the OAuth token of a Yandex user into its password")
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise BadInput(
            "the password of the Metrica connection is not an OAuth token: put the token there, and nothing else"
        )
    return token


class _OAuth(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"OAuth {self._token}"
        return request


class Counter:
    """``requests`` counts all that were sent, in vain or not."""

    def __init__(self, access: Access, http: requests.Session, address: str, token: str, number: int) -> None:
        self.number = number
        self.requests = 0
        self._access = access
        self._http = http
        self._address = address
        self._token = token
        self._of_counter = f"counter {number}"  # what a spent quota of the counter stops

    def get(
        self, path: str, params: Mapping[str, str], needed: str, metrics: tuple[str, ...] = ()
    ) -> tuple[bytes, Json]:
        """An answer as it was received, and decoded. It holds ``needed``, else it is none.

        Raises SourceError; `MetricsRefused` if Metrica does not give one of these ``metrics``.
        """
        refusal: Refusal | str = ""
        for pause in (0, *PAUSES):
            if refusal:
                self._access.sleep(pause)
            refusal, body, answer = self._tried(path, params, needed)
            if not refusal:
                return body, answer
            if isinstance(refusal, Refusal) and not refusal.is_passing:
                break
        if isinstance(refusal, str):
            raise Transient(f"Metrica did not answer for its counter {self.number}: {refusal}; try again in a minute")
        now = datetime.now(UTC)
        error = failure(refusal, self.number, metrics, now)
        self._stop(refusal, str(error), now)
        raise error

    def _tried(self, path: str, params: Mapping[str, str], needed: str) -> tuple[Refusal | str, bytes, Json]:
        """A refusal, or why there is none, or the answer."""
        if self._access.turns:
            self._access.turns.take(self._token, {self._of_counter}, GAP)
        self.requests += 1
        try:
            response = self._http.get(
                self._address + path,
                params=params,
                timeout=TIMEOUTS,
                allow_redirects=False,  # no token goes anywhere but to Metrica
            )
        except requests.RequestException as error:
            return _fault(error), b"", {}
        try:
            told = json.loads(response.content.decode())
        except (ValueError, RecursionError):
            told = None
        if response.status_code == 200 and isinstance(told, dict) and isinstance(told.get(needed), list | dict):
            return "", response.content.strip(), told
        return Refusal.of(response.status_code, told, self._token), b"", {}

    def _stop(self, refusal: Refusal, reason: str, now: datetime) -> None:
        """Let no other task ask for what Metrica refuses until the day ends."""
        spent = refusal.quota
        wait = spent.wait(now) if spent else None
        if self._access.turns and spent and wait:
            self._access.turns.stop(self._token, self._of_counter if spent.is_of_counter else None, wait, reason)


def _fault(error: requests.RequestException) -> str:
    """Why there is no answer, without a word of what was sent or received."""
    match error:
        case requests.Timeout():
            return f"nothing came in time ({type(error).__name__})"
        case requests.exceptions.ChunkedEncodingError() | requests.exceptions.ContentDecodingError():
            return f"an answer that was cut ({type(error).__name__})"
        case _:
            return f"no connection, or one that was cut ({type(error).__name__})"
