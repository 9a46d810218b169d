"""One counter of Metrica over HTTP: each request in its turn, tried again where that may help, errors as `SourceError`.

What requests raises may hold the token among its values, so nothing of it leaves this module.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from smm.sources import Access, Transient, http
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
    address = http.address(access.connection.host, ADDRESS, "Metrica")
    token = http.token(access.connection.password, "Metrica", "the OAuth token of a Yandex user")
    with requests.Session() as session:
        session.trust_env = address == ADDRESS  # no proxy on the way to this machine
        session.auth = http.Authorization(f"OAuth {token}")
        yield Counter(access, session, address, token, counter)


class Counter:
    """``requests`` counts all that were sent, in vain or not."""

    def __init__(self, access: Access, session: requests.Session, address: str, token: str, number: int) -> None:
        self.number = number
        self.requests = 0
        self._access = access
        self._session = session
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
            response = self._session.get(
                self._address + path,
                params=params,
                timeout=TIMEOUTS,
                allow_redirects=False,  # no token goes anywhere but to Metrica
            )
        except requests.RequestException as error:
            return http.fault(error), b"", {}
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
